"""The journal: one line a decision, on disk before the next is shown. Gold is made anew from it each time."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.labels import ACTOR_ID, ROOTS, STANCES, STATUSES
from pipeline.text import parse_json


@dataclass(frozen=True, slots=True)
class Role:
    """A mention as one side of a statement: its characters in the text, and the actor it names."""

    start: int
    end: int
    actor: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of one item; `item` is the row's id, or `added-N`. `stance` may be none, `verb` None."""

    item: str
    time: str
    stance: str
    arguable: bool
    source: Role
    target: Role
    verb: tuple[int, int] | None
    root: str
    status: str
    speaker: str


def parse(values: Any, text: str) -> Decision:
    """A decision on `text` out of JSON from a page or a journal. Raises ValueError with what is wrong in it."""
    try:
        roles = [Role(**values[side]) for side in ("source", "target")]
        verb = None if values["verb"] is None else tuple(values["verb"])
        found = Decision(**{**values, "source": roles[0], "target": roles[1], "verb": verb})
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a decision ({error})") from error
    for span in [*((role.start, role.end) for role in roles), *([verb] if verb is not None else [])]:
        if len(span) != 2 or not all(type(place) is int for place in span) or not 0 <= span[0] < span[1] <= len(text):
            raise ValueError("a span outside the text")
        if text[slice(*span)] != text[slice(*span)].strip():
            raise ValueError("a span that begins or ends with white space")
    for actor in [*(role.actor for role in roles), *([found.speaker] if found.speaker else [])]:
        if not isinstance(actor, str) or not ACTOR_ID.fullmatch(actor):
            raise ValueError(f"{actor!r} is no actor id; ISO alpha-3, IGO:… or ORG:…")
    if roles[0].actor == roles[1].actor:
        raise ValueError("source and target are the same actor")
    for name, value, known in (
        ("stance", found.stance, STANCES),
        ("status", found.status, STATUSES),
        ("root", found.root, ("", *ROOTS)),
    ):
        if value not in known:
            raise ValueError(f"{value!r} is no {name}; one of {', '.join(filter(None, known))}")
    if type(found.arguable) is not bool or not isinstance(found.speaker, str):
        raise ValueError("arguable is true or false, and a speaker is an actor id")
    if not all(isinstance(words, str) and words for words in (found.item, found.time)):
        raise ValueError("a decision names its item and its time")
    return found


class Journal:
    """The decisions on one article, in order; the last on an item counts."""

    def __init__(self, path: Path, sha256: str, text: str) -> None:
        self.path, self.header = path, {"sha256": sha256}
        self.decisions: list[Decision] = []
        if path.is_file():
            self._replay(text)

    def _replay(self, text: str) -> None:
        whole = self.path.read_bytes().decode("utf-8", "replace")
        lines = whole.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):  # the process was killed in the middle of a line
            lines.pop()
            self.path.write_text("".join(lines), encoding="utf-8")
        for number, line in enumerate(lines, start=1):
            try:
                values = parse_json(line)
                if number == 1:
                    if values != self.header:
                        raise ValueError("a review of another text; the article has changed since")
                elif "undo" in values:
                    self.decisions.pop()
                else:
                    self.decisions.append(parse(values, text))
            except (ValueError, IndexError, TypeError) as error:
                raise InputError(str(error), self.path, number) from error

    def _append(self, values: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            before = file.tell()
            lines = [values] if before else [self.header, values]
            try:
                file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:  # a full disk leaves no half of a line for the next one to go on
                os.truncate(self.path, before)
                raise

    def add(self, decision: Decision) -> None:
        """Keep a decision; it is on disk when this returns."""
        self._append(asdict(decision))
        self.decisions.append(decision)

    def undo(self) -> Decision | None:
        """Take back the last decision."""
        if not self.decisions:
            return None
        self._append({"undo": self.decisions[-1].item})
        return self.decisions.pop()

    def latest(self) -> dict[str, Decision]:
        """The decision that counts, by item."""
        return {decision.item: decision for decision in self.decisions}
