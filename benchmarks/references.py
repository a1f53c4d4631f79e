"""What the resolution of references knows from the train split: people.csv and references.csv of pipeline/data.

    python benchmarks/references.py

The first are the personal names of which gold says whose they are. The second is how the signs of what a reference
means weigh: of each one that gold resolves, the actors that it may mean and their features, as the
pipeline meets them; the weights are fitted on the differences between the right actor and each other one, names of the
same article not being known. Prints how many are right, fitted on the rest (ten folds over articles).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from spacy.tokens import Doc

import pipeline
from pipeline.actors import discourse, mention, references
from pipeline.actors.origins import Origins, known_names, origins
from pipeline.gold.corpus import Annotated, read_annotated

DATA = Path("pipeline/data")
Case = tuple[str, dict[tuple[str, ...], tuple[float, ...]], tuple[str, ...]]
"""Document, candidates with their features, the right one."""

asked: list[tuple[int, str, dict[tuple[str, ...], tuple[float, ...]]]] = []


class Recorder(discourse.Discourse):
    """Writes down what it is asked: token, kind, candidates."""

    def meant(self, token, like, within="", name=""):  # type: ignore[no-untyped-def]
        asked.append((token.i, like, self.candidates(token, like, within, name)))
        return super().meant(token, like, within, name)

    def other(self, token):  # type: ignore[no-untyped-def]
        """Of "its neighbour" gold says who the neighbour is, and not who "its" is."""
        told = len(asked)
        found = super().other(token)
        del asked[told:]
        return found


def told(item: Annotated) -> dict[int, tuple[str, ...]]:
    """The actors of gold's mentions, by where they end."""
    return {m.end: tuple(sorted(m.actors)) for m in item.gold.mentions}


def names(items: list[Annotated], docs: list[Doc]) -> Iterable[tuple[str, str, str]]:
    """Personal names, whose they are, and where."""
    for item, doc in zip(items, docs, strict=True):
        gold = told(item)
        people = {(s.text, *gold.get(s.end_char, ())) for s in doc.spans[mention.KEY] if s.label_ == "person"}
        yield from sorted((*one, item.entry.document) for one in people if len(one) == 2 and ":" not in one[1])


def cases(items: list[Annotated], docs: list[Doc], read) -> dict[str, list[Case]]:  # type: ignore[no-untyped-def]
    """By kind of reference."""
    found: dict[str, list[Case]] = defaultdict(list)
    known = known_names()
    for item, doc in zip(items, docs, strict=True):
        others = Origins((name, actor) for name, actor, document in known if document != item.entry.document)
        discourse.origins = lambda others=others: others  # type: ignore[attr-defined]
        asked.clear()
        gold, spans = told(item), {t.i: span for span in read(doc).spans[mention.KEY] for t in span}
        for at, like, candidates in asked:
            right = gold.get(spans[at].end_char) if at in spans else None
            if right and spans[at].label_ == ("person" if like == "office" else "reference"):
                found[like].append((item.entry.document, candidates, right))
    return found


def fit(cases: list[Case]) -> np.ndarray:
    pairs = [
        np.subtract(candidates[right], other)
        for _, candidates, right in cases
        for actor, other in candidates.items()
        if right in candidates and actor != right
    ]
    signs = np.resize([1, -1], len(pairs))
    return LogisticRegression(fit_intercept=False).fit(np.array(pairs) * signs[:, None], signs).coef_[0]


def hits(weights: np.ndarray, cases: list[Case]) -> int:
    return sum(
        bool(candidates) and max(candidates, key=lambda actor: float(weights @ candidates[actor])) == right
        for _, candidates, right in cases
    )


def write(table: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with (DATA / table).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    items = list(read_annotated(Path("annotations/gold"), Path("corpus"), {"train"}))
    nlp = pipeline.load(None)
    docs = list(nlp.pipe(item.text for item in items))
    write("people.csv", ["name", "actor", "document"], names(items, docs))
    origins.cache_clear()
    references.Discourse = Recorder  # type: ignore[misc]
    found = cases(items, docs, nlp.get_pipe("actors"))
    for like, of in sorted(found.items()):
        held, groups = 0, [document for document, _, _ in of]
        for train, test in GroupKFold(10).split(of, groups=groups):
            held += hits(fit([of[i] for i in train]), [of[i] for i in test])
        reachable = sum(right in candidates for _, candidates, right in of)
        before = hits(np.array(discourse.weights()[like]), of)
        print(f"{like}: {held} of {len(of)} right, {reachable} among the candidates; by the weights before {before}")
    rows = [[like, *(f"{value:.2f}" for value in fit(of))] for like, of in sorted(found.items())]
    write("references.csv", ["reference", *discourse.Signs._fields], rows)


if __name__ == "__main__":
    main()
