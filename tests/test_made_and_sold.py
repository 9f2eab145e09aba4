"""Electricity and heat that leave who makes them: counted once, and told where they are not."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from dafeng.findings import Finding
from dafeng.ledger import Import, check_entries, read_table, tables
from dafeng.workspace import Workspace
from dafeng.workspace.books import Books
from dafeng.workspace.budget_books import held

ENTRIES = "reporter,facility,period,item,flow,quantity,unit,source,mark"
COAL = "{},{},{},raw_coal,{},{},t,fictional,synthetic"
POWER = "{},{},{},electricity,{},{},MWh,fictional,synthetic"
HEAT = "{},{},{},heat,{},{},GJ,fictional,synthetic"


def written(path: Path, head: str, *rows: str) -> Path:
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *rows: str) -> Import:
    return read_table(written(folder / "entries.csv", ENTRIES, *rows), tables()["entries"])


def silent(found: Import) -> list[tuple[str, int]]:
    return [
        (f.values["reporter"], f.values["year"])
        for f in found.findings
        if f.code == "made_not_sold"
    ]


def test_each_item_and_year_is_told_once_at_its_first_row(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        *(POWER.format("plant", "", f"2023-0{m}", "transformed_out", 10) for m in (1, 2)),
        HEAT.format("plant", "", "2023-01", "transformed_out", 5),
        HEAT.format("plant", "", "2023-01", "sold", 4),
        POWER.format("plant", "", "2024-01", "transformed_out", 10),
        POWER.format("plant", "", "2024-02", "sold", 9),
    )
    (said,) = (f for f in found.findings if f.code == "made_not_sold")
    assert (said.place, said.severity) == ("entries.csv:2:flow", "warning")
    assert said.values["item"].en == "electricity"
    assert said.values["year"] == 2023
    assert len(found.table) == 6  # a warning takes the rows in


@pytest.mark.parametrize(
    "rows",
    [
        [POWER.format("a", "", "2023", "sold", 0)],  # said: nothing leaves
        [POWER.format("a", "", "2023", "self_generated", 10)],
    ],
)
def test_who_says_where_it_went_is_left_alone(tmp_path: Path, rows: list[str]) -> None:
    assert not silent(read(tmp_path, POWER.format("a", "", "2023", "transformed_out", 10), *rows))


def test_regions_facilities_and_fuels_are_no_such_case(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        POWER.format("33", "", "2023", "transformed_out", 10),  # a regional balance
        POWER.format("a", "boiler", "2023", "transformed_out", 10),  # passed on inside
        "a,,2023,coke,transformed_out,10,t,fictional,synthetic",  # taken off as it is
    )
    assert not silent(found)


def test_what_the_books_hold_already_is_known(tmp_path: Path) -> None:
    rows = (POWER.format("a", "", "2023", flow, 10) for flow in ("transformed_out", "sold"))
    made, sold = (read(tmp_path, row).table for row in rows)
    assert [f.code for f in check_entries(made)] == ["made_not_sold"]
    assert not check_entries(made, sold)
    assert not check_entries(sold, made)


# --- A part above the whole, and makers of power outside a boundary -----------------------------


def workspace(folder: Path, **files: tuple[str, ...]) -> Workspace:
    ws = Workspace.create(folder / "ws", region="33", plan_id="zhejiang-industry-2023")
    for name, (head, *rows) in files.items():
        assert ws.import_file(written(folder / f"{name}.csv", head, *rows), table=name).taken
    return ws


REPORTERS = "reporter,kind,name_zh,region,sector,last,mark"
ASSIGNED = "reporter,facility,method,purpose"


def too_large(ws: Workspace) -> list[Finding]:
    return [f for f in ws.account().findings if f.code == "part_above_whole"]


def test_a_facility_above_its_enterprise_is_told(tmp_path: Path) -> None:
    # whole: 100 t × 0.7143 = 71.43 tce in 2022 and 2023; the kiln: 110 t, 78.573 tce, in 2022;
    # in 2023 it is 100.5 t: within the rounding of months
    energy = "comprehensive-energy-2020,energy"
    ws = workspace(
        tmp_path,
        reporters=(REPORTERS, "works,enterprise,厂,3301,30,,synthetic"),
        assignments=(ASSIGNED, f"works,,{energy}", f"works,kiln,{energy}"),
        entries=(
            ENTRIES,
            *(COAL.format("works", "", year, "consumed", 100) for year in (2022, 2023)),
            COAL.format("works", "kiln", 2022, "consumed", 110),
            COAL.format("works", "kiln", 2023, "consumed", 100.5),
        ),
    )
    (said,) = too_large(ws)
    assert said.place.startswith("works ")
    held_ = {name: said.values[name] for name in ("facility", "year", "energy", "whole")}
    assert held_ == {
        "facility": "kiln",
        "year": "2022",
        "energy": "78.57 tce",
        "whole": "71.43 tce",
    }


def test_nothing_is_said_where_the_enterprise_lacks_months(tmp_path: Path) -> None:
    energy = "comprehensive-energy-2020,energy"
    months = [COAL.format("works", "", f"2023-{m:02d}", "consumed", 10) for m in range(1, 12)]
    ws = workspace(
        tmp_path,
        reporters=(REPORTERS, "works,enterprise,厂,3301,30,,synthetic"),
        assignments=(ASSIGNED, f"works,,{energy}", f"works,kiln,{energy}"),
        entries=(ENTRIES, *months, COAL.format("works", "kiln", 2023, "consumed", 120)),
    )
    assert not too_large(ws)
    assert "year_incomplete" in {f.code for f in ws.account().findings}


def test_a_power_plant_outside_the_boundary_is_not_called_incomplete(tmp_path: Path) -> None:
    added = "{},,{},value_added,produced,{},yuan,fictional,synthetic,2020"
    diesel = "{},,2020,diesel,consumed,100,t,fictional,synthetic"
    plain = [
        *(diesel.format(name) for name in ("mill", "plant")),
        POWER.format("mill", "", 2020, "purchased", 10),
    ]
    ws = workspace(
        tmp_path,
        reporters=(
            REPORTERS,
            *(f"{n},enterprise,{n},3301,30,,synthetic" for n in ("mill", "late")),
            "plant,enterprise,电厂,3301,4411,,synthetic",
        ),
        assignments=(
            ASSIGNED,
            *(f"{n},,other-industry-2015,inventory" for n in ("mill", "late")),
            "plant,,coal-power-2013,inventory",
        ),
        entries=(
            f"{ENTRIES},product",
            *(f"{row}," for row in plain),
            *(added.format(n, y, 100) for n in ("mill", "plant") for y in (2020, 2025)),
        ),
    )
    found = ws.split("ZJ-2")
    noted = {f.code: f for f in found.findings}
    assert noted["split_outside"].values["named"] == "plant"
    assert noted["split_outside"].severity == "notice"
    assert noted["split_left_out"].values["named"] == "late"


def test_who_was_gone_before_the_year_is_asked_for_no_budget(tmp_path: Path) -> None:
    energy = "comprehensive-energy-2020"
    firms = {"gone": "2024-12-31", "closing": "2025-06-30", "staying": ""}
    ws = workspace(
        tmp_path,
        reporters=(
            REPORTERS,
            *(f"{n},enterprise,{n},3301,30,{last},synthetic" for n, last in firms.items()),
        ),
        assignments=(ASSIGNED, *(f"{n},,{energy},energy" for n in firms)),
        entries=(ENTRIES, *(COAL.format(n, "", 2024, "consumed", 100) for n in firms)),
    )
    books = Books(ws.store, ws.rules)
    assert [row["reporter"] for row in held(books, "2025-09", 0.05, [energy]).rows] == [
        "closing",
        "staying",
    ]


# --- The fictional province ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def province(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("province")
    made = [sys.executable, str(repo / "examples/zhejiang/generate.py"), str(folder)]
    asked = [*made, "--enterprises", "200", "--files-only"]
    subprocess.run(asked, check=True, capture_output=True)  # noqa: S603
    return folder / "files"


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_its_power_plants_sell_what_they_make_less_their_own_use(province: Path) -> None:
    sums: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for year in (2020, 2024):
        for row in rows_of(province, f"entries-{year}"):
            if row["flow"] in ("transformed_out", "sold") and not row["facility"]:
                key = (row["reporter"], row["period"], row["item"])
                sums[key][row["flow"]] = float(row["quantity"])
    kept = {"electricity": 1 - 0.055, "heat": 1 - 0.02}  # profiles.yaml
    assert len(sums) > 50
    for (_, _, item), own in sums.items():
        assert own["sold"] == pytest.approx(kept[item] * own["transformed_out"])


def test_its_small_firms_come_and_go_and_report_while_they_are_listed(province: Path) -> None:
    spans = {
        row["subject"]: (row["first"], row["last"] or "9999")
        for row in rows_of(province, "lists")
        if row["list"] == "above_scale"
    }
    came = {name for name, (first, _) in spans.items() if first > "2020-12-31"}
    went = {name for name, (_, last) in spans.items() if last < "2025-12-31"}
    assert came
    assert went
    assert not came & went
    for year in range(2020, 2026):
        told = {row["reporter"] for row in rows_of(province, f"entries-{year}")}
        day = f"{year}-12-31"
        assert told == {name for name, (first, last) in spans.items() if first <= day <= last}
    dated = {
        row["reporter"] for row in rows_of(province, "reporters") if row["first"] or row["last"]
    }
    assert dated == came | went
