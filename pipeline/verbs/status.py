"""Whether a predicate is actual, proposed, hypothetical or negated, read off the words that govern it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from spacy.tokens import Span, Token

from pipeline.verbs.lexicon import predicates
from pipeline.words import words

_HYPOTHETICAL = frozenset("could might may would can should".split())
_FUTURE = frozenset("will shall 'll".split())
_PROPOSING = words("proposing")
_ASKING = words("asking")
_DOUBTING = frozenset("fear speculate suspect doubt".split())
_FORGOING = words("forgoing")
_DENYING = words("denying") | _FORGOING
_SETTLING = words("settling")
_SOURING = words("souring")
_WANING = words("waning")
_CONDITIONS = frozenset("if unless whether should".split())
_HAPPENING = words("happening")
"""Verbs that say only that their subject takes place: where one is negated it does not ("talks have not begun")."""
_FAILING = words("failing")
_UNDOING = words("undoing")
_NO = words("no")
_IF = frozenset({"advcl", "ccomp"})
_BESIDE = frozenset("after amid before despite following given notwithstanding since under".split())
_NAMES = frozenset({"GPE", "LOC", "NORP", "ORG", "PERSON"})
_NOBODY = frozenset("neither nobody none nothing".split())


def _above(token: Token) -> Iterator[Token]:
    """The tokens that govern `token` within its clause chain, nearest first, at most three."""
    for _ in range(3):
        ends = token.dep_ in ("relcl", "ROOT", "conj") and token.pos_ in ("VERB", "AUX")
        apart = token.dep_ == "advcl" and any(child.dep_ in ("nsubj", "nsubjpass") for child in token.lefts)
        if token.head.i == token.i or ends or apart or token.dep_ == "appos":
            return
        token = token.head
        yield token


def owned(noun: Token) -> bool:
    """Whether a noun is somebody's in particular: "rejected *Riga's demand*" are two predicates."""
    owners = (child for child in noun.children if child.dep_ in ("poss", "amod", "compound", "nmod"))
    return any(owner.ent_type_ in _NAMES for owner in owners)


def _is_subject(noun: Token) -> bool:
    """Whether a noun is the subject of its clause, or stands in it: "*cooperation* between Oslo and Riga was …"."""
    while noun.dep_ in ("pobj", "prep", "poss", "compound", "amod", "conj"):
        noun = noun.head
    return noun.dep_ in ("nsubj", "nsubjpass")


def _no_longer(verb: Token) -> bool:
    """Whether it has ended: "*no longer* buys", "does not buy *anymore*"."""
    return any(
        (child.lower_ == "longer" and any(map(_negates, child.children)))
        or (child.lower_ == "anymore" and any(other.dep_ == "neg" for other in verb.children))
        for child in verb.children
    )


def _is_adjunct(noun: Token) -> bool:
    """Whether a noun stands beside its clause, whatever that says or denies: "*despite its pact* with Oslo, Riga …"."""
    while noun.dep_ in ("poss", "compound", "amod", "conj"):
        noun = noun.head
    return noun.dep_ == "pobj" and noun.head.lower_ in _BESIDE


def _has_not(verb: Token) -> bool:
    return _no_longer(verb) or any(child.dep_ == "neg" for child in verb.children)


def gives_up(predicate: Span) -> bool:
    """Whether somebody does not, or no longer, do what has been done or could be: "*refused* to condemn"."""
    token = predicate.root if predicate.root.dep_ != "dobj" else predicate.root.head  # "to *join* sanctions on Riga"
    above = list(islice(token.ancestors, 3)) if token.dep_ in ("xcomp", "pcomp") else []
    refused = any(verb.lemma_ in _FORGOING and not _is_denied(verb) for verb in above)
    return refused or any(map(_no_longer, (token, *above)))


def _is_denied(governor: Token) -> bool:
    """Whether a governor or its subject is negated: "has *not* stopped", "*nothing* stopped", "*no* plan"."""
    doers = (child for child in governor.children if child.dep_ in ("nsubj", "nsubjpass"))
    negated = _has_not(governor) or any(map(_negates, governor.children))
    return negated or any(doer.lower_ in _NOBODY for doer in doers)


