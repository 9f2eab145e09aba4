"""Capacity lines: the energy that they used, what they made, the level that they reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import pyarrow as pa

from dafeng.accounting import rounded, whole_sum
from dafeng.grading import grade
from dafeng.rulebook import Rulebook, Scale
from dafeng.vocabulary import Fault, factor, items, period, worst_mark
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
Place = tuple[str, str, str]
"""Reporter, facility, year."""

ENERGY, POWER = "gce", "kWh"
"""What a scale counts: comprehensive energy, or electricity alone; both by its unit."""

_LEVEL = "level"
_ELECTRICITY = "electricity"
_DRAWN = {"purchased": 1, "self_generated": 1, "sold": -1}
_LACKING = {ENERGY: "line_no_energy", POWER: "line_no_electricity"}
_MONTHS = tuple(f"month_{at}" for at in range(len(period("2000").months())))
_PARTS = 10**6  # amounts are summed in millionths: of floats the order would matter
_DIGITS = 6  # of a unit energy; what lies beyond is noise of division
_NO_LEVEL = ("unknown_scale", "no_edition", "unknown_family")


@dataclass(frozen=True)
class Use:
    """What a line used and made in a year.

    Attributes:
        used: g standard coal or kWh of its facility; ``None`` where not known, or not its own.
        gross: the same, what it gave away or recovered not taken off.
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
    gross: float = 0
    months: int = 0
    base: str = ENERGY

    def per(self, item: str, unit: str) -> float:
        """Return the use per product in a unit such as kgce/t.

        Raises:
            Fault: ``unit_mismatch`` where the unit is none of what was used per product.
        """
        return round((self.used or 0) / (self.made or 1) * _factor(self.base, item, unit), _DIGITS)


class _Part(NamedTuple):
    """What a facility used, or made of a product, in a year; why that is not the whole.

    ``months``: those for which it is reported, as bits.
    """

    used: float
    gross: float
    mark: str
    reason: str
    months: int


def base_of(scale: Scale, item: str) -> str:
    """Return what a scale counts of a product that is ``item``, told by its unit."""
    return POWER if _per(POWER, item, scale.unit) else ENERGY


@cache
def _factor(base: str, item: str, unit: str) -> float:
    return factor(f"{base}/{items()[item].unit}", unit)


@cache
def _per(base: str, item: str, unit: str) -> bool:
    try:
        _factor(base, item, unit)
    except Fault:
        return False
    return True


def uses(
    books: Books, lines: Sequence[Row], year: int | None = None, base: str = ENERGY
) -> dict[str, dict[int, Use]]:
    """Return by line and year (or of one year) what it used and made, or why that is not known.

    Both are of the facility that the line is. They are not known where several lines share the
    facility, where a part of its energy is not, where two methods count it, or where use and
    output are not reported for the same months. Electricity is what it bought and generated for
    itself, less what it sold; it is not known where the facility books it in other flows.
    """
    shared = Counter((row["reporter"], row["facility"]) for row in lines)
    months = month_table(books, year)
    parts = (_energy if base == ENERGY else _power)(books, year, months)
    output = _output(books, year, months)
    years = sorted({place[2] for place in (*parts, *output)})

    def use(row: Row, year: str) -> Use:
        place = (row["reporter"], row["facility"], year)
        if not row["facility"] or shared[place[:2]] > 1:
            return Use(reason="line_shared" if row["facility"] else "line_no_facility")
        if place not in parts:
            return Use(reason=lacking(row, base))
        part = parts[place]
        if part.reason:
            return Use(reason=part.reason)
        own = output.get((*place, row["product"]))
        if own is None or own.months != part.months:
            return Use(reason="line_other_months" if own else "line_no_output")
        worst = _worst(row["mark"], own.mark, part.mark)
        reason = "" if own.used > 0 else "line_nothing_made"
        months = part.months.bit_count()
        return Use(part.used, own.used, worst, reason, part.gross, months, base)

    return {row["line"]: {int(year): use(row, year) for year in years} for row in lines}


@cache
def _worst(*found: str) -> str:
    return worst_mark(set(found))


def lacking(row: Row, base: str) -> str:
    """Return why nothing is known of what a line used."""
    return _LACKING[base] if row["facility"] else "line_no_facility"


def graded(books: Books, lines: list[Row], rules: Rulebook) -> list[Row]:
    """Add to each line ``energy`` (year → g standard coal, gross) and ``level`` (year → grade).

    The level is empty where it cannot be told. Where the energy is not known (see ``uses``) the
    year is in neither.
    """
    held = uses(books, lines)
    levels = _levels(rules, lines, held, cache(lambda: uses(books, lines, base=POWER)))
    return [
        row
        | {
            "capacity": row["capacity"] * factor(row["unit"], items()[row["product"]].unit),
            "energy": {y: u.gross for y, u in held[row["line"]].items() if u.used is not None},
            "level": {
                y: levels.get((row["line"], y), "")
                for y, u in held[row["line"]].items()
                if u.used is not None
            },
        }
        for row in lines
    ]


