"""What is measured on a series at each year, from nothing later than that year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dafeng.outlook.learn import Bools, Floats, Ints
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak_settings import settings


@dataclass(frozen=True)
class Features:
    """Measures of n series in each year, all (n, years).

    Attributes:
        judged: whether the series can be judged in that year.
        count: years with a value by then.
        age: years since the maximum so far was first reached.
        below: logarithm of that maximum over the level.
        below_recent: the same over the mean of the recent years.
        slopes: years of the window → mean yearly change of the logarithm.
        spread: usual size of a yearly change (scaled median absolute deviation).
    """

    judged: Bools
    count: Ints
    age: Floats
    below: Floats
    below_recent: Floats
    slopes: dict[int, Floats]
    spread: Floats

    def known_for(self, years: int) -> Bools:
        """Return (n, years): whether a year can be judged and so many years are known by then."""
        return self.judged & (self.count >= years)

    def of_peak(self) -> Floats:
        """Return the (n, years, features) that a peak is judged by, without the window."""
        rule = settings().features
        below = np.clip(self.below, 0, rule.below_limit)
        recent = np.clip(self.below_recent, 0, rule.below_limit)
        ratio = np.clip(self.below / self.spread, 0, rule.ratio_limit)
        slopes = self._slopes()[1:]
        columns = [self._age(), np.sqrt(below), np.sqrt(recent), *slopes]
        return _stack([*columns, self._spread(), np.log1p(ratio)])

    def of_level(self) -> Floats:
        """Return the (n, years, features) that a level ahead is judged by."""
        return _stack([*self._slopes(), self._spread(), self._age()])

    def _age(self) -> Floats:
        return np.log1p(self.age) - settings().features.age_unit

    def _spread(self) -> Floats:
        return np.log(self.spread / settings().features.spread_unit)

    def _slopes(self) -> list[Floats]:
        rule = settings().features
        return [
            np.clip(slope, -limit, limit) / rule.slope_unit
            for slope, limit in zip(self.slopes.values(), rule.slope_limit, strict=True)
        ]


def measure(panel: Panel) -> Features:
    """Return the features of each series and year of a panel."""
    rule = settings().features
    levels = panel.levels
    change = np.diff(levels, axis=1, prepend=np.nan)
    columns = np.arange(levels.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(panel.highest > 0, np.log(panel.highest), np.nan)
        recent = np.log(window_mean(np.exp(levels), rule.recent))
    known, count = ~np.isnan(levels), np.cumsum(panel.held, axis=1)
    return Features(
        judged=known & (count >= settings().read.least_values),
        count=np.asarray(count, dtype=np.int64),
        age=np.asarray(columns - panel.record, dtype=np.float64),
        below=top - levels,
        below_recent=top - recent,
        slopes={years: window_mean(change, years) for years in rule.slopes},
        spread=_spread(change),
    )


def window_mean(values: Floats, years: int) -> Floats:
    """Return the mean of the last ``years`` columns at each column, gaps left out."""
    held = ~np.isnan(values)
    total = np.cumsum(np.where(held, values, 0.0), axis=1)
    count = np.cumsum(held, axis=1)
    total[:, years:] -= total[:, :-years].copy()
    count[:, years:] -= count[:, :-years].copy()
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _spread(change: Floats) -> Floats:
    rule = settings().features
    padding = np.full((len(change), rule.spread_years - 1), np.nan)
    windows = sliding_window_view(np.hstack([padding, change]), rule.spread_years, axis=1)
    middle = _median(windows)
    spread = rule.spread_scale * _median(np.abs(windows - middle[..., None]))
    spread = np.where(np.isnan(spread), rule.spread_unit, spread)
    return np.clip(spread, *rule.spread_limits)


def _median(windows: Floats) -> Floats:
    """Return the median along the last axis, gaps left out; not-a-number where all are gaps."""
    ordered = np.sort(windows, axis=-1)  # gaps come last
    count = np.count_nonzero(~np.isnan(windows), axis=-1)
    low = np.maximum((count - 1) // 2, 0)[..., None]
    high = np.maximum(count // 2, 0)[..., None]
    pair = [np.take_along_axis(ordered, at, axis=-1)[..., 0] for at in (low, high)]
    return np.where(count > 0, 0.5 * (pair[0] + pair[1]), np.nan)


def _stack(columns: list[Floats]) -> Floats:
    """Return columns with a one before them; a slope over a gap counts as none."""
    whole = np.stack([np.ones_like(columns[0]), *columns], axis=-1)
    return np.nan_to_num(whole, nan=0.0)
