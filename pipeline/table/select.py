"""The rows of a stance table that somebody asks for, as queries; what a user gives is a value in them, never SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from pipeline.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation
    from duckdb import Expression


def select(
    table: Relation,
    equal: Mapping[str, str | Sequence[str] | None],
    *,
    actor: Sequence[str] | None = None,
    min_confidence: float = 0.0,
    since: str = "",
    until: str = "",
) -> Relation:
    """The rows whose columns are `equal` to a value or one of several.

    `actor` is either source or target. Dates compare by as much as is given: until 2016 takes all of 2016.
    """
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    def one_of(column: str, values: str | Sequence[str]) -> Expression:
        given = [values] if isinstance(values, str) else values
        return ColumnExpression(column).isin(*map(ConstantExpression, given))

    date = ColumnExpression("date")
    wanted = [one_of(column, values) for column, values in equal.items() if values]
    if actor:
        wanted.append(one_of("source", actor) | one_of("target", actor))
    if min_confidence:
        wanted.append(ColumnExpression("confidence") >= ConstantExpression(min_confidence))
    if since:
        wanted.append(date >= ConstantExpression(since))
    if until:
        wanted.append(date != ConstantExpression(""))
        wanted.append(FunctionExpression("left", date, ConstantExpression(len(until))) <= ConstantExpression(until))
    return table.filter(reduce(and_, wanted)) if wanted else table


def ordered(table: Relation, by: str) -> Relation:
    """The rows in the order of column `by` (`-` before it reverses), ties in the order of the other columns.

    Raises InputError for a column that is none.
    """
    from duckdb import ColumnExpression

    name = by.removeprefix("-")
    if name not in table.columns:
        raise InputError(f"no column {name!r} to sort by; one of {', '.join(table.columns)}")
    first = ColumnExpression(name).desc() if by != name else ColumnExpression(name).asc()
    return table.sort(first.nulls_last(), *(ColumnExpression(column) for column in table.columns if column != "id"))
