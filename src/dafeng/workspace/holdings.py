"""What the reporters of a region hold: lists, capacity lines with their level, projects, plants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dafeng.grading import grade
from dafeng.indicators import Holdings, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, items, period, worst_mark

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
_LEVEL = "level"
_DIGITS = 6  # of a unit energy; what lies beyond is noise of division
_PLANT = "MW"
_TABLES = ("lists", "lines", "projects", "facilities")


def holdings(books: Books, tables: dict[str, list[Row]], rules: Rulebook, region: str) -> Holdings:
    """Return what the reporters of a region and of the regions inside it hold.

    Args:
        books: the ledger, joined to the rules.
        tables: rows of ``lists``, ``lines``, ``projects`` and ``facilities``.
        rules: the rulebook, for the efficiency levels.
        region: code of the region.
    """
    reporters = {row["reporter"]: row for row in books.reporters()}
    inside = {name for name, row in reporters.items() if within(row["region"], region)}
    projects = [row for row in tables["projects"] if within(row["region"], region)]
    subjects = inside | {row["project"] for row in projects}
    lines = [row for row in tables["lines"] if within(row["region"], region)]
    return Holdings(
        lists=[row for row in tables["lists"] if row["subject"] in subjects],
        lines=_graded(books, lines, rules),
        projects=projects,
        plants=[
            row
            | {
                "capacity": row["capacity"] * factor(row["capacity_unit"], _PLANT),
                "mark": reporters[row["reporter"]]["mark"],
            }
            for row in tables["facilities"]
            if row["reporter"] in inside and row["capacity_unit"] and _is_power(row)
        ],
        amounts=_amounts(books, inside, tables["lists"]),
    )


def _is_power(row: Row) -> bool:
    try:
        factor(row["capacity_unit"], _PLANT)
    except Fault:
        return False
    return True


def _graded(books: Books, lines: list[Row], rules: Rulebook) -> list[Row]:
    """Add to each line its energy by year and the level that it reached."""
    places = {(row["reporter"], row["facility"]) for row in lines}
    energy = _energy(books, places)
    output = _output(books, places)
    found = []
    for row in lines:
        unit = items()[row["product"]].unit
        known: dict[int, int] = {}
        levels: dict[int, str] = {}
        for year, grams in energy.get((row["reporter"], row["facility"]), {}).items():
            known[year] = grams
            made = output.get((row["reporter"], row["facility"], row["product"], year))
            levels[year] = _level(rules, row, year, grams, made)
        size = row["capacity"] * factor(row["unit"], unit)
        found.append(row | {"capacity": size, "energy": known, "level": levels})
    return found


def _level(rules: Rulebook, row: Row, year: int, grams: int, made: float | None) -> str:
    """Return the level of a line in a year, empty where it cannot be told."""
    if not made:
        return ""
    day = period(str(year)).last
    try:
        edition, scale = rules.scale(_LEVEL, row["field"], day, row["region"])
        unit = f"gce/{items()[row['product']].unit}"
        value = round(grams / made * factor(unit, scale.unit), _DIGITS)
    except Fault:
        return ""
    return grade(edition, scale, [value])[0].grade


def _energy(books: Books, places: set[tuple[str, str]]) -> dict[tuple[str, str], dict[int, int]]:
    """Sum the energy of facilities by year; a facility with an unknown part has none."""
    rows = books.rows
    chosen = rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))
    sums = chosen.group_by(["reporter", "facility", "year"]).aggregate(
        grams=chosen.grams.sum().cast("int64"), missing=chosen.grams.isnull().any()
    )
    found: dict[tuple[str, str], dict[int, int]] = {}
    for row in books.fetch(sums):
        place = (row["reporter"], row["facility"])
        if place in places and not row["missing"]:
            found.setdefault(place, {})[int(row["year"])] = row["grams"]
    return found


def _output(books: Books, places: set[tuple[str, str]]) -> dict[tuple[str, str, str, int], float]:
    rows = books.prepared
    made = rows.filter((rows.facility != "") & (rows.flow == "produced"))
    made = made.select("entry", "reporter", "facility", "item", "year", "amount").distinct()
    sums = made.group_by(["reporter", "facility", "item", "year"]).aggregate(
        amount=made.amount.sum()
    )
    return {
        (row["reporter"], row["facility"], row["item"], int(row["year"])): row["amount"]
        for row in books.fetch(sums)
        if (row["reporter"], row["facility"]) in places
    }


def _amounts(books: Books, inside: set[str], lists: Iterable[Row]) -> list[Row]:
    """Sum materials, products and value added of enterprises by year; facilities are parts.

    An amount of the firms of a list is named ``value_added.LIST``: only firms that reported it in
    every year of the books are in it, so that who came or went does not move it.
    """
    rows = books.prepared
    wanted = rows.filter((rows.facility == "") & rows.flow.isin(["consumed", "produced"])).select(
        "entry", "reporter", "item", "flow", "year", "amount", "mark"
    )
    wanted = wanted.distinct()
    sums = wanted.group_by(["reporter", "item", "flow", "year"]).aggregate(
        amount=wanted.amount.sum(), mark=wanted.mark.max()
    )
    named: dict[str, set[str]] = {}
    for row in lists:
        named.setdefault(row["list"], set()).add(row["subject"])
    found: dict[tuple[str, str, int], Row] = {}
    added: dict[str, dict[int, float]] = {}
    marks: dict[str, str] = {}
    for row in books.fetch(sums):
        if row["reporter"] not in inside:
            continue
        year = int(row["year"])
        _add(found, (row["item"], row["flow"], year), row["amount"], row["mark"])
        if row["item"] == "value_added":
            added.setdefault(row["reporter"], {})[year] = row["amount"]
            marks[row["reporter"]] = row["mark"]
    years = {year for own in added.values() for year in own}
    for name, members in named.items():
        for reporter in sorted(members & set(added)):
            if set(added[reporter]) == years:
                for year, amount in added[reporter].items():
                    _add(found, ("value_added", name, year), amount, marks[reporter])
    return list(found.values())


def _add(
    found: dict[tuple[str, str, int], Row], key: tuple[str, str, int], amount: float, mark: str
) -> None:
    item, flow, year = key
    row = found.setdefault(
        key, {"item": item, "flow": flow, "year": year, "quantity": 0.0, "mark": "", "reporters": 0}
    )
    row["quantity"] += amount
    row["reporters"] += 1
    row["mark"] = worst_mark({row["mark"], mark})
