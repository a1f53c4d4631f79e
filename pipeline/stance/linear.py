"""TF-IDF with logistic regression: words before, between and after the two actors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pipeline.errors import InputError
from pipeline.labels import STANCES
from pipeline.stance.base import Pair, Verdict, verdict
from pipeline.stance.load import model_name

TRUSTED = ["sklearn.feature_extraction.text.TfidfVectorizer", "scipy.sparse._csr.csr_matrix", "numpy.dtype"]


def features(pair: Pair) -> str:
    """The pair as a bag of words, each prefixed with where it stands: before, between or after the two actors."""
    (a, a_end), (b, b_end) = sorted((pair.source, pair.target))
    order = "st" if pair.source <= pair.target else "ts"
    parts = {"l": pair.text[:a][-240:], "m": pair.text[a_end:b], "r": pair.text[b_end:][:240]}
    words = [f"{place}_{word}" for place, part in parts.items() for word in part.lower().split()]
    return " ".join([*words, *(f"{order}{word}" for word in words), order])


class LinearClassifier:
    """A scikit-learn pipeline saved with skops."""

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        import skops.io as skops

        path = folder / "model.skops"
        try:
            unknown = [name for name in skops.get_untrusted_types(file=path) if name not in TRUSTED]
            if unknown:
                raise InputError(f"the model holds types that are not trusted: {', '.join(unknown)}", path)
            self.model = skops.load(path, trusted=TRUSTED)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile) as error:
            raise InputError(f"a damaged model ({type(error).__name__}: {error})", path) from error
        self.name = model_name(folder, description)

    def classify(self, pairs: Sequence[Pair]) -> list[Verdict]:
        if not pairs:
            return []
        probabilities = self.model.predict_proba([features(pair) for pair in pairs])
        classes = list(self.model.classes_)
        return [
            verdict({label: float(row[classes.index(label)]) if label in classes else 0.0 for label in STANCES})
            for row in probabilities
        ]
