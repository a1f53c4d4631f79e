"""A sentence with markers instead of its actors: what the encoder reads, once for two actors in both directions.

The actors' own words are left out, so that the stance is read off what is said between them and not off who they are
(entity masking, Zhang et al., EMNLP 2017). One marker stands for one of the two wherever the sentence mentions it, one
for the other, a third for anybody else. The markers are unused entries of BERT's vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.stance.base import Mentioned, Pair

MARKERS = ("[unused1]", "[unused2]", "[unused3]")
CONTEXT = 240
"""Characters kept on each side of an actor; what is farther from both is cut, so that the markers never are."""


class Marked(NamedTuple):
    """The text that is read, and the places in `MARKERS` of the pair's source and target, 0 and 1 or 1 and 0."""

    text: str
    source: int
    target: int


def mark(pair: Pair) -> Marked:
    """The text with a marker instead of each mention, cropped to `CONTEXT` characters around source and target.

    Whichever of the two the text names first has the first marker, so that both directions read the same. Where the two
    overlap ("both sides" is source and target), both markers stand in their place. Square brackets of the text itself
    become round ones: an article cannot forge a marker. Raises ValueError if a span is empty or lies outside the text.
    """
    text, length = pair.text.replace("[", "(").replace("]", ")"), len(pair.text)
    for start, end in (pair.source, pair.target):
        if not 0 <= start < end <= length:
            raise ValueError(f"the span {(start, end)} is empty or outside the text of {length} characters")
    ends: list[Mentioned] = [(*pair.source, pair.actors[:1]), (*pair.target, pair.actors[1:])]
    (first, until, _), (second, end, _) = sorted(ends)
    if second < until:
        until = end = max(until, end)
        ends = [(first, end, pair.actors)]
    mentions = sorted([*ends, *(m for m in pair.mentions if not any(m[0] < b and a < m[1] for a, b, _ in ends))])
    order = sorted(pair.actors, key=[actor for *_, actors in mentions for actor in actors].index)
    places = {actor: place for place, actor in enumerate(order)}
    before, after = max(0, first - CONTEXT), min(length, end + CONTEXT)
    if second - until <= 2 * CONTEXT:
        marked = _masked(text, before, after, mentions, places)
    else:
        parts = (before, until + CONTEXT), (second - CONTEXT, after)
        marked = " … ".join(_masked(text, *part, mentions, places) for part in parts)
    return Marked(marked, places[pair.actors[0]], places[pair.actors[1]])


def _masked(text: str, start: int, end: int, mentions: Iterable[Mentioned], places: dict[str, int]) -> str:
    """The text from `start` to `end` with markers for each mention that lies in it."""
    pieces, at = [], start
    for begin, until, actors in mentions:
        if at <= begin and until <= end:
            named = sorted({places[actor] for actor in actors if actor in places}) or [2]
            pieces += [text[at:begin], *(MARKERS[place] for place in named)]
            at = until
    return "".join([*pieces, text[at:end]])
