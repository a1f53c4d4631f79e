"""Read the two tables of any format that `files` writes: one reader over a schema."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from pipeline.article.read import MAX_BYTES
from pipeline.errors import InputError
from pipeline.table.files import DELIMITERS, database, documents_path, format_of, restored, stream_format
from pipeline.table.schema import DOCUMENTS, STATEMENTS


def read(path: str | Path, form: str | None = None) -> pa.Table:
    """A stance table from any of the formats, with the schema `STATEMENTS`; `-` is standard input, CSV by default.

    Raises InputError.
    """
    if str(path) == "-":
        suffix = stream_format(form)
        return _from_text(TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline=""), Path(path), suffix, STATEMENTS)
    return _read(Path(path), format_of(path, form), STATEMENTS, "statements")


def read_documents(path: Path) -> list[dict[str, Any]]:
    """The rows of the documents table that goes with a stance table; none where it is not beside it.

    Raises InputError.
    """
    suffix = format_of(path)
    beside = path if suffix == ".duckdb" else documents_path(path)
    return list(_read(beside, suffix, DOCUMENTS, "documents").to_pylist()) if beside.is_file() else []


def _read(path: Path, suffix: str, schema: pa.Schema, name: str) -> pa.Table:
    if not path.is_file():
        raise InputError("no such file", path)
    if suffix not in (".parquet", ".duckdb"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _from_text(file, path, suffix, schema)
    try:
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return pq.read_table(path).select(schema.names).cast(schema)
        with database(path, read_only=True) as db:
            columns = ", ".join(f'"{column}"' for column in schema.names)
            return db.sql(f"SELECT {columns} FROM {name}").to_arrow_table().cast(schema)
    except Exception as error:  # pyarrow and duckdb raise families of their own
        raise _refuse(f"not a stance table ({str(error).splitlines()[0]})", path) from error


def _from_text(file: TextIO, path: Path, suffix: str, schema: pa.Schema) -> pa.Table:
    rows = _json_rows(file, path) if suffix == ".jsonl" else _csv_rows(file, path, suffix, schema)
    try:
        return pa.Table.from_pylist(list(_checked(rows, path, schema)), schema=schema)
    except UnicodeDecodeError as error:
        raise _refuse(f"not UTF-8 ({error.reason})", path) from error
    except (pa.ArrowException, OverflowError) as error:
        raise _refuse(f"a number that is too large ({error})", path) from error


def _csv_rows(file: TextIO, path: Path, suffix: str, schema: pa.Schema) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(MAX_BYTES)
    reader = csv.DictReader(file, delimiter=DELIMITERS[suffix])
    try:
        for missing in (name for name in schema.names if name not in (reader.fieldnames or ())):
            raise _refuse(f"no column {missing!r}", path, 1)
        for row in reader:
            yield reader.line_num, {name: restored(value) for name, value in row.items()}
    except csv.Error as error:
        raise _refuse(f"not valid CSV ({error})", path, reader.line_num) from error


def _json_rows(file: TextIO, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, start=1):
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise _refuse(f"not JSON ({error})", path, number) from error
        if not isinstance(row, dict):
            raise _refuse("not a JSON object", path, number)
        yield number, row


def _checked(rows: Iterable[tuple[int, dict[str, Any]]], path: Path, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    """Rows with the schema's columns, text as text and numbers as numbers."""
    for line, row in rows:
        if missing := [name for name in schema.names if name not in row]:
            raise _refuse(f"no column {missing[0]!r}", path, line)
        values = {}
        for field in schema:
            value = row[field.name]
            try:
                if field.type == pa.string():
                    if not isinstance(value, str):
                        raise ValueError(f"{value!r} is no text")
                else:
                    value = float(value) if field.type == pa.float64() else int(value)
            except (TypeError, ValueError) as error:
                raise _refuse(f"column {field.name!r}: {error}", path, line) from error
            values[field.name] = value
        yield values


def _refuse(problem: str, path: Path, line: int | None = None) -> InputError:
    return InputError(f"{problem}; a stance table as `demarche run -o` writes it is expected", path, line)
