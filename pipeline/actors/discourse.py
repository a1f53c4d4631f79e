"""The model of what the text has named so far, and what a later word may mean by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline.actors import mention

SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_REACH = 3
"""Sentences back in which an antecedent is looked for."""
_PHRASE = ("compound", "amod", "poss", "nmod", "appos", "conj", "pobj", "prep", "det")


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention as later words see it. `governor` is the token of the verb whose subject it is, or -1."""

    start: int
    sentence: int
    actors: tuple[str, ...]
    person: bool
    governor: int
    modifier: bool


def _governor(token: Token) -> int:
    while token.dep_ in _PHRASE and token.head.i != token.i:
        if token.dep_ == "prep" and token.lower_ not in ("of", "from"):
            return -1
        token = token.head
    return token.head.i if token.dep_ in SUBJECTS else -1


def _clause(token: Token) -> int:
    """The verb whose object `token` is, or -1."""
    if token.dep_ in ("dobj", "dative"):
        return token.head.i
    return token.head.head.i if token.dep_ == "pobj" else -1


class Discourse:
    """Mentions in the order of the text, asked from the place that the reading has come to."""

    def __init__(self, doc: Doc) -> None:
        self.sentence_of = {token.i: number for number, sentence in enumerate(doc.sents) for token in sentence}
        self.before: list[Antecedent] = []
        self.count: Counter[str] = Counter()

    def remember(self, span: Span, person: bool) -> None:
        """Add a mention that has been read."""
        root = span.root
        actors = mention.actors_of(span)
        self.count.update(actors)
        modifier = span.label_ == "adjective" and root.dep_ in ("amod", "compound")
        number = self.sentence_of[span.start]
        self.before.append(Antecedent(span.start, number, actors, person, _governor(root), modifier))

    def recent(self, token: Token, reach: int = _REACH) -> list[Antecedent]:
        """Earlier mentions that `token` may mean, best first: near sentences, subjects, then order of mention."""
        now = self.sentence_of[token.i]
        clause = _clause(token)
        chosen = []
        for antecedent in reversed(self.before):
            if now - antecedent.sentence > reach:
                break
            if antecedent.governor >= 0 and antecedent.governor == clause:
                continue  # "Oslo condemned it": the object is not the subject
            chosen.append(antecedent)
        return sorted(chosen, key=lambda a: (now - a.sentence, a.modifier, a.governor < 0))

    def one(self, token: Token, *, person: bool | None = None, state: bool | None = None) -> tuple[str, ...]:
        """The single actor that `token` means; a person or not, a state or another body, where that is known."""
        for antecedent in self.recent(token):
            if len(antecedent.actors) != 1 or (person is not None and antecedent.person != person):
                continue
            if state is None or state == (":" not in antecedent.actors[0]):
                return antecedent.actors
        return ()

    def holder(self, token: Token) -> tuple[str, ...]:
        """Whose office a titled person holds when nothing beside the name says so: the text's last-named state
        or body in the same sentence or the one before, else the actor that it names most."""
        for antecedent in self.recent(token, reach=1):
            if len(antecedent.actors) == 1 and not antecedent.person:
                return antecedent.actors
        return (self.count.most_common(1)[0][0],) if self.count else ()

    def two(self, token: Token) -> tuple[str, ...]:
        """The two actors that "both" or "the two" mean: two named in one sentence, the nearest first; else the text's
        two most named."""
        now = self.sentence_of[token.i]
        by_sentence: dict[int, list[str]] = {}
        for antecedent in self.before:
            if now - antecedent.sentence <= _REACH:
                actors = by_sentence.setdefault(antecedent.sentence, [])
                actors += [actor for actor in antecedent.actors if actor not in actors]
        for sentence in sorted(by_sentence, reverse=True):
            if len(by_sentence[sentence]) == 2:
                return tuple(by_sentence[sentence])
        pooled = Counter(actor for actors in by_sentence.values() for actor in actors)
        chosen = [actor for actor, _ in pooled.most_common(2)]
        return tuple(chosen) if len(chosen) == 2 else ()

    def several(self, token: Token) -> tuple[str, ...]:
        """The actors that "they" means: named as a plural, or joined as one subject, here or one sentence before."""
        near = self.recent(token, reach=1)
        for antecedent in near:
            if len(antecedent.actors) > 1:
                return antecedent.actors
        groups: dict[int, list[str]] = {}
        for antecedent in reversed(near):
            if antecedent.governor >= 0:
                group = groups.setdefault(antecedent.governor, [])
                group += [actor for actor in antecedent.actors if actor not in group]
        joined = [tuple(group) for _, group in sorted(groups.items(), reverse=True) if len(group) > 1]
        return joined[0] if joined else ()
