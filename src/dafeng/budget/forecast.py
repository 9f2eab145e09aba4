"""Use to the end of a cycle from its first parts: a year from its months, a week from its days.

With shares sₘ of the parts in the cycle (seasons) and the use uₘ of the parts reported:

    total = Σ uₘ + L · Σ sₘ of the parts not reported
    L     = Σ wₘuₘ / Σ wₘsₘ,  w = memory^(age in parts)

so that ``memory`` = 1 is year to date over its expected share, and less follows the newest months.
A part far off the level counts in the use but not in L; two in a row are a new level. The interval
comes from the same forecast made of earlier cycles: log residuals over the firm's volatility,
their quantiles by parts reported.

All arrays are float64, firms × parts or firms × cycles × parts; what is not reported is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.settings import Cited, settings

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class ForecastSettings(Cited):
    """How a forecast is made; each field is explained in ``data/forecast.yaml``."""

    least_parts: int
    own_seasons: float
    least_firms: int
    memory: float
    prior: float
    spike: float
    shift: int
    coverage: float
    own_volatility: float
    least_residuals: int
    first_cycle: int


def forecast_settings(folder: Path | None = None) -> ForecastSettings:
    """The settings of forecasts, those of a folder laid over the shipped ones."""
    return settings(ForecastSettings, "forecast", folder)


@dataclass(frozen=True)
class Paths:
    """A forecast after each part of a cycle; NaN where there is none.

    Attributes:
        total: use of the whole cycle as seen after each part (firms × parts).
        used: use of the parts reported so far.
        spikes: parts that stand apart from the level of the others.
        shifts: parts at which a new level began to count.
        reported: number of parts reported so far.
    """

    total: Floats
    used: Floats
    spikes: Flags
    shifts: Flags
    reported: NDArray[np.int64]

    def of(self, chosen: Flags) -> Paths:
        """Return those of some firms."""
        return Paths(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True)
class Forecast:
    """A forecast after each part, with its interval.

    Attributes:
        paths: point forecast and what it rests on.
        low, high: bounds of the interval (firms × parts); NaN where there is none.
        shares: seasons used (firms × parts).
        volatility: how much a firm's parts scatter (firms).
        quantiles: low and high quantile of standardised residuals by parts reported (2 × parts).
        residuals: forecasts of earlier cycles that the quantiles rest on, by parts reported.
    """

    paths: Paths
    low: Floats
    high: Floats
    shares: Floats
    volatility: Floats
    quantiles: Floats
    residuals: NDArray[np.int64]

    def of(self, chosen: Flags) -> Forecast:
        """Return the forecast of some firms, as it was made among all."""
        own = {
            name: getattr(self, name)[chosen] for name in ("low", "high", "shares", "volatility")
        }
        return replace(self, paths=self.paths.of(chosen), **own)


def forecast(
    past: Floats,
    now: Floats,
    classes: NDArray[np.int64],
    how: ForecastSettings,
    totals: Floats | None = None,
    sizes: NDArray[np.int64] | None = None,
) -> Forecast:
    """Forecast a cycle after each of its parts.

    Args:
        past: use in earlier cycles (firms × cycles × parts), oldest first.
        now: use in this cycle (firms × parts); parts that are not reported are NaN.
        classes: sector of each firm, whose seasons stand in for its own.
        how: the settings.
        totals: totals of the earlier cycles (firms × cycles), also where no parts are known.
        sizes: size class of each firm, whose volatility stands in for its own; by default sectors.
    """
    sizes = classes if sizes is None else sizes
    sums = _totals(past, totals)
    own, known = _own_shares(past, sums)
    shares = seasons(own, known, classes, how)
    paths = follow(now, shares, _last(sums), how)
    scatter = volatility(own, shares, known, sizes, how)
    quantiles, count = _quantiles(_Past(past, sums, own, known, classes, sizes), how)
    low, high = _bounds(paths, scatter, quantiles)
    return Forecast(paths, low, high, shares, scatter, quantiles, count)


def follow(now: Floats, shares: Floats, before: Floats, how: ForecastSettings) -> Paths:
    """Follow the level of firms through the parts of a cycle.

    Args:
        now: use of the parts (firms × parts).
        shares: seasons (firms × parts).
        before: total of the cycle before (firms); NaN where not known.
        how: the settings.
    """
    firms, parts = now.shape
    weight = np.where(np.isnan(before), 0.0, how.prior / parts)
    use = np.where(np.isnan(before), 0.0, before) * weight
    run = np.zeros(firms, np.int64)  # parts in a row apart from the level: + above, − below
    apart_use, apart_share = np.zeros(firms), np.zeros(firms)
    total = np.full(now.shape, np.nan)
    spikes, shifts = np.zeros(now.shape, bool), np.zeros(now.shape, bool)
    known = ~np.isnan(now)
    used = np.cumsum(np.where(known, now, 0.0), axis=1)
    there = np.cumsum(np.where(known, shares, 0.0), axis=1)
    for part in range(parts):
        here, share = known[:, part], shares[:, part]
        value = np.where(here, now[:, part], 0.0)
        usual = use / np.where(weight > 0, weight, np.nan) * share
        side = np.where(value > how.spike * usual, 1, np.where(value * how.spike < usual, -1, 0))
        side = np.where(here, side, 0)
        apart = side != 0
        again = apart & (np.sign(run) == side)
        run = np.where(here, np.where(again, run + side, side), run)
        apart_use = np.where(again, apart_use, 0.0) * here + apart_use * ~here + value * apart
        apart_share = np.where(again, apart_share, 0.0) * here + apart_share * ~here + share * apart
        moved = apart & (np.abs(run) >= how.shift)
        fade = np.where(here, how.memory, 1.0)
        use = np.where(moved, apart_use, use * fade + np.where(here & ~apart, value, 0.0))
        weight = np.where(moved, apart_share, weight * fade + np.where(here & ~apart, share, 0.0))
        run = np.where(moved, 0, run)
        spikes[:, part], shifts[:, part] = apart & ~moved, moved
        with np.errstate(invalid="ignore", divide="ignore"):
            level = use / weight
        total[:, part] = used[:, part] + level * np.maximum(1.0 - there[:, part], 0.0)
    reported = np.cumsum(known, axis=1)
    # what is whole needs no level
    total = np.where(reported == parts, used, total)
    return Paths(total, used, spikes, shifts, reported)


def seasons(own: Floats, known: Flags, classes: NDArray[np.int64], how: ForecastSettings) -> Floats:
    """Return the shares of the parts: a firm's own, drawn to those of its class.

    Args:
        own: shares of each cycle (firms × cycles × parts), zero where not known.
        known: cycles to use (firms × cycles).
        classes: class of each firm.
        how: the settings.
    """
    count = known.sum(axis=1)
    mean = (own * known[:, :, None]).sum(axis=1) / np.maximum(count, 1)[:, None]
    common = _common(mean, count > 0, classes, how)
    kept = np.clip(mean, common / how.spike, common * how.spike)  # a slip of one month is no season
    weight = (count / (count + how.own_seasons))[:, None]
    shares = np.where(count[:, None] > 0, kept, common) * weight + common * (1 - weight)
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found


def volatility(
    own: Floats, shares: Floats, known: Flags, sizes: NDArray[np.int64], how: ForecastSettings
) -> Floats:
    """Return how much the parts of a firm scatter around its seasons, drawn to that of its size.

    The median of |log(share / season)|: a measure to set firms apart, not a standard deviation;
    the quantiles of the residuals give it its meaning.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(np.log(own / shares[:, None, :]))
    off = np.where(known[:, :, None], off, np.nan).reshape(len(own), -1)
    count = known.sum(axis=1) * own.shape[2]
    raw = np.full(len(own), np.nan)
    held = count > 0
    raw[held] = np.nanmedian(off[held], axis=1)
    usable = held & np.isfinite(raw) & (raw > 0)
    if not usable.any():
        return np.full(len(own), np.nan)
    logs = np.log(np.where(usable, raw, 1.0))
    common = _common(logs[:, None], usable, sizes, how)[:, 0]
    weight = np.where(usable, count / (count + how.own_volatility), 0.0)
    found: Floats = np.exp(weight * logs + (1 - weight) * common)
    return found