def _levels(
    rules: Rulebook,
    lines: list[Row],
    held: dict[str, dict[int, Use]],
    power: Callable[[], dict[str, dict[int, Use]]],
) -> dict[tuple[str, int], str]:
    """Return the levels of lines by year; those of one field, place and year in one pass."""
    groups: dict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    for row in lines:
        for year, use in held[row["line"]].items():
            if _whole(use):
                groups[row["field"], row["region"], row["product"], year].append(row["line"])
    found = {}
    for (field, region, product, year), own in groups.items():
        try:
            edition, scale = rules.scale(_LEVEL, field, period(str(year)).last, region)
        except Fault as fault:
            if fault.code not in _NO_LEVEL:
                raise
            continue
        base = base_of(scale, product)
        if not _per(base, product, scale.unit):
            continue  # standard oil, say: no rule leads there
        told = held if base == ENERGY else power()
        uses_ = [told[line].get(year, Use()) for line in own]
        values = [use.per(product, scale.unit) if _whole(use) else None for use in uses_]
        for line, one in zip(own, grade(edition, scale, values), strict=True):
            found[line, year] = one.grade
    return found


def _whole(use: Use) -> bool:
    return use.used is not None and not use.reason


def _energy(books: Books, year: int | None, months: ir.Table) -> dict[Place, _Part]:
    """Sum the energy of facilities; unknown where a part lacks, or where two methods count it."""
    rows = books.rows
    rows = rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))
    rows = _of_year(rows, year).join(months, "period")
    rows = rows.join(ranks_of(books, rows), ["inputs", "mark"])
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(
        grams=rows.grams.sum().cast("int64"),
        gross=ibis.ifelse(rows.grams > 0, rows.grams, 0).sum().cast("int64"),
        rank=rows["rank"].max(),
        missing=ibis.ifelse(rows.grams.isnull(), 1, 0).sum(),
        methods=rows.method.nunique(),
        months=months_of(rows),
    )
    mark = cache(mark_at)
    found = {}
    for row in books.fetch(sums):
        reason = "line_two_methods" if row["methods"] > 1 else ""
        reason = "line_energy_unknown" if row["missing"] else reason
        part = _Part(row["grams"], row["gross"], mark(row["rank"]), reason, row["months"])
        found[row["reporter"], row["facility"], row["year"]] = part
    return found


def _power(books: Books, year: int | None, months: ir.Table) -> dict[Place, _Part]:
    """Sum the electricity of facilities in kWh; unknown where it stands in other flows."""
    rows = _of_facilities(books, books.prepared.item == _ELECTRICITY, "flow", year, months)
    found: dict[Place, _Part] = {}
    for row in books.fetch(rows):
        place = (row["reporter"], row["facility"], row["year"])
        held = found.get(place, _NOTHING)
        used = row["amount"] * _DRAWN.get(row["flow"], 0)
        found[place] = _Part(
            held.used + used,
            held.gross + max(used, 0),
            _worst(held.mark, row["mark"]),
            held.reason or ("" if row["flow"] in _DRAWN else "line_other_flows"),
            held.months | row["months"],
        )
    return _in_units(found)


def _output(books: Books, year: int | None, months: ir.Table) -> dict[tuple[str, ...], _Part]:
    """Sum the output of facilities by product, with the worst mark."""
    rows = _of_facilities(books, books.prepared.flow == "produced", "item", year, months)
    found: dict[tuple[str, ...], _Part] = {}
    for row in books.fetch(rows):
        key = (row["reporter"], row["facility"], row["year"], row["item"])
        held = found.get(key, _NOTHING)
        amount, worst = held.used + row["amount"], _worst(held.mark, row["mark"])
        found[key] = _Part(amount, amount, worst, "", held.months | row["months"])
    return _in_units(found)


def _in_units(found: dict[Any, _Part]) -> dict[Any, _Part]:
    return {
        key: part._replace(used=part.used / _PARTS, gross=part.gross / _PARTS)
        for key, part in found.items()
    }


_NOTHING = _Part(0, 0, "", "", 0)


def _of_facilities(
    books: Books, which: ir.BooleanValue, name: str, year: int | None, months: ir.Table
) -> ir.Table:
    """Sum entries of facilities, each once by however many methods it is counted."""
    rows = books.prepared.filter((books.prepared.facility != "") & which)
    names = ("entry", "reporter", "facility", name, "year", "period", "amount", "mark")
    rows = _of_year(rows, year).select(*names).distinct().join(months, "period")
    keys = ["reporter", "facility", "year", name, "mark"]
    return rows.group_by(keys).aggregate(
        amount=whole_sum(rounded(rows.amount * _PARTS)), months=months_of(rows)
    )


def _of_year(rows: ir.Table, year: int | None) -> ir.Table:
    return rows if year is None else rows.filter(rows.year == str(year))


def month_table(books: Books, year: int | None) -> ir.Table:
    """Return the periods of the books, or of a year, with a column for each month of a year."""
    labels = [
        row["period"]
        for row in books.fetch(_of_year(books.prepared, year).select("period").distinct())
    ]
    bits = {label: month_bits(label) for label in labels}
    columns = {
        name: pa.array([bits[label] >> at & 1 for label in labels], pa.int8())
        for at, name in enumerate(_MONTHS)
    }
    return ibis.memtable(pa.table({"period": pa.array(labels, pa.string())} | columns))


def months_of(rows: ir.Table) -> ir.Value:
    """Return the months for which rows joined to ``month_table`` are there, as bits.

    ``bit_or`` is not portable.
    """
    parts = [rows[name].max().cast("int64") * (1 << at) for at, name in enumerate(_MONTHS)]
    return reduce(add, parts)


def month_bits(label: str) -> int:
    """Return the months of a period inside its year as bits."""
    return sum(1 << (int(month.rpartition("-")[2]) - 1) for month in period(label).months())
