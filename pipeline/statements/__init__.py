"""Statements: ordered actor pairs, joined by a diplomatic verb (spaCy component "statements")."""

from pipeline.statements.component import Statements
from pipeline.statements.statement import Statement

__all__ = ["Statement", "Statements"]
