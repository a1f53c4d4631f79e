"""Read articles from files, folders, standard input and tables, one at a time."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.article.blocks import find_blocks
from pipeline.article.files import HTML, ROWS, bare, files, open_file
from pipeline.article.tables import MAX_BYTES, no_column, rows
from pipeline.errors import InputError

MAX_CHARACTERS = 1_000_000
"""spaCy's own limit for one text; a longer one is no article."""

_KNOWN = {
    "title": ("title", "headline"),
    "author": ("author", "byline"),
    "date": ("date", "published", "published_at", "publish_date", "publication_date", "pubdate"),
    "url": ("url", "link"),
}
"""What a row may say of its article, and the columns that say it, in capitals or not; the first that does counts."""

_MAGIC = {
    b"%PDF": "a PDF; save it as text first (pdftotext FILE)",
    b"\x89PNG": "an image, not text",
    b"\xff\xd8\xff": "an image, not text",
    b"GIF8": "an image, not text",
    b"PK\x03\x04": "a zip archive or office document; save it as text first",
    b"\xd0\xcf\x11\xe0": "an office document; save it as text first",
    b"{\\rtf": "rich text; save it as plain text first",
    b"\x1f\x8b": "compressed; its name should end in .gz",
}
_BOMS = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16")]
_BOMS += [(codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF32_BE, "utf-32")]
_PAGE = re.compile(r"\s*<(!doctype html|html)\b", re.IGNORECASE)
"""How a web page begins, whatever its file is called."""
_ISO = re.compile(r"(\d{4}(?:-\d\d){0,2})(?:(?<=-\d\d-\d\d)[T ]\d\d:?\d\d.*)?")
_MONTH = r"[A-Z][a-z]{2,8}\.?"
_DATE = re.compile(
    rf"\b(\d{{4}}-\d\d-\d\d|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}} {_MONTH} \d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})\b"
)
_DATES = ("%Y-%m-%d", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Article:
    """One document. Offsets everywhere count characters of `text`, which keeps its own line ends.

    `date` is ISO 8601 and empty where unknown; `extracted` is true where reading `file` again would not give
    `text`: it was taken out of HTML, read with an option, or came from standard input.
    """

    document: str
    text: str
    file: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    url: str = ""
    extracted: bool = False


def _as_date(given: str) -> str:
    """A date as ISO 8601, where it can be read: 2021, 2021-05, 2021-05-03, 20210503, or as `find_date` finds it."""
    if len(given) == 8 and given.isdigit():
        given = f"{given[:4]}-{given[4:6]}-{given[6:]}"
    if (found := _ISO.fullmatch(given)) is None:
        return find_date(given)
    try:  # a year or a month is one if its first day is
        date.fromisoformat(found[1] + "-01-01"[len(found[1]) - 4 :])
    except ValueError:
        return ""
    return given.replace(" ", "T")


def find_date(text: str) -> str:
    """The first date in `text` as ISO 8601, or an empty string."""
    for match in _DATE.finditer(text):
        given = re.sub(r"(?<=[a-z])\.|,", "", match[0]).replace("Sept ", "Sep ")
        for form in _DATES:
            try:
                return datetime.strptime(given, form).date().isoformat()
            except ValueError:
                continue
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
    except UnicodeError as error:
        raise InputError(f"this is not {encoding} ({error})", file) from error
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
    fields["date"] = _as_date(fields.get("date", ""))
    if not fields.get("title") or not fields.get("date"):
        blocks = find_blocks(text[:20_000])
        headline = next((" ".join(text[b.start : b.end].split()) for b in blocks if b.label == "headline"), "")
        bylines = (find_date(text[b.start : b.end]) for b in blocks if b.label == "byline")
        fields["title"] = fields.get("title") or headline
        fields["date"] = fields.get("date") or next(filter(None, bylines), "")
    article = Article(document, text, file, **fields, extracted=extracted)
    try:
        "".join((document, text, *fields.values())).encode()
    except UnicodeEncodeError as error:
        raise InputError("half a character (a lone surrogate), or bytes that are not UTF-8", file) from error
    return article


def from_html(html: str, document: str, file: str = "") -> Article:
    """An article from a web page: main text by trafilatura, offsets into that text."""
    from trafilatura import bare_extraction

    try:
        page = bare_extraction(
            html, include_comments=False, include_tables=False, favor_precision=True, with_metadata=True
        )
    except Exception as error:  # trafilatura and lxml raise families of their own
        raise InputError(f"not a web page that can be read ({type(error).__name__}: {error})", file) from error
    if page is None or isinstance(page, dict) or not page.text:
        raise InputError("no article text was found in this page", file)
    text = page.text
    if page.title and page.title not in text[: len(page.title) + 200]:
        text = f"{page.title}\n\n{text}"
    known = {"title": page.title, "author": page.author, "date": page.date, "url": page.url}
    return from_text(text, document, file, {name: value or "" for name, value in known.items()}, extracted=True)


def _article(row: Mapping[str, Any], column: str, document: str, file: str) -> Article:
    """The article of a row of a table. Raises InputError."""
    if column not in row:
        raise no_column(column, row, file)
    text = row[column]
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"column {column!r} holds no text", file)
    said = {name.lower(): value for name, value in row.items() if isinstance(name, str)}
    known = {field: next((str(said[name]) for name in names if said.get(name)), "") for field, names in _KNOWN.items()}
    return from_text(text, document, file, known)


