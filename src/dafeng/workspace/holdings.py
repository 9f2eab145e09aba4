"""What the reporters of a region hold: lists, capacity lines with their level, projects, plants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import ibis

from dafeng.accounting import rounded
from dafeng.indicators import Holdings, named_items, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, Text, factor, worst_mark
from dafeng.workspace.levels import graded
from dafeng.workspace.reporters import VALUE_ADDED, name_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

Row = dict[str, Any]
ENTERPRISE = "enterprise"
_PLANT = "MW"
_PARTS = 1000  # an amount is kept in thousandths of its unit


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
    firms = {name for name in inside if reporters[name]["kind"] == ENTERPRISE}
    projects = [row for row in tables["projects"] if within(row["region"], region)]
    subjects = inside | {row["project"] for row in projects}
    lines = [row for row in tables["lines"] if within(row["region"], region)]
    return Holdings(
        lists=[row for row in tables["lists"] if row["subject"] in subjects],
        lines=graded(books, lines, rules),
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
        amounts=_amounts(books, firms, tables["lists"]),
        names={name: name_of(reporters[name]) for name in inside}
        | {row["project"]: _titled(row) for row in projects},
    )


def _titled(project: Row) -> Text:
    return Text(zh=project["title_zh"], en=project["title_en"] or project["title_zh"])


def _is_power(row: Row) -> bool:
    try:
        factor(row["capacity_unit"], _PLANT)
    except Fault:
        return False
    return True


def _amounts(books: Books, inside: set[str], lists: Iterable[Row]) -> list[Row]:
    """Sum what indicators name of each enterprise by year; facilities are parts.

    Rows are rounded to thousandths and summed as whole numbers, so that the sums are the same on
    every engine. Value added is told apart by its price basis. An amount of the firms of a list is
    named ``value_added.LIST``, whenever they were on it. ``whole`` says whether no month of the
    reporter is missing in the year.
    """
    found: dict[tuple[str, ...], Row] = {}
    added: dict[str, list[Row]] = {}
    for row in books.fetch(_sums(books, named_items())):
        if row["reporter"] in inside:
            _add(found, row["item"], row["flow"], row)
            if row["item"] == VALUE_ADDED:
                added.setdefault(row["reporter"], []).append(row)
    for name, subject in {(row["list"], row["subject"]) for row in lists}:
        for row in added.get(subject, ()):
            _add(found, VALUE_ADDED, name, row)
    gaps = books.gaps()
    return [
        row
        | {
            "quantity": row["thousandths"] / _PARTS,
            "year": int(row["year"]),
            "whole": (row["reporter"], row["year"]) not in gaps,
        }
        for _, row in sorted(found.items())
    ]


def _sums(books: Books, wanted: set[str]) -> ir.Table:
    """Add up the rows of enterprises for some items, in thousandths, with the first row of each."""
    rows = books.prepared
    names = ("entry", "reporter", "item", "flow", "product", "year", "amount", "mark")
    own = rows.filter(
        (rows.facility == "")
        & rows.flow.isin(["consumed", "produced"])
        & rows.item.isin(sorted(wanted))
    )
    own = own.select(*names).distinct()
    own = own.mutate(
        basis=ibis.ifelse(own.item == VALUE_ADDED, own["product"], ""),
        thousandths=rounded(own.amount * _PARTS),
    )
    return own.group_by(["reporter", "item", "flow", "basis", "year", "mark"]).aggregate(
        thousandths=own.thousandths.sum().cast("int64"),
        rows=own.entry.count(),
        entry=own.entry.min(),
    )


def _add(found: dict[tuple[str, ...], Row], item: str, flow: str, part: Row) -> None:
    key = (item, flow, part["basis"], part["year"], part["reporter"])
    names = ("item", "flow", "basis", "year", "reporter")
    same = dict(zip(names, key, strict=True))
    row = found.setdefault(key, same | {"thousandths": 0, "rows": 0, "entry": "", "mark": ""})
    row["thousandths"] += part["thousandths"]
    row["rows"] += part["rows"]
    row["entry"] = min(filter(None, (row["entry"], part["entry"])))
    row["mark"] = worst_mark({row["mark"], part["mark"]})
