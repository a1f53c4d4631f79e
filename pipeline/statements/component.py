"""The spaCy component "statements": candidate statements, before the classifier has its say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from pipeline.actors import mention
from pipeline.article.tokenizer import trimmed
from pipeline.statements import statement
from pipeline.statements.arguments import Arguments
from pipeline.statements.statement import Statement
from pipeline.statements.syntax import reciprocal
from pipeline.verbs.component import KEY as VERBS
from pipeline.verbs.component import predicate_of
from pipeline.verbs.lexicon import predicates
from pipeline.verbs.status import comes_to_nothing, gives_up, is_settled, status
from pipeline.words import words

SILENT = frozenset({"boilerplate", "byline"})
"""Blocks in which nobody takes a stance."""
MAX_ACTORS = 6
"""A sentence with more actors is a list: of them only those pairs are candidates that its syntax joins, and those at
most `NEAR` mentions apart."""
NEAR = 2
_TOPICAL = frozenset({"about", "concerning", "on", "over", "regarding"})
_TO_TOPIC = ("amod", "compound", "conj", "nmod", "pobj", "poss")
_ARCS = 8
"""Arcs at most between a topic and its predicate."""
_ADDRESSING = words("addressing")
_FORGOING = words("forgoing")
_WHEN = frozenset({"after", "as", "before", "since", "when", "while"})
_SAYING = words("saying")


@Language.factory("statements", requires=["token.dep", "doc.spans"], default_config={"unlinked": True})
def create_statements(nlp: Language, name: str, unlinked: bool) -> Statements:
    """The component. With `unlinked`, pairs that only share a sentence with a verb are candidates too."""
    return Statements(unlinked)


def _within(spans: list[Span], sentence: Span) -> list[Span]:
    """Those of `spans`, in order, that begin in the sentence."""
    first, last = (bisect_left(spans, at, key=lambda span: span.start) for at in (sentence.start, sentence.end))
    return spans[first:last]


@dataclass(frozen=True, slots=True)
class _Join:
    """A predicate with the mentions that fill its slots."""

    verb: Span
    sources: list[Span]
    targets: list[Span]

    def counts(self, mentions: int, arguments: Arguments) -> bool:
        """Whether it is a predicate here: no part of a name; a noun only where a sentence names two actors, whom it
        may be about, and an adjective only where it describes one of them."""
        ends = (arguments.owner.get(at) for at in (self.verb.start, self.verb.end - 1))
        if any(span is not None and span.label_ != "reference" for span in ends):
            return False
        pos = predicate_of(self.verb).pos
        return pos == "verb" or (mentions > 1 and (pos == "noun" or bool(self.sources or self.targets)))


class Statements:
    """Joins mentions through predicates: by syntax, and by sharing a sentence where the classifier will decide."""

    def __init__(self, unlinked: bool = True) -> None:
        self.unlinked = unlinked

    def __call__(self, doc: Doc) -> Doc:
        mentions = sorted(doc.spans.get(mention.KEY, []), key=lambda span: span.start)
        verbs = list(doc.spans.get(VERBS, []))
        arguments = Arguments(mentions)
        blocks = list(doc.spans.get("blocks", []))
        found: list[Statement] = []
        kept: list[Span] = []
        for sentence in doc.sents:
            here = _within(mentions, sentence)
            joins = [_Join(verb, *arguments.roles(verb.root, predicate_of(verb))) for verb in _within(verbs, sentence)]
            joins = [join for join in joins if join.counts(len(here), arguments)]
            kept += [join.verb for join in joins]
            if not here:
                continue
            at = bisect_right(blocks, sentence.start, key=lambda b: b.start) - 1
            block = blocks[at] if at >= 0 and sentence.start < blocks[at].end else None
            if blocks and (block is None or block.label_ in SILENT or block.id_ == "repeat"):
                continue
            found += self._sentence(sentence, here, joins, arguments, block.label_ if block else "body", len(found))
        if VERBS in doc.spans:
            doc.spans[VERBS] = kept
        statement.store(doc, found)
        return doc

    def _sentence(
        self,
        sentence: Span,
        mentions: list[Span],
        joins: list[_Join],
        arguments: Arguments,
        block: str,
        offset: int,
    ) -> list[Statement]:
        """All candidates of one sentence; at most one an ordered pair of actors."""
        mutual = [join for join in joins if _both_ways(join.verb)]
        best: dict[tuple[str, str], Statement] = {}
        chosen: dict[tuple[str, str], Token] = {}
        bounds = trimmed(sentence)
        for verb, source, source_id, target, target_id in [*_linked(joins), *_reported(joins, arguments)]:
            key = (source_id, target_id)
            candidate = _candidate(bounds, source, source_id, target, target_id, verb, block, arguments)
            known = chosen.get(key)
            if (
                known is None
                or _outweighs(verb.root, known)
                or (_closer(candidate, best[key]) and not _outweighs(known, verb.root))
            ):
                best[key], chosen[key] = candidate, verb.root
        actors = dict.fromkeys(actor for m in mentions for actor in mention.actors_of(m))
        if self.unlinked:
            around = [join.verb for join in joins] or _verbs(sentence)
            reach = len(mentions) if len(actors) <= MAX_ACTORS else NEAR
            topics = _topics(mentions, mutual)
            for (source_id, target_id), pair in _nearest(_parties(mentions), reach).items():
                beside = target_id in topics.get(pair[0].start, ()) or source_id in topics.get(pair[1].start, ())
                if (source_id, target_id) not in best and not beside:
                    verb = _beside(around, *pair)
                    candidate = _candidate(bounds, pair[0], source_id, pair[1], target_id, verb, block, arguments)
                    candidate.linked = False
                    best[source_id, target_id] = candidate
        ordered = sorted(best.values(), key=lambda s: (s.verb_span, s.source_span, s.target_span))
        where = {(s.source, s.target): offset + index for index, s in enumerate(ordered)}
        both_ways = {(join.verb.start_char, join.verb.end_char) for join in mutual}
        for s in ordered:
            s.mutual = where.get((s.target, s.source)) if s.verb_span in both_ways else None
        return ordered


def _parties(mentions: list[Span]) -> list[Span]:
    """Without those that only say whose an organisation is: "*Yemen's* Houthi movement"."""
    bodies = {token.i for span in mentions if span.kb_id_.startswith("ORG:") for token in span}
    owners = ("amod", "compound", "nmod", "poss")
    return [span for span in mentions if not (span.root.dep_ in owners and span.root.head.i in bodies - {span.root.i})]


def _topics(mentions: list[Span], mutual: list[_Join]) -> dict[int, set[str]]:
    """The mentions, by their first token, that only say what some talk, agree or work together about, and who these
    are: "talks on *Peru*", "cooperate on the *Peruvian* threat", but not "talks on sanctions against *Peru*"."""
    about = {i: join for join in mutual for i in range(join.verb.start, join.verb.end)}
    found: dict[int, set[str]] = {}
    for named in mentions if about else ():
        token, topical = named.root, False
        for _ in range(_ARCS):
            if token.i in about:
                join = about[token.i]
                if topical:
                    found[named.start] = {a for m in (*join.sources, *join.targets) for a in mention.actors_of(m)}
                break
            topical = topical or token.lower_ in _TOPICAL
            if token.dep_ not in _TO_TOPIC and not topical:
                break
            token = token.head
    return found


def _both_ways(verb: Span) -> bool:
    """Whether a predicate holds in both directions: by its nature, or done to "each other"."""
    return predicate_of(verb).mutual or reciprocal(verb.root)


def _linked(joins: list[_Join]) -> Iterator[tuple[Span, Span, str, Span, str]]:
    for join in joins:
        given = [(m, a) for m in join.sources for a in mention.actors_of(m)]
        taken = [(m, a) for m in join.targets for a in mention.actors_of(m)]
        pairs = [(s, t) for s in given for t in taken]
        if not taken and (predicate_of(join.verb).among or _both_ways(join.verb)):
            pairs += permutations(given, 2)
        elif _both_ways(join.verb) and not _one_sided(join.verb):
            pairs += [(t, s) for s in given for t in taken]
        for (source, source_id), (target, target_id) in pairs:
            theirs = target is not source and source_id in mention.actors_of(target)  # "Oslo and Riga cut *their* aid"
            if source_id != target_id and not theirs:
                yield join.verb, source, source_id, target, target_id


def _one_sided(verb: Span) -> bool:
    """Whether only the source has a part in that two do not do something: who refuses to meet, or ends a pact."""
    return status(verb) == "negated" or (verb.root.dep_ == "dobj" and comes_to_nothing(verb.root, others=False))


def _undone(verb: Span, source: str, arguments: Arguments) -> bool:
    """Whether a noun comes to nothing by its source's own act: "the US ended *US* support", but not "Riga blocked
    *US* support"."""
    noun = verb.root
    if not comes_to_nothing(noun, others=False):
        return False
    owners = {a for m in arguments.fill(noun, "possessor", "noun") for a in mention.actors_of(m)}
    doers = {a for m in arguments.subjects(noun.head) for a in mention.actors_of(m)} if noun.dep_ == "dobj" else set()
    return comes_to_nothing(noun, others=bool(owners - {source} or (doers and source not in doers)))


