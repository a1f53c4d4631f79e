"""How sure a row is: the settings of the component "stance" in config.cfg, fitted to the rows of the dev split.

    python benchmarks/confidence.py [MODEL]

Logistic regression of whether a candidate is right on two things: the classifier's log-odds that there is a statement,
and whether the syntax joins the actors. Then what rows come to, end to end, that are kept from some confidence on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import pipeline
from pipeline.evaluate.scores import f1, precision, recall
from pipeline.gold.corpus import read_annotated
from pipeline.gold.pairs import statements_of
from pipeline.stance.component import StanceComponent, candidate_pairs, log_odds
from pipeline.statements import statement


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", nargs="?", default="stance")
    model = options.parse_args().model
    items = list(read_annotated(Path("annotations/gold"), Path("corpus"), {"dev"}))
    settings = pipeline.settings()["components"]["stance"]
    judge = StanceComponent(**(settings | {"model": model, "min_confidence": 0.0}))
    assert judge.classifier is not None
    features, right, stated = [], [], 0
    for item, doc in zip(items, pipeline.load(None).pipe(item.text for item in items), strict=True):
        stated += len({(s.sentence, s.source, s.target, s.stance) for s in item.gold.statements if not s.arguable})
        candidates, verdicts = statement.load(doc), judge.classifier.classify(candidate_pairs(doc))
        for s, verdict in zip(candidates, verdicts, strict=True):
            joined = s.linked and s.stance != "none"
            taken = s.stance if joined else verdict.sign
            gold = statements_of(item.gold, s.source_span[0], s.source, s.target)
            hit = any(one.stance == taken and not one.arguable for one in gold)
            if hit or not any(one.arguable for one in gold):
                features.append((log_odds(verdict), joined))
                right.append(hit)
    table, hits = np.array(features, float), np.array(right)
    fitted = LogisticRegression(C=np.inf).fit(table, hits)
    print(f"bias = {fitted.intercept_[0]:.2f}\nslope = {fitted.coef_[0, 0]:.2f}\njoined = {fitted.coef_[0, 1]:.2f}\n")
    sure = fitted.predict_proba(table)[:, 1]
    print("| kept from | rows | F1 | precision | recall |\n| ---: | ---: | ---: | ---: | ---: |")
    for least in np.arange(0.16, 0.71, 0.02):
        kept = sure >= least
        counts = np.array([(kept & hits).sum(), (kept & ~hits).sum(), stated - (kept & hits).sum()])
        print(f"| {least:.2f} | {kept.sum()} | {f1(counts):.3f} | {precision(counts):.3f} | {recall(counts):.3f} |")


if __name__ == "__main__":
    main()
