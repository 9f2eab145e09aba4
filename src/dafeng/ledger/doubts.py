"""Entries that look wrong and are taken in: gaps, slips of unit, what is made and not sold."""

from __future__ import annotations

from typing import Any

import numpy as np

from dafeng.findings import Finding
from dafeng.ledger.entries import SERIES, Entries
from dafeng.ledger.importing.columns import Bools, group
from dafeng.ledger.importing.faults import Add, Faults
from dafeng.ledger.schema import slip
from dafeng.vocabulary import basis, items


def month_gaps(table: Any) -> list[Finding]:
    """Return the findings ``month_gap`` alone, of entries that are in the books."""
    faults = Faults("", np.arange(1, 1 + len(table), dtype=np.int64))
    _gaps(Entries.of(table), faults.add)
    return faults.findings


def note_doubts(entries: Entries, firm: Bools, add: Add) -> None:
    """Warn of what looks wrong; ``firm`` are the rows of those who are no region."""
    _gaps(entries, add)
    _slips(entries, add)
    _not_sold(entries, firm, add)


def _gaps(entries: Entries, add: Add) -> None:
    """Warn of months missing between the first and the last month of a series."""
    monthly = np.flatnonzero((entries.months == 1) & entries.is_("kind", "entry", "correction"))
    if not len(monthly):
        return
    series, month = entries.code(*SERIES)[monthly], entries.first[monthly]
    order = np.lexsort((month, series))
    rows, series, month = monthly[order], series[order], month[order]
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    heads = np.minimum.reduceat(rows, starts)  # a row at hand, if the series has one
    gaps = np.flatnonzero((series[1:] == series[:-1]) & (month[1:] - month[:-1] > 1))
    missing: dict[int, list[str]] = {}
    for i in gaps.tolist():
        head = int(heads[np.searchsorted(starts, i, side="right") - 1])
        missing.setdefault(head, []).extend(_text(m) for m in range(month[i] + 1, month[i + 1]))
    at = np.array(sorted(i for i in missing if i < entries.size), dtype=np.int64)
    column = entries.columns
    add(
        "month_gap",
        at,
        "period",
        lambda i: {
            "months": ", ".join(missing[i]),
            "reporter": column["reporter"][i],
            "item": column["item"][i],
            "flow": column["flow"][i],
        },
    )


def _slips(entries: Entries, add: Add) -> None:
    """Warn of a month far above the median of its series: a slip of unit, more likely than not.

    Only the rows at hand are judged, against themselves: one file holds a year of months.
    """
    rule = slip()
    size = entries.size
    monthly = np.flatnonzero((entries.months[:size] == 1) & (entries.quantity > 0))
    if not len(monthly):
        return
    series = entries.code(*SERIES)[monthly]
    order = np.lexsort((entries.quantity[monthly], series))
    rows, series = monthly[order], series[order]
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    counts = np.diff(np.append(starts, len(series)))
    median = entries.quantity[rows[starts + (counts - 1) // 2]]
    usual = np.repeat(np.where(counts >= rule.months, median, np.inf), counts)
    found = entries.quantity[rows] > usual * rule.factor
    typical = dict(zip(rows[found].tolist(), usual[found].tolist(), strict=True))
    column = entries.columns
    add(
        "unit_slip",
        np.sort(rows[found]),
        "quantity",
        lambda i: {
            "label": f"{entries.quantity[i]:.6g}",
            "usual": f"{typical[i]:.6g}",
            "reporter": column["reporter"][i],
            "item": column["item"][i],
        },
    )


def _not_sold(entries: Entries, firm: Bools, add: Add) -> None:
    """Warn of who makes electricity or heat in a year and tells nothing of what leaves it.

    What is made is taken off nowhere, as both stand on the purchase basis: without what is sold,
    the comprehensive energy is that of all fuel. Facilities are parts, and pass energy on inside.
    """
    kinds = basis().purchase_kinds
    own = firm & ~entries.columns["facility"].filled
    own &= entries.test("item", lambda text: text in items() and items()[text].kind in kinds)
    made = np.flatnonzero(own & entries.is_("flow", "transformed_out"))
    if not len(made):
        return
    told = np.flatnonzero(own & entries.is_("flow", "sold", "self_generated"))
    year = entries.each_period(lambda p: int(p.year))
    key = group(entries.code("reporter", "item"), year)
    silent = made[~np.isin(key[made], key[told])]
    _, first = np.unique(key[silent], return_index=True)  # rows at hand come first
    at = np.sort(silent[first])
    column = entries.columns
    add(
        "made_not_sold",
        at[at < entries.size],
        "flow",
        lambda i: {
            "reporter": column["reporter"][i],
            "item": items()[column["item"][i]].name,
            "year": int(year[i]),
        },
    )


def _text(month: int) -> str:
    return str(np.datetime64(month, "M"))
