"""What enterprises used, emitted, made and held in a year, as columns; ratios of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dafeng.accounting import PURPOSES, rounded, whole_sum
from dafeng.explain import Node
from dafeng.grading import Amount, Ratio, amounts
from dafeng.vocabulary import Text, factor, items, marks, period, sectors
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
Column = NDArray[Any]

_PARTS = 1000  # an amount of the books is summed in thousandths of its unit
_COMPARED = 2  # enterprises, of which one is compared with the mean
_DIGITS = 6  # of a ratio; what lies beyond is noise of division
_FLOWS = ("produced", "held", "waste")
_HELD = "held"
_NO_MARK = -1


@dataclass(frozen=True)
class Part:
    """An amount of each enterprise in a year.

    Attributes:
        label: what it is.
        unit: unit of ``value``.
        value: amounts; ``NaN`` where there is none.
        rank: rank of the worst mark of each.
        reason: why there is none; empty where there is one.
    """

    label: Text
    unit: str
    value: Column
    rank: Column
    reason: Column


class Firms:
    """The enterprises of a region in a year, in the order of their ids.

    Args:
        books: the ledger, joined to the rules.
        rows: the enterprises, as of ``Books.reporters``.
        year: the year.
        complete: methods that give a total.
    """

    def __init__(
        self, books: Books, rows: Sequence[Row], year: int, complete: Iterable[str]
    ) -> None:
        self.rows = sorted(rows, key=lambda row: str(row["reporter"]))
        self.ids = pa.array([row["reporter"] for row in self.rows], pa.string())
        self.year = str(year)
        self._books, self._complete = books, set(complete)
        self._parts: dict[str, Part] = {}
        self._whole = len(period(self.year).months())

    def part(self, name: str) -> Part:
        """Return an amount by its id: a total of the accounts, or an item of the books."""
        if name not in self._parts:
            held = amounts().get(name)
            self._parts[name] = self._total(held) if held else self._booked(name)
        return self._parts[name]

    def ratio(self, wanted: Ratio, unit: str) -> tuple[Column, Column]:
        """Return a ratio in a unit (``NaN`` for none), and why there is none.

        Ids of the words of reasons: those of the amounts; ``firm_no_divisor``.
        """
        over = self.part(wanted.over)
        if wanted.under is None:
            value = np.round(over.value * factor(over.unit, unit), _DIGITS)
            return value, over.reason
        under = self.part(wanted.under)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = over.value / under.value
        reason = np.where(over.reason != "", over.reason, under.reason)
        nothing = (reason == "") & ~(under.value > 0)
        reason = np.where(nothing, "firm_no_divisor", reason)
        value[reason != ""] = np.nan
        if wanted.per_mean:
            means, counts = self.means(wanted)
            reason = np.where((reason == "") & (counts < _COMPARED), "firm_alone", reason)
            value = value / means
            value[reason != ""] = np.nan
            return np.round(value, _DIGITS), reason
        return np.round(value * factor(f"{over.unit}/{under.unit}", unit), _DIGITS), reason

    def means(self, wanted: Ratio) -> tuple[Column, Column]:
        """Return the ratio of the sector of each, and over how many enterprises.

        Sum over sum of those that have both amounts, by division; in whole units, so that the
        order of rows does not matter.
        """
        over, under = self.part(wanted.over), self.part(wanted.under or "")
        whole = (over.reason == "") & (under.reason == "") & (under.value > 0)
        size = int(self._division.max(initial=-1)) + 1
        sums = []
        for part in (over, under):
            total = np.zeros(size, np.int64)
            units = np.where(whole, part.value, 0).round().astype(np.int64)
            np.add.at(total, self._division, units)
            sums.append(total)
        count = np.bincount(self._division[whole], minlength=size)
        with np.errstate(divide="ignore", invalid="ignore"):
            return (sums[0] / sums[1])[self._division], count[self._division]

    def mark(self, names: Iterable[str], at: int) -> str:
        """Return the worst mark of some amounts of an enterprise."""
        return mark_at(max(int(self.part(name).rank[at]) for name in names))

    def nodes(self, wanted: Ratio, at: int) -> tuple[Node, ...]:
        """Return what a ratio of an enterprise rests on."""
        who = self.rows[at]["reporter"]
        names = [name for name in (wanted.over, wanted.under) if name]
        found = [self._node(self.part(name), name, who, at) for name in names]
        if wanted.per_mean:
            means, counts = self.means(wanted)
            over, under = (self.part(name) for name in names)
            sector = self.division(at)
            unit = wanted.unit or f"{over.unit}/{under.unit}"
            mean = float(means[at]) * factor(f"{over.unit}/{under.unit}", unit)
            worst = self._worst_of(names, at)
            label = Text(
                zh=f"{sectors()[sector].zh}平均（{int(counts[at])} 家）",
                en=f"mean of {sectors()[sector].en} ({int(counts[at])} enterprises)",
            )
            known = mean if np.isfinite(mean) else None
            ref = f"mean/{sector}/{self.year}"
            found.append(Node("formula", ref, label, known, unit, worst))
        return tuple(found)

    def division(self, at: int) -> str:
        """Return the sector, two digits, of an enterprise."""
        return self._divisions[int(self._division[at])]

    def _node(self, part: Part, name: str, who: str, at: int) -> Node:
        value = None if part.reason[at] else float(part.value[at])
        kind: Any = "account" if name in amounts() else "entry"
        flags = ("not_reported",) if value is None else ()
        ref = f"{who}/{name}/{self.year}"
        shown = int(value) if value is not None and name in amounts() else value
        mark = mark_at(int(part.rank[at]))
        return Node(kind, ref, part.label, shown, part.unit, mark, flags)

    def _worst_of(self, names: Sequence[str], at: int) -> str:
        same = self._division == self._division[at]
        return mark_at(max(int(self.part(name).rank[same].max()) for name in names))

    @cached_property
    def _divisions(self) -> list[str]:
        return sorted({_division_of(row["sector"]) for row in self.rows})

    @cached_property
    def _division(self) -> Column:
        place = {name: at for at, name in enumerate(self._divisions)}
        return np.array([place[_division_of(row["sector"])] for row in self.rows], np.int64)

    def _total(self, amount: Amount) -> Part:
        """Return a total of the accounts; none where a part, a month or the one method lacks."""
        rows = self._books.rows
        rows = rows.filter(
            (rows.year == self.year)
            & (rows.facility == "")
            & (rows.memo == "")
            & (rows.measure == amount.measure)
            & rows.purpose.contains(f"|{PURPOSES[amount.measure]}|")
        )
        every = self._methods(self._books.table(rows.select("reporter", "method").distinct()))
        used = every
        if amount.methods:
            rows = rows.filter(rows.method.isin(amount.methods))
            used = [one & set(amount.methods) for one in every]
        months = self._months(rows)
        if amount.gas:
            rows = rows.filter(rows.gas == amount.gas)
        rows = rows.join(ranks_of(self._books), ["inputs", "mark"])
        sums = rows.group_by("reporter").aggregate(
            value=whole_sum(rows.grams),
            lost=rows.grams.isnull().any(),
            rank=rows["rank"].max(),
        )
        found = self._books.table(sums)
        value, lost, rank = self._aligned(found, "value", "lost", "rank")
        reason = np.full(len(self.rows), "", object)
        for why, where in (
            ("firm_not_booked", [not one for one in every]),
            ("firm_other_method", [not one for one in used]),
            ("firm_incomplete_method", [not one <= self._complete for one in used]),
            ("firm_two_methods", [len(one) > 1 for one in used]),
            ("firm_part_unknown", lost == 1),
            ("firm_months_missing", months < self._whole),
            ("firm_not_booked", np.isnan(value)),
        ):
            self._say(reason, np.asarray(where, bool), why)
        value[reason != ""] = np.nan
        return Part(amount.name, amount.unit, value, _ranked(rank), reason)

    def _booked(self, item: str) -> Part:
        """Return an item of the books; a stock is told once a year, a flow for all its months."""
        rows = self._books.prepared
        names = ("entry", "reporter", "flow", "product", "period", "amount", "mark")
        rows = rows.filter(
            (rows.year == self.year)
            & (rows.facility == "")
            & (rows.item == item)
            & rows.flow.isin(_FLOWS)
        )
        rows = rows.select(*names).distinct()
        rank = ibis.memtable(_ranks())
        months = self._months(rows)
        held = rows.join(rank, "mark")
        sums = held.group_by("reporter").aggregate(
            value=whole_sum(rounded(held.amount * _PARTS)),
            rank=held["rank"].max(),
            rows=held.entry.nunique(),
            stock=(held.flow == _HELD).any(),
            kinds=held["product"].nunique(),
        )
        found = self._books.table(sums)
        value, rank_, count, stock, kinds = self._aligned(
            found, "value", "rank", "rows", "stock", "kinds"
        )
        reason = np.full(len(self.rows), "", object)
        self._say(reason, np.isnan(value), "firm_not_booked")
        self._say(reason, (stock == 1) & (count > 1), "firm_stock_twice")
        self._say(reason, (stock != 1) & (months < self._whole), "firm_months_missing")
        self._say(reason, kinds > 1, "firm_two_bases")
        value = value / _PARTS
        value[reason != ""] = np.nan
        return Part(items()[item].name, items()[item].unit, value, _ranked(rank_), reason)

    def _months(self, rows: ir.Table) -> Column:
        """Return for how many months of the year each has rows."""
        found = self._books.table(rows.select("reporter", "period").distinct())
        at = pc.index_in(found["reporter"], self.ids).combine_chunks()
        labels = found["period"].combine_chunks().dictionary_encode()
        bits = np.array([_bits(label) for label in labels.dictionary.to_pylist()], np.int64)
        known = at.is_valid().to_numpy(zero_copy_only=False)
        held = np.zeros(len(self.rows), np.int64)
        places = at.fill_null(0).to_numpy(zero_copy_only=False)[known]
        codes = labels.indices.to_numpy(zero_copy_only=False)[known]
        if len(codes):
            np.bitwise_or.at(held, places, bits[codes])
        return np.bitwise_count(held)

    def _methods(self, found: pa.Table) -> list[set[str]]:
        used: list[set[str]] = [set() for _ in self.rows]
        at = pc.index_in(found["reporter"], self.ids)
        for place, method in zip(at.to_pylist(), found["method"].to_pylist(), strict=True):
            if place is not None:
                used[place].add(method)
        return used

    def _aligned(self, found: pa.Table, *names: str) -> list[Column]:
        """Return columns in the order of the enterprises; ``NaN`` for those without a row."""
        at = pc.index_in(self.ids, found["reporter"].combine_chunks())
        return [
            pc.cast(found[name], pa.float64(), safe=False)
            .take(at)
            .to_numpy()
            .astype(np.float64, copy=True)
            for name in names
        ]

    @staticmethod
    def _say(reason: Column, where: Column, why: str) -> None:
        """Give a reason to those that have none yet."""
        reason[(reason == "") & where] = why


def per_row(reasons: dict[str, Column], at: int) -> dict[str, str]:
    """Return the reasons of one enterprise, by column."""
    return {name: str(column[at]) for name, column in reasons.items() if column[at]}


def growing(firms: Firms, wanted: dict[str, Ratio], at: int) -> Callable[[str], tuple[Node, ...]]:
    """Return what grows the nodes below a cell of a row."""
    return lambda name: firms.nodes(wanted[name], at) if name in wanted else ()


def _division_of(sector: str) -> str:
    known = sectors()
    place = known.get(sector)
    while place is not None and place.kind == "class" and place.parent:
        place = known.get(place.parent)
    return place.id if place else sector


def _bits(label: str) -> int:
    """Return the months of a period inside its year as bits."""
    return sum(1 << (int(month.rpartition("-")[2]) - 1) for month in period(label).months())


def _ranks() -> pa.Table:
    held = {mark.id: mark.rank for mark in marks().values()}
    held["reported"] = _NO_MARK
    return pa.table({"mark": list(held), "rank": list(held.values())})


def _ranked(rank: Column) -> Column:
    return np.where(np.isnan(rank), _NO_MARK, rank).astype(np.int64)
