"""What reporters measured: how a value is named, and which of several counts.

A facility's own value comes before the reporter's, the month's before the year's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.vocabulary import factor

if TYPE_CHECKING:
    import ibis.expr.types as ir

MEASURED = ("method", "reporter", "facility", "period", "item", "parameter", "value", "unit", "id")
"""What is known of a measured value: ``method`` is empty where it counts for all."""

SCHEMA = pa.schema([(n, pa.float64() if n == "value" else pa.string()) for n in MEASURED])

_OWN = "period"
_LEVELS = (("facility", _OWN), ("facility", "year"), (None, _OWN), (None, "year"))
"""Where a value is looked for, in this order."""

_PARTS = {"value": "value", "unit": "unit", "id": "id", "where": "facility", "when": "period"}
"""What is told of a measured value, and the column that holds it."""

_BETWEEN = "\x1f"
"""Between the parts of a key; no id holds it."""


def identified(measured: ir.Table) -> pa.Table:
    """Return what was measured in the columns of ``MEASURED``, each row with its id.

    The id is ``measured/reporter/facility/period/item/parameter``. The rows are fetched once:
    they are looked at for every item that something was measured of.
    """
    names = ("reporter", "facility", "period", "item", "parameter")
    rows = measured.select(*names, "value", "unit").to_pyarrow()
    named = pc.binary_join_element_wise("measured", *(rows[name] for name in names), "/")
    rows = rows.append_column("id", named)
    rows = rows.append_column("method", pa.array([""] * rows.num_rows, pa.string()))
    return rows.select(MEASURED).cast(SCHEMA)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def converted(found: pa.Table, symbol: str, unit: str) -> Any:
    """Return the measured values in ``unit``; the factor is looked up per distinct unit."""
    labels = found[f"{symbol}_unit"].combine_chunks().dictionary_encode()
    factors = np.array([factor(label, unit) for label in labels.dictionary.to_pylist()] + [np.nan])
    index = labels.indices.fill_null(len(factors) - 1).to_numpy(zero_copy_only=False)
    return found[f"{symbol}_value"].to_numpy() * factors[index]


def pairs_of(measured: pa.Table) -> set[tuple[str, str]]:
    """Return each item and parameter of which something was measured."""
    rows = measured.group_by(["item", "parameter"]).aggregate([]).to_pylist()
    return {(row["item"], row["parameter"]) for row in rows}


def found_for(
    rows: pa.Table,
    measured: pa.Table,
    wanted: Mapping[str, tuple[str, str]],
    exact: Collection[str] = (),
) -> pa.Table:
    """Look measured values up for rows; keep rows that have at least one.

    Args:
        rows: at least reporter, facility, period, year.
        measured: columns of ``MEASURED``.
        wanted: symbol → item and parameter.
        exact: symbols for which only a value of the row's own period counts.

    Returns:
        ``rows`` with ``symbol_value``, ``symbol_unit``, ``symbol_id``, and ``symbol_where`` and
        ``symbol_when``, the facility and period that it was measured for.
    """
    own = {symbol: of_pair(measured, *pair) for symbol, pair in wanted.items()}
    reporters = pa.chunked_array([c for o in own.values() for c in o["reporter"].chunks])
    found = rows.filter(pc.is_in(rows["reporter"], value_set=reporters.unique())).combine_chunks()
    places = {
        symbol: _places(found, side, [at for at in _LEVELS if symbol not in exact or at[1] == _OWN])
        for symbol, side in own.items()
    }
    for symbol, side in own.items():
        for part, name in _PARTS.items():
            found = found.append_column(f"{symbol}_{part}", side[name].take(places[symbol]))
    known = [pc.is_valid(place) for place in places.values()]
    return found.filter(reduce(pc.or_, known))


def of_pair(measured: pa.Table, item: str, parameter: str) -> pa.Table:
    """Return what was measured of one parameter of one item."""
    chosen = pc.and_(pc.equal(measured["item"], item), pc.equal(measured["parameter"], parameter))
    return measured.filter(chosen).combine_chunks()


def _places(found: pa.Table, side: pa.Table, levels: Sequence[tuple[str | None, str]]) -> pa.Array:
    """Return for each row its place in ``side``, null where it has none."""
    known = _key(side["reporter"], side["facility"], side["period"])
    nowhere = pa.array([""] * found.num_rows, pa.string())
    sought = [
        _key(found["reporter"], found[place] if place else nowhere, found[when])
        for place, when in levels
    ]
    return pc.coalesce(*(pc.index_in(key, value_set=known) for key in sought))


def _key(*columns: Any) -> pa.Array:
    texts = [whole(column).cast(pa.string()) for column in columns]
    return pc.binary_join_element_wise(*texts, _BETWEEN)
