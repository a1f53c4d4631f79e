"""References: pronouns and descriptions that stand for an actor named before ("it", "both sides", "the ministry")."""

from __future__ import annotations

from itertools import takewhile

from spacy.tokens import Doc, Span, Token

from pipeline.actors import gazetteer, mention
from pipeline.actors.context import COUNTRY
from pipeline.actors.discourse import SUBJECTS, Discourse
from pipeline.actors.people import Person, short_name
from pipeline.actors.speech import speakers
from pipeline.verbs.lexicon import entry_of
from pipeline.words import words

_SHE = frozenset({"he", "she", "him", "her", "his", "himself", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "themselves"})
_SELVES = frozenset({"itself", "himself", "herself", "themselves"})
_OTHERS = words("others")
_SIDES = words("sides")
"""The reader is expected to know whose they are: "its ally" need not be the other of the two."""
_OF_WHERE = frozenset({"from", "in", "of"})
_OBJECT_CONTROL = words("object_control")
_SPEAKING_OF = words("charging") - {"blame", "fine", "punish", "sanction", "suspect"}
_BOTH = frozenset({"both", "neither", "either", "each"})
_NUMBERS = {"three": 3, "four": 4, "five": 5}
_STATE_NOUNS = words("state_nouns")
_OFFICES = {"state": words("state_offices"), "IGO:": words("igo_offices"), "ORG:": words("firm_offices")}
_OFFICE = 8
"""Tokens before a name in which an office may say what kind of actor has it."""
_OF_A_REGION = 4
"""Tokens in the longest adjective of a region, "South-East Asian"."""
_REGIMES = words("regimes")
_IGO_NOUNS = words("igo_nouns")
_ORG_NOUNS = words("org_nouns")
_STAFF_NOUNS = words("staff_nouns")
_OFFICE_NOUNS = words("office_nouns")
_PARTIAL = words("partial_names")
_PLURAL_NOUNS = words("plural_nouns")
_HALVES = {"North": "PRK", "South": "KOR", "Northern": "PRK", "Southern": "KOR"}
_TWINS = {"Koreas": ("KOR", "PRK"), "Sudans": ("SDN", "SSD"), "Congos": ("COD", "COG")}


def _described(token: Token) -> bool:
    """Whether a noun phrase has its own modifier that says whose it is."""
    return any(c.dep_ in ("poss", "nmod") or (c.dep_ == "prep" and c.lower_ == "of") for c in token.children)


def _expletive(token: Token) -> bool:
    """Whether "it" is nobody: an expletive, or what somebody says or denies."""
    if token.dep_ == "dobj":
        return token.head.lemma_ in ("confirm", "deny", "know", "mean", "regret", "say")
    return token.dep_ == "expl" or (token.dep_ == "nsubj" and token.head.lemma_ in ("be", "seem", "appear"))


def _favours(verb: Token) -> bool:
    """Whether a verb does somebody good, so that "its" after it is another's: "urged Riga to *support* its bid"."""
    entry = entry_of(verb, "verb")
    return entry is not None and entry.root in ("AID", "SUPPORT")


def _spoken_of(its: Token, discourse: Discourse) -> tuple[str, ...]:
    """The actor of whom something is said for what is its own ("thanked *Riga* for *its* support"), to which something
    is done over that ("cut aid to *Riga* over *its* tests"), or that is told to do something about it ("ordered *Riga*
    to open *its* ports")."""
    named = (discourse.named[token.i] for token in _spoken_to(its) if token.i in discourse.named)
    return next(map(mention.actors_of, named), ())


def _spoken_to(its: Token) -> list[Token]:
    """The words that may name whose "its" is there, best first."""
    above = its.head.head  # the verb or preposition that what it has depends on
    clause = next((token for token in (above, above.head) if token.dep_ == "xcomp"), None)
    if clause is not None and clause.head.lemma_ in _OBJECT_CONTROL and not _favours(clause):
        objects = (child for child in clause.head.children if child.dep_ in ("dobj", "prep"))
        return [t for child in objects for t in (child, *child.children) if t.dep_ in ("dobj", "pobj")]
    if its.head.dep_ != "pobj":
        return []
    if above.lower_ == "over" and its.lower_ == "its":
        return list(reversed(its.doc[max(above.head.i + 1, above.i - _OFFICE) : above.i]))
    said = above.lower_ in ("for", "on", "over") and above.head.lemma_ in _SPEAKING_OF
    return [child for child in above.head.children if said and child.dep_ == "dobj"]


