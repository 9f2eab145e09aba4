"""Purchases with the stock before and after them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.accounting.measured import whole
from dafeng.rulebook import Resolver
from dafeng.vocabulary import marks, period

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

ENDS = ("opening", "closing")

_PLACE = ("reporter", "facility")
_YEAR = (*_PLACE, "year")
_LEVEL = ("value", "unit", "id")


def with_stocks(rows: ir.Table, levels: pa.Table, resolver: Resolver) -> pa.Table:
    """Return one row for each period over which the stock of a place changed.

    A place and year count where the resolver's flows are booked and the change of stock is not.
    One level to the next is one change, whatever was booked in between, so that all changes add
    up to the first level less the last.

    Args:
        rows: prepared rows of one method and item.
        levels: stock levels: reporter, facility, period, value, unit, id.
        resolver: names the flows beside which a change of stock is wanted, and the flow of the
            change; a place that books such a flow in the year is left alone.

    Returns:
        The columns of ``rows``, with the flow of the change, the id of the year's first entry and
        the worst mark of the year; and ``opening_value``, ``opening_unit``, ``opening_id``,
        likewise ``closing``. A level is null where there is none at the end of the period before,
        or at the period's own: where none was given any more after the last one.
    """
    (flow,) = resolver.signs
    booked = rows.filter(rows.flow == flow).select(*_YEAR).distinct()
    bought = rows.filter(rows.flow.isin(list(resolver.beside))).anti_join(booked, _YEAR)
    ends = _ends(levels)
    changes = ibis.memtable(_changes(ends))
    first = _first(bought).drop("period").mutate(flow=ibis.literal(flow))
    said = [f"{end}_{name}" for end in ENDS for name in _LEVEL]
    found = [
        first.join(side, list(_YEAR)).select(*rows.columns, *(n for n in said if n in side.columns))
        for side in (changes, _later(rows, ends))
    ]
    tables = [one.order_by([*_PLACE, "period"]).to_pyarrow() for one in found]
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


def _first(bought: ir.Table) -> ir.Table:
    """Return the first entry of each place and year, with the worst mark of all of them."""
    ranks = ibis.memtable(_ranks())
    ranked = bought.inner_join(ranks, "mark")
    best = ranked.group_by(list(_YEAR)).aggregate(entry=ranked.entry.min(), rank=ranked.rank.max())
    first = bought.drop("mark").inner_join(best, [*_YEAR, "entry"]).inner_join(ranks, "rank")
    blank = ibis.literal("")
    return first.mutate(use=blank, product=blank).select(*bought.columns)


def _ranks() -> pa.Table:
    """Return the marks with their places from best to worst; ``reported`` leaves the others."""
    known = sorted(marks(), key=lambda name: (name != "reported", marks()[name].rank))
    ranked = {"mark": ["", *known], "rank": list(range(len(known) + 1))}
    return pa.table(ranked, schema=pa.schema([("mark", pa.string()), ("rank", pa.int64())]))


def _ends(levels: pa.Table) -> pa.Table:
    """Return the levels of each place in order, with the day and year that each is of."""
    days = _days(set(levels["period"].to_pylist()))
    at = pc.index_in(whole(levels["period"]), value_set=whole(days["period"]))
    for name in ("closing", "year"):
        levels = levels.append_column(name, days[name].take(at))
    keys = (*_PLACE, "closing")
    order = [*((name, "ascending") for name in keys), ("period", "descending")]
    ends = levels.sort_by(order)
    # of a year and its December, which end together, the month is taken
    return ends.filter(pa.array(_begins(ends, keys)))


def _begins(ordered: pa.Table, keys: Sequence[str]) -> NDArray[np.bool_]:
    """Return whether each row differs from the one before."""
    texts = [whole(ordered[name]).to_numpy(zero_copy_only=False) for name in keys]
    found = np.ones(ordered.num_rows, dtype=bool)
    found[1:] = np.any([text[1:] != text[:-1] for text in texts], axis=0)
    return found


def _changes(ends: pa.Table) -> pa.Table:
    """Return each level with the one before; that is null where the two span no period."""
    size = ends.num_rows
    before = pa.array(np.arange(size) - 1, mask=_begins(ends, _PLACE))
    years = set(ends["year"].to_pylist())
    spans = _days({text for year in years for text in _within(year)})
    spanned = pc.index_in(
        _span(ends["closing"].take(before), ends["closing"]),
        value_set=_span(spans["opening"], spans["closing"]),
    )
    before = pc.if_else(pc.is_valid(spanned), before, None)
    return pa.table(
        {
            **{name: ends[name] for name in _YEAR},
            "period": pc.coalesce(whole(spans["period"].take(spanned)), whole(ends["period"])),
            **{f"opening_{name}": ends[name].take(before) for name in _LEVEL},
            **{f"closing_{name}": ends[name] for name in _LEVEL},
        }
    )


def _span(opening: pa.ChunkedArray, closing: pa.ChunkedArray) -> pa.Array:
    return pc.binary_join_element_wise(whole(opening), whole(closing), "/")


def _later(rows: ir.Table, ends: pa.Table) -> ir.Table:
    """Return the periods of the rows that end after the last level of their place."""
    days = _days(_labels(rows)).select(["period", "closing"])
    last = ends.group_by(list(_PLACE)).aggregate([("closing", "max")])
    booked = rows.select(*_YEAR, "period").distinct().join(ibis.memtable(days), "period")
    after = booked.join(ibis.memtable(last), list(_PLACE))
    return after.filter(after.closing > after.closing_max).select(*_YEAR, "period")


def _labels(rows: ir.Table) -> set[str]:
    return set(rows.select("period").distinct().to_pyarrow()["period"].to_pylist())


def _within(year: str) -> Iterable[str]:
    """Return the periods of a year that a change of stock may span."""
    return (year, *(f"{year}Q{n}" for n in "1234"), *period(year).months())


def _days(labels: set[str]) -> pa.Table:
    """Return for each period the day that it ends on, and the one before it begins."""
    named = sorted(labels)
    days = [period(label) for label in named]
    return pa.table(
        {
            "period": pa.array(named, pa.string()),
            "year": pa.array([str(p.year) for p in days], pa.string()),
            "opening": pa.array([str(p.first - timedelta(days=1)) for p in days], pa.string()),
            "closing": pa.array([str(p.last) for p in days], pa.string()),
        }
    )
