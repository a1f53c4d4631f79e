"""Gold from and to interlinear text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.gold import interlinear, schema
from pipeline.gold.corpus import Entry, read_manifest, require_text, write_manifest


def import_files(files: Iterable[Path], output: Path, corpus: Path, annotator: str, force: bool) -> Iterator[Path]:
    """Write a gold file for each interlinear file.

    A document that the manifest knows is found in its text; a new one gets its text into `corpus` and a line in the
    manifest, in the split `train` unless a `# split:` line says otherwise. All files are read before any is written.
    """
    entries = read_manifest(corpus) if (corpus / "manifest.jsonl").is_file() else {}
    ready = []
    for path in files:
        if not path.is_file():
            raise InputError("no such file", path)
        header = interlinear.read_header(path)
        entry = entries.get(header["document"])
        known = require_text(entry.sha256, entry, corpus, path) if entry else None
        gold, text = interlinear.read(path, known, annotator or header.get("annotator", ""))
        target = output / f"{gold.document}.jsonl"
        if target.exists() and not force:
            raise InputError("this file exists; --force replaces it", target)
        if entry is None:
            wanted = ("title", "author", "date", "genre", "region", "topic")
            entry = Entry(
                document=gold.document,
                file=f"{gold.document}.txt",
                **{name: header.get(name, "") for name in wanted},
                invented=header.get("invented", "yes") != "no",
                split=header.get("split", "train"),
                sha256=gold.sha256,
            )
        ready.append((gold, text, entry, target))
    for gold, text, entry, target in ready:
        if entry.document not in entries:
            corpus.mkdir(parents=True, exist_ok=True)
            (corpus / entry.file).write_text(text, encoding="utf-8", newline="")
            entries[entry.document] = entry
            write_manifest(corpus, entries)
        schema.write(gold, target)
        yield target


def export_files(files: Iterable[Path], output: Path, corpus: Path, force: bool) -> Iterator[Path]:
    """Write each gold file as interlinear text into `output`."""
    entries = read_manifest(corpus)
    for path in files:
        gold = schema.read(path)
        text = require_text(gold.sha256, entries.get(gold.document), corpus, path)
        target = output / f"{gold.document}.txt"
        if target.exists() and not force:
            raise InputError("this file exists; --force replaces it", target)
        output.mkdir(parents=True, exist_ok=True)
        target.write_text(interlinear.dumps(gold, text), encoding="utf-8")
        yield target
