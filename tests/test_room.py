"""The room of regions: totals, exclusions from their own dates, ex-post correction, shares."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dafeng import budget
from dafeng.budget import Amount, Coverage, Goal, Ground, Known, Limits, Place, Rate, Weight
from dafeng.cli.verbs import run
from dafeng.explain import Node
from dafeng.rulebook import load
from dafeng.vocabulary import Fault, Text
from dafeng.workspace import AskedRoom, Workspace, rooms

CASES = yaml.safe_load((Path(__file__).parent / "cases/room/rooms.yaml").read_text("utf-8"))[
    "cases"
]
TONNE = 10**6
RULES = load()
EMPTY = Text(zh="", en="")
COLUMNS = ("project", "kind", "status", "approved", "started", "finished", "approved_tce")
Row = dict[str, Any]


def grams(tonnes: float | None) -> int | None:
    """Return tonnes as whole grams."""
    return None if tonnes is None else round(Decimal(str(tonnes)) * TONNE)


def amount(tonnes: float) -> Amount:
    """Return a made-up amount."""
    return Amount(grams(tonnes) or 0, Node("entry", f"use/{tonnes}", EMPTY, grams(tonnes), "gce"))


def rate(percent: float) -> Rate:
    """Return a made-up rate."""
    return Rate(Decimal(str(percent)) / 100, Node("entry", f"rate/{percent}", EMPTY, percent, "%"))


def goal(growth: float = 10, stretch: float | None = None) -> Goal:
    """Return a cut of 34.39 % from 2020 to 2024: 0.9 a year."""
    further = None if stretch is None else Decimal(str(stretch)) / 100
    planned = {year: rate(growth) for year in range(2021, 2025)}
    return Goal(2020, 2024, rate(34.39), planned, further)


def room_of(case: Row, target: Goal | None = None) -> budget.Room:
    """Return the room that a case speaks of."""
    year, last = case["year"], case["last"]
    known = Known(
        {when: amount(tonnes) for when, tonnes in case["use"].items()},
        {
            (kind, when): amount(tonnes)
            for kind, years in case.get("apart", {}).items()
            for when, tonnes in years.items()
        },
        {when: rate(percent) for when, percent in case.get("growth", {}).items()},
        case.get("covered", {}),
    )
    active = budget.in_force(RULES, "energy", str(year))
    ground = Ground(known, active, last, RULES)
    projects = [_project(row) for row in case.get("projects", ())]
    done = budget.committed(
        projects,
        budget.metrics()["energy"],
        RULES,
        day=date(last, 12, 31),
        year=year,
        use_year=ground.use_year(year) or year,
    )
    place = Place("33", "energy", "statistics", "", "33~statistics~asof-2024")
    return budget.room(
        place, budget.limits(target or goal(), ground, year), ground, 2020, year, done
    )


def _project(row: Row) -> Row:
    blank: Row = dict.fromkeys(COLUMNS, "") | {"approved_tce": None, "energy_tce": None}
    dates = {k: str(row[k]) for k in ("approved", "started", "finished") if k in row}
    return blank | {"title_zh": "", "title_en": "", "mark": "", "source": ""} | row | dates


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_room_is_what_was_worked_by_hand(case: Row) -> None:
    found = room_of(case)
    for name, wanted in case["expect"].items():
        held = getattr(found, name)
        if name == "excluded":
            assert held == {kind: grams(tonnes) for kind, tonnes in wanted.items()}
        elif name == "use_year":
            assert held == wanted
        else:
            assert held == grams(wanted), name
    assert (found.room is None) == (found.reason is not None)


@pytest.mark.parametrize(
    ("kind", "before", "first"),
    [
        ("listed", "2021-08", "2021-09"),  # 发改环资〔2021〕1310号, 2021-09-11
        ("feedstock", "2022-09", "2022-10"),  # 发改环资〔2022〕803号, 2022-10-27
        ("added_renewable", "2022-10", "2022-11"),  # 发改运行〔2022〕1258号, text of 2022-11-16
        ("non_fossil", "2023-12", "2024-01"),  # 发改环资〔2024〕113号, 2024-01-27
        ("certificates", "2023-12", "2024-01"),
    ],
)
def test_each_exclusion_begins_on_its_own_date(kind: str, before: str, first: str) -> None:
    def held(when: str) -> set[str]:
        return {one.exclusion.id for one in budget.in_force(RULES, "energy", when)}

    assert kind not in held(before)
    assert kind in held(first)


def test_the_increment_of_renewables_ends_where_all_non_fossil_energy_leaves() -> None:
    kinds = [
        {a.exclusion.id for a in budget.in_force(RULES, "energy", w)}
        for w in ("2023-12", "2024-01")
    ]
    assert ["added_renewable" in held for held in kinds] == [True, False]


def test_co2_knows_only_listed_projects() -> None:
    assert [a.exclusion.id for a in budget.in_force(RULES, "co2", "2025")] == ["listed"]


def test_the_further_cut_exempts_the_total_and_cites_its_clause() -> None:
    # 1 000 000 × 1.1 × (1 − 0.4095)^(1/4) = 1 100 000 × 0.8766 = 964 246 by a cut of 40.95 %
    case = {"year": 2021, "last": 2021, "use": {2020: 1_000_000, 2021: 960_000}}
    found = room_of(case, goal(stretch=40.95))
    assert "flexible_total" in found.flags
    assert any(n.ref == "ndrc-2021-1310/flexible-total" for n in found.tree.walk())
    case["use"] = {2020: 1_000_000, 2021: 970_000}
    assert "flexible_total" not in room_of(case, goal(stretch=40.95)).flags


def test_who_has_not_reported_all_is_not_exempt() -> None:
    case: Row = {"year": 2021, "last": 2021, "use": {2020: 1_000_000, 2021: 900_000}}
    case["covered"] = {2021: Coverage(10, 10, 9)}
    flags = room_of(case, goal(stretch=40.95)).flags
    assert "flexible_total" not in flags
    assert "not_all_reported" in flags


def test_what_can_be_allocated_is_the_total_less_what_is_committed() -> None:
    case = next(c for c in CASES if c["name"].startswith("approved projects that do not"))
    found = room_of(case)
    assert found.allocatable == (990_000 - 25_000) * TONNE
    assert found.allocatable == (found.room or 0) + (found.use or 0)


def test_our_reading_is_said_and_cited() -> None:
    found = room_of(CASES[0])
    assert "our_reading" in found.flags
    assert "dafeng-choices/room-total" in {node.ref for node in found.tree.walk()}


def test_no_target_is_no_room() -> None:
    ground = Ground(Known({2020: amount(1), 2021: amount(1)}), [], 2021, RULES)
    assert budget.limits(None, ground, 2021).why == budget.reason("no_target")
    assert budget.limits(goal(), ground, 2025).holds is None  # after the target year


# --- shares of the total of the region above --------------------------------------------------

CITIES = [f"33{n:02d}" for n in range(1, 12)]


def total(whole: int | None) -> Limits:
    """Return a total of the region above."""
    held = None if whole is None else Amount(whole, Node("formula", "total", EMPTY, whole, "gce"))
    return Limits(held, held)


@given(
    whole=st.integers(0, 10**17),
    bases=st.lists(st.integers(0, 10**16), min_size=2, max_size=11).filter(any),
    grown=st.data(),
)
def test_shares_add_up_to_the_whole_to_the_gram(
    whole: int, bases: list[int], grown: st.DataObject
) -> None:
    weights: dict[str, Weight | None] = {}
    for code, base in zip(CITIES, bases, strict=False):
        own = grown.draw(st.one_of(st.none(), st.integers(1, 10**16)))
        weights[code] = Weight(Amount(base, Node("entry", code, EMPTY, base, "gce")), own)
    found = budget.shared(total(whole), {}, weights, RULES)
    for name in ("target", "corrected"):
        parts = [getattr(limits, name) for limits in found.values()]
        assert sum(part.grams for part in parts) == whole


def test_a_city_with_a_target_of_its_own_comes_first() -> None:
    # 1 000 − 400 of the city with a target leaves 600; shared 1 : 2 → 200 and 400
    weights: dict[str, Weight | None] = {"3302": Weight(amount(10)), "3303": Weight(amount(20))}
    found = budget.shared(total(1000), {"3301": total(400)}, weights, RULES)
    assert [limits.target.grams for limits in found.values() if limits.target] == [200, 400]


def test_a_city_that_has_not_reported_its_base_year_gets_no_share() -> None:
    weights: dict[str, Weight | None] = {"3301": Weight(amount(10)), "3302": None}
    found = budget.shared(total(1000), {}, weights, RULES)
    assert found["3302"].holds is None
    assert found["3302"].why == budget.reason("no_weight")


def test_own_targets_above_the_whole_leave_no_shares() -> None:
    weights: dict[str, Weight | None] = {"3302": Weight(amount(10))}
    assert budget.shared(total(1000), {"3301": total(1001)}, weights, RULES)["3302"].holds is None


@given(low=st.integers(-5, 20), more=st.integers(0, 10))
def test_more_growth_gives_a_larger_corrected_total(low: int, more: int) -> None:
    def corrected(percent: int) -> int:
        use = {2020: amount(1_000_000)}
        ground = Ground(Known(use, {}, {2021: rate(percent)}), [], 2021, RULES)
        held = budget.limits(goal(), ground, 2021).corrected
        assert held is not None
        return held.grams

    assert corrected(low + more) >= corrected(low)


# --- a small province -------------------------------------------------------------------------

PLAN = """
id: test-plan
title: {zh: 测试, en: test}
owner: "33"
issuer: {zh: 测试, en: test}
issued: 2021-01-01
period: 2021-2025
documents: [zj-57-2023]
complete: true
targets:
  - id: T-1
    title: {zh: 强度, en: intensity}
    indicator: energy_per_industrial_value_added
    kind: reduction
    direction: at_least
    value: 19
    unit: "%"
    base_year: 2023
    year: 2025
    sources: [{document: zj-57-2023, clause: main-objectives}]
    checked: synthetic
  - id: T-2
    title: {zh: 增速, en: growth}
    indicator: industrial_value_added_growth
    kind: annual_growth
    direction: at_least
    value: 10
    unit: "%"
    first_year: 2024
    year: 2025
    sources: [{document: zj-57-2023, clause: main-objectives}]
    checked: synthetic
