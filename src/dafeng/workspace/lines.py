"""Capacity lines: the energy that they used, what they made, the level that they reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dafeng.grading import Lazy
from dafeng.indicators import within
from dafeng.rulebook import Scale
from dafeng.vocabulary import Fault, factor, items
from dafeng.workspace.reporters import mark_at, rank_of
from dafeng.workspace.told import added, all_bits, coded, in_parts, most, places, too_large

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
Column = NDArray[Any]
Place = tuple[str, str, str]
"""Reporter, facility, year."""

ENERGY, POWER = "gce", "kWh"
"""What a scale counts: comprehensive energy, or electricity alone; both by its unit."""

_ELECTRICITY = "electricity"
_DRAWN = {"purchased": 1, "self_generated": 1, "sold": -1}
_LACKING = {ENERGY: "line_no_energy", POWER: "line_no_electricity"}
_NO_MARK = -1
_NAMED = ("reporter", "facility", "product", "mark")
_PARTS = 10**6  # amounts are summed in millionths: of floats the order would matter
_DIGITS = 6  # of a unit energy; what lies beyond is noise of division


@dataclass(frozen=True)
class Use:
    """What a line used and made in a year.

    Attributes:
        used: g standard coal or kWh of its facility; ``None`` where not known, or not its own.
        base: the unit of both, ``ENERGY`` or ``POWER``.
        made: output in the unit of the product.
        mark: the worst of what both rest on.
        reason: why there is no unit energy; empty where there is one.
        months: for how many months of the year both are reported.
    """

    used: float | None = None
    made: float | None = None
    mark: str = ""
    reason: str = ""
    months: int = 0
    base: str = ENERGY

    def per(self, item: str, unit: str) -> float:
        """Return the use per product in a unit such as kgce/t.

        Raises:
            Fault: ``unit_mismatch`` where the unit is none of what was used per product.
        """
        return round((self.used or 0) / (self.made or 1) * _factor(self.base, item, unit), _DIGITS)


def base_of(scale: Scale, item: str) -> str:
    """Return what a scale counts of a product that is ``item``, told by its unit."""
    return POWER if per_unit(POWER, item, scale.unit) else ENERGY


@cache
def _factor(base: str, item: str, unit: str) -> float:
    return factor(f"{base}/{items()[item].unit}", unit)


@cache
def per_unit(base: str, item: str, unit: str) -> bool:
    """Whether what is counted, per product that is ``item``, can stand in a unit."""
    try:
        _factor(base, item, unit)
    except Fault:
        return False
    return True


class Uses(Lazy[Use]):
    """What each line used and made in a year; nothing at all where nobody reports it.

    Both are of the facility that the line is. They are not known where several lines share the
    facility, where a part of its energy is not, where two methods count it, or where use and
    output are not reported for the same months. Electricity is what it bought and generated for
    itself, less what it sold; it is not known where the facility books it in other flows.

    Attributes:
        base: what is counted, ``ENERGY`` or ``POWER``.
        used, made, rank, reason, months: as in ``Use``, by line; the worst mark by its rank.
        any: whether anything is told of that year.
    """

    def __init__(self, books: Books, lines: Lines, year: int, base: str) -> None:
        super().__init__(len(lines.rows))
        self.base = base
        self._parts = 1 if base == ENERGY else _PARTS
        used = (_energy if base == ENERGY else _power)(books, lines, year)
        made = _output(books, lines, year)
        self.any = used.any or made.any
        self.used, self.made = used.amount[lines.place], made.amount[lines.made]
        self.months = used.months[lines.place]
        other = made.months[lines.made]
        self.rank = np.maximum(
            np.maximum(used.rank[lines.place], made.rank[lines.made]), lines.rank
        )
        self.reason = np.full(len(lines.rows), "", object)
        for reason, where in (
            ("line_no_facility", lines.nowhere),
            ("line_shared", lines.shared & self.any),
            (_LACKING[base], self.months == 0),
            *((why, at[lines.place]) for why, at in used.lost.items()),
            *((why, at[lines.made]) for why, at in made.lost.items()),
            ("line_no_output", other == 0),
            ("line_other_months", other != self.months),
            ("line_nothing_made", self.made <= 0),
        ):
            self.reason[(self.reason == "") & where] = reason

    def per(self, at: Column, item: str, unit: str) -> Column:
        """Return of some lines what ``Use.per`` does.

        Raises:
            Fault: ``unit_mismatch``.
        """
        made = self.made[at] / _PARTS
        found = self.used[at] / self._parts / np.where(made == 0, 1, made)
        found *= _factor(self.base, item, unit)
        return np.array([round(one, _DIGITS) for one in found.tolist()], np.float64)

    def _make(self, at: int) -> Use:
        reason = str(self.reason[at])
        if reason and reason != "line_nothing_made":
            return Use(reason=reason)
        used, made = int(self.used[at]), int(self.made[at]) / _PARTS
        used_ = used if self._parts == 1 else used / self._parts
        months = int(self.months[at]).bit_count()
        return Use(used_, made, mark_at(int(self.rank[at])), reason, months, self.base)


class Lines:
    """Capacity lines with numbers for their facilities and products.

    Attributes:
        rows: the lines.
        place, made: number of each one's facility, and of facility and product.
        shared: whether another line has the same facility; ``nowhere``: whether it has none.
        rank: of each one's mark.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._columns: dict[str, pa.DictionaryArray] = {}
        columns = {name: self.column(name) for name in _NAMED}
        self._texts = {name: column.dictionary for name, column in columns.items()}
        at = self._keys(columns["reporter"], columns["facility"])
        self._facilities, self.place = np.unique(at, return_inverse=True)
        at = self._made(self.place, columns["product"])
        self._products, self.made = np.unique(at, return_inverse=True)
        self.sizes = len(self._facilities), len(self._products)
        self.shared = np.bincount(self.place, minlength=1)[self.place] > 1
        self.nowhere = places(columns["facility"], pa.array([""])) == 0
        self.rank = coded(columns["mark"], rank_of)

    def column(self, name: str) -> pa.DictionaryArray:
        """Return a column of the lines, texts as places in a list."""
        if name not in self._columns:
            texts = pa.array([row[name] for row in self.rows], pa.string())
            self._columns[name] = texts.dictionary_encode()
        return self._columns[name]

    def within(self, region: str) -> NDArray[np.bool_]:
        """Whether each line lies in a region."""
        return coded(self.column("region"), lambda one: within(one, region)).astype(bool)

    def facility(self, rows: pa.Table) -> Column:
        """Return the number of the facility of each row of a table; −1 where no line is there."""
        return _found(self._facilities, self._keys(rows["reporter"], rows["facility"]))

    def product(self, facility: Column, items_: Any) -> Column:
        """Return the number of facility and product of rows; −1 where no line makes it there."""
        return _found(self._products, self._made(facility, items_))

    def _keys(self, *columns: Any) -> Column:
        """Return one number for reporter and facility; −1 where no line has one of them."""
        pairs = zip(columns, ("reporter", "facility"), strict=True)
        who, facility = (places(column, self._texts[name]) for column, name in pairs)
        key: Column = who * len(self._texts["facility"]) + facility
        return np.where((who < 0) | (facility < 0), -1, key)

    def _made(self, facility: Column, items_: Any) -> Column:
        """Return one number for facility and product; −1 where no line has one of them."""
        at = places(items_, self._texts["product"])
        key: Column = facility * len(self._texts["product"]) + at
        return np.where((facility < 0) | (at < 0), -1, key)


