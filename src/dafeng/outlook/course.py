"""The course of emissions without chance: paths of drivers, and what each lever does to them.

Everything random is left out here; ``simulate`` lays it over the same arrays, ``attribution``
values subsets of the levers on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.drivers import DRIVERS, Levels, Motion
from dafeng.outlook.effects import GRID, Effects, chosen, compiled
from dafeng.outlook.mix import mixed
from dafeng.outlook.scenarios import WHOLE, Growth, Scenario
from dafeng.outlook.sector_table import SectorTable
from dafeng.outlook.settings import Settings
from dafeng.vocabulary import Fault

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_BLOCK = 100  # subsets of levers valued at a time


@dataclass(frozen=True)
class Course:
    """Paths without levers, and the levers; arrays are (years, regions, sectors).

    Attributes:
        base_year: last year of history used; years: those after it.
        direct, power: emissions in the unit of the history; power moves with the grid factor.
        activity: in the unit of the history.
        past_years, past: years of history, and their emissions by region and sector; NaN where a
            part is missing. past_activity: likewise.
        effects: what each lever does.
        assumed: (driver, sector) whose path rests on the trend of the history, none being stated.
    """

    held: SectorTable
    base_year: int
    years: tuple[int, ...]
    direct: Floats
    power: Floats
    activity: Floats
    past_years: tuple[int, ...]
    past: Floats
    past_activity: Floats
    effects: Effects
    assumed: tuple[tuple[str, str], ...]

    def plain_activity(self, at: int) -> float:
        """Return total activity of a year (by its place), with all levers on activity."""
        found = self.effects
        strength = np.where(
            found.on_activity, np.log1p(found.strength[:, 1] * found.on_activity), 0
        )
        logs = np.tensordot(strength, found.logs[:, at], axes=1)
        return float((self.activity[at] * np.exp(logs)).sum())

    @property
    def whole_past(self) -> dict[int, float]:
        """Emissions of the years of history of which no part is missing."""
        sums = self.past[:, ~np.isnan(self.past).all(axis=0)].sum(axis=1)
        return {y: float(x) for y, x in zip(self.past_years, sums, strict=True) if not np.isnan(x)}

    def totals(self, subsets: Bools) -> Floats:
        """Return total emissions with each subset of the levers at its central strength.

        Args:
            subsets: (subsets, levers).

        Returns:
            (subsets, years).
        """
        blocks = [subsets[i : i + _BLOCK] for i in range(0, len(subsets), _BLOCK)]
        return np.concatenate([self.cells(block).sum(axis=(-2, -1)) for block in blocks])

    def cells(self, subsets: Bools) -> Floats:
        """Return the same by cell, (subsets, years, regions, sectors)."""
        logs, grid, direct, power = self.effects.central(subsets)
        kept = np.maximum(self.direct - direct, 0)
        return np.asarray(
            np.exp(logs) * (kept + np.maximum(self.power - power, 0) * np.exp(grid)),
            dtype=np.float64,
        )


def course(
    held: SectorTable, found: Levels, motion: Motion, scenario: Scenario, settings: Settings
) -> Course:
    """Lay out the paths of a scenario.

    Args:
        held: history up to the base year.
        found: its drivers.
        motion: how they moved.
        scenario: paths and levers.
        settings: how a trend fades.

    Raises:
        Fault: ``scenario_horizon``, ``scenario_label``, and those of ``mix.mixed`` and
            ``effects.compiled``.
    """
    base = held.years[-1]
    horizon = scenario.horizon or settings.horizon
    if horizon <= base:
        raise Fault("scenario_horizon", scenario.id, horizon=horizon, base=base)
    years = tuple(range(base + 1, horizon + 1))
    mix = mixed(held, scenario, years, settings)
    rates, grid, assumed = _rates(held, motion, scenario, settings, years, mix.cells)
    grown = np.exp(rates.cumsum(axis=1))  # (drivers, years, regions, sectors)
    factor = np.exp(grid.cumsum(axis=0))[:, :, None]
    now = {
        name: np.nan_to_num(getattr(found, name)[..., -1])
        for name in ("direct", "power", "activity", "energy")
    }
    energy = now["energy"] * grown[:2].prod(axis=0)
    emitted = {
        name: np.where(mix.cells, energy * part * grown[2], now[name] * grown.prod(axis=0))
        for name, part in (("direct", mix.direct), ("power", mix.power))
    }
    if not emitted["power"].any():
        assumed = tuple(pair for pair in assumed if pair[0] != GRID)
    return Course(
        held=held,
        base_year=base,
        years=years,
        direct=emitted["direct"],
        power=emitted["power"] * factor,
        activity=now["activity"] * grown[0],
        past_years=held.years,
        past=np.moveaxis(found.emission, -1, 0),
        past_activity=np.moveaxis(found.activity, -1, 0),
        effects=compiled(held, scenario, years, (energy, factor), mix.shares, settings),
        assumed=assumed,
    )


def _rates(
    held: SectorTable,
    motion: Motion,
    scenario: Scenario,
    settings: Settings,
    years: tuple[int, ...],
    mixed_cells: Bools,
) -> tuple[Floats, Floats, tuple[tuple[str, str], ...]]:
    """Return growth of drivers and of the grid factor, and where a trend stands for a path.

    What the scenario states takes the place of the trend, a later statement that of an earlier.
    Where fuel shares are stated, the rest of ``carbon``, the factors of the fuels, stays as it is.

    Returns:
        (drivers, years, regions, sectors); (years, regions); (driver, sector).
    """
    rates = _trend(motion, len(years), settings)
    grid = _grid_trend(motion, len(years), settings)
    given, grid_given = np.zeros(rates.shape, dtype=bool), False
    carbon = DRIVERS.index("carbon")
    rates[carbon], given[carbon] = np.where(mixed_cells, 0, rates[carbon]), mixed_cells
    for one in scenario.growth:
        percent, where = _stated(held, one, years, scenario.id)
        known = ~np.isnan(percent)
        if one.driver == GRID:
            grid[known] = np.where(where.any(axis=1), percent[known, None], grid[known])
            grid_given = True
            continue
        k, cells = DRIVERS.index(one.driver), known[:, None, None] & where
        rates[k] = np.where(cells, percent[:, None, None], rates[k])
        given[k] |= cells
    return rates, grid, _assumed(held, given, grid_given=grid_given)


def _trend(motion: Motion, years: int, settings: Settings) -> Floats:
    """Return growth without shocks, (drivers, years, regions, sectors).

    A fading mean, and the deviation of the last year, which dies away as such ones did before.
    """
    ahead = np.arange(1, years + 1)[None, :, None, None]
    carried = motion.persistence[:, None, None, None] ** ahead
    return np.asarray(
        motion.mean[:, None] * settings.damping**ahead + motion.last[:, None] * carried
    )


def _grid_trend(motion: Motion, years: int, settings: Settings) -> Floats:
    """Return growth of the grid factor without shocks, (years, regions)."""
    ahead = np.arange(1, years + 1)[:, None]
    mean, _, last, _ = motion.grid
    return np.asarray(mean * settings.damping**ahead + last * motion.grid_persistence**ahead)


def _stated(
    held: SectorTable, one: Growth, years: Iterable[int], place: str
) -> tuple[Floats, Bools]:
    """Return a stated path as logarithmic growth by year, NaN before it begins, and its cells."""
    firsts = sorted(one.percent)
    held_last = [max((first for first in firsts if first <= year), default=None) for year in years]
    rates = [np.nan if first is None else one.percent[first] / WHOLE for first in held_last]
    return np.log1p(np.array(rates)), chosen(held, one.regions, one.sectors, place)


def _assumed(held: SectorTable, given: Bools, *, grid_given: bool) -> tuple[tuple[str, str], ...]:
    """Return whose path is a trend of the history in some year."""
    trend = np.asarray(~given.all(axis=(1, 2)))  # (drivers, sectors)
    found = [
        (driver, sector)
        for k, driver in enumerate(DRIVERS)
        for j, sector in enumerate(held.axes["sector"])
        if trend[k, j]
    ]
    return (*found, *(() if grid_given else ((GRID, ""),)))
