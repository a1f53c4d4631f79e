"""The finished parts of a large run, in a hidden folder beside its output, from which the same command goes on."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.files import replacing, write_text
from pipeline.run.outcome import Item, Outcome, Tally, digest_of
from pipeline.table.files import Tables, write_parquet
from pipeline.table.schema import DOCUMENTS, STATEMENTS
from pipeline.text import parse_json

_ROWS = 100_000
"""Rows of a row group when parts are joined."""


def tables_of(outcomes: Sequence[Outcome]) -> Tables:
    """The two tables that outcomes amount to."""
    return {
        "statements": (STATEMENTS, (row for outcome in outcomes for row in outcome.rows)),
        "documents": (DOCUMENTS, (outcome.document for outcome in outcomes if outcome.document)),
    }


def _digest(digests: Iterable[str]) -> str:
    return sha256("\n".join(digests))


def _folder(output: Path) -> Path:
    return output.with_name(f".{output.name}.parts")


def unfinished(output: Path) -> bool:
    """Whether a run to `output` has begun and not come to its end."""
    return bool(output.name) and _folder(output).is_dir()


class Parts:
    """A part is the rows of some articles that follow one another, `statements-0000000.parquet` and
    `documents-0000000.parquet`, and what makes it count, `part-0000000.json`: its tally, its rejects and the digest of
    the articles that it was made from. A file appears under its name when it is whole and on the disk.
    """

    def __init__(self, output: Path, settings: dict[str, Any]) -> None:
        """Take up what an interrupted run left beside `output`. Raises InputError if that had other settings."""
        self.folder = _folder(output)
        self.settings: dict[str, Any] = json.loads(json.dumps(settings))
        self.count, self.tally = 0, Tally()
        self._lock: TextIO | None = None
        if not self.folder.is_dir():
            return
        self._open()
        left = self._json("settings.json")
        if left is None:
            self._clear()
        elif left != self.settings:
            names = dict.fromkeys((*self.settings, *left))
            changed = ", ".join(name for name in names if left.get(name) != self.settings.get(name))
            raise InputError(
                f"the parts of an interrupted run are here, with another {changed}; its own command goes on with them, "
                "and to start over delete this folder",
                self.folder,
            )
        self.take_stock()

    def take_stock(self) -> None:
        """Count the parts that are on the disk."""
        while part := self._json(f"part-{self.count:07}.json"):
            self.tally = Tally(*(sum(pair) for pair in zip(self.tally, part["tally"], strict=True)))
            self.count += 1

    def _open(self) -> None:
        """Make the folder ours: two runs at once would undo each other's work."""
        self.folder.mkdir(exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError("another run is writing this output at the moment", self.folder) from error

    def _json(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = parse_json((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise InputError(
                "a damaged part of an interrupted run; to start over delete its folder", self.folder / name
            ) from error
        return found

    def _write_json(self, name: str, value: dict[str, Any]) -> None:
        write_text(self.folder / name, json.dumps(value))

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.is_dir():  # of a folder that was being written
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def skip(self, items: Iterator[Item]) -> None:
        """Move past the items that the parts hold. Raises InputError if they are not what they were."""
        for number in range(self.count):
            part = self._json(f"part-{number:07}.json")
            assert part is not None
            articles, _, rejects = part["tally"]
            if _digest(map(digest_of, islice(items, articles + rejects))) != part["digest"]:
                raise InputError(
                    "the parts of an interrupted run are here, and the input has changed since; to start over delete "
                    "this folder",
                    self.folder,
                )

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Write the next part."""
        if self._lock is None:
            self._open()
        if self.count == 0:
            self._write_json("settings.json", self.settings)
        for name, (schema, rows) in tables_of(outcomes).items():
            with replacing(self._path(name, self.count)) as temporary:
                write_parquet(rows, schema, temporary)
        part = {
            "tally": Tally().plus(outcomes),
            "digest": _digest(outcome.digest for outcome in outcomes),
            "rejects": [outcome.reject for outcome in outcomes if outcome.reject],
        }
        self._write_json(f"part-{self.count:07}.json", part)
        self.take_stock()

    def _path(self, name: str, number: int) -> Path:
        return self.folder / f"{name}-{number:07}.parquet"

    def _part(self, name: str, number: int) -> pa.Table:
        return pq.ParquetFile(self._path(name, number)).read()  # read_table would import pyarrow.dataset

    def arrow(self, name: str) -> Iterator[pa.Table]:
        """One of the two tables, in pieces of a good size for a row group."""
        pieces: list[pa.Table] = []
        for number in range(self.count):
            pieces.append(self._part(name, number))
            if sum(piece.num_rows for piece in pieces) >= _ROWS:
                yield pa.concat_tables(pieces)
                pieces = []
        if pieces:
            yield pa.concat_tables(pieces)

    def tables(self) -> Tables:
        """Both tables, by rows."""

        def rows(name: str) -> Iterator[dict[str, Any]]:
            for number in range(self.count):
                yield from self._part(name, number).to_pylist()

        return {"statements": (STATEMENTS, rows("statements")), "documents": (DOCUMENTS, rows("documents"))}

    def rejects(self) -> Iterator[dict[str, Any]]:
        """The lines of the rejects file."""
        for number in range(self.count):
            part = self._json(f"part-{number:07}.json")
            yield from part["rejects"] if part else ()

    def remove(self) -> None:
        """Remove the folder, its settings first: without them the rest counts for nothing."""
        (self.folder / "settings.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder)