def _found(known: Column, keys: Column) -> Column:
    """Return the place of each key among those known, which are in order; −1 where it is not."""
    if not len(known):
        return np.full(len(keys), -1)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where((known[at] == keys) & (keys >= 0), at, -1)


def uses(books: Books, lines: Sequence[Row], base: str = ENERGY) -> dict[str, dict[int, Use]]:
    """Return by line and year what it used and made, or why that is not known; see ``Uses``."""
    held, names = Lines(lines), [row["line"] for row in lines]
    told = {int(year): Uses(books, held, int(year), base) for year in sorted(books.years)}
    years = {year: found for year, found in told.items() if found.any}
    return {name: {y: found[at] for y, found in years.items()} for at, name in enumerate(names)}


def lacking(row: Row, base: str) -> str:
    """Return why nothing is known of what a line used."""
    return _LACKING[base] if row["facility"] else "line_no_facility"


@dataclass(frozen=True)
class _Told:
    """What facilities used, or made of a product, in a year: columns by their numbers.

    ``months``: those for which it is reported, as bits. ``any``: whether any facility reports it.
    ``lost``: reason → where it holds.
    """

    amount: Column
    months: Column
    rank: Column
    any: bool
    lost: Mapping[str, Column]

    @classmethod
    def of(cls, size: int, at: Column, amount: Column, rows: pa.Table, *ranks: str) -> _Told:
        """Add up rows of a table by the numbers of what they are about; −1 is left out."""
        own = np.flatnonzero(at >= 0)
        rank = np.max([coded(rows[name], rank_of) for name in ranks], axis=0, initial=_NO_MARK)
        cell, months = at[own], rows["months"].to_numpy()[own]
        with too_large(lambda _: ""):
            found = added(cell, amount[own], size), all_bits(cell, months, size)
        worst = most(cell, rank[own], size, _NO_MARK)
        return cls(*found, worst, rows.num_rows > 0, {})


