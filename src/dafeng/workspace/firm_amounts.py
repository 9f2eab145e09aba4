"""Amounts of enterprises in a year, as columns: totals of the accounts and items of the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dafeng.accounting import PURPOSES, SUMS
from dafeng.explain import Node
from dafeng.grading import Amount, amounts
from dafeng.indicators import within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, items, period, sectors
from dafeng.workspace.reporters import mark_at, rank_of
from dafeng.workspace.told import added, all_bits, coded, in_parts, most, places, too_large

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
Column = NDArray[Any]

_PARTS = 1000  # an amount of the books is summed in thousandths of its unit
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
        self._books, self._complete = books, sorted(complete)
        self._parts: dict[str, Part] = {}
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

    def worst(self, names: Iterable[str]) -> Callable[[int], str]:
        """Return what gives the worst mark of some amounts, of an enterprise."""
        rank = np.max([self.part(name).rank for name in names], axis=0)
        return lambda at: mark_at(int(rank[at]))

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

    def within(self, region: str) -> Column:
        """Whether each enterprise lies in a region."""
        names, at = self.regions
        return np.array([within(one, region) for one in names], bool)[at]

    @cached_property
    def regions(self) -> tuple[list[str], Column]:
        """The regions in which there are enterprises, and the place of each one's among them."""
        place: dict[str, int] = {}
        at = [place.setdefault(row["region"], len(place)) for row in self.rows]
        return list(place), np.array(at, np.int64)

    def _total(self, amount: Amount) -> Part:
        """Return a total of the accounts; none where a part, a month or the one method lacks."""
        held = self._accounted
        own = (held["measure"] == amount.measure) & held["purposed"][amount.measure]
        gas = own & (held["gas"] == amount.gas) if amount.gas else own
        methods, size = held["methods"], len(self.rows) * len(held["methods"])
        cell = held["at"] * len(methods) + held["method"]
        named = np.isin(methods, amount.methods) if amount.methods else np.ones(len(methods), bool)

        def table(found: Column) -> Column:
            return found.reshape(len(self.rows), len(methods))[:, named]

        def summed(name: str, where: Column) -> Column:
            with too_large(lambda at: self.rows[at // len(methods)]["reporter"]):
                return table(added(cell[where], held[name][where], size))

        months = all_bits(cell[own], held["months"][own], size)
        rank = most(cell[gas], held["rank"][gas], size, _NO_MARK)
        there = table(months) > 0
        used, terms, lost = there.sum(axis=1), summed("terms", gas), summed("without_value", gas)
        value = summed("grams", gas).sum(axis=1).astype(np.float64)
        reason = np.full(len(self.rows), "", object)
        for why, where in (  # of several methods none is taken
            ("firm_not_booked", ~(months.reshape(len(self.rows), -1) > 0).any(axis=1)),
            ("firm_other_method", used == 0),
            ("firm_incomplete_method", (there & ~np.isin(methods, self._complete)[named]).any(1)),
            ("firm_two_methods", used > 1),
            ("firm_part_unknown", lost.any(axis=1)),
            ("firm_months_missing", self._lacks_months(table(months).max(axis=1, initial=0))),
            ("firm_not_booked", ~terms.any(axis=1)),
        ):
            self._say(reason, where, why)
        value[reason != ""] = np.nan
        basis = np.full(len(self.rows), "", object)
        worst = table(rank).max(axis=1, initial=_NO_MARK)
        return Part(amount.name, amount.unit, value, worst, reason, basis)

    @cached_property
    def _accounted(self) -> dict[str, Any]:
        """Totals of the enterprises as a whole, without what is kept apart, as columns.

        ``at`` is the place of the enterprise; ``method`` one in ``methods``; ``purposed`` says by
        measure whether the method is the enterprise's for that purpose.
        """
        rows = self._books.totals(self.year)
        whole = [places(rows[name], pa.array([""])) for name in ("facility", "memo")]
        at = places(rows["reporter"], self.ids)
        kept = (at >= 0) & (whole[0] == 0) & (whole[1] == 0)
        rows, at = rows.filter(pa.array(kept)), at[kept]
        methods = pc.unique(rows["method"].cast(pa.string()))
        found: dict[str, Any] = {"at": at, "method": places(rows["method"], methods)}
        cell = at * len(methods) + found["method"]
        assigned = self._books.assigned
        own = pc.and_(pc.equal(assigned["year"], self.year), pc.equal(assigned["facility"], ""))
        assigned = assigned.filter(own)
        sides = places(assigned["reporter"], self.ids), places(assigned["method"], methods)
        found["purposed"] = {}
        for measure, purpose in PURPOSES.items():
            meant = pc.match_substring(assigned["purpose"], f"|{purpose}|")
            meant = meant.to_numpy() & (sides[0] >= 0) & (sides[1] >= 0)
            allowed = np.zeros(len(self.rows) * len(methods), bool)
            allowed[sides[0][meant] * len(methods) + sides[1][meant]] = True
            found["purposed"][measure] = allowed[cell]
        found["rank"] = np.maximum(
            *(coded(rows[name], rank_of) for name in ("mark", "inputs_mark"))
        )
        found |= {name: rows[name].to_numpy() for name in (*SUMS, "months")}
        texts = {name: rows[name].cast(pa.string()) for name in ("measure", "gas")}
        found |= {name: column.to_numpy(zero_copy_only=False) for name, column in texts.items()}
        return found | {"methods": methods.to_numpy(zero_copy_only=False)}

    def _book(self, wanted: Sequence[str]) -> None:
        """Take items of the books, in one pass over them."""
        rows, names = self._books.told(self.year), pa.array(wanted, pa.string())
        at, item = places(rows["reporter"], self.ids), places(rows["item"], names)
        whole = places(rows["facility"], pa.array([""])) == 0
        kept = np.flatnonzero(whole & (at >= 0) & (item >= 0))
        cell, size = item[kept] * len(self.rows) + at[kept], len(wanted) * len(self.rows)
        amount, known = in_parts(rows["amount"].to_numpy()[kept], _PARTS)
        bases = sorted(pc.unique(rows["product"]).cast(pa.string()).to_pylist())
        known_bases = {name: at for at, name in enumerate(bases)}  # of some texts there are no rows
        kind = coded(rows["product"], lambda text: known_bases.get(text, -1))[kept]
        with too_large(lambda at: self.rows[at % len(self.rows)]["reporter"]):
            value = added(cell, amount, size)
        found = {
            "value": value,
            "told": np.bincount(cell[known], minlength=size),
            "rows": np.bincount(cell, minlength=size),
            "stock": most(cell, places(rows["flow"], pa.array([_HELD]))[kept] == 0, size),
            "rank": most(cell, coded(rows["mark"], rank_of)[kept], size, _NO_MARK),
            "basis": most(cell, kind, size, -1),
            "least": -most(cell, -kind, size, -len(bases)),
            "months": all_bits(cell, rows["months"].to_numpy()[kept], size),
        }
        named = np.array([*bases, ""], object)
        for number, name in enumerate(wanted):
            part = slice(number * len(self.rows), (number + 1) * len(self.rows))
            own = {key: column[part] for key, column in found.items()}
            self._parts[name] = self._booked(name, own, named[own["basis"]])

    def _booked(self, item: str, found: dict[str, Column], basis: Column) -> Part:
        """Return an item of the books; a stock is told once a year, a flow for all its months."""
        reason, stock = np.full(len(self.rows), "", object), found["stock"] == 1
        self._say(reason, found["rows"] == 0, "firm_not_booked")
        self._say(reason, found["told"] < found["rows"], "firm_amount_unknown")
        self._say(reason, stock & (found["rows"] > 1), "firm_stock_twice")
        self._say(reason, ~stock & self._lacks_months(found["months"]), "firm_months_missing")
        self._say(reason, found["basis"] > found["least"], "firm_two_bases")
        value = found["value"] / _PARTS
        value[reason != ""] = np.nan
        return Part(items()[item].name, items()[item].unit, value, found["rank"], reason, basis)

    def _lacks_months(self, months: Column) -> Column:
        """Whether each lacks a month of the year; ``months`` are bits."""
        return np.asarray(np.bitwise_count(months) < self._whole)

    @staticmethod
    def _say(reason: Column, where: Any, why: str) -> None:
        """Give a reason to those that have none yet."""
        reason[(reason == "") & where] = why


def amounts_of(books: Books, rules: Rulebook, firms: Sequence[Row], year: int) -> Amounts:
    """Return the amounts of enterprises in a year, by the methods that give totals."""
    complete = [name for name, method in rules.methods.items() if method.complete]
    return Amounts(books, firms, year, complete)


def prices_of(basis: str) -> Text | None:
    """Return a price basis in words."""
    return Text(zh=f"{basis} 年价格", en=f"at prices of {basis}") if basis else None


@cache
def _division_of(sector: str) -> str:
    known = sectors()
    place = known.get(sector)
    while place is not None and place.kind == "class" and place.parent:
        place = known.get(place.parent)
    return place.id if place else sector
