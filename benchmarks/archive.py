"""Memory and speed of `demarche run` over many articles, made by shuffling the paragraphs of the project's own.

    python benchmarks/archive.py [--articles 2000 20000] [--paragraphs 5] [--workers 1 2]

Memory is the sum over all processes of what each has for itself alone and its share of the rest (PSS), at its highest.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import psutil


def make(path: Path, articles: int, paragraphs: int) -> None:
    """An archive as JSONL; every article has a word of its own, so that the vocabulary never ends."""
    texts = (file.read_text(encoding="utf-8") for file in sorted(Path("corpus").glob("*.txt")))
    found = [text for text in chain.from_iterable(text.split("\n\n") for text in texts) if len(text) > 150]
    chance = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        for number in range(articles):
            text = "\n\n".join([f"Delegates met at Hall{number:x}q.", *chance.sample(found, paragraphs)])
            file.write(json.dumps({"id": number, "text": text}) + "\n")


def measure(archive: Path, workers: int) -> tuple[float, float]:
    """Seconds of a run, and its highest memory in MB."""
    call = [sys.executable, "-m", "pipeline", "run", str(archive), "-o", str(archive.with_suffix("")), "-F"]
    start, most = time.perf_counter(), 0
    process = psutil.Popen([*call, "--workers", str(workers)], stderr=subprocess.DEVNULL)
    while process.poll() is None:
        now = 0
        for each in (process, *process.children()):
            try:
                now += each.memory_full_info().pss
            except psutil.Error:
                continue  # it has ended
        most = max(most, now)
        time.sleep(0.5)
    assert process.returncode == 0
    return time.perf_counter() - start, most / 2**20


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, nargs="+", default=[2000, 20000])
    options.add_argument("--paragraphs", type=int, default=5)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for articles in chosen.articles:
            archive = Path(folder) / f"{articles}.jsonl"
            make(archive, articles, chosen.paragraphs)
            for workers in chosen.workers:
                seconds, memory = measure(archive, workers)
                print(
                    f"{articles} articles, {workers} workers: {seconds:.0f} s, {articles / seconds:.2f} a second, "
                    f"{memory:.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
