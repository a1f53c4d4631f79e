"""The gold records and their file."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.labels import ROOTS, STANCES, STATUSES
from pipeline.text import numbered_lines, parse_json


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the article; `repeat` when it repeats an earlier one."""

    id: str
    start: int
    end: int
    label: str
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Where the text names an actor, or several ("both sides")."""

    id: str
    start: int
    end: int
    actors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """A diplomatic predicate; `root` is its PLOVER root code."""

    id: str
    start: int
    end: int
    root: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Who takes which stance toward whom in one sentence; the other fields name lines of the same file by id.

    `verb` is empty where nobody marked it.
    """

    id: str
    sentence: str
    source: str
    source_mention: str
    target: str
    target_mention: str
    verb: str
    stance: str
    status: str = "actual"
    speaker: str = ""
    mutual: str = ""
    arguable: bool = False


Span = Block | Sentence | Mention | Verb


@dataclass(slots=True)
class Gold:
    """All annotation of one document by one annotator (`adjudicated` where several were reconciled)."""

    document: str
    sha256: str
    annotator: str
    blocks: list[Block] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    verbs: list[Verb] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def sentence_at(self, at: int) -> Sentence | None:
        """The sentence at a character of the text."""
        return next((sentence for sentence in self.sentences if sentence.start <= at < sentence.end), None)

    def mentions_in(self, sentence: Sentence) -> list[Mention]:
        """The mentions that begin in a sentence."""
        return [mention for mention in self.mentions if sentence.start <= mention.start < sentence.end]

    def records(self) -> list[Block | Sentence | Mention | Verb | Statement]:
        return [*self.blocks, *self.sentences, *self.mentions, *self.verbs, *self.statements]


RECORDS: dict[str, type] = {kind.__name__.lower(): kind for kind in (Block, Sentence, Mention, Verb, Statement)}


def write(gold: Gold, path: Path) -> None:
    """Write one gold file, records in the order of the text within each type."""
    header = {"type": "document", "document": gold.document, "sha256": gold.sha256, "annotator": gold.annotator}
    lines: list[dict[str, Any]] = [header]
    for record in gold.records():
        values = {f.name: getattr(record, f.name) for f in fields(record) if getattr(record, f.name) != f.default}
        lines.append({"type": type(record).__name__.lower(), **values})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def gold_files(path: Path) -> list[Path]:
    """A gold file, or every one in a folder and its folders, by name."""
    return sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a gold file, with their line numbers. Raises InputError with file and line."""
    for number, line in numbered_lines(path):
        try:
            values = parse_json(line)
            if not isinstance(values, dict) or "type" not in values:
                raise ValueError("no object")
        except ValueError as error:
            raise InputError('not a gold record; each line is a JSON object with a "type"', path, number) from error
        yield number, values


def read(path: Path) -> Gold:
    """Read one gold file. Raises InputError with file and line for what is no gold."""
    gold: Gold | None = None
    for number, values in lines(path):
        kind = values.pop("type")
        try:
            if gold is None:
                if kind != "document":
                    raise InputError('the first line of a gold file has "type": "document"', path, number)
                gold = Gold(**asdict(record(_Header, values)))
            else:
                if not isinstance(kind, str) or kind not in RECORDS:
                    raise TypeError(f"a type is one of {', '.join(RECORDS)}")
                getattr(gold, f"{kind}s").append(record(RECORDS[kind], values))
        except TypeError as error:
            raise InputError(f"not a valid {reprlib.repr(kind)} record ({error})", path, number) from error
    if gold is None:
        raise InputError("an empty gold file", path)
    return gold


@dataclass(frozen=True, slots=True)
class _Header:
    document: str
    sha256: str
    annotator: str


_TYPES = {"str": str, "int": int, "bool": bool}


def record(kind: type, values: dict[str, Any]) -> Any:
    """A record of a kind. Raises TypeError for what has other fields, or other values in them."""
    if kind is Mention and isinstance(values.get("actors"), list):
        values["actors"] = tuple(values["actors"])
    return _checked(kind(**values))


def sound(gold: Gold, path: Path, text: str | None = None, *, partial: bool = False) -> Gold:
    """Gold that can be worked with, as it is. Raises InputError for what is not.

    That is a span outside its `text`, an id that a statement names and no record has, or a label that there is not. In
    `partial` gold statements may lack their sentence.
    """
    if problem := _unsound(gold, text, partial):
        raise InputError(f"{gold.document}: {problem}", path)
    return gold


def _unsound(gold: Gold, text: str | None, partial: bool) -> str:
    spans: list[Span] = [*gold.blocks, *gold.sentences, *gold.mentions, *gold.verbs]
    for span in spans:
        if not 0 <= span.start < span.end <= (span.end if text is None else len(text)):
            return f"{span.id!r} is outside its text, from {span.start} to {span.end}"
    mentions = {mention.id for mention in gold.mentions}
    sentences = {sentence.id for sentence in gold.sentences} | ({""} if partial else set())
    verbs = {"", *(verb.id for verb in gold.verbs)}
    for s in gold.statements:
        ends = (s.source_mention, mentions), (s.target_mention, mentions), (s.sentence, sentences), (s.verb, verbs)
        for identity, known in ends:
            if identity not in known:
                return f"a statement names {identity!r}, which does not exist"
        for label, labels in ((s.stance, STANCES[:2]), (s.status, STATUSES)):
            if label not in labels:
                return f"a statement is {label!r}; one of {', '.join(labels)}"
    return next((f"no such root code: {v.root!r}" for v in gold.verbs if v.root and v.root not in ROOTS), "")


def check_types(gold: Gold) -> None:
    """Raises TypeError where a value is not of the type that its record declares."""
    for each in (_Header(gold.document, gold.sha256, gold.annotator), *gold.records()):
        _checked(each)


def _checked(record: Any) -> Any:
    for f in fields(record):
        value = getattr(record, f.name)
        if f.name == "actors":
            fits = isinstance(value, tuple) and all(isinstance(actor, str) for actor in value)
        else:
            fits = type(value) is _TYPES[str(f.type)]
        if not fits:
            raise TypeError(f"its {f.name} is {reprlib.repr(value)}")
    return record
