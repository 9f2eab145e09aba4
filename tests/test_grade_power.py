"""Lines held against scales in kWh: their electricity over their output, or why there is none."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.rulebook import load
from dafeng.workspace import FromBooks, Workspace, grade_books
from dafeng.workspace.books import Books
from dafeng.workspace.levels import graded
from dafeng.workspace.lines import POWER, uses
from dafeng.workspace.supervision_lines import line_rows

Row = dict[str, Any]
FICTION = {"source": "fictional", "mark": "synthetic"}
ALUMINIUM = {"product": "electrolytic_aluminium", "field": "aluminium-liquid-ac"}
ALUMINIUM |= {"quota": "quota-aluminium.aluminium-liquid-ac"}
CLINKER = {"product": "clinker", "field": "clinker"}

# line → its product and scale, and what its facility books besides 1000 t of the product
LINES: dict[str, tuple[Row, dict[str, float]]] = {
    "at": (ALUMINIUM, {"purchased": 13_000}),
    "net": (ALUMINIUM, {"purchased": 13_400, "self_generated": 50, "sold": 100}),
    "over": (ALUMINIUM, {"purchased": 13_350.01}),
    "coal": (ALUMINIUM, {}),
    "plant": (ALUMINIUM, {"purchased": 13_000, "transformed_out": 10}),
    "months": (ALUMINIUM, {}),
    "kiln": (CLINKER | {"quota": "quota-cement.clinker-electricity"}, {"purchased": 57}),
    "burner": (CLINKER | {"quota": "quota-cement.clinker-coal"}, {"purchased": 57}),
    "cracker": (
        {"product": "ethylene", "quota": "quota-petrochemicals.ethylene"},
        {"purchased": 57},
    ),
    "unit": (
        {"product": "heat", "quota": "quota-gas-power.e-100-heat"},
        {"purchased": 57},
    ),
}


def entries() -> Iterable[Row]:
    for name, (line, flows) in LINES.items():
        made: Row = {"item": line["product"], "flow": "produced", "quantity": 1000}
        made["unit"] = "GJ" if line["product"] == "heat" else "t"
        coal: Row = {"item": "raw_coal", "flow": "consumed", "quantity": 1, "unit": "t"}
        power: list[Row] = [
            {"item": "electricity", "flow": flow, "quantity": amount, "unit": "MWh"}
            for flow, amount in flows.items()
        ]
        if name == "months":
            power = [{"item": "electricity", "flow": "purchased", "quantity": 9, "unit": "MWh"}]
            power = [
                row | {"period": f"2025-{month:02d}"} for row in power for month in range(1, 12)
            ]
        for row in (made, coal, *power):
            held = {"reporter": "A", "facility": name, "period": "2025", "product": ""}
            yield FICTION | held | row


def taken(ws: Workspace, folder: Path, table: str, rows: Iterable[Row]) -> None:
    held = list(rows)
    path = folder / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in held for name in row)))
        writer.writeheader()
        writer.writerows(held)
    done = ws.import_file(path, table=table)
    assert done.taken == len(held), [f.to_dict("en") for f in done.findings]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("power")
    ws = Workspace.create(folder / "works", region="33", synthetic=True)
    firm = {"reporter": "A", "kind": "enterprise", "name_zh": "虚构A", "region": "331003"}
    taken(ws, folder, "reporters", [firm | {"sector": "32", "mark": "synthetic"}])
    lines: list[Row] = [
        FICTION
        | {"line": name, "reporter": "A", "facility": name, "region": "331003", "field": ""}
        | line
        | {"capacity": 1000, "unit": "GJ" if line["product"] == "heat" else "t"}
        for name, (line, _) in LINES.items()
    ]
    taken(ws, folder, "lines", lines)
    named = [{"reporter": "A", "facility": name} for name in LINES]
    taken(ws, folder, "facilities", [row | {"type": "process"} for row in named])
    energy: Row = {"method": "comprehensive-energy-2020", "purpose": "energy"}
    taken(ws, folder, "assignments", [row | energy for row in named])
    taken(ws, folder, "entries", entries())
    return ws


@pytest.fixture(scope="module")
def quotas(works: Workspace) -> FromBooks:
    return grade_books(works, "quota", "2025")


def told(found: FromBooks) -> dict[str, tuple[str, str]]:
    return {
        one.who: (str(one.graded.value), one.graded.grade)
        for one in found.ratings
        if one.graded.grade
    }


def test_electricity_is_bought_and_own_less_sold(quotas: FromBooks) -> None:
    # 13,400 + 50 - 100 = 13,350 MWh over 1000 t: on grade 3; 57 MWh over 1000 t: 57 kWh/t
    assert told(quotas) == {
        "at": ("13000.0", "2"),
        "net": ("13350.0", "3"),
        "over": ("13350.01", "beyond"),
        "kiln": ("57.0", "2"),
    }


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("coal", "line_no_electricity"),
        ("plant", "line_other_flows"),
        ("months", "line_other_months"),
        ("burner", "line_other_measure"),
        ("cracker", "line_other_unit"),
        ("unit", "line_other_measure"),
    ],
)
def test_what_the_books_do_not_tell_gives_no_grade(
    quotas: FromBooks, who: str, reason: str
) -> None:
    one = next(one for one in quotas.ratings if one.who == who)
    assert (one.graded.grade, one.graded.value) == ("", None)
    assert one.row["reason"] == {"value": reason}


def test_a_level_in_kwh_is_told_too(works: Workspace) -> None:
    # 13,000 on the benchmark, 13,350 on the baseline
    found = told(grade_books(works, "level", "2025"))
    assert {who: found[who][1] for who in ("at", "net", "over")} == {
        "at": "benchmark",
        "net": "baseline",
        "over": "beyond",
    }


def test_a_grade_in_kwh_leads_to_the_electricity(quotas: FromBooks) -> None:
    one = next(one for one in quotas.ratings if one.who == "net")
    nodes = [(node.kind, node.ref, node.value, node.unit) for node in one.tree.walk()]
    assert ("account", "A.net/electricity", 13_350_000.0, "kWh") in nodes
    assert one.tree.worst == "synthetic"


def test_shares_of_capacity_and_supervision_hold_it_too(works: Workspace) -> None:
    books = Books(works.store, works.rules)
    lines = works.rows("lines")
    levels = {row["line"]: row["level"].get(2025) for row in graded(books, lines, works.rules)}
    assert [levels[who] for who in ("at", "net", "over")] == ["benchmark", "baseline", "beyond"]
    assert not levels["coal"]
    reporters = works.table("reporters")
    rows = line_rows(books, lines, reporters, works.rules, date(2026, 1, 31)).to_pylist()
    held = {row["subject"]: row["value"] for row in rows if row["family"] == "level"}
    assert (held["at"], held["coal"]) == (13_000.0, None)


def test_use_in_kwh_counts_each_entry_once(works: Workspace) -> None:
    books = Books(works.store, works.rules)
    found = uses(books, works.rows("lines"), base=POWER)
    assert found["net"][2025].used == 13_350_000
    assert found["net"][2025].months == 12


def test_scales_that_count_a_part_are_never_graded_from_the_books() -> None:
    """What counts coal, coke, a share, or adjusts first, says so in the data."""
    words = (
        "供电煤耗",
        "供热煤耗",
        "综合煤耗",
        "焦炭消耗",
        "焦耗",
        "可比",
        "不纳入",
        "扣除原料用能）",
        "不含氨",
        "不含一氧化碳",
    )
    for edition in load().scales.values():
        for scale in edition.scales:
            if any(word in scale.zh for word in words) and "不扣除" not in scale.zh:
                assert not (edition.from_books and scale.from_books), (edition.id, scale.id)


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "表2的分档未见"), ("en", "the steps of table 2 were not seen")]
)
def test_what_has_to_be_given_says_why(tmp_path: Path, lang: str, words: str) -> None:
    sheet = tmp_path / "tiles.csv"
    sheet.write_text("who,scale,value,mark\nA,tile-to-0.2,5,synthetic\n", encoding="utf-8")
    asked = ["grade", "quota-ceramics", str(sheet), "--as-of", "2025-01-01", "--lang", lang]
    said = CliRunner().invoke(app, asked)
    assert words in said.stdout
