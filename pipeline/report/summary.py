"""What a stance table says, in three sentences made from counts, and as a matrix of actors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pipeline.table.pairs import DENIED

Row = dict[str, Any]
MATRIX_ACTORS = 24
"""Actors that matrix and network have room for; the table has all."""
ENOUGH = 3
"""Statements that a pair needs before its balance is worth a sentence."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of `per_pair`: statements of each stance that count toward the balance, 0 where none does."""

    source: str
    target: str
    cooperative: int
    oppositional: int
    balance: float

    @property
    def net(self) -> int:
        return self.cooperative - self.oppositional


def plural(number: int, word: str) -> str:
    """`3 statements`, `1 statement`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def main_actors(pairs: list[Row], most: int = MATRIX_ACTORS) -> list[str]:
    """The actors with the most statements on either side, in order of the alphabet."""
    counts: Counter[str] = Counter()
    for pair in pairs:
        counts[pair["source"]] += pair["statements"]
        counts[pair["target"]] += pair["statements"]
    return sorted(actor for actor, _ in counts.most_common(most))


def matrix(pairs: list[Row], actors: list[str]) -> list[list[Cell | None]]:
    """A row a source and a column a target; None where nothing is said."""
    cells = {
        (p["source"], p["target"]): Cell(
            p["source"], p["target"], p["cooperative"], p["oppositional"], p["balance"] or 0.0
        )
        for p in pairs
    }
    return [[cells.get((source, target)) for target in actors] for source in actors]


def sentences(rows: list[Row], pairs: list[Row]) -> list[str]:
    """Three sentences: how much there is, which pair there is most of, and the extremes."""
    dates = sorted({row["date"] for row in rows if row["date"]})
    stances = Counter(row["stance"] for row in rows)
    unsure = sum(row["status"] != "actual" for row in rows)
    actors = {row["source"] for row in rows} | {row["target"] for row in rows}
    dated = f", dated {dates[0]}" + (f" to {dates[-1]}" if dates[-1] != dates[0] else "") if dates else ""
    found = [
        f"{plural(len({row['document'] for row in rows}), 'article')}{dated}: {plural(len(rows), 'statement')} between "
        f"{plural(len(actors), 'actor')}, {stances['cooperative']:,} cooperative and {stances['oppositional']:,} "
        f"oppositional; {unsure:,} of them negated, proposed or hypothetical."
    ]
    if pairs:
        top = pairs[0]
        balance = "nothing but hypothetical ones" if top["balance"] is None else f"balance {top['balance']:+.2f}"
        found.append(
            f"Most is told of {top['source']} toward {top['target']}: {plural(top['statements'], 'statement')}, "
            f"{balance} (-1 is oppositional, 1 cooperative)."
        )
    counted = [p for p in pairs if p["balance"] is not None and p["cooperative"] + p["oppositional"] >= ENOUGH]
    if counted:
        best, worst = (pick(counted, key=lambda p: (p["balance"], p["statements"])) for pick in (max, min))
        named = [f"{p['source']} toward {p['target']} ({p['balance']:+.2f})" for p in (best, worst)]
        found.append(
            f"Of the pairs with {ENOUGH} statements or more, the most cooperative is {named[0]}, "
            f"the most oppositional {named[1]}; statements that are only {DENIED} do not count."
        )
    return found
