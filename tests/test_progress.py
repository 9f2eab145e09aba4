"""Progress: published check cases, and figures that must not mislead."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.indicators import Progress, board, chain, geometric_path, log_ratio, pace
from dafeng.plan import Plan

SOURCES = [{"document": "zj-57-2023"}]
Rows = list[dict[str, Any]]


def plan(**target: Any) -> Plan:
    words = {"zh": "虚构", "en": "fictional"}
    held = {"id": "T", "title": words, "sources": SOURCES, "checked": "synthetic"} | target
    return Plan.model_validate(
        {
            "id": "p", "title": words, "owner": "33", "issuer": words, "period": "2021-2025",
            "documents": ["zj-57-2023"], "complete": True, "targets": [held],
        }
    )  # fmt: skip


def row(
    measure: str, period: str, kind: str, value: float, unit: str = "%", **more: str
) -> dict[str, Any]:
    base = {"region": "33", "measure": measure, "period": period, "kind": kind, "value": value}
    return base | {"unit": unit, "source": "s", "mark": "republished"} | more


def line(held: Plan, rows: Rows, as_of: str) -> Progress:
    (found,) = board(held, rows, as_of)
    return found


REDUCTION = plan(
    kind="reduction", indicator="energy_per_industrial_value_added", direction="at_least",
    value=17, unit="%", base_year=2020, year=2025,
)  # fmt: skip
NON_FOSSIL = "non_fossil_share"
PV = "distributed_pv_added"
ADDED = "distributed_pv_capacity"


def test_jiangsu_after_four_of_five_years() -> None:
    # −13 of −17: 0.83/0.87 − 1 = −4.598 % in 2025
    # path (0.83)^(4/5) − 1 = −13.85 %
    sums = [row("energy_per_industrial_value_added", "2021-2024", "change_sum", -13)]
    found = line(REDUCTION, sums, "2024")
    assert found.pace == pytest.approx(-4.598, abs=1e-3)
    assert found.path == pytest.approx(-13.849, abs=1e-3)
    assert found.status == "lagging"


def test_hunan_chain_is_shown_beside_nothing_published() -> None:
    # (1 − 0.046)(1 − 0.078) − 1 = −12.04 %
    assert chain([-0.046, -0.078]) == pytest.approx(-0.120412)


def test_a_missing_link_is_no_chain() -> None:
    name = "energy_per_industrial_value_added"
    found = line(
        REDUCTION, [row(name, "2021", "change", -4), row(name, "2023", "change", -4)], "2023"
    )
    assert (found.status, found.value) == ("not_computable", None)
    assert found.last is not None
    assert found.last.value == pytest.approx(-4)


def level_plan(base: float | None, goal: float) -> tuple[Plan, Rows]:
    held = plan(
        kind="level", indicator=NON_FOSSIL, direction="at_least", value=goal, unit="%",
        base_year=2020 if base is not None else None, year=2025,
    )  # fmt: skip
    return held, [] if base is None else [row(NON_FOSSIL, "2020", "value", base)]


def test_a_level_that_is_held_from_the_start_is_on_track_while_it_is_held() -> None:
    held, rows = level_plan(21, 20)
    assert line(held, [*rows, row(NON_FOSSIL, "2023", "value", 22)], "2023").status == "on_track"
    assert line(held, [*rows, row(NON_FOSSIL, "2023", "value", 19)], "2023").status == "off_track"


def test_a_level_without_a_base_is_judged_at_the_end_only() -> None:
    held, rows = level_plan(None, 20)
    assert line(held, [*rows, row(NON_FOSSIL, "2023", "value", 22)], "2023").status == ""
    assert line(held, [*rows, row(NON_FOSSIL, "2025", "value", 22)], "2025").status == "met"


def test_the_newest_vintage_is_used_and_the_later_entry_where_none_is_named() -> None:
    held, _ = level_plan(None, 20)
    old = row(NON_FOSSIL, "2025", "value", 19, vintage="2026-02-01", entry="000001.00000002")
    new = row(NON_FOSSIL, "2025", "value", 21, vintage="2026-09-01", entry="000001.00000003")
    assert line(held, [new, old], "2025").value == 21
    first = row(NON_FOSSIL, "2025", "value", 19, entry="000001.00000002")
    later = row(NON_FOSSIL, "2025", "value", 21, entry="000002.00000002")
    assert line(held, [later, first], "2025").value == 21


def increment_plan(**more: Any) -> Plan:
    return plan(kind="increment", indicator=PV, direction="at_least", value=6.45, unit="GW", **more)


def test_a_revised_addition_counts_once() -> None:
    rows = [
        row(ADDED, "2021", "increment", 2, "GW", vintage="2022-01-01"),
        row(ADDED, "2021", "increment", 2.5, "GW", vintage="2023-01-01"),
    ]
    assert line(increment_plan(year=2025), rows, "2021").value == 2.5


def test_an_addition_without_a_year_is_judged_at_the_end_of_the_plan() -> None:
    found = line(increment_plan(), [row(ADDED, "2021", "increment", 1, "GW")], "2021")
    assert found.status != "missed"
    assert found.path == pytest.approx(6.45 / 5)


def test_a_published_unit_that_does_not_convert_stops_one_target_only() -> None:
    found = line(increment_plan(year=2025), [row(ADDED, "2021", "increment", 1, "t")], "2021")
    assert (found.status, found.findings[0].code) == ("not_computable", "unit_mismatch")


def test_mean_growth_is_the_mean() -> None:
    name = "strategic_emerging_value_added"
    held = plan(
        kind="annual_growth", indicator="strategic_emerging_value_added_growth",
        direction="at_least", value=8, unit="%", first_year=2021, year=2025,
    )  # fmt: skip
    rates = {"2021": 15, "2022": 10, "2023": 9, "2024": 9, "2025": 7}
    found = line(held, [row(name, year, "change", rate) for year, rate in rates.items()], "2025")
    # (1.15 × 1.10 × 1.09 × 1.09 × 1.07)^(1/5) − 1 = 9.97 %
    assert found.value == pytest.approx(9.97, abs=0.01)
    assert found.status == "met"


def test_an_earlier_value_shown_in_place_of_none_has_a_figure_that_explains_it() -> None:
    name = "energy_per_industrial_value_added"
    rows = [row(name, "2021", "change", -5)]
    found = line(REDUCTION, rows, "2023")
    assert found.last is not None
    assert found.last.figure == line(REDUCTION, rows, "2021").figure
    assert any(node.ref.endswith("/2021/change/") for node in found.tree.walk())


@given(st.floats(0.01, 0.6), st.integers(1, 10))
def test_who_keeps_the_pace_stays_on_the_path(fall: float, years: int) -> None:
    """On the path, the pace still needed is the pace so far, and the ratio is one."""
    for elapsed in range(1, years):
        path = geometric_path(-fall, elapsed, years)
        assert math.isclose(log_ratio(path, path), 1)
        expected = geometric_path(-fall, 1, years)
        assert math.isclose(pace(path, -fall, years - elapsed), expected, rel_tol=1e-9)


def test_a_target_that_cannot_be_followed_does_not_keep_the_others_from_the_board() -> None:
    level = {"direction": "at_most", "value": 60, "unit": "Mt", "year": 2025}
    chosen = plan(kind="cap", indicator="clinker_capacity", **level)  # no formula reads it
    open_ = plan(kind="cap", indicator="to_be_chosen", **level)
    wrong = plan(kind="level", indicator="energy_per_industrial_value_added", **level)
    assert line(chosen, [], "2024").status == "not_reported"
    undecided = line(open_, [], "2024")
    assert (undecided.status, undecided.indicator.id) == ("not_computable", "to_be_chosen")
    assert undecided.reason
    assert "待定" in undecided.reason.zh
    misfit = line(wrong, [], "2024")
    assert misfit.status == "not_computable"
    assert [finding.code for finding in misfit.findings] == ["formula_mismatch"]