def _reported(joins: list[_Join], arguments: Arguments) -> Iterator[tuple[Span, Span, str, Span, str]]:
    """To say that another does harm is to accuse: "*Oslo said* Riga had armed the rebels"."""
    for join in joins:
        verb = join.verb.root
        saying = _saying(verb)
        if saying is None or predicate_of(join.verb).quad < 3 or status(join.verb) == "negated" or reciprocal(verb):
            continue
        key = f"{saying.lemma_.lower()}/report"
        if key not in predicates():
            continue
        told = Span(saying.doc, saying.i, saying.i + 1, label="ACCUSE", span_id=key)
        for source in arguments.subjects(saying):
            for target in join.sources:
                for one in mention.actors_of(source):
                    for other in mention.actors_of(target):
                        if one != other:
                            yield told, source, one, target, other


def _verbs(sentence: Span) -> list[Span]:
    """What a sentence without a predicate of the lexicon may say it with: its verbs, else its root."""
    return [sentence.doc[t.i : t.i + 1] for t in sentence if t.pos_ == "VERB"] or [
        sentence.doc[sentence.root.i : sentence.root.i + 1]
    ]


def _beside(verbs: list[Span], source: Span, target: Span) -> Span:
    """The verb, out of some in order, that stands closest to both mentions."""
    first = bisect_left(verbs, min(source.start, target.start), key=lambda verb: verb.start)
    return min(
        verbs[max(0, first - 1) : first + 1],
        key=lambda verb: abs(verb.start - source.start) + abs(verb.start - target.start),
    )


