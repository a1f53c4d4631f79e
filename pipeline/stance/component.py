"""The spaCy component "stance": the classifier's word on every candidate statement."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log
from operator import mul

from spacy.language import Language
from spacy.tokens import Doc, Span

import pipeline
from pipeline.actors import mention
from pipeline.labels import ROOTS, stance_of_quad
from pipeline.stance.base import Classifier, Pair, Verdict, by_sentence
from pipeline.stance.load import LEXICON
from pipeline.stance.load import load as load_classifier
from pipeline.statements import statement
from pipeline.statements.statement import Statement, StatementList
from pipeline.verbs.component import KEY as VERBS
from pipeline.verbs.component import predicate_of
from pipeline.verbs.status import status

LEAST = 1e-4
"""No probability counts as less, or as more than what is left of 1."""


def candidate_pairs(doc: Doc, candidates: StatementList) -> list[Pair]:
    """What the classifier reads of each of a document's candidates, in order."""
    mentions = ((m.start_char, m.end_char, mention.actors_of(m)) for m in doc.spans.get(mention.KEY, []))
    marked = by_sentence(mentions, (s.sentence for s in candidates))
    return [
        Pair(
            candidates.text[slice(*s.sentence)],
            (s.source_span[0] - s.sentence[0], s.source_span[1] - s.sentence[0]),
            (s.target_span[0] - s.sentence[0], s.target_span[1] - s.sentence[0]),
            (s.source, s.target),
            marked[s.sentence],
        )
        for s in candidates
    ]


@Language.factory(
    "stance",
    requires=["doc.spans"],
    default_config={**pipeline.settings()["components"]["stance"], "device": "cpu", "threads": 0},
)
def create_stance(
    nlp: Language,
    name: str,
    model: str,
    bias: float,
    slope: float,
    joined: float,
    trust: float,
    min_confidence: float,
    device: str,
    threads: int,
) -> StanceComponent:
    """The component. How sure it is of a statement is the logistic function of `bias`, plus `slope` times the
    classifier's log-odds that there is one, plus, where the syntax joins the actors, `joined` and `trust` times the
    log-odds that the verb joins rightly; a statement is kept from `min_confidence` on. An encoder runs on `device`,
    "cpu" or "cuda", with so many `threads`; 0 is one a core."""
    return StanceComponent(model, bias, slope, joined, trust, min_confidence, device, threads)


def weigh(candidate: Statement, verdict: Verdict) -> tuple[str, tuple[float, float, float]]:
    """The stance that a candidate would have, and three numbers for it: the classifier's log-odds that there is a
    statement, clipped; 1 where the syntax joins the two by a verb with a stance; and that verb's `trust`. The last two
    are 0 otherwise."""
    joined = candidate.linked and candidate.stance != "none"
    stated = min(max(1 - verdict.scores["none"], LEAST), 1 - LEAST)
    log_odds = log(stated / (1 - stated))
    return (candidate.stance, (log_odds, 1.0, candidate.trust)) if joined else (verdict.sign, (log_odds, 0.0, 0.0))


class StanceComponent:
    """Labels candidates, drops those without a stance, and settles root code and mutual links."""

    def __init__(
        self,
        model: str,
        bias: float,
        slope: float,
        joined: float,
        trust: float,
        min_confidence: float,
        device: str = "cpu",
        threads: int = 0,
    ) -> None:
        self.bias, self.weights, self.min_confidence = bias, (slope, joined, trust), min_confidence
        self.classifier: Classifier | None = None if model == LEXICON else load_classifier(model, device, threads)
        self.model = self.classifier.name if self.classifier else LEXICON
        """What the table's `model` column says."""

    def __call__(self, doc: Doc) -> Doc:
        """One document at a time, also in `nlp.pipe`: int8 activations are scaled over a batch, and what an article
        says must not depend on the articles that happen to be read with it."""
        statements = self.judge(doc)
        statement.store(doc, statements)
        statement.mark(doc, statements)
        return doc

    def judge(self, doc: Doc) -> list[Statement]:
        """The statements of a document, out of the candidates that it carries."""
        candidates = statement.load(doc)
        verdicts = self._classify(doc, candidates)
        return _settle([self._judge(s, v, doc) for s, v in zip(candidates, verdicts, strict=True)])

    def _classify(self, doc: Doc, candidates: StatementList) -> list[Verdict]:
        if self.classifier is None:
            from pipeline.stance.lexicon import certain

            return [certain(s.stance if s.linked else "none", s.root) for s in candidates]
        return self.classifier.classify(candidate_pairs(doc, candidates))

    def _judge(self, s: Statement, v: Verdict, doc: Doc) -> Statement | None:
        """The statement as classifier and syntax see it, or None where the sentence says nothing about the pair."""
        taken, evidence = weigh(s, v)
        confidence = 1 / (1 + exp(-self.bias - sum(map(mul, self.weights, evidence))))
        if confidence < self.min_confidence:
            return None
        if not s.linked and s.stance != taken:
            s = _reworded(s, taken, doc)
        root = s.root if s.root and stance_of_quad(s.quad) == taken else v.root
        if not root or stance_of_quad(ROOTS[root]) != taken:
            root = "SUPPORT" if taken == "cooperative" else "REJECT"
        return replace(
            s, stance=taken, confidence=confidence, scores=v.scores, root=root, quad=ROOTS[root], model=self.model
        )


def _reworded(s: Statement, stance: str, doc: Doc) -> Statement:
    """The statement with the nearest verb of its sentence that has the sign of `stance`, where there is one."""

    def distance(verb: Span) -> int:
        return abs(verb.start_char - s.source_span[0]) + abs(verb.start_char - s.target_span[0])

    start, end = s.sentence
    here = [verb for verb in doc.spans.get(VERBS, []) if start <= verb.start_char < end]
    verb = min((verb for verb in here if predicate_of(verb).stance == stance), key=distance, default=None)
    if verb is None:
        return s
    entry, place = predicate_of(verb), (verb.start_char, verb.end_char)
    return replace(s, verb=entry.text, verb_span=place, root=entry.root, quad=entry.quad, status=status(verb))


def _settle(judged: list[Statement | None]) -> list[Statement]:
    """The kept statements, with `mutual` pointing to positions among them."""
    places = {at: place for place, at in enumerate(at for at, s in enumerate(judged) if s is not None)}
    settled = []
    for s in filter(None, judged):
        other = judged[s.mutual] if s.mutual is not None else None
        both = other is not None and (other.stance, other.verb_span) == (s.stance, s.verb_span)
        settled.append(replace(s, mutual=places[s.mutual] if both and s.mutual is not None else None))
    return settled
