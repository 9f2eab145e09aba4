"""Budgets followed through a year: forecasts, levels, lists, settlement, and what explains them."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from budget_world import make
from hypothesis import given
from hypothesis import strategies as st

from dafeng.budget import (
    NOT_REPORTED,
    TOO_EARLY,
    Forecast,
    Levels,
    forecast,
    forecast_settings,
    judge,
    level_settings,
    on_own_cycle,
    settle,
    use_of,
)
from dafeng.cli.verbs import budget as verbs
from dafeng.rulebook import load
from dafeng.vocabulary import Fault, Text
from dafeng.workspace import Workspace, budgeting

HOW, LEVELS = forecast_settings(), level_settings()
NAN = float("nan")
FLAT = np.full(12, 1 / 12)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make(tmp_path_factory.mktemp("budgets") / "world")


class Remembering(budgeting.Budgets):
    """Budgets that follow each month once."""

    @cache  # noqa: B019  one for the module
    def follow(self, region: str | None = None, as_of: str | None = None) -> budgeting.Followed:
        return super().follow(region, as_of)


@pytest.fixture(scope="module")
def budgets(world: Workspace) -> budgeting.Budgets:
    return Remembering(world)


def story(budgets: budgeting.Budgets, name: str, *months: int) -> list[str]:
    """Levels of a firm after some months of 2025."""
    found = budgets.follow(None, "2025-12")
    at = found.find(name)
    return [LEVELS.id_of(int(found.levels.held[at, month - 1])) for month in months]


# --- The forecast -----------------------------------------------------------------------------


def one(now: list[float], past: np.ndarray | None = None) -> Forecast:
    """Forecast one firm; without a past its seasons are flat."""
    before = np.full((1, 1, 12), NAN) if past is None else past
    row = np.array([now + [NAN] * (12 - len(now))])
    return forecast(before, row, np.zeros(1, np.int64), HOW)


def test_a_steady_firm_goes_on_as_it_did() -> None:
    # four months of 100: 400 used, level 1200 a year, 8/12 of it to come
    assert one([100.0] * 4).paths.total[0, 3] == pytest.approx(1200)


def test_the_newest_months_weigh_more_than_year_to_date() -> None:
    # 100, 100, 130 with memory 0.9: weights 0.81, 0.9, 1; level 12 · (81 + 90 + 130) / 2.71
    found = one([100.0, 100.0, 130.0])
    level = 12 * (81 + 90 + 130) / 2.71
    assert found.paths.total[0, 2] == pytest.approx(330 + level * 9 / 12)


def test_seasons_of_earlier_years_are_used() -> None:
    shares = np.array([2.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0])
    past = np.tile(shares * 100, (1, 2, 1)).reshape(1, 2, 12)
    # a third of the months, but 5/12 of the use: 500 of 1200
    found = one([200.0, 100, 100, 100], past)
    assert found.paths.total[0, 3] == pytest.approx(1200)


def test_one_month_of_spike_counts_in_the_use_and_not_in_the_level() -> None:
    found = one([100.0, 100, 100, 700, 100])
    assert found.paths.spikes[0].tolist()[:5] == [False, False, False, True, False]
    assert found.paths.total[0, 4] == pytest.approx(1100 + 7 * 100)


def test_two_months_in_a_row_are_a_new_level() -> None:
    shut = one([100.0, 100, 100, 0, 0])
    assert shut.paths.shifts[0, 4]
    assert shut.paths.total[0, 4] == pytest.approx(300)  # nothing more comes


def test_a_missing_month_is_filled_by_level_and_season_not_by_zero() -> None:
    found = one([100.0, NAN, 100, 100])
    assert found.paths.total[0, 3] == pytest.approx(1200)
    assert found.paths.used[0, 3] == 300


def test_a_whole_year_is_no_forecast_any_more() -> None:
    found = one([100.0] * 11 + [300.0])
    assert found.paths.total[0, 11] == found.low[0, 11] == found.high[0, 11] == 1400


def test_without_earlier_years_there_is_no_interval() -> None:
    assert np.isnan(one([100.0] * 6).low[0, 5])


def test_the_interval_covers_what_it_claims() -> None:
    rng = np.random.default_rng(7)
    firms, scatter = 3000, rng.lognormal(np.log(0.05), 0.5, (3000, 1, 1))
    size = rng.lognormal(5, 1, (firms, 1, 1)) * np.exp(rng.normal(0, 0.1, (firms, 4, 1)))
    use = size * np.exp(rng.normal(0, 1, (firms, 4, 12)) * scatter)
    found = forecast(use[:, :3], use[:, 3], np.zeros(firms, np.int64), HOW)
    actual = use[:, 3].sum(axis=1)
    for month in (2, 5, 9):
        inside = (found.low[:, month] <= actual) & (actual <= found.high[:, month])
        assert 0.76 < inside.mean() < 0.86  # claimed: 0.8


@given(st.lists(st.floats(0, 1e9), min_size=12, max_size=12), st.integers(3, 11))
def test_a_forecast_is_never_below_what_is_used(months: list[float], known: int) -> None:
    found = one(months[:known])
    total, used = found.paths.total[0, known - 1], found.paths.used[0, known - 1]
    assert total >= used * (1 - 1e-9)


# --- Levels -----------------------------------------------------------------------------------


def judged(shares: list[float], known: list[bool] | None = None) -> list[str]:
    """Levels by month of a firm whose forecast is these shares of its budget, without interval."""
    row = np.array([shares])
    seen = np.array([known or [True] * len(shares)])
    paths = forecast(np.full((1, 1, len(shares)), NAN), row, np.zeros(1, np.int64), HOW).paths
    fake = type(paths)(row, np.zeros_like(row), paths.spikes, paths.shifts, seen.cumsum(axis=1))
    empty = np.full(row.shape, NAN)
    found = Forecast(fake, empty, empty, row, row[:, 0], empty, np.zeros(1, np.int64))
    held = judge(np.ones(1), found, seen, HOW.least_parts, LEVELS).held[0]
    return [LEVELS.id_of(int(level)) for level in held]


def test_the_first_months_are_too_early() -> None:
    assert judged([2.0, 2.0, 0.5])[:2] == ["too_early", "too_early"]


def test_a_warning_needs_two_months_and_comes_as_a_notice_first() -> None:
    assert judged([0.9, 0.9, 0.9, 1.05, 1.05])[3:] == ["notice", "warning"]


def test_a_level_does_not_flicker() -> None:
    held = judged([0.9, 0.9, 1.05, 1.05, 0.9, 1.05, 0.9, 1.05, 0.9, 1.05])
    assert held[3:] == ["warning"] * 7


def test_a_level_is_left_after_two_months_below() -> None:
    assert judged([0.9, 0.9, 1.05, 1.05, 0.9, 0.9])[-2:] == ["warning", "normal"]


def test_a_month_that_is_not_reported_is_never_normal() -> None:
    seen = [True, True, True, True, False, True]
    assert judged([0.5] * 6, seen)[4:] == ["not_reported", "notice"]


@given(st.lists(st.tuples(st.floats(0.5, 1.5), st.booleans()), min_size=12, max_size=12))
def test_no_month_without_a_report_has_a_level_of_its_own(months: list[tuple[float, bool]]) -> None:
    held = judged([share for share, _ in months], [known for _, known in months])
    for level, (_, known) in zip(held, months, strict=True):
        assert (level == "not_reported") is not known


# --- Firms that report by quarter or year -----------------------------------------------------


def on_cycle(labels: list[str], budget: float) -> list[str]:
    """Levels by month of 2025 of a firm that used 250 in each of some periods."""
    size = len(labels)
    rows = {"reporter": ["Q"] * size, "period": labels, "grams": [250] * size}
    use = use_of(pa.table(rows | {"unknown": [0] * size}), ["Q"], [2024, 2025])
    lost = Levels(*(np.full((1, 12), NOT_REPORTED) for _ in range(3)))  # as if it were monthly
    used = np.cumsum(use.ended[:, 1], axis=1)
    found = on_own_cycle(lost, np.array([budget]), use.cycle(2025), use.booked[:, 1], used, LEVELS)
    return [LEVELS.id_of(int(level)) for level in found.held[0]]


LAST_YEAR = [f"2024Q{n}" for n in range(1, 5)]


def test_a_quarter_that_is_over_has_to_be_there() -> None:
    # the first two quarters are there, the third is missing from the end of September on
    held = on_cycle([*LAST_YEAR, "2025Q1", "2025Q2"], 1000)
    assert held == ["own_cycle"] * 8 + ["not_reported"] * 4


def test_who_uses_the_budget_up_by_quarters_is_serious() -> None:
    # 500 after two quarters of a budget of 450
    held = on_cycle([*LAST_YEAR, "2025Q1", "2025Q2", "2025Q3", "2025Q4"], 450)
    assert held == ["own_cycle"] * 5 + ["serious"] * 7


def test_a_yearly_report_is_awaited_at_the_end_of_the_year_only() -> None:
    assert on_cycle(["2024"], 1000) == ["own_cycle"] * 11 + ["not_reported"]


def test_who_reported_by_month_and_turns_to_quarters_is_not_let_off() -> None:
    assert on_cycle(["2024-01", "2025Q1"], 1000) == ["not_reported"] * 12


# --- Stories of firms -------------------------------------------------------------------------


def test_a_firm_over_its_pace_is_warned_and_then_serious(budgets: budgeting.Budgets) -> None:
    # 1150 tce a month make 13 800 tce of a budget of 12 000
    assert story(budgets, "OVER", 2, 3, 4) == ["too_early", "notice", "serious"]


def test_a_firm_that_stops_reporting_turns_not_reported(budgets: budgeting.Budgets) -> None:
    assert story(budgets, "STOP", 6, 7, 12) == ["normal", "not_reported", "not_reported"]
    found = budgets.follow(None, "2025-12")
    line = budgeting.line(found, found.find("STOP"), budgets.workspace.rules)
    assert line.supervised
    assert line.since == "2025-07"
    assert line.due_on == "2025-08-15"  # 15 days after the first month that is missing


def test_a_spike_of_one_month_is_a_notice_to_check_first(budgets: budgeting.Budgets) -> None:
    # 4000 in place of 1000 tce: 15 000 of 12 600 at the end; two months before it is a warning
    assert story(budgets, "SPIKE", 4, 5, 6) == ["normal", "notice", "serious"]
    found = budgets.follow(None, "2025-05")
    why = budgeting.line(found, found.find("SPIKE"), budgets.workspace.rules).why
    assert any("check the entry first" in text.en for text in why)


def test_a_plant_that_reports_zero_is_shut_and_not_missing(budgets: budgeting.Budgets) -> None:
    found = budgets.follow(None, "2025-09")
    line = budgeting.line(found, found.find("SHUT"), budgets.workspace.rules)
    assert line.level == "normal"
    assert line.forecast == line.used  # six months and nothing more
    assert any(text.en == "a new level since 2025-08" for text in line.why)


def test_a_main_item_that_is_missing_is_not_reported(budgets: budgeting.Budgets) -> None:
    # electricity goes on, the other energy (nine tenths of last year's use) stops after July
    assert story(budgets, "TWO", 7, 8) == ["normal", "not_reported"]
    found = budgets.follow(None, "2025-12")
    why = budgeting.line(found, found.find("TWO"), budgets.workspace.rules).why
    assert [text.en for text in why] == ["2025-08–2025-12: a main item is missing"]


def test_a_budget_on_another_electricity_basis_is_not_compared(tmp_path: Path) -> None:
    ws = make(tmp_path / "world", {"OVER": 12000.0, "F-01": 12600.0})
    other = tmp_path / "other.csv"
    other.write_text(
        "region,reporter,year,kind,quantity_tce,electricity_basis,adopted,source,mark\n"
        "3301,F-01,2025,budget,20000,equal,2025-02-01,fictional,synthetic\n",
        encoding="utf-8",
    )
    ws.import_file(other, table="budgets")
    found = budgeting.Budgets(ws).follow(None, "2025-06")
    assert [one.code for one in found.findings] == ["budget_basis"]
    assert not found.has[found.find("F-01")]


def test_a_gap_inside_the_year_is_never_normal(budgets: budgeting.Budgets) -> None:
    assert story(budgets, "GAP", 3, 4, 9) == ["normal", "not_reported", "notice"]


def test_budgets_of_all_are_counted_once(budgets: budgeting.Budgets) -> None:
    found = budgeting.monitored(budgets.follow(None, "2025-09"), budgets.workspace.rules)
    assert sum(found.counts.values()) == 36
    assert found.counts["not_reported"] == 2
    assert {one.reporter for one in found.lines if one.supervised} == {
        "OVER",
        "STOP",
        "SPIKE",
        "TWO",
    }
    assert found.supervised == ["OVER", "SPIKE", "STOP", "TWO"]


def test_a_finding_has_consequence_clause_and_due_date(budgets: budgeting.Budgets) -> None:
    found = budgeting.monitored(budgets.follow(None, "2025-09"), budgets.workspace.rules)
    over = next(one for one in found.findings if one.place == "OVER")
    assert over.code == "budget_serious"
    assert over.clause == "zj-57-2023/II.2"
    assert over.due == "2025-05-30"  # thirty days after the end of April
    assert over.consequence is not None
    assert "supervision list" in over.consequence.en
    assert over.figure.startswith("budget:level:OVER~asof-2025-09:2025:")


def test_a_region_is_a_part_of_the_whole_and_changes_no_figure(budgets: budgeting.Budgets) -> None:
    rules = budgets.workspace.rules
    whole, part = budgets.follow("3301", "2025-09"), budgets.follow("33", "2025-09")
    names = [
        budgeting.line(found, found.find("OVER"), rules).told["forecast"].figure
        for found in (whole, part)
    ]
    assert names[0] == names[1]


def test_who_uses_more_than_the_budget_is_on_the_joint_punishment_list(
    budgets: budgeting.Budgets,
) -> None:
    found = budgeting.monitored(budgets.follow(None, "2025-11"), budgets.workspace.rules)
    over = [one for one in found.punished if one.reporter == "OVER"]  # 12 650 of 12 000 tce
    assert {one.citation for one in over} >= {"zj-57-2023/II.2"}
    assert "Energy Bureau" in {one.body.en for one in over}
    # Xiaoshan states measures, for Xiaoshan alone
    stated = {(one.reporter, one.measure.en) for one in found.punished if "xiao" in one.citation}
    assert ("OVER", "no district subsidies in the next year") in stated
    inside = {row["reporter"] for row in found.followed.held.rows if row["region"] == "330109"}
    assert {name for name, _ in stated} <= inside
    assert "SPIKE" in {one.reporter for one in found.punished} - inside


def test_budgets_adopted_later_are_not_seen(budgets: budgeting.Budgets) -> None:
    with pytest.raises(Fault, match="budget_none"):
        budgets.follow(None, "2024-12")


# --- The end of the year ----------------------------------------------------------------------


def test_execution_ratio_by_hand() -> None:
    #                    within   1.5 % over   5 % over   missing, 50 %   missing, over
    budget = np.array([1000, 1000, 1000, 1000, 1000])
    used = np.array([1000, 1015, 1050, 500, 1030])
    whole = np.array([True, True, True, False, False])
    found = settle(budget, used, whole, LEVELS)
    assert found.classes.tolist() == [0, 1, 2, -1, 2]
    assert found.balance.tolist() == [0, -15, -50, 0, -30]
    assert np.isnan(found.ratio[3])  # not reported is never zero


def test_a_year_is_settled_from_all_its_months(budgets: budgeting.Budgets) -> None:
    followed, done = budgets.settle(None, 2025)
    over, stop = followed.find("OVER"), followed.find("STOP")
    assert done.ratio[over] == pytest.approx(12 * 1150 / 12000)
    assert np.isnan(done.ratio[stop])
    found = budgeting.settled(followed, done, budgets.workspace.rules)
    assert {one.reporter for one in found.punished} == {"OVER", "SPIKE"}


# --- Figures and trees ------------------------------------------------------------------------


def test_figures_lead_to_budget_months_and_clauses(budgets: budgeting.Budgets) -> None:
    found = budgets.follow(None, "2025-09")
    told = budgeting.line(found, found.find("OVER"), budgets.workspace.rules).told
    refs = {name: {node.ref for node in one.tree.walk()} for name, one in told.items()}
    assert told["forecast"].figure.startswith("budget:forecast:OVER~asof-2025-09:2025:")
    assert any(ref.startswith("entry/budgets/") for ref in refs["given"] & refs["level"])
    assert {"energy/OVER/2025-04", "dafeng-choices/budget-forecast"} <= refs["forecast"]
    assert {"setting/levels/serious/low", "dafeng-choices/budget-levels"} <= refs["level"]
    assert {one.tree.worst for one in told.values()} == {"synthetic"}


def test_an_old_id_tells_what_changed(tmp_path: Path) -> None:
    ws = make(tmp_path / "world", {"OVER": 12000.0, "F-01": 12600.0})
    verbs.budget_show("en", workspace=ws.store.path, as_of="2025-06", reporter="OVER")
    old = ws.explain("budget:forecast:OVER~asof-2025-06:2025").figure
    correction = ws.store.path / "again.csv"
    correction.write_text(
        "reporter,period,item,flow,quantity,unit,source,kind,mark\n"
        "OVER,2025-06,other_energy,consumed,900,tce,fictional,correction,synthetic\n",
        encoding="utf-8",
    )
    ws.import_file(correction, table="entries")
    found = ws.explain(old)
    assert found.figure != old
    changed = {ref: (before, after) for ref, before, after in found.changes}
    assert changed["energy/OVER/2025-06"] == (1150 * 10**6, 900 * 10**6)


def test_an_unknown_figure_is_refused(world: Workspace) -> None:
    with pytest.raises(Fault, match="unknown_figure"):
        world.explain("budget:nothing:OVER:2025")
    with pytest.raises(Fault, match="bad_figure_id"):
        world.explain("budget:given:OVER:soon")


# --- The surface ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_speaks_both_languages(world: Workspace, lang: str) -> None:
    path = world.store.path
    common: dict[str, Any] = {"workspace": path, "region": None, "everyone": True}
    shown = [
        verbs.budget_monitor(lang, as_of="2025-09", level=None, **common),
        verbs.budget_settle(lang, year=2025, **common),
        verbs.budget_show(lang, workspace=path, as_of="2025-02", reporter="SILENT"),
    ]
    for outcome in shown:
        text = json.dumps(outcome.data, ensure_ascii=False, default=str)
        assert outcome.shown
        if lang == "en":
            assert "预" not in text


def test_who_has_no_budget_is_told_so(world: Workspace) -> None:
    found = verbs.budget_show("en", workspace=world.store.path, as_of="2025-09", reporter="SILENT")
    assert found.data["budget"] is None
    assert found.data["why"] == ["it has no budget"]


def test_clauses_of_the_settings_resolve() -> None:
    rules = load()
    cited = [HOW.citation, LEVELS.citation, LEVELS.supervision.citation]
    cited += [one.citation for one in LEVELS.punishment]
    for citation in cited:
        rules.clause(citation)


def test_settings_of_a_workspace_lie_over_those_shipped(tmp_path: Path) -> None:
    (tmp_path / "levels.yaml").write_text("step_down: 4\n", encoding="utf-8")
    assert level_settings(tmp_path).step_down == 4
    assert level_settings(tmp_path).levels == LEVELS.levels
    (tmp_path / "levels.yaml").write_text("step_dwon: 4\n", encoding="utf-8")
    with pytest.raises(Fault, match="bad_field"):
        level_settings(tmp_path)


def test_levels_have_words() -> None:
    for level in (TOO_EARLY, NOT_REPORTED, 0, 1, 2, 3):
        assert isinstance(LEVELS.name_of(level), Text)
    assert date.fromisoformat("2025-05-30")
