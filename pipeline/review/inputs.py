"""What is under review: one article, or the articles of a stance table."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pipeline
from pipeline.article import Article
from pipeline.article import read as read_articles
from pipeline.errors import InputError
from pipeline.files import SAME_ENDING, check_writable
from pipeline.review.session import Session
from pipeline.table import read
from pipeline.table.documents import articles
from pipeline.table.files import FORMATS
from pipeline.table.read import read_documents


def sessions(
    given: str, model: str, output: Path, corpus: Path, annotator: str
) -> tuple[list[Article], Callable[[int], Session]]:
    """The articles, and what opens the session of each by its position when somebody comes to it.

    Of a table the rows are judged as they stand; the pipeline only finds their places again. Raises InputError.
    """
    for folder in (output, corpus):
        check_writable(folder)
    path, told = Path(given), None
    if path.suffix.lower() in (*FORMATS, *SAME_ENDING) or (path / "statements").is_dir():
        told, found = _table(path)
        nlp = pipeline.load(None)
    else:
        found = list(read_articles([given]))
        if len(found) != 1:
            raise InputError(
                f"{len(found)} articles; a review takes one, or the table that `run -o` makes of them", given
            )
        nlp = pipeline.load(model)

    @cache
    def session(number: int) -> Session:
        article = found[number]
        rows = None if told is None else told.get(article.document, [])
        return Session(article, nlp, output, corpus, annotator, rows)

    return found, session


def _table(path: Path) -> tuple[dict[str, list[dict[str, Any]]], list[Article]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for row in read(path).to_pylist():
        told.setdefault(row["document"], []).append(row)
    found = articles(read_documents(path))
    lost = [name for name in told if name not in found]
    if not found:
        raise InputError("none of its articles is at hand; run this where their files and documents table are", path)
    if lost:
        print(f"left out, for their texts are gone or have changed: {', '.join(lost)}", file=sys.stderr)
    return told, list(found.values())
