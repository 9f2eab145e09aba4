"""Capacity lines: the energy that they used, what they made, the level that they reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from dafeng.grading import grade
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, items, period, worst_mark
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
Place = tuple[str, str, str]
"""Reporter, facility, year."""

_LEVEL = "level"
_DIGITS = 6  # of a unit energy; what lies beyond is noise of division
_NO_LEVEL = ("unknown_scale", "no_edition", "unknown_family")


@dataclass(frozen=True)
class Use:
    """What a line used and made in a year.

    Attributes:
        grams: g standard coal of its facility; ``None`` where not known, or not the line's own.
        gross: the same, what it gave away or recovered not taken off.
        made: output in the unit of the product.
        mark: the worst of what both rest on.
        reason: why there is no unit energy; empty where there is one.
        months: for how many months of the year both are reported.
    """

    grams: int | None = None
    made: float | None = None
    mark: str = ""
    reason: str = ""
    gross: int = 0
    months: int = 0

    def per(self, item: str, unit: str) -> float:
        """Return the unit energy in a unit such as kgce/t.

        Raises:
            Fault: ``unit_mismatch`` where the unit is none of energy per product.
        """
        own = factor(f"gce/{items()[item].unit}", unit)
        return round((self.grams or 0) / (self.made or 1) * own, _DIGITS)


def uses(books: Books, lines: list[Row]) -> dict[str, dict[int, Use]]:
    """Return by line and year what it used and made, or why that is not known.

    Both are of the facility that the line is. They are not known where several lines share the
    facility, where a part of its energy is not, where two methods count it, or where energy and
    output are not reported for the same months.
    """
    shared = Counter((row["reporter"], row["facility"]) for row in lines)
    energy, output = _energy(books), _output(books)
    years = sorted({place[2] for place in (*energy, *output)})
    used, made = _months(books)

    def use(row: Row, year: str) -> Use:
        place = (row["reporter"], row["facility"], year)
        if not row["facility"] or shared[place[:2]] > 1:
            return Use(reason="line_shared" if row["facility"] else "line_no_facility")
        if place not in energy:
            return Use(reason="line_no_energy")
        grams, gross, rank, missing, methods = energy[place]
        if missing or methods > 1:
            return Use(reason="line_energy_unknown" if missing else "line_two_methods")
        own = (*place, row["product"])
        if own not in output or made[own] != used[place]:
            return Use(reason="line_other_months" if own in output else "line_no_output")
        amount, mark = output[own]
        worst = worst_mark({row["mark"], mark, mark_at(rank)})
        reason = "" if amount > 0 else "line_nothing_made"
        return Use(grams, amount, worst, reason, gross, len(used[place]))

    return {row["line"]: {int(year): use(row, year) for year in years} for row in lines}


def graded(books: Books, lines: list[Row], rules: Rulebook) -> list[Row]:
    """Add to each line ``energy`` (year → g standard coal, gross) and ``level`` (year → grade).

    The level is empty where it cannot be told. Where the energy is not known (see ``uses``) the
    year is in neither.
    """
    held = uses(books, lines)
    levels = _levels(rules, lines, held)
    return [
        row
        | {
            "capacity": row["capacity"] * factor(row["unit"], items()[row["product"]].unit),
            "energy": {y: u.gross for y, u in held[row["line"]].items() if u.grams is not None},
            "level": {
                y: levels.get((row["line"], y), "")
                for y, u in held[row["line"]].items()
                if u.grams is not None
            },
        }
        for row in lines
    ]


def _levels(
    rules: Rulebook, lines: list[Row], held: dict[str, dict[int, Use]]
) -> dict[tuple[str, int], str]:
    """Return the levels of lines by year; those of one field, place and year in one pass."""
    groups: dict[tuple[str, str, str, int], list[tuple[str, Use]]] = defaultdict(list)
    for row in lines:
        for year, use in held[row["line"]].items():
            if use.grams is not None and not use.reason:
                key = (row["field"], row["region"], row["product"], year)
                groups[key].append((row["line"], use))
    found = {}
    for (field, region, product, year), own in groups.items():
        try:
            edition, scale = rules.scale(_LEVEL, field, period(str(year)).last, region)
        except Fault as fault:
            if fault.code not in _NO_LEVEL:
                raise
            continue
        values = [use.per(product, scale.unit) for _, use in own]
        for (line, _), one in zip(own, grade(edition, scale, values), strict=True):
            found[line, year] = one.grade
    return found


def _energy(books: Books) -> dict[Place, tuple[int, int, int, bool, int]]:
    """Sum the energy of facilities: net, gross, rank of the mark, whether a part lacks, methods."""
    rows = _energy_rows(books).join(ranks_of(books), ["inputs", "mark"])
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(
        grams=rows.grams.sum().cast("int64"),
        gross=ibis.ifelse(rows.grams > 0, rows.grams, 0).sum().cast("int64"),
        rank=rows["rank"].max(),
        missing=ibis.ifelse(rows.grams.isnull(), 1, 0).sum(),
        methods=rows.method.nunique(),
    )
    return {
        (row["reporter"], row["facility"], row["year"]): (
            row["grams"],
            row["gross"],
            row["rank"],
            bool(row["missing"]),
            row["methods"],
        )
        for row in books.fetch(sums)
    }


def _output(books: Books) -> dict[tuple[str, ...], tuple[float, str]]:
    """Sum the output of facilities by product, with the worst mark."""
    rows = _output_rows(books)
    sums = rows.group_by(["reporter", "facility", "year", "item", "mark"]).aggregate(
        amount=rows.amount.sum()
    )
    found: dict[tuple[str, ...], tuple[float, str]] = {}
    for row in books.fetch(sums):
        key = (row["reporter"], row["facility"], row["year"], row["item"])
        amount, mark = found.get(key, (0.0, ""))
        found[key] = (amount + row["amount"], worst_mark({mark, row["mark"]}))
    return found


def _months(books: Books) -> tuple[dict[Place, set[str]], dict[tuple[str, ...], set[str]]]:
    """Return for which months energy (by place) and output (by place and product) are reported."""
    used: dict[Place, set[str]] = defaultdict(set)
    made: dict[tuple[str, ...], set[str]] = defaultdict(set)
    names = ("reporter", "facility", "year", "period")
    for row in books.fetch(_energy_rows(books).select(*names).distinct()):
        used[(row["reporter"], row["facility"], row["year"])] |= set(period(row["period"]).months())
    for row in books.fetch(_output_rows(books).select(*names, "item").distinct()):
        key = (row["reporter"], row["facility"], row["year"], row["item"])
        made[key] |= set(period(row["period"]).months())
    return used, made


def _energy_rows(books: Books) -> ir.Table:
    rows = books.rows
    return rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))


def _output_rows(books: Books) -> ir.Table:
    rows = books.prepared.filter(
        (books.prepared.facility != "") & (books.prepared.flow == "produced")
    )
    names = ("entry", "reporter", "facility", "item", "year", "period", "amount", "mark")
    return rows.select(*names).distinct()
