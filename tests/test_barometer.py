"""The barometer: colours against the pace, coverage, whom to guide, the rule for the colours."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_room import TONNE, booked, province

from dafeng import budget
from dafeng.budget import Amount, Coverage, Limits, Place, Reading, Reported, Rise, Season
from dafeng.cli.verbs import run
from dafeng.explain import Node
from dafeng.rulebook import load
from dafeng.vocabulary import Text
from dafeng.workspace import AskedRoom, Readings, Workspace, barometer
from dafeng.workspace.barometer import last_quarter

RULES = load()
EMPTY = Text(zh="", en="")
WHOLE = Coverage(10, 10, 10)
PLACE = Place("33", "energy", "reporters", "equivalent", "33~reporters~asof-2025Q1")
RISES = tuple(Rise(f"R{n}", EMPTY, 10 - n) for n in range(5))
Row = dict[str, Any]


def amount(tonnes: int) -> Amount:
    """Return a made-up amount."""
    return Amount(tonnes * TONNE, Node("entry", f"use/{tonnes}", EMPTY, tonnes * TONNE, "gce"))


def colour(
    use: int | None,
    covered: Coverage = WHOLE,
    limit: int | None = 400,
    season: tuple[int, int | None] = (25, 100),
    missing: tuple[int, Amount | None] = (0, None),
) -> Reading:
    """Return the colour of a region with a total of 400 t and a pace of 100 t at the quarter."""
    held = None if limit is None else amount(limit)
    limits = Limits(held, held, why=None if held else budget.reason("no_target"))
    before, whole = season
    node = Node("account", "season", EMPTY, before, "gce")
    reported = Reported(
        None if use is None else amount(use),
        [],
        Season(before, whole, node),
        covered,
        RISES,
        missing[0] * TONNE,
        missing[1],
    )
    return budget.barometer(PLACE, "2025Q1", limits, reported, RULES)


@pytest.mark.parametrize(
    ("use", "wanted"),
    [(90, "green"), (100, "green"), (101, "yellow"), (103, "yellow"), (104, "red"), (0, "green")],
)
def test_a_colour_follows_use_over_pace(use: int, wanted: str) -> None:
    # pace: 400 × 25/100 = 100; the template's limits are 100 % and 103 %
    found = colour(use)
    assert (found.pace, found.colour) == (100 * TONNE, wanted)
    assert found.ratio == Fraction(use)


@pytest.mark.parametrize(
    ("use", "wanted"), [(90, "open"), (100, "open"), (102, "yellow"), (110, "red")]
)
def test_a_region_with_missing_reports_is_never_green(use: int, wanted: str) -> None:
    found = colour(use, Coverage(10, 10, 9))
    assert found.colour == wanted
    assert (found.reason is None) == (wanted != "open")


@pytest.mark.parametrize(
    ("partly", "supposed", "wanted"),
    [
        (2, 5, "green"),  # 85 + 5 = 90 of 100; whole reports cover 85/90 = 94 %
        (2, 9, "green"),  # 85 + 9 = 94; 85/94 = 90.4 %
        (0, 15, ""),  # 87 + 15 = 102, but 87/102 = 85 % is too little to say anything
        (2, None, ""),  # one that is missing was not whole last year either
    ],
)
def test_enough_reports_give_a_provisional_colour(
    partly: int, supposed: int | None, wanted: str
) -> None:
    held = None if supposed is None else amount(supposed)
    found = colour(87, Coverage(10, 10, 9), missing=(partly, held))
    assert (found.colour, found.provisional) == ("open", wanted)


def test_a_provisional_colour_may_be_red() -> None:
    # 98 so far is within 100; with 7 in place of the 1 booked by those missing it would be 104
    found = colour(98, Coverage(10, 10, 9), missing=(1, amount(7)))
    assert (found.colour, found.provisional) == ("open", "red")
    assert colour(98).provisional == ""  # nothing is missing


def test_nothing_reported_and_no_target_are_no_colour() -> None:
    assert colour(None, Coverage(10, 0, 0)).colour == "open"
    assert colour(90, limit=None).colour == "open"


def test_equal_quarters_where_last_year_is_not_monthly() -> None:
    found = colour(100, season=(0, None))
    assert (found.seasonal, found.pace) == (False, 100 * TONNE)  # 400 × 3/12
    assert "equal_quarters" in found.tree.all_flags


def test_only_who_is_behind_is_guided_and_the_largest_rises_are_named() -> None:
    assert colour(90).rises == ()
    assert [rise.reporter for rise in colour(110).rises] == ["R0", "R1", "R2"]


def test_the_colours_are_said_to_be_a_template() -> None:
    flags = colour(90).tree.all_flags
    assert {"template", "our_reading"} <= set(flags)


# --- from the books ---------------------------------------------------------------------------


def entries(last: int = 6, silent: str = "") -> Iterator[Row]:
    """Yield 2023 as a year; 2024 by month: A 30 in winter and 70 in summer halves, B 50 always.

    2025 to a month: A as the year before, B 60.
    """
    yield from booked("A", "2023", 600, 500)
    yield from booked("B", "2023", 600, 500)
    for month in range(1, 13):
        yield from booked("A", f"2024-{month:02d}", 30 if month <= 6 else 70, 50)
        yield from booked("B", f"2024-{month:02d}", 50, 50)
    for month in range(1, last + 1):
        yield from booked("A", f"2025-{month:02d}", 30, 50)
        if f"B{month}" != silent:
            yield from booked("B", f"2025-{month:02d}", 60, 50)


@cache
def judged(ws: Workspace, as_of: str) -> Readings:
    """Return the colours of a world, computed once."""
    return barometer(ws, AskedRoom(as_of=as_of))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two reporters in two cities, half a year of 2025."""
    return province(tmp_path_factory.mktemp("small"), entries())


