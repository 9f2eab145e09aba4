"""Folds dated parameters into complete coefficients: g per unit of an item.

One row per (method, term, item, flow, basis, use, period, region) that a ledger needs. Only
items whose factor is regional have a region, so the table stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import product
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from dafeng.rulebook import Method, MethodTerm, Reference, Rulebook, Value, evaluate, in_force, used
from dafeng.vocabulary import Fault, factor, flows, gases, items, period, quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Index = NDArray[np.int64]

SEPARATOR = "|"
"""Between the ids of the inputs of a coefficient."""

TEXT = pa.dictionary(pa.int32(), pa.string())
"""A text that many rows share is kept once."""

SCHEMA = pa.schema(
    [
        ("method", TEXT),
        ("term", TEXT),
        ("item", TEXT),
        ("flow", TEXT),
        ("basis", TEXT),
        ("use", TEXT),
        ("period", TEXT),
        ("region", TEXT),
        ("boundary", TEXT),
        ("measure", TEXT),
        ("gas", TEXT),
        ("scope", pa.int8()),
        ("memo", TEXT),
        ("sign", pa.int8()),
        ("coefficient", pa.float64()),
        ("inputs", TEXT),
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


ACTIVITY = tuple(field.name for field in fields(Activity))


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


@dataclass(frozen=True)
class Epochs:
    """The periods of a method, by the editions that hold in them.

    Attributes:
        firsts: the first period of each epoch, for which its values are looked up.
        periods: places of the periods in the list of all periods.
        of: for each of them its epoch, a place in ``firsts``.
    """

    firsts: list[str]
    periods: Index
    of: Index


@dataclass(frozen=True)
class Block:
    """The rows of one term and item, as places in short tables.

    Attributes:
        lines: what rows say of their activity and term, one per activity.
        cells: what they say of their value, one per use, epoch and region.
        line, cell, period: for each row its place in ``lines``, ``cells`` and all periods.
    """

    lines: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    line: Index
    cell: Index
    period: Index


Compiler = Callable[
    [Rulebook, Iterable[Activity], Sequence[str], Sequence[str], int | None], pa.Table
]
"""What gives a coefficient table; the arguments are those of ``compile_coefficients``."""


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

    Each term is folded once per epoch (periods in which the same editions hold), and its values
    are spread over the periods afterwards.

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
    occurring: dict[str, dict[str, list[Activity]]] = {}
    for activity in sorted(set(activities), key=attrgetter(*ACTIVITY)):
        occurring.setdefault(activity.method, {}).setdefault(activity.item, []).append(activity)
    blocks = []
    for method_id, by_item in occurring.items():
        method = rules.method(method_id)
        dated = [at for at, label in enumerate(periods) if in_force(method, label)]
        for term in method.terms if dated else ():
            when = _epochs(rules, term, periods, dated)
            for item in rules.items(term):
                counted = [(a, sign) for a in by_item.get(item, ()) if (sign := sign_of(term, a))]
                places = regions if items()[item].regional else ("",)
                if counted and places:
                    slot = Slot(rules, method, term, item)
                    blocks.append(_block(slot, counted, when, places, data_year))
    return _assembled(blocks, periods)


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


def _epochs(rules: Rulebook, term: MethodTerm, periods: Sequence[str], dated: list[int]) -> Epochs:
    held: dict[tuple[bool, ...], int] = {}
    firsts = []
    of = []
    for at in dated:
        epoch = rules.epoch(term.parameters.values(), period(periods[at]))
        if epoch not in held:
            held[epoch] = len(held)
            firsts.append(periods[at])
        of.append(held[epoch])
    return Epochs(firsts, np.array(dated), np.array(of))


def _block(
    slot: Slot,
    counted: list[tuple[Activity, int]],
    when: Epochs,
    places: Sequence[str],
    data_year: int | None,
) -> Block:
    """Fold a term for one item, and say which rows come of it: activity × period × place."""
    listed = sorted({activity.use for activity, _ in counted})
    cells = [Cell(*keys) for keys in product(listed, when.firsts, places)]
    values, inputs, proxies = fold_defaults(slot, cells, data_year)
    per_use = len(when.firsts) * len(places)
    first_cell = np.array([listed.index(activity.use) * per_use for activity, _ in counted])
    of_period = when.of[:, None] * len(places) + np.arange(len(places))
    per_line = of_period.size
    return Block(
        lines=[_line(slot, activity, sign) for activity, sign in counted],
        cells=[
            {"region": cell.region, "coefficient": number, "inputs": rests_on, "proxy": proxy}
            for cell, number, rests_on, proxy in zip(
                cells, values.tolist(), inputs, proxies, strict=True
            )
        ],
        line=np.repeat(np.arange(len(counted)), per_line),
        cell=np.add.outer(first_cell, of_period.ravel()).ravel(),
        period=np.tile(np.repeat(when.periods, len(places)), len(counted)),
    )


def _line(slot: Slot, activity: Activity, sign: int) -> dict[str, Any]:
    method, term = slot.method, slot.term
    return {
        "method": method.id,
        "term": term.id,
        "item": slot.item,
        "flow": activity.flow,
        "basis": activity.basis,
        "use": activity.use,
        "boundary": method.boundary_id,
        "measure": term.measure,
        "gas": term.gas or "",
        "scope": term.scope or 0,
        "memo": term.memo or "",
        "sign": sign,
    }


def _assembled(blocks: Sequence[Block], periods: Sequence[str]) -> pa.Table:
    """Spread the short tables of the blocks over their rows."""
    if not blocks:
        return SCHEMA.empty_table()
    short = {
        "line": _table(row for block in blocks for row in block.lines),
        "cell": _table(row for block in blocks for row in block.cells),
        "period": _table({"period": label} for label in periods),
    }
    places = {
        "line": _shifted([(block.line, len(block.lines)) for block in blocks]),
        "cell": _shifted([(block.cell, len(block.cells)) for block in blocks]),
        "period": np.concatenate([block.period for block in blocks]),
    }
    columns: dict[str, Any] = {}
    for name, table in short.items():
        taken = table.take(pa.array(places[name]))
        columns |= dict(zip(taken.column_names, taken.columns, strict=True))
    return pa.table({name: columns[name] for name in SCHEMA.names}, schema=SCHEMA)


def _table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Return rows as a table of the columns of ``SCHEMA`` that they have; NaN is null."""
    listed = list(rows)
    fields = [field for field in SCHEMA if field.name in listed[0]]
    columns = {
        field.name: pa.array([row[field.name] for row in listed], field.type, from_pandas=True)
        for field in fields
    }
    return pa.table(columns, schema=pa.schema(fields))


