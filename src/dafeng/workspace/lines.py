"""Capacity lines with the energy that they used and the efficiency level that they reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import ibis

from dafeng.grading import grade
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, items, period

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
Place = tuple[str, str, str]
"""Reporter, facility, year."""

_LEVEL = "level"
_DIGITS = 6  # of a unit energy; what lies beyond is noise of division
_NO_LEVEL = ("unknown_scale", "no_edition", "unknown_family")


def graded(books: Books, lines: list[Row], rules: Rulebook) -> list[Row]:
    """Add to each line ``energy`` (year → g standard coal) and ``level`` (year → grade or empty).

    Both are of the facility that the line is. They are not known where several lines share the
    facility, where a part of its energy is not, where two methods count it, or where energy and
    output are not reported for the same months.
    """
    shared = Counter((row["reporter"], row["facility"]) for row in lines)
    energy, output, sound = _energy(books), _output(books), _same_months(books)
    found = []
    for row in lines:
        known: dict[int, int] = {}
        levels: dict[int, str] = {}
        for (reporter, facility, year), grams in energy.items():
            if (reporter, facility) != (row["reporter"], row["facility"]):
                continue
            alone = shared[(reporter, facility)] == 1
            if alone and (reporter, facility, year, row["product"]) in sound:
                known[int(year)] = grams
                made = output[(reporter, facility, year, row["product"])]
                levels[int(year)] = _level(rules, row, int(year), grams, made)
        size = row["capacity"] * factor(row["unit"], items()[row["product"]].unit)
        found.append(row | {"capacity": size, "energy": known, "level": levels})
    return found


def _level(rules: Rulebook, row: Row, year: int, grams: int, made: float) -> str:
    """Return the level of a line in a year, empty where there is none for it."""
    if not made > 0:
        return ""
    try:
        edition, scale = rules.scale(_LEVEL, row["field"], period(str(year)).last, row["region"])
    except Fault as fault:
        if fault.code not in _NO_LEVEL:
            raise
        return ""
    unit = f"gce/{items()[row['product']].unit}"
    return grade(edition, scale, [round(grams / made * factor(unit, scale.unit), _DIGITS)])[0].grade


def _energy(books: Books) -> dict[Place, int]:
    """Sum the energy of facilities by year; one with an unknown part, or two methods, has none."""
    rows = _energy_rows(books)
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(
        grams=rows.grams.sum().cast("int64"),
        missing=ibis.ifelse(rows.grams.isnull(), 1, 0).sum(),
        methods=rows.method.nunique(),
    )
    return {
        (row["reporter"], row["facility"], row["year"]): row["grams"]
        for row in books.fetch(sums)
        if not row["missing"] and row["methods"] == 1
    }


def _output(books: Books) -> dict[tuple[str, str, str, str], float]:
    rows = _output_rows(books)
    sums = rows.group_by(["reporter", "facility", "year", "item"]).aggregate(
        amount=rows.amount.sum()
    )
    return {
        (row["reporter"], row["facility"], row["year"], row["item"]): row["amount"]
        for row in books.fetch(sums)
    }


def _same_months(books: Books) -> set[tuple[str, str, str, str]]:
    """Return the facilities, years and products whose energy and output are of the same months."""
    used: dict[Place, set[str]] = defaultdict(set)
    made: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    names = ("reporter", "facility", "year", "period")
    for row in books.fetch(_energy_rows(books).select(*names).distinct()):
        used[(row["reporter"], row["facility"], row["year"])] |= set(period(row["period"]).months())
    for row in books.fetch(_output_rows(books).select(*names, "item").distinct()):
        key = (row["reporter"], row["facility"], row["year"], row["item"])
        made[key] |= set(period(row["period"]).months())
    return {key for key, months in made.items() if months == used.get(key[:3])}


def _energy_rows(books: Books) -> ir.Table:
    rows = books.rows
    return rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))


def _output_rows(books: Books) -> ir.Table:
    rows = books.prepared.filter(
        (books.prepared.facility != "") & (books.prepared.flow == "produced")
    )
    names = ("entry", "reporter", "facility", "item", "year", "period", "amount")
    return rows.select(*names).distinct()
