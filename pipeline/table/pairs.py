"""Aggregation of a stance table per ordered pair of actors."""

from __future__ import annotations

import pyarrow as pa

DENIED = "hypothetical"
"""The status that does not count toward a balance: what might be is not a stance taken."""


def per_pair(table: pa.Table) -> pa.Table:
    """`source, target, cooperative, oppositional, balance, confidence, statements, documents, evidence` of each pair.

    `balance` is (cooperative - oppositional) / (cooperative + oppositional), from -1 to 1, hypothetical statements
    left out; null where nothing else is left. `confidence` is the mean; `evidence` is the sentence of the surest
    statement, a hypothetical one only where there is no other. Most statements first.
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
                    avg(confidence) AS confidence,
                    count(*) AS statements,
                    count(DISTINCT document) AS documents,
                    first(evidence ORDER BY status = $denied, confidence DESC, document, start) AS evidence
                FROM statements GROUP BY source, target
            )
            SELECT source, target, cooperative, oppositional,
                round((cooperative - oppositional) / nullif(cooperative + oppositional, 0), 2) AS balance,
                confidence, statements, documents, evidence
            FROM counted ORDER BY statements DESC, source, target
            """,
            params={"denied": DENIED},
        ).to_arrow_table()
