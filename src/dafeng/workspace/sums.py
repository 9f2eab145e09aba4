"""Sums of the reporters of a workspace: the engine sums, the indicators make lines of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng.accounting import PURPOSES, controlled, inside, shared, summed
from dafeng.findings import Finding
from dafeng.indicators import (
    Roll,
    Sum,
    Wanted,
    group_lines,
    holders,
    in_boundary,
    makers,
    sum_lines,
    there,
)
from dafeng.vocabulary import Fault, Text, period
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
ENTERPRISE = "enterprise"
_HOLDERS = pa.schema(
    [
        ("group", pa.string()),
        ("member", pa.string()),
        ("year", pa.string()),
        ("share", pa.float64()),
        ("largest", pa.bool_()),
        ("control", pa.bool_()),
    ]
)


def sums(
    books: Books, tables: Mapping[str, list[Row]], wanted: Wanted
) -> tuple[list[Sum], list[Finding]]:
    """Return the sums that are asked for, and what a reader must know of them.

    Args:
        books: the ledger, joined to the rules.
        tables: rows of ``lists``, ``projects`` and ``members``.
        wanted: what is asked for.

    Raises:
        Fault: ``group_narrowed``, ``unknown_list``.
    """
    if wanted.by == "group" and wanted.narrowed:
        raise Fault("group_narrowed", label=", ".join(wanted.narrowed))
    held = {row["list"] for row in tables["lists"]}
    for name in (wanted.without, wanted.listed):
        if name is not None and name not in held:
            raise Fault("unknown_list", label=name, near=", ".join(sorted(held)) or "–")
    roll, by_reporter = reporter_sums(books, tables, wanted)
    if wanted.by != "group":
        return sum_lines(wanted, roll, by_reporter)
    everyone = {row["reporter"]: row for row in books.reporters()}
    names = {
        name: Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])
        for name, row in everyone.items()
    }
    rows = _inside(books, roll.reporters, wanted)
    members = tables["members"]
    held_ = _consolidated(books, rows, members, wanted)
    return group_lines(wanted, held_, members, by_reporter, names, roll), []


def reporter_sums(
    books: Books,
    tables: Mapping[str, list[Row]],
    wanted: Wanted,
    periods: Collection[str] | None = None,
) -> tuple[Roll, list[Row]]:
    """Return who there is, and the sums by reporter and year: the rows of ``sum_lines``.

    Args:
        books: the ledger, joined to the rules.
        tables: rows of ``lists`` and ``projects``.
        wanted: measure, boundary and years; any lines may be made of the rows.
        periods: only what is booked under these labels; by default all of a year.
    """
    firms = {row["reporter"]: row for row in books.reporters() if row["kind"] == ENTERPRISE}
    rows = _inside(books, firms, wanted)
    if periods is not None:
        rows = rows.filter(rows.period.isin(sorted(periods)))
    found = _by_reporter(books, rows, _taken(books, tables, firms, wanted, periods), wanted)
    if wanted.boundary == "production" and wanted.measure == "emission":
        found += _without_direct(books, firms, wanted, periods, found)
    return Roll(firms, tables["lists"]), found


def _taken(
    books: Books,
    tables: Mapping[str, list[Row]],
    firms: dict[str, Row],
    wanted: Wanted,
    periods: Collection[str] | None = None,
) -> dict[tuple[str, str], int]:
    """Return what is taken off for excluded projects inside the boundary, by reporter and year."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    if wanted.without is None:
        return found
    parts = excluded(books, tables, wanted.without, wanted.measure, periods)
    for (reporter, year, scope), grams in parts.items():
        plant = firms.get(reporter, {}).get("sector") in makers()
        if in_boundary(wanted.boundary, scope, plant=plant):
            found[(reporter, year)] += grams
    return found


def _inside(books: Books, firms: dict[str, Row], wanted: Wanted) -> ir.Table:
    plants = [name for name, row in firms.items() if row["sector"] in makers()]
    held = ibis.memtable(pa.table({"reporter": pa.array(plants, pa.string())}))
    rows = inside(books.rows, wanted.measure, wanted.boundary, held)
    rows = rows.join(ranks_of(books), ["inputs", "mark"])
    return rows.filter(rows.year.isin(wanted.years)) if wanted.years else rows


