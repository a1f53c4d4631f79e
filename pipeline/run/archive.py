"""A run of any size from its articles to its files: in parts, so that what is done stays done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.run.batches import Engine, outcomes
from pipeline.run.outcome import Item, Outcome, Tally, reason
from pipeline.run.parts import Parts
from pipeline.table.files import beside_path, format_of, write_arrow, write_tables
from pipeline.table.folder import SCHEMAS, is_folder, rejects_path, write_folder, write_rejects

_FOLDER = "folder"
PART, MOST_ROWS = 64, 20_000
"""A part is full with so many articles, or so many rows."""


def _full(part: list[Outcome]) -> bool:
    return len(part) >= PART or sum(len(outcome.rows) for outcome in part) >= MOST_ROWS


def _parts(done: Iterable[Outcome], advance: Callable[[Outcome], None]) -> Iterator[list[Outcome]]:
    part: list[Outcome] = []
    for outcome in done:
        part.append(outcome)
        advance(outcome)
        if _full(part):
            yield part
            part = []
    if part:
        yield part


def save(
    items: Iterator[Item],
    engine: Engine,
    output: str,
    settings: dict[str, Any],
    *,
    form: str | None = None,
    advance: Callable[[Outcome], None] = lambda outcome: None,
) -> Tally:
    """Write the two tables of `items`, and the rejects beside them; gives what the run came to.

    `settings` are what the rows depend on besides the items. Parts that an interrupted run with the same settings left
    beside `output` are taken up, and what else a kill left there is removed. Raises InputError.
    """
    path = Path(output)
    suffix = _FOLDER if is_folder(output, form) else format_of(output, form)
    parts = Parts(path, settings)
    try:
        parts.skip(items)
        for part in _parts(outcomes(items, engine), advance):
            if not (parts.count or _full(part) or Tally().plus(part).articles):
                raise reason(part[0])
            parts.add(part)
        _join(parts, path, suffix)
        parts.remove()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted; {_kept(parts)}") from None
    except (OSError, pa.ArrowException) as error:
        problem = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"cannot be written ({problem}); {_kept(parts)}", path) from error
    return parts.tally


def _kept(parts: Parts) -> str:
    parts.take_stock()  # the interruption may have come just before or after a part counted
    done = parts.tally.articles + parts.tally.rejects
    return f"{done:,} articles are done, and the same command goes on after them" if done else "nothing was written"


def _join(parts: Parts, output: Path, suffix: str) -> None:
    """Make one table of all parts, in their folder; the statements take their place last, for then all is done."""
    within = parts.folder
    if suffix == _FOLDER:
        write_folder({name: parts.arrow(name) for name in SCHEMAS}, parts.rejects(), output, within)
        return
    write_rejects(parts.rejects(), rejects_path(output), within)
    if suffix != ".parquet":
        write_tables(parts.tables(), output, form=suffix[1:], within=within)
        return
    with replacing(output, within) as statements, replacing(beside_path(output), within) as documents:
        write_arrow(parts.arrow("statements"), SCHEMAS["statements"], statements)
        write_arrow(parts.arrow("documents"), SCHEMAS["documents"], documents)
