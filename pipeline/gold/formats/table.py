"""A plain CSV: one row a statement, for spreadsheets and for codings made in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.gold.corpus import Annotated
from pipeline.gold.formats import Texts
from pipeline.gold.schema import Gold, Mention, Sentence, Span, Statement, Verb
from pipeline.table.files import defused, restored
from pipeline.text import read_text

MANY = True
BESIDE = ""
LOST = "blocks, sentences without a statement, and mentions and verbs that are part of none"

COLUMNS = (
    "document sha256 annotator id sentence_start sentence_end source source_start source_end target target_start "
    "target_end verb verb_start verb_end root stance status speaker mutual arguable evidence"
).split()


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write one row a statement; offsets are characters of the document's text."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for item in items:
            table.writerows({name: defused(cell) for name, cell in row.items()} for row in _rows(item))


def _rows(item: Annotated) -> Iterator[dict[str, object]]:
    gold, text = item.gold, item.text
    spans: list[Span] = [*gold.sentences, *gold.mentions, *gold.verbs]
    by_id = {span.id: span for span in spans}
    about = {"document": gold.document, "sha256": gold.sha256, "annotator": gold.annotator}
    roots = {verb.id: verb.root for verb in gold.verbs}
    for s in gold.statements:
        row: dict[str, object] = {
            **about,
            "id": s.id,
            "source": s.source,
            "target": s.target,
            "root": roots.get(s.verb),
        }
        places = {"sentence": s.sentence, "source": s.source_mention, "target": s.target_mention, "verb": s.verb}
        for role, identity in places.items():
            if identity:
                row[f"{role}_start"], row[f"{role}_end"] = by_id[identity].start, by_id[identity].end
        sentence = by_id[s.sentence]
        row["evidence"] = " ".join(text[sentence.start : sentence.end].split())
        row["verb"] = text[by_id[s.verb].start : by_id[s.verb].end] if s.verb else ""
        row |= {name: getattr(s, name) for name in ("stance", "status", "speaker", "mutual")}
        row["arguable"] = "yes" if s.arguable else ""
        yield row


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read statements about documents whose text is known, as a table does not hold it. Raises InputError."""
    golds: dict[str, Gold] = {}
    table = csv.DictReader(StringIO(read_text(path)), restval="")
    try:
        missing = [name for name in COLUMNS[:-1] if name not in (table.fieldnames or ())]
        if missing:
            raise InputError(f"no column {missing[0]!r}; `gold export --format csv` shows them all", path, 1)
        for cells in table:
            row = {name: restored(cell) for name, cell in cells.items()}
            gold = golds.setdefault(row["document"], Gold(row["document"], row["sha256"], row["annotator"]))
            try:
                _add(gold, row)
            except ValueError as error:
                raise InputError(f"offsets are whole numbers ({error})", path, table.line_num) from error
    except csv.Error as error:
        raise InputError(f"not valid CSV ({error})", path, table.line_num) from error
    for gold in golds.values():
        text = texts(gold.document)
        if text is None:
            raise InputError(f"the text of {gold.document!r} is not in the corpus, and a table does not hold it", path)
        yield gold, text


def _add(gold: Gold, row: dict[str, str]) -> None:
    def place(role: str) -> tuple[int, int]:
        return int(row[f"{role}_start"]), int(row[f"{role}_end"])

    def known(records: list[Sentence] | list[Mention] | list[Verb], span: tuple[int, int]) -> str | None:
        return next((r.id for r in records if (r.start, r.end) == span), None)

    sentence = known(gold.sentences, place("sentence"))
    if sentence is None:
        sentence = f"s{len(gold.sentences) + 1}"
        gold.sentences.append(Sentence(sentence, *place("sentence")))
    ends = []
    for role in ("source", "target"):
        span, actor = place(role), row[role]
        at = next((i for i, m in enumerate(gold.mentions) if (m.start, m.end) == span), None)
        if at is None:
            at = len(gold.mentions)
            gold.mentions.append(Mention(f"m{at + 1}", *span, (actor,)))
        elif actor not in gold.mentions[at].actors:
            mention = gold.mentions[at]
            gold.mentions[at] = Mention(mention.id, *span, (*mention.actors, actor))
        ends.append(gold.mentions[at].id)
    verb: str | None = ""
    if row["verb_start"]:
        verb = known(gold.verbs, place("verb"))
        if verb is None:
            verb = f"v{len(gold.verbs) + 1}"
            gold.verbs.append(Verb(verb, *place("verb"), row["root"]))
    gold.statements.append(
        Statement(
            row["id"] or f"t{len(gold.statements) + 1}",
            sentence,
            row["source"],
            ends[0],
            row["target"],
            ends[1],
            verb or "",
            row["stance"],
            row["status"] or "actual",
            row["speaker"],
            row["mutual"],
            row["arguable"].lower() in ("yes", "true", "1"),
        )
    )
