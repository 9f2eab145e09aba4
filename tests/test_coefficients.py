"""The coefficient table: what is folded once per epoch is what a look-up per period gives."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.accounting import Activity, compile_coefficients
from dafeng.rulebook import load
from dafeng.vocabulary import regions

RULES = load()
METHODS = sorted(RULES.methods)
PROVINCES = [region.id for region in regions().values() if region.kind == "province"]
BASES = ("consumption", "purchase")
# years, quarters and months around days on which editions change, and far from them
PERIODS = st.one_of(
    st.integers(2005, 2030).map(str),
    st.sampled_from(["2021-03", "2021-04", "2021Q1", "2021Q2", "2016-05", "2016-06"]),
    st.tuples(st.integers(2012, 2027), st.integers(1, 12)).map(lambda t: f"{t[0]}-{t[1]:02d}"),
)


def every_activity(method: str) -> list[Activity]:
    return [
        Activity(method, item, flow, basis, use.replace("*", "06"))
        for term in RULES.methods[method].terms
        for item in RULES.items(term)
        for flow in term.flows or ("consumed", "purchased")
        for basis in BASES
        for use in term.uses or ("",)
    ]


def rows_of(table: pa.Table) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(METHODS),
    st.lists(PERIODS, min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from([*PROVINCES, "00", ""]), min_size=1, max_size=2, unique=True),
    st.one_of(st.none(), st.integers(2018, 2026)),
)
def test_many_periods_and_regions_at_once_give_what_each_gives_alone(
    method: str, periods: list[str], places: list[str], data_year: int | None
) -> None:
    """Alone, each period is an epoch of its own, so that nothing is spread."""
    activities = every_activity(method)
    whole = compile_coefficients(RULES, activities, periods, places, data_year)
    alone = {
        row
        for when in periods
        for place in places
        for row in rows_of(compile_coefficients(RULES, activities, [when], [place], data_year))
    }
    found = rows_of(whole)
    assert len(found) == len(set(found)), "a row twice would count twice"
    assert set(found) == alone


def test_a_value_changes_in_the_month_in_which_its_edition_does() -> None:
    """National factors for the market: 0.5810 for 2021, 0.5703 for 2022, none 2023, 0.5366 2024."""
    bought = Activity("coal-power-2022", "electricity", "purchased", "purchase", "")
    wanted = {
        "2021-12": 581.0,
        "2022-01": 570.3,
        "2022-12": 570.3,
        "2023-01": None,
        "2023-12": None,
        "2024-01": 536.6,
    }
    months = [f"{year}-{month:02d}" for year in range(2021, 2025) for month in range(1, 13)]
    rows = compile_coefficients(RULES, [bought], months, ["33"]).to_pylist()
    found = {row["period"]: row["coefficient"] for row in rows}
    assert list(found) == months
    assert {month: found[month] for month in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("activities", "periods", "places"),
    [
        ([], ["2023"], ["33"]),
        (every_activity("steel-2013"), [], ["33"]),
        (every_activity("coal-power-2022"), ["2030"], ["33"]),
        ([Activity("steel-2013", "electricity", "purchased", "purchase", "")], ["2023"], []),
        ([Activity("steel-2013", "electricity", "exported", "purchase", "")], ["2023"], ["33"]),
    ],
    ids=["no activity", "no period", "out of its time", "no region", "not counted"],
)
def test_nothing_to_fold_is_an_empty_table(
    activities: list[Activity], periods: list[str], places: list[str]
) -> None:
    table = compile_coefficients(RULES, activities, periods, places)
    assert table.num_rows == 0
    full = compile_coefficients(RULES, every_activity("steel-2013"), ["2023"], ["33"])
    assert table.schema == full.schema


def test_only_what_a_term_counts_is_in_the_table() -> None:
    table = compile_coefficients(RULES, every_activity("steel-2013"), ["2023"], ["33"])
    assert set(table["sign"].to_pylist()) == {1, -1}
