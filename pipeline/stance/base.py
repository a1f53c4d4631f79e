"""What every stance classifier takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.labels import ROOTS, STANCES

Further = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An ordered pair of actors in a sentence; `source` and `target` are offsets `(start, end)` into `text`.

    `also` may name the sentence's further mentions, as `(start, end, roles)`: `roles` is "s" for one of the source, "t"
    of the target, "st" of both, and empty for a mention of somebody else.
    """

    text: str
    source: tuple[int, int]
    target: tuple[int, int]
    also: Further = ()


def further(mentions: Iterable[tuple[int, int, Sequence[str]]], source: str, target: str) -> Further:
    """`Pair.also` for the pair of actors `source` and `target`, from a sentence's mentions: start, end, actors."""
    return tuple((start, end, "s" * (source in actors) + "t" * (target in actors)) for start, end, actors in mentions)


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
