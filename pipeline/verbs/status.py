"""Whether a predicate is actual, proposed, hypothetical or negated, read off the words that govern it."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Span, Token

from pipeline.verbs.lexicon import predicates
from pipeline.words import words

_HYPOTHETICAL = frozenset("could might may would can should".split())
_FUTURE = frozenset("will shall 'll".split())
_PROPOSING = words("proposing")
_DOUBTING = frozenset("fear speculate suspect doubt".split())
_DENYING = words("denying")
_CONDITIONS = frozenset("if unless whether should".split())
_NO = words("no")
_NOBODY = frozenset("neither nobody none".split())


def _above(token: Token) -> Iterator[Token]:
    """The tokens that govern `token` within its clause chain, nearest first, at most three."""
    for _ in range(3):
        if token.head.i == token.i or (token.dep_ in ("relcl", "ROOT", "conj") and token.pos_ in ("VERB", "AUX")):
            return
        token = token.head
        yield token


def owned(noun: Token) -> bool:
    """Whether a noun is somebody's in particular: "rejected *Riga's demand*" are two predicates."""
    return any(child.ent_type_ and child.dep_ in ("poss", "amod", "compound", "nmod") for child in noun.children)


def status(predicate: Span) -> str:
    """One of the statuses of `pipeline.labels`; negation outweighs the rest."""
    token = predicate.root
    if any(word.lower_ in _NO and word.lower_ not in predicates()[predicate.id_].words for word in predicate[1:]):
        return "negated"  # "held *no* talks", "views it *less* favourably"
    chain = [token, *_above(token)]
    lower = [child.lower_ for link in chain[:2] if link.i == token.i or token.pos_ != "VERB" for child in link.children]
    if any(child.dep_ == "neg" for child in token.children) or any(word in _NO for word in lower):
        return "negated"
    if token.head.lower_ == "without" and token.dep_ in ("pobj", "pcomp"):
        return "negated"
    if token.dep_ == "dobj" and owned(token):  # a demand that is rejected has been made
        return "actual"
    clause = token if token.pos_ in ("VERB", "AUX") else next((t for t in chain if t.pos_ in ("VERB", "AUX")), token)
    doers = [child for child in clause.children if child.dep_ in ("nsubj", "nsubjpass", "agent")]
    nobody = any(word.lower_ in _NOBODY for doer in doers for word in (doer, *doer.children))
    if nobody or any(child.dep_ == "neg" for child in clause.children):
        return "negated"
    if clause.dep_ in ("xcomp", "pcomp") or clause.i != token.i:
        governors = [t for t in chain[1:] if t.i != token.i]
        if any(g.lemma_ in _DENYING for g in governors if g.pos_ in ("VERB", "NOUN")):
            return "negated"
        if any(g.lemma_ in _PROPOSING for g in governors):
            return "proposed"
        if any(g.lemma_ in _DOUBTING for g in governors):
            return "hypothetical"
    helpers = [child for child in clause.children if child.dep_ in ("aux", "auxpass", "mark", "advmod")]
    if any(h.lower_ in _HYPOTHETICAL or (h.dep_ == "mark" and h.lower_ in _CONDITIONS) for h in helpers):
        return "hypothetical"
    if any(h.lower_ in _FUTURE for h in helpers):
        return "proposed"
    return "actual"
