"""People: named by spaCy or the gazetteer, tied to the actor that the text names beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span, Token

from pipeline.actors import gazetteer, mention
from pipeline.article.tokenizer import ahead
from pipeline.words import words

_REACH = 9
"""Tokens before a name in which its office and state are looked for."""
_AFTER = 16
"""Tokens after a name in which an apposition or relative clause may say whose it is."""
_HONORIFICS = words("honorifics")
_SERVES = words("serves")
_POSTS = words("posted")
_OTHERS = words("others")
_OF = frozenset({"of", "for", "from"})
_POSTED = frozenset({"to", "at", "in", "with"})
_STYLES = frozenset({"excellency", "highness", "holiness", "majesty"})
_THINGS = words("thing_after")
_RULED = frozenset({"administration", "cabinet", "government"})
_ROYAL = frozenset({"emir", "king", "prince", "princess", "queen", "sheikh", "sultan"})
_HIS = frozenset({"his", "her", "their"})
_INITIAL = re.compile(r"[A-Z]\.")
_BEING = frozenset({"be", "become", "lead", "head", "chair", "command", "serve", "represent", "run"})


@dataclass(frozen=True, slots=True)
class Person:
    """A personal name. `actors` is empty where the text does not tie it; `titled` says that an office stands beside it,
    and `possessor` is the token of "its", "the agency's" or "of the agency" beside that office, or -1."""

    start: int
    end: int
    actors: tuple[str, ...]
    titled: bool
    possessor: int


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end and doc[start].lower_ in gazetteer.titles() | _HONORIFICS:
        start += 1
    while start < end and (doc[end - 1].tag_ == "POS" or not doc[end - 1].text[0].isalnum()):
        end -= 1
    if start < end < len(doc) - 1 and doc[end].text == "-" and doc[end + 1].is_alpha and not doc[end].whitespace_:
        end += 2  # "Ri Chol-gun"
    return start, end


def _has_title(doc: Doc, start: int, end: int) -> bool:
    text = f" {' '.join(token.lower_ for token in doc[start:end])} "
    return any(f" {title} " in text for title in gazetteer.titles())


def _breaks(token: Token, name: int) -> bool:
    """Whether `token` ends the noun phrase that stands before the name at `name`, read backwards."""
    if token.text == ",":
        return token.i != name - 1
    return token.pos_ in ("VERB", "AUX", "SCONJ") or token.text in (";", ".", ":") or token.tag_ in ("WRB", "WDT", "WP")


def _styled(doc: Doc, start: int) -> int:
    """Where a name begins with what it is addressed by: "*His Excellency* Tebao Ruateki", "*H.E. Mr.* Bang"."""
    while start > 0 and (doc[start - 1].lower_ in (_HONORIFICS | _STYLES) - {"the"} or doc[start - 1].text == "H.E."):
        start -= 1
    return start - (start > 0 and doc[start].lower_ in _STYLES and doc[start - 1].lower_ in _HIS)


def _before(doc: Doc, start: int, owner: dict[int, Span]) -> tuple[tuple[str, ...], bool, int]:
    """The actors named with the office before a name, whether there is an office, and the token of a possessive."""
    start = _styled(doc, start)
    at = start - 1
    first = start
    while first > max(0, start - _REACH) and not doc[first].is_sent_start:
        first -= 1
    titled, possessor = False, -1
    while at >= first and not _breaks(doc[at], start):
        titled = _has_title(doc, at, start)
        if at in owner:
            span = owner[at]
            gap = start - span.end
            possessive = gap == 1 and doc[span.end].tag_ == "POS"
            of = doc[span.start - 1 - (doc[span.start - 1].lower_ == "the")] if span.start > 1 else doc[at]
            titled = titled or (of.lower_ in _OF and _has_title(doc, max(first, of.i - 4), of.i))
            # "Lima's envoy *to Chile*, Ana Quispe", "the UN envoy *for Libya* Ana Quispe"
            elsewhere = of.lower_ in _POSTED and doc[start - 1].text == ","
            if elsewhere or (of.lower_ == "for" and any(t.lower_ in _POSTS for t in doc[first : of.i])):
                at = of.i - 1
                continue
            if titled or possessive or (gap == 0 and span.label_ == "adjective"):
                return mention.actors_of(span), titled, -1
            break
        if titled and (doc[at].tag_ == "PRP$" or (at + 1 < start and doc[at + 1].tag_ == "POS")):
            possessor = at
            break
        if titled and doc[at].tag_ == "WP$":  # "Lima, *whose* envoy, Ana Quispe, …"
            possessor = at - 1 - (doc[at - 1].text == ",")
            break
        if titled and at + 2 < start and doc[at + 1].lower_ in _OF and doc[at + 2].lower_ == "the":
            # "an envoy of *the movement*, Ana Quispe"
            last = start - 1 - (doc[start - 1].text == ",")
            return (), True, last if doc[last].tag_ in ("NN", "NNS") and last > at + 2 else -1
        at -= 1
    return (), _has_title(doc, max(first, at + 1), start), possessor


def _after(doc: Doc, end: int, owner: dict[int, Span]) -> tuple[tuple[str, ...], bool, int]:
    """The actors of an apposition ("X, the Peruvian envoy"), a relative clause ("X, who speaks for the embassy"), or of
    "X of Peru"; whether there is an office; and the token of "its" in "X, its envoy"."""
    stop = ahead(doc, end, _AFTER).end
    of = end + 1 + (end + 1 < stop and doc[end + 1].lower_ == "the")
    if of < stop and doc[end].lower_ == "of" and of in owner:
        return mention.actors_of(owner[of]), False, -1
    if (
        stop - end < 3
        or doc[end].text not in (",", "(", "of", "-", "–", "—")
        or doc[end + 1].lower_ in ("which", "and")
    ):
        return (), False, -1
    relative = doc[end + 1].lower_ in ("who", "whose")
    close = next((t.i for t in doc[end + 1 : stop] if t.text in (",", ")", ".", ";", ":", "-", "–", "—")), stop)
    inside = doc[end + 1 : close]
    titled = _has_title(doc, end + 1, close) or any(t.lemma_.lower() in _SERVES for t in inside)
    if not titled or (not relative and any(t.pos_ == "VERB" for t in inside)):
        return (), False, -1
    actors = next((mention.actors_of(owner[t.i]) for t in inside if t.i in owner), ())
    return actors, True, end + 1 if not actors and doc[end + 1].lower_ in ("its", "their") else -1


def _possessed(doc: Doc, start: int, end: int, owner: dict[int, Span]) -> tuple[str, ...]:
    """The actors to which the noun phrase around a name belongs: "Riga's man in Oslo, Karras"."""
    root = doc[start:end].root
    if root.dep_ != "appos" or not (
        root.head.lemma_ in _OTHERS or _has_title(doc, root.head.left_edge.i, root.head.i + 1)
    ):
        return ()
    around = [t for t in root.head.subtree if t.i < start and t.i in owner and t.head.lower_ not in (*_POSTED, "for")]
    return mention.actors_of(owner[around[0].i]) if around else ()


def _seat(doc: Doc, start: int, owner: dict[int, Span]) -> tuple[str, ...]:
    """The actors of the capital with which a sentence opens: "In *Lima*, Defence Minister Quispe ..."."""
    first = start
    while first > max(0, start - _REACH) and not doc[first].is_sent_start:
        first -= 1
    seat = owner.get(first + 1)
    opens = doc[first].is_sent_start and doc[first].lower_ == "in" and seat is not None and seat.label_ == "capital"
    return mention.actors_of(seat) if opens and seat is not None else ()


def _presented(doc: Doc, root: Token, owner: dict[int, Span]) -> tuple[tuple[str, ...], bool]:
    """The actors of a sentence that says who somebody is: "X became Peru's envoy", "X leads Peru's delegation"."""
    verb = root.head
    if root.dep_ != "nsubj" or verb.lemma_ not in _BEING:
        return (), False
    inside = ahead(doc, verb.i + 1, _AFTER)
    titled = _has_title(doc, inside.start, inside.end) or any(t.lemma_.lower() in _SERVES for t in inside)
    return (next((mention.actors_of(owner[t.i]) for t in inside if t.i in owner), ()) if titled else ()), titled


def _name(doc: Doc, start: int, taken: dict[int, Span]) -> int:
    """The end of the run of capitalised words that begins at `start`."""
    end = start
    while end < len(doc) and end not in taken and doc[end].text[0].isupper() and doc[end].is_alpha:
        if doc[end].lower_ in gazetteer.titles() or doc[end].is_sent_start:
            break
        end += 1
    return end


def _by_office(doc: Doc, taken: dict[int, Span]) -> list[tuple[int, int]]:
    """Names that an office announces, whatever spaCy takes them for: "the Peruvian envoy, *Ana Quispe*"."""
    found = []
    for token in doc[:-2]:
        if token.lower_ not in gazetteer.titles() or token.i in taken:
            continue
        comma = doc[token.i + 1].text == ","
        end = _name(doc, token.i + 1 + comma, taken)
        if end < len(doc) and doc[end].lower_ in gazetteer.titles():
            continue  # "Deputy *Foreign* Minister"
        if end - token.i - 1 - comma >= (2 if comma or token.is_lower else 1):
            found.append((token.i + 1 + comma, end))
    return found


def _beside(doc: Doc, start: int, owner: dict[int, Span]) -> tuple[str, ...]:
    """The actors of an office that stands right before a name, whoever else may bear that name: "the *Peruvian* envoy
    Rubio", "*Guatemala's* foreign minister, Jorge Rodríguez"."""
    at = start - 1 - (start > 1 and doc[start - 1].text == ",")
    first = at
    while at > 0 and (doc[at].lower_ in _office_words() or doc[at].tag_ == "POS" or doc[at].text == "-"):
        at -= 1
    office = any(doc[i].lower_ in gazetteer.titles() for i in range(at + 1, first + 1))
    if at not in owner or not (office or doc[start].lower_ in _ROYAL):
        return ()
    return mention.actors_of(owner[at])


