"""Peak status: how series are read, what is measured on them, and what is said of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.outlook import Panel, Unreadable, judge, read_history, status_findings, status_rows
from dafeng.outlook.features import measure
from dafeng.outlook.learn import ridge_logistic, ridge_median, weighted_quantiles
from dafeng.outlook.peak_settings import priors
from dafeng.vocabulary import Fault

COLUMNS = {"series": "series", "year": "year", "value": "value", "vintage": None}
NAN = np.nan


def panel(*rows: list[float], first: int = 1991) -> Panel:
    names = tuple(f"s{count}" for count in range(len(rows)))
    return Panel(names, first, np.array(rows, dtype=np.float64))


def write(path: Path, rows: Sequence[tuple[object, ...]], head: str = "series,year,value") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(rows)
    return path


def growing(rate: float, years: int, start: float = 100.0) -> list[float]:
    return [start * (1 + rate) ** year for year in range(years)]


# --- What a panel knows ---------------------------------------------------------------------------


def test_the_record_of_a_series_by_hand() -> None:
    # 1991 1992 1993 1994 1995 1996 1997; the maximum 3 of 1992 is equalled in 1994 and exceeded
    # by 4 in 1996: an equal value does not exceed, and a gap is not a value
    one = panel([1, 3, 2, 3, NAN, 4, 2])
    assert one.record.tolist() == [[0, 1, 1, 1, 1, 5, 5]]
    assert one.until_exceeded.tolist() == [[1, 4, 3, 2, 1, np.inf, np.inf]]
    assert one.highest.tolist() == [[1, 3, 3, 3, 3, 4, 4]]


def test_what_is_known_at_a_date_ends_there() -> None:
    two = panel([1, 2, 3], [NAN, NAN, 5])
    known = two.until(1992)
    assert known.names == ("s0",)
    assert known.values.tolist() == [[1, 2]]
    assert known.until_exceeded.tolist() == [[1, np.inf]]


def test_a_zero_is_a_value_and_stands_as_a_floor_in_logarithms() -> None:
    one = panel([0, 10, 0, 5])
    assert np.isnan(one.levels[0, 0])  # nothing above zero yet
    assert np.exp(one.levels[0, 1:]).round(6).tolist() == [10, 0.01, 5]  # a thousandth of ten


def test_a_gap_carries_the_last_value_for_three_years_only() -> None:
    one = panel([5, NAN, NAN, NAN, NAN, 6])
    assert (~np.isnan(one.levels)).tolist() == [[True, True, True, True, False, True]]


@given(
    st.lists(st.floats(0.5, 100), min_size=12, max_size=12),
    st.lists(st.floats(0.5, 100), min_size=4, max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_no_later_value_enters_a_measure(past: list[float], later: list[float]) -> None:
    short, long = measure(panel(past)), measure(panel(past + later))
    for name in ("age", "below", "below_recent", "spread", "judged"):
        known = getattr(long, name)[:, : len(past)]
        assert np.array_equal(getattr(short, name), known, equal_nan=True), name


# --- Reading --------------------------------------------------------------------------------------


def test_several_columns_make_a_series_and_rows_can_be_added(tmp_path: Path) -> None:
    rows = [("A", "steel", "coal", 2001, 2), ("A", "steel", "gas", 2001, 3)]
    file = write(tmp_path / "f.csv", rows, "place,sector,fuel,year,mt")
    columns = COLUMNS | {"value": "mt", "series": "place,sector,fuel"}
    assert read_history(file, columns).names == ("A / steel / coal", "A / steel / gas")
    columns["series"] = "place, sector"
    assert read_history(file, columns, add=True).panel().values.tolist() == [[5]]
    with pytest.raises(Fault) as caught:
        read_history(file, columns)
    assert caught.value.code == "outlook_duplicate"


def test_the_newest_vintage_counts_but_not_before_it_was_published(tmp_path: Path) -> None:
    rows = [("A", 2001, 10, "2002"), ("A", 2002, 11, "2003"), ("A", 2001, 12, "2005-07")]
    file = write(tmp_path / "f.csv", rows, "series,year,value,edition")
    history = read_history(file, COLUMNS | {"vintage": "edition"})
    assert history.panel().values.tolist() == [[12, 11]]
    assert history.panel(2003).values[0].tolist()[:2] == [10, 11]
    assert np.isnan(history.panel(2002).values[0, 1])  # 2002 was not yet published
    (revised,) = [f for f in history.findings if f.code == "outlook_revised"]
    assert revised.values["newest"] == "2005-07"
    assert (revised.values["before"], revised.values["after"]) == ("10", "12")


@pytest.mark.parametrize(
    ("rows", "head", "code"),
    [
        ([("A", 2001, -1)], "series,year,value", "outlook_negative"),
        ([("A", 2001, 1), ("A", 2001, 1)], "series,year,value", "outlook_duplicate"),
        ([("A", 2001, "")], "series,year,value", "outlook_empty"),
        ([("A", 2001, 1, "first")], "series,year,value,edition", "outlook_vintage"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, rows: list[Any], head: str, code: str) -> None:
    columns = COLUMNS | {"vintage": "edition" if "edition" in head else None}
    with pytest.raises(Fault) as caught:
        read_history(write(tmp_path / "f.csv", rows, head), columns)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("row", "head", "code"),
    [
        (("A", 2001, "1,234"), "series,year,value", "thousands_separator"),
        (("A", "y", 1), "series,year,value", "bad_number"),
        (("A", 2001, 1), "series,year,mt", "outlook_column"),
    ],
)
def test_what_cannot_be_read_is_named_by_row(
    tmp_path: Path, row: tuple[Any, ...], head: str, code: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        read_history(write(tmp_path / "f.csv", [row], head), COLUMNS)
    assert code in {finding.code for finding in caught.value.findings}


def test_zeros_and_gaps_are_told(tmp_path: Path) -> None:
    rows = [("A", 2001, 1), ("A", 2002, 0), ("A", 2004, 1), ("B", 2001, 1)]
    found = read_history(write(tmp_path / "f.csv", rows), COLUMNS).findings
    by_code = {finding.code: finding.values for finding in found}
    assert by_code["outlook_zeros"]["years"] == 1
    assert by_code["outlook_gaps"] == {"years": 1, "series": "A"}


# --- Estimators -----------------------------------------------------------------------------------


def test_a_logistic_without_rows_is_its_prior_and_with_many_it_is_the_rows() -> None:
    prior = np.array([1.0, -1.0])
    none = ridge_logistic(np.zeros((0, 2)), np.zeros(0), np.zeros(0), prior, 1.0)
    assert none.tolist() == prior.tolist()
    # two groups, 3 of 4 and 1 of 4 true: logits are ln 3 and −ln 3
    x = np.array([[1.0, 0.0]] * 4 + [[0.0, 1.0]] * 4)
    y = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    found = ridge_logistic(x, y, np.full(8, 1000.0), prior, 1e-6)
    assert found == pytest.approx([np.log(3), -np.log(3)], abs=1e-6)


def test_a_median_fit_is_not_moved_by_an_outlier() -> None:
    x, y = np.ones((5, 1)), np.array([1.0, 2.0, 3.0, 4.0, 1000.0])
    found = ridge_median(x, y, np.full(5, 1000.0), np.zeros(1), 1e-6, 0.001)
    assert found == pytest.approx([3.0], abs=0.1)


def test_weighted_quantiles_by_hand() -> None:
    # weights 1, 2, 1 of 4: the middles of the values stand at 1/8, 4/8, 7/8
    values, weight = np.array([30.0, 10.0, 20.0]), np.array([1.0, 1.0, 2.0])
    found = weighted_quantiles(values, weight, np.array([0.125, 0.5, 0.6875, 0.99]))
    assert found.tolist() == [10, 20, 25, 30]


# --- Judgements -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[str, Any]]:
    fallen = [*growing(0.05, 15), *growing(-0.04, 20, start=200.0)]
    flat = [*growing(0.05, 20), *[260.0 + 1.5 * (year % 2) for year in range(15)]]
    back = [*growing(0.05, 15), *growing(-0.06, 12, start=190.0), *growing(0.04, 8, start=100.0)]
    status = judge(panel(growing(0.05, 35), fallen, flat, back, [NAN] * 33 + [1, 2]))
    return {row["series"]: row for row in status_rows(status)}


def test_shapes_are_told_apart(judged: dict[str, Any]) -> None:
    shapes = [judged[f"s{count}"]["shape"] for count in range(4)]
    assert shapes == ["rising", "falling", "plateau", "rebound"]


def test_a_long_fall_has_peaked_and_growth_has_not(judged: dict[str, Any]) -> None:
    assert judged["s1"]["p_peaked"] > 0.8
    assert judged["s0"]["p_peaked"] < 0.2
    assert judged["s0"]["p_peaked"] < judged["s3"]["p_peaked"] < judged["s1"]["p_peaked"]


def test_a_later_peak_is_never_less_likely(judged: dict[str, Any]) -> None:
    for row in list(judged.values())[:4]:
        assert row["p_peaked"] <= row["p_peak_by_5"] <= row["p_peak_by_10"] <= 1


def test_intervals_are_ordered_and_widen(judged: dict[str, Any]) -> None:
    for row in list(judged.values())[:4]:
        for ahead in (5, 10):
            low, middle, high = (row[f"level_{ahead}_q{q}"] for q in ("05", "50", "95"))
            assert 0 < low < middle < high
        assert row["level_10_q95"] / row["level_10_q05"] > row["level_5_q95"] / row["level_5_q05"]


def test_what_is_too_short_is_not_judged_and_is_said(judged: dict[str, Any]) -> None:
    assert judged["s4"]["p_peaked"] is None
    assert judged["s4"]["level_5_q50"] is None
    status = judge(panel([NAN] * 33 + [1, 2], growing(0.05, 35)))
    (found,) = [f for f in status_findings(status) if f.code == "outlook_not_judged"]
    assert found.values["series"] == "s0"


def test_the_unit_of_a_panel_does_not_matter() -> None:
    rows = [growing(0.04, 30), [*growing(0.06, 15), *growing(-0.02, 15, start=220.0)]]
    one, other = judge(panel(*rows)), judge(panel(*[[1024 * v for v in row] for row in rows]))
    assert one.p_peaked == pytest.approx(other.p_peaked, abs=1e-9)
    assert one.levels[5] * 1024 == pytest.approx(other.levels[5], rel=1e-9)


def test_a_longer_wait_makes_a_peak_less_certain() -> None:
    row = [*growing(0.05, 15), *growing(-0.02, 10, start=200.0)]
    near, far = (judge(panel(row), horizon=years).p_peaked[0] for years in (3, 20))
    assert near > far


def test_a_single_series_is_judged_from_the_shipped_prior() -> None:
    (row,) = status_rows(judge(panel(growing(0.03, 8))))
    assert row["p_peaked"] is not None


def test_levels_that_rest_on_the_prior_alone_say_so() -> None:
    def said(years: int) -> list[str]:
        found = status_findings(judge(panel(growing(0.03, years))))
        return [f.values["ahead"] for f in found if f.code == "outlook_unlearned"]

    # a date is learned from with six values known: 6 + 5 years for the first outcome five years on
    assert [said(years) for years in (10, 11, 16)] == [["+5, +10"], ["+10"], []]


def test_a_jump_is_told_and_old_jumps_are_not() -> None:
    row = [100.0, 40, 41, 42, *growing(0.02, 26, start=43.0), 200.0, 201.0]
    (found,) = judge(panel(row, first=1991)).breaks
    assert found == (2021,)


def test_no_prior_rests_on_anything_after_the_date() -> None:
    assert priors().at(1999).known_by == 1995
    assert priors().at(1995).known_by == 1995
    with pytest.raises(Fault) as caught:
        priors().at(1960)
    assert caught.value.code == "outlook_too_early"


# --- The command ----------------------------------------------------------------------------------


def command(*words: str, code: int = 0, lang: str = "en") -> Any:
    given = ["outlook", "status", *words, "--lang", lang]
    done = CliRunner(env={"COLUMNS": "100"}).invoke(app, given)
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [("甲", 1990 + i, v) for i, v in enumerate(growing(0.03, 25))]
    rows += [("乙", 1990 + i, v) for i, v in enumerate(growing(-0.03, 25))]
    return write(tmp_path / "series.csv", rows)


@pytest.mark.parametrize(("lang", "words"), [("zh", "已达峰"), ("en", "has peaked")])
def test_the_command_speaks_both_languages(file: Path, lang: str, words: str) -> None:
    out = command(str(file), lang=lang).stdout
    assert words in out
    assert "2014" in out  # the last year of the file


def test_the_command_shows_one_series_at_an_earlier_year(file: Path) -> None:
    data = json.loads(command(str(file), "--only", "乙", "--as-of", "2010", "--json").stdout)
    assert (data["as_of"], [row["series"] for row in data["status"]]) == (2010, ["乙"])


def test_the_columns_of_the_file_are_named(tmp_path: Path) -> None:
    rows = [("A", 1990 + i, "x", v) for i, v in enumerate(growing(0.03, 12))]
    file = write(tmp_path / "f.csv", rows, "place,when,fuel,mt")
    named = ("--series", "place", "--year", "when", "--value", "mt", "--json")
    assert json.loads(command(str(file), *named).stdout)["status"][0]["series"] == "A"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--only", "丙"), "outlook_unknown_series"),
        (("--as-of", "2030"), "outlook_no_date"),
        (("--value", "mt"), "outlook_column"),
    ],
)
def test_the_command_refuses_what_is_not_there(
    file: Path, words: tuple[str, ...], code: str
) -> None:
    assert code in command(str(file), *words, code=2).stderr
