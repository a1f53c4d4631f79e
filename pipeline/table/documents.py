"""An article as its row of the documents table, and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.article import Article, read
from pipeline.digest import sha256
from pipeline.errors import InputError

_ABOUT = ("document", "file", "title", "author", "date", "url")


def document_row(article: Article) -> dict[str, Any]:
    """The article's row; it carries the text only where reading its file again would not give it."""
    about = {name: getattr(article, name) for name in _ABOUT}
    return {**about, "sha256": sha256(article.text), "text": article.text if article.extracted else ""}


def articles(table: Iterable[dict[str, Any]]) -> dict[str, Article]:
    """The articles of a documents table by name, in its order, as far as their very text is at hand.

    A text stands in the table or in the article's file, and has the digest that the table says.
    """
    table = list(table)
    wanted: dict[str, set[str]] = {}
    texts = {sha256(row["text"]): row["text"] for row in table if row["text"]}
    for row in table:
        if row["file"] and row["sha256"] not in texts:
            wanted.setdefault(row["file"], set()).add(row["sha256"])
    for file, digests in wanted.items():
        try:
            for article in read([file]) if Path(file).is_file() else ():
                if (digest := sha256(article.text)) in digests:
                    texts[digest] = article.text
                    digests.discard(digest)
                if not digests:
                    break
        except InputError:
            continue
    return {
        row["document"]: Article(
            **{name: row[name] for name in _ABOUT}, text=texts[row["sha256"]], extracted=bool(row["text"])
        )
        for row in table
        if row["sha256"] in texts
    }
