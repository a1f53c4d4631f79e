"""Gold from and to the formats of annotation tools, one module a format.

A module gives `LOST`, what the format cannot hold; `MANY`, whether one file holds many documents; `BESIDE`, the ending
of a second file that it writes, or nothing; `write(items, path)`; and `read(path, texts)`, which yields pairs of gold
and text. What is read may lack blocks, sentences, actor ids and the sentence of a statement: `pipeline.gold.exchange`
adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol

from pipeline.errors import InputError
from pipeline.gold.corpus import Annotated
from pipeline.gold.schema import Gold

Texts = Callable[[str], str | None]
"""The text of a document that the corpus knows, by its name."""

ENDINGS = {
    "interlinear": ".txt",
    "label-studio": ".json",
    "prodigy": ".jsonl",
    "brat": ".ann",
    "docbin": ".spacy",
    "csv": ".csv",
}
"""The formats, and how their files end."""
NAMES = tuple(ENDINGS)


class Format(Protocol):
    """What each module of this package offers."""

    LOST: str
    MANY: bool
    BESIDE: str

    def write(self, items: Iterable[Annotated], path: Path) -> None: ...

    def read(self, path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]: ...


def named(name: str) -> Format:
    """The format of that name. Raises InputError for an unknown one."""
    if name not in NAMES:
        raise InputError(f"no such format: {name!r}; one of {', '.join(NAMES)}")
    module = {"csv": "table"}.get(name, name.replace("-", "_"))
    return import_module(f"{__name__}.{module}")


def of_file(path: Path) -> str:
    """The format that a file's ending means. Raises InputError for an unknown one."""
    for name, ending in ENDINGS.items():
        if path.suffix == ending:
            return name
    endings = ", ".join(f"{ending} ({name})" for name, ending in ENDINGS.items())
    raise InputError(f"no annotation format ends in {path.suffix!r}; {endings}, or name it with --format", path)
