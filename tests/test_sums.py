"""Sums of reporters: boundaries, groups, trees, coverage; any split of the ledger."""

from __future__ import annotations

import random
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.accounting import controlled, inside, shared, summed
from dafeng.indicators import Roll, Wanted, group_lines, holders, sum_lines, wanted_of
from dafeng.vocabulary import Fault

Row = dict[str, Any]
TEXT = ("reporter", "facility", "year", "measure", "purpose", "memo")
ACCOUNTS = pa.schema(
    [(name, pa.string()) for name in TEXT]
    + [("scope", pa.int8()), ("grams", pa.int64()), ("proxy", pa.bool_())]
)
HOLDERS = pa.schema(
    {"group": pa.string(), "member": pa.string(), "year": pa.string(), "share": pa.float64()}
    | {"largest": pa.bool_(), "control": pa.bool_()}
)


def row(reporter: str, grams: int | None, **other: Any) -> Row:
    return {
        "reporter": reporter,
        "facility": "",
        "year": "2025",
        "measure": "emission",
        "purpose": "|inventory|",
        "memo": "",
        "scope": 1,
        "grams": grams,
        "proxy": False,
    } | other


def table(rows: list[Row], schema: pa.Schema = ACCOUNTS) -> Any:
    return ibis.memtable(pa.Table.from_pylist(rows, schema))


def computed(expression: Any, *key: str) -> dict[Any, Row]:
    found = ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    return {tuple(r[k] for k in key) if len(key) > 1 else r[key[0]]: r for r in found}


def held(*members: tuple[str, str, float], control: str = "") -> Any:
    always = {"control": control, "first": "", "last": ""}
    rows = [{"group": g, "member": m, "share": s} | always for g, m, s in members]
    return table(holders(rows, 2025), HOLDERS)


# ---- boundaries


ROWS = [
    row("mill", 100),
    row("mill", 40, scope=2),
    row("mill", 7, facility="line-1"),  # a part of the mill, never added to it
    row("plant", 900),  # makes power for others
    row("plant", 5, scope=2),
    row("mill", 30, measure="energy", scope=0, purpose="|energy|"),
    row("mill", 3, measure="energy", scope=0, purpose="|energy|", memo="feedstock"),
    row("mill", 60, purpose="|ets|"),  # the method of another purpose
]


@pytest.mark.parametrize(
    ("measure", "boundary", "expected"),
    [
        ("emission", "production", {"mill": 100, "plant": 900}),
        # without what the power plant burns, with the power that is bought
        ("emission", "consumption", {"mill": 140, "plant": 5}),
        ("energy", "consumption", {"mill": 30}),
    ],
)
def test_a_boundary_counts_each_row_once(
    measure: str, boundary: str, expected: dict[str, int]
) -> None:
    plants = ibis.memtable(pa.table({"reporter": ["plant"]}))
    rows = summed(inside(table(ROWS), measure, boundary, plants), ("reporter",))
    found = computed(rows, "reporter")
    assert {name: r["grams"] for name, r in found.items()} == expected


def test_what_is_kept_apart_is_beside_the_sum() -> None:
    plants = ibis.memtable(pa.table({"reporter": ["plant"]}))
    rows = summed(inside(table(ROWS), "energy", "consumption", plants), ("reporter",))
    found = computed(rows, "reporter")["mill"]
    assert (found["grams"], found["feedstock"], found["renewable"]) == (30, 3, 0)


# ---- groups


def test_a_share_is_taken_row_by_row_and_the_largest_holder_takes_the_rest() -> None:
    # rows of 5 g and 3 g; A owns 0.3, B 0.3, outsiders 0.4 (the largest)
    # A: round(1.5) + round(0.9) = 2 + 1 = 3, B the same, outsiders 8 - 6 = 2
    rows = table([row("mill", 5), row("mill", 3)])
    found = computed(shared(rows, held(("A", "mill", 0.3), ("B", "mill", 0.3)), ("year",)), "group")
    assert {name: r["grams"] for name, r in found.items()} == {"A": 3, "B": 3, "": 2}


