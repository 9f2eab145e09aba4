"""Months that the books lack: inside a series, and of a year that is booked by month."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from dafeng import ledger
from dafeng.accounting import distinct
from dafeng.findings import Finding
from dafeng.vocabulary import items, period

_ACTIVITY = [item.id for item in items().values() if item.kind != "measure"]


def gaps_of(entries: pa.Table) -> dict[tuple[str, str], list[Finding]]:
    """Find the months that a series lacks inside its span, by reporter and year.

    Args:
        entries: keys and kinds of the rows of the ledger that count today.
    """
    found: dict[tuple[str, str], list[Finding]] = {}
    for gap in ledger.month_gaps(entries):
        months = gap.values["months"].split(", ")
        for year in sorted({month[:4] for month in months}):
            here = ", ".join(month for month in months if month[:4] == year)
            values = dict(gap.values) | {"months": here, "year": year}
            who = gap.values["reporter"]
            finding = Finding("not_reported", who, values, reporter=who)
            found.setdefault((who, year), []).append(finding)
    for (reporter, year), missing in _absent_months(entries).items():
        values = {"months": ", ".join(missing), "year": year}
        finding = Finding("year_incomplete", reporter, values, reporter=reporter)
        found.setdefault((reporter, year), []).append(finding)
    return found


def _absent_months(entries: pa.Table) -> dict[tuple[str, str], list[str]]:
    """Find the months of a year in which a reporter that books by month has no entry at all."""
    activity = entries.filter(pc.is_in(entries["item"], value_set=pa.array(_ACTIVITY)))
    booked, _ = distinct(activity.select(["reporter", "period"]))
    kinds = {text: period(text) for text in booked["period"].unique().to_pylist()}
    covered: dict[tuple[str, str], set[str]] = {}
    pairs = zip(booked["reporter"].to_pylist(), booked["period"].to_pylist(), strict=True)
    for reporter, text in pairs:
        when = kinds[text]
        if when.kind in ("month", "quarter"):
            months = covered.setdefault((reporter, str(when.year)), set())
            months |= set(when.months())
    return {
        key: missing
        for key, months in covered.items()
        if (missing := sorted(set(period(key[1]).months()) - months))
    }
