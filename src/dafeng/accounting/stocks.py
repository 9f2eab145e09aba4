"""Purchases with the stock before and after them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from dafeng.accounting.joins import looked_up
from dafeng.rulebook import Resolver
from dafeng.vocabulary import period

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENDS = ("opening", "closing")


def with_stocks(rows: ir.Table, levels: ir.Table, resolver: Resolver) -> pa.Table:
    """Return one row for each place and period that the resolver's flows are booked in.

    Args:
        rows: prepared rows of one method and item.
        levels: stock levels: reporter, facility, period, value, unit, id.
        resolver: names the flows beside which a change of stock is wanted, and the flow of the
            change; a place that books such a flow in the year is left alone.

    Returns:
        The columns of ``rows``, with the flow of the change and the id of the first entry; and
        ``opening_value``, ``opening_unit``, ``opening_id``, likewise ``closing``. Rows with
        neither level are left out.
    """
    (flow,) = resolver.signs
    booked = rows.filter(rows.flow == flow).select("reporter", "facility", "year").distinct()
    bought = rows.filter(rows.flow.isin(list(resolver.beside)))
    keys = [name for name in rows.columns if name not in _FIRST]
    single = bought.mutate(flow=ibis.literal(flow), use=ibis.literal(""), product=ibis.literal(""))
    chosen = single.group_by(keys).aggregate(**{name: single[name].min() for name in _FIRST})
    chosen = chosen.anti_join(booked, ["reporter", "facility", "year"])
    labels = {*_labels(bought), *_labels(levels)}
    chosen = looked_up(chosen, ibis.memtable(_days(labels)), ["period"])
    ends = levels.join(ibis.memtable(_days(labels)), "period")
    # of a year and its December, which end together, the month is taken
    keys = ["reporter", "facility", "closing"]
    finest = ends.group_by(keys).aggregate(period=ends.period.max())
    last = ends.semi_join(finest, [*keys, "period"])
    for end in ENDS:
        names = {f"{end}_{name}": last[name] for name in _LEVEL}
        side = last.select("reporter", "facility", **{end: last.closing}, **names)
        chosen = looked_up(chosen, side, ["reporter", "facility", end])
    known = chosen.opening_value.notnull() | chosen.closing_value.notnull()
    found = chosen.filter(known).order_by("entry")
    return found.select(*rows.columns, *(f"{e}_{n}" for e in ENDS for n in _LEVEL)).to_pyarrow()


_FIRST = ("quantity", "unit", "source", "mark", "entry", "amount")
_LEVEL = ("value", "unit", "id")


def _labels(rows: ir.Table) -> list[str]:
    found: list[str] = rows.select("period").distinct().to_pyarrow()["period"].to_pylist()
    return found


def _days(labels: set[str]) -> pa.Table:
    """Return for each period the day that it ends on, and the one before it begins."""
    named = sorted(labels)
    days = [period(label) for label in named]
    return pa.table(
        {
            "period": pa.array(named, pa.string()),
            "opening": pa.array([str(p.first - timedelta(days=1)) for p in days], pa.string()),
            "closing": pa.array([str(p.last) for p in days], pa.string()),
        }
    )