def _pronoun(token: Token, discourse: Discourse) -> tuple[int, int, tuple[str, ...]] | None:
    lower, here = token.lower_, (token.i, token.i + 1)
    near = token.tag_ == "PRP$" and token.i < token.head.i < token.i + 4
    if near and not any(t.ent_type_ for t in token.doc[token.i : token.head.i]):
        alone = token.head.tag_ != "NNS" or token.head.lemma_ == "host"  # "its neighbours" may be any
        if (
            alone
            and token.head.lemma_ in _OTHERS - _SIDES
            and not any(c.lower_ in _OF_WHERE for c in token.head.rights)
        ):
            return token.i, token.head.i + 1, discourse.other(token)  # unlike "his counterpart *from* Riga"
        if token.head.lemma_ in _STATE_NOUNS | _STAFF_NOUNS:
            here = (token.i, token.head.i + 1)  # "his country", "its foreign ministry"
    if lower in _SELVES and (token.dep_ not in ("dobj", "pobj", "conj") or discourse.doers(token)):
        return None  # "Oslo *itself*", or whose clause it is, and no second actor
    if token.tag_ == "PRP$" and lower in _IT | _THEY and (spoken_of := _spoken_of(token, discourse)):
        return *here, spoken_of
    if lower in _SHE:
        return *here, discourse.meant(token, "person")
    if lower in _IT and not _expletive(token):
        return *here, discourse.meant(token, "it")
    if lower in _THEY:
        return *here, discourse.meant(token, "they")
    if lower in _BOTH and token.dep_ in (*SUBJECTS, "dobj", "pobj"):
        return *here, discourse.two(token)
    return None


def _region(noun: Token, start: int) -> frozenset[str]:
    """The states of the region that the words from `start` to a noun name: "the landlocked *West African* country"."""
    nearest = range(max(start, noun.i - _OF_A_REGION), noun.i)
    regions = (gazetteer.states_in(noun.doc[at : noun.i].text) for at in nearest)
    return next(filter(None, regions), frozenset())


def _description(token: Token, discourse: Discourse) -> tuple[int, int, tuple[str, ...]] | None:
    doc, lemma = token.doc, token.lemma_.lower()
    if token.lower_ == "two" and token.i > 0 and doc[token.i - 1].lower_ == "the" and token.dep_ != "nummod":
        return token.i - 1, token.i + 1, discourse.two(token)
    if token.lower_ in _NUMBERS and token.i > 0 and doc[token.i - 1].lower_ in ("the", "all"):
        end = token.head.i + 1 if token.dep_ == "nummod" and token.head.lemma_ in _PLURAL_NOUNS else token.i + 1
        if end > token.i + 1 or token.dep_ != "nummod":
            return token.i - 1, end, discourse.group(token, _NUMBERS[token.lower_])
    if _described(token):
        return None
    if lemma in _PLURAL_NOUNS:
        words = {child.lower_ for child in token.lefts}
        if _BOTH & words or ("two" in words and "the" in words):
            return min(child.i for child in token.lefts), token.i + 1, discourse.two(token)
    if any(child.dep_ == "nummod" for child in token.lefts):
        return None  # "the three countries", which are no three here
    determiner = next((c for c in token.lefts if c.dep_ == "det"), None)
    if determiner is None or determiner.lower_ not in ("the", "this", "that"):
        return None
    bounds = (determiner.i, token.i + 1)
    if lemma in COUNTRY:
        if any(child.lower_ == "only" for child in token.lefts):
            return None  # "Vanuatu, the *only* Pacific state to …"
        if states := _region(token, determiner.i + 1):
            return *bounds, discourse.meant(token, "state", among=states)
    if any(child.ent_type_ in ("GPE", "NORP", "ORG") for child in token.lefts):
        return None
    if lemma == "regime" and any(child.dep_ == "compound" and child.tag_ in ("NN", "NNS") for child in token.lefts):
        return None  # "the sanctions regime" is nobody
    if lemma not in _STATE_NOUNS and (known := discourse.kind(token.lower_)):
        return *bounds, known
    if lemma == "island":
        return *bounds, discourse.meant(token, "state", among=gazetteer.states_in("island"))
    if {lemma, token.lower_} & _STATE_NOUNS:
        called = discourse.so_called(token.lower_) if token.lower_ in _REGIMES else ()
        return *bounds, called or discourse.meant(token, "state")
    if token.lower_ in ("former", "latter") and token.dep_ != "amod":
        return *bounds, (discourse.couple(token) or discourse.last_two(token))[token.lower_ == "latter" :][:1]
    if token.lower_ == "one" and token.dep_ != "nummod":
        return *bounds, (discourse.couple(token) or discourse.last_two(token))[:1]
    if token.lower_ in ("other", "others") and token.dep_ != "amod":
        return *bounds, discourse.pair(token) or discourse.couple(token)[1:]
    if token.lower_ == "pair":
        return *bounds, discourse.two(token)
    for nouns, kind in ((_IGO_NOUNS, "IGO:"), (_ORG_NOUNS, "ORG:")):
        if {lemma, token.lower_} & nouns:
            return *bounds, discourse.meant(token, "body", kind) or discourse.meant(token, "body", ":")
    if lemma in _OFFICE_NOUNS and token.tag_ == "NN":
        return *bounds, discourse.meant(token, "person") or discourse.person
    return None


