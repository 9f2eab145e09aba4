"""What a reporter measured takes the default's place, folded like the defaults.

A facility's own value comes before the reporter's, the month's before the year's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.coefficients import SEPARATOR, Cell, Slot, defaults, fold, gwp_inputs
from dafeng.rulebook import MethodTerm, Rulebook, used
from dafeng.vocabulary import factor

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEY = ("reporter", "facility", "method", "term", "item", "use", "period", "region")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in KEY),
        ("override", pa.float64()),
        ("override_inputs", pa.string()),
        ("override_proxy", pa.bool_()),
    ]
)


def compile_overrides(
    rules: Rulebook,
    activity: ir.Table,
    measured: ir.Table,
    data_year: int | None = None,
) -> pa.Table:
    """Fold measured parameters into coefficients (columns of ``SCHEMA``).

    Args:
        rules: the rulebook.
        activity: distinct reporter, facility, method, item, use, period, year, region.
        measured: reporter, facility, period, item, parameter, value, unit.
        data_year: as for the default coefficients.
    """
    pairs = measured.select("item", "parameter").distinct().to_pyarrow().to_pylist()
    known = {(pair["item"], pair["parameter"]) for pair in pairs}
    methods = activity.select("method", "item").distinct().to_pyarrow().to_pylist()
    tables = []
    for pair in methods:
        method = rules.method(pair["method"])
        for term in method.terms:
            if pair["item"] not in rules.items(term):
                continue
            symbols = _measurable(term, pair["item"], known)
            if symbols:
                rows = activity.filter(
                    (activity.method == method.id) & (activity.item == pair["item"])
                )
                slot = Slot(rules, method, term, pair["item"])
                found = _found(rows, measured, term, pair["item"], symbols)
                tables.append(_folded(slot, found, symbols, data_year))
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def _measurable(term: MethodTerm, item: str, known: set[tuple[str, str]]) -> list[str]:
    return [
        symbol
        for symbol, ref in term.parameters.items()
        if ref.measured
        and item not in ref.default_only
        and (ref.item or item, ref.parameter) in known
    ]


def _found(
    rows: ir.Table, measured: ir.Table, term: MethodTerm, item: str, symbols: list[str]
) -> pa.Table:
    """Join the measured values of each symbol to the rows; keep rows that have at least one."""
    found = rows
    for symbol in symbols:
        ref = term.parameters[symbol]
        own = measured.filter(
            (measured.item == (ref.item or item)) & (measured.parameter == ref.parameter)
        ).select("reporter", "facility", "period", "value", "unit")
        for level, (place, when) in enumerate(
            (("facility", "period"), ("facility", "year"), (None, "period"), (None, "year"))
        ):
            found = _joined(found, own, f"{symbol}_{level}", place, when)
    for symbol in symbols:
        found = found.mutate(
            **{
                f"{symbol}_{part}": ibis.coalesce(
                    *(found[f"{symbol}_{level}_{part}"] for level in range(4))
                )
                for part in ("value", "unit", "where", "when")
            }
        )
    any_measured = ibis.or_(*(found[f"{symbol}_value"].notnull() for symbol in symbols))
    columns = [f"{s}_{part}" for s in symbols for part in ("value", "unit", "where", "when")]
    return found.filter(any_measured).select(*rows.columns, *columns).to_pyarrow()


def _joined(found: ir.Table, own: ir.Table, prefix: str, place: str | None, when: str) -> ir.Table:
    side = own.select(
        **{
            f"{prefix}_reporter": own.reporter,
            f"{prefix}_where": own.facility,
            f"{prefix}_when": own.period,
            f"{prefix}_value": own.value,
            f"{prefix}_unit": own.unit,
        }
    )
    facility = found[place] if place else ibis.literal("")
    return found.left_join(
        side,
        [
            found.reporter == side[f"{prefix}_reporter"],
            facility == side[f"{prefix}_where"],
            found[when] == side[f"{prefix}_when"],
        ],
    )


def _folded(
    slot: Slot,
    found: pa.Table,
    symbols: list[str],
    data_year: int | None,
) -> pa.Table:
    rules, term, item = slot.rules, slot.term, slot.item
    cells = [
        Cell(*keys)
        for keys in zip(*(found[c].to_pylist() for c in ("use", "period", "region")), strict=True)
    ]
    distinct = sorted(set(cells))
    place = {cell: index for index, cell in enumerate(distinct)}
    at = np.array([place[cell] for cell in cells], dtype=np.int64)
    numbers, units, ids, proxies = {}, {}, {}, {}
    for symbol, ref in term.parameters.items():
        default = defaults(rules, ref, item, distinct, data_year)
        number, source = default.numbers[at], pa.array(default.ids).take(pa.array(at))
        proxy = np.array(default.proxy, dtype=bool)[at]
        if symbol in symbols:
            given = _converted(found, symbol, default.unit)
            own = _measured_id(found, symbol, ref.item or item, ref.parameter)
            source = pc.if_else(pa.array(np.isnan(given)), source, own)
            number = np.where(np.isnan(given), number, given)
            proxy = proxy & np.isnan(given)
        numbers[symbol], units[symbol] = number, default.unit
        ids[symbol], proxies[symbol] = source, proxy
    taken = used(term.expression, {symbol: ~np.isnan(array) for symbol, array in numbers.items()})
    parts = [pc.if_else(pa.array(taken[symbol]), source, "") for symbol, source in ids.items()]
    parts += [pa.array([value] * len(cells), pa.string()) for value in gwp_inputs(slot)]
    values = fold(slot, numbers, units)
    columns = {
        name: found[name]
        for name in ("reporter", "facility", "method", "item", "use", "period", "region")
    }
    columns["term"] = pa.array([term.id] * len(cells), pa.string())
    columns["override"] = pa.array(values, mask=np.isnan(values))
    columns["override_proxy"] = pa.array(np.any([proxies[s] & taken[s] for s in taken], axis=0))
    columns["override_inputs"] = pc.binary_join_element_wise(*parts, SEPARATOR)
    return pa.table({name: columns[name] for name in SCHEMA.names}, schema=SCHEMA)


def _measured_id(found: pa.Table, symbol: str, item: str, parameter: str) -> pa.Array:
    """Return ``measured/reporter/facility/period/item/parameter``, null where not measured."""
    text = pc.binary_join_element_wise(
        "measured",
        found["reporter"],
        found[f"{symbol}_where"],
        found[f"{symbol}_when"],
        item,
        parameter,
        "/",
    )
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _converted(found: pa.Table, symbol: str, unit: str) -> Any:
    """Return the measured values in ``unit``; the factor is looked up per distinct unit."""
    labels = found[f"{symbol}_unit"].combine_chunks().dictionary_encode()
    factors = np.array([factor(label, unit) for label in labels.dictionary.to_pylist()] + [np.nan])
    index = labels.indices.fill_null(len(factors) - 1).to_numpy(zero_copy_only=False)
    return found[f"{symbol}_value"].to_numpy() * factors[index]
