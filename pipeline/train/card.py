"""The card of a model: what it is, what it saw, how it does."""

from __future__ import annotations

from typing import Any


def _row(line: dict[str, Any]) -> str:
    low, high = line["interval"] or (float("nan"), float("nan"))
    return f"| {line['measure']} | {line['score']:.3f} | {low:.3f} to {high:.3f} | {line['support']} |"


def card(name: str, description: dict[str, Any], scores: list[dict[str, Any]]) -> str:
    """The card as Markdown, from `model.json` and the scores on the dev split."""
    sources = "\n".join(
        f"| {source['name']} | {source['examples']} | {source['terms']} | `{source['sha256'][:16]}…` |"
        for source in description["trained_on"]
    )
    return f"""# {name}

A Demarche stance classifier: an ordered pair of actors in a sentence is `cooperative`, `oppositional` or `none`; an
encoder gives a PLOVER root code too.

* Kind: {description["kind"]}
* Started from: {description["started_from"]}
* Seed: {description["seed"]}

## Trained on
| data | examples | terms | SHA-256 |
| --- | --- | --- | --- |
{sources}

An example is one ordered pair. The SHA-256 of gold is taken over its files in the order of their names; `model.json`
has it in full.

## Scores on the dev split of the project's own gold
The dev split chose the temperature ({description.get("temperature", 1.0):.2f}) and whether this model replaced the one
before it, nothing else. Test figures are what `demarche evaluate` prints.

| measure | score | 95 % interval (bootstrap over documents) | support |
| --- | --- | --- | --- |
{chr(10).join(map(_row, scores))}

## Limits
English only; news prose. The articles of the project's own gold are invented, so names of officials in them are too.
Labels follow `annotations/GUIDELINES.md`: "none" means that the sentence does not say, not that the two are neutral.
"""
