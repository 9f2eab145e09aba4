"""Plans side by side: one unit, yearly rates across base years, what cannot be compared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.indicators import Comparison, compare, yearly_rate
from dafeng.plan import Plan, plans

ENERGY = "energy_per_industrial_value_added"


def plan(name: str, **target: Any) -> Plan:
    """Return a plan with one target; what is not given is a fall of 10 % from 2020 to 2025."""
    text = {"zh": "甲", "en": "a"}
    usual: dict[str, Any] = {
        "id": "T1",
        "title": text,
        "indicator": ENERGY,
        "kind": "reduction",
        "direction": "at_least",
        "value": 10,
        "unit": "%",
        "base_year": 2020,
        "year": 2025,
        "sources": [{"document": "d"}],
        "checked": "V",
    }
    held: dict[str, Any] = {
        "id": name,
        "title": text,
        "owner": "33",
        "issuer": text,
        "period": "2021-2025",
    }
    return Plan.model_validate(
        held | {"documents": ["d"], "complete": True, "targets": [usual | target]}
    )


def codes(comparison: Comparison) -> dict[str, list[str]]:
    """Return why each plan's target is not comparable."""
    return {row.plan.id: [code for code, _ in row.reasons] for row in comparison.rows}


def test_the_yearly_rate_is_the_constant_one() -> None:
    # 1 − 0.81^(1/2) = 1 − 0.9 = 10 % a year
    assert yearly_rate(19, 2) == pytest.approx(10)
    # 65 % from 2005 to 2030: 0.35^(1/25) = exp(ln 0.35 / 25) = exp(−0.0419929) = 0.958877
    assert yearly_rate(65, 25) == pytest.approx(4.1123, abs=1e-4)
    assert yearly_rate(10, 0) is None
    assert yearly_rate(100, 5) is None


@given(st.floats(0.1, 90), st.integers(1, 50))
def test_the_yearly_rate_leads_back_to_the_reduction(reduction: float, years: int) -> None:
    rate = yearly_rate(reduction, years)
    assert rate is not None
    assert (1 - (1 - rate / 100) ** years) * 100 == pytest.approx(reduction)


def test_equal_spans_are_compared_and_the_most_demanding_stands_first() -> None:
    [found] = compare([plan("a"), plan("b", value=12)])
    assert [(row.plan.id, row.value, row.same) for row in found.rows] == [
        ("b", 12, True),
        ("a", 10, True),
    ]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"year": 2030}, "compare_year_rate"),
        ({"kind": "level", "base_year": None}, "compare_kind"),
        ({"unit": "tce"}, "compare_unit"),
        ({"exclusions": [{"zh": "国家项目", "en": "State projects"}]}, "compare_exclusions"),
        ({"kind": "qualitative"}, "compare_qualitative"),
        ({"kind": "assigned"}, "compare_assigned"),
    ],
)
def test_what_cannot_be_compared_says_why(target: dict[str, Any], code: str) -> None:
    [found] = compare([plan("a"), plan("b"), plan("other", **target)])
    said = codes(found)
    assert said["other"] == [code]
    assert said["a"] == said["b"] == []


def test_a_scope_is_a_remark_where_others_are_silent_and_a_bar_where_they_differ() -> None:
    steel, cement = ({"zh": zh, "en": en} for zh, en in (("钢铁", "steel"), ("水泥", "cement")))
    [silent] = compare([plan("a"), plan("b", scope=steel)])
    assert all(row.same for row in silent.rows)
    assert [code for row in silent.rows for code, _ in row.remarks] == ["compare_scope_silent"]
    [differing] = compare([plan("a", scope=cement), plan("b", scope=steel)])
    assert codes(differing) == {"a": ["compare_scope"], "b": ["compare_scope"]}
    implied = {"zh": "规模以上工业", "en": "above-scale industry"}  # the indicator says so itself
    [plain] = compare([plan("a"), plan("b", scope=implied)])
    assert not any(row.remarks for row in plain.rows)


def test_a_figure_that_is_left_alone_is_not_called_comparable() -> None:
    [found] = compare([plan("a"), plan("b", exclusions=[{"zh": "甲", "en": "a"}])])
    assert codes(found) == {"a": ["compare_alone"], "b": ["compare_exclusions"]}
    assert not any(row.same for row in found.rows)


def test_figures_are_converted_to_the_unit_of_the_indicator() -> None:
    level = {"indicator": "refining_capacity", "kind": "cap", "direction": "at_most"}
    wan = plan("wan", **level, value=98_000, unit="10^4 t", base_year=None)
    [found] = compare([plan("mt", **level, value=1000, unit="Mt", base_year=None), wan])
    assert found.unit == "Mt"
    # 98 000 × 10⁴ t = 9.8 × 10⁸ t = 980 Mt; of two caps the lower is the more demanding
    assert [(r.plan.id, r.value, r.same) for r in found.rows] == [
        ("wan", pytest.approx(980), True),
        ("mt", 1000, True),
    ]


def test_the_plans_that_come_with_dafeng_are_compared() -> None:
    [found] = [one for one in compare(plans().values()) if one.indicator == ENERGY]
    comparable = {row.plan.id: (row.value, row.stretch) for row in found.rows if row.same}
    assert comparable == {
        "jiangsu-industry": (17, None),
        "zhejiang-industry-2023": (16, 18),
        "chongqing-industry": (14.5, None),
        "national-industry-2022": (13.5, None),
    }
    assert codes(found)["fifteenth-fyp-2026"] == ["compare_base", "compare_bridge_none"]


def test_the_command_speaks_both_languages_and_json() -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["compare", *words], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.stdout

    two = ("zhejiang-industry-2023", "jiangsu-industry")
    assert "可比" in said(*two)
    english = said(*two, "fifteenth-fyp-2026", "--lang", "en")
    assert "rates only" in english
    assert "more indicators stand in one plan only" in english
    data = json.loads(said(*two, "--indicator", ENERGY, "--json"))
    assert [row["plan"] for row in data["comparisons"][0]["rows"]] == ["jiangsu-industry", two[0]]


def test_years_stand_in_one_line_on_a_narrow_terminal() -> None:
    named = ["compare", "zhejiang-industry-2023", "jiangsu-industry", "--indicator", ENERGY]
    done = CliRunner().invoke(app, named, env={"COLUMNS": "80"})
    assert done.stdout.count("2020→2025") == len(named[1:3])


def test_an_unknown_plan_is_named() -> None:
    done = CliRunner().invoke(app, ["compare", "nowhere", "--lang", "en"])
    assert done.exit_code == 2
    assert "unknown_plan" in done.stderr
