"""A nowcast from the books: emissions, electricity and output of enterprises by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting import inside, rounded, whole_sum
from dafeng.indicators import within
from dafeng.outlook import Early, Months, Nowcast, Signal, nowcast, nowcast_settings
from dafeng.vocabulary import Fault, factor, items, period
from dafeng.workspace.books import Books
from dafeng.workspace.reporters import mark_at, ranks_of

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

GRAMS, TONNES = "gCO2e", "tCO2e"


def nowcast_of(ws: Workspace, as_of: str | None = None, region: str | None = None) -> Nowcast:
    """Estimate the open months of the books, and all earlier ones as if it had been then.

    Args:
        ws: the workspace.
        as_of: month that electricity and output are known of; by default the last of the books.
        region: only enterprises inside it.

    Raises:
        Fault: ``nowcast_too_short``, ``nowcast_no_month``.
    """
    books = Books(ws.store, ws.rules)
    held = _months(books, region)
    if as_of is None:
        return nowcast(held)
    wanted = period(as_of)
    if wanted.kind != "month" or wanted.text not in held.months:
        ends = {"first": held.months[0], "last": held.months[-1]} if held.months else {}
        raise Fault("nowcast_no_month", as_of, **({"first": "–", "last": "–"} | ends))
    return nowcast(held, held.months.index(wanted.text))


def _months(books: Books, region: str | None) -> Months:
    firms = {
        row["reporter"]: row["sector"]
        for row in books.reporters()
        if row["kind"] == "enterprise" and (region is None or within(row["region"], region))
    }
    names, sectors = pa.array(list(firms), pa.string()), tuple(sorted(set(firms.values())))
    emitted = _of_firms(_emissions(books), names)
    early = {one.id: _of_firms(_early(books, one), names) for one in nowcast_settings().signals}
    months = _between([emitted, *early.values()])
    values = np.full((len(names), len(months)), np.nan)
    who, when = _place(emitted["reporter"], names), _place(emitted["period"], pa.array(months))
    grams = emitted["grams"].cast(pa.float64()).to_numpy(zero_copy_only=False)
    values[who, when] = grams * factor(GRAMS, TONNES)
    worst = pc.max(emitted["rank"]).as_py() or 0
    return Months(
        months,
        sectors,
        np.array([sectors.index(sector) for sector in firms.values()], dtype=np.int64),
        values,
        {name: _signal(rows, names, months) for name, rows in early.items()},
        mark_at(worst),
    )


def _emissions(books: Books) -> pa.Table:
    """Return grams by reporter and month; unknown where a row has no value."""
    plants = ibis.memtable(pa.table({"reporter": pa.array([], pa.string())}))
    rows = inside(books.rows, "emission", nowcast_settings().boundary, plants)
    rows = rows.join(ranks_of(books), ["inputs", "mark"])
    rows = rows.filter(rows.memo == "")
    sums = rows.group_by(["reporter", "period"]).aggregate(
        sum=whole_sum(rows.grams), missing=rows.grams.isnull().any(), rank=rows["rank"].max()
    )
    found = books.table(sums)
    grams = pc.if_else(found["missing"], None, found["sum"])
    return found.append_column("grams", grams).drop_columns(["sum", "missing"])


def _early(books: Books, signal: Early) -> pa.Table:
    """Return amounts by reporter, item, flow and month of what is reported early."""
    wanted = [*signal.items, *(one.id for one in items().values() if one.kind in signal.kinds)]
    rows = books.prepared
    rows = rows.filter(
        rows.item.isin(wanted) & rows.flow.isin(list(signal.flows)) & (rows.facility == "")
    )
    keys = ["reporter", "item", "flow", "product", "period"]
    rows = rows.select(*keys, "entry", "amount").distinct()
    return books.table(rows.group_by(keys).aggregate(amount=whole_sum(rounded(rows.amount))))


def _of_firms(rows: pa.Table, names: pa.Array) -> pa.Table:
    """Return the rows of single months and of the enterprises that are asked for."""
    labels = rows["period"].cast(pa.string())
    rows = rows.set_column(rows.column_names.index("period"), "period", labels)
    months = [label for label in pc.unique(labels).to_pylist() if period(label).kind == "month"]
    held = pc.is_in(labels, pa.array(months, pa.string()))
    return rows.filter(pc.and_(held, pc.is_in(rows["reporter"].cast(pa.string()), names)))


def _between(tables: list[pa.Table]) -> tuple[str, ...]:
    """Return all months from the first to the last that any table has."""
    held = {label for rows in tables for label in pc.unique(rows["period"]).to_pylist()}
    if not held:
        return ()
    span = np.arange(min(held), np.datetime64(max(held), "M") + 1, dtype="datetime64[M]")
    return tuple(map(str, span))


def _signal(rows: pa.Table, names: pa.Array, months: tuple[str, ...]) -> Signal:
    """Return the series of a signal, one per reporter, item, flow and product."""
    keys = ["reporter", "item", "flow", "product"]
    series = pc.binary_join_element_wise(*(rows[name].cast(pa.string()) for name in keys), "|")
    found = pc.unique(series)
    at = _place(series, found)
    values = np.full((len(found), len(months)), np.nan)
    values[at, _place(rows["period"], pa.array(months))] = rows["amount"].to_numpy()
    owner = np.zeros(len(found), dtype=np.int64)
    owner[at] = _place(rows["reporter"], names)
    return Signal(owner, values)


def _place(values: pa.ChunkedArray, among: pa.Array) -> np.ndarray:
    found = pc.index_in(values.cast(pa.string()), among.cast(pa.string()))
    return np.asarray(found.to_numpy(), dtype=np.int64)
