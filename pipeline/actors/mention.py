"""A mention, and where mentions live on a spaCy Doc.

Mentions are the spans of `doc.spans["actors"]`: `span.label_` says how the actor is named (name, adjective, capital, …,
`person`, `organisation`, `reference`), `span.kb_id_` is the canonical id, or several joined by `+` ("both sides").
"""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

from pipeline.words import words

KEY = "actors"
_AUTHORITIES = words("authorities")


def make(doc: Doc, start: int, end: int, actors: tuple[str, ...], form: str) -> Span:
    """A mention over tokens `start` to `end`."""
    return Span(doc, start, end, label=form, kb_id="+".join(actors))


def actors_of(mention: Span) -> tuple[str, ...]:
    """The canonical ids that a mention names; one, or several for a plural reference."""
    return tuple(mention.kb_id_.split("+"))


def rules_from(preposition: Token) -> bool:
    """Whether a preposition says from which capital somebody rules, so that this is no mere place: "the junta *in*
    Niamey"."""
    return preposition.lower_ == "in" and preposition.head.lemma_.lower() in _AUTHORITIES
