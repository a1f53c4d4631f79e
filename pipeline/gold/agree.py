"""Agreement of two annotators over the same documents."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score

from pipeline.errors import InputError
from pipeline.gold.schema import Gold, read


def _pair_labels(gold: Gold, actors: dict[tuple[int, int], set[str]]) -> dict[tuple[Any, ...], str]:
    """The stance of every ordered pair of actors that either annotator sees in a sentence; none where unsaid."""
    labels: dict[tuple[Any, ...], str] = {}
    for span, here in actors.items():
        for source, target in permutations(sorted(here), 2):
            labels[span, source, target] = "none"
    sentences = {s.id: (s.start, s.end) for s in gold.sentences}
    for s in gold.statements:
        if not s.arguable:
            labels[sentences[s.sentence], s.source, s.target] = s.stance
    return labels


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
    """Cohen's kappa over ordered actor pairs per sentence (arguable ones left out), F1 over spans.

    Takes two gold files or two folders; compares the documents that both have. Raises InputError.
    """
    firsts = {g.document: g for g in map(read, sorted(one.glob("*.jsonl")) if one.is_dir() else [one])}
    seconds = {g.document: g for g in map(read, sorted(other.glob("*.jsonl")) if other.is_dir() else [other])}
    shared = sorted(firsts.keys() & seconds.keys())
    if not shared:
        raise InputError(f"no document in common with {other}", one)
    labels_a: list[str] = []
    labels_b: list[str] = []
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("sentences", "mentions", "verbs")}
    for document in shared:
        a, b = firsts[document], seconds[document]
        if a.sha256 != b.sha256:
            raise InputError(f"{document}: the two annotate different texts (SHA-256 differs)", one)
        actors = _actors(a, b)
        arguable = {
            (g_s.start, g_s.end, s.source, s.target)
            for g in (a, b)
            for s in g.statements
            if s.arguable
            for g_s in g.sentences
            if g_s.id == s.sentence
        }
        pairs_a, pairs_b = _pair_labels(a, actors), _pair_labels(b, actors)
        for key in sorted(pairs_a.keys() | pairs_b.keys()):
            if (*key[0], key[1], key[2]) not in arguable and key[0] in actors:
                labels_a.append(pairs_a.get(key, "none"))
                labels_b.append(pairs_b.get(key, "none"))
        counts["sentences"] += _f1({(s.start, s.end) for s in a.sentences}, {(s.start, s.end) for s in b.sentences})
        counts["mentions"] += _f1(
            {(m.start, m.end, m.actors) for m in a.mentions}, {(m.start, m.end, m.actors) for m in b.mentions}
        )
        counts["verbs"] += _f1({(v.start, v.end) for v in a.verbs}, {(v.start, v.end) for v in b.verbs})
    measures: dict[str, tuple[float, int]] = {
        "kappa, ordered pairs": (float(cohen_kappa_score(labels_a, labels_b)), len(labels_a)),
    }
    for name, count in counts.items():
        measures[f"F1, {name}"] = (
            2 * count["both"] / max(1, count["one"] + count["other"]),
            count["one"] + count["other"],
        )
    return {"documents": len(shared), "measures": measures}
