"""The manifest of documents, and where their texts are.

`corpus/manifest.jsonl` has one line a document: `document, file, title, author, date, genre, region, topic, invented,
split, sha256`. `split` is train, dev or test, or `given` for the article that is only ever tested on. A text that may
not be redistributed has no file: it is found by its SHA-256 in the folders that DEMARCHE_CORPUS lists.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pipeline.digest import sha256 as digest
from pipeline.digest import sha256_of
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.gold.schema import Gold, read, record, sound
from pipeline.text import numbered_lines, parse_json, read_text

SPLITS = ("train", "dev", "test", "given")


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the manifest."""

    document: str
    file: str
    title: str
    author: str
    date: str
    genre: str
    region: str
    topic: str
    invented: bool
    split: str
    sha256: str


def read_manifest(corpus: Path, missing_ok: bool = False) -> dict[str, Entry]:
    """The manifest's entries by document; none of a missing one with `missing_ok`.

    Raises InputError with file and line.
    """
    path = corpus / "manifest.jsonl"
    if missing_ok and not path.is_file():
        return {}
    if not path.is_file():
        raise InputError("no such file; --corpus names the folder of the texts and their manifest", path)
    entries = {}
    for number, line in numbered_lines(path):
        try:
            entry = record(Entry, parse_json(line))
        except (ValueError, TypeError) as error:
            raise InputError(f"not a manifest line ({error})", path, number) from error
        if entry.split not in SPLITS:
            raise InputError(f"split is {entry.split!r}; one of {', '.join(SPLITS)}", path, number)
        entries[entry.document] = entry
    return entries


def write_manifest(corpus: Path, entries: dict[str, Entry]) -> None:
    """Write the manifest, sorted by document."""
    lines = [json.dumps(asdict(entries[name]), ensure_ascii=False) + "\n" for name in sorted(entries)]
    write_text(corpus / "manifest.jsonl", "".join(lines))


def new_entry(gold: Gold, about: Mapping[str, str]) -> Entry:
    """The entry of a document that the manifest lacks, from what is known `about` it; in the split train by default.
    Raises InputError for a split that there is not."""
    wanted = ("title", "author", "date", "genre", "region", "topic")
    split = about.get("split", "train")
    if split not in SPLITS:
        raise InputError(f"{gold.document}: its split is {split!r}; one of {', '.join(SPLITS)}")
    return Entry(
        document=gold.document,
        file=f"{gold.document}.txt",
        **{name: about.get(name, "") for name in wanted},
        invented=about.get("invented", "yes") != "no",
        split=split,
        sha256=gold.sha256,
    )


def check_name(document: str, *folders: Path) -> None:
    """Raises InputError for a document that would be a file outside one of these folders, or none."""
    for folder in folders:
        try:
            inside = folder.resolve() in (folder / f"{document}.jsonl").resolve().parents and document.strip() != ""
        except (OSError, ValueError):
            inside = False
        if not inside:
            raise InputError(f"{document!r} cannot be the name of a file; give the article another id")


def add(entry: Entry, text: str, corpus: Path, entries: dict[str, Entry]) -> None:
    """Put a new document's text into the corpus, and its line into the manifest and into `entries`. Raises InputError
    where another text has its place."""
    path = corpus / entry.file
    if path.is_file() and path.read_bytes() != text.encode("utf-8"):
        raise InputError("this is another text, which the manifest does not name; give the article another id", path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    entries[entry.document] = entry
    write_manifest(corpus, entries)


@cache
def _elsewhere() -> dict[str, Path]:
    """Files in the folders of DEMARCHE_CORPUS by SHA-256."""
    folders = [Path(folder) for folder in os.environ.get("DEMARCHE_CORPUS", "").split(os.pathsep) if folder]
    files = (path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.txt")))
    return {sha256_of(path): path for path in files}


def find_text(sha256: str, entry: Entry | None, corpus: Path) -> str | None:
    """The text of the entry, else the one with that digest; None where it is not at hand. It may have changed since."""
    path = corpus / entry.file if entry and entry.file else _elsewhere().get(sha256)
    return read_text(path, exact=True) if path is not None and path.is_file() else None


def require_text(sha256: str, entry: Entry | None, corpus: Path, wanted_by: Path) -> str:
    """The text with that digest. Raises InputError, naming the file that needs it, where it is not at hand."""
    text = find_text(sha256, entry, corpus)
    if text is None:
        raise InputError("its text is not at hand; name its folder in DEMARCHE_CORPUS", wanted_by)
    return _unchanged(text, sha256, wanted_by)


def _unchanged(text: str, sha256: str, wanted_by: Path) -> str:
    if digest(text) != sha256:
        raise InputError("its text has changed since it was annotated (SHA-256 differs)", wanted_by)
    return text


@dataclass(frozen=True, slots=True)
class Annotated:
    """A document with its text and its gold."""

    entry: Entry
    text: str
    gold: Gold


def read_annotated(gold: Path, corpus: Path, splits: set[str]) -> Iterator[Annotated]:
    """The annotated documents of some splits, by name. Texts that are not at hand are left out."""
    entries = read_manifest(corpus)
    for name in sorted(entries):
        entry = entries[name]
        path = gold / f"{name}.jsonl"
        if entry.split in splits and path.is_file():
            annotation = read(path)
            text = find_text(annotation.sha256, entry, corpus)
            if text is not None:
                yield Annotated(entry, text, sound(annotation, path, _unchanged(text, annotation.sha256, path)))