def _is_past(condition: Token) -> bool:
    """Whether a condition is one that did not hold: "*had* Riga paid", "if Riga *had* paid"."""
    return any(word.lower_ == "had" for word in (condition, *condition.children))


def _has_yet(clause: Token) -> bool:
    """Whether it has not happened so far: "has *yet* to apologise"."""
    yet = (child.lower_ == "yet" for child in clause.head.children)
    return clause.dep_ == "xcomp" and clause.head.lemma_ in ("be", "have") and any(yet)


def _proposes(governor: Token) -> bool:
    """Whether what a word governs is yet to come. Who calls for something does so, and not who calls somebody names."""
    calls = governor.lemma_ != "call" or any(child.lower_ in ("for", "on", "upon") for child in governor.children)
    return governor.lemma_ in _PROPOSING and calls


def _voted_down(token: Token) -> bool:
    """Whether somebody decides against it: "voted *against sending* troops", "*against* the *deal*"."""
    return token.head.lower_ == "against" and token.head.head.lemma_ in ("decide", "rule", "vote")


def _wanes(noun: Token) -> bool:
    """Whether a noun says that another comes to an end: "the *end of* cooperation", "a *lack of* trust"."""
    return noun.lemma_.lower() in _WANING


def _shelves(verb: Token) -> bool:
    """Whether a verb and its particle undo something: "*put* the talks *on hold*", "*cut off* the talks"."""
    on_hold = (p.lower_ == "on" and any(t.lower_ in ("hold", "ice") for t in p.children) for p in verb.children)
    if verb.lemma_ == "cut":
        return any(child.lower_ == "off" for child in verb.children)
    return verb.lemma_ == "put" and any(on_hold)


def comes_to_nothing(noun: Token, others: bool) -> bool:
    """Whether the verb says that what a noun names is over, or did not succeed: "the *talks* broke down", "suspended
    the *agreement*". What is the `others`' is rather rejected: "suspended Riga's *membership*"."""
    verb = noun.head
    if noun.dep_ == "pobj" and (_voted_down(noun) or (noun.head.lower_ in ("in", "of") and _wanes(noun.head.head))):
        return True
    if noun.dep_ in ("dobj", "nsubjpass") and verb.lemma_ in _SOURING:
        return True
    if noun.pos_ == "VERB" or verb.pos_ not in ("VERB", "AUX"):
        return False
    if noun.dep_ in ("dobj", "nsubjpass"):
        return (verb.lemma_ in _UNDOING or _shelves(verb)) and not others
    if verb.lemma_ == "be":
        return noun.dep_ == "nsubj" and any(c.dep_ == "acomp" and c.lemma_ in _FAILING for c in verb.children)
    after = {child.lower_ for child in verb.children}
    broken = verb.lemma_ == "break" and after & {"down", "off", "up"}
    without = verb.lemma_ == "end" and "without" in after
    done = verb.lemma_ in _FAILING and all(child.dep_ != "dobj" for child in verb.children)
    return noun.dep_ == "nsubj" and bool(done or broken or without)


def is_settled(noun: Token) -> bool:
    """Whether the verb says that a quarrel is over: "the *rift* has healed", "settled the *dispute*"."""
    return noun.dep_ in ("dobj", "nsubj", "nsubjpass") and noun.head.lemma_ in _SETTLING and not _has_not(noun.head)


def _has_condition(clause: Token) -> bool:
    """Whether a clause holds only if another does: "*if* Riga pays, Oslo will …"."""
    return any(
        condition.dep_ == "advcl"
        and any(word.dep_ == "mark" and word.lower_ in ("if", "unless") for word in condition.children)
        for condition in clause.children
    )


def _negates(word: Token) -> bool:
    before = word.doc[word.i - 1].lower_ if word.i else ""
    return word.lower_ in _NO and before not in ("a", "at")  # "a few", "at least"


