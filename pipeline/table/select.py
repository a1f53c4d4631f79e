"""The rows of a stance table that somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import InputError
from pipeline.table.schema import STATEMENTS


def select(
    table: pa.Table,
    equal: Mapping[str, str | Sequence[str] | None],
    *,
    actor: Sequence[str] | None = None,
    min_confidence: float = 0.0,
    since: str = "",
    until: str = "",
    sort: str = "",
) -> pa.Table:
    """The rows whose columns are `equal` to a value or one of several, in the order of column `sort` (`-` reverses).

    `actor` is either source or target. Dates compare by as much as is given: until 2016 takes all of 2016. Raises
    InputError for a column that is none.
    """

    def one_of(column: str, values: str | Sequence[str]) -> pa.ChunkedArray:
        given = [values] if isinstance(values, str) else list(values)
        return pc.is_in(table[column], value_set=pa.array(given, pa.string()))

    masks = [one_of(column, values) for column, values in equal.items() if values]
    if actor:
        masks.append(pc.or_(one_of("source", actor), one_of("target", actor)))
    if min_confidence:
        masks.append(pc.greater_equal(table["confidence"], min_confidence))
    if since:
        masks.append(pc.greater_equal(table["date"], since))
    if until:
        masks.append(pc.not_equal(table["date"], ""))
        masks.append(pc.less_equal(pc.utf8_slice_codeunits(table["date"], 0, len(until)), until))
    if masks:
        table = table.filter(reduce(pc.and_, masks))
    if sort:
        name, order = sort.lstrip("-"), "descending" if sort.startswith("-") else "ascending"
        if name not in STATEMENTS.names:
            raise InputError(f"no column {name!r} to sort by; one of {', '.join(STATEMENTS.names)}")
        table = table.sort_by([(name, order)])
    return table