def _rows(stream: BinaryIO, path: Path, suffix: str, column: str) -> Iterator[Article | InputError]:
    file, name, found = str(path), bare(path).stem, False
    for row in rows(stream, path, suffix, {column, "id", *chain.from_iterable(_KNOWN.values())}, column):
        found = True
        if isinstance(row, InputError):
            yield InputError(row.problem, file, row.line, f"{name}:{row.line}")
            continue
        number, values = row
        identity = values.get("id")
        document = f"{name}:{number}" if identity in (None, "") else str(identity)
        try:
            yield _article(values, column, document, file)
        except InputError as error:
            yield InputError(error.problem, file, number, document)
    if not found:
        raise InputError("the file is empty", file)


def _file(path: Path, document: str, column: str, encoding: str | None, suffix: str) -> Iterator[Article | InputError]:
    file = str(path)
    if suffix == ".parquet" and (file == "-" or path.suffix.lower() == ".gz"):
        raise InputError("Parquet is read from a file as it is, neither compressed again nor from standard input", file)
    try:
        with open_file(path) as stream:
            if suffix in ROWS:
                yield from _rows(stream, path, suffix, column)
                return
            data = stream.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"a damaged gzip file ({error})", file) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", file) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"longer than {MAX_BYTES:,} bytes; one file is one article", file)
    text = decode(data, file, encoding)
    is_page = suffix in HTML or _PAGE.match(text)
    yield from_html(text, document, file) if is_page else from_text(text, document, file)


def _path(given: str | Path) -> Path:
    if str(given).startswith(("http://", "https://")):
        raise InputError("nothing is downloaded; save the page and name its file", str(given))
    return Path(given)


def _check_paths(paths: list[Path]) -> None:
    for path in paths:
        try:
            known = str(path) == "-" or path.exists()
        except OSError as error:  # a whole text, say
            raise InputError(f"no file name ({error.strerror})", str(path)[:60]) from error
        if not known:
            raise InputError("no such file", path)
    if [str(path) for path in paths].count("-") > 1:
        raise InputError("standard input can be read once; name - once")


def survey(
    inputs: Iterable[str | Path], *, column: str = "text", encoding: str | None = None, form: str | None = None
) -> Iterator[Article | InputError]:
    """Every article of the inputs in order, lazily, and in the place of each that cannot be used, why not.

    Arguments are those of `read`. Raises InputError for an input that does not exist.
    """
    paths = [_path(given) for given in inputs]
    _check_paths(paths)
    told = column != "text" or encoding is not None or form is not None
    for given in paths:
        try:
            for path, document, suffix in files(given, form):
                try:
                    found = _file(path, document, column, encoding, suffix)
                    once = told or str(path) == "-"
                    yield from (replace(a, extracted=True) if once and isinstance(a, Article) else a for a in found)
                except InputError as error:
                    yield InputError(error.problem, error.file, error.line, error.document or document)
        except InputError as error:  # a folder without articles, or one that may not be read
            yield error


def read(
    inputs: Iterable[str | Path], *, column: str = "text", encoding: str | None = None, form: str | None = None
) -> Iterator[Article]:
    """Articles from files, folders (their text and HTML files) and `-` (standard input), lazily.

    Text, HTML, JSONL and CSV may be compressed (`.gz`). `column` names the text column of JSONL, CSV and Parquet,
    `encoding` that of text and HTML without a byte order mark, and `form` (txt, html, jsonl, csv, tsv, parquet)
    overrides the file's ending. Raises InputError for the first article that cannot be used.
    """
    for item in survey(inputs, column=column, encoding=encoding, form=form):
        if isinstance(item, InputError):
            raise item
        yield item
