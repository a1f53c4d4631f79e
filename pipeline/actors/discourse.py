"""The model of what the text has named so far, and what a later word may mean by it."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import log
from operator import mul
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from pipeline.actors import gazetteer, mention
from pipeline.actors.origins import origins

SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_REACH = 3
"""Sentences back in which an antecedent is looked for."""
_MOST = 30
"""Mentions back in which it is looked for, so that time grows with the length of the text and no faster."""
_COMPANY = 8
"""Mentions back with which one counts as named together in a sentence."""
_FAR_BACK = 4
_AFTER, _BELOW = 30, 8
"""Tokens after a subject, and arcs below its verb, in which the verb's objects are looked for."""
_PHRASE = ("compound", "amod", "poss", "nmod", "appos", "conj", "pobj", "prep", "det")
_WITHIN = (*_PHRASE, "dobj", "dative", "agent", "xcomp")


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention, or several that "and" joins, as later words see it. `governor` is the token of the verb whose subject
    it is, or -1."""

    start: int
    sentence: int
    actors: tuple[str, ...]
    person: bool = False
    governor: int = -1
    modifier: bool = False
    plural: bool = False


def _governor(token: Token) -> int:
    while token.dep_ in _PHRASE and token.head.i != token.i:
        if token.dep_ == "prep" and token.lower_ not in ("of", "from"):
            return -1
        token = token.head
    return token.head.i if token.dep_ in SUBJECTS else -1


def _plural(span: Span) -> bool:
    """Whether the word is a plural that a mention names something by: "Norwegians", "Norwegian *ships*"; "the United
    States" is none."""
    token = span.root
    while token.dep_ in ("amod", "compound", "nmod") and token.head.i != token.i:
        token = token.head
    return token.tag_ in ("NNS", "NNPS") and (span.label_ != "name" or ":" in span.kb_id_ or token.i >= span.end)


def office(token: Token) -> Token | None:
    """The noun that says what person of an actor is meant: "Riga's *ambassador*", "an *official* of Latvia"."""
    noun = token.head
    if token.dep_ == "pobj" and noun.lower_ in ("of", "for"):
        noun = noun.head
    elif token.dep_ not in ("poss", "amod", "compound", "nmod"):
        return None
    return noun if noun.tag_ in ("NN", "NNP") and noun.lower_ in gazetteer.titles() else None


def _may_have(actor: str, kind: str) -> bool:
    """Whether an actor may have an office of that kind: "state", "IGO:", "ORG:", or "" for one that says nothing."""
    return ":" not in actor if kind == "state" else kind in actor if kind else "ORG:" not in actor


def _may_mean(antecedent: Antecedent, like: str, within: str) -> bool:
    actor = antecedent.actors[0]
    if len(antecedent.actors) > 1:
        return like == "they"
    if like == "state":
        return ":" not in actor
    if like == "body":
        return within in actor
    if like == "office":
        return _may_have(actor, within)
    return antecedent.person == (like == "person")


def _clause(token: Token) -> set[int]:
    """The verb whose object `token` is, and those above it that share its subject: "is not expected to sit down with
    them". Empty where `token` is no object."""
    if token.dep_ not in ("dobj", "dative", "pobj"):
        return set()
    verb = token.head.head if token.dep_ == "pobj" else token.head
    verbs = {verb.i}
    while (verb.dep_ in ("xcomp", "conj", "prt") or (verb.dep_ == "advcl" and verb.tag_ == "VBG")) and not any(
        child.dep_ in SUBJECTS for child in verb.children
    ):
        verb = verb.head
        verbs.add(verb.i)
    return verbs


def _undergoes(token: Token, verb: int) -> bool:
    """Whether a word is an object of the verb, or part of one, and of no clause of another subject."""
    for _ in range(_BELOW):
        if token.i == verb or token.dep_ not in _WITHIN:
            break
        token = token.head
    return token.i == verb


