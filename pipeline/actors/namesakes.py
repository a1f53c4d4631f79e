"""Who and what else bears the name of a state or a capital: Georgia in the United States, Chad Brown, Real Madrid."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.tokens import Span

from pipeline.actors import gazetteer
from pipeline.words import words

_GIVEN_NAMES = words("given_names")
_PROVINCES = words("provinces")


class _Bearer(NamedTuple):
    """What says that a name is another's: a word right before it (as written) or right after (in lower case), or one of
    `in_text` anywhere in a text that has none of `unless`."""

    before: frozenset[str]
    after: frozenset[str]
    in_text: frozenset[str]
    unless: frozenset[str]


@cache
def _bearers() -> dict[str, _Bearer]:
    with (files("pipeline") / "data" / "namesakes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["name"]: _Bearer(*(frozenset(row[field].split()) for field in _Bearer._fields)) for row in rows}


def is_namesake(span: Span, in_text: set[str]) -> bool:
    """Whether a name of the gazetteer is borne by something else here; `in_text` are the text's words, lower case."""
    doc, end = span.doc, span.end
    if end < len(doc) and doc[end].tag_ == "POS":
        end += 1
    before = doc[span.start - 1].text if span.start else ""
    after = doc[end].lower_.rstrip(".") if end < len(doc) else ""
    bearer = _bearers().get(span.text)
    if bearer and (before in bearer.before or after in bearer.after):
        return True
    if bearer and not bearer.in_text.isdisjoint(in_text) and bearer.unless.isdisjoint(in_text):
        return True
    return _is_given_name(span) or (span.label_ in gazetteer.PLACES and _is_in_province(span))


def _is_given_name(span: Span) -> bool:
    """Whether the name is a person's: "*Chad* Brown", and not "Chad President Déby"."""
    if span.text.lower() not in _GIVEN_NAMES or span.end >= len(span.doc):
        return False
    surname = span.doc[span.end]
    here = surname.ent_type_ == "PERSON" and surname.ent_iob_ == "I" and span.root.ent_type_ == "PERSON"
    return here and surname.lower_ not in gazetteer.titles()


def _is_in_province(capital: Span) -> bool:
    """Whether a capital's name is that of a town in a state of America or the like: "*Moscow*, Idaho"."""
    doc, end = capital.doc, capital.end
    names = (doc[end + 1 : end + size].text.lower().replace(" ", "-") for size in (2, 3))
    return doc[end : end + 1].text == "," and not _PROVINCES.isdisjoint(names)
