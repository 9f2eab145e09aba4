"""Checks at the door that need the rules: units and ranges of what was measured or published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dafeng.ledger import Add
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, is_fictional, read_yaml

Check = Callable[[Any, Add], None]
_CHANGES = ("change", "change_sum")
_RATE = "%"
_SYNTHETIC = "synthetic"
_ESTIMATED = Path(__file__).parent / "data" / "estimated.yaml"


def door_check(table: str, rules: Rulebook) -> Check | None:
    """Return the further check of a table, if it has one."""
    checks: dict[str, Check] = {
        "measured": lambda rows, add: _measured(rules, rows, add),
        "assignments": lambda rows, add: _assignments(rules, rows, add),
        "reporters": _reporters,
        "statistics": _statistics,
        "lines": _lines,
    }
    return checks.get(table)


def _measured(rules: Rulebook, rows: Any, add: Add) -> None:
    """A measured value stands in a unit of its parameter, and within what it can be."""
    values = rows.column("value").to_numpy()
    for (name, unit), at in _pairs(rows, "parameter", "unit"):
        parameter = rules.parameters[name]
        try:
            scale = _scale(unit, parameter.units)
        except Fault as fault:
            add(fault.code, at, "unit", lambda _i, values=fault.values: values)
            continue
        high = np.inf if parameter.high is None else parameter.high
        beyond = at[(values[at] * scale < 0) | (values[at] * scale > high)]
        add(
            "out_of_range",
            beyond,
            "value",
            lambda i, high=high: {"label": values[i], "low": 0, "high": high},
        )


def _scale(unit: str, units: tuple[str, ...]) -> float:
    """Return the factor to the first of the units that ``unit`` converts to."""
    first: Fault | None = None
    for wanted in units:
        try:
            return factor(unit, wanted)
        except Fault as fault:
            first = first or fault
    raise first or Fault("unknown_unit", label=unit, near="–")


def _assignments(rules: Rulebook, rows: Any, add: Add) -> None:
    """A method is assigned for what it was made for."""
    for (name, purpose), at in _pairs(rows, "method", "purpose"):
        purposes = rules.method(name).purposes
        if purpose not in purposes:
            add("wrong_purpose", at, "purpose", lambda _i, p=purposes: {"choices": ", ".join(p)})


def _reporters(rows: Any, add: Add) -> None:
    """A fictional firm says that it is one, so that nothing that rests on it looks real."""
    for (code, mark), at in _pairs(rows, "credit_code", "mark"):
        if is_fictional(code) and mark != _SYNTHETIC:
            add("fictional_unmarked", at, "mark", lambda _i, c=code: {"label": c})


def _statistics(rows: Any, add: Add) -> None:
    """A rate of change is in percent."""
    for (kind, unit), at in _pairs(rows, "kind", "unit"):
        if kind in _CHANGES and unit != _RATE:
            add("unit_mismatch", at, "unit", lambda _i, u=unit: {"unit": u, "expected": _RATE})


def _lines(rows: Any, add: Add) -> None:
    """A capacity that its source calls an estimate is taken in, and said to be one."""
    notes = rows.column("note").to_pylist()
    at = np.array([i for i, note in enumerate(notes) if is_estimate(note)], np.int64)
    if len(at):
        add("capacity_estimated", at[:1], "note", {"count": len(at), "lines": len(notes)})


def is_estimate(note: str | None) -> bool:
    """Whether the note of a capacity line says that its source estimated the capacity."""
    return (note or "").casefold() in _estimates()


@cache
def _estimates() -> frozenset[str]:
    return frozenset(word.casefold() for word in read_yaml(_ESTIMATED)["words"])


def _pairs(rows: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each combination of some text columns with the places of its rows."""
    columns = [rows.column(name).to_pylist() for name in names]
    places: dict[tuple[str, ...], list[int]] = {}
    for i, pair in enumerate(zip(*columns, strict=True)):
        places.setdefault(pair, []).append(i)
    for pair, at in places.items():
        yield pair, np.array(at, dtype=np.int64)