def _outweighs(one: Token, other: Token) -> bool:
    """Whether a predicate is what another hands over ("sent Riga a letter *threatening* …", "gave it a *warning*"), or
    its clause is the one that the other's dates ("*refused* to meet envoys when they visited Riga")."""
    if one.dep_ == "xcomp" and one.head.i == other.i and (other.pos_ == "ADJ" or other.lemma_ in _FORGOING):
        return True  # "refused to *impose* sanctions on Riga", "is ready to *sue* it"
    handed = other.lemma_ in _ADDRESSING and one.head.i == other.i
    if handed and (one.dep_ == "dobj" or (one.dep_ == "advcl" and one.tag_ == "VBG")):
        return True
    dated = other.dep_ == "advcl" and any(word.lower_ in _WHEN for word in other.lefts)
    return dated and one.pos_ == "VERB" and one.is_ancestor(other)


def _closer(one: Statement, other: Statement) -> bool:
    """Whether `one` has its actors nearer to its verb."""

    def spread(s: Statement) -> int:
        return abs(s.verb_span[0] - s.source_span[0]) + abs(s.verb_span[0] - s.target_span[0])

    return spread(one) < spread(other)


def _nearest(mentions: list[Span], reach: int) -> dict[tuple[str, str], tuple[Span, Span]]:
    """For each ordered pair of actors their two mentions that stand closest to one another, at most `reach` apart."""
    found: dict[tuple[str, str], tuple[Span, Span]] = {}
    last: dict[str, int] = {}
    for at, here in enumerate(mentions):
        actors = mention.actors_of(here)
        last = {actor: place for actor, place in last.items() if at - place <= reach} | dict.fromkeys(actors, at)
        for other, place in last.items():
            before = mentions[place]
            for actor in actors:
                known = found.get((other, actor))
                if other != actor and (
                    known is None or here.start - before.start < abs(known[1].start - known[0].start)
                ):
                    found[other, actor], found[actor, other] = (before, here), (here, before)
    return found


def _saying(verb: Token) -> Token | None:
    """The verb of saying whose words `verb` is part of."""
    token = verb
    for _ in range(5):
        if token.dep_ == "ccomp" and token.head.lemma_ in _SAYING:
            return token.head
        if token.head.i == token.i:
            break
        token = token.head
    return None


def _speaker(verb: Token, source: str, arguments: Arguments) -> str:
    """Whoever says that it is so, where that is not the source."""
    saying = _saying(verb)
    said_by = (
        [actor for m in arguments.subjects(saying) for actor in mention.actors_of(m)] if saying is not None else []
    )
    return said_by[0] if said_by and said_by[0] != source else ""


def _candidate(
    sentence: tuple[int, int],
    source: Span,
    source_id: str,
    target: Span,
    target_id: str,
    verb: Span,
    block: str,
    arguments: Arguments,
) -> Statement:
    predicate = predicate_of(verb) if verb.id_ else None
    state = status(verb)
    stance = predicate.stance if predicate else "none"
    if stance == "cooperative" and (state == "negated" or _undone(verb, source_id, arguments)):
        stance = "oppositional"
    elif state == "negated":
        stance = "cooperative" if gives_up(verb) else "none"
    elif stance == "oppositional" and predicate and predicate.pos == "noun" and is_settled(verb.root):
        stance = "cooperative"
    return Statement(
        sentence=sentence,
        source=source_id,
        source_span=(source.start_char, source.end_char),
        target=target_id,
        target_span=(target.start_char, target.end_char),
        verb=predicate.text if predicate else verb.root.lemma_.lower(),
        verb_span=(verb.start_char, verb.end_char),
        root=predicate.root if predicate else "",
        quad=predicate.quad if predicate else 0,
        stance=stance,
        block=block,
        status=state,
        trust=predicate.trust if predicate else 0.0,
        speaker=_speaker(verb.root, source_id, arguments),
    )
