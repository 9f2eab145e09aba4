"""Budgets of a workspace followed through a year: use, forecast, levels, settlement, backtest."""

from __future__ import annotations

from collections import Counter
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
    Alarms,
    Forecast,
    Levels,
    Score,
    Settlement,
    Tiers,
    alarms,
    allocation_settings,
    forecast,
    forecast_settings,
    judge,
    level_settings,
    naive,
    read_tiers,
    score,
    settle,
    supervised,
)
from dafeng.findings import Finding
from dafeng.vocabulary import Fault, period
from dafeng.workspace.books import Books
from dafeng.workspace.budget_books import Held, given, held

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dafeng.budget import AllocationSettings, ForecastSettings, LevelSettings
    from dafeng.workspace import Workspace

Row = dict[str, Any]
BUDGET, TOTAL, RESERVE = "budget", "total", "reserve"


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
        until = self.held.use.grams[:, self.place, : self.month + 1]
        known = self.held.use.known[:, self.place, : self.month + 1]
        found: NDArray[np.int64] = np.where(known, until, 0).sum(axis=1)
        return found

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


class Budgets:
    """The budgets of a workspace.

    Args:
        workspace: it holds the books, the table of budgets and, in ``budget/``, own settings.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.ways = Ways.of(workspace.store.path / "budget")

    @cached_property
    def books(self) -> Books:
        """The ledger, joined to the rules."""
        return Books(self.workspace.store, self.workspace.rules)

    @cached_property
    def given(self) -> Any:
        """All rows of the table of budgets."""
        return self.workspace.table("budgets")

    @property
    def region(self) -> str:
        """The region of the workspace.

        Raises:
            Fault: ``budget_no_region``.
        """
        if not self.workspace.store.config.region:
            raise Fault("budget_no_region")
        return self.workspace.store.config.region

    def month(self, as_of: str | None) -> str:
        """Return the month that is asked for, else the newest month of the books.

        Raises:
            Fault: ``budget_not_a_month``, ``no_figures`` where the books hold no month.
        """
        if as_of is not None:
            if period(as_of).kind not in ("month", "year"):
                raise Fault("budget_not_a_month", label=as_of)
            return period(as_of).months()[-1]
        held_ = self.workspace.table("entries")["period"].unique().to_pylist()
        months = [label for label in held_ if period(label).kind == "month"]
        if not months:
            raise Fault("no_figures")
        return str(max(months))

    def use(self, last: str) -> Held:
        """Return the enterprises of the books and their use up to a month."""
        return held(self.books, last, self.ways.levels.main_item, self.ways.methods)

    def follow(self, region: str | None = None, as_of: str | None = None) -> Followed:
        """Follow the budgets of a region as of a month.

        Raises:
            Fault: ``budget_none`` where no budget holds there in that year.
        """
        place, last = region or self.region, self.month(as_of)
        when = period(last)
        everyone = self.use(last)
        chosen = everyone.inside(place)
        # seasons and intervals come from all firms of the books, whatever region is asked for
        found = self.forecast(everyone, when.year).of(chosen)
        firms = everyone.of(chosen)
        rows = given(self.given, place, when.year, when.last)
        if not any(row["kind"] == BUDGET for row in rows):
            raise Fault("budget_none", place, year=when.year)
        budgets, has, entries, findings = self._budgets(firms, rows)
        tiers = read_tiers(
            self.workspace.rules, when.last, place, self.workspace.store.path / "budget"
        )
        last_year = firms.use.at(when.year) - 1
        known = firms.use.whole[:, last_year] if last_year >= 0 else np.zeros(len(has), bool)
        tier = tiers.of(firms.use.totals[:, last_year], known)
        levels = judge(
            np.where(has, budgets, np.nan),
            found,
            firms.use.known[:, firms.use.at(when.year)],
            self.ways.forecast.least_parts,
            self.ways.levels,
        )
        return Followed(
            place, last, when.first.month - 1, firms, rows, budgets, has, entries, found, levels,
            tiers, tier, self.ways, tuple(findings),
        )  # fmt: skip

    def forecast(self, firms: Held, year: int) -> Forecast:
        """Forecast a year after each of its months, from the years before it."""
        use = firms.use
        before = [y for y in use.years if y < year]
        sectors = np.unique(firms.sectors, return_inverse=True)[1].astype(np.int64)
        newest = use.totals[:, use.at(before[-1])] if before else np.zeros(len(sectors), np.int64)
        sizes = np.floor(np.log10(np.maximum(newest, 1))).astype(np.int64)
        past, now = use.floats(*before), use.floats(year)[:, 0]
        return forecast(past, now, sectors, self.ways.forecast, use.sums(*before), sizes)

    def settle(self, region: str | None, year: int) -> tuple[Followed, Settlement]:
        """Settle a year: its budgets against the use of all its months."""
        followed = self.follow(region, f"{year}-12")
        use = followed.held.use
        totals = np.where(
            use.whole[:, followed.place], use.totals[:, followed.place], followed.used
        )
        whole = use.whole[:, followed.place]
        return followed, settle(followed.budgets, totals, whole, self.ways.levels)

    def backtest(self, region: str | None, year: int) -> Backtest:
        """Hold the forecasts and warnings of a year against what came."""
        followed = self.follow(region, f"{year}-12")
        use, place = followed.held.use, followed.place
        actual = np.where(use.whole[:, place], use.totals[:, place], np.nan).astype(float)
        early = np.arange(followed.found.low.shape[1]) + 1 < self.ways.forecast.least_parts
        total = np.where(early, np.nan, followed.found.paths.total)
        plain = np.full(total.shape, np.nan)
        if place:
            last = use.floats(year - 1, year)
            plain = np.where(early, np.nan, naive(last[:, 1], last[:, 0]))
        # both are compared where both have a forecast
        both = ~np.isnan(total) & np.isfinite(plain)
        return Backtest(
            followed,
            score(total, actual, followed.found.low, followed.found.high),
            score(np.where(both, total, np.nan), actual),
            score(np.where(both, plain, np.nan), actual),
            alarms(
                followed.levels.held,
                self.ways.levels.ids.index("warning"),
                followed.found.paths.used,
                np.where(followed.has, followed.budgets, np.nan),
                use.whole[:, place],
            ),
        )

    def _budgets(
        self, firms: Held, rows: Sequence[Row]
    ) -> tuple[Any, Any, list[str], list[Finding]]:
        """Lay budgets out by firm; those on another electricity basis are left out and said."""
        at = {name: place for place, name in enumerate(firms.ids)}
        basis = self.ways.allocation.electricity_basis
        mine = [row for row in rows if row["kind"] == BUDGET]
        right = [row for row in mine if row["electricity_basis"] == basis]
        found = []
        if len(right) < len(mine):
            values = {"count": len(mine) - len(right), "basis": basis}
            found.append(Finding("budget_basis", values=values))
        strange = [row["reporter"] for row in right if row["reporter"] not in at]
        if strange:
            found.append(Finding("budget_strangers", values={"reporters": ", ".join(strange[:10])}))
        known = [row for row in right if row["reporter"] in at]
        twice = [name for name, n in Counter(row["reporter"] for row in known).items() if n > 1]
        if twice:
            found.append(Finding("budget_twice", values={"reporters": ", ".join(twice[:10])}))
        places = [at[row["reporter"]] for row in known]
        budgets = np.zeros(len(at), np.int64)
        budgets[places] = [grams(row) for row in known]
        has = np.zeros(len(at), bool)
        has[places] = True
        entries = [""] * len(at)
        for place, row in zip(places, known, strict=True):
            entries[place] = row["entry"]
        return budgets, has, entries, found


@dataclass(frozen=True)
class Backtest:
    """How good a year's forecasts and warnings were.

    Attributes:
        followed: the year, followed to its end.
        ours: this forecast, with the coverage of its interval.
        beside, plain: this forecast and last year's share of the year, where both exist.
        alarms: the warnings.
    """

    followed: Followed
    ours: Score
    beside: Score
    plain: Score
    alarms: Alarms


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
