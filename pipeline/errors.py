"""The one exception that a user's mistake raises; the command line prints it and exits with 2."""

from __future__ import annotations

from pathlib import Path


def printable(text: str) -> str:
    """Text as one line that a terminal shows and does not obey: whatever cannot be printed is a space."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


class InputError(ValueError):
    """Input that cannot be used: which file, which line, what is wrong, what would be right.

    `document` names the article that it is about, where it is about one. The message is one line that can be printed,
    whatever it quotes.
    """

    def __init__(
        self, problem: str, file: str | Path | None = None, line: int | None = None, document: str = ""
    ) -> None:
        self.problem, self.file, self.line, self.document = problem, str(file or ""), line, document
        place = ", ".join(filter(None, [self.file, f"line {line}" if line else ""]))
        super().__init__(printable(f"{place}: {problem}" if place else problem))
