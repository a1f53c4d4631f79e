"""Whether a name of the gazetteer names an actor where it stands."""

from __future__ import annotations

from spacy.tokens import Doc, Span, Token

from pipeline.actors import gazetteer, mention
from pipeline.verbs.lexicon import by_first_word
from pipeline.words import words

_LOCATIVE = words("locative")
_OTHERS = words("others")
_OPENING = frozenset({"close", "open", "reopen", "shut"})
_KINDS = {"VERB": "verb", "ADJ": "adjective", "NOUN": "noun"}
_HONORIFICS = words("honorifics")
_MISSIONS = words("missions")
_MOTION = words("motion")
_THING_AFTER = words("thing_after")
_THING_AFTER_ADJECTIVE = words("thing_after_adjective")
_THING_BEFORE = words("thing_before")
_SIGNED_AFTER = words("signed_after")
COUNTRY = frozenset({"country", "nation", "state"})
"""Nouns by which a text calls a state after its region: "the *Central American* country"."""


def _is_mission(noun: Token) -> bool:
    """Whether something is done to what stands for a state in another's capital: "closed its *embassy* in Baghdad"."""
    own = any(child.dep_ == "poss" for child in noun.children) or noun.head.lemma_ in _OPENING
    return own and noun.lemma_.lower() in _MISSIONS and noun.dep_ in ("dobj", "nsubjpass")


def _is_aimed(preposition: Token) -> bool:
    """Whether a preposition says at whom a predicate is aimed, and not where it is: "lashed out *at* Baghdad"."""
    kind = _KINDS.get(preposition.head.pos_, "")
    entries = by_first_word().get((preposition.head.lemma_.lower(), kind), ())
    return preposition.lower_ == "at" and any("at" in entry.target for entry in entries)


class Context:
    """Whether a gazetteer match is an actor, judged by the words around it."""

    def __init__(self, doc: Doc, bylines: set[int]) -> None:
        self.doc, self.bylines = doc, bylines
        self.people = [ent for ent in doc.ents if ent.label_ == "PERSON"]
        self.others: dict[str, int] = {}
        """Surnames of those whom the gazetteer does not know, with where they first stand."""
        self.titled: set[str] = set()
        """Surnames that the text gives with an office, or to those whom the gazetteer knows."""
        for ent in self.people:
            name = ent[-1].text
            firsts = gazetteer.first_names().get(name, frozenset())
            if ent[0].text in firsts or (ent.start > 0 and doc[ent.start - 1].lower_ in gazetteer.titles()):
                self.titled.add(name)
            elif len(ent) > 1:
                self.others.setdefault(name, ent.end)

    def is_actor(self, span: Span) -> bool:
        """Whether the match is an actor, and no part of a person's name, of a thing's or of a place's."""
        doc = self.doc
        if span.start in self.bylines:
            return False
        # "Michael Jordan" is no state; "Russia's Igor Morgulov" may be one wrong entity
        # and so may "Host Azerbaijan"
        names = (doc[ent.start] for ent in self.people if ent.start < span.start and ent.end == span.end)
        if span.label_ != "person" and any(t.pos_ == "PROPN" and t.lower_ not in _OTHERS for t in names):
            return False
        if span.label_ == "person" and len(span) == 1 and (self._is_part_of_name(span) or self._is_namesake(span)):
            return False
        after = doc[span.end].lower_ if span.end < len(doc) else ""
        things = _THING_AFTER_ADJECTIVE if span.label_ == "adjective" else _THING_AFTER
        if after in things or (after in COUNTRY and gazetteer.states_in(span.text)):
            return False
        if span.label_ in gazetteer.PLACES and after in _SIGNED_AFTER:
            return False
        if span.start >= 2 and doc[span.start - 1].lower_ == "of" and doc[span.start - 2].lower_ in _THING_BEFORE:
            return False
        return not (span.label_ in gazetteer.PLACES and self._is_place(span))

    def _is_part_of_name(self, span: Span) -> bool:
        """Whether a surname is another's: "Dr *Anil* Modi"."""
        beside = [self.doc[i] for i in (span.start - 1, span.end) if 0 <= i < len(self.doc)]
        proper = (t for t in beside if t.pos_ == "PROPN")
        names = [t for t in proper if t.lower_ not in gazetteer.titles() and t.lower_ not in _HONORIFICS]
        goes_on = self.doc[span.start].ent_iob_ == "I" and any(t.i < span.start for t in names)
        head = span.root.head.i if span.root.dep_ == "compound" else -1  # "the *Truman* Doctrine"
        return goes_on or any(
            t.i == head or t.ent_type_ == "PERSON" or (not t.ent_type_ and t.head.i == span.root.i) for t in names
        )

    def _is_namesake(self, span: Span) -> bool:
        """Whether the text has given a surname to somebody else: "*Rolando* Estrada … *Estrada*"."""
        return self.others.get(span.text, span.start) < span.start and span.text not in self.titled

    def _is_place(self, span: Span) -> bool:
        preposition = span.root.head
        if span.root.dep_ != "pobj":
            return False
        if preposition.lower_ in _LOCATIVE:
            return not (mention.rules_from(preposition) or _is_mission(preposition.head) or _is_aimed(preposition))
        verb = preposition.head
        goes = preposition.lower_ in ("to", "for", "into", "through", "via") and verb.lemma_.lower() in _MOTION
        return goes and verb.pos_ == "VERB"  # "flew to Oslo", but "a visit to *Oslo*"
