"""How good forecasts and warnings were, against years and weeks that are over.

Every figure is made of what was known at the time: a forecast after part k sees parts 1 … k of its
cycle and the cycles before, never later ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.forecast import Flags, Floats, ForecastSettings, forecast, pro_rata

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Score:
    """How far forecasts were off, after each part (parts).

    Attributes:
        count: forecasts compared.
        median: median of |forecast / actual − 1|.
        mean: mean of it (MAPE).
        bias: median of forecast / actual − 1.
        covered: share of actual totals inside the interval; NaN where there was none.
    """

    count: Ints
    median: Floats
    mean: Floats
    bias: Floats
    covered: Floats


def score(
    total: Floats, actual: Floats, low: Floats | None = None, high: Floats | None = None
) -> Score:
    """Score forecasts.

    Args:
        total: forecasts (firms × parts); NaN where there is none.
        actual: what came (firms), above zero; NaN leaves a firm out.
        low: lower bounds of the interval (firms × parts).
        high: upper bounds.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        off = total / np.where(actual > 0, actual, np.nan)[:, None] - 1
    off = np.where(np.isfinite(off), off, np.nan)
    count = (~np.isnan(off)).sum(axis=0)
    covered = np.full(off.shape[1], np.nan)
    if low is not None and high is not None:
        there = ~np.isnan(low) & ~np.isnan(off)
        inside = (low <= actual[:, None]) & (actual[:, None] <= high) & there
        covered = inside.sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan)
    empty = count == 0
    filled = np.where(empty[None, :], 0.0, off)
    found = (
        np.nanmedian(np.abs(filled), axis=0),
        np.nanmean(np.abs(filled), axis=0),
        np.nanmedian(filled, axis=0),
    )
    median, mean, bias = (np.where(empty, np.nan, part) for part in found)
    return Score(count, median, mean, bias, covered)


@dataclass(frozen=True)
class Alarms:
    """Warnings against what came in the end.

    Attributes:
        judged: firms with a budget and a whole year.
        over: of these, firms that went over budget.
        warned: firms warned before the last month.
        hits: over budget and warned; missed: over and not warned.
        false: warned and within budget in the end.
        lead: months from the first warning until the budget was used up, of the hits.
    """

    judged: int
    over: int
    warned: int
    hits: int
    false: int
    lead: Ints

    @property
    def missed(self) -> int:
        """Firms that went over budget without a warning."""
        return self.over - self.hits


def alarms(held: Ints, least: int, used: Floats, budget: Floats, whole: Flags) -> Alarms:
    """Compare warnings with what came.

    Args:
        held: level after each month (firms × months).
        least: level from which it is a warning.
        used: use up to each month (firms × months).
        budget: budgets; NaN where there is none.
        whole: firms whose year is whole.
    """
    judged = whole & ~np.isnan(budget)
    over = judged & (used[:, -1] > budget)
    at = held[:, :-1] >= least
    warned = judged & at.any(axis=1)
    first = at.argmax(axis=1)
    gone = (used > budget[:, None]).argmax(axis=1)
    hits = over & warned
    return Alarms(
        int(judged.sum()),
        int(over.sum()),
        int(warned.sum()),
        int(hits.sum()),
        int((warned & ~over).sum()),
        (gone - first)[hits],
    )


@dataclass(frozen=True)
class Rolled:
    """A series forecast cycle by cycle.

    Attributes:
        cycles: cycles forecast, in order (their places).
        ours, plain: scores of this forecast and of the pro-rata one.
    """

    cycles: Ints
    ours: Score
    plain: Score


def roll(parts: Floats, how: ForecastSettings) -> Rolled:
    """Forecast each cycle of one series from the cycles before it.

    Args:
        parts: the series (cycles × parts), without holes.
        how: the settings; the first ``first_cycle`` cycles are not forecast.
    """
    places = np.arange(how.first_cycle, len(parts))
    one = np.zeros(1, np.int64)
    found = [forecast(parts[None, :cycle], parts[None, cycle], one, how) for cycle in places]
    actual = parts[places].sum(axis=1)
    total, low, high = (
        np.concatenate(part)
        for part in zip(*((f.paths.total, f.low, f.high) for f in found), strict=True)
    )
    early = np.arange(parts.shape[1]) + 1 < how.least_parts
    total = np.where(early, np.nan, total)
    plain = np.where(early, np.nan, pro_rata(parts[places]))
    return Rolled(places, score(total, actual, low, high), score(plain, actual))
