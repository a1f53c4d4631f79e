"""Fit the linear classifier: TF-IDF of placed words, logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.stance.linear import features
from pipeline.train.data import Example


def fit(examples: Sequence[Example], folder: Path, seed: int) -> None:
    """Fit and write `model.skops` into `folder`."""
    import skops.io as skops
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectors = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    model = make_pipeline(vectors, LogisticRegression(C=10.0, class_weight="balanced", max_iter=500, random_state=seed))
    model.fit([features(example.pair) for example in examples], [example.stance for example in examples])
    skops.dump(model, folder / "model.skops")
