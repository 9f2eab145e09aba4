"""The hindcast: truth, baselines, scores, and that no judgement knows its future."""

from __future__ import annotations

import csv
import importlib.util
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.outlook import (
    BASELINES,
    METHOD,
    Hindcast,
    History,
    Panel,
    backtest,
    read_history,
    score,
)
from dafeng.outlook.baselines import baselines, mann_kendall, simple_rule
from dafeng.outlook.hindcast import Judged, Reached, never_exceeded
from dafeng.outlook.scores import brier
from dafeng.vocabulary import Fault

COLUMNS = {"series": "series", "year": "year", "value": "value", "vintage": None}
AS_OF = 2005


def panel(*rows: list[float], first: int = 1991) -> Panel:
    names = tuple(f"s{count}" for count in range(len(rows)))
    return Panel(names, first, np.array(rows, dtype=np.float64))


def write(path: Path, rows: Sequence[tuple[str, int, float]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("series", "year", "value"))
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, int, float]]:
    """Forty series that grow, and from some year on fall; one begins late, one has gaps."""
    draw = random.Random(3)  # noqa: S311
    found = []
    for count in range(40):
        value, turn = 50.0, draw.randint(1975, 2030)
        for year in range(1999 if count == 7 else 1960, 2022):
            value *= np.exp(draw.gauss(0.04 if year < turn else -0.03, 0.04))
            if count != 9 or year % 7:
                found.append((f"series {count}", year, round(value, 3)))
        found += [("late", 2015, 1.0)] if count == 0 else []
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hindcast")


@pytest.fixture(scope="module")
def file(folder: Path, rows: list[Any]) -> Path:
    return write(folder / "series.csv", rows)


@pytest.fixture(scope="module")
def found(file: Path) -> Hindcast:
    return backtest(read_history(file, COLUMNS), [1995, AS_OF, 2012])


# --- The future is closed -------------------------------------------------------------------------


def command(*words: str, lang: str = "en") -> str:
    done = CliRunner().invoke(app, ["outlook", "backtest", *words, "--lang", lang])
    assert done.exit_code == 0, done.output
    return done.stdout


def predictions(file: Path, *more: str) -> str:
    return command(str(file), "--json", "--as-of", str(AS_OF), *more)


def test_a_file_that_ends_at_the_date_gives_the_same_bytes(
    folder: Path, file: Path, rows: list[Any]
) -> None:
    whole = predictions(file)
    cut = write(folder / "cut.csv", [row for row in rows if row[1] <= AS_OF])
    assert predictions(cut) == whole
    draw = random.Random(1)  # noqa: S311
    later = [(s, y, v if y <= AS_OF else draw.uniform(0, 1000)) for s, y, v in rows]
    draw.shuffle(later)
    assert predictions(write(folder / "other.csv", later)) == whole


def test_a_line_per_series_and_date(file: Path) -> None:
    lines = [json.loads(line) for line in predictions(file, "--as-of", "1995").splitlines()]
    keys = [(line["series"], line["as_of"]) for line in lines]
    assert len(keys) == len(set(keys)) == 39 + 40  # series 7 begins in 1999, "late" in 2015
    wanted = ["series", "as_of", "p_peaked"]
    wanted += [f"level_{years}_q{q}" for years in (5, 10) for q in ("05", "50", "95")]
    assert all(set(wanted) <= set(line) for line in lines)
    assert all(0 < line["p_peaked"] < 1 for line in lines)


def test_a_baseline_sees_only_its_panel(file: Path) -> None:
    history = read_history(file, COLUMNS)
    # at 2005, the outcome of an earlier date is what 2005 knew, not what 2021 knows
    one, other = history.panel(AS_OF), history.panel().until(AS_OF)
    for name, p in baselines(one).items():
        assert np.array_equal(p, baselines(other)[name], equal_nan=True)


# --- Any file that holds the same says the same --------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encodings_and_names_do_not_matter(folder: Path, rows: list[Any], encoding: str) -> None:
    named = [(f"中国 {name}，甲/“乙”", year, value) for name, year, value in rows]
    plain = predictions(write(folder / "plain.csv", named))
    file = folder / f"{encoding}.csv"
    file.write_bytes((folder / "plain.csv").read_text("utf-8").encode(encoding))
    assert predictions(file) == plain
    assert json.loads(plain.splitlines()[0])["series"] == "中国 series 0，甲/“乙”"


