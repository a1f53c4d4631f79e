"""People: named by spaCy or the gazetteer, tied to the actor that the text names beside them."""

from __future__ import annotations

from spacy.tokens import Doc, Span

from pipeline.actors import gazetteer, mention

_REACH = 9
"""Tokens before a name in which its office and state are looked for."""
_OWN = frozenset({"name", "abbreviation", "adjective", "institution", "capital", "organisation"})
_FAMILY_FIRST = frozenset({"CHN", "PRK", "KOR", "VNM", "TWN", "HKG"})


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end and doc[start].lower_ in gazetteer.titles() | {"the", "a", "mr", "mr.", "mrs", "ms", "ms.", "dr", "dr."}:
        start += 1
    while start < end and (doc[end - 1].tag_ == "POS" or not doc[end - 1].text[0].isalnum()):
        end -= 1
    return start, end


def _has_title(doc: Doc, start: int, end: int) -> bool:
    words = [token.lower_ for token in doc[start:end]]
    text = " ".join(words)
    return any(f" {title} " in f" {text} " for title in gazetteer.titles())


def _tied(doc: Doc, start: int, end: int, owner: dict[int, Span]) -> tuple[str, ...]:
    """The actors beside a person's name: in the title before it, in its apposition, or possessing it."""
    sentence = doc[start].sent
    at = start - 1
    while at >= max(sentence.start, start - _REACH):
        token = doc[at]
        if at in owner:
            span = owner[at]
            between = doc[span.end : start]
            crossed = [t for t in between if t.pos_ in ("VERB", "AUX") or t.text in (";", ".", ":")]
            if not crossed and (
                len(between) == 0
                or _has_title(doc, span.end, start)
                or (len(between) == 1 and between[0].tag_ == "POS")
            ):
                return mention.actors_of(span)
            break
        if token.pos_ in ("VERB", "AUX") or token.text in (";", "."):
            break
        at -= 1
    root = doc[start:end].root
    around = [child for child in root.children if child.dep_ in ("appos", "compound", "poss", "nmod", "amod")]
    if root.dep_ == "appos":
        around.append(root.head)
    for token in around:
        subtree = [t for t in token.subtree if not start <= t.i < end and abs(t.i - root.i) <= 20]
        if token is root.head:
            subtree = [t for t in subtree if t.i < start]
        if not _has_title(doc, subtree[0].i, subtree[-1].i + 1) if subtree else True:
            continue
        for t in subtree:
            if t.i in owner and owner[t.i].label_ in _OWN:
                return mention.actors_of(owner[t.i])
    after = doc[end : min(end + 14, sentence.end)]
    if len(after) > 2 and after[0].text == "," and after[1].lower_ not in ("who", "which", "and"):
        close = next((t.i for t in after[1:] if t.text in (",", ".", ";") or t.pos_ == "VERB"), sentence.end)
        if _has_title(doc, end + 1, close):
            for t in doc[end + 1 : close]:
                if t.i in owner:
                    return mention.actors_of(owner[t.i])
    return ()


def find_people(doc: Doc, named: list[Span]) -> list[Span]:
    """Mentions by personal name; a surname alone stands for the person whose full name came before."""
    owner = {token.i: span for span in named if span.label_ != "person" for token in span}
    known: dict[str, tuple[str, ...]] = {}
    found = []
    candidates = {(span.start, span.end): mention.actors_of(span) for span in named if span.label_ == "person"}
    for ent in doc.ents:
        if ent.label_ == "PERSON" or (ent.label_ in ("ORG", "GPE", "NORP", "FAC") and ent.text in known):
            start, end = _trim(doc, ent.start, ent.end)
            while start < end and start in owner:  # "Russia's Igor Morgulov" in one entity
                start = owner[start].end
                if start < end and doc[start].tag_ == "POS":
                    start += 1
            start, end = _trim(doc, start, end)
            if start < end and not any(s <= start and end <= e for s, e in candidates):
                candidates[start, end] = ()
    for (start, end), actors in sorted(candidates.items()):
        text = doc[start:end].text
        actors = actors or known.get(text, ()) or _tied(doc, start, end, owner)
        if not actors:
            continue
        if end - start > 1:
            known.setdefault(text, actors)
            first_is_family = actors[0] in _FAMILY_FIRST
            known[doc[start].text if first_is_family else doc[end - 1].text] = actors
        known.setdefault(text, actors)
        found.append(mention.make(doc, start, end, actors, "person"))
    taken = {token.i for span in [*found, *named] for token in span}
    families = {name: actors for name, actors in known.items() if " " not in name and name[:1].isupper() and len(name) > 1}
    for token in doc:
        if token.i not in taken and token.text in families and token.pos_ in ("PROPN", "NOUN", "ADJ", "VERB"):
            found.append(mention.make(doc, token.i, token.i + 1, families[token.text], "person"))
    return found
