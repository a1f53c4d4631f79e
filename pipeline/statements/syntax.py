"""What the arcs around a token say, whoever the mentions are.

The arcs are those of spaCy's English models (ClearNLP labels: nsubj, nsubjpass, dobj, dative, agent, prep, pobj, …).
"""

from __future__ import annotations

from itertools import pairwise

from spacy.tokens import Token

from pipeline.article.tokenizer import ahead
from pipeline.verbs.lexicon import entry_of
from pipeline.words import words

_OTHERS = words("others")
_RECIPROCAL = {("each", "other"), ("one", "another"), ("the", "other"), ("the", "others")}
_CLAUSE = 12
"""Tokens after a predicate in which "each other" is looked for."""
_JUDGING = words("judging")
_TIMES = frozenset({"after", "before", "since", "until"})
LIST = 20
"""Names that are read of a list, and words that belong to one: a longer one is no coordination that a verb joins."""
DEPTH = 4


def as_did(clause: Token) -> bool:
    """Whether a clause says only that another does the same: "as did Oslo", but not "as Oslo did with Lima"."""
    as_did = clause.lemma_ in ("be", "do", "have") and any(word.lower_ == "as" for word in clause.lefts)
    return as_did and clause.dep_ == "advcl" and all(child.dep_ != "prep" for child in clause.children)


def together(preposition: Token) -> bool:
    """Whether a preposition is that of "together with"."""
    return preposition.lower_ == "with" and any(word.lower_ == "together" for word in preposition.lefts)


def set_apart(noun: Token) -> bool:
    """Whether a noun is only listed to be left out, or begins a clause without a verb: "Riga but *not Oslo*", "Riga
    expelled nine envoys and *Oslo three*"."""
    after = noun.doc[noun.i + 1 : noun.i + 2].text
    return any(child.dep_ == "neg" or (child.dep_ == "nummod" and child.text == after) for child in noun.children)


def reciprocal(predicate: Token) -> bool:
    """Whether it is done to "each other", or to "one another's" something."""
    for one, other in pairwise(ahead(predicate.doc, predicate.i + 1, _CLAUSE)):
        if (one.lower_, other.lower_) in _RECIPROCAL and other.dep_ != "amod":
            verb = next((above for above in other.ancestors if above.pos_ in ("VERB", "AUX")), predicate)
            return predicate.is_ancestor(other) and (predicate.i == verb.i or verb.is_ancestor(predicate))
    return False


def is_act(noun: Token) -> bool:
    """Whether a noun is a predicate: who fires "in *support* of Riga" does not fire on it."""
    return entry_of(noun, "noun") is not None


def is_others(noun: Token) -> bool:
    """Whether a noun names what the clause's subject has not done: "condemned the *attack*", "since the *attack*"."""
    if noun.dep_ in ("dobj", "nsubjpass"):
        return noun.head.lemma_.lower() in _JUDGING
    act = entry_of(noun, "noun")
    return noun.dep_ == "pobj" and noun.head.lower_ in _TIMES and act is not None and act.quad == 4


def suffers(preposition: Token) -> bool:
    """Whether it says to whom the act before it is done, and not by whom: "the bombing *of* Riga"."""
    act = entry_of(preposition.head, "noun")
    return act is not None and act.quad >= 3 and preposition.lower_ in act.target


def elsewhere(noun: Token) -> bool:
    """Whether a noun is not of its owner's country: "Oslo's *partners* from Riga"."""
    return noun.lemma_ in _OTHERS and any(child.lower_ in ("from", "in") for child in noun.rights)


def relative(pronoun: Token) -> Token | None:
    """The noun that a relative pronoun stands for."""
    token = pronoun
    for _ in range(DEPTH):
        token = token.head
        if token.dep_ == "relcl":
            return token.head
    return None


def coordinated(token: Token) -> list[Token]:
    """The tokens coordinated to one, as `Token.conjuncts` has them, but of a long list only those around it."""
    first = token
    for _ in range(LIST):
        if first.dep_ != "conj":
            break
        first = first.head
    found: list[Token] = []
    level = [first]
    while level and len(found) < 2 * LIST:
        found += level
        level = [child for above in level for child in above.rights if child.dep_ == "conj"]
    return sorted((other for other in found if other.i != token.i), key=lambda other: other.i)


def passive(verb: Token) -> bool:
    """Whether something is done to whom the clause of a verb is about: "Riga was *condemned* and *sanctioned*"."""
    for _ in range(LIST):
        if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.lefts):
            return True
        if verb.dep_ != "conj" or verb.tag_ != "VBN" or any(c.dep_ in ("nsubj", "aux") for c in verb.children):
            break
        verb = verb.head
    return verb.tag_ == "VBN" and verb.dep_ == "acl"


def agents(verb: Token) -> list[Token]:
    """The nouns that name who does what a passive says, or a verb coordinated to it."""
    return [
        noun
        for participle in (verb, *coordinated(verb))
        for child in participle.children
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by")
        for noun in child.children
        if noun.dep_ == "pobj"
    ]