def _of_facilities(rows: pa.Table, **texts: str) -> pa.Table:
    """Return the rows of facilities that have some texts."""
    kept = places(rows["facility"], pa.array([""])) < 0
    for name, text in texts.items():
        kept &= places(rows[name], pa.array([text])) == 0
    return rows.filter(pa.array(kept))


def _energy(books: Books, lines: Lines, year: int) -> _Told:
    """Sum the energy of facilities; unknown where a part lacks, or where two methods count it."""
    rows, size = _of_facilities(books.totals(str(year)), measure="energy", memo=""), lines.sizes[0]
    at = lines.facility(rows)
    found = _Told.of(size, at, rows["grams"].to_numpy(), rows, "mark", "inputs_mark")
    least, most = np.full(size, rows.num_rows), np.full(size, -1)
    method, own = places(rows["method"], pc.unique(rows["method"].cast(pa.string()))), at >= 0
    np.minimum.at(least, at[own], method[own])
    np.maximum.at(most, at[own], method[own])
    unknown = np.bincount(at[own], rows["without_value"].to_numpy()[own], size) > 0
    lost = {"line_energy_unknown": unknown, "line_two_methods": most > least}
    return replace(found, lost=lost)


def _power(books: Books, lines: Lines, year: int) -> _Told:
    """Sum the electricity of facilities in kWh; unknown where it stands in other flows."""
    rows, size = _of_facilities(books.told(str(year), _ELECTRICITY)), lines.sizes[0]
    at, sign = lines.facility(rows), coded(rows["flow"], lambda flow: _DRAWN.get(flow, 0))
    amount, known = in_parts(rows["amount"].to_numpy(), _PARTS)
    found = _Told.of(size, at, amount * sign, rows, "mark")
    other = np.bincount(at[(at >= 0) & (sign == 0)], minlength=size) > 0
    unknown = np.bincount(at[(at >= 0) & ~known], minlength=size) > 0
    return replace(found, lost={"line_other_flows": other, "line_amount_unknown": unknown})


def _output(books: Books, lines: Lines, year: int) -> _Told:
    """Sum the output of facilities by product, with the worst mark."""
    rows = _of_facilities(books.told(str(year)), flow="produced")
    at = lines.product(lines.facility(rows), rows["item"])
    amount, known = in_parts(rows["amount"].to_numpy(), _PARTS)
    unknown = np.bincount(at[(at >= 0) & ~known], minlength=lines.sizes[1]) > 0
    found = _Told.of(lines.sizes[1], at, amount, rows, "mark")
    return replace(found, lost={"line_amount_unknown": unknown})
