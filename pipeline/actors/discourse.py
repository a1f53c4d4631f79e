"""The model of what the text has named so far, and what a later word may mean by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline.actors import gazetteer, mention

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


def _clause(token: Token) -> set[int]:
    """The verb whose object `token` is, and those above it that share its subject: "is not expected to sit down with
    them". Empty where `token` is no object."""
    if token.dep_ not in ("dobj", "dative", "pobj"):
        return set()
    verb = token.head.head if token.dep_ == "pobj" else token.head
    verbs = {verb.i}
    while verb.dep_ in ("xcomp", "conj", "prt") and not any(child.dep_ in SUBJECTS for child in verb.children):
        verb = verb.head
        verbs.add(verb.i)
    return verbs


_FAR = 3.0
"""What a sentence of distance counts against an antecedent; the other weights were tuned with it on train and dev."""
_MODIFIER, _NO_SUBJECT = 5.0, 2.0


def _joined(one: Span, other: Span) -> bool:
    """Whether two mentions stand side by side: "Oslo and Riga", "Norwegian and Latvian soldiers"."""
    between = other.doc[one.end : other.start]
    return 0 < len(between) <= 4 and any(t.lower_ in ("and", "with", "&") for t in between) and not _clausal(between)


def _clausal(words: Span) -> bool:
    return any(t.pos_ in ("VERB", "AUX") or t.text in (",", ";") for t in words)


class Discourse:
    """Mentions in the order of the text, asked from the place that the reading has come to."""

    def __init__(self, doc: Doc) -> None:
        self.sentence_of = {token.i: number for number, sentence in enumerate(doc.sents) for token in sentence}
        self.before: list[Antecedent] = []
        self.count: Counter[str] = Counter()
        self.kinds: dict[str, tuple[str, ...]] = {}
        self.couples: list[tuple[int, tuple[str, ...]]] = []
        self.last: Span | None = None

    def remember(self, span: Span, person: bool) -> None:
        """Add a mention that has been read."""
        root = span.root
        actors = mention.actors_of(span)
        self.count.update(actors)
        modifier = span.label_ == "adjective" and root.dep_ in ("amod", "compound")
        number = self.sentence_of[span.start]
        self.before.append(Antecedent(span.start, number, actors, person, _governor(root), modifier))
        if len(actors) == 1:
            for kind in _kinds(span):
                self.kinds[kind] = actors
            before = mention.actors_of(self.last) if self.last is not None else ()
            if self.last is not None and len(before) == 1 and before != actors and _joined(self.last, span):
                self.couples.append((number, (*before, *actors)))
        self.last = span

    def kind(self, noun: str) -> tuple[str, ...]:
        """The actor last named as a thing of that kind: "the agency" after "International Atomic Energy Agency"."""
        return self.kinds.get(noun, ())

    def recent(self, token: Token, reach: int = _REACH) -> list[Antecedent]:
        """Earlier mentions that `token` may mean, best first: near ones, subjects, no mere modifiers."""
        now = self.sentence_of[token.i]
        clause = _clause(token)
        chosen = []
        for antecedent in reversed(self.before):
            if now - antecedent.sentence > reach:
                break
            if antecedent.governor in clause:
                continue  # "Oslo condemned it": the object is not the subject
            chosen.append(antecedent)

        def distance(a: Antecedent) -> float:
            return _FAR * (now - a.sentence) + _MODIFIER * a.modifier + _NO_SUBJECT * (a.governor < 0)

        return sorted(chosen, key=distance)

    def one(self, token: Token, *, person: bool | None = None, state: bool | None = None) -> tuple[str, ...]:
        """The single actor that `token` means; a person or not, a state or another body, where that is known."""
        for antecedent in self.recent(token):
            if len(antecedent.actors) != 1 or (person is not None and antecedent.person != person):
                continue
            if state is None or state == (":" not in antecedent.actors[0]):
                return antecedent.actors
        return ()

    def holder(self, token: Token) -> tuple[str, ...]:
        """Whose office a titled person holds when nothing beside the name says so: the first state or body that the
        sentence is about, or the one before; else the actor that the text names most."""
        subjects = [a for a in self.before if a.governor >= 0 and len(a.actors) == 1 and not a.person]
        for back in (0, 1):
            here = [a for a in subjects if a.sentence == self.sentence_of[token.i] - back]
            if here:
                return here[0].actors
        for antecedent in self.recent(token, reach=1):
            if len(antecedent.actors) == 1 and not antecedent.person:
                return antecedent.actors
        return (self.count.most_common(1)[0][0],) if self.count else ()

    def _doer(self, token: Token) -> set[str]:
        """The actors that the clause of `token` is about, whom "both" and "them" do not mean."""
        clause = _clause(token)
        return {actor for a in self.before if a.governor in clause for actor in a.actors}

    def couple(self, token: Token) -> tuple[str, ...]:
        """The last two actors joined by "and", in this sentence or the one before."""
        now = self.sentence_of[token.i]
        return next((couple for sentence, couple in reversed(self.couples) if now - sentence <= 1), ())

    def two(self, token: Token) -> tuple[str, ...]:
        """The two actors that "both" or "the two" mean: two joined by "and" of late, or alone in the sentence; else the
        two that the text joins most, or names most."""
        now, doer = self.sentence_of[token.i], self._doer(token)
        couples = [(sentence, couple) for sentence, couple in self.couples if not doer & set(couple)]
        for sentence, couple in reversed(couples):
            if now - sentence <= 1:
                return couple
        for back in (0, 1):
            here = {actor for a in self.before if a.sentence == now - back for actor in a.actors} - doer
            if len(here) == 2:
                return tuple(sorted(here))
        usual = Counter(tuple(sorted(couple)) for _, couple in couples).most_common(1)
        if usual:
            return usual[0][0]
        chosen = [actor for actor, _ in self.count.most_common() if actor not in doer][:2]
        return tuple(chosen) if len(chosen) == 2 else ()

    def several(self, token: Token) -> tuple[str, ...]:
        """The actors that "they" means: named as a plural, joined by "and", or joined as one subject, here or one
        sentence before."""
        near, now, doer = self.recent(token, reach=1), self.sentence_of[token.i], self._doer(token)
        for antecedent in near:
            if len(antecedent.actors) > 1 and not doer & set(antecedent.actors):
                return antecedent.actors
        groups: dict[int, list[str]] = {}
        for antecedent in reversed(near):
            if antecedent.governor >= 0:
                group = groups.setdefault(antecedent.governor, [])
                group += [actor for actor in antecedent.actors if actor not in group]
        joined = [tuple(group) for _, group in sorted(groups.items(), reverse=True) if len(group) > 1]
        if joined:
            return joined[0]
        return next((c for s, c in reversed(self.couples) if now - s <= 1 and not doer & set(c)), ())


def _kinds(span: Span) -> set[str]:
    """The nouns by which a text may go on to call an actor: the last words of its names, the noun that announces it."""
    actor = mention.actors_of(span)[0]
    found = {name.split()[-1] for name in gazetteer.names_of(actor) if " " in name and ":" in actor}
    if len(span) > 1:
        found.add(span[-1].lower_)
    doc, before = span.doc, span.start - 1
    if before > 0 and doc[before].text == ",":
        before -= 1
    if before >= 0 and doc[before].tag_ == "NN":
        found.add(doc[before].lower_)
    after = span.end
    if after + 3 < len(doc) and doc[after].text == "," and doc[after + 1].lower_ in ("a", "an", "the"):
        found |= {t.lower_ for t in doc[after + 2 : after + 6] if t.dep_ == "appos" and t.tag_ == "NN"}
    return found