def test_the_pace_follows_last_years_months(small: Workspace) -> None:
    # growth 2024: 1200/1000 = 1.2 actual; 2025: 1.1 planned; what is left 0.81
    # total 2025: 1200 × 1.2 × 1.1 × 0.81 = 1283.04
    #   A and B weigh 600 × 1.2 each: 641.52
    # share: whole 480/1200 = 0.4; A 180/600 = 0.3; B 300/600 = 0.5
    # pace: 513.216, 192.456, 320.76; use: 540, 180, 360
    # ratio: 105.22 % red, 93.53 % green, 112.23 % red
    found = judged(small, "2025Q2")
    lines = {line.place.region: line for line in found.lines}
    for region, limit, pace, use, wanted in (
        ("33", 1_283_040_000, 513_216_000, 540, "red"),
        ("3301", 641_520_000, 192_456_000, 180, "green"),
        ("3302", 641_520_000, 320_760_000, 360, "red"),
    ):
        line = lines[region]
        assert (line.limit, line.pace, line.use) == (limit, pace, use * TONNE)
        assert (line.colour, line.seasonal) == (wanted, True)
    assert [rise.grams for rise in lines["3302"].rises] == [60 * TONNE]  # 360 − 300


def test_a_quarter_that_is_not_over_is_not_judged() -> None:
    for as_of, quarter in (("2025-06", "2025Q2"), ("2025-05", "2025Q1"), ("2025-02", "2024Q4")):
        assert last_quarter(as_of) == quarter


def test_equal_quarters_where_the_year_before_is_booked_as_one(small: Workspace) -> None:
    lines = barometer(small, AskedRoom(as_of="2024Q1")).lines
    assert not lines[0].seasonal  # 2023 has no months
    # total 2024: 1200 × 1.1 (planned, 2024 is not over) × 0.9 = 1188, a quarter of it 297
    assert lines[0].pace == 297 * TONNE


