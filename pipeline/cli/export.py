"""The command `export`: a stance table in the columns of other event data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.files import check_target, replacing
from pipeline.table.events import VIEWS, View, events
from pipeline.table.files import write_csv, write_jsonl
from pipeline.table.pairs import count
from pipeline.table.read import read_documents, scan, stream
from pipeline.table.select import select

if TYPE_CHECKING:
    from typing import TextIO

    from duckdb import DuckDBPyRelation as Relation


def export(table: Path, output: str, name: str, force: bool) -> None:
    """Write a table as `name`; says on standard error how many statements that has no place for. Raises InputError."""
    if name not in VIEWS:
        raise InputError(f"no such format: {name!r}; one of {', '.join(VIEWS)}")
    view = VIEWS[name]
    if output != "-":
        check_target(Path(output), force)
    with scan(table) as statements:
        chosen = select(statements, {"status": view.statuses})
        if output == "-":
            _write(chosen, table, view, sys.stdout)
        else:
            with replacing(Path(output)) as temporary, temporary.open("w", encoding="utf-8", newline="") as target:
                _write(chosen, table, view, target)
        if lost := count(statements) - count(chosen):
            print(
                f"{lost:,} statements left out, for {name} has only what is {', '.join(view.statuses)}", file=sys.stderr
            )


def _write(chosen: Relation, table: Path, view: View, target: TextIO) -> None:
    urls = {row["document"]: row["url"] for row in read_documents(table) if row["url"]}
    rows = events(stream(chosen), urls, view)
    if view.lines:
        write_jsonl(rows, target)
    else:
        write_csv(rows, view.columns, target, "\t", header=view.header)
