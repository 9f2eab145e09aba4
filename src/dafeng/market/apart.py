"""Enterprises that the rules set apart by their emissions: found before anything is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dafeng.findings import Finding
from dafeng.market.balance import OBLIGATION
from dafeng.market.sectors import Apart, Sector, edition
from dafeng.market.units import Unit
from dafeng.rulebook import Formula, Rulebook, compute
from dafeng.vocabulary import Period

INITIAL, VERIFIED = "initial", "verified"
"""Inputs of an enterprise's formula: sums over its units."""

Amounts = Sequence[Decimal | int | None]


def set_apart(
    rules: Rulebook, of: Sector, when: Period, rows: list[Unit], *, draft: bool
) -> tuple[list[Unit], list[Finding]]:
    """Give the units of enterprises that the rules set apart the case that they fall under.

    Returns:
        The units in their order, and a notice for each such enterprise.

    Raises:
        Fault: as ``edition`` and ``compute``.
    """
    if of.apart is None:
        return rows, []
    total = edition(rules, of.enterprise, when.last, draft=draft)
    step = next((step for step in total.steps if step.id == of.apart.step), None)
    if step is None:
        return rows, []
    owed = _obligations(rules, of, when, rows, draft=draft)
    found = _enterprises(rules, total, of.apart, when, rows, owed)
    clause = f"{total.document}/{step.clause or total.clause}"
    notices = [
        Finding("below_threshold", name, {"verified": f"{tonnes.normalize():,f}"}, clause=clause)
        for name, tonnes in found.items()
    ]
    apart = of.apart
    changed = [
        _changed(row, apart, owed[place]) if row.enterprise in found else row
        for place, row in enumerate(rows)
    ]
    return changed, notices


def sum_of(parts: Amounts) -> Decimal | None:
    """Sum; one missing part leaves no sum."""
    known = [Decimal(part) for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _obligations(
    rules: Rulebook, of: Sector, when: Period, rows: list[Unit], *, draft: bool
) -> list[Decimal | None]:
    """Return what each unit must surrender, which rests on no balance value."""
    families: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault(of.family(row.cells), []).append(place)
    owed: list[Decimal | None] = [None] * len(rows)
    for family, places in families.items():
        formula = edition(rules, family, when.last, draft=draft)
        columns = {name: [rows[at].cells.get(name) for at in places] for name in formula.inputs}
        found = compute(rules, formula, columns, when).steps[OBLIGATION]
        for at, tonnes in zip(places, found, strict=True):
            owed[at] = None if tonnes.is_nan() else tonnes
    return owed


def _enterprises(
    rules: Rulebook, total: Formula, apart: Apart, when: Period, rows: list[Unit], owed: Amounts
) -> dict[str, Decimal]:
    """Return the enterprises that are set apart, with their emissions."""
    members: dict[str, list[Decimal | int | None]] = {}
    for row, tonnes in zip(rows, owed, strict=True):
        members.setdefault(row.enterprise, []).append(tonnes)
    sums = [sum_of(parts) for parts in members.values()]
    columns: dict[str, Amounts] = {INITIAL: [None] * len(sums), VERIFIED: sums}
    step = compute(rules, total, columns, when).steps[apart.step]
    return {
        name: tonnes
        for name, tonnes, holds in zip(members, sums, step, strict=True)
        if tonnes is not None and holds > 0
    }


def _changed(row: Unit, apart: Apart, owed: Decimal | int | None) -> Unit:
    """Return a unit with its case; one that names a case of its own stays as it is."""
    if row.cells.get(apart.column):
        return row
    cells = {apart.column: apart.case, VERIFIED: owed}
    derived = frozenset(name for name, value in cells.items() if row.cells.get(name) != value)
    return replace(row, cells={**row.cells, **cells}, derived=derived)