class Signs(NamedTuple):
    """What speaks for or against an actor, or several, as an antecedent."""

    sentences: float
    """Sentences since it was named."""
    subject: float
    """Whether it was a subject there, of no relative clause."""
    modifier: float
    """Whether it was a mere modifier there."""
    same_verb: float
    """Whether it is the subject of the verb right above."""
    object: float
    """Whether the text goes on to name it as the object of what the reference does."""
    headline: float
    """Whether the headline names it."""
    named: float
    """The logarithm of how often the text names it."""
    plural: float
    """Whether it was named by a plural."""
    several: float
    """Whether it is more than one."""
    body: float
    """Whether it is, or one of them is, no state."""
    dateline: float
    """Whether the byline names its place: where a report was written, and by whose minister it was told."""
    origin: float
    """How much a person's name resembles those of its people."""


@cache
def weights() -> dict[str, Signs]:
    """Of each kind of reference, how its `Signs` weigh: a logistic regression on the difference between the right actor
    and each other that it may mean, fitted on train by `benchmarks/references.py`."""
    with (files("pipeline") / "data" / "references.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {row["reference"]: Signs(*(float(row[name]) for name in Signs._fields)) for row in rows}


_JOINED = {0: 5.0, 1: 1.6}
_TOGETHER, _BODY, _AWAY, _DOER = 2.8, 1.3, 1.4, 4.0
"""What counts for two actors as "the two": joined by "and" in this sentence or the one before, named together before;
and against them: no state, sentences since they were named, doing what the clause says. Fitted on train."""


_TOPIC = 5.0
"""What counts for the two whom the headline joins."""
_IN_LISTS = frozenset({",", "and", "the"})


def _joined(one: Span, other: Span) -> bool:
    """Whether two mentions stand side by side: "Oslo and Riga", "Norwegian and Latvian soldiers"."""
    between = other.doc[one.end : other.start]
    return 0 < len(between) <= 4 and any(t.lower_ in ("and", "with", "&") for t in between) and not _clausal(between)


def _listed(one: Span, other: Span) -> bool:
    """Whether two mentions are neighbours in a list: "Oslo, *Riga* and *Lima*"."""
    between = other.doc[one.end : other.start]
    return len(between) <= 3 and {t.lower_ for t in between} <= _IN_LISTS


def _clausal(words: Span) -> bool:
    return any(t.pos_ in ("VERB", "AUX") or t.text in (",", ";") for t in words)


class Discourse:
    """Mentions in the order of the text, asked from the place that the reading has come to."""

    def __init__(self, doc: Doc, named: list[Span], datelines: list[Span]) -> None:
        self.named = {token.i: span for span in named for token in span}
        """All mentions that name an actor, those still to come among them, by their tokens."""
        self.sentence_of = {token.i: number for number, sentence in enumerate(doc.sents) for token in sentence}
        first = next(iter(doc.spans.get("blocks", [])), None)
        self.headline = first.end if first is not None and first.label_ == "headline" else 0
        """The token after it."""
        self.datelined = {actor for span in datelines for actor in mention.actors_of(span)}
        self.headlined: set[str] = set()
        self.topics: set[frozenset[str]] = set()
        self.before: list[Antecedent] = []
        self.count: Counter[str] = Counter()
        self.together: Counter[frozenset[str]] = Counter()
        self.kinds: dict[str, tuple[str, ...]] = {}
        self.couples: list[tuple[int, tuple[str, ...]]] = []
        self.list: tuple[str, ...] = ()
        self.lists: dict[int, tuple[str, ...]] = {}
        self.last: Span | None = None
        self.person: tuple[str, ...] = ()
        """The actors of the person last named."""

    def remember(self, span: Span, person: bool) -> None:
        """Add a mention that has been read."""
        root = span.root
        actors = mention.actors_of(span)
        self.count.update(actors)
        if span.end <= self.headline:
            self.headlined.update(actors)
        modifier = span.label_ == "adjective" and root.dep_ in ("amod", "compound")
        number = self.sentence_of[span.start]
        here = [a for before in self.before[-_COMPANY:] if before.sentence == number for a in before.actors]
        self.together.update({frozenset((one, other)) for one in here for other in actors if one != other})
        self.before.append(Antecedent(span.start, number, actors, person, _governor(root), modifier, _plural(span)))
        holder = office(root)
        if holder is not None:
            self.before.append(Antecedent(holder.i, number, actors, person=True, governor=_governor(holder)))
        if len(actors) == 1:
            self.person = actors if person else self.person
            for kind in _kinds(span):
                self.kinds[kind] = actors
            before = mention.actors_of(self.last) if self.last is not None else ()
            if self.last is not None and _listed(self.last, span):
                self.list = tuple(dict.fromkeys((*self.list, *actors)))
            else:
                self.list = actors
            self.lists[len(self.list)] = self.list
            if self.last is not None and len(before) == 1 and before != actors and _joined(self.last, span):
                self.couples.append((number, (*before, *actors)))
                joined = tuple(dict.fromkeys((*self.list, *before, *actors)))
                self.before.append(Antecedent(self.last.start, number, joined, governor=_governor(root)))
                if span.end <= self.headline:
                    self.topics.add(frozenset((*before, *actors)))
        self.last = span

    def kind(self, noun: str) -> tuple[str, ...]:
        """The actor last named as a thing of that kind: "the agency" after "International Atomic Energy Agency"."""
        return self.kinds.get(noun, ())

    def so_called(self, noun: str) -> tuple[str, ...]:
        """The state most named of those that have `noun` in a name of theirs: "the kingdom", "the junta"."""
        called = [a for a in self.count if ":" not in a and any(noun in n.split() for n in gazetteer.names_of(a))]
        return tuple(sorted(called, key=lambda actor: -self.count[actor])[:1])

    def _near(self, now: int, reach: int) -> list[Antecedent]:
        """The mentions of the last `reach` sentences, last first, at most `_MOST`."""
        return [a for a in reversed(self.before[-_MOST:]) if now - a.sentence <= reach]

    def candidates(self, token: Token, like: str, within: str = "", name: str = "") -> dict[tuple[str, ...], Signs]:
        """The actors that `token` may mean, last named first, each with its `Signs`.

        `like` is what it stands for, a row of `weights`: "person", "state", "body" (an id that contains `within`),
        "it", which is no person, "they", which is none or several, or "office", that of the titled person `name`, which
        may be of any actor of the kind `within` that the text has named.
        """
        now, clause = self.sentence_of[token.i], _clause(token)
        doer, objects = self._doing(clause), self._objects(token)
        verb = next((above.i for above in token.ancestors if above.pos_ in ("VERB", "AUX")), -1)
        named: dict[tuple[str, ...], list[Antecedent]] = {}
        for a in self._near(now, _REACH):
            # "Oslo condemned it": the object is not the subject, nor is it Oslo by another mention
            does = a.governor in clause if a.person else bool(doer & {*a.actors})
            if not does and _may_mean(a, like, within):
                named.setdefault(tuple(sorted(a.actors)), []).append(a)
        if like == "office":
            named |= {(actor,): [] for actor in self.count if (actor,) not in named and _may_have(actor, within)}
        found: dict[tuple[str, ...], Signs] = {}
        for actors, mentions in named.items():
            last = [a for a in mentions if a.sentence == mentions[0].sentence]
            found[actors] = Signs(
                sentences=now - last[0].sentence if last else _FAR_BACK,
                subject=any(a.governor >= 0 and token.doc[a.governor].dep_ != "relcl" for a in last),
                modifier=bool(last) and all(a.modifier for a in last),
                same_verb=any(a.governor == verb >= 0 for a in mentions),
                object=not objects.isdisjoint(actors),
                headline=self.headlined.issuperset(actors),
                named=log(1 + min(self.count[actor] for actor in actors)),
                plural=any(a.plural for a in last),
                several=len(actors) > 1,
                body=any(":" in actor for actor in actors),
                dateline=self.datelined.issuperset(actors),
                origin=origins().resemblance(name, *actors) if name else 0.0,
            )
        return found

    def meant(
        self, token: Token, like: str, within: str = "", name: str = "", among: frozenset[str] = frozenset()
    ) -> tuple[str, ...]:
        """Whom `token` means, the best of its `candidates`; of those out of `among`, if that is said."""
        found = self.candidates(token, like, within, name)
        if among:
            found = {actors: signs for actors, signs in found.items() if among.issuperset(actors)}
        return max(found, key=lambda actors: sum(map(mul, weights()[like], found[actors])), default=())

    def doers(self, token: Token) -> set[str]:
        """The actors that do what the clause says whose object `token` is, and whom "it" does not mean there."""
        return self._doing(_clause(token))

    def _doing(self, clause: set[int]) -> set[str]:
        return {actor for a in self.before[-_MOST:] if a.governor in clause for actor in a.actors}

    def _objects(self, token: Token) -> set[str]:
        """The actors to whom `token`, the subject of a clause, does what it says."""
        verb = _governor(token)
        after = (t for t in token.doc[token.i + 1 : token.i + _AFTER] if verb >= 0 and t.i in self.named)
        return {actor for t in after if _undergoes(t, verb) for actor in mention.actors_of(self.named[t.i])}

    def couple(self, token: Token) -> tuple[str, ...]:
        """The last two actors joined by "and", in this sentence or the one before."""
        now = self.sentence_of[token.i]
        return next((couple for sentence, couple in reversed(self.couples) if now - sentence <= 1), ())

    def last_two(self, token: Token) -> tuple[str, ...]:
        """The last two actors named, in this sentence or the one before, in the order of the text."""
        near = self._near(self.sentence_of[token.i], 1)
        return tuple(dict.fromkeys(a.actors[0] for a in near if len(a.actors) == 1))[1::-1]

    def group(self, token: Token, count: int) -> tuple[str, ...]:
        """The actors that "the three" means: so many in this sentence, else the last list of so many."""
        near = self._near(self.sentence_of[token.i], 0)
        here = dict.fromkeys(actor for a in reversed(near) for actor in a.actors)
        listed = self.lists.get(count, ())
        return tuple(here) if len(here) == count else listed if len(set(listed)) == count else ()

    def pair(self, token: Token) -> tuple[str, ...]:
        """Of whom "the other" is one: the two that the sentence calls "each" or "both", where it does."""
        near = self._near(self.sentence_of[token.i], 0)
        return next((a.actors for a in near if len(a.actors) == 2), ())

    def two(self, token: Token, own: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The two actors that "both" or "the two" mean: those that the text joins, of late or often, and no doer of the
        clause; `own` is one of them where that is known."""
        now, doer = self.sentence_of[token.i], self.doers(token) - own
        near = {actor: now - a.sentence for a in reversed(self._near(now, _REACH)) for actor in a.actors}
        usual = {actor: _FAR_BACK for actor, _ in self.count.most_common(5)}
        couples = {frozenset(couple): now - sentence for sentence, couple in self.couples[-_MOST:]}

        def score(pair: tuple[str, str]) -> float:
            key = frozenset(pair)
            joined = _JOINED.get(couples.get(key, _FAR_BACK), 0.0)
            bodies = _BODY * sum(":" in actor for actor in pair)
            away = _AWAY * sum((usual | near)[actor] for actor in pair)
            known = _TOGETHER * log(1 + self.together[key]) + _TOPIC * (key in self.topics)
            return joined + known - bodies - away - _DOER * bool(doer & key)

        pairs = combinations(usual | near, 2)
        return max((pair for pair in pairs if own <= set(pair)), key=score, default=())

    def other(self, token: Token) -> tuple[str, ...]:
        """Whom "its neighbour" or "her counterpart" means, asked of "its" or "her": the other of the two. One is who
        does what the clause says to it ("*Oslo* sent its neighbour a note"), else whom the word means."""
        like = "it" if token.lower_ in ("its", "their") else "person"
        own = frozenset(self.doers(token.head) or self.meant(token, like))
        return tuple(actor for actor in self.two(token, own) if actor not in own) if own else ()


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