@cache
def _office_words() -> frozenset[str]:
    """The words of which the names of offices are made."""
    return frozenset(word for title in gazetteer.titles() for word in title.split()) | _HONORIFICS


def _known(name: Span) -> tuple[str, ...]:
    """The actor of a person whom the gazetteer knows by fewer names: "Mikhail *S.* Gorbachev"."""
    known = gazetteer.people()
    plain = " ".join(token.text for token in name if not _INITIAL.fullmatch(token.text))
    outer = f"{name[0].text} {name[-1].text}"
    return next(((known[words],) for words in (plain, outer) if " " in words and words in known), ())


def _candidates(doc: Doc, named: list[Span], taken: dict[int, Span]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Token bounds of personal names; with actors where the gazetteer knows the person."""
    found = {(span.start, span.end): mention.actors_of(span) for span in named if span.label_ == "person"}
    for ent in doc.ents:
        start, end = ent.start, ent.end
        person = ent.label_ == "PERSON"
        if ent.label_ in ("ORG", "GPE", "FAC", "WORK_OF_ART", "PRODUCT", "NORP") and start > 0:
            person = doc[start - 1].lower_ in gazetteer.titles() and doc[start - 1].text[0].isupper()
            person = person or (doc[start].lower_ in gazetteer.titles() and end - start > 1)
        if not person:
            continue
        start, end = _trim(doc, start, end)
        while start < end and start in taken:  # "Russia's Igor Morgulov" in one entity
            start = taken[start].end
            if start < end and doc[start].tag_ == "POS":
                start += 1
        start, end = _trim(doc, start, end)
        if doc[end : end + 1].text.lower() in _THINGS:
            continue  # "*Rafik Hariri* airport"
        if start < end and not any(s <= start and end <= e for s, e in found):
            found[start, end] = _known(doc[start:end])
    for token in doc[:-1]:
        heads = doc[token.i + 1].lower_ in _RULED and token.i not in taken and token.text in gazetteer.families()
        bounds = token.i, token.i + 1
        if heads and (bounds in found or not any(s <= token.i < e for s, e in found)):
            found[bounds] = found.get(bounds) or (gazetteer.families()[token.text],)  # "the *Abe* government"
    for start, end in _by_office(doc, taken):
        if not any(s < end and start < e for s, e in found):
            found[start, end] = ()
    return sorted((start, end, actors) for (start, end), actors in found.items())


def find_people(doc: Doc, named: list[Span], places: list[Span]) -> list[Person]:
    """Personal names in order, tied where the text ties them. `places` are gazetteer matches that are no actors
    where they stand ("In *Lima*, President Quispe …") and still say whose an office is."""
    owner = {token.i: span for span in [*places, *named] if span.label_ != "person" for token in span}
    taken = {token.i: span for span in named if span.label_ != "person" for token in span}
    found = []
    for start, end, known in _candidates(doc, named, taken):
        before, titled, possessor = _before(doc, start, owner)
        party = any(actor.startswith("ORG:") for actor in known)  # "the Turkish opposition's leader, …"
        actors, after_titled = (() if party else _beside(doc, start, owner)) or known or before, False
        if not actors:
            actors, after_titled, its = _after(doc, end, owner)
            possessor = max(possessor, its)
        if not actors and possessor < 0:
            actors = _possessed(doc, start, end, owner) or (_seat(doc, start, owner) if titled else ())
        if not actors and titled and end - start == 1 and doc[start].text in gazetteer.families():
            actors = (gazetteer.families()[doc[start].text],)  # "President *Moon*"
        if not actors:
            actors, presented = _presented(doc, doc[start:end].root, owner)
            after_titled = after_titled or presented
        found.append(Person(start, end, actors, titled or after_titled, possessor))
    return found


def short_name(person: Person, doc: Doc, actors: tuple[str, ...]) -> str:
    """The part of a full name by which the text goes on to call its bearer."""
    return doc[person.start].text if actors[0] in gazetteer.FAMILY_FIRST else doc[person.end - 1].text
