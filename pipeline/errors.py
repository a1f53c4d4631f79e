"""The one exception that a user's mistake raises; the command line prints it and exits with 2."""

from __future__ import annotations

from pathlib import Path


class InputError(ValueError):
    """Input that cannot be used: which file, which line, what is wrong, what would be right."""

    def __init__(self, problem: str, file: str | Path | None = None, line: int | None = None) -> None:
        place = ", ".join(filter(None, [str(file) if file else "", f"line {line}" if line else ""]))
        super().__init__(f"{place}: {problem}" if place else problem)