def test_control_takes_what_is_controlled_in_full() -> None:
    rows = table([row("mill", 5), row("works", 8)])
    members = held(("A", "mill", 0.51), ("A", "works", 0.5))
    assert computed(controlled(rows, members, ("year",)), "group")["A"]["grams"] == 5
    members = held(("A", "mill", 0.1), ("A", "works", 0.5), control="yes")
    assert computed(controlled(rows, members, ("year",)), "group")["A"]["grams"] == 13


def test_a_member_cannot_be_owned_by_more_than_its_whole() -> None:
    # 0.1 + 0.2 + 0.7 is one, though not in binary fractions
    held(("A", "mill", 0.1), ("B", "mill", 0.2), ("C", "mill", 0.7))
    with pytest.raises(Fault) as caught:
        held(("A", "mill", 0.6), ("B", "mill", 0.5))
    assert caught.value.code == "shares_above_whole"


SHARES = st.lists(st.integers(1, 25), min_size=1, max_size=4).map(
    lambda percents: [percent / 100 for percent in percents]
)
GRAMS = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(grams=GRAMS, shares=SHARES)
def test_the_parts_of_the_groups_add_up_to_the_members(
    grams: list[int], shares: list[float]
) -> None:
    members = held(*((f"G{i}", "mill", share) for i, share in enumerate(shares)))
    found = computed(shared(table([row("mill", g) for g in grams]), members, ("year",)), "group")
    assert sum(r["grams"] for r in found.values()) == sum(grams)


