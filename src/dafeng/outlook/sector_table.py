"""The history by sector: activity, energy and emissions by fuel, as arrays with their labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.findings import Finding, has_errors
from dafeng.ledger import read_mapping, read_table
from dafeng.outlook.history import Unreadable
from dafeng.vocabulary import Fault, TableSchema, factor, period, read_tables, worst_mark

Floats = NDArray[np.float64]
ACTIVITY, ENERGY, EMISSION = "activity", "energy", "emission"
AXES = ("region", "sector", "fuel")
BASE_UNITS = {ENERGY: ("gce", "kJ"), EMISSION: ("gCO2e", "gCO2")}
"""Units that energy and emissions are held in: the first that the rows convert to."""


@dataclass(frozen=True)
class SectorTable:
    """History by sector; what has no row is NaN, never zero.

    Attributes:
        axes: labels of region, sector and fuel, in the order of the arrays.
        years: ascending.
        values: measure → (regions, sectors, fuels, years); activity stands under the fuel ''.
        units: measure → unit of its values.
        groups: sector → group.
        mark: the worst mark of its rows; sources: where they were read.
    """

    axes: dict[str, tuple[str, ...]]
    years: tuple[int, ...]
    values: dict[str, Floats]
    units: dict[str, str]
    groups: dict[str, str]
    mark: str
    sources: tuple[str, ...]

    def at(self, measure: str, year: int) -> Floats:
        """Return a measure in a year, (regions, sectors, fuels).

        Raises:
            Fault: ``no_year``.
        """
        if year not in self.years:
            held = f"{self.years[0]}-{self.years[-1]}"
            raise Fault("sector_year", label=year, years=held)
        return self.values[measure][..., self.years.index(year)]

    def until(self, year: int) -> SectorTable:
        """Return the history up to a year.

        Raises:
            Fault: ``sector_year``.
        """
        self.at(ACTIVITY, year)
        count = self.years.index(year) + 1
        kept = {name: values[..., :count] for name, values in self.values.items()}
        return replace(self, years=self.years[:count], values=kept)

    def fuels_of(self, measure: str) -> NDArray[np.bool_]:
        """Return which fuels have a row of a measure anywhere; process emissions have no energy."""
        seen = np.asarray(~np.isnan(self.values[measure]).all(axis=-1))
        return np.asarray(seen.any(axis=(0, 1)))


@cache
def sector_schema() -> TableSchema:
    """The columns of the table."""
    return read_tables(Path(__file__).parent / "data" / "sector_tables.yaml")["sectors"]


def read_sectors(path: Path, mapping: Path | None = None) -> tuple[SectorTable, list[Finding]]:
    """Read the history by sector from CSV, Excel or Parquet.

    Raises:
        Unreadable: with all that is wrong with its rows.
        Fault: of the table as a whole, as ``sector_table``.
    """
    done = read_table(path, sector_schema(), read_mapping(mapping) if mapping else None)
    rows = done.table.to_pylist()
    for row, number in zip(rows, done.row.tolist(), strict=True):
        row["place"] = f"{path.name}:{number}"
    findings = [*done.findings, *_faults(rows)]
    if has_errors(findings):
        raise Unreadable(findings)
    return sector_table(rows), findings


def _faults(rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        try:
            _check(row)
        except Fault as fault:
            yield Finding.of(fault)


def sector_table(rows: Iterable[Mapping[str, Any]]) -> SectorTable:
    """Return rows as arrays, in base units.

    Args:
        rows: columns of ``sector_schema``, checked; ``place`` says where a row was read.

    Raises:
        Fault: ``sector_empty``, ``sector_negative``, ``sector_groups``, ``sector_fuel``,
            ``unit_mismatch``.
    """
    held = list(rows)
    if not held:
        raise Fault("sector_empty")
    for row in held:
        _check(row)
    axes = {axis: tuple(sorted({row[axis] for row in held})) for axis in AXES}
    years = tuple(sorted({int(row["year"]) for row in held}))
    shape = (*(len(labels) for labels in axes.values()), len(years))
    values = {name: np.full(shape, np.nan) for name in (ACTIVITY, ENERGY, EMISSION)}
    units = {name: _unit(name, held) for name in values}
    places = {axis: {label: i for i, label in enumerate(labels)} for axis, labels in axes.items()}
    for row in held:
        where = (*(places[axis][row[axis]] for axis in AXES), years.index(int(row["year"])))
        values[row["measure"]][where] = row["value"] * factor(row["unit"], units[row["measure"]])
    return SectorTable(
        axes,
        years,
        values,
        units,
        _groups(held),
        worst_mark({row["mark"] for row in held}),
        tuple(sorted({row["source"] for row in held})),
    )


def _check(row: Mapping[str, Any]) -> None:
    place = row.get("place", "")
    if period(str(row["year"])).kind != "year":
        raise Fault("sector_not_year", place, label=row["year"])
    if row["value"] < 0:
        raise Fault("sector_negative", place, value=row["value"])
    if (row["measure"] == ACTIVITY) == bool(row["fuel"]):
        raise Fault("sector_fuel", place, measure=row["measure"])


def _unit(measure: str, rows: list[Mapping[str, Any]]) -> str:
    """Return the unit of a measure: a base unit, or for activity that of its first row."""
    first = next((row["unit"] for row in rows if row["measure"] == measure), None)
    if first is None:
        raise Fault("sector_measure", measure=measure)
    for unit in BASE_UNITS.get(measure, (first,)):
        try:
            factor(first, unit)
        except Fault:
            continue
        return str(unit)
    raise Fault("unit_mismatch", measure, unit=first, expected=BASE_UNITS[measure][0])


def _groups(rows: list[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        group = found.setdefault(row["sector"], row["group"])
        if row["group"] != group:
            raise Fault("sector_groups", row.get("place", ""), sector=row["sector"])
    return found
