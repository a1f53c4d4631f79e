"""The lexicon of diplomatic predicates, from `pipeline/data/verbs.csv`.

A row is `predicate,pos,root,source,target,mutual,joins,right`: the lemma or phrase, its part of speech, its PLOVER
root code, the grammatical slots in which its source and its target stand, best first, and whether it holds in both
directions: `yes`, `no`, or `among`, where several sources do it with each other and what they do to a target is
one-sided ("agreed"). `joins` counts the pairs that it joined in the train split of gold, and `right` those of them
that gold tells of (`benchmarks/lexicon.py`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import TYPE_CHECKING

from pipeline.labels import ROOTS, stance_of_quad

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class Predicate:
    """One entry. Slots are `subject`, `object`, `indirect`, `possessor`, or a preposition by its own name."""

    words: tuple[str, ...]
    pos: str
    root: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    mutual: bool
    among: bool
    joins: int
    right: int

    @property
    def text(self) -> str:
        """Its words, as a table shows them."""
        return " ".join(self.words)

    @property
    def key(self) -> str:
        """Names the entry: its words and part of speech."""
        return f"{self.text}/{self.pos}"

    @property
    def trust(self) -> float:
        """Log-odds that gold has a pair that it joins, smoothed by five joins of which three are right: the share among
        all predicates."""
        return log((self.right + 3) / (self.joins - self.right + 2))

    @property
    def quad(self) -> int:
        return ROOTS[self.root]

    @property
    def stance(self) -> str:
        """The predicate's own sign, before negation."""
        return stance_of_quad(self.quad)


@cache
def predicates() -> dict[str, Predicate]:
    """Every entry by its key."""
    with (files("pipeline") / "data" / "verbs.csv").open(encoding="utf-8") as file:
        entries = (
            Predicate(
                tuple(row["predicate"].split()),
                row["pos"],
                row["root"],
                tuple(row["source"].split()),
                tuple(row["target"].split()),
                row["mutual"] == "yes",
                row["mutual"] != "no",
                int(row["joins"]),
                int(row["right"]),
            )
            for row in csv.DictReader(file)
        )
        return {entry.key: entry for entry in entries}


def entry_of(token: Token, pos: str) -> Predicate | None:
    """The entry of a single word, as a part of speech; None where the lexicon lacks it."""
    return predicates().get(f"{token.lemma_.lower()}/{pos}")


@cache
def by_first_word() -> dict[tuple[str, str], tuple[Predicate, ...]]:
    """Entries by first word and part of speech, longest phrase first."""
    found: dict[tuple[str, str], list[Predicate]] = {}
    for entry in predicates().values():
        found.setdefault((entry.words[0], entry.pos), []).append(entry)
    return {key: tuple(sorted(group, key=lambda e: -len(e.words))) for key, group in found.items()}