def status(predicate: Span) -> str:
    """One of the statuses of `pipeline.labels`; negation outweighs the rest."""
    token = predicate.root
    ends = (predicate.start, predicate.end - 1)  # "held *no* talks", but "signed a *less* ambitious treaty"
    no = (word for word in predicate[1:] if _negates(word) and word.head.i in ends)
    if any(word.lower_ not in predicates()[predicate.id_].words for word in no):
        return "negated"
    chain = [token, *_above(token)]
    ruling = next((above for above in chain[1:2] if above.lemma_ == "rule"), None)
    if ruling and (_has_not(ruling) or (ruling.dep_ == "xcomp" and ruling.head.lemma_ in _DENYING)):
        return "hypothetical"  # "has not ruled out sanctions"
    if ruling and token.tag_ == "VBG" and any(child.lower_ == "out" for child in ruling.children):
        return "negated"  # "ruled out *sending* troops"
    clause = token if token.pos_ in ("VERB", "AUX") else next((t for t in chain if t.pos_ in ("VERB", "AUX")), token)
    # "*sanctions* on Riga will not be lifted": the verb is said of what there is
    apart = clause.i != token.i and _is_subject(token) and clause.lemma_ not in _HAPPENING
    apart = apart or (clause.i != token.i and _is_adjunct(token))
    reach = chain[:1] if apart or token.pos_ == "VERB" else chain[:2]
    if _has_not(token) or any(_negates(child) for link in reach for child in link.children):
        return "negated"
    if token.head.lower_ == "without" and token.dep_ in ("pobj", "pcomp"):
        return "negated"
    if _voted_down(token) and token.dep_ == "pcomp":
        return "negated"
    if apart or (token.dep_ == "dobj" and owned(token)):  # a demand that is rejected has been made
        return "actual"
    doers = [child for child in clause.children if child.dep_ in ("nsubj", "nsubjpass", "agent")]
    nobody = any(word.lower_ in _NOBODY for doer in doers for word in (doer, *doer.children))
    if nobody or _has_not(clause):
        return "negated"
    asked_for = clause.tag_ == "VB" and clause.dep_ in ("ccomp", "acl")  # "proposed that Riga *ease* its ban"
    if clause.dep_ in ("xcomp", "pcomp") or clause.i != token.i or asked_for:
        governors = [t for t in chain[1:] if t.i != token.i]
        denying = [g for g in governors if g.lemma_ in _DENYING and g.pos_ in ("VERB", "NOUN", "ADJ")]
        if denying:  # "never *failed* to thank" is to thank; not to deny is to say nothing
            return "actual" if any(_is_denied(g) and g.lemma_ != "deny" for g in denying) else "negated"
        if _has_yet(clause):
            return "negated"
        proposing = [g for g in governors if _proposes(g)]
        if any(map(_is_denied, proposing)):
            return "negated"  # "does not *plan* to thank", "has no *intention* of thanking"
        if proposing or (token.i == clause.i and clause.head.lemma_ in _ASKING):
            return "proposed"
        if any(g.lemma_ in _DOUBTING for g in governors):
            return "hypothetical"
    if clause.dep_ == "ccomp" and clause.head.lemma_ == "deny" and clause.head.i < clause.i:
        return "negated"
    coming = clause.tag_ == "VB" and any(child.lower_ == "to" and child.dep_ == "aux" for child in clause.children)
    if coming and (clause.dep_ in ("ROOT", "ccomp") or (clause.dep_ == "xcomp" and clause.head.lemma_ == "be")):
        return "proposed"  # "are *to sign*", "Oslo *to send* aid, minister says"
    if _has_condition(clause):
        return "hypothetical"
    helpers = [child for child in clause.children if child.dep_ in ("aux", "auxpass", "mark", "advmod")]
    if clause.dep_ == "conj" and clause.tag_ == "VB" and not helpers:  # "will fine Riga and *press* Oslo"
        clause = clause.head
        helpers = [child for child in clause.children if child.dep_ in ("aux", "mark")]
    if any(h.lower_ == "would" for h in helpers) and clause.dep_ == "ccomp" and clause.head.tag_ in ("VBD", "VBN"):
        return "proposed"  # "said that it *would fine* Riga"
    undone = "have" in {h.lower_ for h in helpers} and any(c.dep_ in _IF and _is_past(c) for c in clause.children)
    if undone and any(h.lower_ in _HYPOTHETICAL for h in helpers):
        return "negated"  # "would have signed *had* Riga paid"
    if any(h.lower_ in _HYPOTHETICAL or (h.dep_ == "mark" and h.lower_ in _CONDITIONS) for h in helpers):
        return "hypothetical"
    if any(h.lower_ in _FUTURE for h in helpers):
        return "proposed"
    return "actual"
