"""What the terminal shows: tables, scores, progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.errors import printable
from pipeline.table import per_pair, relation

COLOURS = {"cooperative": "green", "oppositional": "red"}
_SHORT = {"cooperative": "coop", "oppositional": "oppo", "confidence": "conf", "statements": "n", "documents": "docs"}


@contextmanager
def progress(what: str) -> Iterator[Callable[..., None]]:
    """A spinner with a count on standard error, only on a terminal; yields the function that counts one."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda *_: bar.advance(task)


def text(words: object, style: str = "") -> Text:
    """What an article or a table says, for the terminal: no markup of rich's, and no escape sequence."""
    return Text(printable(str(words)), style)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=160)


def statements(rows: list[dict[str, Any]]) -> None:
    """Print statements with their evidence, then the balance per pair."""
    statement_rows(rows)
    if rows:
        pairs(per_pair(relation(rows)).to_arrow_table())


def statement_rows(rows: list[dict[str, Any]]) -> None:
    """Print statements with their evidence."""
    console = _console()
    if not rows:
        console.print("No statement found.")
        return
    grid = Table(show_lines=False, expand=True)
    for name in ("#", "source", "target", "verb", "root", "stance", "conf", "status", "evidence"):
        grid.add_column(name, overflow="fold", no_wrap=name in ("#", "source", "target", "root", "stance"))
    grid.columns[-1].ratio = 1
    last = None
    for row in rows:
        place = (row["document"], row["sentence"])
        evidence = text("″", "dim") if place == last else text(row["evidence"])
        last = place
        grid.add_row(
            *(text(row[name]) for name in ("sentence", "source", "target", "verb", "root")),
            text(row["stance"], COLOURS.get(row["stance"], "")),
            f"{row['confidence']:.2f}",
            text(row["status"]),
            evidence,
        )
    console.print(grid)


def pairs(found: pa.Table, *, evidence: bool = False) -> None:
    """Print counts and balance per pair, or pair and period; with `evidence`, its surest statement's sentence too."""
    console = _console()
    if not found.num_rows:
        console.print("No pair found.")
        return
    grid = Table(title="Balance per pair (-1 oppositional … 1 cooperative)", show_lines=evidence, expand=evidence)
    names = [name for name in found.column_names if evidence or name != "evidence"]
    for name in names:
        if name == "evidence":
            grid.add_column("surest statement", overflow="fold", ratio=1)
        elif name in ("period", "source", "target"):
            grid.add_column(name, overflow="fold", max_width=18)
        else:
            grid.add_column(_SHORT.get(name, name), justify="right", no_wrap=True)
    for row in found.to_pylist():
        balance = row["balance"]
        shown = row | {"balance": "" if balance is None else f"{balance:+.2f}"}
        if "confidence" in row:
            shown["confidence"] = f"{row['confidence']:.2f}"
        grid.add_row(*(text(shown[name], _sign(balance or 0) if name == "balance" else "") for name in names))
    console.print(grid)


def _sign(number: float) -> str:
    return COLOURS["cooperative"] if number > 0 else COLOURS["oppositional"] if number < 0 else ""


def matrix(found: pa.Table) -> None:
    """Print pairs as a matrix of the main actors, source by target."""
    from pipeline.report.summary import main_actors
    from pipeline.report.summary import matrix as arranged

    lines = found.to_pylist()
    actors = main_actors(lines, most=12)
    grid = Table(title="Cooperative less oppositional statements: row toward column", show_lines=True)
    for name in ("", *actors):
        grid.add_column(text(name), justify="right", no_wrap=True)
    for actor, cells in zip(actors, arranged(lines, actors), strict=True):
        nets = [None if cell is None else cell.net for cell in cells]
        grid.add_row(text(actor), *(text("" if n is None else f"{n:+d}" if n else 0, _sign(n or 0)) for n in nets))
    _console().print(grid)


def scores(result: dict[str, Any]) -> None:
    """Print an evaluation: one line a stage and measure."""
    console = _console()
    head = f"{result['split']}: {result['documents']} documents, model {result['model']}"
    grid = Table(title=head)
    for name in ("stage", "measure", "score", "95 % interval", "support"):
        grid.add_column(name, justify="right" if name not in ("stage", "measure") else "left")
    for line in result["scores"]:
        low, high = line["interval"] or (None, None)
        interval = f"{low:.3f} to {high:.3f}" if low is not None else "–"
        grid.add_row(line["stage"], line["measure"], f"{line['score']:.3f}", interval, str(line["support"]))
    console.print(grid)


def agreement(result: dict[str, Any]) -> None:
    """Print agreement of two annotators."""
    console = _console()
    grid = Table(title=f"Agreement over {result['documents']} documents")
    for name in ("measure", "value", "support"):
        grid.add_column(name, justify="left" if name == "measure" else "right")
    for name, (value, support) in result["measures"].items():
        grid.add_row(name, f"{value:.3f}", str(support))
    console.print(grid)
