"""The misses and false rows of an evaluation, as one page to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc

from pipeline.actors import mention
from pipeline.article.tokenizer import trimmed
from pipeline.files import write_text
from pipeline.gold.corpus import Annotated
from pipeline.gold.schema import Mention
from pipeline.statements import statement
from pipeline.statements.component import SILENT
from pipeline.statements.statement import Statement

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Error:
    """A row that gold lacks (`kind` false), or a statement of gold that has no row (missed).

    `miss` is the kind of a miss, for counting; `cause` says what went wrong here. `sentence` is its text in pieces,
    each with what it is: source, target, verb, or nothing. `confidence` is the false row's.
    """

    kind: str
    document: str
    source: str
    target: str
    stance: str
    miss: str
    cause: str
    sentence: tuple[tuple[str, str], ...]
    confidence: float = 0.0


def _pieces(text: str, sentence: Span, marked: dict[str, Span]) -> tuple[tuple[str, str], ...]:
    at, end = sentence
    found = []
    for name, (start, stop) in sorted(marked.items(), key=lambda item: item[1]):
        if at <= start < stop <= end:
            found += [(text[at:start], ""), (text[start:stop], name)]
            at = stop
    return tuple((piece, name) for piece, name in [*found, (text[at:end], "")] if piece)


def _lost(doc: Doc, actor: str, told: Mention, text: str, sentence: Span) -> str:
    """Why the pipeline has no mention of an actor in a sentence; empty where it has one."""
    found = [m for m in doc.spans[mention.KEY] if sentence[0] <= m.start_char < sentence[1]]
    if any(actor in mention.actors_of(m) for m in found):
        return ""
    words = text[told.start : told.end]
    over = next((m for m in found if m.start_char < told.end and told.start < m.end_char), None)
    return f"“{words}” taken for {over.kb_id_}" if over is not None else f"“{words}” not found"


def _cause(
    doc: Doc, item: Annotated, key: tuple[str, str], ends: tuple[Mention, Mention], sentence: Span
) -> tuple[str, str]:
    """What stands between a statement of gold and a row: the kind of miss, and what is more to say of this one."""
    block = next((b for b in doc.spans["blocks"] if b.start_char <= sentence[0] < b.end_char), None)
    if block is None or block.label_ in SILENT or block.id_ == "repeat":
        return "block read as " + ("a repeat" if block is not None and block.id_ else "one that says nothing"), ""
    lost = [
        f"{side} {why}"
        for side, actor, told in zip(("source", "target"), key, ends, strict=True)
        if (why := _lost(doc, actor, told, item.text, sentence))
    ]
    if lost:
        return "not found or taken for another", "; ".join(lost)
    own = [s for s in statement.load(doc) if sentence[0] <= s.source_span[0] < sentence[1]]
    if any((s.source, s.target) == key for s in own):
        return "a candidate, and the classifier said otherwise", ""
    if sentence not in {trimmed(s) for s in doc.sents}:
        return "sentence bounds", ""
    return "both found and not paired", ""


def errors_of(item: Annotated, doc: Doc, statements: Iterable[Statement]) -> list[Error]:
    """The errors in the statements of one document; `doc` still carries the candidates."""
    gold, name = item.gold, item.entry.document
    bounds = {s.id: (s.start, s.end) for s in gold.sentences}
    mentions, verbs = {m.id: m for m in gold.mentions}, {v.id: v for v in gold.verbs}

    told: dict[tuple[Span, str, str], set[str]] = {}
    for g in gold.statements:
        told.setdefault((bounds[g.sentence], g.source, g.target), set()).add("arguable" if g.arguable else g.stance)
    said, found = set(), []
    for s in statements:
        place = gold.sentence_at(s.source_span[0])
        pair = (bounds[place.id] if place else (-1, -1), s.source, s.target)
        said.add((*pair, s.stance))
        stances = told.get(pair, set())
        if not stances & {s.stance, "arguable"}:
            cause = f"gold: {', '.join(sorted(stances))}" if stances else "gold: nothing"
            marked = {"verb": s.verb_span, "source": s.source_span, "target": s.target_span}
            pieces = _pieces(item.text, s.sentence, marked)
            found.append(Error("false", name, s.source, s.target, s.stance, "", cause, pieces, s.confidence))
    for g in gold.statements:
        sentence = bounds[g.sentence]
        if g.arguable or (sentence, g.source, g.target, g.stance) in said:
            continue
        ends = mentions[g.source_mention], mentions[g.target_mention]
        kind, more = _cause(doc, item, (g.source, g.target), ends, sentence)
        marked = {side: (end.start, end.end) for side, end in zip(("source", "target"), ends, strict=True)}
        if g.verb:
            marked["verb"] = (verbs[g.verb].start, verbs[g.verb].end)
        pieces = _pieces(item.text, sentence, marked)
        found.append(Error("missed", name, g.source, g.target, g.stance, kind, more or kind, pieces))
    return found


def write_page(errors: list[Error], path: Path, split: str, model: str) -> None:
    """One HTML page: the false rows, surest first, then the misses by cause."""
    import jinja2

    wrong = sorted((e for e in errors if e.kind == "false"), key=lambda e: -e.confidence)
    causes = Counter(e.miss for e in errors if e.kind == "missed")
    missed = sorted((e for e in errors if e.kind == "missed"), key=lambda e: (-causes[e.miss], e.cause))
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.evaluate"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("errors.html").render(
        split=split, model=model, wrong=wrong, missed=missed, causes=causes.most_common()
    )
    write_text(path, page)
