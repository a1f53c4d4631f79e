"""The spaCy component "diplomatic_verbs".

Predicates are the spans of `doc.spans["diplomatic_verbs"]`: `span.label_` is the root code, `span.id_` the key of the
lexicon entry.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.article.tokenizer import ahead
from pipeline.verbs.lexicon import Predicate, by_first_word, entry_of, predicates
from pipeline.verbs.status import owned

KEY = "diplomatic_verbs"
_POS = {"VERB": ("verb", "adjective"), "AUX": ("verb",), "NOUN": ("noun",), "PROPN": ("noun",), "ADJ": ("adjective",)}
_ENDINGS = ("ed", "es", "ing")
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeioushwxyz]")
"""Words of one syllable that double their last letter before an ending."""
_PARTICLES = frozenset("aside away back down off out up".split())
_REACH = 7
"""Tokens to the right of a predicate in which the rest of its phrase is looked for."""


@Language.factory("diplomatic_verbs", requires=["token.dep", "token.lemma"], assigns=["doc.spans"])
def create_diplomatic_verbs(nlp: Language, name: str) -> DiplomaticVerbs:
    return DiplomaticVerbs()


def predicate_of(span: Span) -> Predicate:
    """The lexicon entry of a span of this component."""
    return predicates()[span.id_]


def _lemma(token: Token) -> str:
    """The lemma in lower case, with the "e" that spaCy takes from short verbs: "spared" is of "spare", not "spar"."""
    lemma = token.lemma_.lower()
    return f"{lemma}e" if token.lower_[len(lemma) :] in _ENDINGS and _SHORT.fullmatch(lemma) else lemma


def _depends(token: Token, head: Token, last: Token) -> bool:
    """Whether `token` is below `head` by at most three arcs, and not what a predicate between them is about that is no
    part of the phrase, which has come to `last`: who "announces a *suspension* of aid" announces no aid."""
    for _ in range(3):
        token = token.head
        if token.i == head.i:
            return True
        if token.pos_ == "NOUN" and token.i > last.i and entry_of(token, "noun") is not None:
            return False
    return False


def _window(token: Token) -> list[tuple[Token, tuple[str, str]]]:
    """The tokens in which the rest of a phrase that begins at `token` may stand, each with the words it counts as."""
    return [(t, (t.lemma_.lower(), t.lower_)) for t in ahead(token.doc, token.i + 1, _REACH)]


def _is_when(token: Token) -> bool:
    """Whether a preposition says when: who "fired a missile *on* Monday" fired on nobody."""
    return token.dep_ == "prep" and any(child.ent_type_ in ("DATE", "TIME") for child in token.rights)


def _is_particle(word: Token) -> bool:
    """Whether a word goes with its verb and governs nothing: "call *in*" the envoy, but not "call him *in* Oslo"."""
    return word.dep_ != "prep" or not any(child.dep_ == "pobj" for child in word.rights)


def _belongs(word: Token, first: Token, last: Token) -> bool:
    """Whether a word goes on a phrase that begins at `first` and has come to `last`. A preposition or a particle stands
    at one of the two: who "approves the sale *of* missiles" does not approve of them. The *to* of an infinitive is
    neither."""
    if word.dep_ == "aux" and word.lower_ == "to":
        return False
    if word.dep_ in ("prep", "prt") or word.lower_ in _PARTICLES:
        return word.head.i in (first.i, last.i)
    return _depends(word, first, last)


def _rest(entry: Predicate, token: Token, window: list[tuple[Token, tuple[str, str]]]) -> Token | None:
    """The last token of the phrase that begins at `token`, or None where the phrase is not there. What comes after is
    below the first word, or above it where that modifies a noun: "*territorial* dispute"."""
    last = token
    noun = entry.pos == "noun"
    for word in entry.words[1:]:
        ends_in = word == "in" and word == entry.words[-1]
        later = (t for t, words in window if word in words and t.i > last.i and not _is_when(t))
        later = (t for t in later if not ends_in or _is_particle(t))
        match = next((t for t in later if _belongs(t, token, last) or (noun and _depends(token, t, token))), None)
        if match is None:
            return None
        last = match
    whole = entry.pos != "verb" or last.dep_ != "compound" or last.head.i < last.i  # no "*cut import* duties"
    return last if whole else None


def _is_hosted(noun: Token, verb: Token) -> bool:
    """Whether what the noun names is between others than who does the verb: "hosted *talks* between Riga and Oslo"."""
    return verb.pos_ == "VERB" and any(child.lower_ == "between" for child in (*noun.rights, *verb.rights))


class DiplomaticVerbs:
    """Finds the predicates of the lexicon by lemma, part of speech and dependency."""

    def find(self, token: Token) -> Span | None:
        """The predicate that begins at `token`. The month of March is none."""
        if token.ent_type_ == "DATE" and token.text[0].isupper():
            return None
        lemma = _lemma(token)
        kinds = _POS.get(token.pos_, ())
        if token.pos_ in ("ADP", "ADV"):
            kinds = ("adjective",)
        entries = [entry for kind in kinds for entry in by_first_word().get((lemma, kind), ())]
        modifies = token.pos_ != "VERB" or token.dep_ == "amod"
        if "noun" not in kinds and modifies:  # "*close* ties", "*strained* relations"
            forms = dict.fromkeys((lemma, token.lower_))
            entries = [e for f in forms for e in by_first_word().get((f, "noun"), ()) if len(e.words) > 1] + entries
        window = _window(token) if any(len(entry.words) > 1 for entry in entries) else []
        for entry in entries:
            if (last := _rest(entry, token, window)) is not None:
                return Span(token.doc, token.i, last.i + 1, label=entry.root, span_id=entry.key)
        return None

    def __call__(self, doc: Doc) -> Doc:
        found: list[Span] = []
        ends: dict[int, Span] = {}
        for span in map(self.find, doc):
            if span is None:
                continue
            goes_on = span[0].pos_ == "VERB" and span.end - 1 not in ends  # "asked Riga to *close its port*"
            known = ends.get(span.start) or ends.get(span.end - 1)
            if known is None or goes_on or owned(span.root) or _is_hosted(span.root, known.root):
                found.append(span)  # "held *talks*" is one predicate, "eased its *export curbs*" too
                ends[span.end - 1] = span
        doc.spans[KEY] = found
        return doc
