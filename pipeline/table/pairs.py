"""Aggregation of a stance table per ordered pair of actors, over all of it or per period."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation

UNREAL = "hypothetical"
"""The status that does not count toward a balance: what might be is not a stance taken."""
PERIODS = {"month": r"^(\d{4}-\d{2})(-|$)", "year": r"^(\d{4})(-|$)"}
"""Periods of a series, and the part of an ISO 8601 date that names one."""
_COUNTS = f"""
    count(*) FILTER (stance = 'cooperative' AND status != '{UNREAL}') AS cooperative,
    count(*) FILTER (stance = 'oppositional' AND status != '{UNREAL}') AS oppositional,
    round(
        sum(if(stance = 'cooperative', confidence, -confidence)) FILTER (status != '{UNREAL}')
        / nullif(sum(confidence) FILTER (status != '{UNREAL}'), 0), 2
    ) AS balance"""


def per_pair(table: Relation) -> Relation:
    """`source, target, cooperative, oppositional, balance, confidence, statements, documents, evidence` of each pair.

    `balance` is the sum of the cooperative statements' confidence less that of the oppositional ones', over the sum of
    both: from -1 to 1, hypothetical statements left out; null where nothing else is left. `confidence` is the mean;
    `evidence` is the sentence of the surest statement, a hypothetical one only where there is no other. Most statements
    first.
    """
    return query(
        table,
        f"""
        SELECT source, target, {_COUNTS},
            avg(confidence) AS confidence,
            count(*) AS statements,
            count(DISTINCT document) AS documents,
            first(evidence ORDER BY status = '{UNREAL}', confidence DESC, document, start) AS evidence
        FROM statements GROUP BY source, target ORDER BY statements DESC, source, target
        """,
    )


def per_period(table: Relation, by: str) -> Relation:
    """`period, source, target, cooperative, oppositional, balance, statements` of each pair and month or year.

    Counts as in `per_pair`; `undated` rows are left out.
    """
    return query(
        table,
        f"""
        SELECT {period(by)} AS period, source, target, {_COUNTS}, count(*) AS statements
        FROM statements WHERE {period(by)} != '' GROUP BY ALL ORDER BY ALL
        """,
    )


def period(by: str) -> str:
    """The SQL of a row's month or year; empty where its date does not name one."""
    return f"regexp_extract(date, '{PERIODS[by]}', 1)"


def undated(table: Relation, by: str) -> int:
    """How many rows have a date that does not name a month or year."""
    return count(table.filter(f"{period(by)} = ''"))


def count(table: Relation) -> int:
    """How many rows there are."""
    return int(table.aggregate("count(*)").fetchall()[0][0])


def query(table: Relation, sql: str) -> Relation:
    """What `sql` selects from the rows, which it calls `statements`."""
    found = table.query("statements", sql)
    assert found is not None  # as for anything but a SELECT
    return found
