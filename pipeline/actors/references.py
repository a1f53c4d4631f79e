"""References: pronouns and descriptions that stand for an actor named before ("it", "both sides", "the ministry")."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline.actors import mention

_SHE = frozenset({"he", "she", "him", "her", "his", "himself", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "themselves"})
_WE = frozenset({"we", "us", "our", "i", "my", "me"})
_STATE_NOUNS = frozenset("country government ministry kingdom republic regime administration nation state cabinet junta".split())
_BODY_NOUNS = frozenset("bloc organisation organization alliance union body agency group movement militia party company".split())
_OFFICE_NOUNS = frozenset("minister president premier spokesman spokeswoman ambassador envoy diplomat official chancellor".split())
_PLURAL_NOUNS = frozenset(
    "country side government neighbour neighbor nation capital party state power leader minister president delegation"
    " rival ally partner team ministry foe republic kingdom".split()
)
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_SENTENCES_BACK = 3


@dataclass(frozen=True, slots=True)
class _Antecedent:
    start: int
    sentence: int
    actors: tuple[str, ...]
    person: bool
    subject: bool
    governor: int
    """Token index of the verb whose subject it is, or -1."""


def _governor(token: Token) -> int:
    """The verb of which the noun phrase around `token` is the subject, or -1."""
    while token.dep_ in ("compound", "amod", "poss", "nmod", "appos", "conj", "pobj", "prep", "det") and token.head.i != token.i:
        if token.dep_ == "prep" and token.lower_ not in ("of", "from"):
            return -1
        token = token.head
    return token.head.i if token.dep_ in _SUBJECTS else -1


class _Resolver:
    def __init__(self, doc: Doc, mentions: list[Span]) -> None:
        self.doc = doc
        self.sentence_of: dict[int, int] = {}
        for index, sentence in enumerate(doc.sents):
            for token in sentence:
                self.sentence_of[token.i] = index
        self.before: list[_Antecedent] = []
        self.mentions = mentions

    def remember(self, span: Span) -> None:
        governor = _governor(span.root)
        self.before.append(
            _Antecedent(
                span.start,
                self.sentence_of[span.start],
                mention.actors_of(span),
                span.label_ == "person" or (span.label_ == "reference" and span.root.lower_ in _SHE),
                governor >= 0,
                governor,
            )
        )

    def recent(self, token: Token, reach: int = _SENTENCES_BACK) -> list[_Antecedent]:
        """Earlier mentions, best first: subjects of this sentence, of the one before, then whatever is near."""
        now = self.sentence_of[token.i]
        clause = token.head.i if token.dep_ in ("dobj", "pobj", "dative") else -1
        if token.dep_ == "pobj":
            clause = token.head.head.i
        chosen = []
        for antecedent in reversed(self.before):
            if now - antecedent.sentence > reach:
                break
            if antecedent.governor >= 0 and antecedent.governor == clause:
                continue  # "Oslo condemned it": the object is not the subject
            chosen.append(antecedent)
        return sorted(chosen, key=lambda a: (now - a.sentence, not a.subject))

    def one(self, token: Token, *, person: bool = False, kinds: str = "any") -> tuple[str, ...]:
        for antecedent in self.recent(token):
            if len(antecedent.actors) != 1 or (person and not antecedent.person):
                continue
            actor = antecedent.actors[0]
            if (kinds == "state" and ":" in actor) or (kinds == "body" and ":" not in actor):
                continue
            if kinds == "it" and antecedent.person:
                continue
            return antecedent.actors
        return ()

    def two(self, token: Token) -> tuple[str, ...]:
        """The two actors that "both" or "the two" mean: a pair named together, else the last two named."""
        now = self.sentence_of[token.i]
        by_sentence: dict[int, list[str]] = {}
        for antecedent in self.before:
            if now - antecedent.sentence <= _SENTENCES_BACK:
                actors = by_sentence.setdefault(antecedent.sentence, [])
                actors += [actor for actor in antecedent.actors if actor not in actors]
        pooled: list[str] = []
        for sentence in sorted(by_sentence, reverse=True):
            if len(by_sentence[sentence]) == 2:
                return tuple(by_sentence[sentence])
            pooled += [actor for actor in by_sentence[sentence] if actor not in pooled]
        return tuple(pooled[:2]) if len(pooled) >= 2 else ()

    def plural(self, token: Token) -> tuple[str, ...]:
        for antecedent in self.recent(token, reach=1):
            if len(antecedent.actors) > 1:
                return antecedent.actors
        return ()

    def coordinated(self, token: Token) -> tuple[str, ...]:
        """Actors joined by "and" as one subject in this sentence or the one before."""
        groups: dict[int, list[str]] = {}
        for antecedent in self.recent(token, reach=1):
            if antecedent.governor >= 0:
                group = groups.setdefault(antecedent.governor, [])
                group += [actor for actor in antecedent.actors if actor not in group]
        for governor in sorted(groups, reverse=True):
            if len(groups[governor]) > 1:
                return tuple(sorted(groups[governor]))
        return ()


def _described(token: Token) -> bool:
    """Whether a noun phrase has its own modifier that says whose it is."""
    return any(child.dep_ in ("poss", "nmod") or (child.dep_ == "prep" and child.lower_ == "of") for child in token.children)


def _resolve(token: Token, resolver: _Resolver) -> tuple[int, int, tuple[str, ...]] | None:
    lower, lemma = token.lower_, token.lemma_.lower()
    determiner = next((c for c in token.children if c.dep_ in ("det", "predet")), None)
    if token.pos_ == "PRON" or token.tag_ in ("PRP", "PRP$"):
        if lower in _SHE:
            return token.i, token.i + 1, resolver.one(token, person=True)
        if lower in _IT:
            expletive = token.dep_ == "expl" or (token.dep_ == "nsubj" and token.head.lemma_ in ("be", "seem", "appear"))
            return None if expletive else (token.i, token.i + 1, resolver.one(token, kinds="it"))
        if lower in _THEY:
            return token.i, token.i + 1, resolver.plural(token) or resolver.coordinated(token)
        if lower == "both" and token.dep_ in (*_SUBJECTS, "dobj", "pobj"):
            return token.i, token.i + 1, resolver.two(token)
    doc = token.doc
    if lower == "two" and token.i > 0 and doc[token.i - 1].lower_ == "the" and token.dep_ != "nummod":
        return token.i - 1, token.i + 1, resolver.two(token)
    if lemma in _PLURAL_NOUNS and token.tag_ == "NNS" and not _described(token):
        words = {child.lower_ for child in token.lefts}
        if "both" in words or ("two" in words and "the" in words):
            start = min(child.i for child in token.lefts)
            return start, token.i + 1, resolver.two(token)
    if determiner is not None and determiner.lower_ in ("the", "this", "that") and token.tag_ == "NN" and not _described(token):
        lefts = [child for child in token.lefts if child.i != determiner.i]
        if any(child.ent_type_ in ("GPE", "NORP", "ORG") for child in lefts):
            return None
        for nouns, kinds, person in (
            (_STATE_NOUNS, "state", False),
            (_BODY_NOUNS, "body", False),
            (_OFFICE_NOUNS, "any", True),
        ):
            if lemma in nouns:
                return determiner.i + 1, token.i + 1, resolver.one(token, kinds=kinds, person=person)
    return None


def find_references(doc: Doc, mentions: list[Span]) -> list[Span]:
    """Mentions by reference, resolved from left to right against `mentions` (in order) and one another."""
    resolver = _Resolver(doc, mentions)
    starts = {span.start: span for span in mentions}
    taken = {token.i for span in mentions for token in span}
    seen = {actor for span in mentions for actor in mention.actors_of(span)}
    compass = {"North": "PRK", "South": "KOR"}
    found = []
    for token in doc:
        if token.i in starts:
            resolver.remember(starts[token.i])
        if token.i in taken:
            continue
        if token.text in compass and {"PRK", "KOR"} & seen and token.i > 0 and doc[token.i - 1].lower_ == "the":
            if token.dep_ in ("compound", "amod") or (token.i + 1 < len(doc) and doc[token.i + 1].pos_ == "PROPN"):
                continue
            span = mention.make(doc, token.i, token.i + 1, (compass[token.text],), "name")
        else:
            resolved = _resolve(token, resolver)
            if resolved is None or not resolved[2]:
                continue
            span = mention.make(doc, *resolved, "reference")
        resolver.remember(span)
        found.append(span)
    return found
