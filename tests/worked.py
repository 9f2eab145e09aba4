"""Runs worked cases: a few rows each through prepare, join and sum, without a workspace.

A case names ``method``, ``period``, ``entries`` and what is expected. What a row leaves out has
a default: the period is that of the case, the unit t. All cases stand in one ledger, each with
a reporter of its own (in Zhejiang, if it names no region), so that none may disturb another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import pyarrow as pa

from dafeng.accounting import accounts, derive, prepare, spread_assignments, totals
from dafeng.rulebook import load
from dafeng.vocabulary import period

_COLUMNS = {
    "entries": "reporter facility period item flow use product quantity unit source mark entry",
    "measured": "reporter facility period item parameter value unit",
    "facilities": "reporter facility type",
    "reporters": "reporter region",
}
_NUMBERS = ("quantity", "value")
Row = dict[str, Any]


def table(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows with defaults for what a case leaves out."""
    columns = _COLUMNS[name].split()
    filled = [
        {key: row.get(key) if key in _NUMBERS else str(row.get(key, "")) for key in columns}
        for row in rows
    ]
    types = [pa.float64() if key in _NUMBERS else pa.string() for key in columns]
    return pa.Table.from_pylist(filled, pa.schema(zip(columns, types, strict=True)))


def run(cases: Mapping[str, Row], data_year: int | None = None) -> tuple[list[Row], list[Row]]:
    """Return the account rows and the totals of some cases; the name of a case is its reporter."""
    backend = ibis.duckdb.connect()

    def rows(key: str) -> list[Row]:
        return [
            {"reporter": name, "period": case["period"]} | row
            for name, case in cases.items()
            for row in case.get(key, ())
        ]

    entries = [{"entry": f"{i:08d}", "unit": "t"} | row for i, row in enumerate(rows("entries"))]
    places = {(row["reporter"], row.get("facility", "")) for row in entries}
    assigned = [
        {
            "reporter": name,
            "facility": place,
            "method": cases[name]["method"],
            "purpose": "inventory",
        }
        for name, place in sorted(places)
    ]
    regions = [{"reporter": name, "region": case.get("region", 33)} for name, case in cases.items()]
    years = sorted({period(str(row["period"])).year for row in entries})
    tables = {
        "entries": table("entries", entries),
        "reporters": table("reporters", regions),
        "facilities": table("facilities", rows("facilities")),
        "assignments": spread_assignments(assigned, years),
        "measured": table("measured", rows("measured")),
    }
    held = {name: backend.create_table(name, found) for name, found in tables.items()}
    rules = load()
    prepared = prepare(
        rules, held["entries"], held["reporters"], held["facilities"], held["assignments"]
    )
    booked = backend.create_table("booked", prepared)
    derived = derive(rules, booked, held["measured"])
    prepared = backend.create_table("prepared", derived.with_entries(booked))
    rows_ = accounts(rules, prepared, held["measured"], data_year, derived=derived)
    found = backend.create_table("accounts", rows_)
    sums = totals(found, ["reporter", "facility"])
    return backend.to_pyarrow(found).to_pylist(), backend.to_pyarrow(sums).to_pylist()


def summed(rows: Iterable[Row], by: str) -> dict[str, int | None]:
    """Return whole grams by a column, ``None`` where a value is missing."""
    result: dict[str, int | None] = {}
    for row in rows:
        before = result.get(row[by], 0)
        known = row["grams"] is not None and before is not None
        result[row[by]] = before + row["grams"] if known else None
    return result
