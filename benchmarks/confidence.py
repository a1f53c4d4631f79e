"""How sure a row is: the settings of the component "stance" in config.cfg, fitted to the rows of the dev split.

    python benchmarks/confidence.py [MODEL]

Logistic regression of whether a candidate is right on three things: the classifier's log-odds that there is a
statement, whether the syntax joins the actors, and how far its verb is to be trusted. Then what rows come to, end to
end, that are kept from some confidence on, and what those of the coded briefs of dev do, to which nothing is fitted.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

import pipeline
from pipeline.evaluate.scores import f1, precision, recall
from pipeline.gold.briefs import read_briefs
from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.gold.pairs import is_right
from pipeline.stance import Classifier, load
from pipeline.stance.component import candidate_pairs, weigh
from pipeline.statements import statement


def rows(items: Sequence[Annotated], nlp: Language, classifier: Classifier) -> tuple[np.ndarray, np.ndarray, int]:
    """Of every candidate that is not arguable the evidence `(n, 3)` and whether it is right `(n,)`, and how many
    statements gold has."""
    features, right, stated = [], [], 0
    for item, doc in zip(items, nlp.pipe(item.text for item in items), strict=True):
        stated += len({(s.sentence, s.source, s.target, s.stance) for s in item.gold.statements if not s.arguable})
        candidates = statement.load(doc)
        verdicts = classifier.classify(candidate_pairs(doc, candidates))
        for s, verdict in zip(candidates, verdicts, strict=True):
            stance, evidence = weigh(s, verdict)
            hit = is_right(item.gold, s.source_span[0], s.source, s.target, stance)
            if hit is not None:
                features.append(evidence)
                right.append(hit)
    return np.array(features, float), np.array(right), stated


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", nargs="?", default="stance")
    nlp, classifier = pipeline.load(None), load(options.parse_args().model)
    gold = list(read_annotated(Path("annotations/gold"), Path("corpus"), {"dev"}))
    dev, briefs = (rows(items, nlp, classifier) for items in (gold, list(read_briefs("dev"))))
    fitted = LogisticRegression(C=np.inf).fit(dev[0], dev[1])
    for name, value in zip(("bias", "slope", "joined", "trust"), [*fitted.intercept_, *fitted.coef_[0]], strict=True):
        print(f"{name} = {value:.2f}")
    print("\n| kept from | rows | F1 | precision | recall | F1 on briefs |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")

    def counts(found: tuple[np.ndarray, np.ndarray, int], least: float) -> np.ndarray:
        evidence, right, stated = found
        kept = fitted.predict_proba(evidence)[:, 1] >= least
        return np.array([(kept & right).sum(), (kept & ~right).sum(), stated - (kept & right).sum()])

    for least in np.arange(0.16, 0.71, 0.02):
        here = counts(dev, least)
        scores = " | ".join(f"{score(here):.3f}" for score in (f1, precision, recall))
        print(f"| {least:.2f} | {here[:2].sum()} | {scores} | {f1(counts(briefs, least)):.3f} |")


if __name__ == "__main__":
    main()