@dataclass(frozen=True)
class _Past:
    """Earlier cycles: use, totals, shares, which are whole, and the classes of the firms."""

    use: Floats
    sums: Floats
    own: Floats
    known: Flags
    classes: NDArray[np.int64]
    sizes: NDArray[np.int64]


def _quantiles(past: _Past, how: ForecastSettings) -> tuple[Floats, NDArray[np.int64]]:
    """Return quantiles of standardised residuals of earlier cycles, by parts reported.

    A cycle is forecast with the seasons and the volatility of the *other* earlier cycles.
    """
    cycles, parts = past.use.shape[1:]
    scaled = []
    for cycle in range(cycles):
        others = past.known & (np.arange(cycles) != cycle)
        firms = past.known[:, cycle] & others.any(axis=1)
        if not firms.any():
            continue
        shares = seasons(past.own, others, past.classes, how)
        scatter = volatility(past.own, shares, others, past.sizes, how)[firms, None]
        before = past.sums[:, cycle - 1] if cycle else np.full(len(firms), np.nan)
        paths = follow(past.use[firms, cycle], shares[firms], before[firms], how)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled.append(np.log(past.sums[firms, cycle, None] / paths.total) / scatter)
    found, count = np.full((2, parts), np.nan), np.zeros(parts, np.int64)
    if not scaled:
        return found, count
    residuals = np.concatenate(scaled)
    residuals = np.sort(np.where(np.isfinite(residuals), residuals, np.nan), axis=0)
    count = np.sum(~np.isnan(residuals), axis=0)
    tail = (1 - how.coverage) / 2
    for part in np.flatnonzero(count >= how.least_residuals):
        # one more than there are: the forecast to come is one of them
        place = int(np.floor((count[part] + 1) * tail)) - 1
        low, high = max(place, 0), min(count[part] - 1 - place, count[part] - 1)
        found[:, part] = residuals[low, part], residuals[high, part]
    return found, count


