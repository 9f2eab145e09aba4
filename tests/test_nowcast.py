"""Months before the books close: by hand, without anything from later, and against the books."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dafeng.cli.verbs import run
from dafeng.outlook import (
    Months,
    Nowcast,
    NowcastSettings,
    Signal,
    month_table,
    nowcast,
    nowcast_settings,
    record_table,
)
from dafeng.vocabulary import Fault

NAN = math.nan
Rows = Sequence[Sequence[float]]


def labels(count: int) -> tuple[str, ...]:
    months = np.datetime64("2023-01", "M") + np.arange(count)
    return tuple(map(str, months))


def held(emissions: Rows, output: Rows, **own: object) -> Months:
    """Enterprises of one sector with a product each, unless said otherwise."""
    values = np.array(emissions, dtype=float)
    firms = len(values)
    given = {
        "months": labels(values.shape[1]),
        "sectors": ("30",),
        "sector": np.zeros(firms, dtype=np.int64),
        "emissions": values,
        "signals": {"output": Signal(np.arange(firms), np.array(output, dtype=float))},
        "mark": "synthetic",
    }
    return Months(**(given | own))  # type: ignore[arg-type]


def quick(**own: object) -> NowcastSettings:
    small = {"lag": 1, "least": 4, "anchor": 4, "window": 12, "least_errors": 2, "season": 4}
    return nowcast_settings().model_copy(update=small | own)


def test_emissions_in_proportion_to_output_are_met_exactly() -> None:
    # 2 t per unit of output in every month; 5 units in the open month: 10 t.
    found = nowcast(held([[4, 8, 2, 6, NAN]], [[2, 4, 1, 3, 5]]), own=quick())
    assert found.now.closed == 3
    assert found.now.value[:, 0] == pytest.approx([10, 10])
    assert found.now.naive[:, 0] == pytest.approx([4, 4])  # four months before, the season here
    assert np.isnan(found.now.booked).all()


def test_a_slope_other_than_one_by_hand() -> None:
    # log2 of output: 0 1 0 1, of emissions: 0 2 0 2, so the slope is 2, one more than proportion.
    # After proportion there remain 0 1 0 1; centred on x = ±½: Σx² = 1, Σx·r = 1.
    # One sector: pooled difference 1/(1+1) = ½, its own (1 + 1·½)/(1+1) = ¾: slope 1.75.
    # Level: median of log2 E − 1.75·log2 x (x relative to its mean 1.5, a shift c): 0, .25, 0, .25
    # → .125; open month x = 1: 2^(1.75·2 + .125) with output 4.
    found = nowcast(held([[1, 4, 1, 4, NAN]], [[1, 2, 1, 2, 4]]), own=quick(prior=1.0, clip=100.0))
    assert found.now.value[0, 0] == pytest.approx(2 ** (1.75 * 2 + 0.125))


def test_a_late_reporter_is_left_out_and_the_coverage_says_so() -> None:
    emissions: Rows = [[6, 6, 6, 6, 6], [2, 2, 2, 2, 2]]
    output: Rows = [[1, 1, 1, 1, 1], [1, 1, 1, 1, NAN]]
    found = nowcast(held(emissions, output), own=quick())
    assert found.now.value[0, 0] == pytest.approx(6)
    assert found.now.covered[0] == pytest.approx(0.75)  # 6 of 8
    assert found.now.kept.tolist() == [1, 1]
    assert found.now.firms.tolist() == [2, 2]


def test_a_gap_in_closed_months_is_no_zero() -> None:
    emissions: Rows = [[6, 6, 6, 6, 6], [2, NAN, 2, 2, 2]]
    found = nowcast(held(emissions, [[1.0] * 5, [1.0] * 5]), own=quick())
    assert found.now.value[0, 0] == pytest.approx(6)


def test_what_is_not_whole_later_is_not_scored() -> None:
    emissions: Rows = [[6, 6, 6, 6, 6, 6], [2, 2, 2, 2, NAN, 2]]
    found = nowcast(held(emissions, [[1.0] * 6, [1.0] * 6]), own=quick())
    assert found.past[0].value[0, 0] == pytest.approx(8)
    assert np.isnan(found.past[0].booked[0, 0])
    assert record_table(found).num_rows == 0


def test_one_slip_of_units_does_not_move_the_level() -> None:
    output = [[1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]]
    right = [[3.0 * x for x in output[0]]]
    slipped = [[*right[0][:5], 3000.0 * output[0][5], *right[0][6:]]]
    own = quick(least=12, anchor=12)
    values = [nowcast(held(e, output), own=own).now.value[0, 0] for e in (right, slipped)]
    assert values[0] == pytest.approx(3)
    assert values[1] == pytest.approx(3, rel=0.01)


def test_too_few_months_are_refused() -> None:
    with pytest.raises(Fault, match="nowcast_too_short"):
        nowcast(held([[1, 1, 1]], [[1, 1, 1]]), own=quick())


def world(seed: int = 7, months: int = 30) -> Months:
    """Three sectors of twenty firms, electricity and one or two products each."""
    rng = np.random.default_rng(seed)
    firms = 60
    season = 1 + 0.2 * np.sin(np.arange(months) * 2 * np.pi / 12)
    size = np.exp(rng.normal(0, 1, (firms, 1)))
    output = size * season * np.exp(rng.normal(0, 0.05, (firms, months)).cumsum(axis=1))
    noise = np.exp(rng.normal(0, 0.02, (firms, months)))
    owner = np.r_[np.arange(firms), np.arange(10)]
    products = np.vstack([output, output[:10] * 3])
    electricity = output * np.exp(rng.normal(0, 0.05, (firms, months)))
    return Months(
        labels(months),
        ("17", "30", "31"),
        np.repeat(np.arange(3), 20),
        output * noise * 100,
        {"electricity": Signal(np.arange(firms), electricity), "output": Signal(owner, products)},
        "synthetic",
    )


@pytest.fixture(scope="module")
def found() -> Nowcast:
    return nowcast(world(), as_of=27)


def test_nothing_from_later_is_used(found: Nowcast) -> None:
    # As of month 27 the books are closed to 25. Emissions after it, and signals after 27, are
    # replaced by nonsense: estimates, intervals and coverage stay as they are, to the bit.
    base = world()
    emissions = base.emissions.copy()
    emissions[:, 26:] = 1e9
    signals = {}
    for name, one in base.signals.items():
        values = one.values.copy()
        values[:, 28:] = 1e-9
        signals[name] = replace(one, values=values)
    other = nowcast(replace(base, emissions=emissions, signals=signals), as_of=27)
    assert other.now.closed == found.now.closed == 25
    assert np.array_equal(other.now.value, found.now.value)
    assert np.array_equal(other.spread, found.spread)
    assert np.array_equal(other.now.covered, found.now.covered)
    assert not np.array_equal(other.now.booked, found.now.booked)


def test_the_record_is_what_would_have_been_said_then(found: Nowcast) -> None:
    for one, spread in zip(found.past, found.past_spread, strict=True):
        again = nowcast(world(), as_of=one.closed + found.settings.lag)
        assert np.array_equal(again.now.value, one.value)
        assert np.array_equal(again.spread, spread, equal_nan=True)


def test_it_beats_the_same_month_of_the_year_before(found: Nowcast) -> None:
    rows = [row for row in record_table(found).to_pylist() if row["ahead"] == 1]
    assert {row["sector"] for row in rows} == {"17", "30", "31", ""}
    for row in rows:
        assert row["months"] == 13
        assert row["mape"] < row["naive_mape"]


def test_intervals_hold_about_what_they_say() -> None:
    rows = [
        row
        for seed in range(8)
        for row in record_table(nowcast(world(seed))).to_pylist()
        if row["intervals"]
    ]
    inside = sum(row["within"] * row["intervals"] for row in rows)
    share = inside / sum(row["intervals"] for row in rows)
    assert share == pytest.approx(nowcast_settings().share, abs=0.07)


def test_too_few_errors_give_no_interval(found: Nowcast) -> None:
    assert np.isnan(found.past_spread[0]).all()
    rows = month_table(found).to_pylist()
    assert rows[0]["low"] is None
    assert rows[-1]["low"] < rows[-1]["estimate"] < rows[-1]["high"]


def test_the_region_is_the_sum_of_its_sectors(found: Nowcast) -> None:
    assert np.allclose(found.now.value[:-1].sum(axis=0), found.now.value[-1])


# --- The command, on the fictional province ---------------------------------------------------


@pytest.fixture(scope="module")
def province(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nowcast") / "zhejiang"
    made = [sys.executable, str(repo / "examples/zhejiang/generate.py"), str(folder)]
    subprocess.run([*made, "--enterprises", "60"], check=True, capture_output=True)  # noqa: S603
    return folder


@pytest.fixture
def command(
    province: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what the verb says: exit code, output, findings."""

    def ran(lang: str, as_of: str | None = None, **own: bool) -> tuple[int, str, str]:
        asked: dict[str, Any] = {"as_of": as_of, "region": None, "sector": None, "figure": None}
        code = run(
            "outlook_nowcast", lang, workspace=province, **({"as_json": False} | own), **asked
        )
        return code, *capsys.readouterr()

    return ran


def test_the_province_has_open_months_and_a_record(
    command: Callable[..., tuple[int, str, str]],
) -> None:
    code, out, _ = command("en", as_json=True)
    assert code in (0, 1)
    said = json.loads(out)
    assert said["mark"] == "synthetic"
    assert said["closed"] == "2025-10"
    assert {row["month"] for row in said["open"]} == {"2025-11", "2025-12"}
    whole = [row for row in said["open"] if not row["sector"]]
    assert all(row["low"] < row["estimate"] < row["high"] for row in whole)
    assert all(0 < row["covered"] <= 1 for row in said["open"])
    assert {row["ahead"] for row in said["record"]} == {1, 2}


def test_it_speaks_both_languages(command: Callable[..., tuple[int, str, str]]) -> None:
    _, english, _ = command("en")
    assert "estimated from electricity and output" in english
    assert not re.search("[\u4e00-\u9fff]", english)
    _, chinese, _ = command("zh")
    assert "由电力与产量估计" in chinese


def test_a_month_that_is_not_there_is_refused(command: Callable[..., tuple[int, str, str]]) -> None:
    code, _, findings = command("zh", as_of="2031-01")
    assert code == 2
    assert "nowcast_no_month" in findings
