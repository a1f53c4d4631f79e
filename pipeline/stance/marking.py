"""A pair as one string in which markers stand for the actors: what the encoder reads.

The actors' own words are left out, so that the stance is read off what is said between them and not off who they are
(entity masking, Zhang et al., EMNLP 2017). One marker stands for the source wherever the sentence mentions it, one for
the target, one for anybody else. The markers are unused entries of BERT's vocabulary.
"""

from __future__ import annotations

from pipeline.stance.base import Pair

SOURCE, TARGET, OTHER = MARKERS = ("[unused1]", "[unused2]", "[unused3]")
CONTEXT = 240
"""Characters kept on each side of an actor; what is farther from both is cut, so that the markers never are."""

_MARKER = {"s": SOURCE, "t": TARGET, "st": SOURCE + TARGET, "": OTHER}


def mark(pair: Pair) -> str:
    """The text with a marker instead of each mention, cropped to `CONTEXT` characters around source and target.

    Where the two overlap ("both sides" is source and target), both markers stand in their place. Square brackets of
    the text itself become round ones: an article cannot forge a marker.
    Raises ValueError if a span is empty or lies outside the text.
    """
    text, length = pair.text.replace("[", "(").replace("]", ")"), len(pair.text)
    roles = [(*pair.source, "s"), (*pair.target, "t"), *pair.also]
    for start, end, _ in roles:
        if not 0 <= start < end <= length:
            raise ValueError(f"the span {(start, end)} is empty or outside the text of {length} characters")
    (first, until, _), (second, end, _) = sorted(roles[:2])
    roles = [(first, max(until, end), "st")] if second < until else roles[:2]
    roles += [(a, b, r) for a, b, r in pair.also if not any(a < y and x < b for x, y, _ in roles)]
    before, after = max(0, first - CONTEXT), min(length, max(until, end) + CONTEXT)
    if second - until <= 2 * CONTEXT:
        return _masked(text, before, after, roles)
    return f"{_masked(text, before, until + CONTEXT, roles)} … {_masked(text, second - CONTEXT, after, roles)}"


def _masked(text: str, start: int, end: int, roles: list[tuple[int, int, str]]) -> str:
    """The text from `start` to `end` with a marker for each mention that lies in it."""
    pieces, at = [], start
    for begin, until, role in sorted(roles):
        if start <= begin and until <= end:
            pieces += [text[at:begin], _MARKER[role]]
            at = until
    return "".join([*pieces, text[at:end]])
