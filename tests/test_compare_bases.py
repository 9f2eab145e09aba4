"""Base years made comparable with published changes, and why where that cannot be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_compare import plan
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.indicators import Compared, compare, indicators
from dafeng.indicators.rebase import Rebased, published, rebased
from dafeng.plan import Plan, Target

CO2 = "co2_per_gdp"


def fall(name: str, value: float, base: int, year: int, **more: Any) -> Plan:
    """Return a plan of Zhejiang with a fall of its CO2 per unit of GDP."""
    held = {"indicator": CO2, "value": value, "base_year": base, "year": year}
    return plan(name, **(held | more))


def row(period: str, value: float, kind: str = "change", **more: Any) -> dict[str, Any]:
    """Return a row of the statistics table: a change in percent, published for Zhejiang."""
    usual = {
        "region": "33", "measure": CO2, "period": period, "kind": kind, "value": value, "unit": "%",
        "definition": "", "price_basis": "constant", "vintage": "2026-01-01", "source": "公报",
        "mark": "republished", "entry": f"{period}/{kind}",
    }  # fmt: skip
    return usual | more


def by_plan(plans: list[Plan], rows: list[dict[str, Any]], **more: Any) -> dict[str, Compared]:
    """Return what is compared by the plan's id; one indicator, one target in each plan."""
    [found] = compare(plans, rows, **more)
    return {one.plan.id: one for one in found.rows}


def why(plans: list[Plan], rows: list[dict[str, Any]], name: str) -> tuple[str, dict[str, Any]]:
    """Return why a plan's fall is not brought to the base year of the others."""
    reasons = {code: dict(values) for code, values in by_plan(plans, rows)[name].reasons}
    [code] = [code for code in reasons if code.startswith("compare_bridge_")]
    return code, reasons[code]


def test_a_fall_from_2005_is_one_from_2020_by_the_published_change_between() -> None:
    # published: −48.4 % from 2005 to 2020, so 2020 stands at 0.516 of 2005.
    # 65 % below 2005 is 0.35 of 2005 = 0.35 ÷ 0.516 = 0.678295 of 2020: a fall of 32.1705 %.
    rows = [row("2006-2020", -48.4, "change_sum")]
    held = by_plan([fall("old", 65, 2005, 2030), fall("new", 30, 2020, 2030)], rows)
    found = held["old"].rebased
    assert found is not None
    assert found.base == 2020
    assert found.value == pytest.approx(32.1705, abs=1e-4)
    assert found.change == pytest.approx(-48.4)
    assert [(one.bridged, one.same, one.reasons) for one in held.values()] == [
        (True, False, ()),
        (True, False, ()),
    ]
    assert list(held) == ["old", "new"]  # the more demanding stands first
    assert [node.ref for node in found.figures] == [
        "statistic/33/co2_per_gdp/2006-2020/change_sum/2026-01-01"
    ]


def test_yearly_changes_are_chained_backwards_too() -> None:
    # 2021: −4 %, 2022: −5 %: 2022 stands at 0.96 × 0.95 = 0.912 of 2020.
    # Two plans count from 2020, so 2020 is the common base:
    # 10 % below 2022 is 0.9 × 0.912 = 0.8208 of 2020: a fall of 17.92 %.
    rows = [row("2021", -4), row("2022", -5)]
    plans = [fall("a", 20, 2020, 2030), fall("b", 19, 2020, 2030), fall("c", 10, 2022, 2030)]
    held = by_plan(plans, rows)
    assert (held["a"].same, held["b"].same, held["c"].bridged) == (True, True, True)
    assert held["c"].rebased is not None
    assert held["c"].rebased.value == pytest.approx(17.92)
    assert held["c"].rebased.node.detail is not None
    assert "(1 − 0.04) × (1 − 0.05)" in held["c"].rebased.node.detail.en


