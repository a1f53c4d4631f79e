"""The rows of JSONL, CSV, TSV and Parquet, one at a time. A row that cannot be read comes as an InputError, in its
place, and the next one is read; a file that is no such table raises one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import InputError
from pipeline.text import parse_json

MAX_BYTES = 4_000_000
"""Of one line; four times the characters of the longest article."""

Row = tuple[int, dict[str, Any]]
"""A row with its number: of its line, in Parquet of the row."""


def rows(
    stream: BinaryIO, path: Path, suffix: str, columns: Iterable[str], required: str
) -> Iterator[Row | InputError]:
    """The rows of a table whose format has the ending `suffix`, with at least those of the `columns` that it has, in
    capitals or not.

    Raises InputError, of CSV and Parquet also where the column `required` is missing.
    """
    file = str(path)
    if suffix == ".parquet":
        return _parquet(path, file, columns, required)
    if suffix == ".jsonl":
        return jsonl(stream, file)
    return _csv(stream, file, "\t" if suffix == ".tsv" else ",", required)


def no_column(name: str, columns: Iterable[Any], file: str, line: int | None = None) -> InputError:
    """That a table, or one of its rows, lacks its text column."""
    has = ", ".join(map(str, columns)) or "none"
    return InputError(f"no column {name!r} (columns: {has}); name the right one with --text", file, line)


def _lines(stream: BinaryIO, file: str) -> Iterator[tuple[int, bytes] | InputError]:
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) <= MAX_BYTES:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES)
        yield InputError(f"this line is longer than {MAX_BYTES:,} bytes; one line is one article", file, number)


def jsonl(stream: BinaryIO, file: str) -> Iterator[Row | InputError]:
    """The objects of JSON lines, with the numbers of their lines."""
    for item in _lines(stream, file):
        if isinstance(item, InputError):
            yield item
            continue
        number, line = item
        try:
            row = parse_json(line.decode("utf-8-sig")) if line.strip() else None
        except UnicodeDecodeError as error:
            yield InputError(f"byte {error.start} of the line is not UTF-8", file, number)
        except ValueError as error:
            yield InputError(f"not JSON ({error}); each line is one JSON object", file, number)
        else:
            if isinstance(row, dict):
                yield number, row
            elif line.strip():
                yield InputError('not a JSON object; each line is one, such as {"text": "…"}', file, number)


def _csv(stream: BinaryIO, file: str, delimiter: str, required: str) -> Iterator[Row | InputError]:
    """Bytes that are not UTF-8 become surrogates, so that the row they stand in is the one that is refused."""
    csv.field_size_limit(MAX_BYTES)
    too_long: list[InputError] = []

    def lines() -> Iterator[str]:
        for item in _lines(stream, file):
            if isinstance(item, InputError):
                too_long.append(item)
                yield "\r\n"  # an empty row, which is skipped and counted
                continue
            number, line = item
            yield line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")

    unread = lines()
    header = next(unread, "")
    if delimiter == "," and "," not in header and ";" in header:  # where the comma is the decimal sign
        delimiter = ";"
    reader = csv.DictReader(chain([header] if header else [], unread), delimiter=delimiter)
    try:
        columns = reader.fieldnames
    except csv.Error as error:
        raise InputError(f"not valid CSV ({error})", file, 1) from error
    if columns is not None and required not in columns:
        raise no_column(required, columns, file, 1)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield InputError(f"not valid CSV ({error})", file, reader.line_num)
            continue
        yield from too_long
        too_long.clear()
        if row is None:
            return
        yield reader.line_num, row


def _parquet(path: Path, file: str, columns: Iterable[str], required: str) -> Iterator[Row | InputError]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        # Read through a small buffer: a row group, and so the whole file, may be larger than the memory.
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as table:
            names = table.schema_arrow.names
            if required not in names:
                raise no_column(required, names, file)
            for batch in table.iter_batches(
                batch_size=64, columns=[name for name in names if name in columns or name.lower() in columns]
            ):
                for at in range(batch.num_rows):
                    number += 1
                    try:
                        yield number, batch.slice(at, 1).to_pylist()[0]
                    except ValueError as error:  # not UTF-8, or a date out of range
                        yield InputError(f"a row that cannot be read ({error})", file, number)
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"not a Parquet file ({str(error).splitlines()[0]})", file) from error
