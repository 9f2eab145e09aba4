"""Runs a worked case: a few rows through prepare, join and sum, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis
import pyarrow as pa

from dafeng.accounting import accounts, prepare, spread_assignments, totals
from dafeng.rulebook import load

_TEXT = pa.string()
_ENTRY = dict.fromkeys(("reporter", "facility", "period", "item", "flow", "use", "product", "unit", "source", "mark", "entry"), _TEXT) | {"quantity": pa.float64()}
_MEASURED = dict.fromkeys(("reporter", "facility", "period", "item", "parameter", "unit"), _TEXT) | {"value": pa.float64()}
_FACILITY = dict.fromkeys(("reporter", "facility", "type"), _TEXT)


def table(rows: Iterable[dict[str, Any]], fields: dict[str, pa.DataType]) -> pa.Table:
    """Rows with defaults for what a case leaves out."""
    filled = [
        {name: row.get(name, "" if kind == _TEXT else None) for name, kind in fields.items()}
        for row in rows
    ]
    return pa.Table.from_pylist(filled, pa.schema(list(fields.items())))


def run(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the account rows of a case."""
    backend = ibis.duckdb.connect()
    period, region = str(case["period"]), str(case.get("region", "33"))
    entries = [
        {"reporter": "firm", "period": period, "entry": f"e{i:03d}", "unit": "t"} | row
        for i, row in enumerate(case["entries"])
    ]
    measured = [{"reporter": "firm", "period": period} | row for row in case.get("measured", ())]
    facilities = [{"reporter": "firm"} | row for row in case.get("facilities", ())]
    places = {row["facility"] for row in entries if row.get("facility")}
    assigned = [
        {"reporter": "firm", "facility": place, "method": case["method"], "purpose": "inventory"}
        for place in {"", *places}
    ]
    tables = {
        "entries": table(entries, _ENTRY),
        "reporters": pa.table({"reporter": ["firm"], "region": [region]}),
        "facilities": table(facilities, _FACILITY),
        "assignments": spread_assignments(assigned, [int(period[:4])]),
        "measured": table(measured, _MEASURED),
    }
    held = {name: backend.create_table(name, rows) for name, rows in tables.items()}
    rules = load()
    prepared = prepare(
        rules, held["entries"], held["reporters"], held["facilities"], held["assignments"]
    )
    found = accounts(rules, prepared, held["measured"], case.get("data_year"))
    return list(backend.to_pyarrow(found).to_pylist())


def summed(case: dict[str, Any], by: str) -> dict[str, int | None]:
    """Return whole grams by a column, ``None`` where a value is missing."""
    result: dict[str, int | None] = {}
    for row in run(case):
        if row["grams"] is None or result.get(row[by], 0) is None:
            result[row[by]] = None
        else:
            result[row[by]] = (result.get(row[by]) or 0) + row["grams"]
    return result


__all__ = ["run", "summed", "table", "totals"]
