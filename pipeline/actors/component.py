"""The spaCy component "actors"."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from pipeline.actors import gazetteer, mention
from pipeline.actors.context import Context
from pipeline.actors.namesakes import is_namesake
from pipeline.actors.people import Person, find_people
from pipeline.actors.references import find_references
from pipeline.article.plain import plain
from pipeline.words import words

LONGEST = 12
"""Tokens of the longest name."""
_LOCATIVE = words("locative")
_SITES = words("sites")
_BEARERS = words("bearers")
_ORGANISATION_NOUNS = words("organisation_nouns")
_GOVERNMENT_BODIES = words("government_bodies")
_GOVERNMENT_WORDS = words("government_words")
_NO_NAME_ALONE = words("partial_names") | words("landscape")
_FORMER = {"Moscow": "SUN", "Kremlin": "SUN", "Belgrade": "YUG", "Prague": "CSK"}
_PLAIN = str.maketrans("ıłŁøØđĐ", "ilLoOdD")
"""Letters that Unicode does not take apart into a plain one and its mark."""
_PARTICLES = words("particles") | {"des", "do"}
_MEDIA = re.compile(
    r"\b(times|post|news|agency|press|radio|television|tv|journal|herald|reuters|bbc|cnn|xinhua|tass|kcna|daily|"
    r"gazette|tribune|guardian|magazine|review|broadcaster|bloomberg|al jazeera|yonhap|kyodo|interfax|ria novosti|"
    r"anadolu|irna)\b"
    r"|(?-i:\b(AP|AFP|UPI|PTI|ANI|IANS|DPA|ANSA|EFE|SANA|NHK|PBS|NPR|CBS|NBC|ABC)\b)",
    re.IGNORECASE,
)
_NO_ORGANISATION = re.compile(
    r"(^|[ -])(treaty|pact|agreement|act|convention|protocol|charter|summit|talks|accords?|war|cup|games|covid.*)$"
    r"|^(latin america|middle east|south asia|southeast asia|central asia|balkan|sahel|caribbean)\w*$",
    re.I,
)


def slug(name: str) -> str:
    """The id of an organisation that the gazetteer does not know: `ORG:` and its name in lower case with hyphens."""
    name = re.sub(r"^the\s+|'s?$", "", name.strip(), flags=re.IGNORECASE).replace("'", "").replace("&", " and ")
    name = unicodedata.normalize("NFKD", name.translate(_PLAIN)).encode("ascii", "ignore").decode()
    return "ORG:" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@Language.factory(
    "actors", requires=["token.dep", "doc.ents"], assigns=["doc.spans"], default_config={"organisations": True}
)
def create_actors(nlp: Language, name: str, organisations: bool) -> Actors:
    """The component. With `organisations`, those that only spaCy knows are actors too."""
    return Actors(nlp, organisations)


class Actors:
    """Finds mentions by gazetteer, by spaCy's entities where the text ties them to an actor, and by reference."""

    def __init__(self, nlp: Language, organisations: bool = True) -> None:
        self.organisations = organisations
        self.known = {name.text.lower() for name in gazetteer.names()}
        self.vocab = nlp.vocab
        self.tokenize: Any = getattr(nlp.tokenizer, "tokenizer", nlp.tokenizer)  # a name has no blocks to look for
        self.matcher = self._matcher()

    def _matcher(self) -> PhraseMatcher:
        """Finds every name; the key of a match is form and actor.

        Most of the thousands of names are plain words, which are split at spaces here: to tokenize them into Docs took
        nine tenths of the time to load them.
        """
        exceptions, strings = self.tokenize.rules, self.vocab.strings
        matcher = PhraseMatcher(self.vocab, attr="ORTH")
        for entry in gazetteer.names():
            text = plain(entry.text)
            words = text.split(" ")
            if not all(word.isalpha() and word not in exceptions for word in words):
                words = [token.text for token in self.tokenize(text)]
            hashes: Any = [strings.add(word) for word in words]  # what a matcher makes of a Doc
            matcher.add(f"{entry.form} {entry.actor}", [hashes])
        return matcher

    def __call__(self, doc: Doc) -> Doc:
        bylines = _in_bylines(doc)
        named, places = self._named(doc, bylines)
        people = find_people(doc, named, places)
        if self.organisations:
            organisations = self._organisations(doc, named, people, bylines)
            called = {token.i for span in organisations for token in span}
            people = [person for person in people if person.start not in called]
            named += organisations
        datelines = [span for span in places if span.start in bylines]
        doc.spans[mention.KEY] = find_references(doc, named, people, datelines)
        return doc

    def _named(self, doc: Doc, bylines: set[int]) -> tuple[list[Span], list[Span]]:
        """Gazetteer matches that are actors here, and those that are part of a person's name, a place or a thing."""
        matches = [(doc.vocab.strings[key], start, end) for key, start, end in self.matcher(doc)]
        capitals = [block for block in doc.spans.get("blocks", []) if block.text.isupper()]
        spans = []
        for key, start, end in [*matches, *(match for block in capitals for match in _in_capitals(block))]:
            form, actor = key.split(" ")
            if doc[start].lower_ == "the" and end - start > 1 and form == "name":
                start += 1  # "The Gambia"
            spans.append(mention.make(doc, start, end, (actor,), form))
        context = Context(doc, bylines)
        named: list[Span] = []
        places: list[Span] = []
        in_text = {token.lower_ for token in doc}
        for span in filter_spans(spans):
            if not is_namesake(span, in_text):
                (named if context.is_actor(span) else places).append(span)
        called = Counter(span.kb_id_ for span in named if span.label_ in ("name", "adjective"))
        return _in_its_time(named, called), _in_its_time(places, called)

    def _organisations(self, doc: Doc, named: list[Span], people: list[Person], bylines: set[int]) -> list[Span]:
        """spaCy's organisations, and those that their kind announces ("the charity *Nordlicht*"), that nothing else
        explains and that are not merely where something happens; then wherever the text names them again."""
        known = {token.i for span in named for token in span}
        taken = known | {i for p in people if p.actors or p.titled for i in range(p.start, p.end)} | bylines
        surnames = {doc[i].text for p in people for i in (p.start, p.end - 1)}
        announced = _announced(doc, taken)
        surnames -= {doc[i].text for start, end in announced for i in range(start, end)}
        entities = [(ent.start, ent.end) for ent in doc.ents if ent.label_ == "ORG"]
        bounds = filter_spans([doc[start:end] for start, end in [*announced, *entities]])
        titles = [block for block in doc.spans.get("blocks", []) if block.label_ == "headline" and _title_case(block)]
        titled = {token.i for block in titles for token in block}
        elsewhere = "".join(token.text_with_ws for token in doc if token.i not in titled) if titled else ""
        found = []
        for span in bounds:
            start, end = span.start, span.end
            if doc[start].lower_ in ("the", "a", "an"):
                start += 1
            if end > start and doc[end - 1].tag_ == "POS":
                end -= 1
            if start >= end or taken & set(range(start, end)) or _is_office(doc, start, end):
                continue
            text, alone = doc[start:end].text, end - start == 1
            if not text[0].isupper() or _MEDIA.search(text) or _NO_ORGANISATION.search(text):
                continue
            if _is_thing(doc[start:end]) or (not alone and doc[end - 1].text in gazetteer.people()):
                continue  # "*Rolando* Estrada" is somebody, and no organisation
            if text.lower() in self.known or (
                alone and (doc[start].lower_ in _NO_NAME_ALONE or doc[start].text in surnames)
            ):
                continue
            root = doc[start:end].root
            place = root.dep_ == "pobj" and (
                root.head.lower_ in _LOCATIVE
                or (root.head.lower_ == "from" and doc[end : end + 1].text == "to")  # "a line from *Termez* to Kabul"
            )
            only_in_titles = start in titled and text not in elsewhere
            if slug(text) != "ORG:" and not (place and alone) and not only_in_titles:
                found.append(mention.make(doc, start, end, (slug(text),), "organisation"))
        return filter_spans([*found, *_again(doc, found, taken)])


