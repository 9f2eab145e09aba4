"""Published figures as series: the newest vintage of each, chained only where that is honest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.vocabulary import Entries, TableSchema, Term, period, read_records, read_tables

_DATA = Path(__file__).parent / "data"


@cache
def tables() -> dict[str, TableSchema]:
    """The tables that published figures stand in."""
    return read_tables(_DATA / "tables.yaml")


@cache
def measures() -> Entries[Term]:
    """What published figures measure."""
    return Entries("measure", read_records(Term, _DATA / "measures.yaml", "measures"))


@cache
def definitions() -> Entries[Term]:
    """What published figures include and leave out."""
    return Entries("definition", read_records(Term, _DATA / "measures.yaml", "definitions"))


@cache
def price_bases() -> Entries[Term]:
    """The bases of constant prices."""
    return Entries("price_basis", read_records(Term, _DATA / "measures.yaml", "price_bases"))


@dataclass(frozen=True)
class Figure:
    """A published figure, as printed."""

    region: str
    measure: str
    period: str
    kind: str
    value: float
    unit: str
    comparator: str
    definition: str
    price_basis: str
    vintage: str
    preliminary: bool
    source: str
    mark: str
    note: str
    entry: str

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader must know beside the mark."""
        flags = ["preliminary"] if self.preliminary else []
        return (*flags, self.comparator) if self.comparator else tuple(flags)


@dataclass(frozen=True)
class Series:
    """Figures of one region and measure; of several vintages the newest is used."""

    figures: tuple[Figure, ...]

    def at(self, when: str, kind: str, definition: str | None = None) -> Figure | None:
        """Return the newest vintage of a figure for exactly this period."""
        found = [
            f
            for f in self.figures
            if (f.period, f.kind) == (when, kind) and definition in (None, f.definition)
        ]
        return max(found, key=_age) if found else None

    def added(self, first: int, last: int) -> list[Figure]:
        """Return the additions (and removals, which are negative) of some years, each once."""
        years = {str(year) for year in range(first, last + 1)}
        found = [f for f in self.figures if f.kind == "increment" and f.period in years]
        newest: dict[tuple[str, str], Figure] = {}
        for figure in sorted(found, key=_age):
            newest[figure.period, figure.definition] = figure
        return list(newest.values())

    def until(self, when: str) -> Series:
        """Cut to what lies in or before a period."""
        last = period(when).last
        return Series(tuple(f for f in self.figures if period(f.period).last <= last))

    def changes(self, first: int, last: int) -> list[Figure | None]:
        """Return the yearly rates from ``first`` to ``last``, ``None`` for a missing link."""
        return [self.at(str(year), "change") for year in range(first, last + 1)]

    def published_sum(self, first: int, last: int) -> Figure | None:
        """Return the published rate over a span of years."""
        return self.at(str(first) if first == last else f"{first}-{last}", "change_sum")

    def newest_sum(self, first: int, last: int) -> Figure | None:
        """Return the published rate from ``first`` over the longest span up to ``last``."""
        spans = (self.published_sum(first, year) for year in range(last, first, -1))
        return next((span for span in spans if span is not None), None)


def _age(figure: Figure) -> tuple[str, str]:
    """The later vintage is newer; of one vintage, what was entered later."""
    return figure.vintage, figure.entry


def combine(rows: Iterable[dict[str, Any]], region: str, measure: str) -> Series:
    """Gather the series of a region and measure from rows of the statistics table."""
    return Series(
        tuple(
            Figure(
                **{
                    name: row.get(name) or ""
                    for name in (
                        "region",
                        "measure",
                        "period",
                        "kind",
                        "unit",
                        "comparator",
                        "definition",
                        "price_basis",
                        "source",
                        "mark",
                        "note",
                        "entry",
                    )
                },
                value=row["value"],
                vintage=str(row.get("vintage") or ""),
                preliminary=row.get("preliminary") == "yes",
            )
            for row in rows
            if (row["region"], row["measure"]) == (region, measure)
        )
    )
