"""The charts, from the specifications in `pipeline.charts`, as SVG: they print, need no script, and stay small."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.charts import svg
from pipeline.labels import STANCES
from pipeline.report.summary import Row
from pipeline.table.pairs import period, query
from pipeline.table.read import stream

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation

_YEARS_BY_MONTH = 5
"""Years that a timeline shows by month; a longer one goes by year."""


def network(pairs: list[Row], actors: list[str]) -> str:
    """Actors on a circle, joined by what is said between them both ways; empty with fewer than three of them."""
    if len(actors) < 3:
        return ""
    angles = {actor: 2 * math.pi * at / len(actors) for at, actor in enumerate(actors)}
    nodes = {
        actor: {"x": math.cos(a), "y": math.sin(a), "label_x": 1.15 * math.cos(a), "label_y": 1.12 * math.sin(a)}
        for actor, a in angles.items()
    }
    counts: Counter[tuple[str, str, str]] = Counter()
    for pair in pairs:
        for stance in STANCES[:2]:
            counts[pair["source"], pair["target"], stance] += pair[stance]
    edges = []
    for one, other in combinations(actors, 2):
        warm, cold = (counts[one, other, stance] + counts[other, one, stance] for stance in STANCES[:2])
        if warm + cold:
            sign = "cooperative" if warm > cold else "oppositional" if warm < cold else "even"
            ends = {"x": nodes[one]["x"], "y": nodes[one]["y"], "x2": nodes[other]["x"], "y2": nodes[other]["y"]}
            edges.append({**ends, "sign": sign, "statements": warm + cold})
    return svg("network", {"edges": edges, "nodes": [{"actor": actor, **place} for actor, place in nodes.items()]})


def timeline(statements: Relation) -> str:
    """Statements a month (a year, over a long time), cooperative above the line; empty without two of them."""
    bars = _per_period(statements, "year")
    years = [int(bar["when"]) for bar in bars]
    if years and max(years) - min(years) < _YEARS_BY_MONTH:
        months = _per_period(statements, "month")
        bars = months if len({bar["when"] for bar in months}) > 1 else bars
    return svg("timeline", {"statements": bars}) if len({bar["when"] for bar in bars}) > 1 else ""


def _per_period(statements: Relation, by: str) -> list[Row]:
    counted = query(
        statements,
        f"""
        SELECT {period(by)} AS "when", stance,
            CASE stance WHEN 'cooperative' THEN count(*) ELSE -count(*) END AS statements
        FROM statements WHERE "when" != '' GROUP BY "when", stance ORDER BY ALL
        """,
    )
    return list(stream(counted))
