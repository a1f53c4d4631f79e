"""The card of a model: what it is, what it saw, how it does. Training writes it, and measured every figure on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.charts import svg
from pipeline.evaluate.scores import BINS, StanceMeasures, calibration_counts, classification, confusion
from pipeline.labels import MARKED_ROOTS, QUADS, YIELD
from pipeline.stance.base import Classifier, Pair, Verdict
from pipeline.train.data import Example

Judged = tuple[Sequence[Example], Sequence[Verdict]]
"""Examples of a split, and what the model says of them."""


def _scores(split: str, judged: Judged) -> list[dict[str, Any]]:
    """Of stances, and where the model tells them and gold knows them, of quad classes and root codes."""
    measures = StanceMeasures(split, "pairs")
    quads, roots = [0, *QUADS], ["", *MARKED_ROOTS]
    quad = classification("stance", f"{split}: quad class, macro F1 of {len(QUADS)}", quads)
    root = classification("stance", f"{split}: root code, macro F1", roots)
    for number, (example, verdict) in enumerate(zip(*judged, strict=True)):
        measures.add(example.document, number, example.stance, verdict)
        if example.root:
            yielding = example.root == "YIELD" and verdict.root in YIELD
            code, quad_class = ("YIELD", MARKED_ROOTS["YIELD"]) if yielding else (verdict.root, verdict.quad or 0)
            quad.add(example.document, number, confusion([example.quad], [quad_class], quads))
            root.add(example.document, number, confusion([example.root], [code], roots))
    found = [measures.two, measures.three, measures.error]
    if any(verdict.root for verdict in judged[1]):
        found += [quad, root]
    return [measure.result() for measure in found if measure.counts]


def _row(line: dict[str, Any]) -> str:
    low, high = line["interval"] or (float("nan"), float("nan"))
    return f"| {line['measure']} | {line['score']:.3f} | {low:.3f} to {high:.3f} | {line['support']} |"


def _exchanged(pair: Pair) -> Pair | None:
    """The pair with the words of its two actors exchanged; None where they are alike or overlap."""
    (a, b), (c, d) = sorted((pair.source, pair.target))
    text = pair.text
    if b > c or text[a:b] == text[c:d]:
        return None
    changed = f"{text[:a]}{text[c:d]}{text[b:c]}{text[a:b]}{text[d:]}"
    first, second = (a, a + d - c), (d - (b - a), d)
    ends = (first, second) if pair.source <= pair.target else (second, first)
    return replace(pair, text=changed, source=ends[0], target=ends[1], mentions=())


def flips(pairs: Sequence[Pair], classifier: Classifier) -> tuple[int, int]:
    """How many pairs change their stance when the mentions of their two actors change places, and of how many."""
    both = [(replace(pair, mentions=()), changed) for pair in pairs if (changed := _exchanged(pair))]
    old, new = (classifier.classify([found[side] for found in both]) for side in (0, 1))
    return sum(one.stance != other.stance for one, other in zip(old, new, strict=True)), len(both)


def reliability_plot(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> str:
    """How often the model is right at each level of its confidence, as SVG."""
    right = [verdict.stance == example.stance for example, verdict in zip(examples, verdicts, strict=True)]
    bins = calibration_counts([verdict.confidence for verdict in verdicts], right).reshape(BINS, 3)
    points = [
        {"confidence": float(total / cases), "right": float(hits / cases), "pairs": int(cases)}
        for cases, total, hits in np.asarray(bins)
        if cases
    ]
    return svg("reliability", {"points": points})


def card(name: str, description: dict[str, Any], judged: Mapping[str, Judged], classifier: Classifier) -> str:
    """The card as Markdown, from `model.json` and the verdicts on each split."""
    sources = "\n".join(
        f"| {source['name']} | {source['examples']} | {source['terms']} | `{source['sha256'][:16]}…` |"
        for source in description["trained_on"]
    )
    scores = "\n".join(_row(line) for split, found in judged.items() for line in _scores(split, found))
    changed, of = flips([example.pair for example in judged["test"][0]], classifier)
    teachers = ", ".join(description.get("taught_by", ()))
    taught = f"\n* Taught, beside the labels, by {teachers}" if teachers else ""
    export = ""
    if "equal_to_torch" in description:
        export = f" The export with int8 weights gives torch's stance on {description['equal_to_torch']:.1%} of dev."
    of_own = ""
    if "sentences" in judged:
        of_own = """ "sentences" are the
project's marked sentences of the split test, in the register of news: language models wrote and labelled them, and only
those on which two agreed are there, so that they are easier than news is. "briefs" are the coded briefs of that split,
in the same register: the pairs that the pipeline itself proposes."""
    return f"""# {name}

A Demarche stance classifier: an ordered pair of actors in a sentence is `cooperative`, `oppositional` or `none`; an
encoder gives a PLOVER quad class and root code too.

* Kind: {description["kind"]}
* Started from: {description["started_from"]}
* Seed: {description["seed"]}{taught}

## Trained on
| data | pairs | terms | SHA-256 |
| --- | --- | --- | --- |
{sources}

A pair is counted as often as training repeats it. `model.json` names every gold file with its SHA-256; the one here is
taken over those.

## Scores
On the project's own gold: the pairs that gold tells of or is silent about, and those that the pipeline itself proposes.
Quad class and root code are of stated pairs whose code gold knows; an answer "none" is wrong.{of_own}

| measure | score | 95 % interval (bootstrap over documents) | support |
| --- | --- | --- | --- |
{scores}

The dev split chose the epoch and the temperature ({description.get("temperature", 1.0):.2f}). The test split chose
nothing but whether this model is worse than the one before it.{export}

![Reliability on the test split](reliability.svg)

## Limits
English only; news prose. The articles of the project's own gold are invented and annotated by language models, so
that figures on them are no figures on news. Labels follow `annotations/GUIDELINES.md`: "none" means that the sentence
does not say, not that the two are neutral.

## Biases
An encoder reads markers instead of names; of a mention it reads the words that are no names ("foreign minister"). The
mentions of source and target exchanged, the stance changes for {changed} of {of} test pairs.
"""
