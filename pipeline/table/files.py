"""Read and write stance tables: CSV, TSV, JSONL, Parquet, DuckDB, by the file's ending.

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


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _restored(value: Any) -> Any:
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
            _write_csv(rows, schema, target, "\t" if suffix == ".tsv" else ",")


def _write_duckdb(rows: Iterable[dict[str, Any]], documents: list[dict[str, Any]], path: Path) -> None:
    import duckdb

    path.unlink(missing_ok=True)
    with duckdb.connect(str(path), config={"autoinstall_known_extensions": False}) as db:
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
        suffix = f".{form or 'csv'}"
        if suffix in (".parquet", ".duckdb") or suffix not in FORMATS:
            raise InputError(f"{suffix[1:]} cannot go to standard output; csv, tsv or jsonl can")
        return suffix
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
            _write_csv(rows, STATEMENTS, sys.stdout, "\t" if suffix == ".tsv" else ",")
        return
    path, suffix = Path(path), format_of(path, form)
    with replacing(path) as temporary:
        if suffix == ".duckdb":
            _write_duckdb(rows, documents, temporary)
            return
        _write_one(rows, STATEMENTS, temporary, suffix)
        with replacing(documents_path(path)) as beside:
            _write_one(documents, DOCUMENTS, beside, suffix)


def _refuse(problem: str, path: Path, line: int | None = None) -> InputError:
    return InputError(f"{problem}; a stance table as `demarche run -o` writes it is expected", path, line)


def _from_rows(rows: Iterable[tuple[int, dict[str, Any]]], path: Path) -> pa.Table:
    kept = []
    for line, row in rows:
        if missing := [name for name in STATEMENTS.names if name not in row]:
            raise _refuse(f"no column {missing[0]!r}", path, line)
        values = {name: _restored(row[name]) for name in STATEMENTS.names}
        try:
            for name in ("sentence", "start", "end", "quad"):
                values[name] = int(values[name])
            values["confidence"] = float(values["confidence"])
        except (TypeError, ValueError) as error:
            raise _refuse(f"not a number ({error})", path, line) from error
        kept.append(values)
    return pa.Table.from_pylist(kept, schema=STATEMENTS)


def read(path: str | Path, form: str | None = None) -> pa.Table:
    """A stance table from any of the formats, with the schema `STATEMENTS`. Raises InputError."""
    path = Path(path)
    suffix = format_of(path, form)
    if not path.is_file():
        raise InputError("no such file", path)
    if suffix in (".csv", ".tsv"):
        import csv

        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ",")
            try:
                if reader.fieldnames is None or "source" not in reader.fieldnames:
                    raise _refuse("no column 'source'", path, 1)
                return _from_rows(((reader.line_num, row) for row in reader), path)
            except (csv.Error, UnicodeDecodeError) as error:
                raise _refuse(f"not valid CSV ({error})", path) from error
    if suffix == ".jsonl":
        with path.open(encoding="utf-8") as file:

            def parsed() -> Iterator[tuple[int, dict[str, Any]]]:
                for number, line in enumerate(file, start=1):
                    try:
                        row = json.loads(line)
                    except json.JSONDecodeError as error:
                        raise _refuse(f"not JSON ({error})", path, number) from error
                    if not isinstance(row, dict):
                        raise _refuse("not a JSON object", path, number)
                    yield number, row

            return _from_rows(parsed(), path)
    try:
        if suffix == ".parquet":
            import pyarrow.parquet as pq

            return pq.read_table(path).select(STATEMENTS.names).cast(STATEMENTS)
        import duckdb

        with duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": False}) as db:
            columns = ", ".join('"' + name + '"' for name in STATEMENTS.names)
            return db.sql(f"SELECT {columns} FROM statements").to_arrow_table().cast(STATEMENTS)
    except Exception as error:  # pyarrow and duckdb raise families of their own
        raise _refuse(f"not a stance table ({str(error).splitlines()[0]})", path) from error


def read_documents(path: Path) -> list[dict[str, Any]]:
    """The rows of the documents table that goes with a stance table; none where it is not beside it."""
    suffix = format_of(path)
    beside = documents_path(path)
    if suffix == ".duckdb":
        import duckdb

        with duckdb.connect(str(path), read_only=True, config={"autoinstall_known_extensions": False}) as db:
            return list(db.sql("SELECT * FROM documents").to_arrow_table().to_pylist())
    if not beside.is_file():
        return []
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        return list(pq.read_table(beside).to_pylist())
    with beside.open(encoding="utf-8-sig", newline="") as file:
        if suffix == ".jsonl":
            return [json.loads(line) for line in file]
        import csv

        reader = csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ",")
        return [{name: _restored(value) for name, value in row.items()} for row in reader]
