"""Allocation on the books of a workspace: who claims what, the preview, adoption, adjustments."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from dafeng.budget import (
    NO_VALUE,
    TONNE,
    WHOLE,
    Allocation,
    AllocationRule,
    AllocationSettings,
    Firms,
    Tiers,
    allocate,
    budget_tables,
    read_tiers,
    sector_levels,
)
from dafeng.findings import Finding, has_errors
from dafeng.ledger import read_table
from dafeng.rulebook import compute, holds_on
from dafeng.vocabulary import Fault, period
from dafeng.workspace.budget_books import Held, given, value_added
from dafeng.workspace.budget_followed import Row, grams
from dafeng.workspace.budgets import BUDGET, RESERVE, TOTAL, Budgets
from dafeng.workspace.decompose import FaultyFile


@dataclass(frozen=True)
class Asked:
    """What is to be allocated.

    Attributes:
        region: code of the region that manages the budgets.
        year: year of the budgets; the base is the year before.
        total: allocatable total in whole grams; ``None`` takes the one in the table of budgets.
        rule: id of the rule.
        outside: what is set aside for users outside the books, in whole grams; ``None``: what the
            claims leave.
        cases: file with the steps and classes that the rule's formula asks for.
        source: figure that the total is, where it is one.
    """

    region: str
    year: int
    total: int | None = None
    rule: str = "last-year"
    outside: int | None = None
    cases: Path | None = None
    source: str = ""


@dataclass(frozen=True)
class Allocated:
    """A previewed allocation of a region."""

    asked: Asked
    held: Held
    found: Allocation
    tiers: Tiers
    how: AllocationSettings
    findings: tuple[Finding, ...]

    @property
    def basis(self) -> str:
        """Electricity at its ``equivalent`` or ``equal`` value."""
        return self.how.electricity_basis

    @property
    def mark(self) -> str:
        """The worst mark of what the books hold."""
        from dafeng.vocabulary import worst_mark  # noqa: PLC0415

        return worst_mark(set(self.held.marks))


@dataclass(frozen=True)
class Adjusted:
    """Budgets that change, in whole grams, and what becomes of the reserve.

    Attributes:
        rows: reporter, region, before, after, reason.
        reserves: region → reserve before and after.
    """

    year: int
    rows: Sequence[Row]
    reserves: dict[str, tuple[int, int]]


def preview(budgets: Budgets, asked: Asked) -> Allocated:
    """Return what an allocation would give; nothing is written.

    Raises:
        Fault: ``budget_no_total``, ``unknown_budget_rule``, ``budget_needs_cases``,
            ``budget_too_small``.
    """
    how = budgets.ways.allocation
    rule = how.rule(asked.rule)
    total = _total(budgets, asked) if asked.total is None else asked.total
    day = period(str(asked.year)).last
    folder = budgets.workspace.store.path / "budget"
    tiers = read_tiers(budgets.workspace.rules, day, asked.region, folder)
    firms, claims, said = _firms(budgets, asked, rule)
    found = allocate(total, claims, tiers, how, rule, outside=asked.outside)
    return Allocated(asked, firms, found, tiers, how, (*said, *found.findings))


def adopt(budgets: Budgets, found: Allocated, who: str, day: date, reason: str) -> str:
    """Write an allocation into the table of budgets; return the batch.

    Raises:
        Fault: ``budget_adopted`` where budgets of the region and year were adopted on that day.
    """
    asked, result, held = found.asked, found.found, found.held
    before = given(budgets.given, asked.region, asked.year, day)
    if any(str(row["adopted"]) == str(day) and row["region"] == asked.region for row in before):
        raise Fault("budget_adopted", asked.region, year=asked.year, day=day)
    note = " · ".join(filter(None, (reason, asked.source)))
    common = _common(found.basis, asked.year, day, f"{who}: {result.rule.id}", note)
    mark = found.mark if found.mark == "synthetic" else "reported"
    regional = {"region": asked.region, "reporter": "", "mark": mark}
    rows: list[Row] = [
        regional | common | {"kind": TOTAL, "quantity_tce": _tce(result.total)},
        regional | common | {"kind": RESERVE, "quantity_tce": _tce(result.reserve)},
    ]
    for at in np.flatnonzero(result.held):
        row = {"region": asked.region, "reporter": held.ids[at], "kind": BUDGET, "mark": mark}
        rows.append(row | common | {"quantity_tce": _tce(int(result.budgets[at]))})
    return _write(budgets, rows, f"budgets-{asked.region}-{asked.year}-{day}.csv")


def adjustments(budgets: Budgets, region: str, year: int, file: Path, day: date) -> Adjusted:
    """Return what the adjustments of a file would change; the reserve of the region gives or takes.

    Raises:
        Fault: ``budget_unknown`` for a firm without a budget, ``budget_reserve_short``.
    """
    wanted = _read(file, "budget_adjustments")
    rows = given(budgets.given, region, year, day)
    held = {row["reporter"]: row for row in rows if row["kind"] == BUDGET}
    reserves = {row["region"]: grams(row) for row in rows if row["kind"] == RESERVE}
    after = dict(reserves)
    changed = []
    for row in wanted:
        before = held.get(row["reporter"])
        if before is None:
            raise Fault("budget_unknown", file.name, label=row["reporter"], year=year)
        place = before["region"]
        new = grams(row)
        after[place] = after.get(place, 0) + grams(before) - new
        changed.append(before | {"before": grams(before), "after": new, "reason": row["reason"]})
    for place, left in after.items():
        if left < 0:
            short = f"{-left / TONNE:,.2f}"
            raise Fault("budget_reserve_short", place, short=short, year=year)
    moved = {place: (reserves.get(place, 0), left) for place, left in after.items()}
    return Adjusted(year, changed, {p: pair for p, pair in moved.items() if pair[0] != pair[1]})


def adopt_adjustments(budgets: Budgets, found: Adjusted, who: str, day: date) -> str:
    """Write adjustments into the table of budgets, each with its reason; return the batch."""
    rows: list[Row] = []
    for row in found.rows:
        common = _common(row["electricity_basis"], found.year, day, who, row["reason"])
        names = {name: row[name] for name in ("region", "reporter", "kind", "mark")}
        rows.append(names | common | {"quantity_tce": _tce(row["after"])})
    for place, (_, left) in found.reserves.items():
        first = next(row for row in found.rows if row["region"] == place)
        reasons = "; ".join(f"{row['reporter']}" for row in found.rows if row["region"] == place)
        common = _common(first["electricity_basis"], found.year, day, who, reasons)
        names = {"region": place, "reporter": "", "kind": RESERVE, "mark": first["mark"]}
        rows.append(names | common | {"quantity_tce": _tce(left)})
    return _write(budgets, rows, f"adjustments-{found.year}-{day}.csv")


def _total(budgets: Budgets, asked: Asked) -> int:
    rows = given(budgets.given, asked.region, asked.year, period(str(asked.year)).last)
    for row in rows:
        if (row["kind"], row["region"], row["reporter"]) == (TOTAL, asked.region, ""):
            return grams(row)
    raise Fault("budget_no_total", asked.region, year=asked.year)


def _firms(budgets: Budgets, asked: Asked, rule: AllocationRule) -> tuple[Held, Firms, Any]:
    """Return bases and reasons; a firm with a few months missing is completed by its seasons.

    Seasons and sector levels come from all firms of the books, whatever region is asked for. Who
    is gone before the year gets nothing of it.
    """
    year = asked.year - 1
    everyone = budgets.use(f"{year}-12")
    chosen = everyone.inside(asked.region) & everyone.in_year(asked.year)
    whole = everyone.use.whole[:, everyone.use.at(year)]
    completed = budgets.forecast(everyone, year).paths.total[:, -1]
    added = value_added(budgets.books, everyone.ids, year)
    totals = everyone.use.totals[:, everyone.use.at(year)]
    levels = sector_levels(totals, whole, added, everyone.sectors, budgets.ways.allocation)
    firms = everyone.of(chosen)
    factors, said = _factors(budgets, asked, rule, firms.ids)
    whole, completed, at = whole[chosen], completed[chosen], firms.use.at(year)
    months = firms.use.known[:, at].sum(axis=1)
    enough = ~whole & (months >= budgets.ways.allocation.least_months)
    estimated = enough & np.isfinite(completed)
    filled = np.where(
        estimated, np.rint(np.where(estimated, completed, 0)), firms.use.totals[:, at]
    )
    base = np.where(whole | estimated, filled, 0).astype(np.int64)
    reasons = _reasons(firms, at, whole | estimated)
    entering = _entering(budgets, firms, asked.year, reasons)
    entrant = entering > 0
    found = Firms(
        ids=firms.ids,
        codes=firms.codes,
        last_year=np.where(entrant, entering, base),
        known=whole | estimated,
        estimated=estimated,
        entrant=entrant,
        reasons=reasons,
        sectors=firms.sectors,
        value_added=added[chosen],
        levels=levels[chosen],
        factors=factors,
    )
    return firms, found, said


def _reasons(firms: Held, at: int, based: Any) -> list[str]:
    """Return why each firm has no base, empty where it has one."""
    use = firms.use
    anything = (use.totals != 0).any(axis=1) | (use.states != 0).any(axis=(1, 2))
    last = (use.totals[:, at] != 0) | (use.states[:, at] != 0).any(axis=1)
    valued = (use.states[:, at] == NO_VALUE).any(axis=1)
    few = (use.states[:, at] == WHOLE).any(axis=1)
    chosen = np.select(
        [
            based,
            ~anything & ~firms.one.any(axis=1),
            valued,
            last & ~firms.one[:, at],
            firms.one[:, at] & ~firms.settled[:, at],
            few,
            last,
        ],
        ["", "never", "no_value", "unsettled", "other_basis", "few_months", "no_value"],
        "not_last_year",
    )
    return [str(reason) for reason in chosen]


def _entering(budgets: Budgets, firms: Held, year: int, reasons: Sequence[str]) -> Any:
    """Return what the approved projects of firms without a base will use in a year (whole grams).

    A project counts from the day it is finished, and only with an approved figure.
    """
    new = {
        name
        for name, why in zip(firms.ids, reasons, strict=True)
        if why in ("never", "not_last_year")
    }
    found = dict.fromkeys(firms.ids, 0)
    months = period(str(year)).months()
    for row in budgets.workspace.rows("projects") if new else ():
        ready = str(row["finished"] or "")
        running = row["status"] in ("running", "building") and ready and row["approved_tce"]
        if row["reporter"] in new and row["kind"] != "retrofit" and running:
            share = sum(month >= ready[:7] for month in months) / len(months)
            found[row["reporter"]] += round(row["approved_tce"] * TONNE * share)
    return np.array([found[name] for name in firms.ids], dtype=np.int64)


def _factors(
    budgets: Budgets, asked: Asked, rule: AllocationRule, ids: Sequence[str]
) -> tuple[Any, list[Finding]]:
    """Return what a rule's formula makes of one tonne of base, by firm."""
    if rule.formula is None:
        if asked.cases is not None:
            raise Fault("budget_cases_unused", str(asked.cases), label=rule.id)
        return None, []
    rules = budgets.workspace.rules
    formula = rules.formulas[rule.formula]
    if asked.cases is None:
        raise Fault("budget_needs_cases", rule.id, columns="reporter, step, class")
    cases = {
        row["reporter"]: (row["step"], row["class"]) for row in _read(asked.cases, "budget_cases")
    }
    pairs = sorted(set(cases.values()))
    day = period(str(asked.year)).last
    there = holds_on(formula, day)
    when = day if there else (formula.applies_to or day)
    columns = {
        "base": [1] * len(pairs),
        "step": [p[0] for p in pairs],
        "class": [p[1] for p in pairs],
    }
    done = compute(rules, formula, columns, when, formula.region).steps["budget"]
    by_pair = {pair: float(value) for pair, value in zip(pairs, done, strict=True)}
    found = np.array([by_pair[cases[name]] if name in cases else np.nan for name in ids])
    said = []
    if not there or not asked.region.startswith(formula.region):
        said.append(Finding("budget_rule_elsewhere", rule.id, {"title": formula.title}))
    if lacking := int(np.isnan(found).sum()):
        said.append(Finding("budget_no_case", asked.cases.name, {"count": lacking}))
    return found, said


def _read(file: Path, name: str) -> list[Row]:
    done = read_table(file, budget_tables()[name])
    if has_errors(done.findings):
        raise FaultyFile(done.findings)
    found: list[Row] = done.table.to_pylist()
    return found


def _common(basis: str, year: int, day: date, source: str, note: str) -> Row:
    return {
        "year": str(year),
        "electricity_basis": basis,
        "adopted": str(day),
        "source": source,
        "note": note,
    }


def _write(budgets: Budgets, rows: Iterable[Row], name: str) -> str:
    """Take rows in as any file is: checked, with its hash, in a batch of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        csv.write_csv(pa.Table.from_pylist(list(rows)), path)
        done = budgets.workspace.import_file(path, table="budgets")
    if has_errors(done.findings):
        raise FaultyFile(done.findings)
    return done.batch


def _tce(grams_: int) -> str:
    """Return whole grams as tonnes, to the gram: no float stands between."""
    return f"{Decimal(grams_) / TONNE:f}"
