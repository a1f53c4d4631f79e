"""Aggregation of a stance table per ordered pair of actors."""

from __future__ import annotations

import pyarrow as pa

DENIED = "hypothetical"
"""The status that does not count toward a balance: what might be is not a stance taken."""


def per_pair(table: pa.Table) -> pa.Table:
    """Counts per ordered pair: `source, target, cooperative, oppositional, balance, statements, documents`.

    `balance` is (cooperative - oppositional) / (cooperative + oppositional), from -1 to 1, hypothetical statements
    left out; null where nothing else is left. Most statements first.
    """
    import duckdb

    with duckdb.connect() as db:
        db.register("statements", table)
        return db.sql(
            """
            WITH counted AS (
                SELECT source, target,
                    count(*) FILTER (stance = 'cooperative' AND status != $denied) AS cooperative,
                    count(*) FILTER (stance = 'oppositional' AND status != $denied) AS oppositional,
                    count(*) AS statements,
                    count(DISTINCT document) AS documents
                FROM statements GROUP BY source, target
            )
            SELECT source, target, cooperative, oppositional,
                round((cooperative - oppositional) / nullif(cooperative + oppositional, 0), 2) AS balance,
                statements, documents
            FROM counted ORDER BY statements DESC, source, target
            """,
            params={"denied": DENIED},
        ).to_arrow_table()
