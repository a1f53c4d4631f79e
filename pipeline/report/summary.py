"""What a stance table says, in three sentences made from counts, and as a matrix of actors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.table.pairs import UNREAL, query
from pipeline.table.read import stream

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation

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


def totals(statements: Relation) -> Row:
    """What the whole table counts, in one row; `first` and `last` date are null where no article has one."""
    counted = query(
        statements,
        """
        SELECT count(*) AS statements, count(DISTINCT document) AS articles,
            count(*) FILTER (stance = 'cooperative') AS cooperative,
            count(*) FILTER (stance = 'oppositional') AS oppositional,
            count(*) FILTER (status != 'actual') AS unsure,
            count(DISTINCT document) FILTER (date != '') AS dated,
            min(date) FILTER (date != '') AS first, max(date) FILTER (date != '') AS last,
            list(DISTINCT model) AS models
        FROM statements
        """,
    )
    return next(stream(counted))


def actors_of(pairs: list[Row]) -> set[str]:
    """Every actor of a table, out of its pairs."""
    return {pair[side] for pair in pairs for side in ("source", "target")}


def sentences(total: Row, pairs: list[Row]) -> list[str]:
    """Three sentences: how much there is, which pair there is most of, and the extremes."""
    first, last = total["first"], total["last"]
    some = "" if total["dated"] == total["articles"] else f"{total['dated']:,} of them "
    dated = f", {some}dated {first}" + (f" to {last}" if last != first else "") if first else ""
    found = [
        f"{plural(total['articles'], 'article')}{dated}: {plural(total['statements'], 'statement')} between "
        f"{plural(len(actors_of(pairs)), 'actor')}, {total['cooperative']:,} cooperative and "
        f"{total['oppositional']:,} oppositional; {total['unsure']:,} of them negated, proposed or hypothetical."
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
            f"the most oppositional {named[1]}; statements that are only {UNREAL} do not count."
        )
    return found
