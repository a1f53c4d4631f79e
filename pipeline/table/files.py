"""Write stance tables: CSV, TSV, JSONL, Parquet, DuckDB, by the file's ending."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.files import SAME_ENDING, check_target, replacing
from pipeline.table.schema import DOCUMENTS, STATEMENTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMATS = (".csv", ".tsv", ".jsonl", ".parquet", ".duckdb")
DELIMITERS = {".csv": ",", ".tsv": "\t"}
BATCH = 1024
Tables = Mapping[str, tuple[pa.Schema, Iterable[dict[str, Any]]]]
"""Tables by name: what columns, what rows."""
_FORMULA = re.compile("'*[=+@\t\r-]")
"""The beginning of a cell that a spreadsheet takes for a formula, or of one already behind apostrophes, so that
`restored` undoes `defused` exactly."""


def _ending(suffix: str) -> str:
    return SAME_ENDING.get(suffix, suffix)


def format_of(path: str | Path, form: str | None = None) -> str:
    """The format of a table file, as an ending. Raises InputError for one that is not known."""
    suffix = _ending(f".{form}" if form else Path(path).suffix.lower())
    if suffix not in FORMATS:
        raise InputError(f"no such table format: {suffix or 'no ending'}; one of {', '.join(FORMATS)}", path)
    return suffix


def beside_path(path: Path, name: str = "documents") -> Path:
    """Where another table stands beside a statements table: `out.csv` has `out.documents.csv`."""
    return path.with_suffix(f".{name}{path.suffix}")


def stream_format(form: str | None) -> str:
    """The format of a table on standard input or output, as an ending; CSV by default. Raises InputError."""
    suffix = _ending(f".{form or 'csv'}")
    if suffix not in (*DELIMITERS, ".jsonl"):
        raise InputError(f"{suffix[1:]} cannot go through standard input and output; csv, tsv or jsonl can")
    return suffix


def database(path: str | Path = ":memory:", *, read_only: bool = False) -> DuckDBPyConnection:
    """A DuckDB file, or a database in memory, opened; nothing is installed or downloaded for it."""
    import duckdb

    return duckdb.connect(str(path), read_only=read_only, config={"autoinstall_known_extensions": False})


def defused(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def restored(value: Any) -> Any:
    """A cell of a CSV file without the apostrophe that writing put before a formula."""
    return value[1:] if isinstance(value, str) and value[:1] == "'" and _FORMULA.match(value) else value


def write_csv(
    rows: Iterable[dict[str, Any]], columns: list[str], target: Any, delimiter: str, *, header: bool = True
) -> None:
    """Write rows as delimited text, under the names of their columns unless told not to."""
    import csv

    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    if header:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(row[name]) for name in columns])


def write_jsonl(rows: Iterable[dict[str, Any]], target: Any) -> None:
    """Write rows as lines of JSON."""
    for row in rows:
        target.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_arrow(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write a Parquet file, one row group a table."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)


def write_parquet(rows: Iterable[dict[str, Any]], schema: pa.Schema, path: Path) -> None:
    """Write rows as a Parquet file."""
    write_arrow((pa.Table.from_pylist(batch, schema=schema) for batch in batched_rows(rows)), schema, path)


def batched_rows(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in lists of a size that suits Arrow."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _write_one(rows: Iterable[dict[str, Any]], schema: pa.Schema, path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        write_parquet(rows, schema, path)
        return
    with path.open("w", encoding="utf-8", newline="") as target:
        _write_text(rows, schema, target, suffix)


def _write_text(rows: Iterable[dict[str, Any]], schema: pa.Schema, target: TextIO, suffix: str) -> None:
    if suffix == ".jsonl":
        write_jsonl(rows, target)
    else:
        write_csv(rows, schema.names, target, DELIMITERS[suffix])


def _write_duckdb(tables: Tables, path: Path) -> None:
    path.unlink(missing_ok=True)
    with database(path) as db:
        for name, (schema, rows) in tables.items():
            db.register("empty", schema.empty_table())
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM empty")
            db.unregister("empty")
            for batch in batched_rows(rows):
                db.register("batch", pa.Table.from_pylist(batch, schema=schema))
                db.execute(f"INSERT INTO {name} SELECT * FROM batch")
                db.unregister("batch")


def check_output(path: str | Path, *, force: bool = False, form: str | None = None, documents: bool = False) -> str:
    """The format of an output that can be written, with the `documents` table where it has one beside it; called before
    any work. Raises InputError."""
    if str(path) == "-":
        return stream_format(form)
    suffix = format_of(path, form)
    check_target(Path(path), force)
    if documents and suffix != ".duckdb":
        check_target(beside_path(Path(path)), force)
    return suffix


def write(
    rows: Iterable[dict[str, Any]],
    documents: Iterable[dict[str, Any]],
    path: str | Path,
    *,
    form: str | None = None,
) -> None:
    """Write statements as they come, then the documents table (beside it, or as DuckDB's second table).

    `documents` may still be filling while `rows` is consumed. `-` is standard output (statements only).
    """
    write_tables({"statements": (STATEMENTS, rows), "documents": (DOCUMENTS, documents)}, path, form=form)


def write_tables(tables: Tables, path: str | Path, *, form: str | None = None, within: Path | None = None) -> None:
    """Write tables by name, in order: the first into `path`, others beside it; DuckDB holds all, `-` only the first.
    `within` is that of `replacing`."""
    (_, (schema, rows)), *others = tables.items()
    if str(path) == "-":
        _write_text(rows, schema, sys.stdout, stream_format(form))
        return
    path, suffix = Path(path), format_of(path, form)
    with ExitStack() as written:
        temporary = written.enter_context(replacing(path, within))
        if suffix == ".duckdb":
            _write_duckdb(tables, temporary)
            return
        _write_one(rows, schema, temporary, suffix)
        for name, (its_schema, its_rows) in others:
            beside = written.enter_context(replacing(beside_path(path, name), within))
            _write_one(its_rows, its_schema, beside, suffix)
