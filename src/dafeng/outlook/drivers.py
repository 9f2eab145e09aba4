"""Drivers of emissions and how they move: estimated from history, drawn together within groups.

Emissions of a sector are activity · intensity · carbon: what it makes, the energy it takes, and
what a unit of energy emits at the grid factor of the base year; what it emits for electricity moves
with the grid factor besides. Yearly growth of each driver is a mean and a persistent deviation,

    g_t = m + x_t,   x_t = ρ x_{t−1} + s·e_t .

The deviation e of a driver in a sector has parts shared by all, by the sector everywhere, by all
sectors of a region, and its own; each part correlates the drivers with one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.sector_table import ACTIVITY, EMISSION, ENERGY, SectorTable
from dafeng.outlook.settings import Settings
from dafeng.vocabulary import Fault, Text

Floats = NDArray[np.float64]
DRIVERS = ("activity", "intensity", "carbon")
NAMES = {
    "activity": Text(zh="活动量", en="activity"),
    "intensity": Text(zh="能源强度", en="energy intensity"),
    "carbon": Text(zh="单位能源排放", en="emissions per energy"),
    "grid": Text(zh="电网因子", en="grid factor"),
}
LEVELS = ("nation", "region", "sector", "own")


@dataclass(frozen=True)
class Levels:
    """What each sector did in each year, (regions, sectors, years); NaN where a part is missing.

    Attributes:
        energy: of all fuels; direct: emissions but those of the grid's carriers.
        power, power_energy: emissions and energy of the grid's carriers.
        grid: emission factor of the grid's carriers, (regions, years); NaN where there are none.
    """

    activity: Floats
    energy: Floats
    direct: Floats
    power: Floats
    power_energy: Floats
    grid: Floats

    @property
    def emission(self) -> Floats:
        """All emissions."""
        return self.direct + self.power


@dataclass(frozen=True)
class Motion:
    """How drivers move; the arrays are (drivers, regions, sectors) unless said otherwise.

    Attributes:
        mean: growth per year (of logarithms), drawn towards the group; error: its standard error.
        last: deviation of the last year, from which the next ones start.
        spread: standard deviation of a year's new deviation.
        persistence: (drivers,).
        shared: level → covariance of the drivers' unit deviations; over the levels they add up to
            a matrix with a unit diagonal.
        years: growth rates seen.
        grid: mean, error, last, spread of the grid factor, (4, regions); grid_persistence.
    """

    mean: Floats
    error: Floats
    last: Floats
    spread: Floats
    persistence: Floats
    shared: dict[str, Floats]
    years: Floats
    grid: Floats
    grid_persistence: float


def levels(held: SectorTable, settings: Settings) -> Levels:
    """Return the drivers' levels of each year."""
    fuels = held.axes["fuel"]
    on_grid = np.array([fuel in settings.grid_carriers for fuel in fuels])
    energy, emission = held.values[ENERGY], held.values[EMISSION]
    power, used = (_total(values[:, :, on_grid]) for values in (emission, energy))
    with np.errstate(invalid="ignore", divide="ignore"):
        grid = np.nansum(power, axis=1) / np.nansum(used, axis=1)
    return Levels(
        activity=_total(held.values[ACTIVITY]),
        energy=_total(energy),
        direct=_total(emission[:, :, ~on_grid]),
        power=power,
        power_energy=used,
        grid=np.where(grid > 0, grid, np.nan),
    )


def _total(values: Floats) -> Floats:
    """Sum over fuels; a year lacks the sum where it lacks a fuel that other years have."""
    ever = ~np.isnan(values).all(axis=-1, keepdims=True)
    return np.asarray(np.where(ever, values, 0).sum(axis=2), dtype=np.float64)