def _kind_of_office(doc: Doc, name: int) -> str:
    """Who has such an office as stands before a name: a "state", "IGO:", "ORG:", or "" for anybody."""
    before = list(takewhile(lambda t: t.pos_ not in ("VERB", "AUX"), reversed(doc[max(0, name - _OFFICE) : name])))
    said = " ".join(token.lower_ for token in reversed(before)).replace(" - ", " ").split()
    for at in reversed(range(len(said))):
        for kind, offices in _OFFICES.items():
            if said[at] in offices or "-".join(said[at : at + 2]) in offices:
                return kind
    return ""


class _Reader:
    """Reads a Doc from left to right and resolves what refers back."""

    def __init__(self, doc: Doc, named: list[Span], people: list[Person], datelines: list[Span]) -> None:
        self.doc = doc
        self.discourse = Discourse(doc, named, datelines)
        self.named = {span.start: span for span in named if span.label_ != "person"}
        self.people = {person.start: person for person in people}
        self.families: dict[str, tuple[str, ...]] = {}
        self.seen = {actor for span in named for actor in mention.actors_of(span)}
        self.found: list[Span] = []

    def add(self, span: Span, person: bool = False) -> int:
        self.found.append(span)
        self.discourse.remember(span, person)
        return span.end

    def read(self) -> list[Span]:
        at = 0
        while at < len(self.doc):
            at = self._step(self.doc[at])
        return self.found

    def _step(self, token: Token) -> int:
        """Read what begins at `token`; the token to go on from."""
        if token.i in self.named:
            return self.add(self.named[token.i])
        if token.i in self.people and (actors := self._person(self.people[token.i])):
            person = self.people[token.i]
            return self.add(mention.make(self.doc, person.start, person.end, actors, "person"), person=True)
        if token.text in self.families and token.pos_ in ("PROPN", "NOUN", "ADJ", "VERB", "X"):
            span = mention.make(self.doc, token.i, token.i + 1, self.families[token.text], "person")
            return self.add(span, person=True)
        if actors := self._short_name(token):
            return self.add(mention.make(self.doc, token.i, token.i + 1, actors, "name"))
        resolved = _pronoun(token, self.discourse) or _description(token, self.discourse)
        if resolved and resolved[2]:
            start, end, actors = resolved
            if not self.found or self.found[-1].end <= start:
                span = mention.make(self.doc, start, end, actors, "reference")
                whom = self.doc[end - 1]
                return self.add(span, person=whom.lower_ in _SHE or whom.lemma_.lower() in _OFFICE_NOUNS)
        return token.i + 1

    def _short_name(self, token: Token) -> tuple[str, ...]:
        """The actors of part of a name: "the Front", "the North", "both Koreas"."""
        if token.lower_ in _PARTIAL and token.text[0].isupper() and (actors := self.discourse.kind(token.lower_)):
            return actors
        if token.text in _HALVES and {"PRK", "KOR"} & self.seen and self._is_half(token):
            return (_HALVES[token.text],)
        return _TWINS.get(token.text, ())

    def _is_half(self, token: Token) -> bool:
        """Whether "the North" or "Northern envoys" are a Korea's, and no direction or part of a place's name."""
        after = self.doc[token.i + 1 : token.i + 2].text
        if token.text.endswith("ern"):
            return after.islower()
        if token.dep_ in ("compound", "amod") or after[:1].isupper():
            return False
        return token.i < self.discourse.headline or (token.i > 0 and self.doc[token.i - 1].lower_ == "the")

    def _person(self, person: Person) -> tuple[str, ...]:
        text = self.doc[person.start : person.end].text
        named_before = self.families.get(text, ())
        actors = (named_before if person.end - person.start == 1 else ()) or person.actors or named_before
        if not actors and person.titled:
            if person.possessor >= 0:
                owners = (span for span in reversed(self.found) if span.start <= person.possessor < span.end)
                owner = next(owners, None)
                said = self.doc[person.possessor]
                actors = mention.actors_of(owner) if owner else ()
                if not owner and said.tag_ in ("PRP$", "POS"):
                    actors = self.discourse.meant(said, "it")
            if not actors:
                kind = _kind_of_office(self.doc, person.start)
                actors = self.discourse.meant(self.doc[person.start], "office", kind, name=text)
        if actors:
            self.families.setdefault(text, actors)
            if person.end - person.start > 1:
                self.families[short_name(person, self.doc, actors)] = actors
        return actors


def find_references(doc: Doc, named: list[Span], people: list[Person], datelines: list[Span]) -> list[Span]:
    """All mentions of a Doc: `named` ones, people, and what refers back to either. First persons are whoever speaks.
    `datelines` name the places in bylines, which are no mentions."""
    mentions = _Reader(doc, named, people, datelines).read()
    voices = speakers(doc, mentions)
    taken = {token.i for span in mentions for token in span}
    mentions += [mention.make(doc, at, at + 1, voice, "reference") for at, voice in voices.items() if at not in taken]
    return sorted(mentions, key=lambda span: span.start)