"""


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        out = csv.DictWriter(file, columns)
        out.writeheader()
        out.writerows(rows)
    return path


def booked(reporter: str, when: str, tce: float, added: float, facility: str = "") -> list[Row]:
    """Return energy (in standard coal) and value added of a period."""
    row = {"reporter": reporter, "facility": facility, "period": when, "source": "t"}
    energy = {"item": "other_energy", "flow": "consumed", "quantity": tce, "unit": "tce"}
    value = {
        "item": "value_added",
        "flow": "produced",
        "product": "2020",
        "quantity": added,
        "unit": "yuan",
    }
    return [row | energy] if facility else [row | energy, row | value]


def province(folder: Path, entries: Iterable[Row], **tables: Sequence[Row]) -> Workspace:
    """Make a workspace of Zhejiang with two reporters in two cities and a plan."""
    ws = Workspace.create(folder / "ws", region="33", plan_id="test-plan")
    (ws.store.path / "plans").mkdir()
    (ws.store.path / "plans/test.yaml").write_text(PLAN, encoding="utf-8")
    firms = [
        {"reporter": name, "kind": "enterprise", "name_zh": name, "region": region, "sector": "30"}
        for name, region in (("A", "3301"), ("B", "3302"))
    ]
    methods = [
        {"reporter": name, "method": "comprehensive-energy-2020", "purpose": "energy"}
        for name in ("A", "B")
    ]
    held: dict[str, Sequence[Row]] = {"reporters": firms, "assignments": methods, **tables}
    for name, rows in (held | {"entries": list(entries)}).items():
        done = ws.import_file(write(folder / f"{name}.csv", rows), table=name)
        assert done.taken == len(rows), done.findings
    return ws


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A: 600 then 660 t, B: 400 then 400 t; value added 100 then 108, each half."""
    entries = [
        *booked("A", "2023", 600, 50),
        *booked("B", "2023", 400, 50),
        *booked("A", "2024", 660, 60),
        *booked("B", "2024", 400, 48),
    ]
    project = {
        "project": "P1",
        "reporter": "B",
        "region": "3302",
        "kind": "new",
        "title_zh": "P1",
        "status": "building",
        "approved": "2024-05-01",
        "started": "2024-06-01",
        "approved_tce": 30,
        "source": "t",
    }
    folder = tmp_path_factory.mktemp("small")
    return province(folder, entries, projects=[project])


