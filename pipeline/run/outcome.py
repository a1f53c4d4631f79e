"""What became of one article: the unit that workers hand back and that parts are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pipeline.article import Article
from pipeline.digest import sha256
from pipeline.errors import InputError

Item = Article | InputError
"""What `pipeline.article.survey` gives: an article, or why there is none in its place."""


class Outcome(NamedTuple):
    """An article's row of the documents table and its statements, or else its line in the rejects file.

    `digest` is that of the item it came from.
    """

    digest: str
    document: dict[str, Any] | None = None
    rows: tuple[dict[str, Any], ...] = ()
    reject: dict[str, Any] | None = None


class Tally(NamedTuple):
    """What a run has come to."""

    articles: int = 0
    rows: int = 0
    rejects: int = 0

    def __str__(self) -> str:
        return f"{self.articles:,} articles, {self.rows:,} rows, {self.rejects:,} rejects"

    def plus(self, outcomes: Iterable[Outcome]) -> Tally:
        articles, rows, rejects = self
        for outcome in outcomes:
            articles += outcome.document is not None
            rows += len(outcome.rows)
            rejects += outcome.reject is not None
        return Tally(articles, rows, rejects)


def digest_of(item: Item) -> str:
    """What tells an item from another one, or from what it said before it was changed."""
    if isinstance(item, InputError):
        return sha256(f"{item.document}\0{item}")
    return sha256("\0".join((item.document, item.title, item.author, item.date, item.url, item.text)))


def rejected(item: Item, error: InputError) -> Outcome:
    """The outcome of an item that is set aside. What of its names is no text is written out, as in "caf\\udce9.txt"."""
    names = {"document": error.document, "file": error.file, "reason": error.problem}
    written = {name: value.encode("utf-8", "backslashreplace").decode() for name, value in names.items()}
    return Outcome(digest_of(item), reject={**written, "line": error.line})


def reason(outcome: Outcome) -> InputError:
    """Why an item was set aside."""
    assert outcome.reject is not None
    found = outcome.reject
    return InputError(found["reason"], found["file"], found["line"], found["document"])
