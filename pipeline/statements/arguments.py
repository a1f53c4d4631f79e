"""Who fills the slots of a predicate: from dependency arcs to mentions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from spacy.tokens import Span, Token

from pipeline.actors import mention
from pipeline.statements.syntax import (
    DEPTH,
    LIST,
    agents,
    as_did,
    coordinated,
    elsewhere,
    is_act,
    is_others,
    passive,
    reciprocal,
    relative,
    set_apart,
    suffers,
    together,
)
from pipeline.verbs.lexicon import Predicate
from pipeline.words import words

_OWNERS = ("poss", "amod", "compound", "nmod")
_INSIDE = frozenset({"of", "from", "by", "for", "between", "among"})
_OBJECT_CONTROL = words("object_control")
_OTHERS = words("others")
_BOUNDED = frozenset({"deny"})
"""Predicates that are only about whom their slots name: who "denied attacking Riga" did not reject it."""
_FOES = words("sides") - {"ally"}
_CHARGING = words("charging")
_KEEPING = words("keeping")
_ANSWERS = frozenset({"reciprocate", "respond", "retaliate"})
"""What somebody does to whoever has acted in the clause before."""
_PROMPTING = words("prompting")
_ADDRESSING = words("addressing")
_POSTS = words("posted")
_ANSWERING = words("answering")
_MEDIATING = words("mediating")
_RELATIVE = ("WDT", "WP", "WP$")
_COMPLEMENTS = ("dobj", "dative", "xcomp", "ccomp", "oprd", "acomp")
_LEADING = frozenset({"of", "from", "for", "to", "in"})
_BELOW = 6
"""Arcs below a predicate in which a target is looked for."""
_HYPHENS = ("-", "–", "/")
_BEFORE = 12
"""Tokens before a noun in which two names joined by a hyphen are looked for."""


class Arguments:
    """Looks up arguments in one Doc whose mentions are known by token."""

    def __init__(self, mentions: list[Span]) -> None:
        self.owner = {token.i: span for span in mentions for token in span}

    def stand_for(self, token: Token, depth: int = 0) -> list[Span]:
        """The mentions that the noun phrase headed at `token` stands for, with those coordinated to it."""
        found: list[Span] = []
        others = (t for t in coordinated(token) if t.i > token.i and not set_apart(t))
        for head in [token, *islice(others, LIST)]:
            for span in self._one(head, depth):
                if span not in found:
                    found.append(span)
        return found

    def _one(self, head: Token, depth: int) -> list[Span]:
        if head.i in self.owner:
            return self._hyphened(self.owner[head.i])
        if depth > DEPTH:
            return []
        if head.tag_ in _RELATIVE:
            return self._one(antecedent, depth + 1) if (antecedent := relative(head)) is not None else []
        children = list(head.children)
        for child in children:
            if child.dep_ == "appos" and not set_apart(child) and (found := self.stand_for(child, depth + 1)):
                return found
        # "his Indonesian counterpart" is no more his than "his counterpart from Jakarta"
        apart = head.lemma_ in _OTHERS and any(c.i in self.owner and c.dep_ in _OWNERS[1:] for c in children)
        owners = [
            child
            for child in children
            if child.dep_ in _OWNERS
            and not (child.dep_ == "poss" and (apart or elsewhere(head) or head.lemma_ in _FOES))
        ]
        for child in sorted(owners, key=lambda c: c.dep_ != "poss"):
            found = self.stand_for(child, depth + 1) if child.dep_ == "poss" or child.i in self.owner else []
            if found:
                return found
        for child in children:
            posted = child.lower_ == "for" and head.lemma_.lower() in _POSTS
            inside = child.dep_ in ("prep", "agent") and (child.lower_ in _INSIDE or mention.rules_from(child))
            if inside and not posted and not suffers(child):
                for noun in child.children:
                    if noun.dep_ == "pobj" and (found := self.stand_for(noun, depth + 1)):
                        return found
        if head.dep_ == "appos":  # "the Front, a *force* that …"
            return [self.owner[head.head.i]] if head.head.i in self.owner else []
        return self._pair_before(head)

    def _hyphened(self, span: Span) -> list[Span]:
        """A mention, with the one that a hyphen joins to it: "ROK-*US* drills"."""
        at = span.start - 2
        joined = at >= 0 and at in self.owner and span.doc[at + 1].text in _HYPHENS
        return [self.owner[at], span] if joined else [span]

    def subjects(self, verb: Token, depth: int = 0) -> list[Span]:
        """The mentions that do what `verb` says."""
        if depth > DEPTH:
            return []
        if passive(verb):
            return [span for agent in agents(verb) for span in self.stand_for(agent)]
        for child in verb.children:
            if child.dep_ in ("nsubj", "csubj"):
                return [*self.stand_for(child), *self._joining(child)]
        head = verb.head
        if verb.pos_ == "ADJ":
            return self._complemented(verb, depth + 1)  # "*Riga* is unwilling to pay"
        if verb.dep_ == "conj" and head.pos_ in ("VERB", "AUX"):
            return self._borne_by(head, depth)
        if verb.dep_ == "xcomp":
            if head.lemma_ in _OBJECT_CONTROL and any(child.dep_ == "dobj" for child in head.children):
                ordered = [] if head.lemma_ != "order" else self._borne_by(head, depth)
                return self.objects(head) or ordered  # "*Riga* ordered its army to attack"
            return self._borne_by(head, depth)
        if verb.dep_ in ("advcl", "ccomp") and head.pos_ in ("VERB", "AUX"):
            return self._borne_by(head, depth)
        if verb.dep_ == "pcomp":
            governor = head.head
            if governor.lemma_ in _CHARGING and head.lower_ in ("of", "for", "against"):
                return self.objects(governor)
            if governor.lemma_ in _KEEPING and head.lower_ == "from":
                return self.objects(governor)  # "kept *Riga* from signing"
            if governor.pos_ in ("VERB", "AUX"):
                return self._borne_by(governor, depth)
            return self._noun_subjects(governor, depth + 1)
        if verb.dep_ == "acl" and verb.tag_ == "VB" and (owners := self.fill(head, "possessor", "noun")):
            return owners  # "Riga's decision to *leave*"
        if verb.dep_ in ("acl", "relcl") and head.pos_ in ("NOUN", "PROPN", "PRON"):
            own = self.stand_for(head) if verb.tag_ == "VBG" else []  # "Riga's army, *retreating*"
            return own or self._noun_subjects(head, depth + 1)  # "passed a text *ordering* Riga to …"
        return []

    def _joining(self, subject: Token) -> list[Span]:
        """Who does the same as a subject: "Riga, *together with Oslo*, sued", "Riga sued, *followed by Oslo*", "Riga
        sued, *as did Oslo*"."""
        beside: list[Token] = []
        for child in islice((*subject.children, *subject.head.children), LIST):
            if child.dep_ == "prep" and (child.lower_ == "alongside" or together(child)):
                beside += (noun for noun in child.children if noun.dep_ == "pobj")
            elif child.dep_ in ("acl", "advcl") and child.lemma_ in ("follow", "join"):
                beside += agents(child)
            elif as_did(child):
                beside += (noun for noun in child.children if noun.dep_ == "nsubj")
        return [span for noun in beside for span in self.stand_for(noun)]

    def _borne_by(self, verb: Token, depth: int) -> list[Span]:
        """What the clause of `verb` is about: its agent, or in the passive its patient."""
        if passive(verb):
            for child in verb.children:
                if child.dep_ == "nsubjpass":
                    return self.stand_for(child)
        return self.subjects(verb, depth + 1)

    def objects(self, verb: Token, depth: int = 0) -> list[Span]:
        """The mentions to which `verb` is done."""
        if depth > DEPTH:
            return []
        if passive(verb):
            for child in verb.children:
                if child.dep_ == "nsubjpass":
                    return self.stand_for(child)
            if verb.dep_ == "acl" and verb.lemma_ in _MEDIATING:
                return self._noun_subjects(verb.head)  # "agreed to a truce *brokered* by Oslo"
            if verb.dep_ == "acl":
                return self.stand_for(verb.head) or self._behind(verb)
            if verb.dep_ == "conj" and passive(verb.head):
                return self.objects(verb.head, depth + 1)
            return []
        gap = verb.dep_ == "relcl" and any(c.dep_ == "nsubj" and c.tag_ not in _RELATIVE for c in verb.children)
        for child in verb.children:
            named = child.dep_ == "oprd" and not gap  # but "a charge that Riga *called* baseless"
            if named or child.dep_ in ("dobj", "obj") or (child.dep_ == "ccomp" and child.i in self.owner):
                return self.stand_for(child)
        if gap:
            return self.stand_for(verb.head) or self._behind(verb)  # "the text that Russia *fought*"
        for child in coordinated(verb):  # "criticised and then sanctioned Riga"
            if child.i > verb.i and child.pos_ == "VERB" and child.head.i == verb.i:
                return self.objects(child, depth + 1)
        return []

    def _behind(self, verb: Token) -> list[Span]:
        """Who does, or says, what the noun before a clause sums up: "*Riga* closed the port, a move that Oslo
        *condemned*", "*Oslo* said Riga was to blame, a charge that it *denied*"."""
        noun, own = verb.head, {span.kb_id_ for span in self.subjects(verb)}
        while noun.dep_ == "appos":
            noun = noun.head
        clause = noun.head if noun.dep_ in ("npadvmod", "dobj") else None
        while clause is not None:
            if found := [span for span in self.subjects(clause) if span.kb_id_ not in own]:
                return found
            clause = clause.head if clause.dep_ == "ccomp" else None
        return []

    def _noun_subjects(self, noun: Token, depth: int = 0) -> list[Span]:
        """The mentions behind a noun through the verb that governs it: "Seoul laid *sanctions*", "held *talks*"."""
        if depth > DEPTH:
            return []
        head = noun.head
        if noun.dep_ in ("dobj", "nsubjpass") and head.lemma_ in _MEDIATING:
            return []
        if noun.dep_ in ("dobj", "obj", "attr", "oprd", "acomp") and head.pos_ in ("VERB", "AUX"):
            return self.subjects(head, depth)
        if noun.dep_ == "nsubjpass":
            return [span for agent in agents(head) for span in self.stand_for(agent)]
        if noun.dep_ == "pobj" and head.head.pos_ in ("VERB", "AUX"):
            return self.subjects(head.head, depth)
        if noun.dep_ == "conj":
            return self._noun_subjects(head, depth + 1)
        if noun.dep_ == "appos":
            return self._one(head, depth + 1)
        return []

    def _prepositions(self, token: Token, name: str) -> Iterator[Token]:
        """Objects of the preposition `name` at a predicate, or at the verb or object that it goes with."""
        places = [
            token,
            *(c for c in token.children if c.dep_ in ("dobj", "prt", "acomp", "advmod", "attr", "nsubjpass")),
        ]
        if token.pos_ not in ("VERB", "AUX") and token.head.pos_ in ("VERB", "AUX"):
            places.append(token.head)
        if token.dep_ == "conj":
            places.append(token.head)
        for place in places:
            for child in place.children:
                if child.dep_ == "agent" and token.dep_ == "nsubjpass":
                    continue  # "the bombing was condemned *by* Oslo"
                if child.dep_ in ("prep", "agent", "dative") and child.lower_ == name and child.i != token.i:
                    nouns = (noun for noun in child.children if noun.dep_ in ("pobj", "pcomp"))
                    yield from (noun for noun in nouns if name != "in" or not is_act(noun))
                    for nested in child.children:  # "opposition from within Riga"
                        if nested.dep_ == "prep":
                            yield from (noun for noun in nested.children if noun.dep_ == "pobj")

    def fill(self, token: Token, slot: str, pos: str) -> list[Span]:
        """The mentions in one slot of the predicate at `token`."""
        if slot == "subject":
            if pos == "verb":
                return self.subjects(token)
            if pos == "adjective":
                return self._complemented(token)
            return [] if is_others(token) else self._noun_subjects(token)
        if slot == "object":
            return self.objects(token)
        if slot == "indirect":
            datives = [child for child in token.children if child.dep_ == "dative"]
            return [span for child in datives for span in self.stand_for(child)]
        if slot == "possessor":
            return [
                span
                for child in token.children
                if child.dep_ in _OWNERS and (child.dep_ == "poss" or child.i in self.owner)
                for span in self.stand_for(child)
            ]
        return [span for noun in self._prepositions(token, slot) for span in self.stand_for(noun)]

    def _complemented(self, adjective: Token, depth: int = 0) -> list[Span]:
        """Whom an adjective describes: "Oslo is *critical* of Riga", "Oslo, *wary* of Riga", "remained *at odds*"."""
        head = adjective.head
        if adjective.pos_ == "VERB" and (found := self.objects(adjective) or self.subjects(adjective)):
            return found
        if head.pos_ in ("VERB", "AUX"):
            return self._borne_by(head, depth)
        if head.pos_ in ("NOUN", "PROPN"):
            return self._one(head, depth) or self._noun_subjects(head, depth)
        return []

    def roles(self, token: Token, predicate: Predicate) -> tuple[list[Span], list[Span]]:
        """Sources and targets of the predicate at `token`; of a mutual one the sources may be all."""
        sources = self._sources(token, predicate)
        filled = (self.fill(token, slot, predicate.pos) for slot in predicate.target)
        actors = {span.kb_id_ for span in sources}  # not "*its* embassy in Riga"
        targets = next(filter(None, ([s for s in slot if s.kb_id_ not in actors] for slot in filled)), [])
        if not targets and sources and token.pos_ == "NOUN" and token.head.lemma_ in _ANSWERING:
            # "Riga *rejected* Oslo's demand"
            targets = [span for span in self._noun_subjects(token) if span not in sources]
        bounded = (predicate.among and len(sources) > 1) or reciprocal(token) or predicate.text in _BOUNDED
        if not targets and not bounded:
            targets = self._within(token, sources)
        return sources, [span for span in targets or self._addressed(token, predicate) if span not in sources]

    def _sources(self, token: Token, predicate: Predicate) -> list[Span]:
        """Who does what the predicate says, or has a part in it."""
        if predicate.mutual and predicate.pos == "noun" and (pair := self._pair_before(token)):
            return pair
        # "followed *Riga's* talks with Oslo", "hosted talks between *Riga* and *Oslo*": whose it is comes before whose
        # clause it stands in; "in support *of* Riga", "criticism *of* Riga": its source only where nobody else is
        rank = {"between": -2, "possessor": -1, "of": int("of" in predicate.target)}
        slots = sorted(predicate.source, key=lambda slot: rank.get(slot, 0))
        found = next(filter(None, (self.fill(token, slot, predicate.pos) for slot in slots)), [])
        # "relations between Riga and Oslo were *normalised*"
        return found or (self.objects(token) if predicate.mutual else [])

    def _addressed(self, token: Token, predicate: Predicate) -> list[Span]:
        """At whom a clause without a target is aimed, by the clause that governs it."""
        head = token.head
        prompted = token.dep_ == "xcomp" and head.lemma_ in _PROMPTING  # "Oslo shelled Riga, prompting it to *answer*"
        if prompted or (token.dep_ == "conj" and predicate.words[0] in _ANSWERS):
            return self.subjects(head)
        if token.dep_ == "advcl" and token.tag_ == "VBG" and head.lemma_ in _ADDRESSING:
            # "wrote to Riga *demanding* an apology"
            return [*self.fill(head, "indirect", "verb"), *self.fill(head, "to", "verb")]
        return []

    def _pair_before(self, noun: Token) -> list[Span]:
        """The two mentions that a hyphen joins before a noun that they modify: "*ROK-US* joint military drills"."""
        for token in noun.doc[max(noun.left_edge.i, noun.i - _BEFORE) : noun.i]:
            after = self.owner.get(token.i + 1) if token.text in _HYPHENS else None
            if after is not None and len(pair := self._hyphened(after)) > 1:
                return pair
        return []

    def _within(self, token: Token, but: list[Span]) -> list[Span]:
        """The mentions nearest below a predicate that fill no slot of it: "refused to build *Tonga* a dock"."""
        told = {child.dep_ for child in token.children}
        if token.lemma_ in _OBJECT_CONTROL and "dobj" in told and told & {"xcomp", "ccomp"}:
            return []  # "urged *citizens* to leave Riga"
        actors = {span.kb_id_ for span in but}
        level = [token]
        for _ in range(_BELOW):
            level = [child for above in level for child in above.children if self._leads_on(above, child, token)]
            does = [t for t in level if t.dep_ == "nsubj" and t.head.dep_ == "ccomp"]  # "helped *Riga* to repel Oslo"
            found = [span for t in does or level for span in self.stand_for(t) if span.kb_id_ not in actors]
            if found:
                return list(dict.fromkeys(found))
        return []

    @staticmethod
    def _leads_on(above: Token, child: Token, top: Token) -> bool:
        if child.dep_ in _COMPLEMENTS:
            return True
        if child.dep_ == "prep" and child.lower_ in _LEADING:
            return above.i == top.i or not suffers(child)
        if above.lower_ == "in" and is_act(child):
            return False
        if child.dep_ == "nsubj" and above.dep_ == "relcl":
            return False  # "a treaty that *Riga* had kept"
        return above.i != top.i and child.dep_ in ("nsubj", "pobj", "pcomp", "acl", "relcl", *_OWNERS)
