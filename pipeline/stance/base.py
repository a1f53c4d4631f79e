"""What every stance classifier takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.labels import ROOTS, STANCES


@dataclass(frozen=True, slots=True)
class Pair:
    """An ordered pair of actors in a sentence; `source` and `target` are offsets `(start, end)` into `text`.

    `also` may name the sentence's further mentions, as `(start, end, roles)`: `roles` is "s" for one of the source, "t"
    of the target, "st" of both, and empty for a mention of somebody else.
    """

    text: str
    source: tuple[int, int]
    target: tuple[int, int]
    also: tuple[tuple[int, int, str], ...] = ()


def pair_in(
    text: str,
    sentence: tuple[int, int],
    ends: tuple[tuple[int, int], tuple[int, int]],
    actors: tuple[str, str],
    mentions: Iterable[tuple[int, int, Sequence[str]]],
) -> Pair:
    """The pair that two spans of a document's `text` make in one sentence, with that sentence's further mentions.

    `ends` are the spans of source and target, `actors` their ids; `mentions` are start, end and ids. All offsets but
    the pair's own count from the beginning of `text`.
    """
    at, until = sentence
    also = tuple(
        (start - at, end - at, "s" * (actors[0] in named) + "t" * (actors[1] in named))
        for start, end, named in mentions
        if at <= start and end <= until and (start, end) not in ends
    )
    source, target = ((start - at, end - at) for start, end in ends)
    return Pair(text[at:until], source, target, also)


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
    def quad(self) -> int | None:
        return ROOTS.get(self.root)


class Classifier(Protocol):
    """Labels ordered pairs. `name` goes into the table's `model` column: kind, folder and the start of its digest."""

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
