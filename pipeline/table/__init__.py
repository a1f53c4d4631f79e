"""The stance table: its schemas, its files, its aggregation per pair; `pipeline.table.rows` makes its rows."""

from pipeline.table.files import read, write
from pipeline.table.pairs import per_pair
from pipeline.table.schema import DOCUMENTS, STATEMENTS

__all__ = ["DOCUMENTS", "STATEMENTS", "per_pair", "read", "write"]