def _shifted(parts: Sequence[tuple[Index, int]]) -> Index:
    """Join places in short tables into places in all of these tables, one below the other."""
    starts = np.cumsum([0, *(size for _, size in parts)])
    return np.concatenate([at + start for (at, _), start in zip(parts, starts, strict=False)])


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
    """Look up the default values of a reference over some cells, all in one unit.

    The unit does not hang on the cells, so that no value hangs on what is looked up beside it.
    """
    unit = _unit(rules, ref, item)
    result = Defaults(unit, np.full(len(cells), np.nan), [""] * len(cells), [False] * len(cells))
    fixed = ref.select == "newest_data_year" and data_year is not None
    for index, cell in enumerate(cells):
        when = period(str(data_year) if fixed else cell.period)
        choice = rules.choose(ref, item, when, cell.region, cell.use)
        if choice is None:
            continue
        value = choice.value
        # only what has a number is ever a candidate
        result.numbers[index] = cast("float", value.number) * factor(value.unit, unit)
        result.ids[index] = value.id
        result.proxy[index] = choice.proxy
    return result


def _unit(rules: Rulebook, ref: Reference, item: str) -> str:
    """Return the unit that the default values of a reference are taken in."""
    known, kind = _units(rules), (ref.gas or "", ref.case or "")
    places = product(rules.sets_of(ref), (ref.item or item, ""))
    units = (known.get((ref.parameter, *place, *kind)) for place in places)
    return next(filter(None, units), rules.parameters[ref.parameter].units[0])


@lru_cache(maxsize=2)
def _units(rules: Rulebook) -> dict[tuple[str, ...], str]:
    """Return the unit of the first value by parameter, set, item, gas and case; without drafts."""
    found: dict[tuple[str, ...], str] = {}
    for value in rules.values.values():
        if value.number is not None and not rules.documents[value.set.document].draft:
            row = value.row
            kind = (row.item or "", row.gas or "", row.case or "")
            found.setdefault((value.parameter, value.set.id, *kind), value.unit)
    return found


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
