"""Text and JSON out of a user's files: what is wrong with them is an InputError, or a ValueError, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import InputError


def read_text(path: Path, *, exact: bool = False) -> str:
    """The text of a UTF-8 file, without a byte order mark and with lines that end in "\\n"; `exact` keeps both as they
    are, for a text into which offsets count. Raises InputError with file and line."""
    try:
        with path.open(encoding="utf-8" if exact else "utf-8-sig", newline="" if exact else None) as file:
            return file.read()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"byte {error.start} is not UTF-8; save the file as UTF-8", path, line) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path) from error


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not empty, with their numbers from 1. Raises InputError with file and line."""
    return ((number, line) for number, line in enumerate(read_text(path).split("\n"), start=1) if line)


def spaced(words: str) -> str:
    """A pattern for words as a text has them, with any white space between."""
    return r"\s+".join(map(re.escape, words.split()))


def parse_json(text: str | bytes) -> Any:
    """`json.loads`, of which nesting without end is a ValueError too."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
