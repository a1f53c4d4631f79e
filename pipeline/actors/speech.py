"""Who says what stands between quotation marks."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from pipeline.actors import mention
from pipeline.actors.discourse import office
from pipeline.words import words

SAYING = words("saying")
_SUBJECTS = ("nsubj", "nsubjpass")


def quoted(doc: Doc) -> list[tuple[int, int]]:
    """Token bounds of quotations, block by block; one that is never closed ends with its block."""
    found = []
    blocks = doc.spans.get("blocks") or [doc[:]]
    for block in blocks:
        start = -1
        for token in block:
            if token.text in ('"', "``", "''"):
                if start < 0:
                    start = token.i
                else:
                    found.append((start, token.i + 1))
                    start = -1
        if start >= 0:
            found.append((start, block.end))
    return found


_ASKING = frozenset({"you", "your", "yours", "yourself"})
_DECLARATIONS = frozenset("communique communiqué declaration statement".split())
_FIRST = frozenset({"i", "we", "us", "our", "me", "my", "ours", "ourselves"})


def _asks(block: Span) -> bool:
    """Whether a block is a question of an interview: it ends in a question mark, or addresses somebody."""
    if block.text.startswith(("Q:", "Q.", "Question")) or block.text.rstrip('"” ').endswith("?"):
        return True
    lower = {token.lower_ for token in block}
    return bool(lower & _ASKING) and not lower & _FIRST


def _asked(mentions: list[Span]) -> tuple[str, ...]:
    """The actors of whom an interview is, out of the mentions that introduce it: the first person or office, else the
    first state."""
    for span in mentions:
        if span.label_ == "person" or office(span.root) is not None:
            return mention.actors_of(span)
    return next((mention.actors_of(span) for span in mentions if ":" not in span.kb_id_), ())


def _interview(doc: Doc, mentions: list[Span]) -> dict[int, tuple[str, ...]]:
    """The first and second persons of an interview's answers and questions, with the actors of whom is asked."""
    body = [block for block in doc.spans.get("blocks") or [] if block.label_ == "body"]
    asked = [block for block in body if _asks(block)]
    if len(asked) < 2:
        return {}
    voice = _asked([span for span in mentions if span.end <= asked[0].start] or mentions)
    return {
        token.i: voice
        for block in (body if voice else ())
        for token in block
        if token.lower_ in (_ASKING if block in asked else _FIRST)
    }


def _declared(doc: Doc, mentions: list[Span]) -> dict[int, tuple[str, ...]]:
    """The first persons of a communiqué, with the organisation, else the states, in whose name its title is."""
    title = next((block for block in doc.spans.get("blocks") or [] if block.label_ == "headline"), None)
    if title is None or not _DECLARATIONS & {token.lower_ for token in title}:
        return {}
    named = [actor for span in mentions if span.end <= title.end for actor in mention.actors_of(span)]
    voice = next(([actor] for actor in named if actor.startswith("IGO:")), [a for a in named if ":" not in a])
    return {token.i: tuple(dict.fromkeys(voice)) for token in doc if voice and token.lower_ in _FIRST}


def _sayings(sentence: Span, inside: set[int]) -> Iterator[Token]:
    """The verbs by which a sentence, outside its quotations, says that somebody speaks."""
    said = (token for token in sentence if token.i not in inside and token.lemma_.lower() in SAYING)
    return (token for token in said if token.pos_ in ("VERB", "AUX"))


def _said_by(sentence: Span, owner: dict[int, Span], inside: set[int]) -> tuple[str, ...]:
    """The actors that a sentence names, outside its quotations, as saying something."""
    for token in _sayings(sentence, inside):
        subject = next((child for child in token.children if child.dep_ in _SUBJECTS), None)
        if subject is None and token.i - 1 in inside:  # '"…," quipped its spokesman' looks like an object
            subject = next((child for child in token.rights if child.dep_ == "dobj"), None)
        if subject is None:
            continue
        named = (t.i for t in (subject, *subject.subtree) if t.i in owner and (t.i not in inside or t.i == subject.i))
        head = next(named, -1)
        if head >= 0:
            return mention.actors_of(owner[head])
    return ()


def _told(sentence: Span, owner: dict[int, Span], inside: set[int]) -> tuple[str, ...]:
    """The actors that a sentence names, outside its quotations, as being told something."""
    whom = (child for verb in _sayings(sentence, inside) for child in verb.rights if child.dep_ in ("dobj", "dative"))
    named = (t for child in whom for t in (child, *child.children) if t.i in owner and t.i not in inside)
    return next((mention.actors_of(owner[t.i]) for t in named), ())


def speakers(doc: Doc, mentions: list[Span]) -> dict[int, tuple[str, ...]]:
    """The actors that each first person of a quotation, an answer or a declaration stands for, and each second person
    of what somebody is told or asked, by token."""
    owner = {token.i: span for span in mentions for token in span}
    quotations = quoted(doc)
    inside = {i for start, end in quotations for i in range(start, end)}
    voices = _declared(doc, mentions) | _interview(doc, mentions)
    sentences = list(doc.sents)
    said = [_said_by(sentence, owner, inside) for sentence in sentences]
    told = [_told(sentence, owner, inside) for sentence in sentences]
    sentence_of = {token.i: number for number, sentence in enumerate(sentences) for token in sentence}
    last: tuple[str, ...] = ()
    last_end = -1
    for start, end in quotations:
        said_by = said[sentence_of[end - 1]] or said[sentence_of[start]]
        if not said_by and last and start - last_end < 60:
            said_by = last
        last, last_end = said_by, end
        addressed = told[sentence_of[end - 1]]
        for persons, voice in ((_FIRST, said_by), (_ASKING, addressed if set(addressed) != set(said_by) else ())):
            voices |= {token.i: voice for token in doc[start:end] if voice and token.lower_ in persons}
    return voices
