"""What levers do: each becomes arrays by year and sector, times a strength that may vary."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.drivers import DRIVERS
from dafeng.outlook.scenarios import WHOLE, Lever, Range, Scenario, Switch
from dafeng.outlook.sector_table import EMISSION, ENERGY, SectorTable
from dafeng.outlook.settings import Settings
from dafeng.vocabulary import Fault, factor

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
GRID = "grid"


@dataclass(frozen=True)
class Effects:
    """What levers do; the arrays are (levers, years, regions, sectors).

    Attributes:
        levers: their declarations.
        strength: low, central, high, (levers, 3): relative changes, shares, or units.
        logs: times ln(1 + strength): added to the logarithm of emissions.
        grid: the same for the grid factor.
        direct, power: times the strength: emissions avoided, before ``logs`` and the grid factor.
        on_activity: whether ``logs`` is a change of activity, (levers,).
    """

    levers: tuple[Lever, ...]
    strength: Floats
    logs: Floats
    grid: Floats
    direct: Floats
    power: Floats
    on_activity: Bools

    def central(self, subsets: Bools) -> tuple[Floats, Floats, Floats, Floats]:
        """Return ``logs``, ``grid``, ``direct`` and ``power`` of subsets, (subsets, years, …)."""
        strength = self.strength[:, 1]
        by = (np.log1p(strength), np.log1p(strength), strength, strength)
        parts = (self.logs, self.grid, self.direct, self.power)
        first, second, third, fourth = (
            np.tensordot(subsets * times, part, axes=1)
            for times, part in zip(by, parts, strict=True)
        )
        return first, second, third, fourth


def compiled(
    held: SectorTable,
    scenario: Scenario,
    years: tuple[int, ...],
    paths: tuple[Floats, Floats],
    shares: Floats,
    settings: Settings,
) -> Effects:
    """Turn the levers of a scenario into arrays.

    Args:
        held: history up to the base year.
        scenario: with its levers.
        years: those of the course.
        paths: energy, and the grid factor over that of the base year, (years, regions, sectors).
        shares: of the fuels in the energy, (years, regions, sectors, fuels).
        settings: which fuels are of the grid.

    Raises:
        Fault: ``scenario_label``, ``lever_fuel``, ``lever_share``, ``lever_empty``.
    """
    energy, grid_factor = paths
    count, shape = len(scenario.levers), energy.shape
    arrays = {name: np.zeros((count, *shape)) for name in ("logs", "grid", "direct", "power")}
    strength = np.zeros((count, len(Range.model_fields)))
    for i, lever in enumerate(scenario.levers):
        place = f"{scenario.id}/{lever.id}"
        cells = chosen(held, lever.regions, lever.sectors, place)
        phase = _phase(lever, held.years[-1], years)[:, None, None] * cells
        given = np.array([lever.strength.low, lever.strength.central, lever.strength.high])
        if lever.tonnes is not None:
            arrays["direct"][i] = _shared(held, cells, settings, place) * phase
            strength[i] = given * factor("t", "g")
            continue
        strength[i] = given / WHOLE
        if lever.switch is not None:
            away = _switched(held, lever.switch, cells, shares, settings, place)
            arrays["direct"][i] = away[0] * energy * phase
            arrays["power"][i] = away[1] * energy * grid_factor * phase
        else:
            arrays["grid" if lever.driver == GRID else "logs"][i] = phase
    return Effects(
        scenario.levers,
        strength,
        **arrays,
        on_activity=np.array([one.driver == DRIVERS[0] for one in scenario.levers], dtype=bool),
    )


def chosen(
    held: SectorTable, regions: Collection[str], sectors: Collection[str], place: str
) -> Bools:
    """Return which cells are named, (regions, sectors); naming none names all.

    A sector may be named by its group.

    Raises:
        Fault: ``scenario_label``.
    """
    groups = [held.groups[sector] for sector in held.axes["sector"]]
    for axis, named, known in (
        ("region", regions, {*held.axes["region"]}),
        ("sector", sectors, {*held.axes["sector"], *groups}),
    ):
        for label in sorted({*named} - known):
            near = ", ".join(sorted(known - {""}))
            raise Fault("scenario_label", place, axis=axis, label=label, near=near)
    rows = np.array([not regions or region in regions for region in held.axes["region"]])
    columns = np.array(
        [
            not sectors or sector in sectors or group in sectors
            for sector, group in zip(held.axes["sector"], groups, strict=True)
        ]
    )
    return np.asarray(rows[:, None] & columns)


def _phase(lever: Lever, base: int, years: tuple[int, ...]) -> Floats:
    """Return how much of a lever comes on top of what the base year's figures hold already."""
    span = lever.full - lever.start
    done = np.clip((np.array([base, *years]) - lever.start) / span, 0, 1)
    return np.asarray(done[1:] - done[0])


def _shared(held: SectorTable, cells: Bools, settings: Settings, place: str) -> Floats:
    """Return the share of each cell in the fuel emissions of those named, (regions, sectors)."""
    direct = held.values[EMISSION][:, :, ~of_grid(held, settings), -1]
    emitted = np.nansum(direct, axis=2) * cells
    if not emitted.sum():
        raise Fault("lever_empty", place)
    return np.asarray(emitted / emitted.sum())


def _switched(
    held: SectorTable,
    switch: Switch,
    cells: Bools,
    shares: Floats,
    settings: Settings,
    place: str,
) -> tuple[Floats, Floats]:
    """Return emissions avoided per unit of the sector's energy: of fuels, and of the grid."""
    energy, emission = (np.nan_to_num(held.values[name][..., -1]) for name in (ENERGY, EMISSION))
    used = energy.sum(axis=2)
    away = np.zeros((2, *cells.shape))
    for fuel, sign in ((switch.of, 1.0), (switch.to, -switch.ratio)):
        at = fuel_at(held, fuel, place)
        emits = per_energy(energy[..., at], emission[..., at], place, fuel)
        away[int(fuel in settings.grid_carriers)] += sign * emits * cells
    share = shares[..., held.axes["fuel"].index(switch.of)].min(axis=0)
    least = float(np.where(used > 0, share, 1)[cells].min())
    if switch.share.high / WHOLE > least:
        raise Fault("lever_share", place, fuel=switch.of, share=f"{least * WHOLE:.1f}")
    return away[0], away[1]


def fuel_at(held: SectorTable, fuel: str, place: str) -> int:
    """Return the place of a fuel.

    Raises:
        Fault: ``lever_fuel``.
    """
    if fuel not in held.axes["fuel"]:
        raise Fault("lever_fuel", place, fuel=fuel, near=", ".join(filter(None, held.axes["fuel"])))
    return held.axes["fuel"].index(fuel)


def per_energy(energy: Floats, emission: Floats, place: str, fuel: str) -> Floats:
    """Return the emission factor of a fuel; where a sector has none of it, that of all sectors.

    Args:
        energy: of the fuel, (regions, sectors).
        emission: likewise.
        place: for the fault.
        fuel: its name, for the fault.

    Raises:
        Fault: ``lever_factor`` where nobody uses it.
    """
    if not energy.sum():
        raise Fault("lever_factor", place, fuel=fuel)
    everywhere = emission.sum() / energy.sum()
    own = emission / np.where(energy > 0, energy, 1)
    return np.where(energy > 0, own, everywhere)


def of_grid(held: SectorTable, settings: Settings) -> Bools:
    """Return which fuels' emissions move with the grid factor, (fuels,)."""
    return np.array([fuel in settings.grid_carriers for fuel in held.axes["fuel"]])
