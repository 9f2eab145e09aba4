"""Plan files and published figures: every name exists, and readers find what a plan says."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from dafeng.indicators import indicators
from dafeng.indicators.read import OF_HOLDINGS
from dafeng.plan import Measure, Plan, Target, Tiers, bodies, plans
from dafeng.plan.schema import Kind
from dafeng.rulebook.schema import Document
from dafeng.statistics import combine, measures, tables
from dafeng.vocabulary import (
    factor,
    marks,
    period,
    quantity,
    read_records,
    read_yaml,
    regions,
    units,
)

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "src" / "dafeng" / "rulebook" / "data" / "documents"
MEASURES = ROOT / "src" / "dafeng" / "statistics" / "data" / "measures.yaml"
STATISTICS = ROOT / "examples" / "progress" / "statistics.csv"

PLANS = list(plans().values())
TARGETS = [(plan, target) for plan in PLANS for target in plan.targets]
ZHEJIANG = plans()["zhejiang-industry-2023"]


@cache
def documents() -> dict[str, Document]:
    """The documents that plans cite; other files of the folder are tested with the rulebook."""
    return {d.id: d for d in read_records(Document, DOCUMENTS / "plans.yaml", "documents")}


@cache
def figures() -> list[dict[str, str]]:
    with STATISTICS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def target(plan: Plan, wanted: str) -> Target:
    return next(t for t in plan.targets if t.id == wanted)


def name(value: object) -> str:
    return str(getattr(value, "id", value))


# --- Every name leads somewhere ---------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS, ids=name)
def test_a_plan_cites_clauses_that_exist(plan: Plan) -> None:
    entries: list[Target | Tiers] = [*plan.targets, *plan.tiers]
    cited = {(source.document, source.clause) for e in entries for source in e.sources}
    cited |= {(plan.documents[0], measure.clause) for measure in plan.measures}
    assert {document for document, _ in cited} <= set(plan.documents) <= set(documents())
    lost = [pair for pair in sorted(cited) if documents()[pair[0]].clause(pair[1]) is None]
    assert not lost


@pytest.mark.parametrize("plan", PLANS, ids=name)
def test_a_plan_names_a_region_a_period_and_bodies_that_exist(plan: Plan) -> None:
    assert plan.owner in regions()
    assert period(plan.period).kind == "span"
    entries: list[Target | Measure] = [*plan.targets, *plan.measures]
    named = {body for e in entries for body in (e.lead, *e.others) if body is not None}
    assert named <= set(bodies())
    assert not [e.id for e in entries if e.lead in e.others or len(set(e.others)) < len(e.others)]


@pytest.mark.parametrize(("plan", "aim"), TARGETS, ids=name)
def test_a_target_is_measured_by_a_declared_indicator_in_its_unit(plan: Plan, aim: Target) -> None:
    indicator = indicators()[aim.indicator]
    if aim.unit is not None:
        assert factor(aim.unit, indicator.unit) == 1, plan.id
    if aim.other_indicator is not None:
        assert aim.other_indicator in indicators()
    if aim.subset_of is not None:
        whole = target(plan, aim.subset_of)
        assert aim.value is not None
        assert whole.value is not None
        assert aim.value <= whole.value


def test_every_indicator_of_published_figures_reads_a_declared_measure() -> None:
    for indicator in indicators().values():
        quantity(indicator.unit)
        read = (indicator.measure, indicator.per)
        own = read[1:] if indicator.source == "sum_of_reporters" else read
        assert {m for m in own if m is not None} <= set(measures()), indicator.id
        counts = indicator.formula in OF_HOLDINGS  # what is held
        unread = indicator.formula == "none" or counts
        assert unread == (indicator.measure is None), indicator.id


def test_equal_targets_of_two_plans_point_at_each_other() -> None:
    for plan, aim in TARGETS:
        for link in aim.same_as:
            other_plan, _, other_id = link.partition("/")
            other = target(plans()[other_plan], other_id)
            assert f"{plan.id}/{aim.id}" in other.same_as
            said = ("indicator", "kind", "direction", "value", "unit", "base_year", "year")
            assert all(getattr(aim, field) == getattr(other, field) for field in said)


def test_measures_and_targets_agree_on_who_is_responsible() -> None:
    for plan in PLANS:
        known = {entry.id: entry for entry in plan.targets}
        for measure in plan.measures:
            assert set(measure.targets) <= set(known) | {tiers.id for tiers in plan.tiers}
            for aim in (known[t] for t in measure.targets if t in known):
                assert (aim.lead, aim.others) == (measure.lead, measure.others), aim.id
                assert measure.clause in {s.clause for s in aim.sources}, aim.id
        led = {t for measure in plan.measures for t in measure.targets}
        assert {t.id for t in plan.targets if t.lead or t.others} <= led


def test_every_kind_of_target_occurs() -> None:
    assert {aim.kind for _, aim in TARGETS} == set(get_args(Kind))


def test_a_plan_held_in_part_says_so_in_both_languages() -> None:
    for plan in PLANS:
        assert plan.complete or all(p.zh.strip() and p.en.strip() for p in plan.open_points)


# --- Bodies answer to the names that texts and translations use -------------------------------


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("省经信厅", "economy-and-it"),
        ("Economic and Credit Department", "economy-and-it"),
        ("Department of Economy and Credit", "economy-and-it"),
        ("Economic Information Commission", "economy-and-it"),
        ("Provincial Economy and Information Technology Department", "economy-and-it"),
        ("Provincial Department of Economy and Information Technology", "economy-and-it"),
        ("Department of Ecological Environment", "ecology-and-environment"),
        ("Ecological Environment Department", "ecology-and-environment"),
        ("省发展改革委", "development-and-reform"),
        ("省能源局", "energy-bureau"),
    ],
)
def test_one_body_has_many_names(label: str, body: str) -> None:
    assert bodies().resolve(label).id == body


# --- Zhejiang, as a reader of the plan would check it -----------------------------------------


def test_zhejiang_energy_intensity_falls_by_16_and_strives_for_18_percent() -> None:
    aim = target(ZHEJIANG, "ZJ-1")
    assert (aim.kind, aim.direction, aim.value, aim.stretch) == ("reduction", "at_least", 16, 18)
    assert (aim.base_year, aim.year) == (2020, 2025)
    # The provincial energy-saving plan states the same figure: one target, two sources.
    assert {s.document for s in aim.sources} == {"zj-57-2023", "zj-energy-saving-14fyp"}


def test_zhejiang_carbon_intensity_leaves_out_separately_listed_projects() -> None:
    assert [e.zh for e in target(ZHEJIANG, "ZJ-2").exclusions] == ["国家单列项目"]


def test_zhejiang_half_at_the_benchmark_level_means_at_least_half() -> None:
    aim = target(ZHEJIANG, "ZJ-3")
    assert (aim.direction, aim.value, aim.unit) == ("at_least", 50, "%")


def test_zhejiang_tiers_leave_exactly_5000_tce_to_the_user() -> None:
    (tiers,) = ZHEJIANG.tiers

    def tier_of(energy: float) -> list[str]:
        return [
            t.id
            for t in tiers.tiers
            if (t.low is None or energy > t.low or (t.low_inclusive and energy == t.low))
            and (t.high is None or energy < t.high or (t.high_inclusive and energy == t.high))
        ]

    assert tier_of(999.9) == ["below-1000"]
    assert tier_of(1000) == tier_of(4999.9) == ["1000-5000"]
    assert tier_of(5000.1) == ["above-5000"]
    assert tier_of(5000) == []
    assert "5000" in tiers.open_points[0].en


def test_zhejiang_has_18_measures_most_led_by_economy_and_it() -> None:
    leads = Counter(measure.lead for measure in ZHEJIANG.measures)
    assert leads == {
        "economy-and-it": 12,
        "development-and-reform": 3,  # I.1, II.1, II.2
        "energy-bureau": 2,  # II.3, II.4
        "science-and-technology": 1,  # III.1
    }
    assert {m.id for m in ZHEJIANG.measures if m.lead == "energy-bureau"} == {"II.3", "II.4"}
    assert not ZHEJIANG.complete


def test_zhejiang_main_objectives_name_no_lead() -> None:
    main = [t for t in ZHEJIANG.targets if t.sources[0].clause == "main-objectives"]
    assert {t.id for t in main} == {f"ZJ-{n}" for n in range(1, 7)}
    assert not [t.id for t in main if t.lead or t.others]


def test_a_peak_year_is_met_by_an_earlier_year() -> None:
    peaks = [aim for _, aim in TARGETS if aim.kind == "peak_year"]
    assert {(aim.direction, aim.value, aim.unit) for aim in peaks} == {("at_most", 2030, "a")}


# --- Published figures ------------------------------------------------------------------------


def test_published_figures_have_the_declared_columns_and_no_row_twice() -> None:
    schema = tables()["statistics"]
    assert list(figures()[0]) == [column.name for column in schema.columns]
    keys = Counter(tuple(row[column] for column in schema.key) for row in figures())
    assert not [key for key, times in keys.items() if times > 1]
    for column in schema.columns:
        said = {row[column.name] for row in figures()}
        assert not column.required or "" not in said, column.name
        assert not column.choices or said <= {*column.choices, ""}, column.name


def test_published_figures_use_declared_names() -> None:
    words = read_yaml(MEASURES)
    definitions = {entry["id"] for entry in words["definitions"]}
    price_bases = {entry["id"] for entry in words["price_bases"]}
    for row in figures():
        assert row["region"] in regions(), row
        assert row["measure"] in measures(), row
        assert row["mark"] in marks(), row
        assert row["definition"] in {*definitions, ""}, row
        assert row["price_basis"] in {*price_bases, ""}, row
        assert row["unit"] in units(), row
        assert period(row["period"])
        float(row["value"])


def test_rates_are_percent_and_levels_of_one_measure_share_a_unit() -> None:
    printed: dict[str, set[str]] = {}
    for row in figures():
        if row["kind"] in ("change", "change_sum"):
            assert row["unit"] == "%", row
        else:
            printed.setdefault(row["measure"], set()).add(row["unit"])
    assert not {measure: found for measure, found in printed.items() if len(found) > 1}


def test_the_national_rate_of_2023_stands_on_another_definition() -> None:
    rates = {
        row["period"]: row["definition"]
        for row in figures()
        if (row["region"], row["measure"], row["kind"]) == ("00", "energy_per_gdp", "change")
    }
    assert rates["2021"] == rates["2022"] != rates["2023"] == rates["2024"] == rates["2025"]


def test_of_two_vintages_the_newest_is_used_and_both_are_kept() -> None:
    rows = [{**row, "value": float(row["value"])} for row in figures()]
    shares = combine(rows, "00", "non_fossil_share")
    newest = shares.at("2020", "value")
    assert newest is not None
    assert newest.value == 16.0
    assert sorted(f.value for f in shares.figures if f.period == "2020") == [15.9, 16.0]


def test_lists_of_green_low_carbon_factories_add_up_without_a_start() -> None:
    mine = [row for row in figures() if row["measure"] == "green_low_carbon_factories"]
    assert {row["kind"] for row in mine} == {"increment"}
    assert sum(float(row["value"]) for row in mine) == 100 + 100 - 4
