"""Scores as sums of counts, so that they can be resampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from pipeline.labels import STANCES
from pipeline.stance.base import Verdict

RESAMPLES = 2000


def f1(counts: np.ndarray) -> np.ndarray:
    """F1 from (true positives, false positives, false negatives) on the last axis; 0 where there is nothing."""
    tp, fp, fn = counts[..., 0], counts[..., 1], counts[..., 2]
    return np.asarray(2 * tp / np.maximum(2 * tp + fp + fn, 1e-9))


def precision(counts: np.ndarray) -> np.ndarray:
    """Precision from the same counts."""
    return np.asarray(counts[..., 0] / np.maximum(counts[..., 0] + counts[..., 1], 1e-9))


def recall(counts: np.ndarray) -> np.ndarray:
    """Recall from the same counts."""
    return np.asarray(counts[..., 0] / np.maximum(counts[..., 0] + counts[..., 2], 1e-9))


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Unweighted mean of F1 over the classes that occur, from a flattened confusion matrix (gold by predicted)."""
    side = round(counts.shape[-1] ** 0.5)
    matrix = counts.reshape(*counts.shape[:-1], side, side)
    tp = np.diagonal(matrix, axis1=-2, axis2=-1)
    fn, fp = matrix.sum(-1) - tp, matrix.sum(-2) - tp
    each = 2 * tp / np.maximum(2 * tp + fp + fn, 1e-9)
    occurs = matrix.sum(-1) > 0
    return np.asarray((each * occurs).sum(-1) / np.maximum(occurs.sum(-1), 1))


BINS = 10


def calibration_counts(confidences: Sequence[float], right: Sequence[bool]) -> np.ndarray:
    """What `calibration_error` adds up: per bin of confidence the cases, their summed confidence, and those right.

    The shape is `(3 * BINS,)`, bin by bin; bins are of equal width from 0 to 1.
    """
    counts = np.zeros((BINS, 3))
    for confidence, hit in zip(confidences, right, strict=True):
        counts[min(int(confidence * BINS), BINS - 1)] += 1, confidence, hit
    return counts.ravel()


def calibration_error(counts: np.ndarray) -> np.ndarray:
    """Expected calibration error (Guo et al., ICML 2017): how far confidence lies from the share that is right."""
    bins = counts.reshape(*counts.shape[:-1], BINS, 3)
    off = np.abs(bins[..., 1] - bins[..., 2]).sum(-1)
    return np.asarray(off / np.maximum(bins[..., 0].sum(-1), 1))


@dataclass
class Measure:
    """Counts of one measure, one row of `width` a unit (document, or sentence where there is one document)."""

    stage: str
    name: str
    score: Callable[[np.ndarray], np.ndarray]
    support_columns: tuple[int, ...]
    width: int = 3
    counts: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)

    def add(self, document: str, sentence: int, counts: Sequence[float] | np.ndarray) -> None:
        """Add counts of one sentence."""
        key = (document, sentence)
        self.counts[key] = self.counts.get(key, np.zeros(len(counts))) + np.array(counts, dtype=float)

    def result(self, seed: int = 0) -> dict[str, Any]:
        """Score, 95 % percentile bootstrap interval over documents (sentences of a single one), and support."""
        documents = sorted({document for document, _ in self.counts})
        if len(documents) > 1:
            units = [sum(c for (name, _), c in self.counts.items() if name == document) for document in documents]
        else:
            units = [self.counts[key] for key in sorted(self.counts)]
        table = np.array(units) if units else np.zeros((0, self.width))
        interval = None
        if len(table) > 1:
            resampled = bootstrap(
                (np.arange(len(table)),),
                lambda index, axis=-1: self.score(table[index].sum(-2)),
                n_resamples=RESAMPLES,
                method="percentile",
                batch=100,  # the root codes of a thousand sentences at once would be gigabytes
                vectorized=True,
                rng=np.random.default_rng(seed),
            ).confidence_interval
            interval = [float(resampled.low), float(resampled.high)]
        total = table.sum(0) if len(table) else np.zeros(self.width)
        return {
            "stage": self.stage,
            "measure": self.name,
            "score": float(self.score(total)),
            "interval": interval,
            "unit": "document" if len(documents) > 1 else "sentence",
            "support": int(sum(total[column] for column in self.support_columns)),
        }


def detection(stage: str, name: str) -> Measure:
    """An F1 measure; its support is the number of gold items."""
    return Measure(stage, name, f1, (0, 2))


def classification(stage: str, name: str, labels: Sequence[Any] = STANCES) -> Measure:
    """A macro F1 over labels, by default the three stances; its support is the number of pairs."""
    return Measure(stage, name, macro_f1, tuple(range(len(labels) ** 2)), len(labels) ** 2)


def calibration(stage: str, name: str) -> Measure:
    """An expected calibration error; its support is the number of cases."""
    return Measure(stage, name, calibration_error, tuple(range(0, 3 * BINS, 3)), 3 * BINS)


def confusion(gold: Sequence[Any], predicted: Sequence[Any], labels: Sequence[Any] = STANCES) -> list[int]:
    """A flattened confusion matrix over labels, by default the stances: gold by predicted."""
    matrix = np.zeros((len(labels), len(labels)), dtype=int)
    for one, other in zip(gold, predicted, strict=True):
        matrix[labels.index(one), labels.index(other)] += 1
    return [int(value) for value in matrix.ravel()]


class StanceMeasures:
    """How well a classifier does on pairs: those stated (2 classes), all (3 classes), and its calibration."""

    def __init__(self, label: str, pairs: str) -> None:
        self.two = classification("stance", f"{label}: stated {pairs}, macro F1 of 2")
        self.three = classification("stance", f"{label}: all {pairs}, macro F1 of 3")
        self.error = calibration("stance", f"{label}: expected calibration error")

    def add(self, document: str, sentence: int, gold: str, verdict: Verdict) -> None:
        """Count the verdict on one pair whose stance is `gold`."""
        self.three.add(document, sentence, confusion([gold], [verdict.stance]))
        self.error.add(document, sentence, calibration_counts([verdict.confidence], [verdict.stance == gold]))
        if gold != "none":
            self.two.add(document, sentence, confusion([gold], [verdict.sign]))


def matched(gold: set[Any], predicted: set[Any]) -> list[int]:
    """True positives, false positives, false negatives of two sets."""
    return [len(gold & predicted), len(predicted - gold), len(gold - predicted)]
