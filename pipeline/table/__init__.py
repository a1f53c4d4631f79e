"""The stance table: one schema, and every format a view of it."""

from pipeline.table.files import read, write
from pipeline.table.pairs import per_pair
from pipeline.table.rows import document_row, rows
from pipeline.table.schema import DOCUMENTS, STATEMENTS

__all__ = ["DOCUMENTS", "STATEMENTS", "document_row", "per_pair", "read", "rows", "write"]
