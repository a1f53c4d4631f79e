"""The stance table: its schemas, its files, its aggregation per pair; `pipeline.table.rows` makes its rows."""

from pipeline.table.files import write
from pipeline.table.pairs import per_pair, per_period
from pipeline.table.read import read, relation, scan
from pipeline.table.schema import DOCUMENTS, STATEMENTS
from pipeline.table.select import select

__all__ = ["DOCUMENTS", "STATEMENTS", "per_pair", "per_period", "read", "relation", "scan", "select", "write"]
