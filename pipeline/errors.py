"""The one exception that a user's mistake raises; the command line prints it and exits with 2."""

from __future__ import annotations

from pathlib import Path


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
        message = f"{place}: {problem}" if place else problem
        super().__init__("".join(letter if letter.isprintable() else " " for letter in message))
