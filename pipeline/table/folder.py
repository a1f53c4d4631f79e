"""A table as a folder of Parquet, which DuckDB reads in place: `statements/part-00000.parquet` and so on, `documents/`
like it, and `rejects.jsonl`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.table.files import write_arrow, write_jsonl
from pipeline.table.schema import DOCUMENTS, STATEMENTS

ROWS = 1_000_000
"""Rows of a file, about."""
SCHEMAS = {"statements": STATEMENTS, "documents": DOCUMENTS}
REJECTS = "rejects.jsonl"


def is_folder(output: str, form: str | None) -> bool:
    """Whether an output is a folder: it has no ending, or ends in a slash, and no other format is asked for."""
    return not form and output != "-" and (output.endswith("/") or not Path(output).suffix)


def rejects_path(output: Path) -> Path:
    """Where the articles that were set aside are listed, beside a table file."""
    return output.with_suffix(".rejects.jsonl")


def check_folder(path: Path, force: bool) -> None:
    """Raises InputError where a folder cannot be written, or where there is one, unless `force` and it is a table."""
    if not path.name:
        raise InputError("this is the folder you are in; name another to write", path)
    if not path.absolute().parent.is_dir():
        raise InputError("no such folder", path.parent)
    if path.exists() and not path.is_dir():
        raise InputError("a file of this name is in the way", path)
    found = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    if found - {*SCHEMAS, REJECTS}:
        raise InputError("this folder holds other things than a table; name another", path)
    if found and not force:
        raise InputError("this folder exists; --force replaces it", path)


@contextmanager
def replacing_folder(path: Path, within: Path) -> Iterator[Path]:
    """A temporary folder, `within` another on the same file system, that takes the place of `path` if all goes well,
    and is gone if not."""
    temporary = Path(tempfile.mkdtemp(dir=within))
    try:
        new, old = temporary / "new", temporary / "old"
        new.mkdir()
        yield new
        if path.exists():
            path.rename(old)
        new.rename(path)
    finally:
        shutil.rmtree(temporary)


def write_folder(
    tables: Mapping[str, Iterable[pa.Table]], rejects: Iterable[dict[str, Any]], path: Path, within: Path
) -> None:
    """Write both tables, each in files of about `ROWS` rows, and the rejects."""
    with replacing_folder(path, within) as folder:
        for name, pieces in tables.items():
            (folder / name).mkdir()
            remaining = iter(pieces)
            number, first = 0, next(remaining, SCHEMAS[name].empty_table())
            while first is not None:
                with replacing(folder / name / f"part-{number:05}.parquet") as file:
                    write_arrow(_some(first, remaining), SCHEMAS[name], file)
                number, first = number + 1, next(remaining, None)
        write_rejects(rejects, folder / REJECTS, folder)


def _some(first: pa.Table, remaining: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """As many tables as make up a file."""
    yield first
    rows = first.num_rows
    while rows < ROWS and (piece := next(remaining, None)) is not None:
        rows += piece.num_rows
        yield piece


def write_rejects(rejects: Iterable[dict[str, Any]], path: Path, within: Path) -> None:
    """Write the rejects file; where there are none there is none, not even one of an earlier run."""
    lines = iter(rejects)
    first = next(lines, None)
    if first is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path, within) as temporary, temporary.open("w", encoding="utf-8") as target:
        write_jsonl([first], target)
        write_jsonl(lines, target)
