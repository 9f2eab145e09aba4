"""Grades from the books: capacity lines and enterprises of a small fictional county, by hand."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import Job, card_of, jobs, place
from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import FromBooks, Workspace, grade_books

Row = dict[str, Any]
FICTION = {"source": "fictional", "mark": "synthetic"}
YEAR = 2025
MWH = 0.1229  # tce per MWh at its equivalent value, GB/T 2589-2020


def entry(who: str, item: str, flow: str, quantity: float, unit: str, **more: Any) -> Row:
    row = {"reporter": who, "item": item, "flow": flow, "quantity": quantity, "unit": unit}
    return FICTION | {"period": YEAR, "facility": "", "product": ""} | row | more


def line(name: str, **more: Any) -> Row:
    held = {"line": name, "reporter": "A", "facility": name, "region": "331003"}
    held |= {"product": "clinker", "field": "clinker", "quota": "quota-cement.clinker"}
    return FICTION | held | {"capacity": 1_000_000, "unit": "t"} | more


LINES = [
    line("at"),
    line("above", capacity=2_000_000),
    line("below", capacity=1_000_000),
    line("best", quota=""),
    line("shared-1", facility="both"),
    line("shared-2", facility="both"),
    line("lost", facility=""),
    line("months"),
    line("silent"),
]
# 122,900 t of clinker each; MWh so that the unit energy is 100, 117, 117.001 and 90 kgce/t
POWER = {"at": 100_000, "above": 117_000, "below": 117_001, "best": 90_000, "both": 90_000}


def line_entries() -> Iterable[Row]:
    for name, power in POWER.items():
        yield entry("A", "electricity", "purchased", power, "MWh", facility=name)
        yield entry("A", "clinker", "produced", 122_900, "t", facility=name)
    for month in range(1, 13):
        period = f"{YEAR}-{month:02d}"
        one = {"facility": "months", "period": period}
        yield entry("A", "electricity", "purchased", 1000, "MWh", **one)
        if month > 1:
            yield entry("A", "clinker", "produced", 1000, "t", **one)


def firm_entries() -> Iterable[Row]:
    """A, B, C, E and G buy power and add value; E lacks December, F reports nothing."""
    for who, power, added in (("A", 100_000, 4e8), ("B", 30_000, 1e8), ("C", 9_000, 5e7)):
        yield entry(who, "electricity", "purchased", power, "MWh")
        yield entry(who, "value_added", "produced", added, "yuan", product="2025")
    for month in range(1, 12):
        one = {"period": f"{YEAR}-{month:02d}"}
        yield entry("E", "electricity", "purchased", 1000, "MWh", **one)
        yield entry("E", "value_added", "produced", 1e6, "yuan", product="2025", **one)
    yield entry("G", "electricity", "purchased", 1000, "MWh")
    yield entry("G", "value_added", "produced", 0, "yuan", product="2025")
    # 100 mu; tax 2.4097, value added 400 × 10⁴ yuan per mu
    yield entry("A", "land_area", "held", 200_000 / 3, "m2")
    yield entry("A", "tax_paid", "produced", 2_409_700, "yuan")
    yield entry("B", "land_area", "held", 1000, "m2", period=f"{YEAR}-01")
    yield entry("B", "land_area", "held", 1000, "m2", period=f"{YEAR}-02")


def taken(ws: Workspace, folder: Path, table: str, rows: Iterable[Row]) -> None:
    held = list(rows)
    names = list(dict.fromkeys(name for row in held for name in row))
    path = folder / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(held)
    done = ws.import_file(path, table=table)
    assert done.taken == len(held), [f.to_dict("en") for f in done.findings]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("grades")
    ws = Workspace.create(folder / "county", region="33", synthetic=True)
    firms = [
        {"reporter": who, "kind": "enterprise", "name_zh": f"虚构{who}", "region": "331003"}
        | {"sector": sector, "mark": "synthetic"}
        for who, sector in zip("ABCEFG", ("30", "30", "17", "30", "30", "26"), strict=True)
    ]
    taken(ws, folder, "reporters", firms)
    taken(ws, folder, "lines", LINES)
    places = [("A", one) for one in (*POWER, "months", "silent")]
    facilities = [{"reporter": w, "facility": f, "type": "process"} for w, f in places]
    taken(ws, folder, "facilities", facilities)
    energy = {"method": "comprehensive-energy-2020", "purpose": "energy"}
    own = {"method": "other-industry-2015", "purpose": "inventory"}
    assigned = [{"reporter": w} | kind for w in "ABCEFG" for kind in (energy, own)]
    assigned += [{"reporter": w, "facility": f} | energy for w, f in places]
    taken(ws, folder, "assignments", assigned)
    on = {"list": "above_scale", "level": "", "first": "2020-01-01"}
    taken(ws, folder, "lists", [FICTION | on | {"subject": who} for who in "AB"])
    taken(ws, folder, "entries", [*line_entries(), *firm_entries()])
    return ws


@pytest.fixture(scope="module")
def levels(county: Workspace) -> FromBooks:
    return grade_books(county, "level", "2025")


def test_lines_at_and_beyond_their_limits(levels: FromBooks) -> None:
    # 100,000 MWh × 0.1229 tce = 12,290 tce over 122,900 t: 100 kgce/t, on the benchmark
    grades = {one.who: one.graded.grade for one in levels.ratings}
    assert grades["at"] == grades["best"] == "benchmark"
    assert grades["above"] == "baseline"
    assert grades["below"] == "beyond"
    value = next(one.graded.value for one in levels.ratings if one.who == "at")
    assert str(value) == "100.0"


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("shared-1", "line_shared"),
        ("shared-2", "line_shared"),
        ("lost", "line_no_facility"),
        ("months", "line_other_months"),
        ("silent", "line_no_energy"),
    ],
)
def test_a_line_whose_energy_is_not_its_own_is_not_rated(
    levels: FromBooks, who: str, reason: str
) -> None:
    one = next(one for one in levels.ratings if one.who == who)
    assert (one.graded.grade, one.graded.value) == ("", None)
    assert one.row["reason"] == {"value": reason}


def test_capacity_by_level_keeps_the_unknown_apart(levels: FromBooks) -> None:
    # 10 Mt in all: 2 at the benchmark, 2 at the baseline, 1 below, 5 not known
    (share,) = levels.shares
    assert (share.capacity, share.unit, share.lines) == (10_000_000, "t", 9)
    assert share.by_grade == {"benchmark": 0.2, "baseline": 0.2, "beyond": 0.1}
    assert share.unknown == 0.5


def test_below_the_baseline_is_late_from_the_day_after_it_was_due(county: Workspace) -> None:
    (due,) = grade_books(county, "level", "2025").late
    assert (due.rating.who, str(due.deadline.due), due.overdue) == ("below", "2025-12-31", 0)
    (late,) = grade_books(county, "level", "2026-01").late
    assert late.overdue == 31


def test_a_day_inside_a_year_grades_the_year_before(county: Workspace) -> None:
    found = grade_books(county, "level", "2026-06-15")
    assert (found.year, found.day) == (2025, date(2026, 6, 15))


def test_leaders_are_the_best_of_those_at_the_benchmark(county: Workspace) -> None:
    found = grade_books(county, "leaders", "2025")
    assert [(rank, one.who) for rank, one in found.leaders] == [(1, "best"), (2, "at")]
    assert not found.late
    assert {finding.code for finding in found.findings} == {"grade_our_choice"}


def test_a_quota_is_held_against_the_scale_that_the_line_names(county: Workspace) -> None:
    found = grade_books(county, "quota", "2025")
    grades = {one.who: one.graded.grade for one in found.ratings}
    assert (grades["at"], grades["above"], grades["below"]) == ("1", "3", "beyond")
    assert [(one.who, one.named, one.reasons) for one in found.unscaled] == [
        ("best", "", ("line_no_quota",))
    ]
    assert {one.edition.id for one in found.ratings} == {"quota-cement-2021"}


def emissions(county: Workspace, who: str) -> int:
    found = [
        one.grams
        for one in county.account(reporters=[who], year=str(YEAR)).lines
        if one.measure == "emission" and not one.facility and not one.memo
    ]
    assert len(found) == 1
    assert found[0] is not None
    return found[0]


def test_carbon_efficiency_is_over_the_mean_of_those_that_are_whole(county: Workspace) -> None:
    found = {one.who: one for one in grade_books(county, "carbon-efficiency", "2025").ratings}
    a, b = emissions(county, "A"), emissions(county, "B")
    mean = (a + b) / (4e8 + 1e8)  # E lacks December and F reports nothing: neither is in it
    assert float(found["A"].graded.value or 0) == pytest.approx(a / 4e8 / mean, abs=1e-6)
    assert float(found["B"].graded.value or 0) == pytest.approx(b / 1e8 / mean, abs=1e-6)
    assert found["C"].row["reason"]["value"] == "firm_alone", "nobody to be compared with"
    reasons = {who: found[who].row["reason"]["value"] for who in "EFG"}
    assert reasons["E"] == "firm_months_missing"
    assert reasons["F"] == "firm_not_booked"
    assert reasons["G"] == "firm_no_divisor"
    assert all(found[who].graded.grade == "" for who in "EFG")


def test_carbon_level_is_tonnes_per_ten_thousand_yuan(county: Workspace) -> None:
    found = {one.who: one for one in grade_books(county, "carbon-level", "2025").ratings}
    wanted = emissions(county, "B") / 1e6 / (1e8 / 1e4)
    assert float(found["B"].graded.value or 0) == pytest.approx(wanted, abs=1e-6)


def test_budget_tiers_follow_the_energy_of_the_year(county: Workspace) -> None:
    found = {one.who: one for one in grade_books(county, "budget-tier", "2025").ratings}
    assert float(found["A"].graded.value or 0) == pytest.approx(100_000 * MWH)
    grades = {who: found[who].graded.grade for who in "ABCEG"}
    assert grades == {"A": "tier-1", "B": "tier-2", "C": "tier-2", "E": "", "G": "beyond"}


def test_the_equivalent_value_never_stands_in_for_the_equal_one(county: Workspace) -> None:
    found = grade_books(county, "per-mu-above-scale", "2025", "33")
    assert [one.who for one in found.placings] == ["A", "B"]  # those on the list
    a, b = found.placings
    assert float(a.scored.values["tax_per_mu"][0]) == pytest.approx(2.4097, abs=1e-6)
    assert float(a.scored.values["value_added_per_mu"][0]) == pytest.approx(400, abs=1e-5)
    assert a.scored.values["value_added_per_tce"][0].is_nan()
    assert a.row["reason"]["value_added_per_tce"] == "firm_other_method"
    assert b.row["reason"]["value_added_per_mu"] == "firm_stock_twice"
    assert a.total is None
    assert "weight:tax_per_mu" in a.missing


def test_what_rests_on_fiction_says_so(county: Workspace, levels: FromBooks) -> None:
    found = [*levels.ratings, *grade_books(county, "carbon-efficiency", "2025").ratings]
    known = [one for one in found if one.graded.grade]
    assert len(known) == 4 + 2
    assert {one.tree.worst for one in known} == {"synthetic"}


def test_a_grade_is_explained_down_to_energy_output_and_clause(county: Workspace) -> None:
    one = next(r for r in grade_books(county, "level", "2025").ratings if r.who == "above")
    kinds = [(node.kind, node.value) for node in one.tree.walk()]
    assert ("account", 14_379_300_000) in kinds  # 117,000 MWh × 122,900 g
    assert ("entry", 122_900.0) in kinds
    told = county.explain(one.figure)
    assert (told.figure, told.changes) == (one.figure, ())
    with pytest.raises(Fault, match="unknown_figure"):
        county.explain("grade:level-2023:nobody:2025-12-31")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", jobs())
def test_every_job_is_read_in_both_languages(county: Workspace, name: str, lang: str) -> None:
    asked = ["grade", name, "-w", str(county.store.path), "--as-of", "2025", "--lang", lang]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code in (0, 1), said.output
    assert said.stdout.startswith(jobs()[name].name.of(lang))


def test_a_name_that_the_books_do_not_answer_asks_for_a_file(county: Workspace) -> None:
    asked = ["grade", "green-factory", "-w", str(county.store.path), "--lang", "en"]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 2
    assert "the books do not answer a grading by green-factory" in said.stderr


def test_empty_books_and_other_places_grade_nobody(tmp_path: Path, county: Workspace) -> None:
    ws = Workspace.create(tmp_path / "empty", region="33")
    with pytest.raises(Fault, match="no_figures"):
        grade_books(ws, "level")
    with pytest.raises(Fault, match="grade_no_lines"):
        grade_books(ws, "level", "2025")
    with pytest.raises(Fault, match="grade_no_firms"):
        grade_books(county, "budget-tier", "2025", "3302")


def test_a_job_may_rest_only_on_what_there_is() -> None:
    words = {"id": "x", "zh": "例", "en": "case", "rows": "firms"}
    with pytest.raises(ValidationError, match="neither amounts nor items"):
        Job.model_validate(words | {"value": {"over": "happiness"}})
    with pytest.raises(ValidationError, match="a value or criteria"):
        Job.model_validate(words)


def test_the_template_of_groups_rates_nobody_until_it_is_filled_in() -> None:
    card = card_of(load(), "group-performance", date(2026, 1, 1), "")
    values = dict.fromkeys((one.id for one in card.criteria), 10)
    (one,) = place(load(), card, [{"who": "group"} | values], date(2026, 1, 1))
    assert one.total is None
    assert {f"weight:{c.id}" for c in card.criteria} <= set(one.missing)


# ---- capacity tables of others


@pytest.mark.parametrize(
    ("profile", "file", "taken_in", "lost", "million_tonnes"),
    [
        ("steel-iron", "china_steel_plants/steel_plants.csv", 211, 78, 810.5),
        ("steel-crude", "china_steel_plants/steel_plants.csv", 272, 17, 955.2),
        ("cement", "china_cement_plants/cement_plants.csv", 586, 573, None),
    ],
)
def test_capacity_tables_go_in_and_what_lacks_is_named(
    tmp_path: Path,
    repo: Path,
    test_data: Path,
    profile: str,
    file: str,
    taken_in: int,
    lost: int,
    million_tonnes: float | None,
) -> None:
    copy = tmp_path / Path(file).name
    shutil.copy(test_data / "data" / file, copy)
    ws = Workspace.create(tmp_path / "plants", region="00")
    mapping = repo / "docs" / "howto" / "examples" / "plants" / f"{profile}.map.yaml"
    refused = ws.import_file(copy, mapping=mapping)
    assert (refused.taken, refused.rejected) == (0, lost)  # nothing of a faulty file
    assert "missing_value" in {finding.code for finding in refused.findings}
    done = ws.import_file(copy, mapping=mapping, accept_valid=True)
    assert (done.taken, done.rejected) == (taken_in, lost)
    estimates = [f.values["count"] for f in done.findings if f.code == "capacity_estimated"]
    assert estimates == ([387] if profile == "cement" else [])
    found = grade_books(ws, "level", "2025")
    assert {one.graded.grade for one in found.ratings} <= {""}
    assert len(found.ratings) + len(found.unscaled) == taken_in
    if million_tonnes:
        held = sum(row["capacity"] for row in ws.rows("lines")) / 1000  # kt
        assert held == pytest.approx(million_tonnes, abs=0.05)
    if profile == "steel-iron":
        (share,) = found.shares
        assert (share.by_grade, share.unknown) == ({}, 1.0)
        asked = ["grade", "level", "-w", str(ws.store.path), "--as-of", "2025", "--json"]
        said = json.loads(CliRunner().invoke(app, asked).stdout)
        assert said["shares"][0]["status"] == "not_reported"
