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
from dafeng.workspace.lines import month_bits
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
        self._whole = len(period(self.year).months())

    def part(self, name: str) -> Part:
        """Return an amount by its id: a total of the accounts, or an item of the books."""
        if name not in self._parts:
            held = amounts().get(name)
            self._parts[name] = self._total(held) if held else self._booked(name)
        return self._parts[name]

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
        rows = self._books.rows
        rows = rows.filter(
            (rows.year == self.year)
            & (rows.facility == "")
            & (rows.memo == "")
            & (rows.measure == amount.measure)
            & rows.purpose.contains(f"|{PURPOSES[amount.measure]}|")
        )
        fine = self._books.table(self._fine(rows, amount.gas))
        every = used = self._methods(fine)
        if amount.methods:
            fine = fine.filter(pc.is_in(fine["method"], pa.array(amount.methods, pa.string())))
            used = [one & set(amount.methods) for one in every]
        months = self._months(fine)
        sums = [("value", "sum"), ("lost", "max"), ("rank", "max")]
        found = fine.group_by("reporter").aggregate(sums)
        value, lost, rank = self._aligned(found, *("_".join(one) for one in sums))
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
        basis = np.full(len(self.rows), "", object)
        return Part(amount.name, amount.unit, value, _ranked(rank), reason, basis)

    def _fine(self, rows: ir.Table, gas: str | None) -> ir.Table:
        """Sum grams by reporter, method and period in one pass over the accounts."""
        rows = rows.join(ranks_of(self._books, rows), ["inputs", "mark"])
        own = rows.gas == gas if gas else ibis.literal(True)  # noqa: FBT003
        return rows.group_by(["reporter", "method", "period"]).aggregate(
            value=whole_sum(ibis.ifelse(own, rows.grams, ibis.null("int64"))),
            lost=ibis.ifelse(own & rows.grams.isnull(), 1, 0).max(),
            rank=ibis.ifelse(own, rows["rank"], _NO_MARK).max(),
        )

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
        months = self._months(self._books.table(rows.select("reporter", "period").distinct()))
        held = rows.join(rank, "mark")
        sums = held.group_by("reporter").aggregate(
            value=whole_sum(rounded(held.amount * _PARTS)),
            rank=held["rank"].max(),
            rows=held.entry.nunique(),
            stock=(held.flow == _HELD).any(),
            kinds=held["product"].nunique(),
            basis=held["product"].max(),
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
        at = pc.index_in(self.ids, found["reporter"].combine_chunks())
        said = found["basis"].take(at).fill_null("").to_pylist()
        basis = np.array(said, object)
        return Part(items()[item].name, items()[item].unit, value, _ranked(rank_), reason, basis)

    def _months(self, found: pa.Table) -> Column:
        """Return for how many months of the year each has rows."""
        at = pc.index_in(found["reporter"], self.ids).combine_chunks()
        labels = found["period"].combine_chunks().dictionary_encode()
        bits = np.array([month_bits(label) for label in labels.dictionary.to_pylist()], np.int64)
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
