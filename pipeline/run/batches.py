"""The main job: articles in, rows of the stance table out, as they come."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from spacy.language import Language

from pipeline.article import Article
from pipeline.errors import InputError
from pipeline.run.outcome import Item, Outcome, digest_of, reason, rejected
from pipeline.run.workers import in_order
from pipeline.table.documents import document_row
from pipeline.table.rows import rows

Batch = list[Item]
Engine = Callable[[Iterable[Batch]], Iterator[list[Outcome]]]
"""From batches to the outcomes of each, in order."""
BATCH, CHARACTERS = 16, 100_000
"""A batch has at most so many articles, and no more characters unless one article has them: memory has a bound."""


def named(items: Iterable[Item]) -> Iterator[Item]:
    """The items as they are, but an article whose id was seen before gets `#2` and so on after it, so that ids of rows
    stay unique. What was seen is kept on disk, eight bytes of a digest each."""
    seen = sqlite3.connect("")
    seen.execute("CREATE TABLE seen (document INTEGER PRIMARY KEY, times INTEGER)")
    count = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"

    def unique(document: str) -> str:
        short = hashlib.blake2b(document.encode(), digest_size=8).digest()
        times = seen.execute(count, (int.from_bytes(short, "big", signed=True),)).fetchone()[0]
        return document if times == 1 else unique(f"{document}#{times}")

    for item in items:
        if isinstance(item, Article):
            item = dataclasses.replace(item, document=unique(item.document))
        yield item


def _batches(items: Iterable[Item]) -> Iterator[Batch]:
    batch: Batch = []
    room = CHARACTERS
    for item in items:
        length = len(item.text) if isinstance(item, Article) else 0
        if batch and (len(batch) == BATCH or length > room):
            yield batch
            batch, room = [], CHARACTERS
        batch.append(item)
        room -= length
    if batch:
        yield batch


def _analysed(nlp: Language, batch: Batch) -> list[Outcome]:
    with nlp.memory_zone():  # else spaCy's vocabulary keeps every new word for good
        docs = nlp.pipe(item.text for item in batch if isinstance(item, Article))
        return [
            rejected(item, item)
            if isinstance(item, InputError)
            else Outcome(digest_of(item), document_row(item), tuple(rows(item, next(docs))))
            for item in batch
        ]


def _one(nlp: Language, item: Item) -> Outcome:
    try:
        return _analysed(nlp, [item])[0]
    except Exception as error:  # whatever a component raises is about this article alone
        assert isinstance(item, Article)
        problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return rejected(item, InputError(problem, item.file, document=item.document))


def analyse(nlp: Language, batch: Batch) -> list[Outcome]:
    """The outcome of each item; one that breaks the batch is found by trying them one by one."""
    try:
        return _analysed(nlp, batch)
    except Exception:
        return [_one(nlp, item) for item in batch]


def processes(nlp: Language, workers: int = 1) -> Engine:
    """The engine that is this process, or so many forks of it. It raises InputError if one dies."""
    return partial(in_order, partial(analyse, nlp), workers=workers)


def outcomes(items: Iterable[Item], engine: Engine) -> Iterator[Outcome]:
    """What becomes of each item, in order and whatever the engine."""
    for done in engine(_batches(items)):
        yield from done


def run(
    articles: Iterable[Article], nlp: Language, documents: list[dict[str, Any]], *, workers: int = 1
) -> Iterator[dict[str, Any]]:
    """Rows of all articles in order; `documents` is filled with their rows of the documents table on the way.

    Raises InputError for an article that a component cannot take.
    """
    for done in outcomes(named(articles), processes(nlp, workers)):
        if done.document is None:
            raise reason(done)
        documents.append(done.document)
        yield from done.rows
