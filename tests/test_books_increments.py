"""Books that were changed are the books that would be made of the same tables from nothing.

Whatever is corrected, added or withdrawn, the pieces that stay on the shelf and those that are made
anew give the same rows, totals, ids and findings; and an entry costs the pieces that it bears on.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.ledger import tables
from dafeng.workspace import Workspace
from dafeng.workspace.books import Books

HEADS = {
    "entries": "reporter,facility,period,item,flow,quantity,unit,source,mark,kind,supersedes",
    "measured": "reporter,facility,period,item,parameter,value,unit,source,mark",
    "reporters": "reporter,kind,name_zh,region,sector",
    "assignments": "reporter,facility,method,purpose,first,last",
    "facilities": "reporter,facility,name_zh,type",
}
MONTHS = ("2023-01", "2023-02", "2023-03")
PLANT = {"2026-01", "2026-02", "2026-03"}
START = {
    "reporters": ["mill,enterprise,厂,33,30", "plant,enterprise,电厂,33,44"],
    "assignments": [
        "mill,,other-industry-2015,inventory,,",
        "mill,,comprehensive-energy-2020,energy,,",
        "plant,,coal-power-2026,ets,,",
    ],
    "entries": [
        *(f"mill,,{m},diesel,consumed,10,t,meter,synthetic,entry," for m in ("2022-12", *MONTHS)),
        *(f"mill,,{m},electricity,purchased,50,MWh,bill,synthetic,entry," for m in MONTHS),
        *(f"mill,,{m},steam,purchased,20,t,bill,synthetic,entry," for m in MONTHS),
        *(f"mill,,{m},anthracite,purchased,100,t,scale,synthetic,entry," for m in MONTHS),
        "mill,,2023-01,fuel_oil,sold,3,t,bill,synthetic,entry,",
        *(f"plant,,2026-0{n},raw_coal,consumed,1000,t,belt,synthetic,entry," for n in (1, 2, 3)),
    ],
    "measured": [
        "mill,,2023-02,diesel,ncv,43,GJ/t,laboratory,",
        "mill,,2023,steam,steam_pressure_gauge,0.8,MPa,gauge,",
        "mill,,2022,anthracite,stock_level,40,t,survey,",
        "mill,,2023-01,anthracite,stock_level,60,t,survey,",
        "mill,,2023-02,anthracite,stock_level,30,t,survey,",
        "plant,,2026,raw_coal,oxidation,99,%,platform,",
        "plant,,2026-02,raw_coal,accuracy_required,0.5,%,class,",
        "plant,,2026-02,raw_coal,accuracy_found,1.5,%,late,",
        "plant,,2026,raw_coal,carbon_air_dry,0.6,tC/t,laboratory,",
        "plant,,2026,raw_coal,moisture_total,9,%,laboratory,",
        "plant,,2026,raw_coal,moisture_air_dry,3,%,laboratory,",
    ],
}
ENTRY = "{},,{},{},{},{},{},x,synthetic,{},"
CHANGES: dict[str, tuple[str, str]] = {
    "a corrected quantity": (
        "entries",
        ENTRY.format("mill", "2023-02", "diesel", "consumed", 11, "t", "correction"),
    ),
    "a purchase corrected": (
        "entries",
        ENTRY.format("mill", "2023-02", "electricity", "purchased", 51, "MWh", "correction"),
    ),
    "a purchase whose stock is known": (
        "entries",
        ENTRY.format("mill", "2023-02", "anthracite", "purchased", 90, "t", "correction"),
    ),
    "a first entry whose stock is known": (
        "entries",
        ENTRY.format("mill", "2023-04", "anthracite", "purchased", 90, "t", "entry"),
    ),
    "steam whose pressure is known": (
        "entries",
        ENTRY.format("mill", "2023-03", "steam", "purchased", 21, "t", "correction"),
    ),
    "coal whose scale was late": (
        "entries",
        ENTRY.format("plant", "2026-02", "raw_coal", "consumed", 900, "t", "correction"),
    ),
    "a late month": (
        "entries",
        ENTRY.format("mill", "2023-05", "diesel", "consumed", 12, "t", "entry"),
    ),
    "a year before the first": (
        "entries",
        ENTRY.format("mill", "2021-12", "diesel", "consumed", 12, "t", "entry"),
    ),
    "a new activity": (
        "entries",
        ENTRY.format("mill", "2023-02", "gasoline", "consumed", 2, "t", "entry"),
    ),
    "a first purchase: the item is booked as bought in the whole year": (
        "entries",
        ENTRY.format("mill", "2023-03", "fuel_oil", "purchased", 5, "t", "entry"),
    ),
    "a final year": (
        "entries",
        ENTRY.format("mill", "2023", "diesel", "consumed", 33, "t", "annual_final"),
    ),
    "a withdrawn entry": (
        "entries",
        "mill,,2022-11,diesel,consumed,9,t,x,synthetic,correction,{entry of 2022-12}",
    ),
    "a value of a month": ("measured", "mill,,2023-03,diesel,ncv,42,GJ/t,laboratory,"),
    "a value of a year": ("measured", "plant,,2026,raw_coal,oxidation,98,%,platform,"),
    "a pressure of a month": (
        "measured",
        "mill,,2023-01,steam,steam_pressure_gauge,0.9,MPa,gauge,",
    ),
    "a pressure outside the table": (
        "measured",
        "mill,,2023-02,steam,steam_pressure_gauge,90,MPa,gauge,",
    ),
    "a level": ("measured", "mill,,2023-01,anthracite,stock_level,70,t,survey,"),
    "a moisture of a month": (
        "measured",
        "plant,,2026-01,raw_coal,moisture_total,10,%,laboratory,",
    ),
    "another method from a year on": ("assignments", "mill,,food-2015,inventory,2023-01-01,"),
    "a method that ends": ("assignments", "mill,,other-industry-2015,inventory,,2022-12-31"),
    "another place": ("reporters", "mill,enterprise,厂,32,30"),
    "a newcomer": ("reporters", "shop,enterprise,店,33,30"),
    "another name": ("reporters", "mill,enterprise,新厂,33,30"),
    "a facility": ("facilities", "mill,kiln,窑,heating"),
}
COST = {  # the pieces that a change is to cost: of each period
    "a corrected quantity": {"2023-02"},
    "a purchase corrected": {"2023-02"},
    "steam whose pressure is known": {"2023-03"},
    "coal whose scale was late": {"2026-02"},
    "a late month": {"2023-05"},
    "a year before the first": {"2021-12"},
    "a new activity": {"2023-02"},
    # that of January hangs on what was bought in March
    "a first purchase: the item is booked as bought in the whole year": {"2023-01", "2023-03"},
    "a final year": {"2023", *MONTHS},
    "a withdrawn entry": {"2022-11"},  # nothing is left of December
    "a value of a month": {"2023-03"},
    "a value of a year": PLANT,
    "a pressure of a month": {"2023-01"},
    "a pressure outside the table": {"2023-02"},
    "a level": {"2023-01", "2023-02"},  # what is drawn to the level, and from it to the next
    "a moisture of a month": {"2026-01"},
    "another name": set(),
    "a newcomer": set(),
}
FIRST_COST = {  # the same, where the change is the first one
    "another method from a year on": {*MONTHS},
    "a method that ends": {*MONTHS},
    "another place": {"2022-12", *MONTHS},
    "a facility": {"2022-12", *MONTHS},
}


def put(ws: Workspace, table: str, *rows: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{len(ws.store.batches(table))}.csv"
        path.write_text("\n".join((HEADS[table], *rows)) + "\n", encoding="utf-8")
        assert not ws.import_file(path, table=table).rejected


def changed(ws: Workspace, name: str) -> None:
    """Make a change; an entry that it names is looked up."""
    table, row = CHANGES[name]
    if "{" in row:
        held = ws.store.load(tables()["entries"]).to_pylist()
        wanted = (one for one in held if (one["period"], one["item"]) == ("2022-12", "diesel"))
        row = row.replace("{entry of 2022-12}", next(wanted)["entry"])
    put(ws, table, row)


def told(ws: Workspace) -> dict[str, Any]:
    """All that the books say; findings in their order."""
    books = Books(ws.store, ws.rules)
    lines = books.accounts()
    return {
        "totals": [(a.figure, a.grams, a.mark, a.flags, a.said, a.entries) for a in lines],
        "inputs": [a.inputs for a in lines],
        "findings": [repr(finding) for finding in books.findings()],
        "prepared": sorted(map(repr, books.fetch(books.prepared))),
        "rows": sorted(map(repr, books.fetch(books.rows))),
        "kept": sorted(repr(row) for y in books.years for row in books.totals(y).to_pylist()),
    }


def from_nothing(ws: Workspace) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        leave = shutil.ignore_patterns("cache", "figures")
        return told(Workspace(shutil.copytree(ws.store.path, Path(folder) / "ws", ignore=leave)))


def pieces(ws: Workspace) -> set[str]:
    return {path.name for path in (ws.store.path / "cache" / "books").glob("piece-*")}


def yearly(ws: Workspace) -> set[str]:
    """The files with what is kept of a year."""
    held = (ws.store.path / "cache" / "books").glob("*.parquet")
    return {path.name for path in held if path.name.startswith(("totals-", "footings-"))}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Books with what reaches over months: purchases, stocks, values of a year, derived entries."""
    ws = Workspace.create(tmp_path_factory.mktemp("increments") / "ws")
    for table, rows in START.items():
        put(ws, table, *rows)
    found = told(ws)
    derived = {repr(row) for row in found["prepared"] if "~" in row}
    assert len(derived) > 2, "changes of stock and corrections of meters are among the rows"
    assert any("derived/" in row for row in found["rows"])
    return ws


