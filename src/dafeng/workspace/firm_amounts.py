"""Amounts of enterprises in a year, as columns: totals of the accounts and items of the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from dafeng.grading import Amount, amounts
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, items, marks, period, sectors
from dafeng.workspace.lines import month_table, months_of
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
Column = NDArray[Any]

_PARTS = 1000  # an amount of the books is summed in thousandths of its unit
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
        basis: year of the constant prices that it is in; empty for current ones, and for what is
            no money.
    """

    label: Text
    unit: str
    value: Column
    rank: Column
    reason: Column
    basis: Column


class Amounts:
    """The amounts of enterprises in a year; enterprises stand in the order of their ids.

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
        self._sums: dict[tuple[str, str | None], pa.Table] = {}
        self._whole = len(period(self.year).months())

    def part(self, name: str) -> Part:
        """Return an amount by its id: a total of the accounts, or an item of the books."""
        self.take([name])
        return self._parts[name]

    def take(self, names: Iterable[str]) -> None:
        """Take amounts by their ids, those of the books in one pass; ``part`` returns them."""
        fresh = [name for name in dict.fromkeys(names) if name not in self._parts]
        for name in fresh:
            if name in amounts():
                self._parts[name] = self._total(amounts()[name])
        if booked := [name for name in fresh if name not in amounts()]:
            self._book(booked)

    def division(self, at: int) -> str:
        """Return the sector, two digits, of an enterprise."""
        return self.divisions[int(self.sectors[at])]

    def worst(self, names: Iterable[str]) -> list[str]:
        """Return the worst mark of some amounts, of each enterprise."""
        rank = np.max([self.part(name).rank for name in names], axis=0)
        said = {int(one): mark_at(int(one)) for one in np.unique(rank)}
        return [said[one] for one in rank.tolist()]

    def node(self, name: str, at: int) -> Node:
        """Return an amount of an enterprise as a node."""
        part, who = self.part(name), self.rows[at]["reporter"]
        value = None if part.reason[at] else float(part.value[at])
        kind: Any = "account" if name in amounts() else "entry"
        flags = ("not_reported",) if value is None else ()
        basis = str(part.basis[at])
        ref = "/".join((who, name, self.year, *([basis] if basis else [])))
        shown = int(value) if value is not None and name in amounts() else value
        mark = mark_at(int(part.rank[at]))
        return Node(kind, ref, part.label, shown, part.unit, mark, flags, detail=prices_of(basis))

    @cached_property
    def divisions(self) -> list[str]:
        """The sectors, two digits, of which there are enterprises."""
        return sorted({_division_of(row["sector"]) for row in self.rows})

    @cached_property
    def sectors(self) -> Column:
        """Place in ``divisions`` of each enterprise."""
        place = {name: at for at, name in enumerate(self.divisions)}
        return np.array([place[_division_of(row["sector"])] for row in self.rows], np.int64)

    def _total(self, amount: Amount) -> Part:
        """Return a total of the accounts; none where a part, a month or the one method lacks."""
        fine = self._fine(amount.measure, amount.gas)
        every = self._count(fine)
        if amount.methods:
            fine = fine.filter(pc.is_in(fine["method"], pa.array(amount.methods, pa.string())))
        used = self._count(fine)
        whole = pc.is_in(fine["method"], pa.array(sorted(self._complete), pa.string()))
        sums = [("value", "sum"), ("lost", "max"), ("rank", "max"), ("months", "max")]
        found = fine.group_by("reporter").aggregate(sums)  # of several methods none is taken
        value, lost, rank, months = self._aligned(found, *("_".join(one) for one in sums))
        reason = np.full(len(self.rows), "", object)
        for why, where in (
            ("firm_not_booked", every == 0),
            ("firm_other_method", used == 0),
            ("firm_incomplete_method", self._count(fine.filter(pc.invert(whole))) > 0),
            ("firm_two_methods", used > 1),
            ("firm_part_unknown", lost == 1),
            ("firm_months_missing", self._lacks_months(months)),
            ("firm_not_booked", np.isnan(value)),
        ):
            self._say(reason, where, why)
        value[reason != ""] = np.nan
        basis = np.full(len(self.rows), "", object)
        return Part(amount.name, amount.unit, value, _ranked(rank), reason, basis)

    def _fine(self, measure: str, gas: str | None) -> pa.Table:
        """Sum grams by reporter and method in one pass over the accounts of a measure."""
        if (measure, gas) not in self._sums:
            rows = self._books.rows
            rows = rows.filter(
                (rows.year == self.year)
                & (rows.facility == "")
                & (rows.memo == "")
                & (rows.measure == measure)
                & rows.purpose.contains(f"|{PURPOSES[measure]}|")
            )
            rows = rows.join(self._months, "period").join(self._worst, ["inputs", "mark"])
            own = rows.gas == gas if gas else ibis.literal(True)  # noqa: FBT003
            sums = rows.group_by(["reporter", "method"]).aggregate(
                value=whole_sum(ibis.ifelse(own, rows.grams, ibis.null("int64"))),
                lost=ibis.ifelse(own & rows.grams.isnull(), 1, 0).max(),
                rank=ibis.ifelse(own, rows["rank"], _NO_MARK).max(),
                months=months_of(rows),
            )
            self._sums[measure, gas] = self._books.table(sums)
        return self._sums[measure, gas]

    @cached_property
    def _months(self) -> ir.Table:
        return month_table(self._books, int(self.year))

    @cached_property
    def _worst(self) -> ir.Table:
        """The worst mark of each row of the accounts of the year."""
        return ranks_of(self._books, self._books.rows.filter(self._books.rows.year == self.year))

    def _book(self, wanted: Sequence[str]) -> None:
        """Take items of the books, in one pass over them."""
        rows = self._books.prepared
        names = ("entry", "reporter", "item", "flow", "product", "period", "amount", "mark")
        rows = rows.filter(
            (rows.year == self.year)
            & (rows.facility == "")
            & rows.item.isin(wanted)
            & rows.flow.isin(_FLOWS)
        )
        held = rows.select(*names).distinct().join(self._months, "period")
        held = held.join(ibis.memtable(_ranks()), "mark")
        sums = held.group_by(["reporter", "item"]).aggregate(
            value=whole_sum(rounded(held.amount * _PARTS)),
            rank=held["rank"].max(),
            rows=held.entry.nunique(),
            stock=ibis.ifelse(held.flow == _HELD, 1, 0).max(),
            kinds=held["product"].nunique(),
            basis=held["product"].max(),
            months=months_of(held),
        )
        found = self._books.table(sums)
        for item in wanted:
            own = found.filter(pc.equal(found["item"], item))
            self._parts[item] = self._booked(item, own)

    def _booked(self, item: str, found: pa.Table) -> Part:
        """Return an item of the books; a stock is told once a year, a flow for all its months."""
        names = ("value", "rank", "rows", "stock", "kinds", "months")
        value, rank, count, stock, kinds, months = self._aligned(found, *names)
        reason = np.full(len(self.rows), "", object)
        self._say(reason, np.isnan(value), "firm_not_booked")
        self._say(reason, (stock == 1) & (count > 1), "firm_stock_twice")
        self._say(reason, (stock != 1) & self._lacks_months(months), "firm_months_missing")
        self._say(reason, kinds > 1, "firm_two_bases")
        value = value / _PARTS
        value[reason != ""] = np.nan
        at = pc.index_in(self.ids, found["reporter"].combine_chunks())
        said = found["basis"].take(at).fill_null("").to_pylist()
        basis = np.array(said, object)
        return Part(items()[item].name, items()[item].unit, value, _ranked(rank), reason, basis)

    def _lacks_months(self, months: Column) -> Column:
        """Whether each lacks a month of the year; ``months`` are bits, ``NaN`` for none."""
        held = np.nan_to_num(months).astype(np.int64)
        return np.asarray(np.bitwise_count(held) < self._whole)

    def _count(self, found: pa.Table) -> Column:
        """Return how many rows each has."""
        at = pc.index_in(found["reporter"], self.ids).drop_null().to_numpy()
        return np.bincount(at, minlength=len(self.rows))

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


def amounts_of(books: Books, rules: Rulebook, firms: Sequence[Row], year: int) -> Amounts:
    """Return the amounts of enterprises in a year, by the methods that give totals."""
    complete = [name for name, method in rules.methods.items() if method.complete]
    return Amounts(books, firms, year, complete)


def prices_of(basis: str) -> Text | None:
    """Return a price basis in words."""
    return Text(zh=f"{basis} 年价格", en=f"at prices of {basis}") if basis else None


def _division_of(sector: str) -> str:
    known = sectors()
    place = known.get(sector)
    while place is not None and place.kind == "class" and place.parent:
        place = known.get(place.parent)
    return place.id if place else sector


def _ranks() -> pa.Table:
    held = {mark.id: mark.rank for mark in marks().values()}
    held["reported"] = _NO_MARK
    return pa.table({"mark": list(held), "rank": list(held.values())})


def _ranked(rank: Column) -> Column:
    return np.where(np.isnan(rank), _NO_MARK, rank).astype(np.int64)
