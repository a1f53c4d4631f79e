"""The charts, from Vega-Lite specifications in `templates/`, as SVG: they print, need no script, and stay small."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

from pipeline.charts import svg
from pipeline.labels import STANCES
from pipeline.report.summary import Row

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


def timeline(rows: list[Row]) -> str:
    """Statements a month (a year, over a long time), cooperative above the line; empty without two dates."""
    dates = sorted({row["date"] for row in rows if row["date"]})
    if len(dates) < 2:
        return ""
    length = len("2016-01") if int(dates[-1][:4]) - int(dates[0][:4]) <= _YEARS_BY_MONTH else len("2016")
    counts = Counter((row["date"][:length], row["stance"]) for row in rows if row["date"])
    bars = [
        {"when": when, "stance": stance, "statements": n if stance == "cooperative" else -n}
        for (when, stance), n in sorted(counts.items())
    ]
    return svg("timeline", {"statements": bars})
