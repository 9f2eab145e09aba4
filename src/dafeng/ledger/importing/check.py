"""Check columns against the declared table, each distinct value once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.ledger.importing.columns import Bools, Floats, Ints, Labels, group
from dafeng.ledger.importing.faults import Add, Faults
from dafeng.ledger.importing.labels import resolve_all, resolver
from dafeng.ledger.importing.numbers import fault_of, parse
from dafeng.vocabulary import Column, Fault, Item, factor, items


def check_labels(column: Column, labels: Labels, where: Bools, faults: Faults) -> Labels:
    """Replace labels by ids; note those that are not known, in the rows of ``where``."""
    resolve = resolver(column)
    if resolve is None:
        return labels
    ids, bad = resolve_all(labels.texts, resolve)
    if bad:
        _note(column.name, labels, bad, where, faults.add)
    return Labels.choose(ids, labels.codes)


def check_numbers(
    column: Column, given: Any, text_cells: Bools | None, where: Bools, faults: Faults
) -> Floats:
    """Read numbers; note those that are not, and those that Excel holds as text."""
    numbers, wrong = parse(given)
    if column.type == "integer":
        wrong |= np.isfinite(numbers) & (numbers != np.rint(numbers))
    if (wrong & where).any():
        _note_numbers(column.name, given, wrong & where, faults)
    if text_cells is not None:
        at = np.flatnonzero(text_cells & np.isfinite(numbers) & ~wrong & where)
        faults.add("text_number", at, column.name, lambda i: {"label": given[i]})
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    at = np.flatnonzero(((numbers < low) | (numbers > high)) & where)
    ends = {
        "low": "…" if column.low is None else column.low,
        "high": "…" if column.high is None else column.high,
    }
    faults.add("out_of_range", at, column.name, lambda i: {"label": numbers[i], **ends})
    return numbers


def check_filled(column: Column, values: Labels | Floats, where: Bools, add: Add) -> None:
    """Note the rows of ``where`` in which a required value is missing."""
    filled = values.filled if isinstance(values, Labels) else np.isfinite(values)
    add("missing_value", np.flatnonzero(where & ~filled), column.name, None)


def check_units(item: Labels, unit: Labels, add: Add) -> None:
    """Note the rows whose unit does not convert to the unit of the item."""
    width = len(unit.values)
    pairs = item.codes.astype(np.int64) * width + unit.codes
    for pair in np.unique(pairs).tolist():
        i, j = divmod(pair, width)
        entry, label = items().get(item.texts[i]), unit.texts[j]
        if entry is None or not label:
            continue
        fault = _unit_fault(label, entry)
        if fault is not None:
            add(fault.code, np.flatnonzero(pairs == pair), "unit", fault.values)


def _unit_fault(label: str, item: Item) -> Fault | None:
    """Return why a unit leads to none of an item's units, ``None`` where it does."""
    faults = []
    for unit in (item.unit, *item.by_rule):
        try:
            factor(label, unit)
        except Fault as fault:
            faults.append(fault)
        else:
            return None
    return faults[0]


def check_key(keys: list[Labels], names: tuple[str, ...], rows: Ints, add: Add) -> None:
    """Note all rows whose key occurs more than once; ``rows`` are their numbers in the file."""
    if not keys:
        return
    code = group(*(key.codes for key in keys))
    _, inverse, counts = np.unique(code, return_inverse=True, return_counts=True)

    def other(i: int) -> Mapping[str, Any]:
        same = np.flatnonzero(code == code[i])
        return {"other": rows[same[same != i][0]]}

    add("duplicate", np.flatnonzero(counts[inverse] > 1), names[0], other)


def to_arrow(column: Column, values: Labels | Floats) -> Any:
    """Return a checked column as Arrow: float64, int64, date32 or dictionary-encoded text."""
    if not isinstance(values, Labels):
        array = pa.array(values, from_pandas=True)
        return array.cast(pa.int64()) if column.type == "integer" else array
    if column.type == "date":
        days = pa.array([date.fromisoformat(text) if text else None for text in values.texts])
        return days.cast(pa.date32()).take(pa.array(values.codes))
    return values.to_arrow()


def _note(column: str, labels: Labels, bad: dict[int, Fault], where: Bools, add: Add) -> None:
    codes = np.where(where, labels.codes, -1)
    by_code: dict[str, list[int]] = {}
    for i, fault in bad.items():
        by_code.setdefault(fault.code, []).append(i)
    said: Callable[[int], Mapping[str, Any]] = lambda row: bad[int(codes[row])].values  # noqa: E731
    for code, places in by_code.items():
        add(code, np.flatnonzero(np.isin(codes, places)), column, said)


def _note_numbers(column: str, given: Any, wrong: Bools, faults: Faults) -> None:
    at = np.flatnonzero(wrong)
    if not isinstance(given, Labels):
        faults.add("not_finite", at, column, lambda i: {"label": str(given[i])})
        return
    causes = {code: fault_of(given.texts[code]) for code in np.unique(given.codes[at]).tolist()}
    for cause in dict.fromkeys(code for code, _ in causes.values()):
        places = [code for code, (found, _) in causes.items() if found == cause]
        rows = at[np.isin(given.codes[at], places)]
        faults.add(
            cause,
            rows,
            column,
            lambda i: {"label": given[i], "plain": causes[int(given.codes[i])][1]},
        )