@pytest.mark.parametrize(
    ("year", "text"),
    [
        (pa.int64(), pa.string()),
        (pa.int16(), pa.large_string()),
        (pa.float64(), pa.dictionary(pa.int32(), pa.string())),
        (pa.string(), pa.string()),
    ],
)
def test_types_of_columns_do_not_matter(
    folder: Path, file: Path, rows: list[Any], year: Any, text: Any
) -> None:
    names, years, values = zip(*rows, strict=True)
    table = pa.table(
        {
            "series": pa.array(names).cast(text),
            "year": pa.array(years).cast(year),
            "value": pa.array(values),
            "note": pa.array(["x"] * len(rows)),
        }
    )
    pq.write_table(table, folder / "typed.parquet")
    assert predictions(folder / "typed.parquet") == predictions(file)


@pytest.mark.parametrize(
    ("values", "judged"),
    [([5.0], True), ([0.0], False), ([1.0, 2.0, 0.0, 3.0], True)],  # constant, nothing, zeros
)
def test_a_lone_series_is_judged_unless_it_is_nothing(
    folder: Path, values: list[float], judged: Any
) -> None:
    lone = [("one", 1980 + i, values[i % len(values)]) for i in range(40)]
    [line] = map(json.loads, predictions(write(folder / "lone.csv", lone)).splitlines())
    told = [line["p_peaked"], *(line[f"level_{k}_q{q}"] for k in (5, 10) for q in ("05", "95"))]
    assert all((value is not None) == judged for value in told)
    if judged:
        assert 0 < line["p_peaked"] < 1
        assert 0 < line["level_5_q05"] <= line["level_5_q50"] <= line["level_5_q95"]


# --- Truth and baselines by hand ------------------------------------------------------------------


def test_the_truth_is_that_the_maximum_is_never_exceeded() -> None:
    whole = panel([1, 3, 2, 3, 2], [1, 3, 2, 4, 2], [5, 4, 3, 2, 1])
    assert never_exceeded(whole, whole.names, 1992).tolist() == [True, False, True]
    assert never_exceeded(whole, ("s1",), 1994).tolist() == [True]


def test_mann_kendall_by_hand() -> None:
    # 5 3 4 1: pairs 5>3, 5>4, 5>1, 3<4, 3>1, 4>1: one rises, five fall
    assert mann_kendall(panel([9, 5, 3, 4, 1]), 4).tolist() == [-4]


def test_the_simple_rule_needs_age_depth_and_trend() -> None:
    long_fall = [10.0, 9.8, 9.6, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4, 8.2]
    recent = [5.0, 6, 7, 8, 9, 10, 9, 8, 7, 6]  # the maximum is 4 years old
    shallow = [10.0, 9.9, 9.9, 9.9, 9.8, 9.8, 9.8, 9.7, 9.7, 9.7]  # 97 % of it
    rising = [10.0, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9]
    assert simple_rule(panel(long_fall, recent, shallow, rising)).tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_the_base_rate_counts_what_earlier_dates_turned_out_to_be() -> None:
    # judged from the fourth year on; dates 1994, 1995 of a panel that ends in 1996:
    # the first series is exceeded after both, the second after neither: 2 of 4
    both = panel([1, 2, 3, 4, 5, 6], [9, 8, 7, 6, 5, 4])
    assert baselines(both)["base_rate"].tolist() == [0.5, 0.5]
    # of 1994, 1995, 1996 the third series holds its maximum of 1995 only from 1995 on: 2 of 3
    assert baselines(panel([1, 2, 3, 4, 8, 6, 5]))["base_rate"] == pytest.approx([2 / 3])


# --- Scores ---------------------------------------------------------------------------------------


def test_brier_by_hand() -> None:
    # ((0.8 − 1)² + (0.3 − 0)²) ÷ 2 = (0.04 + 0.09) ÷ 2
    assert brier(np.array([0.8, 0.3]), np.array([True, False])) == pytest.approx(0.065)


def test_scores_by_hand() -> None:
    truth = np.array([True, True, False, False])
    p = {name: np.full(4, 0.5) for name in (METHOD, *BASELINES)}
    p["simple_rule"] = np.array([1.0, 0.0, 1.0, 0.0])
    peaks = (Judged(2000, 0, p, truth),)
    ten, value = np.full(4, 10.0), np.array([8.0, 10.0, 12.0, 20.0])
    levels = (
        Reached(2000, 5, low=0.9 * ten, middle=ten, high=1.5 * ten, before=value, value=value),
    )
    scored = score(Hindcast((), peaks, levels))
    one = scored.peaks[0]
    assert one.brier == {METHOD: 0.25, "base_rate": 0.25, "simple_rule": 0.5, "logistic": 0.25}
    assert (one.precision, one.recall) == (0.5, 0.5)
    (only,) = scored.reliability
    assert (only.number, only.said, only.came) == (4, 0.5, 0.5)
    level = scored.levels[0]
    assert (level.covered, level.below, level.above) == (0.5, 0.25, 0.25)
    assert level.no_change == 0
    # |ln| of 0.8, 1, 1.2, 2: median of 0, 0.1823, 0.2231, 0.6931 is 0.2027; e^0.2027 − 1 = 0.2247
    assert level.error == pytest.approx(0.2247, abs=1e-4)