def test_the_books_give_use_growth_and_room_of_province_and_cities(small: Workspace) -> None:
    # 2024: 1000 × 1.08 × 0.9 = 972; use 1060; committed 30; room −118
    # cities by 2023 use × own growth: A 600 × 60/50 = 720, B 400 × 48/50 = 384, together 1104
    #   A 972 × 720/1104 = 633.913…, B 972 × 384/1104 = 338.087
    found = rooms(small, AskedRoom(as_of="2024", below=True))
    lines = {(line.region, line.year): line for line in found.lines}
    whole = lines["33", 2024]
    assert (whole.target, whole.corrected) == (990 * TONNE, 972 * TONNE)
    assert (whole.use, whole.committed, whole.room) == (1060 * TONNE, 30 * TONNE, -118 * TONNE)
    assert lines["3301", 2024].corrected == round(972 * TONNE * 720 / 1104)
    assert lines["3302", 2024].committed == 30 * TONNE
    for year in (2024, 2025):
        for name in ("target", "corrected"):
            parts = [getattr(lines[city, year], name) for city in ("3301", "3302")]
            assert sum(parts) == getattr(lines["33", year], name)
    assert {"room_exceeded"} <= {finding.code for finding in found.findings}


def test_cities_without_reporters_have_no_room(small: Workspace) -> None:
    found = rooms(small, AskedRoom(as_of="2024", below=True))
    silent = [line for line in found.lines if line.region == "3303"]
    assert silent
    assert all(line.room is None and line.reason is not None for line in silent)


