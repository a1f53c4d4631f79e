"""The article with its evidence marked: pieces of text that the page's template turns into elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.report.summary import Row
from pipeline.table.documents import articles
from pipeline.text import spaced

BUDGET = 600_000
"""Characters of running text that the page carries; beyond it an article shows its evidence alone."""


@dataclass(slots=True)
class Piece:
    """A stretch of text; with `stance` it is evidence, named `anchor`, in parts `(words, whether an actor)`."""

    text: str
    stance: str = ""
    anchor: str = ""
    parts: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """An article of the page; `whole` says that its text was at hand, not only its evidence."""

    name: str
    title: str
    date: str
    pieces: list[Piece]
    whole: bool


def anchor_of(row: Row, documents: dict[str, int]) -> str:
    """The id of the sentence's element."""
    return f"e{documents[row['document']]}-{row['start']}"


def _parts(text: str, names: set[str]) -> list[tuple[str, bool]]:
    """The sentence cut at the words of its actors."""
    patterns = [spaced(name) for name in sorted(names, key=len, reverse=True) if name]
    if not patterns:
        return [(text, False)]
    pieces = re.split(rf"(?<!\w)({'|'.join(patterns)})(?!\w)", text)
    return [(piece, bool(at % 2)) for at, piece in enumerate(pieces) if piece]


def _sentence(rows: list[Row], text: str, documents: dict[str, int]) -> Piece:
    stances = {row["stance"] for row in rows}
    names = {row[name] for row in rows for name in ("source_text", "target_text")}
    stance = stances.pop() if len(stances) == 1 else "both"
    return Piece(text, stance, anchor_of(rows[0], documents), _parts(text, names))


def documents_of(rows: list[Row], table: Iterable[Row], numbers: dict[str, int]) -> Iterator[Document]:
    """Each article of `rows`, in their order; `table` has their rows of the documents table, `numbers` numbers them."""
    known = {row["document"]: row for row in table}
    texts = {name: article.text for name, article in articles(known.values()).items()}
    left = BUDGET
    by_document: dict[str, list[Row]] = {}
    for row in rows:
        by_document.setdefault(row["document"], []).append(row)
    for name, of_document in by_document.items():
        told = sorted(of_document, key=lambda row: (row["start"], row["end"]))
        text = texts.get(name)
        whole = text is not None and len(text) <= left and all(row["end"] <= len(text) for row in told)
        pieces, at = [], 0
        for (start, end), group in groupby(told, key=lambda row: (row["start"], row["end"])):
            here = list(group)
            if whole and text is not None:
                pieces += [Piece(text[at:start]), _sentence(here, text[start:end], numbers)]
                at = end
            else:
                pieces += [_sentence(here, here[0]["evidence"], numbers), Piece("\n\n")]
        if whole and text is not None:
            left -= len(text)
            pieces.append(Piece(text[at:]))
        yield Document(name, known.get(name, {}).get("title") or name, told[0]["date"], pieces, whole)