def _in_its_time(spans: list[Span], called: Counter[str]) -> list[Span]:
    """The same mentions, but that a capital stands for the former state where the text names that one more often than
    today's; `called` counts those names."""
    return [
        mention.make(span.doc, span.start, span.end, (former,), span.label_)
        if (former := _FORMER.get(span.text, "")) and called[former] > called[span.kb_id_]
        else span
        for span in spans
    ]


def _in_bylines(doc: Doc) -> set[int]:
    """Tokens of bylines and datelines: where a report was written, and for whom, does nothing in it."""
    return {token.i for block in doc.spans.get("blocks", []) if block.label_ == "byline" for token in block}


def _title_case(block: Span) -> bool:
    """Whether most words of a block have a capital, so that one more says nothing of a name."""
    words = [token.text for token in block if token.is_alpha]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _run(doc: Doc, start: int, taken: set[int]) -> int:
    """The end of the name that begins at `start`: capitalised words, with "de" or "al-" between them."""
    end = at = start
    while at < len(doc) and at not in taken and at - end < 2:
        token = doc[at]
        if token.text[0].isupper() and (token.pos_ in ("PROPN", "X") or token.text.isupper()):
            end = at + 1
        elif end == start or not (token.lower_ in _PARTICLES or token.text == "-"):
            break
        at += 1
    return end


