"""No rule is missing in silence: each parameter has a value, or the data say since when not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.rulebook import Covered, Rulebook, coverage, holes, load
from dafeng.rulebook.load import DATA
from dafeng.vocabulary import Period, items, regions

RULES = load()
FIRST, LAST = date(2013, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
FOUND = coverage(RULES, FIRST, LAST)
PROVINCES = {region.id for region in regions().values() if region.kind == "province"}


Changed = Callable[..., Rulebook]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Lay one record with some fields changed over the rulebook."""

    def lay(folder: str, name: str, **fields: Any) -> Rulebook:
        data = yaml.safe_load((DATA / folder / f"{name}.yaml").read_text(encoding="utf-8"))
        (tmp_path / folder).mkdir()
        text = yaml.safe_dump(data | fields, allow_unicode=True)
        (tmp_path / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load(DATA, tmp_path)

    return lay


def told(lines: Iterable[Covered]) -> list[str]:
    return [
        f"{c.method}.{c.term} {c.item} {c.use} {c.symbol} ({c.parameter}): {c.first} – {c.last}"
        for c in lines
    ]


def spans(method: str, term: str, symbol: str, item: str, province: str = "33") -> list[Any]:
    """Status, first and last day of a symbol, in order."""
    wanted = (method, term, symbol, item)
    lines = [c for c in FOUND if (c.method, c.term, c.symbol, c.item) == wanted]
    here = [c for c in lines if not c.provinces or province in c.provinces]
    return [(c.status, str(c.first), str(c.last)) for c in sorted(here, key=lambda c: c.first)]


# ---- as it stands


def test_every_item_of_a_method_is_in_the_vocabulary() -> None:
    for method in RULES.methods.values():
        for term in method.terms:
            assert set(RULES.items(term)) <= set(items()), f"{method.id}.{term.id}"


def test_every_parameter_has_a_value_or_the_data_say_since_when_it_is_unknown() -> None:
    assert told(c for c in FOUND if c.status == "gap") == []


def test_families_have_no_hole_that_the_data_do_not_speak_of() -> None:
    silent = [hole for hole in holes(RULES, LAST) if not (hole.reason or hole.drafts)]
    assert silent == []


def test_what_is_declared_unknown_is_unknown() -> None:
    """A declaration that outlived its gap misleads."""
    declared = {
        unknown.reason.en
        for method in RULES.methods.values()
        for term in method.terms
        for ref in term.parameters.values()
        for unknown in ref.unknown
    } | {
        unknown.reason.en
        for book in (RULES.scales, RULES.formulas, RULES.scorecards)
        for edition in book.values()
        for unknown in edition.unknown
    }
    found = {c.reason.en for c in FOUND if c.reason}
    assert declared == found | {hole.reason.en for hole in holes(RULES, LAST) if hole.reason}


# ---- what the lines say


def test_the_lines_of_a_symbol_tell_each_day_of_its_method_once() -> None:
    lines: dict[tuple[str, ...], list[tuple[date, date]]] = defaultdict(list)
    for c in FOUND:
        for place in c.provinces or PROVINCES:
            lines[c.method, c.term, c.item, c.use, c.symbol, place].append((c.first, c.last))
    for key, told_of in lines.items():
        method = RULES.methods[key[0]]
        day = max(FIRST, date(method.first_year or FIRST.year, 1, 1))
        for first, last in sorted(told_of):
            assert first == day, key
            day = last + DAY
        assert day == min(LAST, date(method.last_year or LAST.year, 12, 31)) + DAY, key


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FOUND), st.integers(0, 5200), st.sampled_from(sorted(PROVINCES)))
def test_a_line_says_what_a_look_up_on_any_of_its_days_says(
    line: Covered, days: int, place: str
) -> None:
    day = line.first + timedelta(days=days % ((line.last - line.first).days + 1))
    where = line.provinces[days % len(line.provinces)] if line.provinces else place
    (term,) = [t for t in RULES.methods[line.method].terms if t.id == line.term]
    ref = term.parameters[line.symbol]
    choice = RULES.choose(ref, line.item, Period("", "day", day, day), where, line.use)
    given_by_rules = None if choice is None else "proxy" if choice.proxy else "default"
    assert (line.status if line.status in ("default", "proxy") else None) == given_by_rules


def test_a_year_without_a_factor_is_told_with_its_reason() -> None:
    """Market factors for purchased electricity: 2021, 2022, 2024 and 2025; none for 2023."""
    assert spans("coal-power-2022", "electricity", "EF", "electricity") == [
        ("default", "2021-01-01", "2022-12-31"),
        ("unknown", "2023-01-01", "2023-12-31"),
        ("default", "2024-01-01", "2025-12-31"),
    ]
    (line,) = [c for c in FOUND if c.method == "coal-power-2022" and c.status == "unknown"]
    assert line.reason is not None
    assert "2023" in line.reason.zh
    assert "2023" in line.reason.en


