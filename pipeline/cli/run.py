"""The command `run`: articles in, the stance table out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pipeline
from pipeline.article import Article, survey
from pipeline.cli import display
from pipeline.errors import InputError
from pipeline.files import check_target
from pipeline.run.batches import BATCH, named, outcomes, processes
from pipeline.run.cluster import on_ray
from pipeline.run.outcome import Item, Outcome, Tally, reason
from pipeline.run.parts import unfinished
from pipeline.table.files import beside_path, check_output, write_tables
from pipeline.table.folder import check_folder, is_folder, rejects_path
from pipeline.table.schema import STATEMENTS


def check(inputs: list[str], output: str, form: str | None, force: bool) -> None:
    """Raises InputError where an output, or what is written beside it, cannot be written, exists without `force`, or is
    an input; called before any work."""
    path = Path(output)
    # a kill between the output's last step and the end must not keep the same command from going on
    force = force or unfinished(path)
    if is_folder(output, form):
        check_folder(path, force)
        return
    check_output(output, force=force, form=form, documents=True)
    if output == "-":
        return
    check_target(rejects_path(path), force)
    written = {each.resolve() for each in (path, beside_path(path), rejects_path(path))}
    for given in inputs:
        if Path(given).resolve() in written:
            raise InputError("this is an input, and the output would take its place; name another output", given)


def _looked_at(items: Iterator[Item]) -> Iterator[Item]:
    """The items; where not one of the first few is an article, the first says what is wrong, before any work."""
    first = list(islice(items, BATCH))
    if not any(isinstance(item, Article) for item in first):
        raise next((item for item in first if isinstance(item, InputError)), InputError("no article in the input"))
    return chain(first, items)


def run(
    inputs: list[str],
    output: str | None,
    model: str,
    stance: dict[str, Any],
    reading: dict[str, Any],
    *,
    form: str | None,
    workers: int,
    ray: bool,
) -> int:
    """Write the table of the articles, or without `output` show it; `stance` are settings of that
    component, `reading` those of `survey`.

    Gives the exit code: 1 where articles were set aside. Raises InputError.
    """
    tally = Tally()
    found: list[dict[str, Any]] = []

    def rows(done: Iterable[Outcome]) -> Iterator[dict[str, Any]]:
        nonlocal tally
        for outcome in done:
            tally = tally.plus([outcome])
            advance(outcome)
            if outcome.reject:
                print(f"set aside: {reason(outcome)}", file=sys.stderr)
            yield from outcome.rows

    items = named(_looked_at(survey(inputs, **reading)))
    with display.progress("articles") as advance:
        nlp = pipeline.load(model, stance={**stance, "threads": 1 if workers > 1 else 0})
        engine = partial(on_ray, workers=workers, model=model, stance=stance) if ray else processes(nlp, workers)
        if output is None:
            found = list(rows(outcomes(items, engine)))
        elif output == "-":
            write_tables({"statements": (STATEMENTS, rows(outcomes(items, engine)))}, output, form=form)
        else:
            from pipeline.run.archive import save

            settings = {"inputs": inputs, **reading, **stance, "version": pipeline.__version__, **pipeline.settings()}
            settings["model"] = nlp.get_pipe("stance").model  # type: ignore[attr-defined]
            tally = save(items, engine, output, settings, form=form, advance=advance)
    if output is None:
        display.statements(found)
    if tally.articles + tally.rejects > 1:
        print(tally, file=sys.stderr)
    return 1 if tally.rejects else 0
