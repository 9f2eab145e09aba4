"""Capacity replacement on real plants: gaps and estimates are said, and nothing is guessed.

Steel: Global Iron and Steel Tracker (Global Energy Monitor); cement: SFI Global Database of Cement
Production Assets, July 2021. Both CC BY 4.0, read from the folder of test data.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dafeng.gate import Case, Opinion, Project, review
from dafeng.rulebook import load
from dafeng.vocabulary import Fault, regions
from dafeng.workspace import Workspace

DAY = date(2023, 6, 1)
STEEL = (("pig_iron", "bf_iron"), ("crude_steel", "eaf_steel"), ("crude_steel", "bof_steel"))
Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def steel(test_data: Path) -> list[Row]:
    return read(test_data / "data/china_steel_plants/steel_plants.csv")


@pytest.fixture(scope="module")
def cement(test_data: Path) -> list[Row]:
    return read(test_data / "data/china_cement_plants/cement_plants.csv")


def taken_in(tmp_path: Path, rows: list[Row]) -> tuple[Workspace, Any]:
    """Import capacity lines; rows with faults are rejected one by one."""
    ws = Workspace.create(tmp_path / "plants")
    path = tmp_path / "lines.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return ws, ws.import_file(path, table="lines", accept_valid=True)


def line(plant: Row, item: str, capacity: str, unit: str, region: str, route: str = "") -> Row:
    """Return a plant as a capacity line; an empty capacity stays empty."""
    return {
        "line": f"{plant['plant_id']}{'-' if route else ''}{route}",
        "reporter": plant["plant_id"],
        "region": region,
        "product": item,
        "route": route,
        "capacity": capacity,
        "unit": unit,
        "source": "public plant table",
        "mark": "secondary",
    }


def on(ws: Workspace, products: list[Row], retires: list[Row], region: str) -> Opinion:
    project = Project.model_validate(
        {
            "project": "NEW",
            "title": {"zh": "测试", "en": "test"},
            "region": region,
            "products": products,
            "retires": retires,
        }
    )
    lines = {row["line"]: row for row in ws.rows("lines")}
    return review(Case(project, load(), DAY, lines=lines))


def replaced(found: Opinion) -> tuple[str, set[str]]:
    check = next(one for one in found.checks if one.check.id == "replacement")
    return check.outcome, {remark.reason for remark in check.remarks}


def steel_lines(plants: list[Row]) -> list[Row]:
    return [
        line(one, item, one[f"{kind}_capacity_kt_per_year"], "kt", one["province"], kind[:3])
        for one in plants
        for item, kind in STEEL
    ]


def test_steel_plants_go_in_as_lines_and_gaps_are_rejected(
    steel: list[Row], tmp_path: Path
) -> None:
    rows = steel_lines(steel)
    ws, done = taken_in(tmp_path, rows)
    gaps = sum(1 for row in rows if not row["capacity"])
    assert gaps
    assert (done.taken, done.rejected) == (len(rows) - gaps, gaps)
    # README: 810.5 Mt/a of blast-furnace iron, 134.6 of electric-furnace steel
    held = ws.rows("lines")
    for route, total in (("bf_", 810.5), ("eaf", 134.6)):
        found = sum(row["capacity"] for row in held if row["route"] == route) / 1000
        assert found == pytest.approx(total, abs=0.05)


def test_replacement_on_steel_plants(steel: list[Row], tmp_path: Path) -> None:
    hebei = [one for one in steel if one["province"] == "Hebei"]
    ws, _ = taken_in(tmp_path, steel_lines(hebei))
    held = {row["line"]: row for row in ws.rows("lines")}
    name, iron = next((n, r) for n, r in held.items() if r["route"] == "bf_")
    size = iron["capacity"]  # kt/a
    kt = {"item": "pig_iron", "unit": "kt"}
    shown = [{"line": name, "eligible": True}]
    # Hebei is a key region: 1.5:1 (46号)
    assert replaced(on(ws, [kt | {"capacity": size / 1.5}], shown, "13"))[0] == "pass"
    outcome, said = replaced(on(ws, [kt | {"capacity": size / 1.5 + 1}], shown, "13"))
    assert (outcome, "replacement_below_ratio" in said) == ("fail", True)
    # the table says nothing on whether a line may be used
    outcome, said = replaced(on(ws, [kt | {"capacity": 100}], [{"line": name}], "13"))
    assert (outcome, "line_not_shown" in said) == ("unknown", True)
    # iron does not replace steel
    steel_ = {"item": "crude_steel", "unit": "kt", "capacity": 100}
    outcome, said = replaced(on(ws, [steel_], shown, "13"))
    assert (outcome, "line_other_product" in said) == ("fail", True)


def test_a_steel_plant_of_unknown_capacity_is_no_capacity(steel: list[Row], tmp_path: Path) -> None:
    lost = next(one for one in steel if not one["crude_steel_capacity_kt_per_year"])
    ws, _ = taken_in(tmp_path, steel_lines([lost, *steel[:1]]))
    name = f"{lost['plant_id']}-eaf"
    retires = [{"line": name, "item": "crude_steel", "region": "13", "eligible": True}]
    product = {"item": "crude_steel", "unit": "kt", "capacity": 100}
    outcome, said = replaced(on(ws, [product], retires, "13"))
    assert (outcome, "line_no_capacity" in said) == ("unknown", True)


def test_cement_plants_say_what_is_missing(cement: list[Row], tmp_path: Path) -> None:
    rows = [
        line(one, "cement", one["cement_capacity_mt_per_year"], "Mt", one["province_as_published"])
        for one in cement
    ]
    _, done = taken_in(tmp_path, rows)
    faulty = [row for row in rows if not row["capacity"] or regions().find(row["region"]) is None]
    # 571 of the 1159 plants have no capacity, and 9 no province: each row is rejected by itself
    assert (len(rows), sum(1 for row in rows if not row["capacity"])) == (1159, 571)
    assert (done.taken, done.rejected) == (len(rows) - len(faulty), len(faulty))
    columns = {one.place.rpartition(":")[2] for one in done.findings}
    assert {"capacity", "region"} <= columns


def test_cement_capacity_is_no_clinker_and_an_estimate_no_capacity(
    cement: list[Row], tmp_path: Path
) -> None:
    plants = [one for one in cement if one["province_as_published"] == "Anhui Sheng"]
    known = [one for one in plants if one["cement_capacity_mt_per_year"]]
    rows = [line(o, "cement", o["cement_capacity_mt_per_year"], "Mt", "34") for o in known]
    ws, done = taken_in(tmp_path, rows)
    assert done.taken == len(rows)
    clinker = {"item": "clinker", "unit": "Mt", "capacity": 0.1}
    retires = [{"line": known[0]["plant_id"], "eligible": True}]
    outcome, said = replaced(on(ws, [clinker], retires, "34"))
    assert (outcome, "line_other_product" in said) == ("fail", True)
    guess = next(one for one in known if one["capacity_source"] == "Estimated")
    retires = [
        {
            "line": guess["plant_id"] + "-K",
            "item": "clinker",
            "capacity": float(guess["cement_capacity_mt_per_year"]),
            "unit": "Mt",
            "region": "34",
            "eligible": True,
            "estimated": True,
        }
    ]
    outcome, said = replaced(on(ws, [clinker], retires, "34"))
    assert (outcome, "line_estimated" in said) == ("unknown", True)


def test_plants_without_energy_have_no_level(steel: list[Row], tmp_path: Path) -> None:
    ws, _ = taken_in(tmp_path, steel_lines(steel[:3]))
    product = {"item": "pig_iron", "unit": "kt", "capacity": 100, "field": "blast-furnace"}
    found = on(ws, [product], [], "13")
    levels = {one.check.id: one.outcome for one in found.checks}
    assert (levels["baseline"], levels["benchmark"]) == ("unknown", "unknown")


def test_iron_and_steel_of_one_plant_stand_beside_each_other(
    repo: Path, test_data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "steel_plants.csv"
    shutil.copy(test_data / "data/china_steel_plants/steel_plants.csv", copy)
    ws = Workspace.create(tmp_path / "ws", region="00")
    maps = repo / "docs/howto/examples/plants"
    taken = [
        ws.import_file(copy, mapping=maps / f"{name}.map.yaml", accept_valid=True).taken
        for name in ("steel-iron", "steel-crude")
    ]
    made = Counter(row["product"] for row in ws.rows("lines"))
    assert made == {"pig_iron": 211, "crude_steel": 272}
    assert taken == [211, 272]


@pytest.mark.parametrize("column", ["capacity", "colour"])
def test_a_suffix_is_put_behind_text_of_the_table(tmp_path: Path, column: str) -> None:
    rows, mapping = tmp_path / "lines.csv", tmp_path / "map.yaml"
    rows.write_text("line\nL-1\n", encoding="utf-8")
    mapping.write_text(f"table: lines\nsuffixes: {{{column}: -x}}\n", encoding="utf-8")
    ws = Workspace.create(tmp_path / "ws", region="33")
    with pytest.raises(Fault, match="bad_mapping"):
        ws.import_file(rows, mapping=mapping)
