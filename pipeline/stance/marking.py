"""A pair as one string in which two markers stand for the actors: what the encoder reads.

The actors' own words are left out, so that the stance is read off what is said between them and not off who they are
(entity masking, Zhang et al., EMNLP 2017). The markers are unused entries of BERT's vocabulary.
"""

from __future__ import annotations

from pipeline.stance.base import Pair

SOURCE, TARGET = MARKERS = ("[unused1]", "[unused2]")
CONTEXT = 240
"""Characters kept on each side of an actor; what is farther from both is cut, so that the markers never are."""


def mark(pair: Pair) -> str:
    """The text with a marker instead of source and target, cropped to `CONTEXT` characters around each.

    Where the two overlap ("both sides" is source and target), both markers stand in their place. Square brackets of
    the text itself become round ones: an article cannot forge a marker.
    Raises ValueError if a span is empty or lies outside the text.
    """
    text, length = pair.text.replace("[", "(").replace("]", ")"), len(pair.text)
    for start, end in (pair.source, pair.target):
        if not 0 <= start < end <= length:
            raise ValueError(f"the span {(start, end)} is empty or outside the text of {length} characters")
    (first, marker), (second, other) = sorted([(pair.source, SOURCE), (pair.target, TARGET)])
    before = text[max(0, first[0] - CONTEXT) : first[0]]
    between = text[first[1] : second[0]] or " "
    if len(between) > 2 * CONTEXT:
        between = f"{between[:CONTEXT]} … {between[-CONTEXT:]}"
    after = max(first[1], second[1])
    return f"{before}{marker}{between}{other}{text[after : after + CONTEXT]}"
