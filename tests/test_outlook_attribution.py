"""Attribution: Shapley values by hand and by their axioms, and sums that hold to the gram."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.cli.verbs import run
from dafeng.outlook import attribute, project, read_scenario, read_sectors
from dafeng.outlook.attribution import shapley_exact, shapley_sampled
from dafeng.vocabulary import Fault


def game(values: Any) -> Any:
    """A value function from a list with one number per subset, the first player the last bit."""
    held = np.asarray(values, float)

    def value(subsets: Any) -> Any:
        return held[(subsets * (1 << np.arange(subsets.shape[1]))).sum(axis=1)]

    return value


def by_orders(values: Any, players: Any) -> Any:
    """Return Shapley values from their definition: every order, one by one."""
    found = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        inside = 0
        for player in order:
            found[player] += values[inside | 1 << player] - values[inside]
            inside |= 1 << player
    return found / len(orders)


def test_two_overlapping_measures_by_hand() -> None:
    # 100 t; a leaves 80 %, b leaves 50 %, both 40 %. Together 60 t.
    # a first 20, a second 50 − 40 = 10: 15. b first 50, second 80 − 40 = 40: 45.
    assert shapley_exact(game([100, 80, 50, 40]), 2).tolist() == [-15, -45]


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.floats(-1e6, 1e6), min_size=2**n, max_size=2**n)
    )
)
def test_it_is_the_mean_over_all_orders(values: Any) -> None:
    players = len(values).bit_length() - 1
    found = shapley_exact(game(values), players)
    assert found == pytest.approx(by_orders(values, players), abs=1e-6)
    assert found.sum() == pytest.approx(values[-1] - values[0], abs=1e-6)


def test_equal_measures_share_equally_and_an_idle_one_has_nothing() -> None:
    # emissions 0.9^(a + b), c does nothing
    value = game([0.9 ** (i % 2 + i // 2 % 2) for i in range(8)])
    first, second, idle = shapley_exact(value, 3)
    assert first == pytest.approx(second)
    assert idle == pytest.approx(0)


def test_sampled_orders_come_near_and_say_how_near() -> None:
    strength = np.linspace(0.02, 0.2, 8)

    def value(subsets: Any) -> Any:
        return np.exp((subsets * np.log1p(-strength)).sum(axis=1))[:, None] * [100.0, 50.0]

    exact = shapley_exact(value, 8)
    found, error = shapley_sampled(value, 8, orders=200, seed=5)
    assert found.sum(axis=0) == pytest.approx(exact.sum(axis=0))
    assert (np.abs(found - exact) < 4 * error + 1e-12).all()
    assert 0 < error.max() < 0.02 * abs(exact.sum(axis=0)[0])
    again, _ = shapley_sampled(value, 8, orders=200, seed=5)
    assert (again == found).all()


def test_pairs_of_opposite_orders_are_exact_where_effects_only_overlap_in_twos() -> None:
    # Value with pairwise overlaps only: a player comes before another in one order of each pair
    def value(subsets: Any) -> Any:
        one = subsets @ np.arange(1.0, 7.0)
        return one - 0.1 * one**2

    found, error = shapley_sampled(value, 6, orders=2, seed=0)
    assert found == pytest.approx(shapley_exact(value, 6))
    assert error == pytest.approx(0, abs=1e-12)


@pytest.fixture(scope="module")
def example(repo: Path) -> Any:
    held, _ = read_sectors(repo / "examples" / "outlook" / "sectors.csv")
    plan = read_scenario(repo / "examples" / "outlook" / "plan.yaml")
    return held, plan.model_copy(update={"settings": {"draws": 2}})


def test_contributions_add_up_to_the_gram_in_every_year(example: Any) -> None:
    found = attribute(project(*example))
    assert found.exact
    assert (found.avoided.sum(axis=0) == found.without - found.with_all).all()
    assert (found.avoided[:, 9] > 0).all()
    plain = project(*example).plain.sum(axis=(1, 2))
    assert found.with_all == pytest.approx(plain, abs=1)


def test_more_measures_than_can_be_valued_one_by_one_are_sampled(example: Any) -> None:
    held, plan = example
    exact = attribute(project(held, plan))
    few = plan.model_copy(update={"settings": {"draws": 2, "exact_measures": 3, "orders": 100}})
    found = attribute(project(held, few))
    assert not found.exact
    assert (found.avoided.sum(axis=0) == found.without - found.with_all).all()
    assert (np.abs(found.avoided - exact.avoided) <= 5 * found.error + 1e6).all()
    assert found.error.max() > 0


def test_the_wedges_are_a_tidy_table(example: Any) -> None:
    table = attribute(project(*example)).table.to_pylist()
    at = {(row["lever"], row["year"]): row for row in table}
    wedges = sum(row["value"] for row in table if row["kind"] == "wedge" and row["year"] == 2035)
    assert wedges == at["without", 2035]["value"] - at["with_all", 2035]["value"]
    assert {row["unit"] for row in table} == {"gCO2"}
    assert {row["mark"] for row in table} == {"synthetic"}


def test_without_levers_there_is_nothing_to_split(example: Any) -> None:
    held, plan = example
    with pytest.raises(Fault, match="no_levers"):
        attribute(project(held, plan.model_copy(update={"levers": ()})))


def test_the_command_lists_measures_for_the_years_of_the_targets(
    repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = repo / "examples" / "outlook"
    asked = {"workspace": tmp_path, "scenario": folder / "plan.yaml", "years": [], "own": {}}
    asked |= {"history": folder / "sectors.csv", "tables": tmp_path, "figure": None}
    assert run("outlook_attribute", "zh", as_json=False, **asked) == 0
    said = capsys.readouterr().out
    assert "2030 年各项措施的减排" in said
    assert "2035 年各项措施的减排" in said
    assert "[虚构]" in said
    run("outlook_attribute", "en", as_json=True, **asked)
    data = json.loads(capsys.readouterr().out)
    assert data["levers"][0]["id"] == "steel-scrap"
    assert data["exact"] is True
