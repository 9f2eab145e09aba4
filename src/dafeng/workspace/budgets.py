"""Budgets of a workspace followed through a year: use, forecast, levels, settlement, backtest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dafeng.budget import (
    Alarms,
    Forecast,
    Levels,
    Score,
    Settlement,
    alarms,
    forecast,
    judge,
    naive,
    on_own_cycle,
    read_tiers,
    score,
    settle,
)
from dafeng.findings import Finding
from dafeng.vocabulary import Fault, period
from dafeng.workspace.books import Books
from dafeng.workspace.budget_books import Held, given, held
from dafeng.workspace.budget_followed import Followed, Row, Ways, grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dafeng.budget import Use
    from dafeng.workspace import Workspace

BUDGET, TOTAL, RESERVE = "budget", "total", "reserve"


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
        levels = self._levels(firms.use, when.year, np.where(has, budgets, np.nan), found)
        return Followed(
            place, last, when.first.month - 1, firms, rows, budgets, has, entries, found, levels,
            tiers, tier, self.ways, tuple(findings),
        )  # fmt: skip

    def _levels(self, use: Use, year: int, budgets: NDArray[np.float64], found: Forecast) -> Levels:
        at, how = use.at(year), self.ways.levels
        monthly = judge(budgets, found, use.known[:, at], self.ways.forecast.least_parts, how)
        so_far = np.cumsum(use.ended[:, at], axis=1)
        return on_own_cycle(monthly, budgets, use.cycle(year), use.booked[:, at], so_far, how)

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
