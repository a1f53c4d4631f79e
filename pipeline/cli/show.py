"""What the terminal shows: tables, scores, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.errors import InputError
from pipeline.table import STATEMENTS, per_pair

COLOURS = {"cooperative": "green", "oppositional": "red"}


@contextmanager
def progress(what: str) -> Iterator[Callable[[], None]]:
    """A spinner with a count on standard error, only on a terminal; yields the function that counts one."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda: bar.advance(task)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=160)


def statements(rows: list[dict[str, Any]]) -> None:
    """Print statements with their evidence, then the balance per pair."""
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
        evidence = Text("″", style="dim") if place == last else Text(row["evidence"])
        last = place
        grid.add_row(
            str(row["sentence"]),
            Text(row["source"]),
            Text(row["target"]),
            Text(row["verb"]),
            row["root"],
            Text(row["stance"], style=COLOURS[row["stance"]]),
            f"{row['confidence']:.2f}",
            row["status"],
            evidence,
        )
    console.print(grid)
    pairs(per_pair(pa.Table.from_pylist(rows, schema=STATEMENTS)))


def pairs(found: pa.Table) -> None:
    """Print counts and balance per ordered pair."""
    console = _console()
    grid = Table(title="Balance per pair (-1 oppositional … 1 cooperative)")
    for name in found.column_names:
        grid.add_column(name, justify="left" if name in ("source", "target") else "right")
    for row in found.to_pylist():
        balance = row["balance"]
        style = "" if balance is None else "green" if balance > 0 else "red" if balance < 0 else ""
        shown = {**row, "balance": "" if balance is None else f"{balance:+.2f}"}
        grid.add_row(*(Text(str(value), style=style if name == "balance" else "") for name, value in shown.items()))
    console.print(grid)


def table(
    found: pa.Table,
    equal: dict[str, Any],
    *,
    actor: list[str] | None,
    min_confidence: float,
    sort: str,
    limit: int,
    since: str,
    until: str,
    pairs: bool,
    matrix: bool,
) -> None:
    """Filter a stance table and print it: by row, per pair, or as a matrix. Dates compare by as much as is given."""
    for name, wanted in equal.items():
        if wanted:
            values = wanted if isinstance(wanted, list) else [wanted]
            found = found.filter(pc.is_in(found[name], value_set=pa.array(values, pa.string())))
    if actor:
        either = pa.array(actor, pa.string())
        mask = pc.or_(pc.is_in(found["source"], value_set=either), pc.is_in(found["target"], value_set=either))
        found = found.filter(mask)
    if min_confidence:
        found = found.filter(pc.greater_equal(found["confidence"], min_confidence))
    if since:
        found = found.filter(pc.greater_equal(found["date"], since))
    if until:
        dated = pc.not_equal(found["date"], "")
        found = found.filter(
            pc.and_(dated, pc.less_equal(pc.utf8_slice_codeunits(found["date"], 0, len(until)), until))
        )
    if sort:
        name, order = sort.lstrip("-"), "descending" if sort.startswith("-") else "ascending"
        if name not in STATEMENTS.names:
            raise InputError(f"no column {name!r} to sort by; one of {', '.join(STATEMENTS.names)}")
        found = found.sort_by([(name, order)])
    if limit and not (pairs or matrix):
        found = found.slice(0, limit)
    if matrix:
        _matrix(per_pair(found).to_pylist())
    elif pairs:
        _pairs(per_pair(found).slice(0, limit) if limit else per_pair(found))
    else:
        statements(found.to_pylist())


_pairs = pairs


def _matrix(found: list[dict[str, Any]]) -> None:
    from pipeline.report.summary import main_actors
    from pipeline.report.summary import matrix as arranged

    actors = main_actors(found, most=12)
    grid = Table(title="Cooperative less oppositional statements: row toward column", show_lines=True)
    for name in ("", *actors):
        grid.add_column(name, justify="right", no_wrap=True)
    for actor, cells in zip(actors, arranged(found, actors), strict=True):
        styles = ["" if cell is None or not cell.net else "green" if cell.net > 0 else "red" for cell in cells]
        words = ["" if cell is None else f"{cell.net:+d}" if cell.net else "0" for cell in cells]
        grid.add_row(actor, *(Text(word, style=style) for word, style in zip(words, styles, strict=True)))
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
        interval = f"{low:.3f} to {high:.3f}" if low is not None else "one document"
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