def _bounds(paths: Paths, scatter: Floats, quantiles: Floats) -> tuple[Floats, Floats]:
    parts = quantiles.shape[1]
    at = np.maximum(paths.reported - 1, 0)
    low, high = (paths.total * np.exp(scatter[:, None] * quantile[at]) for quantile in quantiles)
    whole = paths.reported == parts
    low = np.where(whole, paths.total, np.maximum(low, paths.used))
    return low, np.where(whole, paths.total, np.maximum(high, low))


def _totals(past: Floats, given: Floats | None) -> Floats:
    sums: Floats = past.sum(axis=2)  # NaN where a part is missing
    return sums if given is None else np.where(np.isnan(sums), given, sums)


def _last(sums: Floats) -> Floats:
    return sums[:, -1] if sums.shape[1] else np.full(len(sums), np.nan)


def _own_shares(past: Floats, sums: Floats) -> tuple[Floats, Flags]:
    known = ~np.isnan(past).any(axis=2) & (sums > 0)
    divisor = np.where(known, sums, 1.0)[:, :, None]
    return np.where(known[:, :, None], past / divisor, 0.0), known


def _common(
    values: Floats, usable: Flags, classes: NDArray[np.int64], how: ForecastSettings
) -> Floats:
    """Return the median of each class for its firms; of all firms where a class is too small.

    Where nothing is known, every part weighs the same.
    """
    columns = values.shape[1]
    if not usable.any():
        return np.full(values.shape, 1.0 / columns)
    found = np.broadcast_to(np.median(values[usable], axis=0), values.shape).copy()
    for one in np.unique(classes[usable]):
        members = usable & (classes == one)
        if members.sum() >= how.least_firms:
            found[classes == one] = np.median(values[members], axis=0)
    return found


def naive(now: Floats, last: Floats) -> Floats:
    """Return the forecast by last cycle's share: use so far over the share it had by then.

    Args:
        now: use of the parts (firms × parts).
        last: use of the parts in the cycle before (firms × parts).
    """
    used = np.cumsum(now, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = used / (np.cumsum(last, axis=1) / last.sum(axis=1, keepdims=True))
    return found


def pro_rata(now: Floats) -> Floats:
    """Return the forecast by time: use so far over the part of the cycle that has passed."""
    parts: Any = np.arange(1, now.shape[1] + 1)
    found: Floats = np.cumsum(now, axis=1) / parts * now.shape[1]
    return found
