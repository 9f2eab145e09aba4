"""Use of energy by firm, year and month, as arrays: what budgets, forecasts and levels rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dafeng.budget.forecast import Flags, Floats
from dafeng.vocabulary import period

NOTHING, WHOLE, NO_VALUE, HOLE = 0, 1, 2, -1
"""States of a month: no row; whole; a row without a value; a main item is missing."""

MONTHS = len(period("2020").months())
_BY_FIRM = ("grams", "states", "totals", "whole", "cycles", "booked", "ended")
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Use:
    """Energy used, in whole g standard coal.

    Attributes:
        ids: n reporters.
        years: the years, in order.
        grams: n × years × months; 0 where not known.
        states: what is known of each month (n × years × months).
        totals: sums of all rows of a year, whatever their period (n × years).
        whole: years without a hole: all months, or booked as quarters or as one (n × years).
        cycles: months of the longest row of a year; 0 where there is none (n × years).
        booked: months that lie in some row, whatever its period (n × years × months).
        ended: grams of the rows of any period by the month in which they end (n × years × months).
    """

    ids: Sequence[str]
    years: Sequence[int]
    grams: Ints
    states: Ints
    totals: Ints
    whole: Flags
    cycles: Ints
    booked: Flags
    ended: Ints

    @cached_property
    def known(self) -> Flags:
        """Months that are whole (n × years × months)."""
        found: Flags = self.states == WHOLE
        return found

    def of(self, chosen: Flags) -> Use:
        """Return the use of some reporters."""
        ids = [name for name, one in zip(self.ids, chosen, strict=True) if one]
        own = {name: getattr(self, name)[chosen] for name in _BY_FIRM}
        return replace(self, ids=ids, **own)

    def cycle(self, year: int) -> Ints:
        """Return the months of the period by which each firm reports: last year's, else this one's.

        One who has not reported is expected to report by month.
        """
        at = self.at(year)
        before = self.cycles[:, at - 1] if at else np.zeros(len(self.ids), np.int64)
        return np.maximum(np.where(before > 0, before, self.cycles[:, at]), 1)

    def only(self, settled: Flags) -> Use:
        """Return the use of some years alone: in others nothing is known (n × years)."""
        states = np.where(settled[:, :, None], self.states, NOTHING)
        return replace(self, states=states, whole=self.whole & settled)

    def at(self, year: int) -> int:
        """Return the place of a year."""
        return list(self.years).index(year)

    def floats(self, *years: int) -> Floats:
        """Return the months of some years as floats, NaN where not known (n × years × months)."""
        places = [self.at(year) for year in years]
        found: Floats = np.where(self.known[:, places], self.grams[:, places], np.nan)
        return found

    def sums(self, *years: int) -> Floats:
        """Return the totals of some years as floats, NaN where not whole (n × years)."""
        places = [self.at(year) for year in years]
        found: Floats = np.where(self.whole[:, places], self.totals[:, places], np.nan)
        return found


def use_of(
    rows: pa.Table, ids: Sequence[str], years: Sequence[int], holes: pa.Table | None = None
) -> Use:
    """Lay rows out as arrays.

    Args:
        rows: ``reporter``, ``period``, ``grams`` (int64, null where nothing is known) and
            ``unknown`` (rows without a value); a row per reporter and period.
        ids: the reporters, in the order wanted; rows of others are left out.
        years: the years, in order; rows of others are left out.
        holes: ``reporter``, ``period`` of months in which a main item is missing.
    """
    shape = (len(ids), len(years), MONTHS)
    grams, states = np.zeros(shape, np.int64), np.full(shape, NOTHING)
    totals, covered = np.zeros(shape[:2], np.int64), np.zeros(shape[:2], np.int64)
    bad = np.zeros(shape[:2], bool)
    firm, year, first, length = _places(rows, ids, years)
    inside = (firm >= 0) & (year >= 0)
    firm, year, first, length = (part[inside] for part in (firm, year, first, length))
    value = pc.fill_null(rows["grams"], 0).to_numpy()[inside]
    lost = (pc.is_null(rows["grams"]).to_numpy() | (rows["unknown"].to_numpy() > 0))[inside]
    np.add.at(totals, (firm, year), value)
    np.add.at(covered, (firm, year), length)
    np.logical_or.at(bad, (firm, year), lost)
    cycles, booked, ended = (
        np.zeros(shape[:2], np.int64),
        np.zeros(shape, bool),
        np.zeros(shape, np.int64),
    )
    np.maximum.at(cycles, (firm, year), length)
    np.add.at(ended, (firm, year, first + length - 1), value)
    for months in np.unique(length):
        at = length == months
        for ahead in range(months):
            booked[firm[at], year[at], first[at] + ahead] = True
    monthly = length == 1
    at = (firm[monthly], year[monthly], first[monthly])
    grams[at], states[at] = value[monthly], np.where(lost[monthly], NO_VALUE, WHOLE)
    if holes is not None and holes.num_rows:
        firm, year, first, _ = _places(holes, ids, years)
        inside = (firm >= 0) & (year >= 0)
        states[firm[inside], year[inside], first[inside]] = HOLE
        bad[firm[inside], year[inside]] = True
    whole = (covered == MONTHS) & ~bad
    return Use(ids, years, grams, states, totals, whole, cycles, booked, ended)


def _places(
    rows: pa.Table, ids: Sequence[str], years: Sequence[int]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return firm, year, first month and number of months of each row; −1 where left out."""
    firm = pc.fill_null(pc.index_in(rows["reporter"], pa.array(ids, pa.string())), -1)
    coded = rows["period"].combine_chunks().dictionary_encode()
    labels = [period(label) for label in coded.dictionary.to_pylist()]
    index = coded.indices.to_numpy()
    place = {year: at for at, year in enumerate(years)}
    one_year = [p.first.year == p.last.year for p in labels]
    year = [place.get(p.year, -1) if ok else -1 for p, ok in zip(labels, one_year, strict=True)]
    first = [p.first.month - 1 for p in labels]
    length = [p.last.month - p.first.month + 1 for p in labels]
    columns = (np.array(part, np.int64)[index] for part in (year, first, length))
    when, begin, span = columns
    return firm.to_numpy().astype(np.int64), when, begin, span
