"""What every stance classifier takes and gives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.labels import ROOTS, STANCES

Mentioned = tuple[int, int, tuple[str, ...]]
"""A mention as `(start, end, ids)`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An ordered pair of actors in a sentence; `source` and `target` are offsets `(start, end)` into `text`.

    Where more is known of the sentence than two spans, `mentions` are all its mentions, and `actors` the ids of the
    pair's two among them.
    """

    text: str
    source: tuple[int, int]
    target: tuple[int, int]
    actors: tuple[str, str] = ("source", "target")
    mentions: tuple[Mentioned, ...] = ()


def by_sentence(
    mentions: Iterable[tuple[int, int, Sequence[str]]], sentences: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], tuple[Mentioned, ...]]:
    """The mentions in each of a document's sentences, with offsets from the sentence's beginning."""
    order = sorted(set(sentences))
    found: dict[tuple[int, int], list[Mentioned]] = {sentence: [] for sentence in order}
    for start, end, ids in mentions:
        number = bisect_right(order, start, key=lambda sentence: sentence[0]) - 1
        if number >= 0 and end <= order[number][1]:
            at = order[number][0]
            found[order[number]].append((start - at, end - at, tuple(ids)))
    return {sentence: tuple(here) for sentence, here in found.items()}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A classifier's answer on one pair.

    `scores` maps each stance to a probability (they sum to 1); `confidence` is that of `stance`. `root` is the
    likeliest PLOVER root code whose quad class has the sign of `stance`, empty where the stance is none.
    """

    stance: str
    confidence: float
    scores: dict[str, float]
    root: str = ""

    @property
    def sign(self) -> str:
        """The likelier of the two stances, whether or not the answer is none."""
        return max(STANCES[:2], key=lambda label: self.scores[label])

    @property
    def quad(self) -> int | None:
        return ROOTS.get(self.root)


class Classifier(Protocol):
    """Labels ordered pairs. `name` goes into the table's `model` column: folder and start of its digest."""

    name: str

    def classify(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """One verdict a pair, in order."""
        ...


def verdict(scores: dict[str, float], roots: dict[str, float] | None = None) -> Verdict:
    """The verdict that stance probabilities and (unnormalised) root code scores amount to."""
    stance = max(STANCES, key=lambda label: scores[label])
    root = ""
    if roots and stance != "none":
        sign = {1, 2} if stance == "cooperative" else {3, 4}
        root = max((r for r in roots if ROOTS[r] in sign), key=lambda r: roots[r], default="")
    return Verdict(stance, scores[stance], scores, root)