def test_a_factor_that_stands_in_for_earlier_years_is_a_proxy() -> None:
    """Grid factors end in 2018, provincial ones begin with 2021; Taiwan has none at any time."""
    wanted = ("steel-2013", "electricity", "EF", "electricity")
    assert spans(*wanted) == [
        ("default", "2013-01-01", "2018-12-31"),
        ("proxy", "2019-01-01", "2020-12-31"),
        ("default", "2021-01-01", "2026-12-31"),
    ]
    assert spans(*wanted, province="71") == [("measured", "2013-01-01", "2026-12-31")]


def test_what_the_guideline_prints_no_default_for_is_measured() -> None:
    """Table 2.1 of the steel guideline has no line for raw coal; it has one for diesel."""
    year = ("2013-01-01", "2026-12-31")
    assert spans("steel-2013", "fuels", "NCV", "raw_coal") == [("measured", *year)]
    assert spans("steel-2013", "fuels", "NCV", "diesel") == [("default", *year)]


def test_where_a_printed_coefficient_is_missing_the_formula_goes_by_measured_heat() -> None:
    """GB/T 2589 prints a range for natural gas: no default, so the calorific value is needed."""
    wanted = ("comprehensive-energy-2020", "gases")
    years = ("2020-01-01", "2026-12-31")
    assert spans(*wanted, "K", "natural_gas") == [("other", *years)]
    assert spans(*wanted, "NCV", "natural_gas") == [("measured", *years)]


# ---- broken on purpose


def test_a_gap_of_which_nothing_speaks_is_found(changed: Changed) -> None:
    """The factor for 2022 ends in June: the second half of the year is a gap."""
    rules = changed("parameters", "electricity-ets-2022", applies_to=date(2022, 6, 30))
    gaps = [c for c in coverage(rules, FIRST, LAST) if c.status == "gap"]
    assert [(c.method, c.first, c.last) for c in gaps] == [
        ("coal-power-2022", date(2022, 7, 1), date(2022, 12, 31))
    ]


def test_an_overlay_that_holds_for_a_time_splits_the_days(tmp_path: Path) -> None:
    """No factor is known for 2023; an overlay gives one from July on, and one for a use."""
    data = yaml.safe_load((DATA / "parameters" / "electricity-ets-2022.yaml").read_text("utf-8"))
    before = data["id"]
    data |= {"id": "own", "before": [before]}
    data |= {"applies_from": date(2023, 7, 1), "applies_to": date(2023, 12, 31)}
    (table,) = data["tables"]
    table["rows"] += [row | {"use": "boiler"} for row in table["rows"]]
    (tmp_path / "parameters").mkdir()
    text = yaml.safe_dump(data, allow_unicode=True)
    (tmp_path / "parameters" / "own.yaml").write_text(text, encoding="utf-8")
    found = coverage(load(DATA, tmp_path), FIRST, LAST)
    lines = [
        c for c in found if (c.method, c.term, c.symbol) == ("coal-power-2022", "electricity", "EF")
    ]
    for use in ("", "boiler"):
        own = sorted((c.first, c.last, c.status) for c in lines if c.use == use)
        assert own == [
            (date(2021, 1, 1), date(2022, 12, 31), "default"),
            (date(2023, 1, 1), date(2023, 6, 30), "unknown"),
            (date(2023, 7, 1), date(2025, 12, 31), "default"),
        ]


def test_a_default_that_ends_is_a_gap_even_where_measuring_is_allowed(changed: Changed) -> None:
    rules = changed("parameters", "steel-2013-factors", applies_to=date(2020, 12, 31))
    gaps = {(c.term, c.first) for c in coverage(rules, FIRST, LAST) if c.status == "gap"}
    terms = ("flux", "electrodes", "inputs", "pig_iron_purchased", "pig_iron_sold", "products")
    assert gaps == {(term, date(2021, 1, 1)) for term in terms}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (date(2026, 6, 30), []),
        (date(2026, 6, 29), [(date(2026, 6, 30), date(2026, 6, 30))]),
        (date(2024, 12, 31), [(date(2025, 1, 1), date(2026, 6, 30))]),
    ],
)
def test_days_between_two_editions_are_a_hole(
    ends: date, expected: list[tuple[date, date]], changed: Changed
) -> None:
    """The steel quotas of 2013 hold until 2026-06-30, those of 2025 from the day after."""
    rules = changed("scales", "quota-steel-2013", applies_to=ends)
    found = [hole for hole in holes(rules, LAST) if hole.family == "quota-steel"]
    assert [(hole.first, hole.last) for hole in found] == expected
    assert all(hole.reason is None and not hole.drafts for hole in found)


def test_a_family_that_ends_has_a_hole_until_today_unless_it_says_why(changed: Changed) -> None:
    rules = changed("formulas", "ets-borrowing-2022", unknown=[])
    silent = [hole for hole in holes(rules, LAST) if not (hole.reason or hole.drafts)]
    assert [(h.family, h.first, h.last) for h in silent] == [
        ("ets-borrowing", date(2023, 1, 1), LAST)
    ]


def test_a_draft_fills_no_hole_but_is_named() -> None:
    found = {hole.family: hole for hole in holes(RULES, LAST)}
    hole = found["ets-power-coal"]
    assert (hole.first, hole.drafts) == (date(2025, 1, 1), ("ets-power-coal-2025",))
