"""What the reporters of a region emitted, used and added: the ground of sums of reporters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng.accounting import SEPARATOR, rounded
from dafeng.indicators import Total, makers, within
from dafeng.vocabulary import Text, marks, worst_mark

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from dafeng.workspace.books import Books

VALUE_ADDED = "value_added"
Excluded = dict[tuple[str, str, int], int]
"""Grams of excluded projects by reporter, year and scope."""

_PURPOSES = {"emission": "inventory", "energy": "energy"}
_RANKS = {"reported": -1} | {m.id: m.rank for m in marks().values() if m.id != "reported"}
_MARKS = {rank: mark for mark, rank in reversed(_RANKS.items())}


def reporter_totals(
    books: Books, region: str, taken: Mapping[tuple[str, str], Excluded] | None = None
) -> list[Total]:
    """Return totals of the enterprises of a region and of the regions inside it.

    Rows of facilities are parts of the enterprise and are not added to it; what a method keeps
    apart is left out.

    Args:
        books: the ledger, joined to the rules.
        region: code of the region.
        taken: (list of projects, measure) → what is taken off for it, as further totals that are
            negative; indicators that do not name the list leave them alone.
    """
    held = {row["reporter"]: row for row in books.reporters() if _inside(row, region)}
    rows = books.rows.join(ranks_of(books), ["inputs", "mark"])
    purposes = ibis.or_(
        *((rows.measure == m) & rows.purpose.contains(f"|{p}|") for m, p in _PURPOSES.items())
    )
    chosen = rows.filter(
        rows.reporter.isin(list(held)) & (rows.facility == "") & (rows.memo == "") & purposes
    )
    sums = chosen.group_by(["reporter", "year", "measure", "scope"]).aggregate(
        amount=chosen.grams.sum().cast("int64"),
        proxy=chosen.proxy.any(),
        missing=chosen.grams.isnull().any(),
        rank=chosen["rank"].max(),
    )
    gaps = books.gaps()
    found = []
    for row in books.fetch(sums):
        who = (row["reporter"], row["year"])
        row["gap"], row["missing"] = (
            who in gaps,
            row["missing"] or books.unsettled(*who, _PURPOSES[row["measure"]]),
        )
        found.append(_total(row, held, row["measure"]))
    found += [
        _negative(who, grams, name, measure, held)
        for (name, measure), parts in (taken or {}).items()
        for who, grams in parts.items()
        if who[0] in held
    ]
    return found + value_added_totals(books, region)


def value_added_totals(books: Books, region: str) -> list[Total]:
    """Return the value added of the enterprises of a region and of the regions inside it."""
    held = {row["reporter"]: row for row in books.reporters() if _inside(row, region)}
    rows, gaps = books.fetch(_value_added(books, list(held))), books.gaps()
    return [
        _total(row | {"gap": (row["reporter"], row["year"]) in gaps}, held, VALUE_ADDED)
        for row in rows
    ]


def _negative(
    who: tuple[str, str, int], grams: int, name: str, measure: str, held: dict[str, dict[str, Any]]
) -> Total:
    reporter, year, scope = who
    return Total(
        reporter=reporter,
        year=int(year),
        measure=measure,
        scope=scope,
        amount=-grams,
        power_plant=held[reporter]["sector"] in makers(),
        excluded=name,
        mark=held[reporter]["mark"],
        name=name_of(held[reporter]),
    )


def _value_added(books: Books, held: list[str]) -> ir.Table:
    """Sum value added in whole yuan by reporter, year and price basis; a row counts once."""
    rows = books.prepared.select(
        "reporter", "facility", "year", "item", "flow", "product", "entry", "amount", "mark"
    ).distinct()
    rows = rows.filter(
        rows.reporter.isin(held)
        & (rows.facility == "")
        & (rows.item == VALUE_ADDED)
        & (rows.flow == "produced")
    )
    ranks = ibis.memtable(pa.table({"mark": list(_RANKS), "rank": list(_RANKS.values())}))
    rows = rows.join(ranks, "mark")
    return rows.group_by(["reporter", "year", "product"]).aggregate(
        amount=rounded(rows.amount).sum().cast("int64"), rank=rows["rank"].max()
    )


def ranks_of(books: Books, rows: ir.Table | None = None) -> ir.Table:
    """Give each pair of inputs and row mark (of some rows, or all) the rank of its worst mark."""
    held = books.rows if rows is None else rows
    pairs = books.fetch(held.select("inputs", "mark").distinct())
    for pair in pairs:
        inputs = [value for value in pair["inputs"].split(SEPARATOR) if value]
        pair["rank"] = _RANKS[worst_mark({pair["mark"], *map(books.mark_of, inputs)})]
    schema = pa.schema([("inputs", pa.string()), ("mark", pa.string()), ("rank", pa.int64())])
    return ibis.memtable(pa.Table.from_pylist(pairs, schema))


def rank_of(mark: str) -> int:
    """Return the rank of a mark, as ``ranks_of`` gives it; an empty one says nothing."""
    return _RANKS[mark or "reported"]


def mark_at(rank: int) -> str:
    """Return the mark of a rank that ``ranks_of`` gave."""
    return _MARKS[rank]


def name_of(row: Mapping[str, Any]) -> Text:
    """Return the name of a reporter."""
    return Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])


def _total(row: dict[str, Any], held: dict[str, dict[str, Any]], measure: str) -> Total:
    said = (("proxy", "proxy"), ("partial", "missing"), ("months_missing", "gap"))
    return Total(
        reporter=row["reporter"],
        year=int(row["year"]),
        measure=measure,
        scope=row.get("scope", 0),
        amount=row["amount"] or 0,  # flagged as partial where nothing is known
        power_plant=held[row["reporter"]]["sector"] in makers(),
        price_basis=row.get("product", ""),
        mark=mark_at(row["rank"]),
        flags=tuple(flag for flag, name in said if row.get(name)),
        name=name_of(held[row["reporter"]]),
    )


def _inside(row: dict[str, Any], region: str) -> bool:
    return row["kind"] == "enterprise" and within(row["region"], region)
