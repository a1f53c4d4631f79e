"""The rows of a stance table that somebody asks for, as queries; what a user gives is a value in them, never SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.labels import STANCES, STATUSES

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation
    from duckdb import Expression


_KNOWN = {"stance": STANCES[:2], "status": STATUSES}
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


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

    `actor` is either source or target. Dates compare by as much as is given: until 2016 takes all of 2016. Raises
    InputError for a stance, a status or a date that there is not.
    """
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    def one_of(column: str, values: str | Sequence[str]) -> Expression:
        given = [values] if isinstance(values, str) else values
        return ColumnExpression(column).isin(*map(ConstantExpression, given))

    for column, known in _KNOWN.items():
        values = equal.get(column) or ()
        for value in [values] if isinstance(values, str) else values:
            if value not in known:
                raise InputError(f"no such {column}: {value!r}; one of {', '.join(known)}")
    for name, given in (("since", since), ("until", until)):
        if given and not _DATE.fullmatch(given):
            raise InputError(f"--{name} is a date such as 2016, 2016-05 or 2016-05-31, and {given!r} is none")
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
