"""What a reporter measured takes the default's place, folded like the defaults.

A facility's own value comes before the reporter's, the month's before the year's.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.coefficients import SEPARATOR, Cell, Slot, defaults, fold, gwp_inputs
from dafeng.accounting.measured import converted, found_for, pairs_of, whole
from dafeng.rulebook import MethodTerm, Rulebook, used

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
    activity: pa.Table,
    measured: pa.Table,
    data_year: int | None = None,
) -> pa.Table:
    """Fold measured parameters into coefficients (columns of ``SCHEMA``).

    Args:
        rules: the rulebook.
        activity: distinct reporter, facility, method, item, use, period, year, region.
        measured: columns of ``MEASURED``; a row with a method counts for that one only.
        data_year: as for the default coefficients.
    """
    known = pairs_of(measured)
    some = pc.is_in(activity["reporter"], value_set=measured["reporter"].unique())
    activity = activity.filter(some)
    tables = []
    for pair in activity.group_by(["method", "item"]).aggregate([]).to_pylist():
        method = rules.method(pair["method"])
        for term in method.terms:
            if pair["item"] not in rules.items(term):
                continue
            symbols = _measurable(term, pair["item"], known)
            if symbols:
                rows = activity.filter(
                    (pc.field("method") == method.id) & (pc.field("item") == pair["item"])
                )
                slot = Slot(rules, method, term, pair["item"])
                own = measured.filter(pc.is_in(measured["method"], pa.array(["", method.id])))
                wanted = {s: _asked(term, s, pair["item"]) for s in symbols}
                exact = {s for s in symbols if term.parameters[s].own_period}
                found = found_for(rows, own, wanted, exact)
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


def _asked(term: MethodTerm, symbol: str, item: str) -> tuple[str, str]:
    """Return item and parameter whose measured value a symbol takes."""
    ref = term.parameters[symbol]
    return ref.item or item, ref.parameter


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
            given = converted(found, symbol, default.unit)
            source = pc.if_else(pa.array(np.isnan(given)), source, whole(found[f"{symbol}_id"]))
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
