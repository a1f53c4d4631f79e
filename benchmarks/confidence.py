"""How sure a row is: the settings of the component "stance" in config.cfg, fitted to the rows of the dev split.

    python benchmarks/confidence.py [MODEL]

Logistic regression of whether a candidate is right on three things: the classifier's log-odds that there is a
statement, whether the syntax joins the actors, and how far its verb is to be trusted. Then what rows come to, end to
end, that are kept from some confidence on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import pipeline
from pipeline.evaluate.scores import f1, precision, recall
from pipeline.gold.corpus import read_annotated
from pipeline.gold.pairs import is_right
from pipeline.stance import load
from pipeline.stance.component import candidate_pairs, weigh
from pipeline.statements import statement


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("model", nargs="?", default="stance")
    model = options.parse_args().model
    items = list(read_annotated(Path("annotations/gold"), Path("corpus"), {"dev"}))
    classifier = load(model)
    features, right, stated = [], [], 0
    for item, doc in zip(items, pipeline.load(None).pipe(item.text for item in items), strict=True):
        stated += len({(s.sentence, s.source, s.target, s.stance) for s in item.gold.statements if not s.arguable})
        candidates = statement.load(doc)
        verdicts = classifier.classify(candidate_pairs(doc, candidates))
        for s, verdict in zip(candidates, verdicts, strict=True):
            stance, evidence = weigh(s, verdict)
            hit = is_right(item.gold, s.source_span[0], s.source, s.target, stance)
            if hit is not None:
                features.append(evidence)
                right.append(hit)
    table, hits = np.array(features, float), np.array(right)
    fitted = LogisticRegression(C=np.inf).fit(table, hits)
    for name, value in zip(("bias", "slope", "joined", "trust"), [*fitted.intercept_, *fitted.coef_[0]], strict=True):
        print(f"{name} = {value:.2f}")
    print()
    sure = fitted.predict_proba(table)[:, 1]
    print("| kept from | rows | F1 | precision | recall |\n| ---: | ---: | ---: | ---: | ---: |")
    for least in np.arange(0.16, 0.71, 0.02):
        kept = sure >= least
        counts = np.array([(kept & hits).sum(), (kept & ~hits).sum(), stated - (kept & hits).sum()])
        print(f"| {least:.2f} | {kept.sum()} | {f1(counts):.3f} | {precision(counts):.3f} | {recall(counts):.3f} |")


if __name__ == "__main__":
    main()
