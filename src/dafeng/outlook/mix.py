"""Fuel shares as stated: what a sector emits per unit of its energy while its fuels change.

With the factors of the base year, emissions per energy are Σ share · factor over the fuels. So a
path of shares takes the place of the trend of ``carbon``; the shocks of ``carbon``, which in the
history are those of the shares, stay around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.effects import chosen, fuel_at, of_grid, per_energy
from dafeng.outlook.scenarios import WHOLE, FuelShare, Scenario
from dafeng.outlook.sector_table import EMISSION, ENERGY, SectorTable
from dafeng.outlook.settings import Settings
from dafeng.vocabulary import Fault

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_CLOSE = float(np.finfo(np.float64).eps ** 0.5)


@dataclass(frozen=True)
class Mix:
    """Fuels of the sectors whose shares are stated.

    Attributes:
        cells: which these are, (regions, sectors).
        shares: of fuels in the energy, (years, regions, sectors, fuels); without a statement those
            of the base year.
        direct, power: emissions per energy at the grid factor of the base year, (years, regions,
            sectors); power is of the grid's carriers.
    """

    cells: Bools
    shares: Floats
    direct: Floats
    power: Floats


def mixed(held: SectorTable, scenario: Scenario, years: tuple[int, ...], settings: Settings) -> Mix:
    """Return the fuel shares of a scenario year by year, and what they emit.

    Fuels without a statement share the rest as in the base year. Emissions of a fuel without
    energy (processes) stay in proportion to the energy.

    Raises:
        Fault: ``scenario_label``, ``lever_fuel``, ``lever_factor``, ``fuel_shares``,
            ``fuel_shares_year``.
    """
    energy, emission = (np.nan_to_num(held.values[name][..., -1]) for name in (ENERGY, EMISSION))
    used = energy.sum(axis=2)
    base = energy / np.where(used > 0, used, 1)[..., None]
    stated = np.full((len(years), *base.shape), np.nan)
    place = f"{scenario.id}/shares"
    for one in scenario.shares:
        at = fuel_at(held, one.fuel, place)
        cells = chosen(held, one.regions, one.sectors, place) & (used > 0)
        path = _path(one, base[..., at], held.years[-1], years, place)
        stated[..., at] = np.where(cells, path, stated[..., at])
    touched = np.asarray(~np.isnan(stated).all(axis=(0, -1)))
    shares = _filled(stated, base)
    _refuse(held, shares, touched, years, place)
    factors = np.zeros_like(base)
    for at in np.flatnonzero((shares * touched[..., None]).any(axis=(0, 1, 2))).tolist():
        fuel = held.axes["fuel"][at]
        factors[..., at] = per_energy(energy[..., at], emission[..., at], place, fuel)
    loose = np.where(energy > 0, 0, emission) / np.where(used > 0, used, 1)[..., None]
    emitted = (shares * factors + loose) * touched[..., None]
    grid = of_grid(held, settings)
    return Mix(touched, shares, emitted[..., ~grid].sum(axis=-1), emitted[..., grid].sum(axis=-1))


def _path(one: FuelShare, base: Floats, first: int, years: tuple[int, ...], place: str) -> Floats:
    """Return a share by year, (years, regions, sectors): straight from each known year to the next.

    It starts from the share of the base year; the last stated one stays.
    """
    stated = sorted(one.percent)
    if stated[0] <= first:
        raise Fault("fuel_shares_year", place, year=stated[0], base=first)
    knots = np.eye(1 + len(stated))
    start, *weights = (np.interp(years, [first, *stated], knot) for knot in knots)
    later = sum(w * one.percent[year] / WHOLE for w, year in zip(weights, stated, strict=True))
    return np.asarray(start[:, None, None] * base + np.asarray(later)[:, None, None])


def _filled(stated: Floats, base: Floats) -> Floats:
    """Return all shares; what is not stated shares the rest as it does in the base year."""
    open_ = np.isnan(stated)
    rest = 1 - np.nansum(stated, axis=-1)
    free = np.where(open_, base, 0).sum(axis=-1)
    scale = np.where(free > 0, rest / np.where(free > 0, free, 1), 1)
    return np.where(open_, base * scale[..., None], stated)


def _refuse(
    held: SectorTable, shares: Floats, touched: Bools, years: tuple[int, ...], place: str
) -> None:
    """Refuse shares that do not add up to the whole, or leave less than nothing to the others."""
    wrong = (shares < -_CLOSE).any(axis=-1) | (np.abs(shares.sum(axis=-1) - 1) > _CLOSE)
    for year, region, sector in np.argwhere(wrong & touched)[:1]:
        where = f"{held.axes['region'][region]}/{held.axes['sector'][sector]}"
        raise Fault("fuel_shares", place, where=where, year=years[year])
