"""The statement: the one record that everything after the syntax passes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

from spacy.tokens import Doc

KEY = "statements"


@dataclass(slots=True)
class Statement:
    """What a sentence says from a source actor toward a target actor, through a verb.

    Spans are `(start, end)` in characters of the document; `sentence` too. `mutual` is the position of the statement's
    other direction among the document's statements, or None. `linked` says that the syntax joins the two actors through
    the verb; otherwise they only share its sentence, and the classifier has the word. `trust` is how far the lexicon's
    verb is to be trusted there, in log-odds. `root` is empty and `quad` 0 where the verb is none of the lexicon.
    """

    sentence: tuple[int, int]
    source: str
    source_span: tuple[int, int]
    target: str
    target_span: tuple[int, int]
    verb: str
    verb_span: tuple[int, int]
    root: str
    quad: int
    stance: str
    block: str
    status: str = "actual"
    speaker: str = ""
    mutual: int | None = None
    linked: bool = True
    trust: float = 0.0
    confidence: float = 1.0
    scores: dict[str, float] = field(default_factory=dict)
    model: str = ""


class StatementList(list[Statement]):
    """The statements of a text, which a notebook shows as a table with the evidence."""

    def __init__(self, statements: Iterable[Statement], text: str) -> None:
        super().__init__(statements)
        self.text = text

    def _repr_html_(self) -> str:
        def line(tag: str, *cells: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        head = line("th", "source", "target", "verb", "stance", "confidence", "status", "evidence")
        body = (
            line(
                "td",
                s.source,
                s.target,
                s.verb,
                s.stance,
                f"{s.confidence:.2f}",
                s.status,
                self.text[slice(*s.sentence)],
            )
            for s in self
        )
        return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"


def store(doc: Doc, statements: list[Statement]) -> None:
    """Keep statements in `doc.user_data` as plain values, so that a Doc can cross processes."""
    doc.user_data[KEY] = [{name: getattr(statement, name) for name in _FIELDS} for statement in statements]


def mark(doc: Doc, statements: list[Statement]) -> None:
    """Put the sentence of each statement, labelled by stance, into `doc.spans["statements"]`, for displaCy."""
    spans = (
        doc.char_span(*s.sentence, label=s.stance, kb_id=f"{s.source} → {s.target}", alignment_mode="expand")
        for s in statements
    )
    doc.spans[KEY] = [span for span in spans if span is not None]


_FIELDS = tuple(known.name for known in fields(Statement))
_PAIRS = ("sentence", "source_span", "target_span", "verb_span")


def load(doc: Doc) -> StatementList:
    """The statements of a Doc, in the order of the text."""

    def revive(values: dict[str, Any]) -> Statement:
        return Statement(**{**values, **{name: tuple(values[name]) for name in _PAIRS}})

    return StatementList(map(revive, doc.user_data.get(KEY, [])), doc.text)


if not Doc.has_extension(KEY):
    Doc.set_extension(KEY, getter=load)
