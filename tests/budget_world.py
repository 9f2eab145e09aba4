"""A small world for the tests of budgets: firms with one energy item, each with a story in 2025.

All energy is booked in tonnes of standard coal (``other_energy``), so that every figure can be
worked out by hand: a steady firm uses 1000 tce a month, 12 000 tce a year.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dafeng.vocabulary import fictional_credit_code
from dafeng.workspace import Workspace

MONTHS = range(1, 13)
STEADY = 30
LEVEL = 1000.0  # tce a month


def _wave(firm: int, year: int, month: int) -> float:
    """A small scatter that is the same on every run: ±2 %."""
    return 1 + 0.02 * ((firm * 7 + year * 3 + month * 5) % 9 - 4) / 4


def use() -> dict[str, dict[str, float | None]]:
    """Return use by firm and month in tce; ``None`` is a month that is not reported."""
    firms = {f"F-{n:02d}": n for n in range(STEADY)}
    names = ("OVER", "STOP", "SPIKE", "SHUT", "GAP", "TWO", "SILENT")
    firms |= {name: STEADY + n for n, name in enumerate(names)}
    found: dict[str, dict[str, float | None]] = {
        name: {
            f"{year}-{month:02d}": LEVEL * _wave(n, year, month)
            for year in (2023, 2024, 2025)
            for month in MONTHS
        }
        for name, n in firms.items()
    }
    for month in MONTHS:
        label = f"2025-{month:02d}"
        found["OVER"][label] = 1.15 * LEVEL
        if month > 6:
            found["STOP"][label] = None
            found["SHUT"][label] = 0.0
        if month == 5:
            found["SPIKE"][label] = 4 * LEVEL
        if month == 4:
            found["GAP"][label] = None
        if month > 7:
            found["TWO"][label] = None  # its electricity goes on: see below
        found["SILENT"][f"2024-{month:02d}"] = None  # nothing last year: no base
    found["NEW"] = {}
    return found


BUDGETS = {"OVER": 12000.0, "SPIKE": 12600.0, "SHUT": 12000.0, "GAP": 12500.0, "STOP": 12500.0}
BUDGETS["TWO"] = 15000.0
BUDGETS |= {f"F-{n:02d}": 12600.0 for n in range(STEADY)}


def make(folder: Path, budgets: Mapping[str, float] = BUDGETS) -> Workspace:
    """Return a workspace with the world in it."""
    ws = Workspace.create(folder, region="3301", synthetic=True)
    files = folder / "files"
    files.mkdir()
    firms = use()
    said = {"source": "fictional", "mark": "synthetic"}
    tables: dict[str, list[dict[str, Any]]] = {
        "reporters": [
            {
                "reporter": name,
                "kind": "enterprise",
                "credit_code": fictional_credit_code(n),
                "name_zh": f"虚构{name}",
                "region": "330109" if name == "OVER" or n % 2 == 0 else "3301",
                "sector": "26",
                "mark": "synthetic",
            }
            for n, name in enumerate(firms, start=1)
        ],
        "assignments": [
            {"reporter": name, "method": "comprehensive-energy-2020", "purpose": "energy"}
            for name in firms
        ],
        "entries": [
            said
            | {"reporter": name, "period": label, "item": "other_energy", "flow": "consumed"}
            | {"quantity": round(tce, 3), "unit": "tce"}
            for name, months in firms.items()
            for label, tce in months.items()
            if tce is not None
        ]
        + [
            said
            | {"reporter": "TWO", "period": label, "item": "electricity", "flow": "purchased"}
            | {"quantity": 1000.0, "unit": "MWh"}  # 122.9 tce
            for label in firms["F-00"]
        ],
        "budgets": [*_budgets(budgets, said)],
    }
    for name, rows in tables.items():
        with (files / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        ws.import_file(files / f"{name}.csv", table=name)
    return ws


def _budgets(budgets: Mapping[str, float], said: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    common = {"region": "3301", "year": 2025, "electricity_basis": "equivalent"}
    common |= {"adopted": "2025-01-10", **said}
    lines = [("", "total", sum(budgets.values()) + 10000), ("", "reserve", 10000.0)]
    lines += [(name, "budget", tce) for name, tce in budgets.items()]
    for reporter, kind, tce in lines:
        yield common | {"reporter": reporter, "kind": kind, "quantity_tce": tce}
