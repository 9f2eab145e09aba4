"""Indicators that count what the reporters hold: a hand-worked case for each formula."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.indicators import Holdings, Indicator, Reading, indicators
from dafeng.indicators.read import OF_HOLDINGS
from dafeng.rulebook import load
from dafeng.vocabulary import Text

Row = dict[str, Any]
DATA = {"mark": "synthetic", "source": "fictional"}


def read(
    formula: str, held: Holdings, as_of: str = "2025", first: int | None = 2021, **asked: Any
) -> Reading:
    """Read what is held through an indicator of the formula."""
    words = Text(zh="例", en="case")
    indicator = Indicator(id="case", title=words, unit="1", formula=formula, **asked)
    return OF_HOLDINGS[formula](indicator, held, as_of, first)


def entries(reading: Reading) -> list[tuple[str, Any]]:
    """Return reference and value of what the figure rests on."""
    found = [n for top in reading.nodes for n in top.walk() if n.kind == "entry"]
    return [(node.ref, node.value) for node in found]


# ---- nothing held


@pytest.mark.parametrize("formula", OF_HOLDINGS)
def test_where_nothing_is_held_there_is_no_value_rather_than_zero(formula: str) -> None:
    found = read(formula, Holdings(), of=("x",), over=("y",))
    assert (found.value, found.status) == (None, "none_here")
    assert found.reason is not None


# ---- lists


def on(subject: str, first: str = "2021-06-01", last: str = "", **other: Any) -> Row:
    row = {"list": "green", "level": "provincial", "subject": subject}
    return DATA | row | {"first": first, "last": last} | other


@pytest.mark.parametrize(
    ("rows", "count", "removed"),
    [
        ([on("a"), on("b")], 2, 0),
        ([on("a"), on("b", last="2025-12-30")], 1, 1),  # left the day before
        ([on("a"), on("b", last="2025-12-31")], 2, 0),  # the last day is a day on it
        ([on("a"), on("b", first="2026-01-01")], 1, 0),  # not yet
        ([on("a"), on("a", level="national")], 1, 0),  # the same subject twice
        ([on("a", last="2022-12-31"), on("a", first="2024-01-01")], 1, 0),  # back again
        ([on("a", last="2022-12-31")], 0, 1),  # a list that is empty now is zero
        ([on("a"), on("b", list="other")], 1, 0),
    ],
)
def test_a_list_counts_who_is_on_it_on_the_last_day(
    rows: list[Row], count: int, removed: int
) -> None:
    found = read("listed", Holdings(lists=rows), of=("green",))
    assert (found.value, found.unit) == (count, "count")
    detail = found.nodes[0].detail
    assert detail is not None
    assert int(re.findall(r"(\d+) removed", detail.en)[0]) == removed
    assert len(entries(found)) == count


def test_another_list_does_not_make_this_one_empty() -> None:
    found = read("listed", Holdings(lists=[on("a", list="other")]), of=("green",))
    assert (found.value, found.status) == (None, "none_here")


# ---- projects


def project(name: str, finished: str, **other: Any) -> Row:
    row = {"project": name, "kind": "retrofit", "status": "running", "finished": finished}
    return DATA | row | other


PROJECTS = [
    project("first-day", "2021-01-01"),
    project("last-day", "2025-12-31"),
    project("before", "2020-12-31"),
    project("after", "2026-01-01"),
    project("building", "2023-05-01", status="building"),
    project("new", "2023-05-01", kind="new"),
    project("undated", ""),
]


def test_projects_count_where_they_run_and_were_finished_in_the_years() -> None:
    found = read("projects_done", Holdings(projects=PROJECTS), of=("retrofit",))
    # of retrofits, the first and the last day of 2021 to 2025 are inside; the rest is not
    assert (found.value, found.base) == (2, 0)
    assert {ref for ref, _ in entries(found)} == {"project/first-day", "project/last-day"}


def test_of_the_projects_only_those_on_the_list() -> None:
    lists = [on("last-day", list="key"), on("before", list="key"), on("first-day", list="other")]
    held = Holdings(projects=PROJECTS, lists=lists)
    assert read("projects_done", held, of=("retrofit",), among=("key",)).value == 1


def test_projects_none_of_which_is_finished_are_zero() -> None:
    held = Holdings(projects=[project("building", "", status="building")])
    assert read("projects_done", held, of=("retrofit",)).value == 0


# ---- plants


def plant(facility: str, capacity: float, first: str = "2022-03-01", **other: Any) -> Row:
    row = {"reporter": "mill", "facility": facility, "type": "solar_power"}
    return DATA | row | {"capacity": capacity, "first": first, "last": ""} | other


def test_two_plants_of_one_reporter_are_added_and_both_stand_in_the_tree() -> None:
    plants = [
        plant("roof-1", 2.5),
        plant("roof-2", 1.5),
        plant("old", 7, first="2020-12-31"),
        plant("gone", 9, last="2024-06-30"),
        plant("wind", 11, type="wind_power"),
    ]
    found = read("plants_added", Holdings(plants=plants), of=("solar_power",))
    assert (found.value, found.unit, found.base) == (4.0, "MW", 0)  # 2.5 + 1.5
    held = entries(found)
    assert sorted(value for _, value in held) == [1.5, 2.5]
    assert len({ref for ref, _ in held}) == 2  # each can be told apart


def test_a_plant_without_a_first_day_was_there_before() -> None:
    plants = [plant("roof-1", 2.5), plant("undated", 4, first="")]
    assert read("plants_added", Holdings(plants=plants), of=("solar_power",)).value == 2.5


# ---- capacity lines


def line(name: str, capacity: float, first: str = "", **other: Any) -> Row:
    row: Row = {"line": name, "reporter": "works", "product": "crude_steel", "route": "long"}
    row |= {"field": "converter", "capacity": capacity, "first": first, "last": ""}
    return DATA | row | {"level": {}, "energy": {}} | other


MOVED = [
    line("standing", 100),
    line("closed", 30, last="2023-06-30"),
    line("added", 50, "2022-01-01", route="short"),
    line("gone-before", 8, last="2020-12-30"),
    line("to-come", 9, "2026-01-01"),
]


def test_net_capacity_is_what_there_is_less_what_there_was() -> None:
    found = read("net_capacity", Holdings(lines=MOVED), of=("crude_steel",))
    # end of 2025: 100 + 50 = 150; end of 2020: 100 + 30 = 130
    assert (found.value, found.unit, found.base) == (20, "t", 0)
    assert {ref for ref, _ in entries(found)} == {"line/closed", "line/added"}


def test_a_route_alone_and_a_cut_is_positive() -> None:
    held, asked = Holdings(lines=MOVED), ("crude_steel",)
    # the long route: 100 at the end of 2025, 130 at the end of 2020
    assert read("net_capacity", held, of=asked, among=("long",)).value == -30
    assert read("capacity_cut", held, of=asked, among=("long",)).value == 30


def test_products_are_never_added_to_each_other() -> None:
    lines = [
        line("clinker-new", 40, "2023-01-01", product="clinker"),
        line("clinker-old", 25, last="2022-12-31", product="clinker"),
        line("glass-old", 12, last="2022-12-31", product="flat_glass"),
    ]
    found = read("net_capacity", Holdings(lines=lines), of=("clinker", "flat_glass"))
    # clinker 40 − 25 = 15, glass −12: the growth of clinker is not paid for with glass
    assert found.value == 15
    parts = {node.ref.partition("/")[0]: node.value for node in found.nodes}
    assert parts == {"clinker": 15, "flat_glass": -12}


def at(level: str, energy: int | None = None) -> dict[str, Any]:
    """What is known of a line in 2025."""
    return {"level": {2025: level}, "energy": {} if energy is None else {2025: energy}}


def test_within_a_field_the_share_goes_by_capacity() -> None:
    lines = [
        line("a", 30, **at("benchmark", 900)),
        line("b", 70, **at("baseline", 100)),
        line("closed", 500, last="2024-12-31", **at("benchmark", 900)),
    ]
    found = read("capacity_share", Holdings(lines=lines), of=("converter",))
    assert (found.value, found.unit) == (30, "%")  # 30 ÷ 100, whatever the energy
    assert found.findings == ()


def test_over_fields_the_shares_are_weighted_by_energy() -> None:
    lines = [
        line("a", 50, **at("benchmark", 200)),
        line("b", 50, **at("baseline", 100)),
        line("k", 9000, **at("benchmark", 100), field="clinker", product="clinker"),
    ]
    found = read("capacity_share", Holdings(lines=lines))
    # converters 50 % at 300 g, clinker 100 % at 100 g: (0.5 × 300 + 1 × 100) ÷ 400
    assert found.value == pytest.approx(62.5)


def test_a_line_whose_level_cannot_be_told_counts_below_and_is_said() -> None:
    lines = [line("a", 30, **at("benchmark", 1)), line("b", 20, **at("", 1)), line("c", 10)]
    found = read("capacity_share", Holdings(lines=lines), of=("converter",))
    assert found.value == pytest.approx(50)  # 30 ÷ 60
    (said,) = found.findings
    assert said.code == "level_unknown"
    assert (said.values["unknown"], said.values["lines"]) == (2, 3)


FIELDS = [
    line("a", 60, **at("benchmark", 240)),
    line("b", 40, **at("baseline", 160)),
    line("quiet", 25, **at("", None)),
    line("k", 90, **at("baseline", 300), field="clinker", product="clinker"),
]


def test_a_line_without_energy_weighs_as_the_others_of_its_field() -> None:
    found = read("capacity_share", Holdings(lines=FIELDS))
    # converters: 60 of 125 at the benchmark, 48 %; a and b use 400 g on a capacity of 100, so that
    # all three weigh 400 × 125 ÷ 100 = 500 g; clinker 0 % at 300 g: 48 × 500 ÷ 800
    assert found.value == pytest.approx(30)
    # if the quiet line were at the benchmark, 85 of 125 are 68 %: 68 × 500 ÷ 800
    (most,) = found.beside
    assert most.value == pytest.approx(0.425)
    said = {one.code: one.values for one in found.findings}
    assert said["level_unknown"]["named"].en == "quiet"
    weight = said["weight_estimated"]
    assert (weight["unknown"], weight["lines"], weight["named"].en) == (1, 3, "quiet")
    assert weight["part"].en == "20 %"
    detail = found.nodes[1].detail
    assert detail is not None
    assert "quiet" in detail.en


@pytest.mark.parametrize(("own", "known"), [(None, None), (None, 100), (-5, 100), (0, 100)])
def test_fields_are_not_weighted_where_no_line_of_one_tells_its_energy(
    own: int | None, known: int | None
) -> None:
    lines = [
        line("a", 50, **at("benchmark", own)),
        line("k", 90, **at("baseline", known), field="clinker", product="clinker"),
    ]
    found = read("capacity_share", Holdings(lines=lines))
    assert (found.value, found.status) == (None, "not_computable")
    assert found.reason is not None
    assert "converter (a)" in found.reason.en
    # the tree still leads to the lines, with their marks, and the share of the rest is told
    assert {ref for ref, _ in entries(found)} == {"line/a", "line/k"}
    assert {node.worst for node in found.nodes} == {"synthetic"}
    assert [one.value for one in found.beside] == ([0.0] if known else [])
    alone = read("capacity_share", Holdings(lines=lines), of=("converter",))
    assert alone.value == pytest.approx(100)  # one field needs no weight


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["converter", "blast-furnace"]),
            st.integers(1, 1000),
            st.sampled_from(["benchmark", "baseline", ""]),
            st.one_of(st.none(), st.integers(1, 10**12)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_share_is_a_mean_of_those_of_the_fields_and_at_most_what_stands_beside(
    rows: list[tuple[str, int, str, int | None]],
) -> None:
    lines = [
        line(str(n), capacity, **at(level, energy), field=name)
        for n, (name, capacity, level, energy) in enumerate(rows)
    ]
    found = read("capacity_share", Holdings(lines=lines))
    parts = [node.value or 0.0 for node in found.nodes]
    if found.value is None:
        assert found.status == "not_computable"
        return
    assert min(parts) - 1e-9 <= found.value <= max(parts) + 1e-9
    for most in found.beside:
        assert found.value / 100 <= (most.value or 0.0) + 1e-12 <= 1 + 1e-9


def test_the_fields_that_indicators_name_are_those_of_the_rules() -> None:
    rules = load()
    known = {s.id for e in rules.scales.values() if e.family == "level" for s in e.scales}
    asked = [i for i in indicators().values() if i.formula == "capacity_share"]
    assert asked
    assert {name for one in asked for name in one.of} <= known


# ---- amounts


def amount(name: str, year: int, quantity: float) -> Row:
    item, _, flow = name.partition(".")
    row = {"reporter": "works", "item": item, "flow": flow, "year": year, "quantity": quantity}
    return DATA | row | {"rows": 1, "entry": "000001.00000001"}


SCRAP: Row = {"of": ("scrap.consumed",), "over": ("crude_steel.produced",)}


def test_a_ratio_of_materials_takes_one_year_and_the_named_flows() -> None:
    amounts = [
        amount("scrap.consumed", 2025, 30),
        amount("scrap.produced", 2025, 500),
        amount("scrap.consumed", 2024, 500),
        amount("crude_steel.produced", 2025, 120),
    ]
    found = read("material_ratio", Holdings(amounts=amounts), **SCRAP)
    assert (found.value, found.unit) == (25, "%")  # 30 ÷ 120


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ([amount("crude_steel.produced", 2025, 120)], "not_reported"),  # no scrap is not 0 scrap
        # scrap without steel: nobody here makes any; of other years, or a line: somebody is silent
        ([amount("scrap.consumed", 2025, 30)], "none_here"),
        (
            [amount("scrap.consumed", 2025, 30), amount("crude_steel.produced", 2024, 120)],
            "not_reported",
        ),
        (
            [amount("scrap.consumed", 2025, 30), amount("crude_steel.produced", 2025, 0)],
            "not_computable",
        ),
    ],
)
def test_a_ratio_without_both_sides_has_no_value(amounts: list[Row], status: str) -> None:
    found = read("material_ratio", Holdings(amounts=amounts), **SCRAP)
    assert (found.value, found.status) == (None, status)


ADDED = "value_added.emerging"


def test_growth_is_the_mean_yearly_rate() -> None:
    amounts = [amount(ADDED, 2020, 1000), amount(ADDED, 2021, 1), amount(ADDED, 2023, 1331)]
    found = read("growth", Holdings(amounts=amounts), "2023", of=(ADDED,))
    assert found.value == pytest.approx(10)  # 1.331^(1/3) − 1
    assert found.unit == "%"


def test_growth_compares_one_set_of_firms_that_are_whole_and_on_the_list() -> None:
    # works: 1000 → 1331, 10 % a year; late lacks a month of 2023, came and went lack a year,
    # off was taken off the list before the day
    def firm(name: str, then: float | None, now: float | None, *, whole: bool = True) -> list[Row]:
        parts = ((2020, then, True), (2023, now, whole))
        return [
            amount(ADDED, year, told) | {"reporter": name, "whole": months}
            for year, told, months in parts
            if told is not None
        ]

    amounts = [
        *firm("works", 1000, 1331),
        *firm("late", 1000, 900, whole=False),
        *firm("came", None, 500),
        *firm("went", 500, None),
        *firm("off", 1000, 9000),
    ]
    on = DATA | {"list": "emerging", "level": "provincial", "first": "2020-01-01", "last": ""}
    lists = [on | {"subject": name} for name in ("works", "late", "came", "went")]
    lists.append(on | {"subject": "off", "last": "2023-06-30"})
    found = read("growth", Holdings(amounts=amounts, lists=lists), "2023", of=(ADDED,))
    assert found.value == pytest.approx(10)
    (note,) = found.findings
    assert (note.code, note.values) == ("fixed_set", {"compared": 1, "left_out": 3})


def test_a_ratio_says_who_lacks_months() -> None:
    amounts = [
        amount("scrap.consumed", 2025, 30) | {"whole": False},
        amount("crude_steel.produced", 2025, 120) | {"whole": False},
        amount("crude_steel.produced", 2025, 80) | {"reporter": "mill", "whole": True},
    ]
    found = read("material_ratio", Holdings(amounts=amounts), **SCRAP)
    assert found.value == 15  # 30 ÷ 200
    (note,) = found.findings
    assert (note.code, note.values) == ("ratio_partial", {"partial": 1, "reporters": 2})


@pytest.mark.parametrize(
    ("amounts", "status"),
    [
        ([amount(ADDED, 2023, 1331)], "not_reported"),  # nothing in 2020
        ([amount(ADDED, 2020, 1000)], "not_reported"),
        ([amount(ADDED, 2020, 0), amount(ADDED, 2023, 1331)], "not_computable"),
    ],
)
def test_growth_without_a_start_or_an_end_has_no_value(amounts: list[Row], status: str) -> None:
    found = read("growth", Holdings(amounts=amounts), "2023", of=(ADDED,))
    assert (found.value, found.status) == (None, status)