def _in_capitals(block: Span) -> Iterator[tuple[str, int, int]]:
    """Names in a block of capitals, as the matcher would give them."""
    known = gazetteer.in_capitals()
    for start in range(block.start, block.end):
        for end in range(start + 1, min(start + LONGEST, block.end) + 1):
            for entry in known.get(block.doc[start:end].text, ()):
                yield f"{entry.form} {entry.actor}", start, end


def _announced(doc: Doc, taken: set[int]) -> list[tuple[int, int]]:
    """Names beside the noun that says what they name: "the contractor, *Hexi Hydraulic*", "*Lurio Gas*, a company"."""
    found = []
    for token in doc[:-2]:
        if token.lower_ not in _ORGANISATION_NOUNS or token.tag_ not in ("NN", "JJ"):
            continue
        if token.dep_ == "pobj" and token.head.head.lower_ in gazetteer.titles():
            continue  # "a spokesman for *the alliance*, Dirk Verhaegen"
        start = token.i + 1 + (doc[token.i + 1].text == ",")
        end = _run(doc, start, taken)
        if end > start and not doc[start].is_sent_start:
            found.append((start, end))
        at = token.i - 1
        while at > 0 and doc[at].text != "," and not doc[at + 1].is_sent_start and token.i - at < 7:
            at -= 1
        if token.dep_ == "appos" and doc[at].text == "," and doc[at + 1].lower_ in ("a", "an", "the"):
            start = at
            while start > 0 and _run(doc, start - 1, taken) == at:
                start -= 1
            if start < at:
                found.append((start, at))
    return found


def _again(doc: Doc, found: list[Span], taken: set[int]) -> list[Span]:
    """Wherever the text repeats the name of an organisation that it has named, or the first word of it."""
    names: dict[str, dict[tuple[str, ...], str]] = {}
    for span in found:
        same = names.setdefault(span[0].text, {})
        same[tuple(token.text for token in span)] = span.kb_id_
        if len(span[0]) > 4:
            same.setdefault((span[0].text,), span.kb_id_)
    again = []
    for token in doc:
        for name, actor in names.get(token.text, {}).items():
            end = token.i + len(name)
            if tuple(t.text for t in doc[token.i : end]) == name and taken.isdisjoint(range(token.i, end)):
                again.append(mention.make(doc, token.i, end, (actor,), "organisation"))
    return again


def _is_office(doc: Doc, start: int, end: int) -> bool:
    """Whether the words are a government's body ("the Foreign Ministry") or part of an office ("Energy Minister")."""
    last, first = doc[end - 1].lower_, doc[start].lower_
    of = start + 1 < end and doc[start + 1].lower_ == "of" and first in _GOVERNMENT_BODIES
    if of or last in _GOVERNMENT_BODIES or first in _GOVERNMENT_WORDS or (first, last) == ("central", "bank"):
        return True
    return end < len(doc) and doc[end].lower_ in gazetteer.titles()


def _is_thing(name: Span) -> bool:
    """Whether a name is a ship's, a newspaper's or a place's: "the tanker *Nordlicht*", "the *Attari* border post"."""
    doc, root = name.doc, name.root
    after = doc[name.end : name.end + 1]
    before = doc[name.start - 1].lemma_.lower() if name.start else ""
    borne = root.dep_ == "appos" and root.head.lemma_.lower() in _BEARERS
    return borne or before in _BEARERS or (bool(after) and after[0].lower_ in _SITES)
