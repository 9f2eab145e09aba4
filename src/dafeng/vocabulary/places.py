"""Regions and sectors: trees with dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.vocabulary.schema import Entries, Term, read_records

_DATA = Path(__file__).parent / "data"


class Region(Term):
    """A region by GB/T 2260 code (``33``, ``3301``), ``00`` for China, or a grid (``grid-east``).

    Attributes:
        kind: ``country``, ``province``, ``city``, ``county`` or ``grid``.
        parent: code of the region that holds it.
        grid: the regional power grid of a province.
        first, last: first and last day of the code; ``None`` is open.
        successor: the code that took over.
    """

    kind: Literal["country", "grid", "province", "city", "county"]
    parent: str | None = None
    grid: str | None = None
    first: date | None = None
    last: date | None = None
    successor: str | None = None


class Sector(Term):
    """A sector: a GB/T 4754-2017 section, division or class, or a group of them.

    Attributes:
        kind: ``section``, ``division``, ``class`` or ``group``.
        parent: the sector that holds it.
        members: what a group is made of.
    """

    kind: Literal["section", "division", "class", "group"]
    parent: str | None = None
    members: tuple[str, ...] = ()


@cache
def regions() -> Entries[Region]:
    """All regions."""
    return Entries("region", read_records(Region, _DATA / "regions.yaml", "regions"))


@cache
def sectors() -> Entries[Sector]:
    """All sectors."""
    return Entries("sector", read_records(Sector, _DATA / "sectors.yaml", "sectors"))


def ancestors(region: str) -> Iterator[Region]:
    """Yield the region and each region that holds it, up to the country."""
    entry: Region | None = regions().resolve(region)
    while entry is not None:
        yield entry
        entry = regions()[entry.parent] if entry.parent else None


def below(region: str, day: date) -> list[str]:
    """Return the regions right below one that exist on a day; grids are no places."""
    return [
        place.id
        for place in regions().values()
        if place.parent == region
        and place.kind != "grid"
        and (place.last is None or day <= place.last)
    ]
