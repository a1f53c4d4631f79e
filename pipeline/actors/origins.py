"""Which state's people a personal name resembles, by groups of letters.

A sign among others of whose office a titled person holds where the text does not say ("Foreign Minister Maisuradze" in
an article on Georgia and Russia). It chooses among actors that the text names, never alone, and is wrong of whoever has
a name from elsewhere: a name is no nationality.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from math import log

from pipeline.actors import gazetteer

_LONGEST = 4
_PRIOR = 10.0
"""Weight, in names, of all names together among a state's own."""


@lru_cache(256)
def _groups(name: str) -> frozenset[str]:
    """The words of a name and all their runs of two to four letters, ends marked: "^d", "do", "o$", …"""
    words = [f"^{word}$" for word in name.lower().split()]
    runs = {w[i : i + n] for w in words for n in range(2, _LONGEST + 1) for i in range(len(w) - n + 1)}
    return frozenset(runs | {*words})


class Origins:
    """Counts of letter groups in names whose state is known, given as pairs of name and state."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self.names: Counter[str] = Counter()
        self.groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.anybody: Counter[str] = Counter()
        for name, state in names:
            self.names[state] += 1
            self.anybody.update(_groups(name))
            self.groups[state].update(_groups(name))
        self.total = self.names.total()

    def resemblance(self, name: str, state: str) -> float:
        """How much more usual the groups of `name` are among the state's names than among all, as the mean logarithm of
        the ratio; 0 for a state without names."""
        groups = _groups(name)
        own, having = self.names[state], self.groups.get(state, Counter())
        total = 0.0
        for group in sorted(groups) if own else ():
            usual = (self.anybody[group] + 0.5) / (self.total + 1)
            total += log((having[group] + _PRIOR * usual) / (own + _PRIOR) / usual)
        return total / max(len(groups), 1)


def known_names() -> list[tuple[str, str, str]]:
    """Personal names as name, state and the document of gold that has them: those of `pipeline/data/people.csv`, which
    `benchmarks/references.py` collects from the train split, and the gazetteer's, of no document."""
    with (files("pipeline") / "data" / "people.csv").open(encoding="utf-8") as file:
        told = [(row["name"], row["actor"], row["document"]) for row in csv.DictReader(file)]
    return told + [(n.text, n.actor, "") for n in gazetteer.names() if n.form == "person" and ":" not in n.actor]


@cache
def origins() -> Origins:
    """What is known of names."""
    return Origins((name, state) for name, state, _ in known_names())
