"""What a piece of the compiled books is made of, and the hash that it is kept under.

A change costs the pieces that it bears on: what was measured in a month, that of the month; of a
year, those of the year; a firm's place, facilities and methods, those in which it has entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from dafeng import ledger
from dafeng.accounting import spread_assignments
from dafeng.workspace.shelf import hashed
from dafeng.workspace.snapshot import digest

if TYPE_CHECKING:
    from dafeng.accounting import Derived
    from dafeng.rulebook import Rulebook

KEYS = {
    "measured": ("reporter", "facility", "period", "item", "parameter"),
    "reporters": ("reporter",),
    "facilities": ("reporter", "facility"),
    "assignments": ("reporter", "facility", "method", "purpose", "first"),
}
"""The tables beside the ledger, and what identifies a row of them."""

_BESIDE = {"reporters": ("reporter", "region"), "facilities": ("reporter", "facility", "type")}
_MEASURED = (*KEYS["measured"], "value", "unit", "mark")
"""Columns that bear on rows and totals; names, say, do not."""


@dataclass(frozen=True)
class Ground:
    """What all years rest on beside the ledger.

    Attributes:
        tables: the tables of ``KEYS`` as they are held.
        settled: hash of rules, data year, program and engine.
    """

    rules: Rulebook
    data_year: int | None
    tables: Mapping[str, pa.Table]
    settled: str

    @cached_property
    def base(self) -> str:
        """Hash of all of it."""
        tables = (digest(self.tables[name].combine_chunks()) for name in KEYS)
        return hashed(self.settled, *tables)

    @cached_property
    def current(self) -> dict[str, pa.Table]:
        """The rows of each table that count, in the order of entry."""
        return {name: ledger.newest(self.tables[name], key) for name, key in KEYS.items()}

    def assigned(self, year: str) -> pa.Table:
        """Return the methods of a year in a settled order; see ``spread_assignments``."""
        return _settled(spread_assignments(self._assignments, [int(year)]))

    def key(self, period: str, rows: pa.Table, methods: pa.Table, derived: Derived) -> str:
        """Return a hash of all that a piece is made of.

        Args:
            period: its period.
            rows: its entries, with what the year says of them.
            methods: those of the year.
            derived: what the resolvers gave for the year.
        """
        when = [period, period[:4]]
        who = rows["reporter"].combine_chunks().unique()
        beside = (methods, *self._beside)
        own = [side.filter(pc.is_in(side["reporter"], value_set=who)) for side in beside]
        own += [self._measured[one] for one in when if one in self._measured]
        return hashed(
            self.settled,
            *(digest(part.combine_chunks()) for part in (rows, *own)),
            *among(derived.entries, [period]),
            "",
            *among(derived.measured, when),
        )

    @cached_property
    def _assignments(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = self.current["assignments"].to_pylist()
        return rows

    @cached_property
    def _beside(self) -> list[pa.Table]:
        return [_settled(self.current[name].select(columns)) for name, columns in _BESIDE.items()]

    @cached_property
    def _measured(self) -> dict[str, pa.Table]:
        return by_period(self.current["measured"].select(_MEASURED))


def among(parts: Iterable[pa.Table], periods: list[str]) -> list[pa.Table]:
    """Return what parts hold of some periods."""
    found = (part.filter(pc.is_in(part["period"], pa.array(periods))) for part in parts)
    return [part for part in found if part.num_rows]


def by_period(rows: pa.Table) -> dict[str, pa.Table]:
    """Return rows apart by period."""
    labels = rows["period"].cast(pa.string())
    return {
        label: rows.filter(pc.equal(labels, label)) for label in sorted(labels.unique().to_pylist())
    }


def _settled(rows: pa.Table) -> pa.Table:
    """Return rows in an order that does not hang on when they were entered."""
    return rows.sort_by([(name, "ascending") for name in rows.column_names])
