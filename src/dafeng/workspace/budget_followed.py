"""The budgets of a region and year as of a month, as arrays: who has one, used, ahead, level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng.budget import (
    HOLE,
    NO_VALUE,
    NOT_REPORTED,
    TONNE,
    Forecast,
    Levels,
    Tiers,
    allocation_settings,
    forecast_settings,
    level_settings,
    supervised,
)
from dafeng.findings import Finding
from dafeng.vocabulary import Fault, period
from dafeng.workspace.budget_books import Held

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dafeng.budget import AllocationSettings, ForecastSettings, LevelSettings

Row = dict[str, Any]


@dataclass(frozen=True)
class Ways:
    """The settings of a workspace: how budgets are allocated, forecast and judged."""

    allocation: AllocationSettings
    forecast: ForecastSettings
    levels: LevelSettings

    @classmethod
    def of(cls, folder: Path) -> Ways:
        """Read them, those of a folder laid over the shipped ones."""
        return cls(allocation_settings(folder), forecast_settings(folder), level_settings(folder))

    @property
    def methods(self) -> list[str]:
        """Energy methods on the electricity basis of the budgets."""
        found = self.allocation.methods.items()
        return [method for method, basis in found if basis == self.allocation.electricity_basis]


@dataclass(frozen=True)
class Followed:
    """Budgets of a region and year as of a month; n enterprises, whether they have one or not.

    Attributes:
        region: code of the region.
        as_of: the last month that is seen.
        month: its place in the year, from 0.
        held: the enterprises and what they used.
        rows: rows of the table of budgets that hold on that day.
        budgets: budgets in whole grams; 0 where there is none.
        has: firms with a budget.
        entries: ids of the rows the budgets are from.
        found: forecast after each month.
        levels: levels after each month.
        tiers, tier: the tiers, and the place of each firm's (by its last year's use).
        ways: the settings.
        findings: what a reader must know.
    """

    region: str
    as_of: str
    month: int
    held: Held
    rows: Sequence[Row]
    budgets: NDArray[np.int64]
    has: NDArray[np.bool_]
    entries: Sequence[str]
    found: Forecast
    levels: Levels
    tiers: Tiers
    tier: NDArray[np.int64]
    ways: Ways
    findings: tuple[Finding, ...]

    @property
    def year(self) -> int:
        """The year of the budgets."""
        return period(self.as_of).year

    @property
    def place(self) -> int:
        """Place of the year among the years of the use."""
        return self.held.use.at(self.year)

    @cached_property
    def used(self) -> NDArray[np.int64]:
        """Use reported up to the month, in whole grams."""
        found: NDArray[np.int64] = self._reported[:, : self.month + 1].sum(axis=1)
        return found

    @cached_property
    def _reported(self) -> NDArray[np.int64]:
        """Use by the month in which its report ends; 0 where nothing is known."""
        use, at = self.held.use, self.place
        monthly = np.where(use.known[:, at], use.grams[:, at], 0)
        found: NDArray[np.int64] = np.where(self.by_month[:, None], monthly, use.ended[:, at])
        return found

    def use_of(self, at: int, month: int) -> int | None:
        """Return the use of the report of a firm that ends in a month; ``None`` without one."""
        use, place = self.held.use, self.place
        there = use.known[at, place, month] if self.by_month[at] else use.ended[at, place, month]
        return int(self._reported[at, month]) if there else None

    def used_until(self, at: int, month: int) -> int:
        """Return what a firm has reported up to a month."""
        return int(self._reported[at, : month + 1].sum())

    @cached_property
    def by_month(self) -> NDArray[np.bool_]:
        """Firms that report by month; others are not followed between their reports."""
        monthly: NDArray[np.bool_] = self.held.use.cycle(self.year) == 1
        return monthly

    @property
    def level(self) -> NDArray[np.int64]:
        """Level after the month."""
        return self.levels.held[:, self.month]

    @property
    def early(self) -> NDArray[np.bool_]:
        """Firms with too few months for a forecast."""
        reported = self.found.paths.reported[:, self.month]
        found: NDArray[np.bool_] = reported < self.ways.forecast.least_parts
        return found

    @property
    def supervised(self) -> NDArray[np.bool_]:
        """Firms on the supervision list."""
        return self.has & supervised(self.levels, self.month, self.ways.levels)

    def ratio(self, what: str) -> NDArray[np.float64]:
        """Return ``forecast``, ``low``, ``high`` or ``used`` over the budget; NaN where unknown."""
        sources = {
            "forecast": self.found.paths.total,
            "low": self.found.low,
            "high": self.found.high,
            "used": self.found.paths.used,
        }
        part = sources[what][:, self.month]
        known = self.has & (self.budgets > 0) & ~(self.early & (what != "used"))
        return np.where(known, part / np.where(known, self.budgets, 1), np.nan)

    @cached_property
    def by_entry(self) -> dict[str, Row]:
        """The rows of the table of budgets by their ids."""
        return {row["entry"]: row for row in self.rows}

    def grams_of(self, kind: str) -> int | None:
        """Return the sum of the totals or reserves of the regions; ``None`` where there is none."""
        found = [grams(row) for row in self.rows if row["kind"] == kind and not row["reporter"]]
        return sum(found) if found else None

    def state(self, at: int, month: int) -> int:
        """Return what is known of a month of a firm."""
        return int(self.held.use.states[at, self.place, month])

    def anything(self, at: int) -> bool:
        """Whether a firm has reported anything of the year up to the month."""
        if self.by_month[at]:
            return bool(self.found.paths.reported[at, self.month] > 0)
        return bool((self.held.use.ended[at, self.place, : self.month + 1] > 0).any())

    def find(self, reporter: str) -> int:
        """Return the place of a firm.

        Raises:
            Fault: ``budget_unknown_reporter``.
        """
        ids = self.held.ids
        if reporter not in ids:
            raise Fault("budget_unknown_reporter", self.region, label=reporter)
        return ids.index(reporter)

    def due(self, at: int) -> date | None:
        """Return the day by which something is due of a firm; ``None`` where nothing is.

        It runs from the end of the month in which the level was reached.
        """
        level, how = int(self.level[at]), self.ways.levels
        days = 0
        if level == NOT_REPORTED:
            days = how.not_reported.due_days
        elif level > 0:
            days = how.levels[level - 1].due_days
        return period(self.since(at)).last + timedelta(days=days) if days else None

    def since(self, at: int) -> str:
        """Return the first of the months in a row at the level of a firm."""
        months = period(str(self.year)).months()
        return months[self.month + 1 - int(self.levels.since[at, self.month])]


def grams(row: Row) -> int:
    """Return the quantity of a row of budgets in whole grams."""
    found: int = round(row["quantity_tce"] * TONNE)
    return found


def missing_months(followed: Followed, at: int) -> dict[str, list[int]]:
    """Return the months of the year that are not whole, by reason."""
    found: dict[str, list[int]] = {"nothing": [], "no_value": [], "hole": []}
    names = {NO_VALUE: "no_value", HOLE: "hole"}
    for month in range(followed.month + 1):
        if not followed.held.use.known[at, followed.place, month]:
            found[names.get(followed.state(at, month), "nothing")].append(month + 1)
    return found