def test_what_is_striven_for_and_the_upper_end_are_converted_alike() -> None:
    # 0.8 of 2020 in 2025: 1 − 0.84 ÷ 0.8 < 0: more than that fall is already done.
    rows = [row("2021-2025", -20, "change_sum")]
    plans = [
        fall("a", 16, 2020, 2030, stretch=28, high=20),
        fall("b", 10, 2025, 2030),
        fall("c", 11, 2025, 2030),
    ]
    found = by_plan(plans, rows)["a"].rebased
    assert found is not None
    assert found.value == pytest.approx(-5)  # 1 − 0.84 / 0.8
    assert found.high == pytest.approx(0, abs=1e-9)  # 1 − 0.80 / 0.8
    assert found.stretch == pytest.approx(10)  # 1 − 0.72 / 0.8


def test_rates_over_spans_and_years_follow_each_other_on_one_definition() -> None:
    # 0.88 (2021–2024) × 0.95 (2025) = 0.836; 10 % below 2025 is 0.9 × 0.836 = 0.7524 of 2020.
    rows = [row("2021-2024", -12, "change_sum"), row("2025", -5), row("2021", -3, definition="x")]
    plans = [fall("a", 20, 2020, 2030), fall("b", 19, 2020, 2030), fall("c", 10, 2025, 2030)]
    found = by_plan(plans, rows)["c"].rebased
    assert found is not None
    assert found.value == pytest.approx(24.76)


PAIR = [fall("a", 20, 2020, 2030), fall("b", 19, 2020, 2030)]
LATE = fall("late", 10, 2022, 2030)


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([], "compare_bridge_no_series", {}),
        ([row("2021", -4, region="32"), row("2022", -5, region="32")],
         "compare_bridge_no_series", {}),
        ([row("2021", -4)], "compare_bridge_partial", {"years": "2021", "missing": "2022"}),
        ([row("2022", -5)], "compare_bridge_partial", {"years": "2022", "missing": "2021"}),
        ([row("2021", -4), row("2022Q1", -5)], "compare_bridge_parts",
         {"years": "2021", "missing": "2022", "parts": "2022Q1"}),
        ([row("2021", -4, definition="all_energy"), row("2022", -5, definition="gross")],
         "compare_bridge_basis", {}),
        ([row("2021-2022", -9, "change_sum", comparator="more_than")], "compare_bridge_bound", {}),
        ([row("2021-2022", -9, "change_sum", unit="pp")], "compare_bridge_no_series", {}),
        ([row("2021-2023", -9, "change_sum")], "compare_bridge_partial",
         {"years": "–", "missing": "2021–2022"}),
    ],
)  # fmt: skip
def test_what_statistics_do_not_say_is_not_estimated(
    rows: list[dict[str, Any]], code: str, said: dict[str, Any]
) -> None:
    found, values = why([*PAIR, LATE], rows, "late")
    assert found == code
    assert {name: values[name] for name in said} == said


def test_no_conversion_without_statistics_or_on_another_basis() -> None:
    rows = [row("2021", -4), row("2022", -5)]
    text = {"zh": "国家项目", "en": "State projects"}
    left_out = fall("late", 10, 2022, 2030, exclusions=[text])
    limited = fall("late", 10, 2022, 2030, scope=text)
    short = fall("late", 10, 2012, 2020)
    done = [fall("a", 20, 2020, 2022), fall("b", 19, 2020, 2022)]  # not to be had from 2022
    assert why([*done, left_out], rows, "late")[0] == "compare_bridge_exclusions"
    assert why([*done, limited], rows, "late")[0] == "compare_bridge_scope"
    assert why([*PAIR, short], rows, "late")[0] == "compare_bridge_year"
    [found] = compare([*PAIR, LATE])
    late = next(one for one in found.rows if one.plan.id == "late")
    assert [code for code, _ in late.reasons] == ["compare_base", "compare_bridge_none"]


def test_each_plan_is_converted_with_the_figures_of_its_own_region() -> None:
    other = LATE.model_copy(update={"owner": "32"})
    theirs = [row("2021", -1, region="32"), row("2022", -2, region="32")]
    found = by_plan([*PAIR, other], theirs)["late"].rebased
    assert found is not None
    assert found.value == pytest.approx((1 - 0.9 * 0.99 * 0.98) * 100)
    # With figures of Zhejiang only, its plans are brought to the base year of the other one:
    # 1 − 0.8 ÷ (0.96 × 0.95) = 12.28 %.
    held = by_plan([*PAIR, other], [row("2021", -4), row("2022", -5)])
    assert held["late"].rebased is None
    assert held["a"].rebased is not None
    assert held["a"].rebased.value == pytest.approx(12.2807, abs=1e-4)
    assert all(one.bridged for one in (held["a"], held["late"]))


