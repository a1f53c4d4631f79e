"""A pair as one marked string: what the encoder and the linear classifier read.

The markers are four of the unused entries of BERT's vocabulary, so that no embedding is added to the encoder.
"""

from __future__ import annotations

from pipeline.stance.base import Pair

SOURCE, SOURCE_END, TARGET, TARGET_END = MARKERS = ("[unused1]", "[unused2]", "[unused3]", "[unused4]")
CONTEXT = 240
"""Characters kept on each side of a mention; what is farther from both is cut, so that the markers never are."""


def mark(pair: Pair) -> str:
    """The text with markers around source and target, which may be nested, cropped to `CONTEXT` characters around each.

    Square brackets of the text itself become round ones: an article cannot forge a marker.
    Raises ValueError if a span is empty or lies outside the text.
    """
    text, length = pair.text.replace("[", "(").replace("]", ")"), len(pair.text)
    for start, end in (pair.source, pair.target):
        if not 0 <= start < end <= length:
            raise ValueError(f"the span {(start, end)} is empty or outside the text of {length} characters")
    (source, source_end), (target, target_end) = pair.source, pair.target
    marks = [
        (source, f"{SOURCE} "),
        (source_end, f" {SOURCE_END}"),
        (target, f"{TARGET} "),
        (target_end, f" {TARGET_END}"),
    ]
    marks.sort(key=lambda mark: (mark[0], mark[1].startswith("[")))  # at one offset, ends come before starts
    pieces = [text[max(0, marks[0][0] - CONTEXT) : marks[0][0]]]
    for (at, marker), (until, _) in zip(marks, [*marks[1:], (marks[-1][0] + CONTEXT, "")], strict=True):
        stretch = text[at:until]
        if len(stretch) > 2 * CONTEXT:
            stretch = f"{stretch[:CONTEXT]} … {stretch[-CONTEXT:]}"
        pieces += [marker, stretch]
    return "".join(pieces)
