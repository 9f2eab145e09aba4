"""Folds dated parameters into complete coefficients: g per unit of an item.

One row per (method, term, item, flow, basis, use, period, region) that a ledger needs. Only
items whose factor is regional have a region, so the table stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dafeng.rulebook import Method, MethodTerm, Reference, Rulebook, Value, evaluate, in_force, used
from dafeng.vocabulary import Fault, factor, flows, gases, items, period, quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEPARATOR = "|"
"""Between the ids of the inputs of a coefficient."""

SCHEMA = pa.schema(
    [
        ("method", pa.string()),
        ("term", pa.string()),
        ("item", pa.string()),
        ("flow", pa.string()),
        ("basis", pa.string()),
        ("use", pa.string()),
        ("period", pa.string()),
        ("region", pa.string()),
        ("boundary", pa.string()),
        ("measure", pa.string()),
        ("gas", pa.string()),
        ("scope", pa.int8()),
        ("memo", pa.string()),
        ("sign", pa.int8()),
        ("coefficient", pa.float64()),
        ("inputs", pa.string()),
        ("proxy", pa.bool_()),
    ]
)


@dataclass(frozen=True, order=True)
class Activity:
    """A combination that occurs in a ledger."""

    method: str
    item: str
    flow: str
    basis: str
    use: str


@dataclass(frozen=True)
class Slot:
    """A term of a method applied to one item: what a coefficient is folded for."""

    rules: Rulebook
    method: Method
    term: MethodTerm
    item: str


@dataclass(frozen=True, order=True)
class Cell:
    """Where a default value is looked up, for one term and item."""

    use: str
    period: str
    region: str


@dataclass
class Defaults:
    """Default values of one symbol over some cells; NaN and an empty id where there is none."""

    unit: str
    numbers: NDArray[np.float64]
    ids: list[str]
    proxy: list[bool] = field(default_factory=list)


def compile_coefficients(
    rules: Rulebook,
    activities: Iterable[Activity],
    periods: Sequence[str],
    regions: Sequence[str],
    data_year: int | None = None,
) -> pa.Table:
    """Compile the coefficient table (columns of ``SCHEMA``).

    Args:
        rules: the rulebook.
        activities: combinations that occur.
        periods: periods that occur; a method out of its time gives no row.
        regions: factor regions that occur.
        data_year: hold the regional factors fixed at the data of this year.

    Returns:
        ``coefficient`` in g CO2e (emission) or g standard coal (energy) per unit of the item,
        without the sign of the flow; null where a parameter has no value.
    """
    rows: list[dict[str, Any]] = []
    activities = sorted(set(activities))
    for method_id in dict.fromkeys(a.method for a in activities):
        method = rules.method(method_id)
        dated = [p for p in periods if in_force(method, p)]
        for term in method.terms:
            for item in rules.items(term):
                matched = [
                    (a, sign)
                    for a in activities
                    if (a.method, a.item) == (method_id, item) and (sign := sign_of(term, a))
                ]
                slot = Slot(rules, method, term, item)
                rows.extend(_rows(slot, matched, dated, regions, data_year))
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def sign_of(term: MethodTerm, activity: Activity) -> int:
    """Return the sign of an activity in a term, 0 where the term does not count it."""
    if term.uses and not any(_matches(use, activity.use) for use in term.uses):
        return 0
    if term.flows is not None:
        return term.flows.get(activity.flow, 0)
    signs = flows()[activity.flow].signs.get(term.column or "", {})
    return signs.get(activity.basis, 0)  # type: ignore[call-overload, no-any-return]


def _matches(pattern: str, use: str) -> bool:
    family = pattern.removesuffix("/*")
    return use == pattern or (family != pattern and (use + "/").startswith(family + "/"))


def _rows(
    slot: Slot,
    matched: list[tuple[Activity, int]],
    periods: Sequence[str],
    regions: Sequence[str],
    data_year: int | None,
) -> Iterator[dict[str, Any]]:
    if not matched or not periods:
        return
    method, term, item = slot.method, slot.term, slot.item
    places = regions if items()[item].regional else ("",)
    cells = [
        Cell(use, when, place)
        for use, when, place in product(sorted({a.use for a, _ in matched}), periods, places)
    ]
    values, inputs, proxies = fold_defaults(slot, cells, data_year)
    by_use: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        by_use.setdefault(cell.use, []).append(index)
    for activity, sign in matched:
        for index in by_use[activity.use]:
            number = values[index]
            yield {
                "method": method.id,
                "term": term.id,
                "item": item,
                "flow": activity.flow,
                "basis": activity.basis,
                "use": activity.use,
                "period": cells[index].period,
                "region": cells[index].region,
                "boundary": method.boundary_id,
                "measure": term.measure,
                "gas": term.gas or "",
                "scope": term.scope or 0,
                "memo": term.memo or "",
                "sign": sign,
                "coefficient": None if np.isnan(number) else float(number),
                "inputs": inputs[index],
                "proxy": proxies[index],
            }


def fold_defaults(
    slot: Slot, cells: Sequence[Cell], data_year: int | None
) -> tuple[NDArray[np.float64], list[str], list[bool]]:
    """Return coefficient, ids of the inputs, and proxy flag for each cell."""
    found = {
        symbol: defaults(slot.rules, ref, slot.item, cells, data_year)
        for symbol, ref in slot.term.parameters.items()
    }
    numbers = {symbol: d.numbers for symbol, d in found.items()}
    units = {symbol: d.unit for symbol, d in found.items()}
    values = fold(slot, numbers, units)
    taken = used(slot.term.expression, {s: ~np.isnan(array) for s, array in numbers.items()})
    warming = gwp_inputs(slot)
    inputs, proxies = [], []
    for i in range(len(cells)):
        rests_on = [d for symbol, d in found.items() if taken[symbol][i]]
        inputs.append(SEPARATOR.join([d.ids[i] for d in rests_on if d.ids[i]] + warming))
        proxies.append(any(d.proxy[i] for d in rests_on))
    return values, inputs, proxies


def defaults(
    rules: Rulebook, ref: Reference, item: str, cells: Sequence[Cell], data_year: int | None
) -> Defaults:
    """Look up the default values of a reference over some cells, all in one unit."""
    unit = ""
    result = Defaults("", np.full(len(cells), np.nan), [""] * len(cells), [False] * len(cells))
    fixed = ref.select == "newest_data_year" and data_year is not None
    for index, cell in enumerate(cells):
        when = period(str(data_year) if fixed else cell.period)
        choice = rules.choose(ref, item, when, cell.region, cell.use)
        if choice is None:
            continue
        value = choice.value
        unit = unit or value.unit
        result.numbers[index] = (value.number or 0.0) * factor(value.unit, unit)
        result.ids[index] = value.id
        result.proxy[index] = choice.proxy
    result.unit = unit or rules.parameters[ref.parameter].units[0]
    return result


def fold(
    slot: Slot, numbers: dict[str, NDArray[np.float64]], units: dict[str, str]
) -> NDArray[np.float64]:
    """Evaluate a term: g CO2e or g standard coal per unit of the item.

    Args:
        slot: the term and the item, which gives the unit of the quantity.
        numbers: symbol → values, arrays of one shape, NaN where there is no value.
        units: symbol → unit of these values.

    Raises:
        Fault: ``unit_mismatch`` where the formula does not lead to the measure's unit.
    """
    given: Any = {symbol: array * quantity(units[symbol]) for symbol, array in numbers.items()}
    term = slot.term
    result: Any = evaluate(term.expression, given) * quantity(items()[slot.item].unit)
    if term.gas:
        warming = _gwp(slot.rules, slot.method, term.gas)
        result = result * (warming.number * quantity(warming.unit))
        target = "gCO2e"
    else:
        target = "gce"
    return np.asarray(_in_unit(result, target, f"{slot.method.id}.{term.id} ({slot.item})"))


def _in_unit(result: Any, target: str, place: str) -> Any:
    wanted = quantity(target)
    if not result.is_compatible_with(wanted.units):
        raise Fault("unit_mismatch", place, unit=str(result.units), expected=target)
    return result.to(wanted.units).magnitude


def gwp_inputs(slot: Slot) -> list[str]:
    """Return the id of the global warming potential; that of CO2, 1, is no input worth a line."""
    if slot.term.gas is None:
        return []
    value = _gwp(slot.rules, slot.method, slot.term.gas)
    return [] if value.number == 1 else [value.id]


def _gwp(rules: Rulebook, method: Method, gas: str) -> Value:
    value = rules.values.get(f"gwp/{method.gwp}/{gas}")
    if value is None or value.number is None:
        raise Fault("unknown_gas", method.id, label=gas, near=", ".join(gases()))
    return value
