"""The whole loop on words that the shipped model does not know; writes docs/loop.md, every figure of it measured.

    python benchmarks/loop.py SCRATCH [--epochs 1]

`loop/` has four articles written for this, with their gold: two to review (split train) and two held back (split test).
SCRATCH is a new folder where all happens: table, review, gold, model. Training takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.gold.schema import Statement
from pipeline.shipped import shipped
from pipeline.table import read

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "loop.md"
PROGRAM = [sys.executable, "-m", "pipeline"]
Key = tuple[str, int, str, str]
"""Document, number of the sentence in gold, source, target."""
WIDE = {**os.environ, "NO_COLOR": "1", "COLUMNS": "118", "PYTHONPATH": str(HERE.parent)}


def demarche(scratch: Path, command: str) -> str:
    """Run a command in the folder; what it prints, on both outputs. Stops where it fails."""
    print(f"$ demarche {command}", file=sys.stderr)
    done = subprocess.run(
        [*PROGRAM, *shlex.split(command)], cwd=scratch, env=WIDE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = done.stdout.decode("utf-8").rstrip()
    if done.returncode:
        raise SystemExit(said)
    return said


def call(address: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the review page, as its own script does."""
    data = None if values is None else json.dumps(values).encode()
    headers = {"Origin": address.rsplit("/", 2)[0], "Content-Type": "application/json"}
    with urlopen(Request(address, data, headers)) as answer:
        return dict(json.load(answer))


def judgement(item: dict[str, Any], answer: Annotated) -> Statement | None:
    """What gold says of an item, if anything."""
    bounds = {s.id: (s.start, s.end) for s in answer.gold.sentences}
    return next(
        (
            s
            for s in answer.gold.statements
            if (s.source, s.target) == (item["source"]["actor"], item["target"]["actor"])
            and bounds[s.sentence][0] <= item["source"]["start"] < bounds[s.sentence][1]
        ),
        None,
    )


def as_decision(s: Statement, answer: Annotated, item: str) -> dict[str, Any]:
    """A statement of gold as the page sends it."""
    mentions = {m.id: m for m in answer.gold.mentions}
    verbs = {v.id: v for v in answer.gold.verbs}
    source, target, verb = mentions[s.source_mention], mentions[s.target_mention], verbs[s.verb]
    return {
        "item": item,
        "stance": s.stance,
        "arguable": s.arguable,
        "source": {"start": source.start, "end": source.end, "actor": s.source},
        "target": {"start": target.start, "end": target.end, "actor": s.target},
        "verb": [verb.start, verb.end],
        "root": verb.root,
        "status": s.status,
        "speaker": s.speaker,
    }


def review(scratch: Path, answers: dict[str, Annotated]) -> Counter[str]:
    """Judge every row of the table as gold does, and add what it lacks; how many decisions of each kind."""
    command = [*PROGRAM, "review", "before.csv", "-o", "gold", "--corpus", "corpus", "--annotator", "ann"]
    server = subprocess.Popen(command, cwd=scratch, env=WIDE, stdout=subprocess.PIPE, text=True)
    counts: Counter[str] = Counter()
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[0]
        for number, answer in enumerate(answers.values(), start=1):
            page, told = f"{address}{number}", set()
            for item in call(f"{page}/state")["items"]:
                known = {name: item[name] for name in ("source", "target", "verb", "root", "status", "speaker")}
                gold = judgement(item, answer)
                if gold is None:
                    kind, values = "rejected", {**known, "item": item["id"], "stance": "none", "arguable": False}
                elif gold.stance == item["stance"] and not gold.arguable:
                    kind = "accepted"
                    values = {**known, "item": item["id"], "stance": item["stance"], "arguable": False}
                else:
                    kind, values = "corrected", as_decision(gold, answer, item["id"])
                told.add(gold.id if gold else "")
                counts[kind] += 1
                call(f"{page}/decide", values)
            for gold in answer.gold.statements:
                if gold.id not in told:
                    counts["added"] += 1
                    call(f"{page}/decide", as_decision(gold, answer, f"added-{counts['added']}"))
    finally:
        server.terminate()
        server.wait()
    return counts


