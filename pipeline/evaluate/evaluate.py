"""Score the pipeline stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from pipeline.actors import mention
from pipeline.errors import InputError
from pipeline.evaluate.errors import Error, errors_of
from pipeline.evaluate.scores import (
    Measure,
    StanceMeasures,
    calibration,
    calibration_counts,
    detection,
    matched,
    precision,
    recall,
)
from pipeline.gold import Gold
from pipeline.gold.briefs import read_briefs
from pipeline.gold.corpus import SPLITS, Annotated, read_annotated
from pipeline.gold.pairs import gold_pairs, is_right, statements_of
from pipeline.gold.segments import sentences_of
from pipeline.labels import STANCES
from pipeline.stance import Classifier, StanceComponent
from pipeline.stance.base import Verdict
from pipeline.stance.lexicon import LexiconClassifier
from pipeline.statements.statement import Statement
from pipeline.verbs.component import KEY as VERBS

BRIEFS = "briefs"
_PRONOUNS = frozenset("it its he she him her his they them their we us our i my me who".split())
_DETERMINERS = frozenset("both the two one each all this that these those".split())


def is_reference(words: str) -> bool:
    """Whether a mention refers without naming ("It", "Its envoy", "The two sides"): "US" and "The Hague" name."""
    first, _, rest = words.partition(" ")
    uncapped = first[:1].lower() + first[1:]
    return words.islower() or uncapped in _PRONOUNS or (uncapped in _DETERMINERS and (not rest or rest.islower()))


def _sentence_numbers(gold: Gold) -> Callable[[int], int]:
    """The number of the gold sentence at a character, or -1 outside all of them."""
    bounds = [(s.start, s.end) for s in gold.sentences]
    return lambda at: next((n for n, (start, end) in enumerate(bounds) if start <= at < end), -1)


def _actors(measures: dict[str, Measure], item: Annotated, doc: Doc, number: Callable[[int], int]) -> None:
    text, gold = item.text, item.gold
    names = {(m.start, m.end, a) for m in gold.mentions for a in m.actors if not is_reference(text[m.start : m.end])}
    references = {(m.start, m.end, a) for m in gold.mentions for a in m.actors} - names
    found = {
        (span.start_char, span.end_char, actor, span.label_)
        for span in doc.spans[mention.KEY]
        for actor in mention.actors_of(span)
        if _counts(gold, span.start_char)
    }
    found_names = {(s, e, a) for s, e, a, label in found if label != "reference"}
    heads = {(e, a) for s, e, a, _ in found}
    for n in range(len(gold.sentences)):
        here = {x for x in names if number(x[0]) == n}
        measures["actors"].add(item.entry.document, n, matched(here, {x for x in found_names if number(x[0]) == n}))
        told = {x for x in references if number(x[0]) == n}
        hit = sum((end, actor) in heads for _, end, actor in told)
        measures["references"].add(item.entry.document, n, [hit, 0, len(told) - hit])


def _counts(gold: Gold, at: int) -> bool:
    """Whether gold annotates the place: not in boilerplate, and not in a repeat."""
    block = next((b for b in gold.blocks if b.start <= at < b.end), None)
    return block is None or not (block.repeat or block.label == "boilerplate")


def _verbs(measures: dict[str, Measure], item: Annotated, doc: Doc, number: Callable[[int], int]) -> None:
    spans = [(v.start_char, v.end_char, v.label_) for v in doc.spans[VERBS] if _counts(item.gold, v.start_char)]
    for n in range(len(item.gold.sentences)):
        here = [v for v in item.gold.verbs if number(v.start) == n]
        mine = [v for v in spans if number(v[0]) == n]
        hit = [next((m for m in mine if m[0] < v.end and v.start < m[1]), None) for v in here]
        taken = {m for m in hit if m}
        found = sum(m is not None for m in hit)
        measures["verbs"].add(item.entry.document, n, [found, len(mine) - len(taken), len(here) - found])
        right = sum(m is not None and m[2] == v.root for m, v in zip(hit, here, strict=True))
        measures["roots"].add(item.entry.document, n, [right, 0, found - right])


def _segmentation(measures: dict[str, Measure], item: Annotated, doc: Doc) -> None:
    document, gold = item.entry.document, item.gold
    found = {(s.start, s.end) for s in sentences_of(doc)}
    found = {span for span in found if _counts(gold, span[0]) and any(b.start <= span[0] < b.end for b in gold.blocks)}
    wanted = {(s.start, s.end) for s in gold.sentences if _counts(gold, s.start)}
    starts = sorted({start for start, _ in wanted | found})
    for n, at in enumerate(starts):
        counts = matched({s for s in wanted if s[0] == at}, {s for s in found if s[0] == at})
        measures["sentences"].add(document, n, counts)
    labels = {(b.start, b.end, b.label) for b in gold.blocks}
    mine = {(b.start_char, b.end_char, b.label_) for b in doc.spans["blocks"]}
    for n, at in enumerate(sorted({b[0] for b in labels | mine})):
        measures["blocks"].add(document, n, matched({b for b in labels if b[0] == at}, {b for b in mine if b[0] == at}))


def _statements(
    measures: dict[str, Measure],
    prefix: str,
    item: Annotated,
    statements: list[Statement],
    number: Callable[[int], int],
) -> None:
    document, gold = item.entry.document, item.gold
    position = {s.id: n for n, s in enumerate(gold.sentences)}
    told = {(position[s.sentence], s.source, s.target, s.stance) for s in gold.statements if not s.arguable}
    arguable = {(position[s.sentence], s.source, s.target) for s in gold.statements if s.arguable}
    said = {(number(s.source_span[0]), s.source, s.target, s.stance) for s in statements}
    said = {key for key in said if key[:3] not in arguable or key in told}
    for n in range(-1, len(gold.sentences)):
        counts = matched({k for k in told if k[0] == n}, {k for k in said if k[0] == n})
        for name in (f"{prefix} f1", f"{prefix} precision", f"{prefix} recall"):
            measures[name].add(document, n, counts)
        if prefix == "end to end":
            pairs = matched({k[:3] for k in told if k[0] == n}, {k[:3] for k in said if k[0] == n})
            measures["pairs"].add(document, n, pairs)


def _confidence(measure: Measure, item: Annotated, statements: list[Statement], number: Callable[[int], int]) -> None:
    for s in statements:
        at = s.source_span[0]
        right = is_right(item.gold, at, s.source, s.target, s.stance)
        if right is not None:
            measure.add(item.entry.document, number(at), calibration_counts([s.confidence], [right]))


def _status(measure: Measure, item: Annotated, statements: list[Statement], number: Callable[[int], int]) -> None:
    for s in statements:
        at = s.source_span[0]
        told = [g for g in statements_of(item.gold, at, s.source, s.target) if g.stance == s.stance and not g.arguable]
        if told:
            right = any(g.status == s.status for g in told)
            measure.add(item.entry.document, number(at), [right, 0, not right])


def _stances(
    measures: dict[str, StanceMeasures], items: list[Annotated], classifiers: dict[str, Classifier | None]
) -> None:
    """Judge every gold pair; a classifier that is None says none, and the commoner stance where it must say one."""
    everything = [(item.entry.document, pair) for item in items for pair in gold_pairs(item.gold, item.text)]
    everything = [(document, pair) for document, pair in everything if not pair.arguable]
    common = Counter(pair.stance for _, pair in everything if pair.stance != "none").most_common(1)
    majority = Verdict("none", 1.0, {**dict.fromkeys(STANCES, 0.0), "none": 1.0} | {name: 0.5 for name, _ in common})
    for name, classifier in classifiers.items():
        verdicts = classifier.classify([pair.pair for _, pair in everything]) if classifier else repeat(majority)
        for (document, pair), verdict in zip(everything, verdicts, strict=False):
            measures[name].add(document, pair.sentence, pair.stance, verdict)


def _measures(stances: dict[str, StanceMeasures]) -> dict[str, Measure]:
    found = {
        "sentences": detection("segmentation", "sentences, exact F1"),
        "blocks": detection("segmentation", "blocks, span and label F1"),
        "actors": detection("actors", "names, span and id F1"),
        "references": Measure("actors", "references resolved, recall", recall, (0, 2)),
        "verbs": detection("verbs", "overlap F1"),
        "roots": Measure("verbs", "root code of those found, accuracy", recall, (0, 2)),
        "pairs": detection("pairs", "ordered pairs in a sentence F1"),
    }
    for name, of in stances.items():
        found |= {f"{name} two": of.two, f"{name} three": of.three}
    found["calibration"] = stances["this model"].error
    found["status"] = Measure("end to end", "this model: status of a row that is right, accuracy", recall, (0, 2))
    found["confidence"] = calibration("end to end", "this model: expected calibration error of a row's confidence")
    for prefix, label in (("end to end", "this model"), ("lexicon end to end", "lexicon")):
        found[f"{prefix} f1"] = detection("end to end", f"{label}: sentence, source, target, stance F1")
        found[f"{prefix} precision"] = Measure("end to end", f"{label}: precision", precision, (0, 1))
        found[f"{prefix} recall"] = Measure("end to end", f"{label}: recall", recall, (0, 2))
    return found


def evaluate(
    gold: Path,
    corpus: Path,
    split: str,
    model: str,
    advance: Callable[[], None] = lambda: None,
    errors: list[Error] | None = None,
) -> dict[str, Any]:
    """Scores of every stage over a split: `{"split", "documents", "model", "scores": [...]}`.

    Each score has `stage, measure, score, interval` (95 %, percentile bootstrap), `unit` and `support`. A prediction
    on an arguable pair counts neither way. `errors`, where it is given, is filled with the misses and false rows.
    The split "briefs" is the coded briefs of the split test, which know of rows alone, so that nothing else is scored.
    Raises InputError.
    """
    import pipeline

    if split not in (*SPLITS, "all", BRIEFS):
        raise InputError(f"no such split: {split!r}; one of {', '.join([*SPLITS, 'all', BRIEFS])}")
    coded = split == BRIEFS
    if coded and errors is not None:
        raise InputError("coded briefs do not say which words a row is of; --errors is for the other splits")
    if coded:
        items = list(read_briefs("test"))
    else:
        items = list(read_annotated(gold, corpus, set(SPLITS) if split == "all" else {split}))
    if not items:
        raise InputError(f"no annotated document of split {split!r} whose text is at hand (see DEMARCHE_CORPUS)", gold)
    nlp = pipeline.load(model=None)
    stance_settings = pipeline.settings()["components"]["stance"] | ({"model": model} if model else {})
    judge, by_lexicon = StanceComponent(**stance_settings), StanceComponent(**(stance_settings | {"model": "lexicon"}))
    stances = {name: StanceMeasures(name, "gold pairs") for name in ("this model", "lexicon", "majority")}
    measures = _measures(stances)
    for item, doc in zip(items, nlp.pipe(item.text for item in items), strict=True):
        number = _sentence_numbers(item.gold)
        judged = judge.judge(doc)
        if errors is not None:
            errors += errors_of(item, doc, judged)
        if not coded:
            _segmentation(measures, item, doc)
            _actors(measures, item, doc, number)
            _verbs(measures, item, doc, number)
            _status(measures["status"], item, judged, number)
        _statements(measures, "end to end", item, judged, number)
        _confidence(measures["confidence"], item, judged, number)
        _statements(measures, "lexicon end to end", item, by_lexicon.judge(doc), number)
        advance()
    lexicon = LexiconClassifier()
    if not coded:
        _stances(stances, items, {"this model": judge.classifier or lexicon, "lexicon": lexicon, "majority": None})
    return {
        "split": split,
        "documents": len(items),
        "model": judge.model,
        "scores": [measure.result() for measure in measures.values() if measure.counts or not coded],
    }
