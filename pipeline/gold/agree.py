"""Agreement of two annotators over the same documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score

from pipeline.errors import InputError
from pipeline.gold.schema import Gold, gold_files, read, sound

PairKey = tuple[tuple[int, int], str, str]


def _sound(path: Path) -> Iterator[Gold]:
    return (sound(read(file), file) for file in gold_files(path))


def _pair_labels(gold: Gold, actors: dict[tuple[int, int], set[str]]) -> dict[PairKey, str]:
    """The stance of every ordered pair of actors that either annotator sees in a sentence; none where unsaid."""
    labels = {
        (span, source, target): "none"
        for span, here in actors.items()
        for source, target in permutations(sorted(here), 2)
    }
    sentences = {s.id: (s.start, s.end) for s in gold.sentences}
    for s in gold.statements:
        if sentences[s.sentence] in actors:
            labels[sentences[s.sentence], s.source, s.target] = s.stance
    return labels


def _arguable(gold: Gold) -> set[PairKey]:
    sentences = {s.id: (s.start, s.end) for s in gold.sentences}
    return {(sentences[s.sentence], s.source, s.target) for s in gold.statements if s.arguable}


def _actors(*golds: Gold) -> dict[tuple[int, int], set[str]]:
    """Actors per sentence, for the sentences on which all agree."""
    shared = set.intersection(*({(s.start, s.end) for s in gold.sentences} for gold in golds))
    found: dict[tuple[int, int], set[str]] = {span: set() for span in shared}
    for gold in golds:
        for mention in gold.mentions:
            for span in shared:
                if span[0] <= mention.start < span[1]:
                    found[span] |= set(mention.actors)
    return found


def _f1(one: set[Any], other: set[Any]) -> Counter[str]:
    return Counter(both=len(one & other), one=len(one), other=len(other))


def agree(one: Path, other: Path) -> dict[str, Any]:
    """Cohen's kappa over ordered actor pairs per sentence, F1 over spans.

    Pairs that either annotator calls arguable are left out of the first kappa and counted in the second. Only sentences
    with the same bounds in both are compared pair by pair. Takes two gold files or two folders; compares the documents
    that both have. Raises InputError.
    """
    firsts, seconds = ({gold.document: gold for gold in _sound(path)} for path in (one, other))
    shared = sorted(firsts.keys() & seconds.keys())
    if not shared:
        raise InputError(f"no document in common with {other}", one)
    clear: list[tuple[str, str]] = []
    every: list[tuple[str, str]] = []
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("sentences", "mentions", "verbs")}
    for document in shared:
        a, b = firsts[document], seconds[document]
        if a.sha256 != b.sha256:
            raise InputError(f"{document}: the two annotate different texts (SHA-256 differs)", one)
        actors = _actors(a, b)
        labels_a, labels_b = _pair_labels(a, actors), _pair_labels(b, actors)
        arguable = _arguable(a) | _arguable(b)
        for key in labels_a.keys() | labels_b.keys():
            both = (labels_a.get(key, "none"), labels_b.get(key, "none"))
            every.append(both)
            if key not in arguable:
                clear.append(both)
        counts["sentences"] += _f1({(s.start, s.end) for s in a.sentences}, {(s.start, s.end) for s in b.sentences})
        counts["mentions"] += _f1(
            {(m.start, m.end, tuple(sorted(m.actors))) for m in a.mentions},
            {(m.start, m.end, tuple(sorted(m.actors))) for m in b.mentions},
        )
        counts["verbs"] += _f1({(v.start, v.end) for v in a.verbs}, {(v.start, v.end) for v in b.verbs})
    measures: dict[str, tuple[float, int]] = {
        "kappa, ordered pairs but arguable ones": (_kappa(clear), len(clear)),
        "kappa, all ordered pairs": (_kappa(every), len(every)),
    }
    for name, count in counts.items():
        measures[f"F1, {name}"] = (
            2 * count["both"] / max(1, count["one"] + count["other"]),
            count["one"] + count["other"],
        )
    return {"documents": len(shared), "measures": measures}


def _kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa; not a number where there is no pair to agree on."""
    return float(cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs])) if pairs else float("nan")
