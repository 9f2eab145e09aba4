"""Capacity lines: the energy that they used, what they made, the level that they reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import pyarrow as pa

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
        own = factor(f"{self.base}/{items()[item].unit}", unit)
        return round((self.used or 0) / (self.made or 1) * own, _DIGITS)


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
def _per(base: str, item: str, unit: str) -> bool:
    try:
        factor(f"{base}/{items()[item].unit}", unit)
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
    parts = _energy(books, year) if base == ENERGY else _power(books, year)
    output = _output(books, year)
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
        worst = worst_mark({row["mark"], own.mark, part.mark})
        reason = "" if own.used > 0 else "line_nothing_made"
        months = part.months.bit_count()
        return Use(part.used, own.used, worst, reason, part.gross, months, base)

    return {row["line"]: {int(year): use(row, year) for year in years} for row in lines}


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


def _energy(books: Books, year: int | None) -> dict[Place, _Part]:
    """Sum the energy of facilities; unknown where a part lacks, or where two methods count it."""
    rows = books.rows
    rows = rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))
    rows = _with_months(books, rows, year)
    rows = rows.join(ranks_of(books, rows), ["inputs", "mark"])
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(
        grams=rows.grams.sum().cast("int64"),
        gross=ibis.ifelse(rows.grams > 0, rows.grams, 0).sum().cast("int64"),
        rank=rows["rank"].max(),
        missing=ibis.ifelse(rows.grams.isnull(), 1, 0).sum(),
        methods=rows.method.nunique(),
        **_months(rows),
    )
    found = {}
    for row in books.fetch(sums):
        reason = "line_two_methods" if row["methods"] > 1 else ""
        reason = "line_energy_unknown" if row["missing"] else reason
        part = _Part(row["grams"], row["gross"], mark_at(row["rank"]), reason, _bits(row))
        found[row["reporter"], row["facility"], row["year"]] = part
    return found


def _power(books: Books, year: int | None) -> dict[Place, _Part]:
    """Sum the electricity of facilities in kWh; unknown where it stands in other flows."""
    rows = _of_facilities(books, books.prepared.item == _ELECTRICITY, "flow", year)
    found: dict[Place, _Part] = {}
    for row in books.fetch(rows):
        place = (row["reporter"], row["facility"], row["year"])
        held = found.get(place, _NOTHING)
        used = row["amount"] * _DRAWN.get(row["flow"], 0)
        found[place] = _Part(
            held.used + used,
            held.gross + max(used, 0),
            worst_mark({held.mark, row["mark"]}),
            held.reason or ("" if row["flow"] in _DRAWN else "line_other_flows"),
            held.months | _bits(row),
        )
    return found


def _output(books: Books, year: int | None) -> dict[tuple[str, ...], _Part]:
    """Sum the output of facilities by product, with the worst mark."""
    rows = _of_facilities(books, books.prepared.flow == "produced", "item", year)
    found: dict[tuple[str, ...], _Part] = {}
    for row in books.fetch(rows):
        key = (row["reporter"], row["facility"], row["year"], row["item"])
        held = found.get(key, _NOTHING)
        amount, worst = held.used + row["amount"], worst_mark({held.mark, row["mark"]})
        found[key] = _Part(amount, amount, worst, "", held.months | _bits(row))
    return found


_NOTHING = _Part(0, 0, "", "", 0)


def _of_facilities(books: Books, which: ir.BooleanValue, name: str, year: int | None) -> ir.Table:
    """Sum entries of facilities, each once by however many methods it is counted."""
    rows = books.prepared.filter((books.prepared.facility != "") & which)
    names = ("entry", "reporter", "facility", name, "year", "period", "amount", "mark")
    rows = _with_months(books, rows.select(*names).distinct(), year)
    keys = ["reporter", "facility", "year", name, "mark"]
    return rows.group_by(keys).aggregate(amount=rows.amount.sum(), **_months(rows))


def _with_months(books: Books, rows: ir.Table, year: int | None) -> ir.Table:
    """Return rows, those of a year where one is given, with a column for each month of a year."""
    if year is not None:
        rows = rows.filter(rows.year == str(year))
    labels = [row["period"] for row in books.fetch(rows.select("period").distinct())]
    bits = {label: month_bits(label) for label in labels}
    columns = {
        name: pa.array([bits[label] >> at & 1 for label in labels], pa.int64())
        for at, name in enumerate(_MONTHS)
    }
    held = pa.table({"period": pa.array(labels, pa.string())} | columns)
    return rows.join(ibis.memtable(held), "period")


def _months(rows: ir.Table) -> dict[str, ir.Value]:
    """Return the months for which there are rows, as a column each: ``bit_or`` is not portable."""
    return {name: rows[name].max() for name in _MONTHS}


def _bits(row: Row) -> int:
    return sum(row[name] << at for at, name in enumerate(_MONTHS))


def month_bits(label: str) -> int:
    """Return the months of a period inside its year as bits."""
    return sum(1 << (int(month.rpartition("-")[2]) - 1) for month in period(label).months())
