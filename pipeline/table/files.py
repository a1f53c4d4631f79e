"""Write stance tables: CSV, TSV, JSONL, Parquet, DuckDB, by the file's ending.

Writing goes to a temporary file beside the target that replaces it at the end: a run that fails leaves what was there.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.table.schema import DOCUMENTS, STATEMENTS

FORMATS = (".csv", ".tsv", ".jsonl", ".parquet", ".duckdb")
DELIMITERS = {".csv": ",", ".tsv": "\t"}
_BATCH = 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet takes for a formula; a cell that begins with one gets an apostrophe."""


def format_of(path: str | Path, form: str | None = None) -> str:
    """The format of a table file, as an ending. Raises InputError for one that is not known."""
    suffix = f".{form}" if form else Path(path).suffix.lower()
    if suffix == ".ndjson":
        suffix = ".jsonl"
    if suffix not in FORMATS:
        raise InputError(f"no such table format: {suffix or 'no ending'}; one of {', '.join(FORMATS)}", path)
    return suffix


def documents_path(path: Path) -> Path:
    """Where the documents table stands beside a statements table: `out.csv` has `out.documents.csv`."""
    return path.with_suffix(f".documents{path.suffix}")


def stream_format(form: str | None) -> str:
    """The format of a table on standard input or output, as an ending; CSV by default. Raises InputError."""
    suffix = f".{form or 'csv'}"
    if suffix not in (*DELIMITERS, ".jsonl"):
        raise InputError(f"{suffix[1:]} cannot go through standard input and output; csv, tsv or jsonl can")
    return suffix


def database(path: Path, *, read_only: bool = False) -> Any:
    """A DuckDB file, opened; nothing is installed or downloaded for it."""
    import duckdb

    return duckdb.connect(str(path), read_only=read_only, config={"autoinstall_known_extensions": False})


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def restored(value: Any) -> Any:
    """A cell of a CSV file without the apostrophe that writing put before a formula."""
    defused = isinstance(value, str) and value[:1] == "'" and value[1:].startswith(_FORMULA)
    return value[1:] if defused else value


def _write_csv(rows: Iterable[dict[str, Any]], schema: pa.Schema, target: Any, delimiter: str) -> None:
    import csv

    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    writer.writerow(schema.names)
    for row in rows:
        writer.writerow([_defused(row[name]) for name in schema.names])


def _write_jsonl(rows: Iterable[dict[str, Any]], target: Any) -> None:
    for row in rows:
        target.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_parquet(rows: Iterable[dict[str, Any]], schema: pa.Schema, path: Path) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema) as writer:
        for batch in batched_rows(rows):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def batched_rows(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in lists of a size that suits Arrow."""
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place if all goes well, and is gone if not."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", path) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_one(rows: Iterable[dict[str, Any]], schema: pa.Schema, path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        _write_parquet(rows, schema, path)
        return
    with path.open("w", encoding="utf-8", newline="") as target:
        if suffix == ".jsonl":
            _write_jsonl(rows, target)
        else:
            _write_csv(rows, schema, target, DELIMITERS[suffix])


def _write_duckdb(rows: Iterable[dict[str, Any]], documents: list[dict[str, Any]], path: Path) -> None:
    path.unlink(missing_ok=True)
    with database(path) as db:
        for name, schema in (("statements", STATEMENTS), ("documents", DOCUMENTS)):
            db.register("empty", schema.empty_table())
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM empty")
            db.unregister("empty")
        for batch in batched_rows(rows):
            db.register("batch", pa.Table.from_pylist(batch, schema=STATEMENTS))
            db.execute("INSERT INTO statements SELECT * FROM batch")
            db.unregister("batch")
        db.register("batch", pa.Table.from_pylist(documents, schema=DOCUMENTS))
        db.execute("INSERT INTO documents SELECT * FROM batch")


def check_target(path: Path, force: bool) -> None:
    """Raises InputError where a file cannot be written, or exists without `force`; called before any work."""
    if path.is_dir():
        raise InputError("this is a folder; name a file", path)
    if path.exists() and not force:
        raise InputError("this file exists; --force replaces it", path)
    if not path.parent.is_dir():
        raise InputError("no such folder", path.parent)
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise InputError("cannot be written (permission denied)", path)


def check_output(path: str | Path, *, force: bool = False, form: str | None = None) -> str:
    """The format of an output that can be written; called before any work. Raises InputError."""
    if str(path) == "-":
        return stream_format(form)
    suffix = format_of(path, form)
    check_target(Path(path), force)
    return suffix


def write(
    rows: Iterable[dict[str, Any]],
    documents: list[dict[str, Any]],
    path: str | Path,
    *,
    form: str | None = None,
) -> None:
    """Write statements as they come, then the documents table (beside it, or as DuckDB's second table).

    `documents` may still be filling while `rows` is consumed. `-` is standard output (statements only).
    """
    if str(path) == "-":
        suffix = f".{form or 'csv'}"
        if suffix == ".jsonl":
            _write_jsonl(rows, sys.stdout)
        else:
            _write_csv(rows, STATEMENTS, sys.stdout, DELIMITERS[suffix])
        return
    path, suffix = Path(path), format_of(path, form)
    with replacing(path) as temporary:
        if suffix == ".duckdb":
            _write_duckdb(rows, documents, temporary)
            return
        _write_one(rows, STATEMENTS, temporary, suffix)
        with replacing(documents_path(path)) as beside:
            _write_one(documents, DOCUMENTS, beside, suffix)
