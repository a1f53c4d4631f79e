"""The main job: articles in, rows of the stance table out, as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spacy.language import Language

from pipeline.article import Article
from pipeline.table.documents import document_row
from pipeline.table.rows import rows

BATCH = 16


def run(
    articles: Iterable[Article],
    nlp: Language,
    documents: list[dict[str, Any]],
    *,
    workers: int = 1,
    advance: Callable[[Article], None] = lambda article: None,
) -> Iterator[dict[str, Any]]:
    """Rows of all articles in order; `documents` is filled with their rows of the documents table as they are read.

    An article whose id was seen before gets `#2` and so on after it, so that ids of rows stay unique.
    """
    seen: dict[str, int] = {}

    def tasks() -> Iterator[tuple[str, Article]]:
        for article in articles:
            seen[article.document] = count = seen.get(article.document, 0) + 1
            if count > 1:
                import dataclasses

                article = dataclasses.replace(article, document=f"{article.document}#{count}")
            yield article.text, article

    for doc, article in nlp.pipe(tasks(), as_tuples=True, batch_size=BATCH, n_process=workers):
        documents.append(document_row(article))
        yield from rows(article, doc)
        advance(article)