def estimate(held: SectorTable, found: Levels, settings: Settings) -> Motion:
    """Estimate how the drivers move.

    Raises:
        Fault: ``drivers_short`` where no sector has enough years.
    """
    growth = _growth(found)[..., -settings.window :]
    seen = (~np.isnan(growth)).sum(axis=-1).astype(float)
    if seen.max() < settings.fewest:
        raise Fault("drivers_short", fewest=settings.fewest, years=int(seen.max()))
    groups = [held.groups[sector] for sector in held.axes["sector"]]
    with np.errstate(invalid="ignore", divide="ignore"):
        rough = growth - _mean(growth)[..., None]
        persistence = np.array([_persistence(one, settings) for one in rough])
        new = rough[..., 1:] - persistence[:, None, None, None] * rough[..., :-1]
        spread = _spread(new, groups, settings)
        mean, error = _means(growth, spread, persistence, groups, settings)
        grid, grid_persistence = _grid(found.grid[..., -settings.window - 1 :], settings)
        unit = (growth - mean[..., None]) / np.where(spread > 0, spread, 1)[..., None]
    last = np.nan_to_num(growth[..., -1] - mean)
    shared = _shared(unit, settings)
    return Motion(mean, error, last, spread, persistence, shared, seen, grid, grid_persistence)


