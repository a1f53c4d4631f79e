"""Which files the inputs are, what kind each is by its ending, and how it is opened."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import InputError
from pipeline.files import SAME_ENDING

TEXT, HTML = {".txt", ".text", ".md", ""}, {".html", ".htm", ".xhtml"}
ROWS = {".jsonl", ".csv", ".tsv", ".parquet"}
OFFICE = {".pdf", ".doc", ".docx", ".epub", ".odt", ".rtf"}
"""Articles that have to be saved as text first; in a folder they are set aside, and not passed over in silence."""


def bare(path: Path) -> Path:
    """The path without the `.gz` of a compressed file."""
    return path.with_suffix("") if path.suffix.lower() == ".gz" else path


def _kind(path: Path, form: str | None) -> str:
    suffix = f".{form}" if form else bare(path).suffix.lower()
    suffix = SAME_ENDING.get(suffix, suffix)
    known = TEXT | HTML | ROWS
    if form and suffix not in known:
        forms = ", ".join(sorted(name[1:] for name in known | SAME_ENDING.keys() if name))
        raise InputError(f"no such input format: {form!r}; one of {forms}", path)
    return suffix if suffix in known else ".txt"


def open_file(path: Path) -> BinaryIO:
    """A file or standard input (`-`), unpacked where its name ends in `.gz`."""
    if str(path) == "-":
        return sys.stdin.buffer
    return cast(BinaryIO, gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _walk(folder: Path) -> Iterator[Path]:
    """The files under a folder in order, one folder's names in memory at a time."""
    try:
        with os.scandir(folder) as entries:
            order = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", folder) from error
    for entry in order:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)


def files(given: Path, form: str | None) -> Iterator[tuple[Path, str, str]]:
    """Each file of an input with the name of its document and its kind, as an ending. Raises InputError."""
    if not given.is_dir():
        yield given, "stdin" if str(given) == "-" else bare(given).stem, _kind(given, form)
        return
    known, empty = (TEXT | HTML) - {""}, True
    for path in _walk(given):
        if bare(path).suffix.lower() in known | OFFICE:
            empty = empty and bare(path).suffix.lower() in OFFICE
            yield path, bare(path).relative_to(given).with_suffix("").as_posix(), _kind(path, form)
    if empty:
        raise InputError(f"no article in this folder; looked for {', '.join(sorted(known))}", given)