def test_the_year_to_come_takes_the_latest_use_and_planned_growth(small: Workspace) -> None:
    # 2025: 1000 × 1.08 × 1.1 × 0.81 = 962.28; use of 2024
    line = rooms(small, AskedRoom(as_of="2024", years=(2025,))).lines[0]
    assert (line.corrected, line.use_year) == (962_280_000, 2024)
    assert "latest_use" in line.flags


def test_a_figure_is_found_again_by_its_id(small: Workspace) -> None:
    lines = rooms(small, AskedRoom(as_of="2024", below=True)).lines
    for line in lines:
        if (line.region, line.year) in {("33", 2024), ("3301", 2025)}:
            assert small.explain(line.figure).figure == line.figure


@pytest.mark.parametrize(
    "figure",
    [
        "room:energy:33~books~asof-2024:2024",
        "room:energy:33~reporters~asof-2024:soon",
        "room:water:34~reporters~asof-2024:2024",
        "room:energy:99~reporters~asof-2024:2024",
        "room:energy:33~reporters~asof-2024~growth-much:2024",
    ],
)
def test_an_id_that_is_none_is_refused(small: Workspace, figure: str) -> None:
    with pytest.raises(Fault, match="bad_figure_id"):
        small.explain(figure)


def test_statistics_and_books_are_never_mixed(small: Workspace) -> None:
    found = rooms(small, AskedRoom(as_of="2024", origin="statistics", years=(2024,)))
    line = found.lines[0]
    assert (line.use, line.room) == (None, None)  # nothing is published, whatever the books hold
    assert line.reason is not None


