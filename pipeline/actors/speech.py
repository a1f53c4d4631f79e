"""Who says what stands between quotation marks."""

from __future__ import annotations

from spacy.tokens import Doc, Span

from pipeline.actors import mention
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


def interviewee(doc: Doc, people: list[Span]) -> tuple[str, ...]:
    """The actors of whom an interview or a briefing is held: the first person named, where questions are asked."""
    blocks = doc.spans.get("blocks") or []
    asked = [b for b in blocks if b.text.startswith(("Q:", "Q.", "Question")) or b.text.endswith("?")]
    return mention.actors_of(people[0]) if len(asked) >= 2 and people else ()


def _answers(doc: Doc) -> list[Span]:
    """The blocks of an interview in which the one who is asked speaks."""
    return [
        block
        for block in doc.spans.get("blocks") or []
        if block.label_ == "body"
        and not block.text.startswith(("Q:", "Q.", "Question"))
        and not block.text.endswith("?")
    ]


def speakers(doc: Doc, mentions: list[Span]) -> dict[int, tuple[str, ...]]:
    """The actors that speak at each token, as far as the text says: in quotations, and in answers."""
    owner = {token.i: span for span in mentions for token in span}
    quotations = quoted(doc)
    inside = {i for start, end in quotations for i in range(start, end)}
    voices: dict[int, tuple[str, ...]] = {}
    if asked := interviewee(doc, [span for span in mentions if span.label_ == "person"]):
        voices = {token.i: asked for block in _answers(doc) for token in block}
    last: tuple[str, ...] = ()
    last_end = -1
    for start, end in quotations:
        said_by: tuple[str, ...] = ()
        for sentence in (doc[end - 1].sent, doc[start].sent):
            for token in sentence:
                if token.i in inside or token.lemma_.lower() not in SAYING or token.pos_ not in ("VERB", "AUX"):
                    continue
                subject = next((child for child in token.children if child.dep_ in _SUBJECTS), None)
                if subject is None:
                    continue
                named = [t for t in subject.subtree if t.i in owner and t.i not in inside]
                head = subject.i if subject.i in owner else (named[0].i if named else -1)
                if head >= 0:
                    said_by = mention.actors_of(owner[head])
                    break
            if said_by:
                break
        if not said_by and last and start - last_end < 60:
            said_by = last
        last, last_end = said_by, end
        for i in range(start, end):
            voices[i] = said_by
    return {i: actors for i, actors in voices.items() if actors}
