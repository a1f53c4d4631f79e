"""Coded briefs: short news texts, of each sentence of which it is known who takes which stance toward whom, and nothing
of where the sentence says so. That is a tenth of the work of gold."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from pipeline.digest import sha256
from pipeline.gold.corpus import Annotated, new_entry
from pipeline.gold.schema import Gold, Sentence, Statement
from pipeline.shipped import shipped

SIGNS = {"+": "cooperative", "-": "oppositional", "~": ""}
"""What stands between source and target in a row of a brief; `~` is an arguable statement."""


def briefs_file() -> Path:
    """The project's coded briefs: columns `split`, `brief`, `sentence` and `rows`. A row is `PER - CHL`; `; ` separates
    several. The sentences of a brief follow each other."""
    return shipped("annotations/briefs.tsv")


def read_briefs(split: str) -> Iterator[Annotated]:
    """The coded briefs of a split, as gold without mentions and verbs; a space joins their sentences."""
    with briefs_file().open(encoding="utf-8", newline="") as file:
        lines = [
            line for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if line["split"] == split
        ]
    for brief, sentences in groupby(lines, itemgetter("brief")):
        yield _annotated(brief, split, [(line["sentence"], line["rows"]) for line in sentences])


def _annotated(brief: str, split: str, sentences: list[tuple[str, str]]) -> Annotated:
    text = " ".join(sentence for sentence, _ in sentences)
    gold = Gold(brief, sha256(text), "coded")
    start = 0
    for sentence, rows in sentences:
        here = Sentence(f"s{len(gold.sentences)}", start, start + len(sentence))
        gold.sentences.append(here)
        start = here.end + 1
        for row in filter(None, rows.split("; ")):
            source, sign, target = row.split(" ")
            number, stance = f"t{len(gold.statements)}", SIGNS[sign]
            gold.statements.append(Statement(number, here.id, source, "", target, "", "", stance, arguable=not stance))
    return Annotated(new_entry(gold, {"split": split}), text, gold)