def test_published_figures_give_a_room_of_their_own(tmp_path: Path) -> None:
    # 10^4 tce: base (1000 − 100) × 1.05 (actual 2024) × 0.9 = 850.5, planned × 1.1: 891
    # use 990 − 120 = 870; room −19.5; non-fossil energy is not published and stays in
    plan = PLAN.replace("energy_per_industrial_value_added", "energy_per_gdp")
    ws = Workspace.create(tmp_path / "ws", region="33", plan_id="test-plan")
    (ws.store.path / "plans").mkdir()
    text = plan.replace("industrial_value_added_growth", "gdp_growth")
    (ws.store.path / "plans/test.yaml").write_text(text, encoding="utf-8")
    held = (
        ("total_energy", "2023", "value", 1000, "10^4 tce"),
        ("total_energy", "2024", "value", 990, "10^4 tce"),
        ("feedstock_energy", "2023", "value", 100, "10^4 tce"),
        ("feedstock_energy", "2024", "value", 120, "10^4 tce"),
        ("gdp", "2024", "change", 5, "%"),
    )
    names = ("measure", "period", "kind", "value", "unit")
    more = {"region": "33", "source": "bulletin", "mark": "republished"}
    rows = [dict(zip(names, row, strict=True)) | more for row in held]
    ws.import_file(write(tmp_path / "statistics.csv", rows), table="statistics")
    asked = AskedRoom(origin="statistics", years=(2024,))
    line = rooms(ws, asked).lines[0]
    assert (line.target, line.corrected) == (8_910_000 * TONNE, 8_505_000 * TONNE)
    assert (line.use, line.room) == (8_700_000 * TONNE, -195_000 * TONNE)
    assert line.excluded == {"feedstock": 1_200_000 * TONNE, "non_fossil": None}
    assert line.basis == "as_published"
    assert "not_left_out" in line.flags
    before = rooms(ws, AskedRoom(origin="statistics", as_of="2023", years=(2024,))).lines[0]
    assert (before.corrected, before.use_year) == (None, 2023)  # what came later is not used


def test_projects_count_with_their_own_amount_of_co2() -> None:
    row = _project(
        {"project": "P", "kind": "new", "status": "building", "approved": "2024-01-01"}
        | {"started": "2024-02-01", "energy_tce": 10, "emission_tco2": 26.5}
    )
    done = budget.committed(
        [row],
        budget.metrics()["co2"],
        RULES,
        day=date(2024, 12, 31),
        year=2024,
        use_year=2024,
    )
    assert done.amount is not None
    assert (done.amount.grams, done.amount.node.unit) == (26_500_000, "gCO2e")


