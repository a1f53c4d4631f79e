"""The Arrow schemas of the two tables. The data dictionary is `docs/table.md`."""

from __future__ import annotations

from collections.abc import Container

import pyarrow as pa

STATEMENTS = pa.schema(
    [
        ("id", pa.string()),
        ("document", pa.string()),
        ("date", pa.string()),
        ("sentence", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("source", pa.string()),
        ("source_text", pa.string()),
        ("target", pa.string()),
        ("target_text", pa.string()),
        ("verb", pa.string()),
        ("root", pa.string()),
        ("quad", pa.int8()),
        ("stance", pa.string()),
        ("confidence", pa.float64()),
        ("status", pa.string()),
        ("mutual", pa.string()),
        ("speaker", pa.string()),
        ("block", pa.string()),
        ("evidence", pa.string()),
        ("model", pa.string()),
    ]
)

DOCUMENTS = pa.schema(
    [
        ("document", pa.string()),
        ("file", pa.string()),
        ("title", pa.string()),
        ("author", pa.string()),
        ("date", pa.string()),
        ("url", pa.string()),
        ("sha256", pa.string()),
        ("text", pa.string()),
    ]
)

MAY_LACK = {"date", "verb", "mutual", "speaker", "block", "model", "file", "title", "author", "url", "text"}
"""Columns of text that a table of an older version may lack, or whoever made it left out: they are empty then."""


def lacking(schema: pa.Schema, columns: Container[str]) -> str:
    """The first column that a table must have and has not; empty where it has all."""
    return next((name for name in schema.names if name not in columns and name not in MAY_LACK), "")