def grams(ws: Workspace) -> list[int | None]:
    return [account.grams for account in Books(ws.store, ws.rules).accounts()]


def copied(ws: Workspace, folder: Path) -> Workspace:
    return Workspace(shutil.copytree(ws.store.path, folder / "ws"))


def costs(ws: Workspace, name: str) -> set[str]:
    """Make a change and open the books; return the periods that were made anew."""
    before = pieces(ws)
    changed(ws, name)
    Books(ws.store, ws.rules)
    return {one.removeprefix("piece-").rpartition("-")[0] for one in pieces(ws) - before}


@pytest.mark.parametrize(
    "names",
    [[*CHANGES][at : at + 6] for at in range(0, len(CHANGES), 6)],
    ids=lambda names: names[0],
)
def test_changes_give_what_books_made_anew_give(
    names: list[str], start: Workspace, tmp_path: Path
) -> None:
    ws = copied(start, tmp_path)
    for name in names:
        cost = costs(ws, name)
        assert cost == COST.get(name, cost), name
    assert told(ws) == from_nothing(ws)


@pytest.mark.parametrize("name", FIRST_COST)
def test_a_change_of_a_firm_costs_the_periods_that_it_reports(
    name: str, start: Workspace, tmp_path: Path
) -> None:
    assert costs(copied(start, tmp_path), name) == FIRST_COST[name]


def test_another_mark_alone_makes_other_totals_of_its_year_and_of_no_other(
    start: Workspace, tmp_path: Path
) -> None:
    ws = copied(start, tmp_path)
    kept = yearly(ws)
    put(ws, "measured", "mill,,2023-02,diesel,ncv,43,GJ/t,laboratory,secondary")
    after = told(ws)
    assert any("secondary" in row for row in after["kept"])
    assert {name.split("-")[1] for name in yearly(ws) - kept} == {"2023"}
    assert after == from_nothing(ws)


@settings(max_examples=2, deadline=None)
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=3, max_size=3, unique=True))
def test_in_any_order_too(start: Workspace, names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        ws = copied(start, Path(folder))
        for name in names:
            changed(ws, name)
            Books(ws.store, ws.rules)
        assert told(ws) == from_nothing(ws)


def test_what_was_corrected_and_corrected_back_is_what_it_was(
    start: Workspace, tmp_path: Path
) -> None:
    ws = copied(start, tmp_path)
    before = grams(ws)
    row = ENTRY.format("mill", "2023-02", "diesel", "consumed", "{}", "t", "correction")
    put(ws, "entries", row.format(11))
    assert grams(ws) != before
    put(ws, "entries", row.format(10))
    assert grams(ws) == before
