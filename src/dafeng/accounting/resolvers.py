"""What is looked up or converted before the join: small pure functions over columns.

Each takes its inputs by name, as arrays of one length with NaN where nothing is given, and lookup
tables as their columns; it returns an array with NaN where there is no value. Which parameters,
tables and items these are is said in ``rulebook/data/resolvers.yaml``. Nothing is extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Columns = Mapping[str, Array]


def steam_enthalpy(
    *,
    pressure: Array,
    gauge: Array,
    temperature: Array,
    saturated: Columns,
    superheated: Columns,
    atmosphere: float,
) -> Array:
    """Return the enthalpy of steam [kJ/kg] by linear interpolation in two tables.

    Args:
        pressure: absolute pressure [MPa].
        gauge: gauge pressure [MPa], used where no absolute one is given.
        temperature: [°C]; where it is not given the steam is saturated.
        saturated: ``pressure, temperature, enthalpy`` along the line of saturation, by pressure.
        superheated: ``pressure, temperature, enthalpy``, states of steam only.
        atmosphere: what leads from gauge to absolute pressure [MPa].

    Returns:
        At each temperature of the superheated table the enthalpy is interpolated between the two
        neighbouring pressures; then between the two neighbouring temperatures, the lower of which
        is saturation where a neighbour in the table would be water. NaN outside the tables and
        below saturation.
    """
    absolute = np.where(np.isnan(pressure), gauge + atmosphere, pressure)
    boiling = _between(absolute, saturated["pressure"], saturated["temperature"])
    vapour = _between(absolute, saturated["pressure"], saturated["enthalpy"])
    hot = _superheated(absolute, temperature, boiling, vapour, superheated)
    return np.where(np.isnan(temperature), vapour, hot)


def _superheated(
    pressure: Array, temperature: Array, boiling: Array, vapour: Array, table: Columns
) -> Array:
    grid_p, at_p = np.unique(table["pressure"], return_inverse=True)
    grid_t, at_t = np.unique(table["temperature"], return_inverse=True)
    cells = np.full((grid_t.size, grid_p.size), np.nan)
    cells[at_t, at_p] = table["enthalpy"]
    # one row per state: saturation, then the temperatures of the table, at its pressure
    isobars = np.column_stack([vapour, _across(pressure, grid_p, cells)])
    points = np.column_stack([boiling, np.broadcast_to(grid_t, (pressure.size, grid_t.size))])
    known = ~np.isnan(isobars) & ~np.isnan(points)
    below = np.where(known & (points <= temperature[:, None]), points, -np.inf)
    above = np.where(known & (points >= temperature[:, None]), points, np.inf)
    rows = np.arange(pressure.size)
    low, high = below.argmax(axis=1), above.argmin(axis=1)
    inside = np.isfinite(below[rows, low]) & np.isfinite(above[rows, high])
    span = points[rows, high] - points[rows, low]
    share = (temperature - points[rows, low]) / np.where(span > 0, span, 1)
    found = isobars[rows, low] * (1 - share) + isobars[rows, high] * share
    return np.where(inside, found, np.nan)


def _across(pressure: Array, grid: Array, cells: Array) -> Array:
    """Return for each pressure a row of the enthalpies at all temperatures of the table."""
    inside = (grid[0] <= pressure) & (pressure <= grid[-1])
    held = np.where(inside, pressure, grid[0])
    left = np.clip(np.searchsorted(grid, held, side="right") - 1, 0, grid.size - 2)
    share = (held - grid[left]) / (grid[left + 1] - grid[left])
    here, there = cells[:, left], cells[:, left + 1]
    # at a pressure of the table its own cells are enough
    found = np.where(share == 0, here, np.where(share == 1, there, _mixed(here, there, share)))
    return np.where(inside, found, np.nan).T


def _mixed(here: Array, there: Array, share: Array) -> Array:
    return here * (1 - share) + there * share


def _between(at: Array, points: Array, values: Array) -> Array:
    """Interpolate, with no value outside the points."""
    return np.interp(at, points, values, left=np.nan, right=np.nan)


def carbon_as_received(*, air_dry: Array, dry: Array, total: Array, inherent: Array) -> Array:
    """Return carbon as received [tC/t]: C_ad·(1−M_ar)/(1−M_ad), else C_d·(1−M_ar).

    Args:
        air_dry: carbon on air-dry basis [tC/t].
        dry: carbon on dry basis [tC/t].
        total: total moisture, as received [1].
        inherent: moisture of the air-dry sample [1].
    """
    rest = np.where(inherent < 1, 1 - inherent, np.nan)
    by_air_dry = air_dry * (1 - total) / rest
    return np.where(np.isnan(by_air_dry), dry * (1 - total), by_air_dry)


def oxidation_by_boiler(*, boiler: Array, altitude: Array, bands: Columns) -> Array:
    """Return the oxidation rate of a type of boiler in the band of altitude that holds the site.

    Args:
        boiler: code of the type.
        altitude: [m].
        bands: ``boiler, altitude_from, altitude_below, oxidation``.
    """
    fits = (
        (boiler[:, None] == bands["boiler"])
        & (bands["altitude_from"] <= altitude[:, None])
        & (altitude[:, None] < bands["altitude_below"])
    )
    found = np.full(boiler.shape, np.nan)
    rows, places = np.nonzero(fits)
    found[rows] = bands["oxidation"][places]
    return found


def late_calibration(*, required: Array, found: Array) -> Array:
    """Return the share by which a reading is corrected: found less required, never below 0.

    A meter of which only the required accuracy is given was not calibrated: all of it counts.
    """
    return np.where(np.isnan(found), required, np.maximum(found - required, 0))


def stock_balance(*, opening: Array, closing: Array) -> Array:
    """Return what was drawn from stock: the level before less the level after."""
    return opening - closing


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        steam_enthalpy,
        carbon_as_received,
        oxidation_by_boiler,
        late_calibration,
        stock_balance,
    )
}
"""What a resolver of the rulebook may name."""