def test_a_listed_project_leaves_from_the_month_of_its_listing(tmp_path: Path) -> None:
    # P1 uses 10 t a month and is listed from 2024-04-01: nine months, 90 t
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    entries = [*booked("A", "2023", 1000, 100), *booked("B", "2023", 0, 1)]
    for when in months:
        entries += [*booked("A", when, 80, 9), *booked("B", when, 0, 1)]
        entries += booked("A", when, 10, 0, "P1F")
    project = {
        "project": "P1",
        "reporter": "A",
        "facility": "P1F",
        "region": "3301",
        "kind": "new",
        "title_zh": "P1",
        "status": "running",
        "approved": "2023-01-01",
        "started": "2023-02-01",
        "finished": "2023-12-31",
        "approved_tce": 120,
        "source": "t",
    }
    listed = {"list": "separately_listed", "subject": "P1", "first": "2024-04-01", "source": "t"}
    facility = {"reporter": "A", "facility": "P1F", "type": "kiln"}
    methods = [
        {
            "reporter": name,
            "facility": place,
            "method": "comprehensive-energy-2020",
            "purpose": "energy",
        }
        for name, place in (("A", ""), ("B", ""), ("A", "P1F"))
    ]
    ws = province(
        tmp_path,
        entries,
        projects=[project],
        lists=[listed],
        facilities=[facility],
        assignments=methods,
    )
    line = rooms(ws, AskedRoom(as_of="2024", years=(2024,))).lines[0]
    assert line.gross == 960 * TONNE
    assert line.excluded["listed"] == 90 * TONNE
    assert line.use == 870 * TONNE
    assert line.committed == 0


def test_a_silent_reporter_is_said_and_not_taken_for_saving(tmp_path: Path) -> None:
    entries = [
        *booked("A", "2023", 600, 50),
        *booked("B", "2023", 400, 50),
        *booked("A", "2024", 600, 50),
    ]
    found = rooms(province(tmp_path, entries), AskedRoom(as_of="2024", years=(2024,)))
    line = found.lines[0]
    assert line.covered == Coverage(expected=2, reported=1, complete=1)
    assert "not_all_reported" in line.flags
    codes = {finding.code for finding in found.findings}
    assert {"room_not_whole", "room_set_changed", "no_projects_held"} <= codes


def test_the_command_prints_json_in_whole_grams(
    small: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"region": None, "metric": "energy", "origin": "reporters", "below": False}
    code = run(
        "room",
        "en",
        as_json=True,
        workspace=small.store.path,
        as_of="2024",
        **asked,
        years=(2024,),
        growth=None,
        plan_id=None,
    )
    said = json.loads(capsys.readouterr().out)
    assert code == 1  # exceeded
    assert said["rooms"][0]["corrected"] == 972 * TONNE
    assert said["rooms"][0]["source"] == "reporters"


@pytest.mark.parametrize("growth", [float("nan"), float("inf"), -100])
def test_a_growth_that_is_none_is_refused(small: Workspace, growth: float) -> None:
    with pytest.raises(Fault, match="bad_growth"):
        rooms(small, AskedRoom(as_of="2024", growth=growth))


def test_no_region_is_a_fault(tmp_path: Path) -> None:
    ws = Workspace.create(tmp_path / "ws")
    with pytest.raises(Fault, match="room_without_region"):
        rooms(ws, AskedRoom())


def test_who_lies_in_no_city_is_said(tmp_path: Path) -> None:
    firm = {"kind": "enterprise", "sector": "30"}
    firms = [
        firm | {"reporter": "A", "name_zh": "A", "region": "3301"},
        firm | {"reporter": "B", "name_zh": "B", "region": "33"},
    ]
    entries = [*booked("A", "2023", 600, 50), *booked("B", "2023", 400, 50)]
    found = rooms(province(tmp_path, entries, reporters=firms), AskedRoom(as_of="2023", below=True))
    said = {finding.code: finding.values for finding in found.findings}
    assert said["room_outside_parts"] == {"reporters": 1}


def test_an_old_id_tells_what_a_late_report_changed(tmp_path: Path) -> None:
    entries = [*booked("A", "2023", 600, 50), *booked("B", "2023", 400, 50)]
    ws = province(tmp_path, [*entries, *booked("A", "2024", 600, 50)])
    old = rooms(ws, AskedRoom(as_of="2024", years=(2024,))).lines[0].figure
    ws.import_file(write(tmp_path / "late.csv", booked("B", "2024", 400, 50)), table="entries")
    told = ws.explain(old)
    assert told.kept
    assert ("energy/B/2024", None, 400 * TONNE) in told.changes
