"""Costs by hand, and a cost curve that is the best for every price of a tonne."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.portfolio import annuity, curve, projects_of, table_of, unit_cost, views, yearly_costs
from dafeng.vocabulary import Fault


def option(name: str, tonnes: float, yuan: float, **cells: Any) -> dict[str, Any]:
    """An option that costs so much a year and saves so many tonnes of CO2."""
    plain = {
        "project": name,
        "reporter": "firm-1",
        "region": "3301",
        "saving_tce": 0.0,
        "reduction_tco2": tonnes,
        "investment_yuan": 0.0,
        "energy_yuan": 0.0,
        "operating_yuan": yuan,
        "life_years": 10,
        "price_year": 2025,
        "source": "fictional",
        "mark": "synthetic",
    }
    return plain | cells


def made(*rows: dict[str, Any], **asked: Any) -> Any:
    return curve(projects_of(table_of("retrofits", list(rows))), **asked)


def steps(found: Any) -> list[tuple[str, str, float, float]]:
    names = ("project", "replaces", "amount_t", "cost_yuan_per_t")
    return [tuple(step[name] for name in names) for step in found.steps.to_pylist()]


# --- Costs ------------------------------------------------------------------------------------


def test_an_annuity_is_the_one_of_the_tables() -> None:
    # The ten-year annuity factor at 6 % is 7.36009: 1/7.36009 = 0.135868
    assert annuity(0.06, 10) == pytest.approx(0.135868, abs=5e-7)
    assert annuity(0.0, 10) == 0.1
    assert annuity(1e-12, 10) == pytest.approx(0.1)


def test_a_yearly_cost_by_hand() -> None:
    # 1,000,000 × 0.1358680 = 135,868; + 20,000 to run − 100,000 of energy saved = 55,868 a year;
    # over 500 t CO2 111.74 yuan/t, over 200 tce 279.34 yuan/tce.
    row = option("a", 500, 20_000, investment_yuan=1e6, energy_yuan=1e5, saving_tce=200.0)
    row["subsidy_yuan"] = 3e5
    projects = projects_of(table_of("retrofits", [row]))
    cost = yearly_costs(projects, views()["society"], 0.06).alone
    assert cost == pytest.approx([55_867.96], abs=0.01)
    assert unit_cost(cost, 500) == pytest.approx([111.74], abs=0.005)
    assert unit_cost(cost, 200) == pytest.approx([279.34], abs=0.005)
    # the enterprise pays 700,000 of it: 95,107.57 + 20,000 − 100,000; the public pays 300,000
    own = yearly_costs(projects, views()["enterprise"], 0.06).alone
    assert own == pytest.approx([15_107.57], abs=0.01)
    public = yearly_costs(projects, views()["public"], 0.06).alone
    assert public == pytest.approx([40_760.39], abs=0.01)


def test_there_is_no_cost_per_tonne_of_nothing() -> None:
    found = unit_cost([100.0, 100.0, 100.0], [0.0, -1.0, 4.0])
    assert found.tolist() == pytest.approx([float("nan"), float("nan"), 25.0], nan_ok=True)


# --- Curve ------------------------------------------------------------------------------------


def test_of_exclusive_options_the_second_adds_its_increment_only() -> None:
    # 100 t for 1,000; 150 t for 4,000: 50 t more for 3,000. 120 t for 5,000 is beaten by both.
    rows = [
        option(n, t, y, group="g")
        for n, t, y in (("a", 100, 1e3), ("b", 150, 4e3), ("c", 120, 5e3))
    ]
    found = made(*rows)
    assert steps(found) == [("a", "", 100, 10), ("b", "a", 50, 60)]
    assert found.left_out.to_pylist()[0]["why"] == "dominated"
    assert (found.total, found.sum_alone) == (150, 370)


def test_an_option_that_a_mix_beats_is_left_out() -> None:
    # b: 60 t for 3,000 (50 per tonne); on the way from a (0 extra) to c (100 t at 40) it is dearer
    rows = [option(n, t, y, group="g") for n, t, y in (("b", 60, 3e3), ("c", 100, 4e3))]
    assert steps(made(*rows)) == [("c", "", 100, 40)]


def test_the_second_measure_on_a_system_saves_less() -> None:
    # two measures of 20 % each on 1,000 t: 200 t, then 20 % of the 800 t that are left: 160 t
    rows = [
        option(n, 200, y, system="kiln", system_tco2=1000.0, system_tce=0.0)
        for n, y in (("a", 400.0), ("b", 800.0))
    ]
    found = made(*rows)
    first, second = found.steps.to_pylist()
    assert (first["amount_t"], first["cost_yuan_per_t"]) == pytest.approx((200, 2))
    assert (second["amount_t"], second["cost_yuan_per_t"]) == pytest.approx((160, 5))
    assert second["alone_t"] == 200


def test_energy_money_shrinks_with_the_energy() -> None:
    # each saves 20 % of 1,000 tce and 1,000 yuan; both save 360 tce and so 1,800 yuan, not 2,000;
    # b costs 100 to run
    whole = {"system": "kiln", "system_tce": 1000.0, "system_tco2": 1000.0, "energy_yuan": 1000.0}
    rows = [option(n, 200, y, saving_tce=200.0, **whole) for n, y in (("a", 0.0), ("b", 100.0))]
    found = made(*rows, measure="tce").steps.to_pylist()
    assert [step["cost_yuan"] for step in found] == pytest.approx([-1000, -700])


def test_what_saves_nothing_stands_on_no_step() -> None:
    found = made(option("a", 0, 100), option("b", 10, 100))
    assert [step[0] for step in steps(found)] == ["b"]
    assert found.left_out.to_pylist()[0] == {
        "project": "a",
        "why": "no_effect",
        "alone_t": 0.0,
        "cost_yuan": 100.0,
        "cost_yuan_per_t": None,
    }


def test_the_axis_has_no_gaps() -> None:
    found = made(option("a", 10, 100), option("b", 20, 100), option("c", 5, -5)).steps.to_pylist()
    assert [(step["from_t"], step["to_t"]) for step in found] == [(0, 5), (5, 25), (25, 35)]


def test_too_many_combinations_are_refused() -> None:
    rows = [option(f"p{i}", 1, 1, group=f"g{i};g{i + 1}") for i in range(40)]
    with pytest.raises(Fault) as caught:
        made(*rows)
    assert caught.value.code == "cluster_too_large"


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            st.integers(1, 90),
            st.integers(-500, 900),
            st.sampled_from(["", "g", "h", "g;h"]),
            st.sampled_from(["", "kiln"]),
        ),
        min_size=1,
        max_size=6,
    ),
    price=st.floats(-100, 300),
)
def test_for_any_price_of_a_tonne_the_curve_gains_what_the_best_choice_gains(
    cells: Any, price: float
) -> None:
    # Climbing the curve while a step costs less than the price is the best of all choices at that
    # price: the curve leaves nothing out and counts nothing twice.
    whole = {"system_tco2": 100.0, "system_tce": 100.0}
    rows = [
        option(f"p{i}", float(t), float(y), group=g, system=s, **whole)
        for i, (t, y, g, s) in enumerate(cells)
    ]
    found = made(*rows).steps.to_pylist()
    gained = sum(max(0.0, price * step["amount_t"] - step["cost_yuan"]) for step in found)
    assert gained == pytest.approx(max(_gains(rows, price)), rel=1e-9, abs=1e-6)


def _gains(rows: list[dict[str, Any]], price: float) -> Any:
    for size in range(len(rows) + 1):
        for held in combinations(rows, size):
            groups = [name for row in held for name in row["group"].split(";") if name]
            if len(groups) == len(set(groups)):
                left = 1.0
                for row in held:
                    left *= 1 - row["reduction_tco2"] / 100 if row["system"] else 1
                apart = sum(row["reduction_tco2"] for row in held if not row["system"])
                tonnes = apart + 100 * (1 - left)
                yield price * tonnes - sum(row["operating_yuan"] for row in held)
