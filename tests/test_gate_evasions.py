"""Ways round the gate: one line under two names, a case that is not for the site, undated lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafeng.gate import Candidate, Case, Project, Space, fitting, review
from dafeng.plan import plans
from dafeng.rulebook import load
from dafeng.workspace import AskedGate, Workspace, gate
from dafeng.workspace import supervise as sweep

HERE = Path(__file__).resolve().parent
BASE = yaml.safe_load((HERE / "cases/gate/base.yaml").read_text(encoding="utf-8"))
RULES, DAY = load(), date(2024, 8, 1)
Row = dict[str, Any]
LINE: Row = {"reporter": "F", "facility": "", "product": "clinker", "unit": "10^4 t"}
LINE |= {"region": "3305", "route": "", "first": "", "last": "", "replaced_by": ""}
LINE |= {"mark": "synthetic", "source": "list"}


def said(
    check: str,
    change: Row,
    lines: Iterable[Row] = (),
    claims: Mapping[str, str] | None = None,
    day: date = DAY,
) -> tuple[str, set[str]]:
    """Return what a check says of the base project with a change: outcome and reasons."""
    case = Case(
        Project.model_validate(BASE | change),
        RULES,
        day,
        lines={row["line"]: LINE | row for row in lines},
        claims={name: frozenset([user]) for name, user in (claims or {}).items()},
        plans=tuple(plans().values()),
    )
    found = next(one for one in review(case).checks if one.check.id == check)
    return found.outcome, {remark.reason for remark in found.remarks}


def gives(*names: str) -> Row:
    return {"retires": [{"line": name, "eligible": True} for name in names]}


# --- One line under two names ------------------------------------------------------------------

TWINS = [
    {"line": "OLD-1", "facility": "line-1", "capacity": 310},
    {"line": "KILN-9", "facility": "line-1", "capacity": 310},
]


def test_two_lines_of_one_facility_may_be_one_line() -> None:
    assert said("replacement", gives("OLD-1"), TWINS)[0] == "pass"
    outcome, why = said("replacement", gives("OLD-1"), TWINS, {"KILN-9": "OTHER"})
    assert (outcome, "line_alike" in why) == ("unknown", True)
    # also in one and the same project
    assert "line_alike" in said("replacement", gives("OLD-1", "KILN-9"), TWINS)[1]
    # two facilities of an enterprise are two lines
    apart = [TWINS[0], TWINS[1] | {"facility": "line-2"}]
    assert said("replacement", gives("OLD-1"), apart, {"KILN-9": "OTHER"})[0] == "pass"


def test_a_name_that_is_spelt_almost_alike_may_be_the_same_line() -> None:
    outcome, why = said("replacement", {}, (), {"old_1": "OTHER"})
    assert (outcome, "line_alike" in why) == ("unknown", True)
    assert said("replacement", {}, (), {"OLD-11": "OTHER"})[0] == "pass"


# --- A line that is still there ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "change", "outcome", "reason"),
    [
        ("", {}, "pass", "line_to_exit"),
        ("2025-06-30", {}, "pass", "line_to_exit"),  # on the day on which the project operates
        ("2025-07-01", {}, "unknown", "line_exits_late"),
        ("", {"status": "running", "started": "2023-01-10"}, "unknown", "line_exit_not_stated"),
        (
            "2024-08-02",
            {"status": "running", "started": "2023-01-10"},
            "fail",
            "line_still_there",
        ),
        ("2024-08-01", {"status": "running", "started": "2023-01-10"}, "pass", "replacement_met"),
    ],
)
def test_a_line_has_to_exit(last: str, change: Row, outcome: str, reason: str) -> None:
    line = {"line": "OLD-1", "capacity": 310, "last": last}
    found, why = said("replacement", gives("OLD-1") | change, [line])
    assert (found, reason in why) == (outcome, True)


def test_a_line_that_the_books_do_not_hold_is_said() -> None:
    other = {"line": "OTHER-LINE", "capacity": 1}
    assert "line_not_in_books" in said("replacement", {}, [other])[1]


def test_a_line_said_to_be_in_another_province_counts_where_the_books_have_it() -> None:
    retires = [{"line": "OLD-1", "region": "34", "eligible": True}]
    outcome, why = said("replacement", {"retires": retires}, [{"line": "OLD-1", "capacity": 310}])
    assert (outcome, "line_region_differs" in why) == ("unknown", True)


# --- Units -------------------------------------------------------------------------------------


def test_tonnes_and_ten_thousand_tonnes_are_the_same_amount() -> None:
    tonnes = [{"item": "clinker", "capacity": 1_550_000, "unit": "t", "design": 99}]
    assert said("replacement", {"products": tonnes})[0] == "pass"
    more = [{"item": "clinker", "capacity": 1_550_001, "unit": "t", "design": 99}]
    assert said("replacement", {"products": more})[0] == "fail"
    # 155 "t" by a slip of the unit is met, and the opinion shows the capacity that was compared
    lines = [{"line": "OLD-1", "capacity": 3_100_000, "unit": "t"}]
    assert said("replacement", gives("OLD-1"), lines)[0] == "pass"


# --- Cases of the rule -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "region", "outcome", "reason"),
    [
        ("other", "3305", "fail", "situation_elsewhere"),  # Zhejiang is a key region in 2023
        ("merger-other", "3305", "fail", "situation_elsewhere"),
        ("merger-key", "3305", "pass", "replacement_met"),  # 80 × 1.25 = 100
        ("merger-key", "51", "fail", "situation_elsewhere"),
        ("qinghai-tibet", "3305", "fail", "situation_elsewhere"),
        ("qinghai-tibet", "63", "pass", "replacement_met"),
        ("merger-key", "37", "unknown", "situation_open"),  # part of Shandong is one
    ],
)
def test_a_case_of_the_rule_is_for_some_sites_only(
    situation: str, region: str, outcome: str, reason: str
) -> None:
    change = {
        "region": region,
        "products": [{"item": "crude_steel", "capacity": 80, "unit": "10^4 t"}],
        "capacity_plan": {"situation": situation, "compliant_park": True},
        "retires": [
            {"line": "EAF", "item": "crude_steel", "capacity": 100, "unit": "10^4 t"}
            | {"region": region, "eligible": True}
        ],
    }
    found, why = said("replacement", change, day=date(2023, 6, 1))
    assert (found, reason in why) == (outcome, True)


def test_a_stated_region_class_does_not_lift_what_holds_anywhere() -> None:
    retires = [
        {"line": "OLD-1", "item": "clinker", "capacity": 309, "unit": "10^4 t", "region": "52"}
        | {"eligible": True}
    ]
    change = {
        "region": "51",
        "products": [{"item": "clinker", "capacity": 206, "unit": "10^4 t", "design": 99}],
        "capacity_plan": {"situation": "other"},
        "retires": retires,
    }
    # a move between provinces is 2:1 anywhere (80号): 206 × 2 = 412 > 309 = 206 × 1.5
    assert said("replacement", change)[0] == "fail"
    # gypsum is 1:1, a move between provinces 2:1: which one holds is not seen
    gypsum = change | {"region": "42", "capacity_plan": {"situation": "gypsum"}}
    assert said("replacement", gypsum)[0] == "unknown"
    elsewhere = change | {"capacity_plan": {"situation": "gypsum"}}
    assert "situation_open" in said("replacement", elsewhere)[1]  # Sichuan: three are not named


def test_a_plan_that_is_published_later_does_not_choose_the_rule() -> None:
    plan = {"capacity_plan": {"published": "2024-12-01"}}
    outcome, why = said("replacement", plan)
    assert outcome == "unknown"
    assert {"plan_published_later", "replacement_met"} <= why


# --- Products ----------------------------------------------------------------------------------


def test_clinker_inside_a_cement_works_is_asked_for() -> None:
    cement = {"item": "cement", "capacity": 100, "unit": "10^4 t", "route": "integrated"}
    outcome, why = said("replacement", {"products": [cement], "retires": []})
    assert (outcome, why) == ("unknown", {"inside_not_stated"})
    grinding = cement | {"route": "independent_grinding"}
    outcome, why = said("replacement", {"products": [grinding], "retires": []})
    assert (outcome, why) == ("not_applicable", {"replacement_not_asked"})


def test_a_special_clinker_is_not_let_through() -> None:
    white = [{"item": "clinker_white", "capacity": 10, "unit": "10^4 t"}]
    assert said("replacement", {"products": white, "retires": []}) == (
        "unknown",
        {"product_unclear"},
    )


@pytest.mark.parametrize("check", ["replacement", "net_capacity", "baseline"])
def test_a_project_without_a_product_is_not_known(check: str) -> None:
    assert said(check, {"products": [], "retires": []}) == ("unknown", {"products_not_stated"})


def test_a_level_of_another_product_is_not_taken() -> None:
    kiln = BASE["products"][0] | {"field": "coke-top-charged"}
    outcome, why = said("baseline", {"products": [kiln]})
    assert (outcome, why) == ("unknown", {"field_of_another"})


# --- Limits on capacity ------------------------------------------------------------------------

CHONGQING = {"region": "50"} | gives("OLD-1")
OLD = [
    {"line": "OLD-1", "region": "50", "capacity": 100, "first": "2010-01-01"},
    {"line": "C-1", "region": "50", "capacity": 55, "first": "2010-01-01"},
]


def test_where_the_first_day_of_a_line_decides_it_is_not_known() -> None:
    # CQ-6: 2020 100 + 55 = 155; today without OLD-1, with the project 55 + 155 = 210
    assert said("net_capacity", CHONGQING, OLD)[0] == "fail"
    # a line of 60 that is undated: 2020 155 or 215; with the project 55 + 60 + 155 = 270 > 215
    undated = {"line": "C-2", "region": "50", "capacity": 60}
    assert said("net_capacity", CHONGQING, [*OLD, undated])[0] == "fail"
    # it closed: 210 against 155 or 215, so that its first day decides
    outcome, why = said("net_capacity", CHONGQING, [*OLD, undated | {"last": "2022-06-30"}])
    assert (outcome, "net_region_open" in why) == ("unknown", True)
    dated = undated | {"first": "2019-01-01", "last": "2022-06-30"}
    assert said("net_capacity", CHONGQING, [*OLD, dated])[0] == "pass"


def test_an_estimated_capacity_of_the_books_is_not_taken() -> None:
    line = {"line": "OLD-1", "capacity": 310, "estimated": True}
    outcome, why = said("replacement", gives("OLD-1"), [line])
    assert (outcome, "line_estimated" in why) == ("unknown", True)
    region = [OLD[0], OLD[1] | {"estimated": True}]
    outcome, why = said("net_capacity", CHONGQING, region)
    assert (outcome, "net_region_estimated" in why) == ("unknown", True)


def test_a_capacity_that_is_no_mass_is_not_known() -> None:
    power = [{"item": "clinker", "capacity": 155, "unit": "MW", "design": 99}]
    assert said("replacement", {"products": power}) == ("unknown", {"capacity_not_stated"})
    line = [{"line": "OLD-1", "capacity": 310, "unit": "MW"}]
    assert "line_no_capacity" in said("replacement", gives("OLD-1"), line)[1]


def test_a_line_leaves_with_no_more_than_it_gives() -> None:
    small = {"products": [{"item": "clinker", "capacity": 100, "unit": "10^4 t", "design": 99}]}
    assert said("net_capacity", {"region": "50"} | small | gives("OLD-1"), OLD)[0] == "pass"
    half = {"retires": [{"line": "OLD-1", "gives": 50, "unit": "10^4 t", "eligible": True}]}
    # 2020 155; today 155 − 50 + 100 = 205
    assert said("net_capacity", {"region": "50"} | small | half, OLD)[0] == "fail"


def test_what_runs_may_be_a_line_of_the_books_already() -> None:
    runs = {"status": "running", "started": "2024-01-02", "retires": []}
    own = {"line": "NEW", "region": "50", "capacity": 155, "first": "2024-06-01"}
    gone = {"line": "OLD-1", "region": "50", "capacity": 155, "first": "2010-01-01"}
    lines = [gone | {"last": "2024-05-31"}, own]
    outcome, why = said("net_capacity", {"region": "50"} | runs, lines)
    assert (outcome, "net_region_open" in why) == ("unknown", True)


def test_usable_capacity_elsewhere_does_not_stand_in_for_an_unproven_line_here() -> None:
    retires = [
        {"line": "A", "item": "clinker", "capacity": 310, "unit": "10^4 t", "region": "51"}
        | {"eligible": True},
        {"line": "B", "item": "clinker", "capacity": 310, "unit": "10^4 t", "region": "50"},
    ]
    outcome, _ = said("net_capacity", {"region": "50", "retires": retires})
    assert outcome == "unknown"


@pytest.mark.parametrize(
    ("route", "reason"),
    [("independent_grinding", "route_above"), ("grinding", "route_unknown")],
)
def test_a_route_in_other_words_is_not_taken_for_another_one(route: str, reason: str) -> None:
    cement = {"item": "cement", "capacity": 1, "unit": "10^4 t", "route": route, "field": "none"}
    outcome, why = said("net_capacity", {"region": "50", "products": [cement], "retires": []})
    assert outcome != "pass"
    assert reason in why


def test_where_lines_of_a_route_are_undated_it_is_not_known(monkeypatch: Any) -> None:
    held = plans()["chongqing-industry"]
    allowed = [
        one.model_copy(update={"value": 1.0}) if one.id == "CQ-7" else one for one in held.targets
    ]
    some = {held.id: held.model_copy(update={"targets": tuple(allowed)})}
    monkeypatch.setattr(sys.modules[__name__], "plans", lambda: some)
    cement = {"item": "cement", "unit": "10^4 t", "route": "independent_grinding", "field": "none"}
    line = {"line": "G", "product": "cement", "region": "50", "capacity": 60}
    line |= {"route": "independent_grinding"}
    # 100 × 10^4 t are allowed; with the line 60 + 50 = 110, if it was built since the plan began
    for capacity, outcome, reason in (
        (40, "pass", "route_within"),
        (50, "unknown", "route_open"),
        (101, "fail", "route_above"),
    ):
        change = {"region": "50", "products": [cement | {"capacity": capacity}], "retires": []}
        found, why = said("net_capacity", change, [line])
        assert (found, reason in why) == (outcome, True)


# --- Tables ------------------------------------------------------------------------------------

PROJECTS = (
    "project,reporter,region,kind,title_zh,status,started,product,capacity,unit,field,design,"
    "energy_tce,emission_tco2,approved,approved_tce,source,mark\n"
    "A,F-1,3302,new,甲,building,2024-05-01,coke,10,10^4 t,coke-top-charged,105,9000,80000,,,"
    "list,synthetic\n"
    "B,F-1,3302,new,乙,building,2024-05-01,coke,10,10^4 t,coke-top-charged,105,9000,80000,,,"
    "list,synthetic\n"
    "C,F-1,3302,new,丙,building,2024-05-01,coke,10,10^4 t,,,9000,80000,2024-04-30,9000,"
    "list,synthetic\n"
)
REVIEWS = "project,opinion,checked,source,mark\nB,none,2024-06-01,inspection,synthetic\n"


def test_gate_and_supervision_read_an_empty_opinion_alike(tmp_path: Path) -> None:
    ws = Workspace.create(tmp_path / "ws", region="33", synthetic=True)
    reporters = "reporter,kind,name_zh,region,mark\nF-1,enterprise,虚构,3302,synthetic\n"
    for table, text in (
        ("reporters", reporters),
        ("projects", PROJECTS),
        ("energy_reviews", REVIEWS),
    ):
        file = tmp_path / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        ws.import_file(file, table=table)
    day = date(2024, 8, 1)
    swept = sweep(ws, day).supervision
    # A: nothing is stated; B: an inspection found that there is none; C: the day is stated
    assert {hit.hit.subject for hit in swept.found} == {"B"}
    assert swept.unknown["no_opinion", "opinion_not_stated"] == ["A"]
    wanted = {"A": "review_not_stated", "B": "review_none_begun", "C": "review_granted"}
    for name, reason in wanted.items():
        opinion = gate(ws, name, AskedGate(day))
        checks = {one.check.id: one for one in opinion.checks}
        assert reason in {remark.reason for remark in checks["energy_review"].remarks}
        # the table says which level a line is held against, and for C that nothing is stated of it
        assert (checks["baseline"].outcome == "pass") == (name != "C")


# --- The set that fits -------------------------------------------------------------------------


def test_a_project_takes_nothing_of_a_year_before_it_operates() -> None:
    amounts = {"energy": 10, "co2": 10}
    one = Candidate("NOW", "3301", amounts, 1.0, 2026)
    later = Candidate("LATER", "3301", amounts, 1.0, 2028)
    spaces = [Space("energy", "33", 2026, 10), Space("energy", "33", 2030, 20)]
    assert fitting([one, later], spaces) == ("NOW", "LATER")
    assert len(fitting([one, Candidate("SOON", "3301", amounts, 1.0, 2026)], spaces)) == 1
