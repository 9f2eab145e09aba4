"""What the reporters of a region hold: lists, capacity lines with their level, projects, plants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import ibis

from dafeng.accounting import rounded
from dafeng.indicators import Holdings, within
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, worst_mark
from dafeng.workspace.lines import graded
from dafeng.workspace.reporters import VALUE_ADDED

if TYPE_CHECKING:
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
    )


def _is_power(row: Row) -> bool:
    try:
        factor(row["capacity_unit"], _PLANT)
    except Fault:
        return False
    return True


def _amounts(books: Books, inside: set[str], lists: Iterable[Row]) -> list[Row]:
    """Sum materials, products and value added of enterprises by year; facilities are parts.

    Rows are rounded to thousandths and summed as whole numbers, so that the sums are the same on
    every engine. Value added is told apart by its price basis. An amount of the firms of a list is
    named ``value_added.LIST``: only firms that reported it in every year of the books are in it, so
    that who came or went does not move it.
    """
    rows = books.prepared
    names = ("entry", "reporter", "item", "flow", "product", "year", "amount", "mark")
    wanted = rows.filter((rows.facility == "") & rows.flow.isin(["consumed", "produced"]))
    wanted = wanted.select(*names).distinct()
    wanted = wanted.mutate(
        basis=ibis.ifelse(wanted.item == VALUE_ADDED, wanted["product"], ""),
        thousandths=rounded(wanted.amount * _PARTS),
    )
    sums = wanted.group_by(["reporter", "item", "flow", "basis", "year", "mark"]).aggregate(
        thousandths=wanted.thousandths.sum().cast("int64")
    )
    found: dict[tuple[str, ...], Row] = {}
    added: dict[str, list[Row]] = {}
    for row in books.fetch(sums):
        if row["reporter"] in inside:
            _add(found, row["item"], row["flow"], row)
            if row["item"] == VALUE_ADDED:
                added.setdefault(row["reporter"], []).append(row)
    years = {row["year"] for own in added.values() for row in own}
    whole = {name for name, own in added.items() if {row["year"] for row in own} == years}
    for one in {(row["list"], row["subject"]) for row in lists}:
        name, subject = one
        for row in added.get(subject, ()) if subject in whole else ():
            _add(found, VALUE_ADDED, name, row)
    return [
        row | {"quantity": row["thousandths"] / _PARTS, "year": int(row["year"])}
        for row in found.values()
    ]


def _add(found: dict[tuple[str, ...], Row], item: str, flow: str, part: Row) -> None:
    key = (item, flow, part["basis"], part["year"])
    names = ("item", "flow", "basis", "year")
    row = found.setdefault(key, dict(zip(names, key, strict=True)) | {"thousandths": 0, "mark": ""})
    row["thousandths"] += part["thousandths"]
    row["mark"] = worst_mark({row["mark"], part["mark"]})