def _without_direct(
    books: Books,
    firms: dict[str, Row],
    wanted: Wanted,
    periods: Collection[str] | None,
    found: list[Row],
) -> list[Row]:
    """Return the sums, 0, of who reports indirect emissions alone: that is not to be silent."""
    rows = _inside(books, firms, replace(wanted, boundary="consumption"))
    if periods is not None:
        rows = rows.filter(rows.period.isin(sorted(periods)))
    known = {(row["reporter"], row["year"]) for row in found}
    theirs = _by_reporter(books, rows, {}, wanted)
    nothing = {"grams": 0, "feedstock": 0, "renewable": 0, "unknown": 0, "proxy": False}
    return [row | nothing for row in theirs if (row["reporter"], row["year"]) not in known]


def _by_reporter(
    books: Books, rows: ir.Table, taken: dict[tuple[str, str], int], wanted: Wanted
) -> list[Row]:
    """Return the sums by reporter and year, with what is excluded taken off."""
    ranks = rows.group_by(["reporter", "year"]).aggregate(rank=rows["rank"].max())
    found = books.fetch(summed(rows, ("reporter", "year")).inner_join(ranks, ["reporter", "year"]))
    gaps, purpose = books.gaps(), PURPOSES[wanted.measure]
    for row in found:
        who = (row["reporter"], row["year"])
        row["excluded"] = taken.get(who, 0)
        row["grams"] -= row["excluded"]
        lost = {
            "partial": row["unknown"] or books.unsettled(*who, purpose),
            "months_missing": who in gaps,
        }
        row["flags"] = tuple(name for name, there_is in lost.items() if there_is)
        row["whole"] = not row["flags"]
        row["mark"] = mark_at(row["rank"])
        row["year"] = int(row["year"])
    return found


def excluded(
    books: Books,
    tables: Mapping[str, list[Row]],
    wanted: str,
    measure: str,
    periods: Collection[str] | None = None,
) -> dict[tuple[str, str, int], int]:
    """Sum what the facilities of the projects on a list did while they were on it.

    A month counts where the project was on the list all month; of a year that is booked as one,
    only a whole year can be taken off.

    Returns:
        (reporter, year, scope) → whole grams.
    """
    times: dict[str, list[Row]] = defaultdict(list)
    for row in tables["lists"]:
        if row["list"] == wanted:
            times[row["subject"]].append(row)
    since: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["projects"]:
        if row["facility"] and row["project"] in times:
            since[(row["reporter"], row["facility"])] += times[row["project"]]
    if not since:
        return {}
    rows = books.rows
    parts = rows.filter(
        (rows.measure == measure)
        & (rows.memo == "")
        & rows.purpose.contains(f"|{PURPOSES[measure]}|")
        & rows.facility.isin(sorted({facility for _, facility in since}))
    )
    totals = parts.group_by(["reporter", "facility", "period", "year", "scope"]).aggregate(
        grams=parts.grams.sum().fill_null(0).cast("int64")
    )
    found: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in books.fetch(totals):
        when = period(row["period"])
        if periods is not None and row["period"] not in periods:
            continue
        listed = since.get((row["reporter"], row["facility"]), [])
        if any(there(one, str(when.first)) and there(one, str(when.last)) for one in listed):
            found[(row["reporter"], row["year"], row["scope"])] += row["grams"]
    return dict(found)


def _consolidated(books: Books, rows: ir.Table, members: list[Row], wanted: Wanted) -> list[Row]:
    """Return the sums of the groups, by share or by control."""
    years = sorted({int(row["year"]) for row in books.fetch(rows.select("year").distinct())})
    owned = [row for year in years for row in holders(members, year)]
    held = ibis.memtable(pa.Table.from_pylist(owned, _HOLDERS))
    consolidate = controlled if wanted.control else shared
    found = [row for row in books.fetch(consolidate(rows, held, ())) if row["group"]]
    return [row | {"year": int(row["year"])} for row in found]
