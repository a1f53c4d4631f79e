"""Read articles from files, folders, standard input and tables, one at a time."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.article.blocks import find_blocks
from pipeline.errors import InputError

MAX_CHARACTERS = 1_000_000
"""spaCy's own limit for one text; a longer one is no article."""
MAX_BYTES = 4 * MAX_CHARACTERS

TEXT, HTML = {".txt", ".text", ".md", ""}, {".html", ".htm", ".xhtml"}
ROWS = {".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"}

_MAGIC = {
    b"%PDF": "a PDF; save it as text first (pdftotext FILE)",
    b"\x89PNG": "an image, not text",
    b"\xff\xd8\xff": "an image, not text",
    b"GIF8": "an image, not text",
    b"PK\x03\x04": "a zip archive or office document; save it as text first",
    b"\xd0\xcf\x11\xe0": "an office document; save it as text first",
    b"\x1f\x8b": "compressed; unpack it first",
}
_BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16")]
_BOMS += [(codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF32_BE, "utf-32")]
_DATES = [
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), ("%Y-%m-%d",)),
    (re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}\b"), ("%B %d %Y", "%b %d %Y")),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}\b"), ("%d %B %Y", "%d %b %Y")),
]


@dataclass(frozen=True, slots=True)
class Article:
    """One document. Offsets everywhere count characters of `text`, which keeps its own line ends.

    `date` is ISO 8601 and empty where unknown; `extracted` says that `text` was taken out of HTML.
    """

    document: str
    text: str
    file: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    extracted: bool = False


def find_date(text: str) -> str:
    """The first date in `text` as ISO 8601, or an empty string."""
    for pattern, formats in _DATES:
        for match in pattern.finditer(text):
            for form in formats:
                try:
                    found = datetime.strptime(re.sub(r"[.,]", "", match[0]), form)
                except ValueError:
                    continue
                return found.date().isoformat()
    return ""


def decode(data: bytes, file: str, encoding: str | None = None) -> str:
    """Bytes to text: by byte order mark, else `encoding`, else UTF-8. Line ends stay. Raises InputError."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"this is {what}", file)
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding = name
            data = data[len(mark) :] if name == "utf-8" else data
            break
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"byte {error.start} is not {error.encoding.upper()}; name the encoding of the file with --encoding",
            file,
            line,
        ) from error
    except LookupError as error:
        raise InputError(f"no such encoding: {encoding}") from error
    if "\0" in text:
        raise InputError("this is binary data, not text", file)
    if not text.strip():
        raise InputError("the file is empty", file)
    return text


def from_text(
    text: str, document: str, file: str = "", known: Mapping[str, str] | None = None, extracted: bool = False
) -> Article:
    """An article from plain text; title and date are read off its headline and byline where they are not `known`."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"{len(text):,} characters is too long for one article; at most {MAX_CHARACTERS:,}", file)
    fields = dict(known or {})
    if not fields.get("title") or not fields.get("date"):
        blocks = find_blocks(text[:20_000])
        headline = next((" ".join(text[b.start : b.end].split()) for b in blocks if b.label == "headline"), "")
        bylines = (find_date(text[b.start : b.end]) for b in blocks if b.label == "byline")
        fields["title"] = fields.get("title") or headline
        fields["date"] = fields.get("date") or next(filter(None, bylines), "")
    return Article(document, text, file, **fields, extracted=extracted)


def from_html(html: str, document: str, file: str = "") -> Article:
    """An article from a web page: main text by trafilatura, offsets into that text."""
    from trafilatura import bare_extraction

    page = bare_extraction(html, include_comments=False, include_tables=False, favor_precision=True, with_metadata=True)
    if page is None or isinstance(page, dict) or not page.text:
        raise InputError("no article text was found in this page", file)
    text = page.text
    if page.title and page.title not in text[: len(page.title) + 200]:
        text = f"{page.title}\n\n{text}"
    known = {"title": page.title, "author": page.author, "date": page.date, "url": page.url}
    return from_text(text, document, file, {name: value or "" for name, value in known.items()}, extracted=True)


def _lines(stream: BinaryIO, file: str) -> Iterator[tuple[int, bytes]]:
    for number in range(1, sys.maxsize):
        line = stream.readline(MAX_BYTES + 1)
        if not line:
            return
        if len(line) > MAX_BYTES:
            raise InputError(f"this line is longer than {MAX_BYTES:,} bytes; one line is one article", file, number)
        yield number, line


