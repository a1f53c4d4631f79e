"""Import and export gold: choose the format, find the texts, add what a tool left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.files import check_target
from pipeline.gold import formats, schema
from pipeline.gold.corpus import Annotated, add, check_name, new_entry, read_manifest, require_text
from pipeline.gold.formats.interlinear import read_header
from pipeline.gold.schema import Gold
from pipeline.gold.segments import blocks_of, sentences_of

if TYPE_CHECKING:
    from spacy.language import Language


def import_files(
    files: Iterable[Path], output: Path, corpus: Path, annotator: str = "", form: str = "", force: bool = False
) -> Iterator[Path]:
    """Write a gold file for each document in `files`; yields their paths.

    `form` names the format, which else follows from a file's ending. A document that the manifest knows keeps its text;
    a new one gets its text into `corpus` and a line in the manifest, in the split `train` unless a `# split:` line says
    otherwise. All files are read before any is written.
    """
    entries = read_manifest(corpus, missing_ok=True)
    ready: list[tuple[Annotated, Path]] = []
    for path in files:
        if not path.is_file():
            raise InputError("no such file", path)
        name = form or formats.of_file(path)

        def texts(document: str, wanted_by: Path = path) -> str | None:
            entry = entries.get(document)
            return require_text(entry.sha256, entry, corpus, wanted_by) if entry else None

        header = read_header(path) if name == "interlinear" else {}
        for gold, text in formats.named(name).read(path, texts):
            try:
                schema.check_types(gold)
            except TypeError as error:
                raise InputError(f"{gold.document}: {error}", path) from error
            schema.sound(gold, path, text, partial=True)
            check_name(gold.document, output, corpus)
            known = texts(gold.document)
            if known is not None and known != text:
                raise InputError(
                    f"{gold.document}: its text is not that of the corpus; annotate the text as it is", path
                )
            target = output / f"{gold.document}.jsonl"
            if target.exists() and not force:
                raise InputError("this file exists; --force replaces it", target)
            if any(target == other for _, other in ready):
                raise InputError(f"{gold.document} is annotated twice in these files; import one of them", path)
            gold.annotator = annotator or gold.annotator
            complete(gold, text, path)
            ready.append((Annotated(entries.get(gold.document) or new_entry(gold, header), text, gold), target))
    for item, target in ready:
        if item.entry.document not in entries:
            add(item.entry, item.text, corpus, entries)
        schema.write(item.gold, target)
        yield target


def complete(gold: Gold, text: str, path: Path) -> None:
    """Add what a tool left out: blocks and sentences by the pipeline, actor ids by name, each statement's sentence.

    Raises InputError for a mention whose actor nobody knows, and for a statement across sentences.
    """
    if not gold.sentences or not gold.blocks:
        _segment(gold, text)
    for at, mention in enumerate(gold.mentions):
        if not mention.actors:
            gold.mentions[at] = replace(mention, actors=(_actor(text[mention.start : mention.end], gold, path),))
    mentions = {mention.id: mention for mention in gold.mentions}
    for at, s in enumerate(gold.statements):
        source, target = mentions[s.source_mention], mentions[s.target_mention]
        sentence = gold.sentence_at(source.start)
        if sentence is None or sentence != gold.sentence_at(target.start):
            words = [text[m.start : m.end] for m in (source, target)]
            raise InputError(
                f"{gold.document}: {words[0]!r} and {words[1]!r} stand in no sentence or in two; relate within one",
                path,
            )
        gold.statements[at] = replace(
            s,
            sentence=sentence.id,
            source=s.source or source.actors[0],
            target=s.target or target.actors[0],
        )


@cache
def _nlp() -> Language:
    import pipeline

    return pipeline.load(None)


def _segment(gold: Gold, text: str) -> None:
    doc = _nlp()(text)
    gold.blocks = gold.blocks or blocks_of(doc)
    gold.sentences = gold.sentences or sentences_of(doc)


def _actor(words: str, gold: Gold, path: Path) -> str:
    from pipeline.actors.gazetteer import called

    found = called(words)
    if len(found) != 1:
        raise InputError(
            f"{gold.document}: the mention {words!r} has no actor id, and is no known name; give it one", path
        )
    return found.pop()


def export_files(files: Iterable[Path], output: Path, corpus: Path, form: str, force: bool = False) -> Iterator[Path]:
    """Write gold files in the format `form`: into the file `output`, or the folder where one file is one document."""
    module = formats.named(form)
    entries = read_manifest(corpus)
    items = []
    for path in files:
        gold = schema.read(path)
        check_name(gold.document, output)
        entry = entries.get(gold.document)
        text = require_text(gold.sha256, entry, corpus, path)
        schema.sound(gold, path, text)
        items.append(Annotated(entry or new_entry(gold, {}), text, gold))
    targets = [output] if module.MANY else [output / f"{item.gold.document}{formats.ENDINGS[form]}" for item in items]
    (output.parent if module.MANY else output).mkdir(parents=True, exist_ok=True)
    for target in targets:
        check_target(target, force)
        if module.BESIDE:
            check_target(target.with_suffix(module.BESIDE), force)
    groups = [items] if module.MANY else [[item] for item in items]
    for group, target in zip(groups, targets, strict=True):
        module.write(group, target)
        yield target
