"""Verified savings by hand, what counts of them, and the levers with their sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.portfolio import (
    Rows,
    Verified,
    convert,
    effects_of,
    roadmaps,
    saved,
    table_of,
    verify,
)
from dafeng.portfolio.regress import t_quantile
from dafeng.rulebook import load
from dafeng.vocabulary import Fault

MONTHS = [f"{month:02d}" for month in range(1, 13)]


def row(period: str, phase: str, quantity: float, output: float | None, **cells: Any) -> Any:
    plain = {"period": period, "phase": phase, "quantity": quantity, "unit": "kWh"}
    return plain | {"output": output, "mark": "synthetic"} | cells


def verified(*rows: Any, **asked: Any) -> Verified:
    return verify(Rows(table_of("metered", list(rows))), **asked)


def two_years(saving: float = 0.1, noise: float = 0.0, seed: int = 1) -> list[Any]:
    """A year of baseline and a year after, 100 kWh a day and 5 kWh per unit of output."""
    rng = np.random.default_rng(seed)
    rows = []
    for year, phase, left in ((2024, "baseline", 1.0), (2025, "reporting", 1 - saving)):
        days = [31, 29 if year == 2024 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for month, length in zip(MONTHS, days, strict=True):
            output = float(rng.integers(800, 1200)) if phase == "baseline" else 1000.0
            use = (100 * length + 5 * output + float(rng.normal(0, noise))) * left
            rows.append(row(f"{year}-{month}", phase, use, output, item="electricity"))
    return rows


# --- By hand ----------------------------------------------------------------------------------


def test_a_saving_by_hand() -> None:
    # Four months of 30 days, output 10, 20, 30, 40 (mean 25, Sxx = 500), use 131, 149, 171, 189
    # (mean 160, Sxy = 980): slope 1.96, 160 − 1.96·25 = 111 for 30 days. Residuals 0.4, −1.2, 1.2,
    # −0.4: SSE 3.2 on 2 degrees, s² = 1.6. At output 30 it expects 169.8; 150 are used: 19.8 saved.
    # Variance 1.6·(1 + 1/4 + 25/500) = 2.08; t(0.95; 2) = 2.91999: ± 4.2113.
    months = ("2024-04", "2024-06", "2024-09", "2024-11")
    use = ((131, 10), (149, 20), (171, 30), (189, 40))
    rows = [row(m, "baseline", u, x) for m, (u, x) in zip(months, use, strict=True)]
    found = verified(*rows, row("2025-04", "reporting", 150, 30.0), confidence=0.9)
    assert found.fit.coefficient == pytest.approx([3.7, 1.96])
    assert found.fit.spread**2 == pytest.approx(1.6)
    assert found.fit.cv == pytest.approx(1.6**0.5 / 160)
    assert found.fit.inflation == 1.0  # neighbours do not move together: ρ = −2.4/3.2
    assert found.fit.autocorrelation == pytest.approx(-0.75)
    assert found.saving == pytest.approx(19.8)
    assert (found.low, found.high) == pytest.approx((19.8 - 4.2113, 19.8 + 4.2113), abs=1e-4)
    assert found.refused == ("baseline_not_a_year",)  # 120 days
    assert found.counted is None


@pytest.mark.parametrize(
    ("share", "freedom", "tabled"),
    [
        (0.975, 1, 12.7062),
        (0.95, 2, 2.9200),
        (0.95, 9, 1.8331),
        (0.975, 10, 2.2281),
        (0.975, 30, 2.0423),
    ],
)
def test_quantiles_are_those_of_the_tables(share: float, freedom: int, tabled: float) -> None:
    assert t_quantile(share, freedom) == pytest.approx(tabled, abs=5e-5)


@settings(max_examples=25, deadline=None)
@given(saving=st.floats(0, 0.4), seed=st.integers(0, 1000))
def test_what_was_saved_is_found_where_nothing_is_blurred(saving: float, seed: int) -> None:
    found = verified(*two_years(saving, seed=seed))
    assert found.fit.coefficient == pytest.approx([100, 5], rel=1e-6)
    assert found.saving == pytest.approx(found.baseline_use * saving, abs=1e-3)


def test_the_interval_holds_what_it_claims() -> None:
    # 90 % of 300 intervals hold the true saving, give or take three standard deviations (5 %)
    held = 0
    for seed in range(300):
        found = verified(*two_years(0.1, noise=200, seed=seed))
        truth = 0.1 * (100 * 365 + 5 * 12_000)
        held += found.low <= truth <= found.high
    assert 0.85 <= held / 300 <= 0.97


# --- What counts ------------------------------------------------------------------------------


def test_the_lower_end_counts() -> None:
    found = verified(*two_years(0.1, noise=100))
    assert not found.refused
    assert found.counted == pytest.approx(found.low)
    assert 0 < found.low < found.saving < found.high


def test_a_saving_that_is_not_proven_counts_as_nothing() -> None:
    found = verified(*two_years(0.0, noise=300, seed=3))
    assert found.counted == 0
    assert found.refused == ("saving_not_proven",)


def test_a_period_out_of_range_is_shown_and_does_not_count() -> None:
    rows = two_years(0.1, noise=100)
    rows[-1] |= {"output": 2000.0, "quantity": 11_790.0}
    found = verified(*rows)
    assert found.refused == ("drivers_out_of_range",)
    assert found.periods["counted"].to_pylist()[-1] is False
    inside = sum(found.periods["saving"].to_pylist()[12:23])
    assert found.counted is not None
    assert found.counted < inside < found.saving


def test_a_loose_baseline_carries_nothing() -> None:
    rows = [one | {"output": None} for one in two_years(0.1, noise=4000)]
    found = verified(*rows)
    assert "baseline_too_loose" in found.refused
    assert found.counted is None
    assert [finding.code for finding in found.findings] == list(found.refused)


def test_works_are_left_out_and_changes_apart_are_set_aside() -> None:
    rows = two_years(0.1)
    plain = verified(*rows).saving
    works = row("2023-12", "works", 1.0, None, item="electricity")
    assert verified(*rows, works).saving == pytest.approx(plain)
    # a new canteen adds 500 kWh in December, which the retrofit cannot help
    rows[-1] |= {"quantity": rows[-1]["quantity"] + 500, "adjustment": 500.0}
    assert verified(*rows).saving == pytest.approx(plain)


def test_neighbours_that_move_together_widen_the_interval() -> None:
    drift = [
        one | {"quantity": one["quantity"] + 400 * np.sin(i / 2)}
        for i, one in enumerate(two_years())
    ]
    found = verified(*drift)
    rho = found.fit.autocorrelation
    assert rho > 0.2
    assert found.fit.inflation == pytest.approx((1 + rho) / (1 - rho))


# --- Standard coal and CO2 --------------------------------------------------------------------


def test_a_saving_becomes_standard_coal_and_co2_by_the_rules() -> None:
    found = verified(*two_years(0.1))
    methods = ["comprehensive-energy-2020", "other-industry-2015"]
    energy, emission = convert(found, load(), methods, "33")
    # 0.1229 kgce/kWh; 0.4974 kg CO2/kWh in Zhejiang (data of 2023)
    assert energy.saving == pytest.approx(found.saving * 0.1229 / 1000)
    assert emission.saving == pytest.approx(found.saving * 0.4974 / 1000)
    assert found.counted is not None
    assert emission.counted == pytest.approx(found.counted * 0.4974 / 1000)
    assert emission.inputs == ("electricity_factor/electricity-2023/33",)


def test_electricity_needs_a_region() -> None:
    with pytest.raises(Fault) as caught:
        convert(verified(*two_years()), load(), ["other-industry-2015"], None)
    assert caught.value.code == "region_needed"


def test_nothing_is_converted_without_an_item() -> None:
    rows = [one | {"item": ""} for one in two_years()]
    assert convert(verified(*rows), load(), ["comprehensive-energy-2020"], "33") == []


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("no_phase", lambda rows: rows[:12]),
        ("driver_gap", lambda rows: [rows[0] | {"output": None}, *rows[1:]]),
        ("baseline_too_short", lambda rows: rows[10:]),
        (
            "drivers_collinear",
            lambda rows: [r | {"heating_degree_days": r["output"]} for r in rows],
        ),
        ("metered_mixed", lambda rows: [rows[0] | {"item": "raw_coal"}, *rows[1:]]),
        ("unit_mismatch", lambda rows: [*rows[:5], rows[5] | {"unit": "t"}, *rows[6:]]),
    ],
)
def test_what_cannot_be_verified_is_refused(code: str, change: Any) -> None:
    with pytest.raises(Fault) as caught:
        verified(*change(two_years()))
    assert caught.value.code == code


def test_units_are_brought_together() -> None:
    rows = two_years()
    plain = verified(*rows).saving
    rows[3] |= {"quantity": rows[3]["quantity"] / 1000, "unit": "MWh"}
    assert verified(*rows).saving == pytest.approx(plain)


# --- Levers -----------------------------------------------------------------------------------

LEVERS = [(sector.id, lever.id) for sector in roadmaps().values() for lever in sector.levers]


@pytest.mark.parametrize(("sector", "name"), LEVERS)
def test_every_lever_is_sourced_or_says_that_it_is_not(sector: str, name: str) -> None:
    rules, lever = load(), roadmaps()[sector].lever(name)
    held = effects_of(lever, rules)
    assert lever.sourced is bool(held)
    for one in (*(effect for _, effect in held), *lever.goals):
        assert one.cites or one.source
        assert one.mark in ("official", "republished", "secondary", "recalled")
        if one.cites:
            rules.clause(one.cites)
    if not held:
        assert lever.note
        with pytest.raises(Fault) as caught:
            saved(lever, rules, activity=1, change=1)
        assert caught.value.code == "lever_not_sourced"


def test_the_clinker_lever_says_what_the_rulebook_says() -> None:
    rules = load()
    energy, process = saved(
        roadmaps()["cement"].lever("clinker_ratio"), rules, activity=1e6, change=3
    )
    # 1 Mt of cement, 3 points: 3·1.10 to 3·1.20 kgce/t, and 3 % of 0.535 t/t
    assert (energy.low, energy.high) == pytest.approx((3300, 3600))
    assert process.low == pytest.approx(0.03 * 0.535 * 1e6)
    [value] = [
        v for v in rules.values.values()
        if v.set.id == "cement-ets-2024-clinker" and v.row.item == "clinker"
    ]  # fmt: skip
    assert value.number == 0.535
    assert process.mark == value.mark
    [limit] = [s for s in rules.scales["quota-cement-2021"].scales if s.id == "cement"]
    assert "'1': 'limit + 1.10 * (clinker_ratio - 75)'" in str(limit.corrected)


def test_a_substitute_takes_the_deduction_of_its_item() -> None:
    lever = roadmaps()["cement"].lever("raw_materials")
    [found] = saved(lever, load(), activity=1000, change=1, item="steel_slag")
    assert found.low == found.high == pytest.approx(215)
    with pytest.raises(Fault) as caught:
        saved(lever, load(), activity=1000, change=1, item="sand")
    assert caught.value.code == "unknown_lever_item"