def stances(table: Path, held: dict[str, Annotated]) -> dict[Key, str]:
    """The stance of each row of a table by where gold would have it."""
    found = {}
    for row in read(table).to_pylist():
        sentences = held[row["document"]].gold.sentences
        at = next((n for n, s in enumerate(sentences) if s.start <= row["start"] < s.end), 0)
        found[row["document"], at, row["source"], row["target"]] = row["stance"]
    return found


def changes(before: Path, after: Path, held: dict[str, Annotated]) -> str:
    """A table of the rows that are not what they were, and whether gold agrees now; or that no row changed."""
    told = {
        (name, [other.id for other in item.gold.sentences].index(s.sentence), s.source, s.target): s
        for name, item in held.items()
        for s in item.gold.statements
    }
    was, now = stances(before, held), stances(after, held)
    lines = []
    for key in sorted({*was, *now}):
        gold = told.get(key)
        if was.get(key) == now.get(key) or (gold and gold.arguable):
            continue
        name, at, source, target = key
        right = gold.stance if gold else None
        verdict = {1: "mended", 0: "wrong both times", -1: "spoilt"}[(now.get(key) == right) - (was.get(key) == right)]
        sentence = held[name].gold.sentences[at]
        words = " ".join(held[name].text[sentence.start : sentence.end].split())
        pair = f"{source} → {target}"
        lines.append(f"| {pair} | {was.get(key, '')} | {now.get(key, '')} | {right or ''} | {verdict} | {words} |")
    heading = [
        "the rows that changed.",
        "",
        "| pair | before | after | gold | | sentence |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*heading, *lines]) if lines else "no row changed."


def told_by_train(said: str) -> str:
    """What training says, without its progress bars and the warnings of the libraries under it."""
    own = ("training on", "the new model", "kept the old model", "wrote")
    return "\n".join(line for line in said.splitlines() if line.startswith(own))


def scores(said: str) -> str:
    """The lines of an evaluation that speak of this model."""
    lines = said.splitlines()
    return "\n".join([*lines[:4], *(line for line in lines if "this model" in line), lines[-1]])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--epochs", type=float, default=1)
    given = parser.parse_args()
    scratch: Path = given.scratch.resolve()
    (scratch / "articles").mkdir(parents=True)
    files = " ".join(shlex.quote(str(path)) for path in sorted((HERE / "loop").glob("*.txt")))
    demarche(scratch, f"gold import {files} -o answers/gold --corpus answers/corpus")
    answers, held = (
        {
            item.entry.document: item
            for item in read_annotated(scratch / "answers/gold", scratch / "answers/corpus", {s})
        }
        for s in ("train", "test")
    )
    for folder, items in (("articles", answers), ("held", held)):
        (scratch / folder).mkdir(exist_ok=True)
        for name, item in items.items():
            (scratch / folder / f"{name}.txt").write_bytes(item.text.encode())
    shutil.copytree(shipped("models/stance"), scratch / "model")
    held_back = "evaluate --gold answers/gold --corpus answers/corpus --split test"

    demarche(scratch, "run articles -o before.csv")
    first = demarche(scratch, "show before.csv --limit 8").partition("     Balance")[0].rstrip()
    counts = review(scratch, answers)
    checked = demarche(scratch, "gold check gold --corpus corpus")
    demarche(scratch, "run held -o held-before.csv")
    before = demarche(scratch, held_back)
    begun = time.perf_counter()
    trained = told_by_train(demarche(scratch, f"train -o model --gold gold --corpus corpus --epochs {given.epochs:g}"))
    minutes = (time.perf_counter() - begun) / 60
    after = demarche(scratch, f"{held_back} -m model")
    demarche(scratch, "run held -m model -o held-after.csv")
    changed = changes(scratch / "held-before.csv", scratch / "held-after.csv", held)
    page = (
        (HERE / "loop" / "page.md")
        .read_text(encoding="utf-8")
        .format(
            first=first,
            decisions=counts.total(),
            **{kind: counts[kind] for kind in ("accepted", "corrected", "rejected", "added")},
            statements=sum(not s.arguable for item in answers.values() for s in item.gold.statements),
            checked=checked,
            held_back=held_back,
            before=scores(before),
            minutes=minutes,
            epochs=given.epochs,
            trained=trained,
            after=scores(after),
            changed=changed,
        )
    )
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