def test_what_is_scored_has_a_rest_to_be_scored_on(found: Hindcast) -> None:
    assert {(one.as_of, one.later) for one in found.peaks} == {
        (date, later)
        for date in (1995, AS_OF, 2012)
        for later in (0, 5, 10)
        if date + later <= 2018
    }
    assert {(one.as_of, one.ahead) for one in found.levels} == {
        (date, ahead) for date in (1995, AS_OF, 2012) for ahead in (5, 10) if date + ahead <= 2021
    }
    assert sum(len(one.truth) for one in found.peaks if one.later == 0) == 39 + 40 + 40


def test_dates_outside_the_file_are_refused(file: Path) -> None:
    history = read_history(file, COLUMNS)
    with pytest.raises(Fault) as caught:
        backtest(history, [2050])
    assert caught.value.code == "outlook_no_date"
    with pytest.raises(Fault) as caught:
        backtest(history, [1961])
    assert caught.value.code == "outlook_too_early"


def test_without_a_date_every_fifth_year_is_judged(file: Path) -> None:
    years = [status.as_of for status in backtest(read_history(file, COLUMNS)).statuses]
    assert years == list(range(1975, 2016, 5))


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "两特征逻辑回归"), ("en", "two-feature logistic")]
)
def test_the_command_shows_the_baselines_beside_the_method(
    file: Path, lang: str, words: str
) -> None:
    assert words[:3] in command(str(file), "--as-of", str(AS_OF), lang=lang)
    data = json.loads(command(str(file), "--as-of", str(AS_OF), "--json", "--scores"))
    assert data["dates"] == [AS_OF]
    assert set(data["scores"]["peaks"][0]["brier"]) == {METHOD, *BASELINES}


# --- Published series -----------------------------------------------------------------------------

COUNTRIES = ("iso3", "fossil_co2_mt", "country_co2/country_fossil_co2_1850_2021_a_l.parquet")
PROVINCES = (
    "province_code",
    "total_mt_co2",
    "china_province_co2/province_totals_co2_1997_2019.csv",
)
DATES = [1995, 2000, 2005, 2010, 2015]
YEARS = list(range(2003, 2017))


def published(folder: Path, series: str, value: str, file: str) -> History:
    return read_history(folder / "data" / file, COLUMNS | {"series": series, "value": value})


@pytest.mark.parametrize(("source", "dates"), [(COUNTRIES, DATES), (PROVINCES, YEARS)])
def test_on_published_series_the_method_beats_every_baseline_and_its_intervals_hold(
    test_data: Path, source: tuple[str, str, str], dates: list[int]
) -> None:
    scored = score(backtest(published(test_data, *source), dates))
    for one in scored.peaks:
        if one.as_of is None:
            assert min(one.brier, key=lambda name: one.brier[name]) == METHOD, one
    for level in scored.levels:
        if level.as_of is None:
            assert abs(level.covered - 0.9) <= 0.05, level


def test_priors_and_validation_page_are_not_stale(
    test_data: Path, repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = repo / "docs" / "build_outlook.py"
    spec = importlib.util.spec_from_file_location("build_outlook", place)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (test_data / "data" / script.COUNTRIES).is_file()
    monkeypatch.setattr(sys, "argv", ["build_outlook.py", "--check"])
    assert script.main() == 0, capsys.readouterr().err


def test_who_exceeds_a_past_maximum_was_not_said_to_have_peaked(test_data: Path) -> None:
    history = published(test_data, *PROVINCES)
    (status,) = backtest(history, [2016]).statuses
    whole = history.panel()
    lasting = never_exceeded(whole, status.panel.names, 2016)
    looks_past = status.peak_year < 2016
    exceeded = status.p_peaked[looks_past & ~lasting]
    assert len(exceeded) == 10  # nine of them with a maximum of 2014 or before
    assert exceeded.max() < 0.5
    assert exceeded.mean() + 0.15 < status.p_peaked[looks_past & lasting].mean()
