"""How good forecasts and warnings were: scores by hand, no look ahead, a real meter."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from budget_world import make

from dafeng.budget import alarms, forecast, forecast_settings, naive, roll, score
from dafeng.cli.verbs import budget as verbs
from dafeng.vocabulary import Fault
from dafeng.workspace import budgeting

HOW = forecast_settings()
NAN = float("nan")


def test_errors_by_hand() -> None:
    total = np.array([[110.0, NAN], [80.0, 100.0], [100.0, 130.0]])
    actual = np.array([100.0, 100.0, 100.0])
    low, high = total - 15, total + 15
    found = score(total, actual, low, high)
    # first part: +10 %, −20 %, 0; second: 0, +30 %
    assert found.count.tolist() == [3, 2]
    assert found.median.tolist() == pytest.approx([0.10, 0.15])
    assert found.mean.tolist() == pytest.approx([0.10, 0.15])
    assert found.bias.tolist() == pytest.approx([0.0, 0.15])
    assert found.covered.tolist() == pytest.approx([2 / 3, 1 / 2])


def test_a_firm_without_a_whole_year_is_not_compared() -> None:
    found = score(np.array([[110.0], [100.0]]), np.array([NAN, 0.0]))
    assert found.count.tolist() == [0]
    assert np.isnan(found.median[0])


def test_warnings_by_hand() -> None:
    # four months; budget 100; level 2 is a warning
    used = np.array([[30, 60, 90, 120], [30, 60, 90, 95], [30, 60, 110, 140], [20, 40, 60, 80]])
    held = np.array([[0, 2, 2, 2], [0, 2, 2, 0], [0, 0, 0, 2], [0, 0, 0, 0]])
    whole = np.array([True, True, True, True])
    found = alarms(held, 2, used.astype(float), np.full(4, 100.0), whole)
    assert (found.judged, found.over, found.warned) == (4, 2, 2)
    assert (found.hits, found.missed, found.false) == (1, 1, 1)
    assert found.lead.tolist() == [2]  # warned in the second month, used up in the fourth


def test_last_years_share_by_hand() -> None:
    # last year a quarter of the use came in the first month
    found = naive(np.array([[30.0, 10.0]]), np.array([[25.0, 75.0]]))
    assert found[0].tolist() == pytest.approx([120.0, 40.0])


def test_what_comes_later_changes_no_earlier_forecast() -> None:
    rng = np.random.default_rng(3)
    use = rng.lognormal(3, 0.3, (40, 4, 12))
    classes = np.zeros(40, np.int64)
    before = forecast(use[:, :3], use[:, 3], classes, HOW)
    use[:, 3, 6:] *= 50
    after = forecast(use[:, :3], use[:, 3], classes, HOW)
    for name in ("low", "high"):
        assert (getattr(before, name)[:, :6] == getattr(after, name)[:, :6]).all()
    assert (before.paths.total[:, :6] == after.paths.total[:, :6]).all()
    assert (before.paths.total[:, 6:] != after.paths.total[:, 6:]).all()


def test_a_week_with_a_pattern_is_forecast_by_it() -> None:
    # two days of rest: five sevenths after five days is wrong by 40 %, the pattern is right
    week = np.array([10.0, 10, 10, 10, 10, 0.5, 0.5])
    found = roll(np.tile(week, (20, 1)), HOW)
    assert found.ours.mean[4] == pytest.approx(0, abs=1e-9)
    assert found.plain.mean[4] == pytest.approx(70 / 51 - 1)


# --- On the books, from the surface -----------------------------------------------------------


def test_a_year_is_held_against_what_came(tmp_path: Path) -> None:
    ws = make(tmp_path / "world")
    found = verbs.budget_backtest("en", ws.store.path, 2025, None, None, []).data
    month = found["ours"][3]
    assert month["reported"] == 6
    assert month["median"] < 0.01  # ±2 % a month
    assert month["covered"] > 0.7  # 0.8 is claimed; the stories lie outside
    said = found["warnings"]
    # OVER and SPIKE went over budget and were warned; STOP and GAP have no whole year.
    # OVER: warned in April, 12 650 tce in November; SPIKE: in June, 13 000 of 12 600 in October
    assert (said["judged"], said["over"], said["hits"], said["missed"]) == (33, 2, 2, 0)
    assert sorted(said["lead_months"]) == [4, 7]
    first = budgeting.Budgets(ws).backtest(None, 2025)
    assert first.beside.count.tolist() == first.plain.count.tolist()


def series(path: Path, days: int, text: str = "") -> Path:
    """Write a series of days from Wednesday 2020-01-01 on."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["stamp", "kwh"])
        for n in range(days):
            day = date(2020, 1, 1) + timedelta(days=n)
            writer.writerow([f"{day} 12:00", text or (1 if day.weekday() > 4 else 10)])
    return path


def test_a_series_is_cut_into_whole_weeks(tmp_path: Path) -> None:
    path = series(tmp_path / "meter.csv", 120)
    columns = ["time=stamp", "value=kwh"]
    found = verbs.budget_backtest("en", tmp_path, None, None, path, columns).data
    assert found["first_week"] == "2020-01-06"  # a Monday
    assert found["weeks"] == (120 - 5) // 7
    assert found["ours"][0]["mean"] == pytest.approx(0)


@pytest.mark.parametrize(
    ("columns", "days", "text", "code"),
    [
        (["time=stamp"], 120, "", "budget_no_column"),
        (["time:stamp"], 120, "", "budget_bad_mapping"),
        (["time=stamp", "value=kwh"], 60, "", "budget_short_series"),
        (["time=kwh", "value=kwh"], 120, "", "budget_bad_series"),
        (["time=stamp", "value=kwh"], 120, "much", "budget_bad_series"),
    ],
)
def test_a_series_that_cannot_be_read_is_refused(
    tmp_path: Path, columns: list[str], days: int, text: str, code: str
) -> None:
    path = series(tmp_path / "meter.csv", days, text)
    with pytest.raises(Fault, match=code):
        verbs.budget_backtest("en", tmp_path, None, None, path, columns)


def test_a_real_meter_is_forecast_better_than_pro_rata(test_data: Path) -> None:
    """Steel plant, Gwangyang 2018 (UCI 851): 40 weeks after the first twelve."""
    path = test_data / "data" / "steel_plant_meter_2018" / "steel_plant_15min_2018.parquet"
    columns = {"time": "timestamp_as_published", "value": "active_energy_kwh"}
    found = budgeting.weekly(path, columns, HOW)
    assert (len(found.use), len(found.rolled.cycles), found.left_out) == (52, 40, 0)
    assert found.use.sum() == pytest.approx(959_637, rel=0.01)  # less the last day of the year
    ours, plain = found.rolled.ours.mean[2:6], found.rolled.plain.mean[2:6]
    assert (ours < plain / 2).all()