def _jsonl(stream: BinaryIO, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(stream, file):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise InputError(f"byte {error.start} of the line is not UTF-8", file, number) from error
        except (json.JSONDecodeError, RecursionError) as error:
            raise InputError(f"not JSON ({error}); each line is one JSON object", file, number) from error
        if not isinstance(row, dict):
            raise InputError('not a JSON object; each line is one, such as {"text": "…"}', file, number)
        yield number, row


def _csv(stream: BinaryIO, file: str, delimiter: str) -> Iterator[tuple[int, dict[str, Any]]]:
    import csv

    csv.field_size_limit(MAX_BYTES)
    lines = (decode_line(line, file, number) for number, line in _lines(stream, file))
    reader = csv.DictReader(lines, delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, dict(row)
    except csv.Error as error:
        raise InputError(f"not valid CSV ({error})", file, reader.line_num) from error


def decode_line(line: bytes, file: str, number: int) -> str:
    """One line of a UTF-8 table. Raises InputError with its number."""
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} of the line is not UTF-8", file, number) from error


def _parquet(path: Path, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        number = 0
        for batch in pq.ParquetFile(path).iter_batches(batch_size=256):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"not a Parquet file ({str(error).splitlines()[0]})", file) from error


def _rows(stream: BinaryIO, path: Path, suffix: str, column: str) -> Iterator[Article]:
    file = str(path)
    if suffix == ".parquet":
        rows = _parquet(path, file)
    elif suffix in (".csv", ".tsv"):
        rows = _csv(stream, file, "\t" if suffix == ".tsv" else ",")
    else:
        rows = _jsonl(stream, file)
    found = False
    for number, row in rows:
        found = True
        if column not in row:
            has = ", ".join(map(str, row)) or "none"
            raise InputError(f"no column {column!r} (columns: {has}); name the right one with --text", file, number)
        text = row[column]
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"column {column!r} holds no text", file, number)
        known = {name: str(row.get(name) or "") for name in ("title", "author", "date", "url")}
        document = row.get("id")
        yield from_text(text, f"{path.stem}:{number}" if document in (None, "") else str(document), file, known)
    if not found:
        raise InputError("the file is empty", file)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except IsADirectoryError as error:
        raise InputError("this is a folder", path) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path) from error


def _file(path: Path, document: str, column: str, encoding: str | None, suffix: str) -> Iterator[Article]:
    file = str(path)
    with sys.stdin.buffer if file == "-" else _open(path) as stream:
        if suffix in ROWS:
            yield from _rows(stream, path, suffix, column)
            return
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(f"longer than {MAX_BYTES:,} bytes; one file is one article", file)
    text = decode(data, file, encoding)
    yield from_html(text, document, file) if suffix in HTML else from_text(text, document, file)


def read(
    inputs: Iterable[str | Path], *, column: str = "text", encoding: str | None = None, form: str | None = None
) -> Iterator[Article]:
    """Articles from files, folders (their text and HTML files) and `-` (standard input), lazily.

    `column` names the text column of JSONL, CSV and Parquet, `encoding` that of text and HTML without a byte order
    mark, and `form` (txt, html, jsonl, csv, tsv, parquet) overrides the file's ending. Raises InputError.
    """
    for given in map(Path, inputs):
        if str(given) == "-":
            yield from _file(given, "stdin", column, encoding, f".{form}" if form else ".txt")
        elif given.is_dir():
            known = (TEXT | HTML) - {""}
            paths = [p for p in sorted(given.rglob("*")) if p.is_file() and p.suffix.lower() in known]
            if not paths:
                raise InputError(f"no article in this folder; looked for {', '.join(sorted(known))}", given)
            for path in paths:
                document = path.relative_to(given).with_suffix("").as_posix()
                yield from _file(path, document, column, encoding, f".{form}" if form else path.suffix.lower())
        elif not given.exists():
            raise InputError("no such file", given)
        else:
            suffix = f".{form}" if form else given.suffix.lower()
            if suffix not in TEXT | HTML | ROWS:
                suffix = ".txt"
            yield from _file(given, given.stem, column, encoding, suffix)
