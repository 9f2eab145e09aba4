"""A selection is the best there is: every choice of small instances is tried by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.portfolio import (
    Selection,
    Span,
    Wanted,
    limits_of,
    projects_of,
    select,
    table_of,
    tables_of,
)
from dafeng.vocabulary import Fault

RATE = 0.06


def option(name: str, **cells: Any) -> dict[str, Any]:
    """An option with plain cells: 100 t CO2, 40 tce, 1,000 yuan, no running costs."""
    plain = {
        "project": name,
        "reporter": "firm-1",
        "region": "3301",
        "saving_tce": 40.0,
        "reduction_tco2": 100.0,
        "investment_yuan": 1000.0,
        "energy_yuan": 0.0,
        "operating_yuan": 0.0,
        "life_years": 10,
        "price_year": 2025,
        "source": "fictional",
        "mark": "synthetic",
    }
    return plain | cells


def limit(name: str, yuan: float, **cells: Any) -> dict[str, Any]:
    plain = {"limit": name, "counts": "investment", "price_year": 2025, "source": "fictional"}
    return plain | {"limit_yuan": yuan, "mark": "synthetic"} | cells


def chosen(rows: Any, limits: Any = (), watch: Any = None, **wanted: Any) -> Selection:
    """Select among rows; by default in the one year 2026 for 2027."""
    asked: dict[str, Any] = {"span": Span(first=2026, last=2026, target=2027)}
    asked |= {"rate": RATE, "tolerance": 0.0}
    return select(
        projects_of(table_of("retrofits", rows)),
        Wanted(**(asked | wanted)),
        limits_of(table_of("retrofit_limits", list(limits))),
        watch,
    )


def why(found: Selection) -> dict[str, str]:
    """Why each option that is out is out."""
    rows = tables_of(found)["options"].to_pylist()
    return {row["project"]: row["why"] for row in rows if not row["chosen"]}


def names(found: Selection) -> dict[str, int]:
    """Chosen options and the years in which they start."""
    model = found.model
    at = found.chosen.tolist()
    return {model.projects.ids[model.project[c]]: int(model.start[c]) for c in at}


# --- Every choice, by hand --------------------------------------------------------------------


def joint(parts: list[float], whole: float) -> float:
    left = 1.0
    for part in parts:
        left *= 1 - part / whole
    return whole * (1 - left)


def yearly(rows: list[dict[str, Any]], measure: str) -> float:
    """What options that run together come to in a year."""
    systems: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        systems.setdefault(row.get("system") or row["project"], []).append(row)
    total = 0.0
    for held in systems.values():
        tce = [row["saving_tce"] for row in held]
        saved = joint(tce, held[0]["system_tce"])
        if measure == "tce":
            total += saved
        elif measure == "tco2":
            total += joint([row["reduction_tco2"] for row in held], held[0]["system_tco2"])
        else:
            share = saved / sum(tce) if sum(tce) else 1.0
            total -= share * sum(row["energy_yuan"] for row in held)
            for row in held:
                factor = RATE / (1 - (1 + RATE) ** -row["life_years"])
                total += row["investment_yuan"] * factor + row["operating_yuan"]
    return total


def best_by_hand(rows: Any, limits: Any, span: Span, objective: str, gap: float, key: int) -> Any:
    """The best objective over all choices that hold; None where there is none."""
    best = None
    starts = [None, *range(span.first, span.last + 1)]
    for plan in product(starts, repeat=len(rows)):
        if not _holds(rows, plan, limits):
            continue
        running = {
            year: [r for r, s in zip(rows, plan, strict=True) if s is not None and s + 1 <= year]
            for year in range(span.first, span.target + 1)
        }
        last = running[span.target]
        if yearly(last, "tco2") < gap or sum(r["key"] == "yes" for r in last) < key:
            continue
        if objective == "abatement":
            value = yearly(last, "tco2")
        elif objective == "cumulative":
            value = sum(yearly(held, "tco2") for held in running.values())
        else:
            value = -sum(
                yearly(held, "cost") / (1 + RATE) ** (year - span.first)
                for year, held in running.items()
            )
        best = value if best is None else max(best, value)
    return best


def _holds(rows: Any, plan: Any, limits: Any) -> bool:
    groups = [r["group"] for r, s in zip(rows, plan, strict=True) if s and r.get("group")]
    if len(groups) != len(set(groups)):
        return False
    for one in limits:
        spent = sum(
            r["investment_yuan"]
            for r, s in zip(rows, plan, strict=True)
            if s
            and one.get("region") in (None, r["region"], r["region"][:2])
            and one.get("reporter") in (None, r["reporter"])
            and one.get("year") in (None, s)
        )
        if spent > one["limit_yuan"]:
            return False
    return True


OPTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "reporter": st.sampled_from(["firm-1", "firm-2"]),
            "region": st.sampled_from(["3301", "3302"]),
            "group": st.sampled_from(["", "", "g"]),
            "system": st.sampled_from(["", "kiln", "kiln"]),
            "saving_tce": st.integers(0, 60).map(float),
            "reduction_tco2": st.integers(1, 150).map(float),
            "investment_yuan": st.integers(100, 2000).map(float),
            "energy_yuan": st.integers(0, 300).map(float),
            "operating_yuan": st.integers(-50, 50).map(float),
            "key": st.sampled_from(["yes", "no"]),
        }
    ),
    min_size=1,
    max_size=5,
)
LIMITS = st.lists(
    st.fixed_dictionaries(
        {"limit_yuan": st.integers(0, 4000).map(float)},
        optional={
            "region": st.sampled_from(["33", "3301"]),
            "reporter": st.just("firm-2"),
            "year": st.sampled_from([2026, 2027]),
        },
    ),
    max_size=3,
)


@settings(max_examples=100, deadline=None)
@given(
    cells=OPTIONS,
    limits=LIMITS,
    last=st.sampled_from([2026, 2027]),
    objective=st.sampled_from(["abatement", "cumulative", "cost"]),
    gap=st.sampled_from([0, 1, 80, 200]),
    key=st.integers(0, 2),
)
def test_the_selection_is_as_good_as_the_best_of_all_choices(
    cells: Any, limits: Any, last: int, objective: str, gap: float, key: int
) -> None:
    gap = gap or (1 if objective == "cost" else 0)
    span = Span(first=2026, last=last, target=2028)
    whole = {"system_tce": 100.0, "system_tco2": 200.0}
    rows = [option(f"p{i}", **cell, **whole) for i, cell in enumerate(cells)]
    given_limits = [
        limit(f"l{i}", **({"yuan": one["limit_yuan"]} | one)) for i, one in enumerate(limits)
    ]
    best = best_by_hand(rows, limits, span, objective, gap, key)
    found = chosen(rows, given_limits, span=span, objective=objective, gaps={"tco2": gap}, key=key)
    if best is None:
        assert found.status == "infeasible"
        assert found.shortfall is not None
        if not key:
            most = best_by_hand(rows, limits, span, "abatement", 0, 0)
            assert found.shortfall.lacking["tco2"] == pytest.approx(gap - most, rel=1e-4, abs=1e-3)
            free = best_by_hand(rows, [], span, "abatement", 0, 0)
            missing = found.shortfall.possible.get("tco2", 0.0)
            assert missing == pytest.approx(max(0.0, gap - free), rel=1e-4, abs=1e-3)
            assert (found.shortfall.missing_yuan is None) == (free < gap)
        return
    assert found.status == "optimal"
    sign = -1 if objective == "cost" else 1
    assert sign * found.value == pytest.approx(best, rel=1e-6, abs=1e-4)
    assert found.bound is not None
    assert sign * (found.bound - found.value) >= -1e-4
    codes = why(found)
    assert all(codes.values())
    assert "within_gap" not in codes.values()
    if found.greedy_meets:
        assert sign * found.greedy_value <= best + 1e-4


# --- What the result says, by hand -----------------------------------------------------------


def test_money_is_counted_to_the_fen() -> None:
    # 0.1 + 0.2 yuan is 0.3 yuan, which floats do not believe
    rows = [option("a", investment_yuan=0.1), option("b", investment_yuan=0.2)]
    assert set(names(chosen(rows, [limit("l", 0.3)]))) == {"a", "b"}
    assert len(names(chosen(rows, [limit("l", 0.29)]))) == 1
    large = [option("a", investment_yuan=3e9), option("b", investment_yuan=4e9)]
    assert len(names(chosen(large, [limit("l", 7e9 - 0.01)]))) == 1


def test_the_shadow_price_is_that_of_the_relaxation() -> None:
    # 1,500 yuan: in part, a whole and half of b: 100 + 30 t; the last yuan brings 60/1,000 t.
    # Whole, only a: 100 t.
    rows = [option("a"), option("b", reduction_tco2=60.0)]
    found = chosen(rows, [limit("money", 1500)])
    assert names(found) == {"a": 2026}
    assert found.value == pytest.approx(100)
    assert found.relaxed == pytest.approx(130)
    [row] = tables_of(found)["limits"].to_pylist()
    assert row["price"] == pytest.approx(600)  # t per 万元
    assert str(row["used_yuan"]) == "1000.00"
    assert str(row["left_yuan"]) == "500.00"
    [blocked] = tables_of(found)["blocked"].to_pylist()
    assert blocked == {"project": "b", "limit": "money", "lacking_yuan": 500.0}


def test_the_price_of_the_gap_is_the_cost_of_the_last_tonne() -> None:
    # yearly cost of capital: 1,000 × 0.1358680 = 135.87 yuan for 100 t; of b twice that
    rows = [option("a"), option("b", investment_yuan=2000.0)]
    found = chosen(
        rows, objective="cost", gaps={"tco2": 150}, span=Span(first=2026, last=2026, target=2027)
    )
    assert set(names(found)) == {"a", "b"}
    [row] = tables_of(found)["demands"].to_pylist()
    assert row["price"] == pytest.approx(2.71736 / 1.06, rel=1e-5)  # of 2027, seen from 2026


def test_what_is_missing_is_told_in_tonnes_and_in_yuan() -> None:
    # a and b save 160 t for 2,000 yuan; the limit lets one of them be done
    rows = [option("a"), option("b", reduction_tco2=60.0)]
    found = chosen(rows, [limit("money", 1000)], gaps={"tco2": 150})
    assert found.status == "infeasible"
    assert found.shortfall is not None
    assert found.shortfall.lacking == {"tco2": pytest.approx(50)}
    assert found.shortfall.possible == {}
    assert found.shortfall.missing_yuan == pytest.approx([1000])
    beyond = chosen(rows, [limit("money", 1000)], gaps={"tco2": 200}).shortfall
    assert beyond is not None
    assert beyond.missing_yuan is None
    assert beyond.possible == {"tco2": pytest.approx(40)}


def test_an_option_too_large_for_its_limit_can_be_bought() -> None:
    found = chosen([option("a", investment_yuan=5000.0)], [limit("l", 1000)], gaps={"tco2": 90})
    assert found.shortfall is not None
    assert found.shortfall.missing_yuan == pytest.approx([4000])


def test_years_share_their_budgets() -> None:
    rows = [option("a"), option("b", reduction_tco2=300.0)]
    yearly_limits = [limit(f"l{year}", 1000, year=year) for year in (2026, 2027)]
    span = Span(first=2026, last=2027, target=2028)
    assert set(names(chosen(rows, yearly_limits, span=span)).values()) == {2026, 2027}
    found = chosen(rows, yearly_limits, span=span, objective="cumulative")
    assert names(found) == {"b": 2026, "a": 2027}  # 300 t for two years, 100 t for one
    assert found.value == pytest.approx(700)


def test_of_equal_years_the_first_that_fits_is_taken() -> None:
    span = Span(first=2026, last=2029, target=2030)
    assert names(chosen([option("a"), option("b")], span=span)) == {"a": 2026, "b": 2026}


REASONS: dict[str, tuple[Any, Any, Any]] = {
    "late": ([option("x", delay_years=5)], [], {}),
    "too_large": ([option("x", investment_yuan=9000.0)], [limit("l", 1000)], {}),
    "limit": ([option("a"), option("x", reduction_tco2=99.0)], [limit("l", 1000)], {}),
    "dominated": ([option("a", group="g"), option("x", group="g", reduction_tco2=90.0)], [], {}),
    "exclusive": (
        [
            option("a", group="g"),
            option("b"),
            option("x", group="g", reduction_tco2=150.0, investment_yuan=2000.0),
        ],
        [limit("l", 2500)],
        {},
    ),
    "no_gain": ([option("x", reduction_tco2=0.0)], [], {}),
    "not_needed": (
        # 60 t are wanted: a alone (100 t) is cheaper than b and c together, c than a per tonne
        [
            option("a", investment_yuan=1000.0),
            option("x", reduction_tco2=50.0, investment_yuan=490.0),
        ],
        [],
        {"objective": "cost", "gaps": {"tco2": 60}},
    ),
    "demand": (
        [option("a", key="yes"), option("x", key="yes", reduction_tco2=200.0, saving_tce=-30.0)],
        [],
        {"gaps": {"tce": 20}},
    ),
}


@pytest.mark.parametrize("code", REASONS)
def test_each_option_that_is_out_has_its_reason(code: str) -> None:
    rows, limits, wanted = REASONS[code]
    assert why(chosen(rows, limits, **wanted))["x"] == code


def test_the_change_of_a_swap_counts_overlaps() -> None:
    # On 1,000 t, a and b of 200 t each save 360 t together; x of 150 t in place of a and beside b:
    # 1,000·(1 − 0.8·0.85) = 320 t, which is 40 t less.
    whole = {"system": "kiln", "system_tce": 1000.0, "system_tco2": 1000.0}
    rows = [
        option("a", reduction_tco2=200.0, group="g", **whole),
        option("b", reduction_tco2=200.0, **whole),
        option("x", reduction_tco2=150.0, group="g", **whole),
    ]
    found = chosen(rows)
    assert found.value == pytest.approx(360)
    out = tables_of(found)["options"].to_pylist()[2]
    assert (out["why"], out["instead"]) == ("dominated", "a")
    assert out["change"] == pytest.approx(-40)
    parts = [row["reduction_tco2"] for row in tables_of(found)["options"].to_pylist()]
    assert parts == pytest.approx([180, 180, 0])


def test_a_limit_of_the_province_holds_its_cities() -> None:
    rows = [option("a"), option("b", region="3302"), option("c", region="11")]
    assert len(names(chosen(rows, [limit("l", 1000, region="33")]))) == 2
    assert len(names(chosen(rows, [limit("l", 1000, region="3302")]))) == 3


def test_own_money_is_what_is_neither_given_nor_borrowed() -> None:
    rows = [option("a", subsidy_yuan=200.0, loan_yuan=300.0)]
    assert names(chosen(rows, [limit("l", 500, counts="own", reporter="firm-1")]))
    assert not names(chosen(rows, [limit("l", 499.99, counts="own", reporter="firm-1")]))


def many(number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rng = np.random.default_rng(5)
    rows = [
        option(
            f"p{i}",
            reporter=f"firm-{i % 40}",
            reduction_tco2=float(rng.integers(50, 500)),
            investment_yuan=float(rng.integers(1000, 9000)),
        )
        for i in range(number)
    ]
    limits = [limit(f"f{k}", 9000, reporter=f"firm-{k}") for k in range(40)]
    return rows, [*limits, limit("all", 200_000)]


def test_two_runs_are_the_same_to_the_last_bit() -> None:
    rows, limits = many(200)
    first, second = (tables_of(chosen(rows, limits)) for _ in range(2))
    assert {name: table.to_pylist() for name, table in first.items()} == {
        name: table.to_pylist() for name, table in second.items()
    }


def test_a_search_that_is_stopped_keeps_the_best_and_says_how_far_it_may_be() -> None:
    rows, limits = many(400)
    told: list[float] = []

    def stop(search: Any) -> bool:
        told.append(search.seconds)
        return True

    found = chosen(rows, limits, stop)
    assert told
    assert found.status == "stopped"
    assert found.value >= found.greedy_value
    assert found.bound is not None
    assert found.gap is not None
    assert found.value <= chosen(rows, limits).value <= found.bound * (1 + 1e-9)


@pytest.mark.parametrize(
    ("code", "rows", "wanted"),
    [
        ("unknown_objective", [option("a")], {"objective": "best"}),
        ("unknown_cost_view", [option("a")], {"view": "mine"}),
        ("bad_span", [option("a")], {"span": Span(first=2027, last=2026, target=2028)}),
        ("bad_rate", [option("a")], {"rate": 6.0}),
        ("gap_needed", [option("a")], {"objective": "cost"}),
        ("unknown_saving_measure", [option("a")], {"gaps": {"t": 5}}),
        ("price_years_differ", [option("a"), option("b", price_year=2020)], {}),
        ("duplicate", [option("a"), option("a")], {}),
        ("start_reversed", [option("a", first_year=2028, last_year=2026)], {}),
        ("more_than_invested", [option("a", subsidy_yuan=900.0, loan_yuan=200.0)], {}),
        ("system_unknown", [option("a", system="s"), option("b", system="s")], {}),
        ("above_system", [option("a", system="s", system_tce=39.0, system_tco2=500.0)], {}),
        (
            "system_differs",
            [
                option(n, system="s", system_tce=t, system_tco2=900.0)
                for n, t in (("a", 90.0), ("b", 80.0))
            ],
            {},
        ),
        (
            "system_too_large",
            [option(f"p{i}", system="s", system_tce=900.0, system_tco2=900.0) for i in range(9)],
            {},
        ),
    ],
)
def test_what_cannot_be_chosen_among_is_refused(code: str, rows: Any, wanted: Any) -> None:
    with pytest.raises(Fault) as caught:
        chosen(rows, **wanted)
    assert caught.value.code == code