# ---- the order and the pieces do not matter


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    grams=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=60),
    seed=st.integers(0, 99),
    pieces=st.integers(1, 7),
    threads=st.sampled_from([1, 2, 4]),
)
def test_any_order_split_and_number_of_threads_gives_the_same_sums(
    grams: list[int], seed: int, pieces: int, threads: int
) -> None:
    rows = [row(f"r{i % 5}", g) for i, g in enumerate(grams)]
    expected: dict[str, int] = {}
    for r in rows:
        expected[r["reporter"]] = expected.get(r["reporter"], 0) + r["grams"]
    random.Random(seed).shuffle(rows)  # noqa: S311
    size = -(-len(rows) // pieces)
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    backend = ibis.duckdb.connect()
    backend.raw_sql(f"SET threads TO {threads}")
    whole = pa.concat_tables([pa.Table.from_pylist(part, ACCOUNTS) for part in parts])
    held_rows = backend.create_table("rows", whole)
    found = backend.to_pyarrow(summed(held_rows, ("reporter",))).to_pylist()
    assert {r["reporter"]: r["grams"] for r in found} == expected


# ---- lines: trees, lists, comparisons, coverage


FIRMS = {
    name: {
        "reporter": name,
        "region": region,
        "sector": sector,
        "first": "",
        "last": last,
        "name_zh": name,
        "name_en": name,
    }
    for name, region, sector, last in (
        ("mill", "3301", "17", ""),
        ("works", "3302", "31", ""),
        ("kiln", "3302", "30", ""),
        ("gone", "3301", "17", "2023-06-30"),
        ("plant", "3301", "4411", ""),
    )
}


def line_rows(*rows: tuple[str, int, int, bool]) -> list[Row]:
    return [
        {"reporter": name, "year": year, "grams": grams, "feedstock": 0, "renewable": 0}
        | {"excluded": 0, "whole": whole, "mark": "reported"}
        for name, year, grams, whole in rows
    ]


def test_regions_are_a_tree_and_coverage_stands_beside_each_sum() -> None:
    rows = line_rows(("mill", 2025, 10, True), ("works", 2025, 20, False))
    lines, _ = sum_lines(Wanted(by="city"), Roll(FIRMS, []), rows)
    # kiln has not reported, gone has closed, the plant stands outside the boundary
    assert [(s.key, s.grams, s.expected, s.reported, s.complete) for s in lines] == [
        ("3301", 10, 1, 1, 1),
        ("3302", 20, 2, 1, 0),
    ]
    (whole,), _ = sum_lines(Wanted(), Roll(FIRMS, []), rows)
    assert whole.grams == sum(line.grams or 0 for line in lines)


def test_a_sector_holds_its_classes_and_a_group_its_members() -> None:
    rows = line_rows(("mill", 2025, 10, True), ("plant", 2025, 5, True))
    wanted = Wanted(by="section", boundary="production")
    lines, _ = sum_lines(wanted, Roll(FIRMS, []), rows)
    assert {line.key: line.grams for line in lines} == {"C": 10, "D": 5}
    narrowed, _ = sum_lines(Wanted(boundary="production", sector="44"), Roll(FIRMS, []), rows)
    assert [line.grams for line in narrowed] == [5]


def test_a_sum_says_why_a_part_of_it_is_not_whole() -> None:
    (late,), (full,) = line_rows(("mill", 2025, 10, False)), line_rows(("works", 2025, 10, True))
    rows = [late | {"flags": ("months_missing",)}, full | {"flags": ("months_missing",)}]
    (line,), _ = sum_lines(Wanted(), Roll(FIRMS, []), rows)
    # who counts as whole for another span than the year has no flag
    assert [node.flags for node in line.tree.children] == [("months_missing",), ()]


def test_a_group_expects_the_members_that_are_there() -> None:
    whole = {"control": "", "first": "", "last": "", "group": "house", "share": 1.0}
    members = [whole | {"member": name} for name in ("mill", "kiln", "gone", "plant", "stranger")]
    sums = [{"group": "house", "year": 2025, "grams": 10, "feedstock": 0, "renewable": 0}]
    rows = line_rows(("mill", 2025, 10, True))
    (line,) = group_lines(Wanted(by="group"), sums, members, rows, {}, Roll(FIRMS, []))
    # mill has reported, kiln and the unknown one have not, gone has closed, the plant is outside
    assert (line.expected, line.reported, line.complete) == (3, 1, 1)


def test_a_comparison_is_over_one_set_of_firms() -> None:
    rows = line_rows(
        ("mill", 2020, 10, True),
        ("mill", 2025, 8, True),
        ("works", 2025, 20, True),  # nothing in 2020
        ("kiln", 2020, 5, True),
        ("kiln", 2025, 1, False),  # a month missing
    )
    lines, notes = sum_lines(Wanted(since=2020, year="2025"), Roll(FIRMS, []), rows)
    assert [(line.year, line.grams) for line in lines] == [(2020, 10), (2025, 8)]
    assert [(n.code, n.values) for n in notes] == [("fixed_set", {"compared": 1, "left_out": 2})]


def test_a_list_counts_those_that_are_on_it_at_the_end_of_the_year() -> None:
    lists = [
        {"list": "above_scale", "subject": "mill", "first": "2020-01-01", "last": "2024-12-31"},
        {"list": "above_scale", "subject": "works", "first": "2025-03-01", "last": ""},
    ]
    rows = line_rows(
        ("mill", 2024, 1, True),
        ("works", 2024, 2, True),
        ("mill", 2025, 4, True),
        ("works", 2025, 8, True),
    )
    lines, _ = sum_lines(Wanted(listed="above_scale"), Roll(FIRMS, lists), rows)
    assert [(line.year, line.grams) for line in lines] == [(2024, 1), (2025, 8)]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(year="2025"),
        Wanted(measure="energy", by="sector", year="2024", region="3301"),
        Wanted(by="group", control=True, year="2025"),
        Wanted(by="city", since=2020, year="2025", listed="above_scale", without="listed"),
    ],
)
def test_a_figure_id_leads_back_to_what_was_asked(wanted: Wanted) -> None:
    assert wanted_of(wanted.scope, wanted.year or "") == wanted


@pytest.mark.parametrize("scope", ["", "weight~total", "emission~consumption~total~colour-red"])
def test_a_strange_id_is_refused(scope: str) -> None:
    with pytest.raises(Fault) as caught:
        wanted_of(scope, "2025")
    assert caught.value.code == "bad_figure_id"