def test_total_and_use_of_a_quarter_go_by_the_same_rules(tmp_path: Path) -> None:
    # Coke, 0.9714 tce/t; a fifth is feedstock, which leaves base and year from 2022-10-27 on.
    # cut 10 % in one year: use 100 a month against a base of 1200 is 1/0.9 = 111.11 % of the pace
    #   with feedstock (third quarter)     900 × 0.9714 ÷ (1200 × 0.9714 × 0.9 × 3/4)
    #   without it     (fourth quarter)    960 × 0.9714 ÷ ( 960 × 0.9714 × 0.9)
    def coke(when: str, tonnes: float) -> list[Row]:
        row = {"reporter": "A", "period": when, "source": "t", "item": "coke", "unit": "t"}
        added = {"item": "value_added", "flow": "produced", "product": "2020", "unit": "yuan"}
        return [
            row | {"flow": "consumed", "quantity": tonnes},
            row | {"flow": "feedstock", "quantity": tonnes / 5},
            row | added | {"quantity": tonnes},
        ]

    months = [row for month in range(1, 13) for row in coke(f"2022-{month:02d}", 100)]
    ws = province(tmp_path, [*coke("2021", 1200), *months])
    plan = ws.store.path / "plans/test.yaml"
    text = plan.read_text(encoding="utf-8").replace("value: 19", "value: 10")
    text = text.replace("base_year: 2023\n    year: 2025", "base_year: 2021\n    year: 2022")
    text = text.replace(
        'value: 10\n    unit: "%"\n    first_year: 2024\n    year: 2025',
        'value: 0\n    unit: "%"\n    first_year: 2022\n    year: 2022',
    )
    plan.write_text(text, encoding="utf-8")
    for quarter, kinds in (("2022Q3", {"listed"}), ("2022Q4", {"listed", "feedstock"})):
        line = barometer(ws, AskedRoom(as_of=quarter)).lines[0]
        assert line.ratio is not None
        assert round(float(line.ratio), 2) == 111.11
        taken = {
            node.ref.split("/")[1] for node in line.tree.children if node.ref.startswith("excl")
        }
        assert kinds <= taken
        assert ("feedstock" in taken) == ("feedstock" in kinds)


def test_a_missing_month_takes_the_green_away(tmp_path: Path) -> None:
    found = barometer(province(tmp_path, entries(6, "B6")), AskedRoom(as_of="2025Q2"))
    lines = {line.place.region: line for line in found.lines}
    # B 300 of 320.76: would be green; all 480 of 513.216 too
    assert [lines[region].colour for region in ("33", "3301", "3302")] == ["open", "green", "open"]
    assert lines["3302"].covered == Coverage(1, 1, 0)
    # B booked 300 of what would be 300 as last year, but no report of it is whole; of the province
    # A's 180 of 480 are: too little for a provisional colour
    assert {line.provisional for line in found.lines} == {""}
    assert "barometer_open" in {finding.code for finding in found.findings}


def test_a_colour_is_found_again_by_its_id(small: Workspace) -> None:
    for line in judged(small, "2025Q2").lines[:2]:
        assert small.explain(line.figure).figure == line.figure


def test_the_command_says_the_colours_in_chinese(
    small: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"region": None, "metric": "energy", "growth": None, "plan_id": None}
    code = run(
        "room_barometer", "zh", as_json=False, workspace=small.store.path, as_of="2025Q2", **asked
    )
    said = capsys.readouterr()
    assert code == 1
    assert "2025Q2 晴雨表" in said.out
    assert "重点指导 宁波" in said.out
    assert "barometer_red" in said.err


def test_a_province_may_set_limits_of_its_own(tmp_path: Path) -> None:
    ws = province(tmp_path, entries())
    folder = ws.store.path / "rules"
    (folder / "scales").mkdir(parents=True)
    (folder / "documents").mkdir()
    (folder / "documents/own.yaml").write_text(
        """
documents:
  - id: own-notice
    number: 测试
    title: {zh: 测试, en: test}
    issuer: {zh: 测试, en: test}
    checked: M
    clauses: [{id: colours, text: {zh: 测试, en: test}}]
""",
        encoding="utf-8",
    )
    (folder / "scales/barometer.yaml").write_text(
        """
id: barometer-own
family: barometer
kind: rating
title: {zh: 本省, en: own}
document: own-notice
clause: colours
region: "33"
checked: M
grades: [{id: green, zh: 绿, en: green}, {id: yellow, zh: 黄, en: yellow}]
beyond: {zh: 红, en: red}
scales: [{id: energy, zh: 能源, en: energy, unit: "%", limits: [110, 115]}]
""",
        encoding="utf-8",
    )
    again = Workspace(ws.store.path)  # rules are read once
    found = barometer(again, AskedRoom(as_of="2025Q2"))
    lines = {line.place.region: line for line in found.lines}
    assert [lines[region].colour for region in ("33", "3302")] == ["green", "yellow"]
