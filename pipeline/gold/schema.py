"""The gold records and their file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline.errors import InputError


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

    def records(self) -> list[Block | Sentence | Mention | Verb | Statement]:
        return [*self.blocks, *self.sentences, *self.mentions, *self.verbs, *self.statements]


RECORDS: dict[str, type] = {kind.__name__.lower(): kind for kind in (Block, Sentence, Mention, Verb, Statement)}


def write(gold: Gold, path: Path) -> None:
    """Write one gold file, records in the order of the text within each type."""
    header = {"type": "document", "document": gold.document, "sha256": gold.sha256, "annotator": gold.annotator}
    lines: list[dict[str, Any]] = [header]
    for record in gold.records():
        values = asdict(record)
        defaults = {f.name: f.default for f in fields(record)}
        kept = {name: value for name, value in values.items() if value != defaults[name] or name == "id"}
        lines.append({"type": type(record).__name__.lower(), **kept})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def read(path: Path) -> Gold:
    """Read one gold file. Raises InputError with file and line for what is no gold."""
    gold: Gold | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            values = json.loads(line)
            kind = values.pop("type")
        except (json.JSONDecodeError, KeyError, AttributeError, TypeError) as error:
            raise InputError('not a gold record; each line is a JSON object with a "type"', path, number) from error
        try:
            if kind == "document":
                gold = Gold(**values)
            elif gold is None:
                raise InputError('the first line of a gold file has "type": "document"', path, number)
            else:
                if kind == "mention":
                    values["actors"] = tuple(values["actors"])
                getattr(gold, f"{kind}s").append(RECORDS[kind](**values))
        except (TypeError, KeyError, AttributeError) as error:
            raise InputError(f"not a valid {kind} record ({error})", path, number) from error
    if gold is None:
        raise InputError("an empty gold file", path)
    return gold
