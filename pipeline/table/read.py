"""The two tables of any format that `files` writes, as a DuckDB relation: Parquet and DuckDB are queried in place."""

from __future__ import annotations

import csv
import glob
import math
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa

from pipeline.article.tables import MAX_BYTES
from pipeline.errors import InputError
from pipeline.table.files import BATCH, DELIMITERS, beside_path, database, format_of, restored, stream_format
from pipeline.table.schema import DOCUMENTS, STATEMENTS, lacking
from pipeline.text import parse_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection
    from duckdb import DuckDBPyRelation as Relation


@contextmanager
def scan(path: str | Path, form: str | None = None) -> Iterator[Relation]:
    """A stance table of any format, or a folder of Parquet, to be queried: nothing is read before a query needs it.

    `-` is standard input, CSV by default. What the query finds damaged inside the `with` is an InputError too.
    """
    with _scanned(Path(path), form, "statements", STATEMENTS) as found:
        yield found


def read(path: str | Path, form: str | None = None) -> pa.Table:
    """A stance table, whole, with the schema `STATEMENTS`. Raises InputError."""
    with scan(path, form) as found:
        return found.to_arrow_table().cast(STATEMENTS)


def read_documents(
    path: Path, names: Container[str] | None = None, form: str | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of the documents table that goes with a stance table; none where it is not beside it, nor beside `-`.

    With `names`, only those of these documents. A file that is not where the table says, seen from here, is looked for
    from the table. Raises InputError.
    """
    if str(path) == "-":
        return
    inside = path.is_dir() or format_of(path, form) == ".duckdb"
    if not (path / "documents" if path.is_dir() else path if inside else beside_path(path)).exists():
        return
    with _scanned(path if inside else beside_path(path), form, "documents", DOCUMENTS) as found:
        for batch in found.to_arrow_reader(BATCH):
            kept = [names is None or name in names for name in batch["document"].to_pylist()]
            for row in batch.filter(pa.array(kept)).to_pylist():
                beside = path.parent / row["file"]
                if row["file"] and not Path(row["file"]).exists() and beside.exists():
                    row["file"] = str(beside)
                yield row


def stream(found: Relation) -> Iterator[dict[str, Any]]:
    """The rows of a query, a batch at a time in memory."""
    for batch in found.to_arrow_reader(BATCH):
        yield from batch.to_pylist()


def relation(rows: Iterable[dict[str, Any]]) -> Relation:
    """Rows of the statements table that are at hand, to be queried like one on disk."""
    return database().from_arrow(pa.Table.from_pylist(list(rows), schema=STATEMENTS))


@contextmanager
def _scanned(path: Path, form: str | None, name: str, schema: pa.Schema) -> Iterator[Relation]:
    import duckdb

    try:
        yield _open(path, form, name, schema)
    except duckdb.Error as error:
        raise _refuse(f"not a stance table ({str(error).splitlines()[0]})", path) from error


def _open(path: Path, form: str | None, name: str, schema: pa.Schema) -> Relation:
    memory = database()
    if str(path) == "-":
        source = TextIOWrapper(sys.stdin.buffer, "utf-8-sig", newline="")
        return memory.from_arrow(_from_text(source, path, stream_format(form), schema))
    if path.is_dir():
        return _shaped(_parquet(memory, sorted((path / name).glob("part-*.parquet")), path), schema, path)
    suffix = format_of(path, form)
    if not path.is_file():
        raise InputError("no such file", path)
    if suffix == ".parquet":
        return _shaped(_parquet(memory, [path], path), schema, path)
    if suffix == ".duckdb":
        return _shaped(database(path, read_only=True).table(name), schema, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return memory.from_arrow(_from_text(file, path, suffix, schema))


def _parquet(memory: Connection, files: list[Path], path: Path) -> Relation:
    if not files:
        raise _refuse("no table in this folder", path)
    return memory.read_parquet([glob.escape(str(file)) for file in files], hive_partitioning=False)


def _shaped(found: Relation, schema: pa.Schema, path: Path) -> Relation:
    """A table with the columns of a schema and their types; text that is null is empty, a null number is damage."""
    from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression, Expression, FunctionExpression

    if missing := lacking(schema, found.columns):
        raise _refuse(f"no column {missing!r}", path)
    wanted = database().from_arrow(schema.empty_table())
    columns = []
    for name, kind in zip(wanted.columns, wanted.types, strict=True):
        if name not in found.columns:
            columns.append(ConstantExpression("").alias(name))
            continue
        value: Expression = ColumnExpression(name).cast(kind)
        other: Expression = ConstantExpression("")
        if schema.field(name).type != pa.string():
            other = FunctionExpression("error", ConstantExpression(f"a row without {name}")).cast(kind)
        if schema.field(name).type == pa.float64():
            value = FunctionExpression("nullif", value, ConstantExpression("nan").cast(kind))
        columns.append(CoalesceOperator(value, other).alias(name))
    return found.select(*columns)


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
        if missing := lacking(schema, reader.fieldnames or ()):
            raise _refuse(f"no column {missing!r}", path, 1)
        for row in reader:
            yield reader.line_num, {name: restored(value) for name, value in row.items()}
    except csv.Error as error:
        raise _refuse(f"not valid CSV ({error})", path, reader.line_num) from error


def _json_rows(file: TextIO, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except ValueError as error:
            raise _refuse(f"not JSON ({error})", path, number) from error
        if not isinstance(row, dict):
            raise _refuse("not a JSON object", path, number)
        yield number, row


def _checked(rows: Iterable[tuple[int, dict[str, Any]]], path: Path, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    """Rows with the schema's columns, text as text and numbers as numbers."""
    for line, row in rows:
        if missing := lacking(schema, row):
            raise _refuse(f"no column {missing!r}", path, line)
        values = {}
        for field in schema:
            value = row.get(field.name, "")
            try:
                if field.type == pa.string():
                    if not isinstance(value, str):
                        raise ValueError(f"{value!r} is no text")
                else:
                    value = float(value) if field.type == pa.float64() else int(value)
                    if not math.isfinite(value):
                        raise ValueError(f"{value} is no number")
            except (TypeError, ValueError) as error:
                raise _refuse(f"column {field.name!r}: {error}", path, line) from error
            values[field.name] = value
        yield values


def _refuse(problem: str, path: Path, line: int | None = None) -> InputError:
    return InputError(f"{problem}; a stance table as `demarche run -o` writes it is expected", path, line)
