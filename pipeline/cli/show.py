"""The command `show`: what somebody asks of a stance table, in the terminal or written to a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.actors.gazetteer import called, names
from pipeline.cli import display
from pipeline.errors import InputError
from pipeline.labels import ACTOR_ID
from pipeline.table.files import write, write_tables
from pipeline.table.pairs import PERIODS, count, per_pair, per_period, undated
from pipeline.table.read import read_documents, stream
from pipeline.table.select import ordered

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation

MOST = 100
"""Lines that the terminal shows where nobody says how many."""


def check(by: str, pairs: bool, matrix: bool, output: str, sort: str) -> None:
    """Raises InputError for options that do not go together; called before any work."""
    if by and by not in PERIODS:
        raise InputError(f"no such period: {by!r}; one of {', '.join(PERIODS)}")
    if by and not pairs:
        raise InputError("--by makes a series of pairs; add --pairs")
    if matrix and (output or pairs or sort):
        raise InputError("--matrix is for the terminal, in its own order; --pairs has its numbers, and -o writes them")


def ids(actors: list[str] | None) -> list[str]:
    """The ids of actors that a user names by id or by name, in capitals or not. Raises InputError for one unknown."""
    found: list[str] = []
    for given in actors or ():
        named = called(given) | {name.actor for name in names() if name.actor.lower() == given.lower()}
        if not named and not ACTOR_ID.fullmatch(given):
            raise InputError(f"no such actor: {given!r}; an id such as RUS, IGO:NATO or ORG:hamas, or a state's name")
        found += sorted(named) or [given]
    return found


def show_statements(
    found: Relation, sort: str, limit: int | None, table: tuple[Path, str | None], output: str, form: str | None
) -> None:
    """Print statements and the balance of all their pairs, or write them with the documents that they come from;
    `table` is where they are, and in what format if that is not its ending's."""
    chosen = ordered(found, sort) if sort else found
    if output:
        chosen = chosen.limit(limit) if limit else chosen
        documents = {name for (name,) in chosen.select("document").distinct().fetchall()}
        write(stream(chosen), [] if output == "-" else read_documents(table[0], documents, table[1]), output, form=form)
        return
    most = MOST if limit is None else limit
    rows = list(stream(_first(chosen, most)))
    display.statement_rows(rows)
    if rows:
        _say_rest(chosen, most, "statements")
        _print_pairs(per_pair(found), most, evidence=False)


def say_undated(statements: Relation, by: str) -> None:
    """Say on standard error how many statements no date can choose, or none that names the period `by`."""
    if lost := undated(statements, by):
        print(f"{lost:,} statements left out, for their date names no {by}", file=sys.stderr)


def show_pairs(found: Relation, by: str, sort: str, limit: int | None, output: str, form: str | None) -> None:
    """Print or write the balance per pair, or per pair and period `by`; rows without such a date are counted aloud."""
    if by:
        say_undated(found, by)
    told = per_period(found, by) if by else per_pair(found)
    told = ordered(told, sort) if sort else told
    if output:
        told = told.limit(limit) if limit else told
        schema = told.limit(0).to_arrow_table().schema
        write_tables({"pairs": (schema, stream(told))}, output, form=form)
        return
    _print_pairs(told, MOST if limit is None else limit, evidence=not by)


def _print_pairs(told: Relation, most: int, *, evidence: bool) -> None:
    display.pairs(_first(told, most).to_arrow_table(), evidence=evidence)
    _say_rest(told, most, "pairs")


def _first(found: Relation, most: int) -> Relation:
    return found.limit(most) if most else found


def _say_rest(found: Relation, most: int, what: str) -> None:
    rest = count(found) - most if most else 0
    if rest > 0:
        print(f"… and {rest:,} {what} more; --limit 0 shows all, -o FILE writes them")