def _growth(found: Levels) -> Floats:
    """Return yearly growth of the logarithms, (drivers, regions, sectors, years − 1)."""
    base = found.grid[:, None, -1:]
    at_base = found.direct + np.where(found.power_energy > 0, base * found.power_energy, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(
            np.stack([found.activity, found.energy / found.activity, at_base / found.energy])
        )
    rates = np.diff(np.where(np.isfinite(logs), logs, np.nan), axis=-1)
    return np.asarray(rates, dtype=np.float64)


def _mean(values: Floats) -> Floats:
    """Return means over the last axis; NaN where there is nothing."""
    count = (~np.isnan(values)).sum(axis=-1)
    return np.where(count > 0, np.nansum(values, axis=-1) / np.maximum(count, 1), np.nan)


def _persistence(deviations: Floats, settings: Settings) -> float:
    """Return the carry-over of a driver, pooled over all its series, drawn towards the prior.

    That of a short series is too low by (1 + 3ρ)/n (M. G. Kendall, Biometrika 41 (1954) 403).
    """
    pairs = deviations[..., 1:] * deviations[..., :-1]
    years = float((~np.isnan(pairs)).sum(axis=-1).max(initial=0))
    squares = np.where(np.isnan(pairs), 0, deviations[..., :-1]) ** 2
    if not squares.sum():
        return settings.persistence
    found = float(np.nansum(pairs) / squares.sum())
    found += (1 + 3 * found) / years
    drawn = _drawn(found, settings.persistence, years, settings)
    return float(np.clip(drawn, 0, settings.persistence_limit))


def _drawn(found: Any, prior: Any, years: Any, settings: Settings) -> Any:
    """Draw an estimate towards a prior that weighs ``prior_years``."""
    return (years * found + settings.prior_years * prior) / (years + settings.prior_years)


def _spread(new: Floats, groups: list[str], settings: Settings) -> Floats:
    """Return the standard deviation of new deviations, drawn towards that of the group."""
    count = (~np.isnan(new)).sum(axis=-1).astype(float)
    sums = np.nansum(new**2, axis=-1)
    free = np.maximum(count - 1, 0)  # one mean was taken from each series
    own = np.where(free > 0, sums / np.maximum(free, 1), 0)
    pooled = _pool(sums, groups) / _pool(free, groups)
    everywhere = sums.sum(axis=(1, 2), keepdims=True) / free.sum(axis=(1, 2), keepdims=True)
    prior = np.where(np.isfinite(pooled), pooled, everywhere)
    return np.asarray(np.sqrt(_drawn(own, prior, free, settings)), dtype=np.float64)


def _pool(values: Floats, groups: list[str]) -> Floats:
    """Sum over the regions and over the sectors of a group, put back at each sector."""
    same = np.array([[a == b for b in groups] for a in groups], dtype=float)
    return np.broadcast_to((values.sum(axis=1) @ same)[:, None, :], values.shape)


def _means(
    growth: Floats, spread: Floats, persistence: Floats, groups: list[str], settings: Settings
) -> tuple[Floats, Floats]:
    """Return mean growth drawn towards the group's (empirical Bayes), and its standard error.

    A series weighs τ²/(τ² + se²), with τ² how much the means of a group differ beyond their errors.
    """
    count = (~np.isnan(growth)).sum(axis=-1).astype(float)
    enough = count >= settings.fewest
    own = np.where(enough, np.nan_to_num(_mean(growth)), 0)
    carried = (1 - persistence[:, None, None]) ** 2
    error = np.where(enough, spread**2 / carried / np.maximum(count, 1), 0)
    members = _pool(enough.astype(float), groups)
    whole = members > 0
    centre = np.where(whole, _pool(own, groups) / np.maximum(members, 1), 0)
    everywhere = own.sum(axis=(1, 2), keepdims=True) / enough.sum(axis=(1, 2), keepdims=True)
    centre = np.where(whole, centre, everywhere)
    apart = _pool(np.where(enough, (own - centre) ** 2, 0), groups) / np.maximum(members - 1, 1)
    noise = _pool(error, groups) / np.maximum(members, 1)
    between = np.maximum(apart - noise, 0)
    of_centre = (between + noise) / np.maximum(members, 1)
    lone = members <= 1  # nobody to be drawn towards
    known = between + error > 0
    weight = np.where(known, between / np.where(known, between + error, 1), 1)
    weight = np.where(enough, np.where(lone, 1, weight), 0)
    mean = weight * own + (1 - weight) * centre
    variance = weight * error + (1 - weight) ** 2 * of_centre + ~enough * between
    return mean, np.sqrt(variance)


def _grid(factors: Floats, settings: Settings) -> tuple[Floats, float]:
    """Return mean, error, last deviation and spread of the grid factors, (4, regions)."""
    growth = np.diff(np.log(factors), axis=-1)
    count = (~np.isnan(growth)).sum(axis=-1).astype(float)
    mean = np.nan_to_num(_mean(growth))
    rough = growth - mean[..., None]
    persistence = _persistence(rough, settings)
    new = rough[..., 1:] - persistence * rough[..., :-1]
    spread = np.sqrt(np.nansum(new**2, axis=-1) / np.maximum(count - 1, 1))
    error = spread / (1 - persistence) / np.sqrt(np.maximum(count, 1))
    last = np.nan_to_num(rough[..., -1])
    return np.stack([mean, error, last, spread]), persistence


def _shared(unit: Floats, settings: Settings) -> dict[str, Floats]:
    """Split the correlation of the drivers' deviations into levels, as variance components.

    With k the mean product of two series' deviations: nation is k of pairs that share neither
    region nor sector, region and sector are what pairs of one region or sector have beyond it, own
    is the rest of the correlation within one place. What is not seen (one region only) is zero.
    """
    drivers, regions, sectors, years = unit.shape
    seen = ~np.isnan(unit)
    sums, counts = (_by_pair(values) for values in (np.nan_to_num(unit), seen.astype(float)))
    mean = {kind: sums[kind] / np.maximum(counts[kind], 1) for kind in sums}
    scale = 1 / np.sqrt(np.maximum(np.diag(mean["own"]), np.finfo(float).tiny))
    weight = _drawn(1.0, 0.0, float(years), settings)
    mean = {kind: weight * value * np.outer(scale, scale) for kind, value in mean.items()}
    np.fill_diagonal(mean["own"], 1)
    parts = {"nation": _positive(mean["nation"])}
    for level, several in (("region", sectors > 1), ("sector", regions > 1)):
        beyond = mean[level] - parts["nation"] if several else np.zeros((drivers, drivers))
        parts[level] = _positive(beyond)
    parts["own"] = _positive(mean["own"] - sum(parts.values()))
    size = 1 / np.sqrt(np.diag(sum(parts.values(), np.zeros((drivers, drivers)))))
    return {level: parts[level] * np.outer(size, size) for level in LEVELS}


def _by_pair(values: Floats) -> dict[str, Floats]:
    """Sum the products of all pairs of series, by what the two have in common besides the year."""
    drivers, *_, years = values.shape
    grouped = {
        "own": values.reshape(drivers, -1, years),
        "region": values.sum(axis=2),
        "sector": values.sum(axis=1),
        "nation": values.sum(axis=(1, 2))[:, None],
    }
    sums = {kind: np.einsum("dgt,egt->de", held, held) for kind, held in grouped.items()}
    sums["nation"] = sums["nation"] - sums["region"] - sums["sector"] + sums["own"]
    for kind in ("region", "sector"):
        sums[kind] = sums[kind] - sums["own"]
    return sums


def _positive(matrix: Floats) -> Floats:
    """Return the nearest matrix that is a covariance: eigenvalues below zero become zero."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T, dtype=np.float64)
