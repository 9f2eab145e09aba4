"""Entries that contradict each other: duplicates, overlaps, two bases; with what looks wrong."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.findings import Finding
from dafeng.ledger.doubts import note_doubts
from dafeng.ledger.entries import KEY, SERIES, Entries
from dafeng.ledger.importing.columns import Bools, Ints, group
from dafeng.ledger.importing.faults import Add, Faults
from dafeng.vocabulary import Text, basis, flows, items, regions

MONTHS = 12  # of a year
_IN_BOOKS = Text(zh="账簿中已有", en="already in the books")


def check_entries(
    table: Any,
    existing: Any | None = None,
    *,
    region_ids: Collection[str] | None = None,
    file: str = "",
) -> list[Finding]:
    """Check entries against each other and against those in the books.

    Args:
        table: rows of the table ``entries``.
        existing: rows that are in the books already; they are not checked again.
        region_ids: reporters that are regions; by default the ids of the vocabulary.
        file: first part of a place; the second is the number of the row, from 1.

    Returns:
        ``duplicate``, ``overlap``, ``both_bases``, ``electricity_consumed`` and
        ``negative_quantity``, ``span_period``, ``final_not_year``, ``final_differs`` and
        ``unknown_entry`` (errors), ``month_gap``, ``unit_slip`` and ``made_not_sold`` (warnings).
    """
    rows = np.arange(1, 1 + len(table), dtype=np.int64)
    faults = Faults(file, rows)
    note_conflicts(table, existing, rows, faults.add, region_ids)
    return faults.findings


def note_conflicts(
    table: Any,
    existing: Any | None,
    rows: Ints,
    add: Add,
    region_ids: Collection[str] | None = None,
) -> None:
    """Do what ``check_entries`` says, noting the rows of ``table`` through ``add``.

    ``rows`` are the numbers by which people know the rows.
    """
    if not len(table):
        return
    entries = Entries.of(table, existing)
    known = regions() if region_ids is None else region_ids
    firm = entries.test("reporter", lambda text: text not in known)
    _duplicates(entries, rows, add)
    _overlaps(entries, add)
    _bases(entries, firm, add)
    _negatives(entries, add)
    _spans(entries, add)
    _finals(entries, add)
    _superseded(table, existing, add)
    note_doubts(entries, firm, add)


def _duplicates(entries: Entries, rows: Ints, add: Add) -> None:
    """Within a file the kind is part of the key; a correction may meet what it corrects."""
    key = entries.code(*KEY, "kind")
    new, old = key[: entries.size], key[entries.size :]
    _, inverse, counts = np.unique(new, return_inverse=True, return_counts=True)
    again = counts[inverse] > 1
    booked = np.isin(new, old) & ~entries.is_("kind", "correction")[: entries.size]

    def other(i: int) -> dict[str, Any]:
        if booked[i]:
            return {"other": _IN_BOOKS}
        same = np.flatnonzero(new == new[i])
        return {"other": rows[same[same != i][0]]}

    add("duplicate", np.flatnonzero(again | booked), "quantity", other)


def _overlaps(entries: Entries, add: Add) -> None:
    """A period beside periods that it holds counts twice; the longer is at fault if it is new."""
    series = entries.code(*SERIES)
    plain = entries.is_("kind", "entry")
    text = entries.columns["period"]
    for length in np.unique(entries.months).tolist():
        long = plain & (entries.months == length)
        finer = plain & (entries.months < length)
        if not finer.any() or not long.any():
            continue
        firsts = np.unique(entries.first[long])
        place = np.searchsorted(firsts, entries.first, side="right") - 1
        start = firsts[np.maximum(place, 0)]
        finer &= (place >= 0) & (entries.first + entries.months <= start + length)
        code = group(series, np.where(finer, start, entries.first))
        booked = long.copy()
        booked[: entries.size] = False
        at = (long & np.isin(code, code[finer])) | (finer & np.isin(code, code[booked]))
        add("overlap", entries.new(at), "period", lambda i: {"period": text[i]})


def _bases(entries: Entries, firm: Bools, add: Add) -> None:
    """One basis per reporter, item, boundary and year; electricity and heat are purchased."""
    rule = basis()
    always = entries.test(
        "item", lambda text: text in items() and items()[text].kind in rule.purchase_kinds
    )
    consumed = entries.is_("flow", "consumed") & firm
    item = entries.columns["item"]
    at = entries.new(consumed & always)
    add("electricity_consumed", at, "flow", lambda i: {"item": items()[item[i]].name})
    purchased = entries.is_("flow", *rule.purchase_flows) & firm
    part = entries.columns["facility"].filled.astype(np.int64)
    year = entries.each_period(lambda p: int(p.year))
    code = group(entries.code("reporter", "item"), part, year)
    both = np.intersect1d(code[consumed & ~always], code[purchased & ~always])
    at = entries.new((consumed | purchased) & ~always & np.isin(code, both))
    add(
        "both_bases",
        at,
        "flow",
        lambda i: {
            "item": items()[item[i]].name if item[i] in items() else item[i],
            "year": int(year[i]),
        },
    )


def _negatives(entries: Entries, add: Add) -> None:
    signed = entries.test("flow", lambda text: text in flows() and flows()[text].signed)
    at = np.flatnonzero((entries.quantity < 0) & ~signed[: entries.size])
    flow = entries.columns["flow"]
    add(
        "negative_quantity",
        at,
        "quantity",
        lambda i: {
            "label": f"{entries.quantity[i]:.10g}",
            "flow": flows()[flow[i]].name,
        },
    )


def _spans(entries: Entries, add: Add) -> None:
    """Books are kept by month, quarter and year."""
    text = entries.columns["period"]
    at = entries.new(entries.months > MONTHS)
    add("span_period", at, "period", lambda i: {"period": text[i]})


def _finals(entries: Entries, add: Add) -> None:
    """A final year is a year, and names use and product as the months that it replaces do."""
    final = entries.is_("kind", "annual_final")
    text = entries.columns["period"]
    at = entries.new(final & (entries.months != MONTHS))
    add("final_not_year", at, "period", lambda i: {"period": text[i]})
    year = entries.each_period(lambda p: int(p.year))
    rough = group(entries.code("reporter", "facility", "item", "flow"), year)
    exact = group(entries.code(*SERIES), year)
    finer = entries.months < MONTHS
    others = np.isin(rough, rough[finer]) & ~np.isin(exact, exact[finer])
    add("final_differs", entries.new(final & others), "use", lambda i: {"period": text[i]})


def _superseded(table: Any, existing: Any | None, add: Add) -> None:
    """A row that names what it supersedes names an entry of the books."""
    named = table.column("supersedes").cast(pa.string())
    known = pa.array([], pa.string())
    if existing is not None and "entry" in existing.column_names:
        known = existing.column("entry")
    lost = pc.and_(pc.not_equal(named, ""), pc.invert(pc.is_in(named, value_set=known)))
    at = np.flatnonzero(lost.to_numpy(zero_copy_only=False))
    add("unknown_entry", at, "supersedes", lambda i: {"label": named[i].as_py()})