def test_the_newest_vintage_counts_and_later_years_are_cut() -> None:
    rows = [row("2021", -4), row("2022", -5), row("2022", -6, vintage="2026-06-01")]
    held = by_plan([*PAIR, LATE], rows)["late"].rebased
    assert held is not None
    assert held.value == pytest.approx((1 - 0.9 * 0.96 * 0.94) * 100)
    assert held.figures[-1].ref.endswith("2022/change/2026-06-01")
    cut = by_plan([*PAIR, LATE], rows, as_of="2021")["late"]
    assert cut.rebased is None


def test_the_worst_mark_and_every_flag_travel() -> None:
    rows = [row("2021", -4, mark="secondary"), row("2022", -5, preliminary="yes")]
    found = by_plan([*PAIR, LATE], rows)["late"].rebased
    assert found is not None
    assert (found.node.worst, found.node.all_flags) == ("secondary", ("preliminary",))


@given(st.floats(0.1, 99), st.lists(st.floats(-30, 30), min_size=1, max_size=9), st.integers(0, 50))
def test_there_and_back_again_is_the_same_fall(
    value: float, changes: list[float], later: int
) -> None:
    rows = [row(str(2011 + n), change) for n, change in enumerate(changes)]
    last = 2010 + len(changes)
    one = fall("one", value, 2010, last + 1 + later)
    [target] = one.targets
    series = published(one, indicators()[CO2], rows)
    there = rebased(one, target, indicators()[CO2], last, series)
    assert isinstance(there, Rebased)
    back = _with(target, there.value, last)
    again = rebased(one, back, indicators()[CO2], 2010, series)
    assert isinstance(again, Rebased)
    assert again.value == pytest.approx(value, abs=1e-6)


def _with(target: Target, value: float, base: int) -> Target:
    return target.model_copy(update={"value": value, "base_year": base})


def test_targets_whose_indicator_is_to_be_chosen_are_never_comparable() -> None:
    pair = [plan(name, indicator="to_be_chosen") for name in ("a", "b")]
    [found] = compare(pair)
    assert [(one.same, one.value, [code for code, _ in one.reasons]) for one in found.rows] == [
        (False, None, ["compare_to_choose"])
    ] * 2


def test_the_command_names_every_figure_that_it_converted_with(tmp_path: Path) -> None:
    books = tmp_path / "books"
    statistics = tmp_path / "statistics.csv"
    columns = ["region", "measure", "period", "kind", "value", "unit", "source", "mark"]
    lines = [",".join(str(row(year, value)[c]) for c in columns) for year, value in
             (("2021", -4), ("2022", -5))]  # fmt: skip
    statistics.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.stdout

    said("init", str(books))
    said("import", str(statistics), "--table", "statistics", "-w", str(books))
    for one in (*PAIR, LATE):
        text = yaml.safe_dump(one.model_dump(mode="json", exclude_defaults=True))
        (tmp_path / f"{one.id}.yaml").write_text(text, encoding="utf-8")
    files = [str(tmp_path / f"{one.id}.yaml") for one in (*PAIR, LATE)]
    data = json.loads(said("compare", *files, "-w", str(books), "--json"))
    [late] = [r for r in data["comparisons"][0]["rows"] if r["plan"] == "late"]
    assert late["comparable_once_converted"]
    assert not late["comparable"]
    assert late["converted"]["value"] == pytest.approx(17.92)
    assert [
        (f["id"], f["value"], f["mark"], f["source"]) for f in late["converted"]["figures"]
    ] == [
        ("statistic/33/co2_per_gdp/2021/change/", -4, "republished", "公报"),
        ("statistic/33/co2_per_gdp/2022/change/", -5, "republished", "公报"),
    ]
    assert "换算为 2020 年基：2020→2030 ≥ 17.92 %" in said("compare", *files, "-w", str(books))
    assert "once converted" in said("compare", *files, "-w", str(books), "--lang", "en")
