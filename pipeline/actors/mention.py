"""A mention, and where mentions live on a spaCy Doc.

Mentions are the spans of `doc.spans["actors"]`: `span.label_` says how the actor is named (name, adjective, capital, …,
`person`, `organisation`, `reference`), `span.kb_id_` is the canonical id, or several joined by `+` ("both sides").
"""

from __future__ import annotations

from spacy.tokens import Doc, Span

KEY = "actors"


def make(doc: Doc, start: int, end: int, actors: tuple[str, ...], form: str) -> Span:
    """A mention over tokens `start` to `end`."""
    return Span(doc, start, end, label=form, kb_id="+".join(actors))


def actors_of(mention: Span) -> tuple[str, ...]:
    """The canonical ids that a mention names; one, or several for a plural reference."""
    return tuple(mention.kb_id_.split("+"))
