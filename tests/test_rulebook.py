"""The rulebook: whole as it stands, refused when one thing is broken, chosen by date."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dafeng.findings import messages
from dafeng.rulebook import (
    Reference,
    Rulebook,
    calculate,
    check,
    evaluate,
    in_force,
    load,
    symbols,
    used,
)
from dafeng.rulebook.load import DATA
from dafeng.vocabulary import Fault, factor, gases, items, marks, period, quantity

RULES = load()
FUELS = "parameters/ndrc-2013-fuels.yaml"
STEEL = "methods/steel-2013.yaml"
NDRC = "documents/ndrc.yaml"
GRID = "parameters/electricity-grid-2012.yaml"
LEVEL = "scales/level-2021.yaml"
OXIDATION = "parameters/provincial-2011-oxidation.yaml"


# ---- as it stands


def test_the_rulebook_is_whole() -> None:
    assert check(RULES) == []


def test_every_value_has_unit_place_and_number() -> None:
    for value in RULES.values.values():
        _, clause = RULES.clause(value.clause)
        assert clause.text.zh, value.id
        assert clause.text.en, value.id
        assert (value.number is None) == (value.low is not None) == (value.high is not None)
        gas = gases()[value.row.gas].unit if value.row.gas else ""
        wanted = f"gCO2e/{gas}" if gas else RULES.parameters[value.parameter].units[0]
        factor(value.unit, wanted)


def test_nothing_is_marked_official_whose_gazette_was_not_seen() -> None:
    found = {value.mark for value in RULES.values.values()}
    assert found <= {"republished", "secondary", "recalled"}


def test_a_row_is_not_better_marked_than_its_set_without_a_place_or_a_reason() -> None:
    rank = {mark: marks().resolve(mark).rank for mark in ("official", "V", "V~", "M+", "M")}
    for held in RULES.sets.values():
        for row in (row for table in held.tables for row in table.rows):
            better = row.checked is not None and rank[row.checked] < rank[held.checked]
            assert not better or row.clause or row.note, f"{held.id}: {row}"


def test_every_fuel_of_a_method_that_has_defaults_compiles() -> None:
    """Each term leads to its unit for each of its items: ``check`` knows names, not dimensions."""
    from dafeng.accounting import Activity, compile_coefficients  # noqa: PLC0415

    found: set[tuple[str, str]] = set()
    for method in RULES.methods.values():
        year = str(method.last_year or max(2025, method.first_year or 0))
        flows = ("consumed", "purchased", "produced", "waste", "recovered", "sold", "feedstock")
        activities = [
            Activity(method.id, item, flow, basis, use.replace("*", "06"))
            for term in method.terms
            for item in RULES.items(term)
            for flow in (*flows, "transformed_in", "self_generated")
            for basis in ("consumption", "purchase")
            for use in (term.uses or ("",))
        ]
        rows = compile_coefficients(RULES, activities, [year], ["33"])
        found |= {(method.id, term) for term in rows["term"].to_pylist()}
    assert found == {(m.id, t.id) for m in RULES.methods.values() for t in m.terms}


# ---- broken on purpose


Change = Callable[[dict[str, Any]], None]


def rows_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = data["tables"][0]["rows"]
    return rows


def no_unit(data: dict[str, Any]) -> None:
    data["tables"][0]["columns"]["ncv"] = None


def no_columns(data: dict[str, Any]) -> None:
    data["tables"][0]["columns"] = {}


def a_cell_too_many(data: dict[str, Any]) -> None:
    rows_of(data)[0]["values"].append(1)


def term(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["terms"][0]
    return found


def clause_gone(data: dict[str, Any]) -> None:
    document = next(d for d in data["documents"] if d["id"] == "ndrc-2013-2526")
    drop(document["clauses"], "steel-table-2.1")


def drop(clauses: list[dict[str, Any]], wanted: str) -> None:
    clauses[:] = [clause for clause in clauses if clause["id"] != wanted]
    for clause in clauses:
        drop(clause.get("clauses", []), wanted)


def document_twice(data: dict[str, Any]) -> None:
    data["documents"].append(data["documents"][0])


# what the schema refuses: the fault is raised on loading
REFUSED: dict[str, tuple[str, Change, str]] = {
    "no unit": (FUELS, no_unit, "bad_field"),
    "no columns": (FUELS, no_columns, "bad_field"),
    "no source": (FUELS, lambda d: d.pop("document"), "bad_field"),
    "no clause": (FUELS, lambda d: d.pop("clause"), "bad_field"),
    "no mark": (FUELS, lambda d: d.pop("checked"), "bad_field"),
    "invented mark": (FUELS, lambda d: d.update(checked="sure"), "bad_field"),
    "mistyped field": (FUELS, lambda d: d.update(aplies_from="2013-01-01"), "bad_field"),
    "a cell too many": (FUELS, a_cell_too_many, "bad_field"),
    "value twice": (FUELS, lambda d: rows_of(d).append(rows_of(d)[0]), "duplicate_id"),
    "set id taken": (FUELS, lambda d: d.update(id="ndrc-2013-gases"), "duplicate_id"),
    "document twice": (NDRC, document_twice, "duplicate_id"),
    "method id taken": (STEEL, lambda d: d.update(id="cement-2013"), "duplicate_id"),
    "column and flows": (STEEL, lambda d: term(d).update(flows={"consumed": 1}), "bad_field"),
    "a sign of two": (STEEL, lambda d: d["terms"][5].update(flows={"produced": 2}), "bad_field"),
    "emission, no scope": (STEEL, lambda d: term(d).pop("scope"), "bad_field"),
    "emission, no GWP": (STEEL, lambda d: d.pop("gwp"), "bad_field"),
    "incomplete, no reason": (STEEL, lambda d: d.update(complete=False), "bad_field"),
}
# what only ``check`` sees: a finding with its place
FOUND: dict[str, tuple[str, Change, str]] = {
    "unknown unit": (
        FUELS, lambda d: d["tables"][0]["columns"].update(ncv="furlong/t"), "unknown_unit",
    ),
    "unknown clause": (FUELS, lambda d: d.update(clause="nowhere"), "unknown_clause"),
    "unknown document": (FUELS, lambda d: d.update(document="nothing"), "unknown_clause"),
    "clause gone": (NDRC, clause_gone, "unknown_clause"),
    "unknown item": (FUELS, lambda d: rows_of(d)[0].update(item="coal"), "unknown_item"),
    "unknown use": (FUELS, lambda d: rows_of(d)[0].update(use="oven"), "unknown_use"),
    "unknown region": (FUELS, lambda d: rows_of(d)[0].update(region="99"), "unknown_region"),
    "unknown parameter": (
        STEEL, lambda d: term(d)["parameters"]["NCV"].update(parameter="heat"), "unknown_parameter",
    ),
    "unknown set": (STEEL, lambda d: term(d)["parameters"]["NCV"].update(sets=["x"]), "unknown_id"),
    "unknown symbol": (STEEL, lambda d: term(d).update(expression="NCV * XX"), "bad_expression"),
    "symbol unused": (STEEL, lambda d: term(d).update(expression="NCV"), "bad_expression"),
    "unknown column": (STEEL, lambda d: term(d).update(column="burning"), "unknown_flow"),
    "unknown gas": (STEEL, lambda d: term(d).update(gas="xe"), "unknown_gas"),
    "superseded by nothing": (
        NDRC, lambda d: d["documents"][0].update(superseded_by="none"), "unknown_id",
    ),
    "unit that does not convert": (
        GRID, lambda d: d["tables"][0].update(columns={"electricity_factor": "tCO2/t"}),
        "unit_mismatch",
    ),
    "below zero": (GRID, lambda d: rows_of(d)[0].update(values=[-0.7]), "out_of_range"),
    "a share above one": (
        OXIDATION, lambda d: d["tables"][0].update(columns={"oxidation": "1"}), "out_of_range",
    ),
    "ends before it starts": (
        GRID, lambda d: d.update(applies_to=date(2012, 12, 31)), "ends_before_start",
    ),
    "limits from lax to strict": (
        LEVEL, lambda d: d["scales"][0].update(limits=[7.0, 4.0]), "limits_unordered",
    ),
    "more wanted, limits rise": (
        LEVEL, lambda d: d.update(direction="at_least"), "limits_unordered",
    ),
    "two editions at once": (
        LEVEL, lambda d: d.update(applies_to=date(2023, 7, 4)), "edition_twice",
    ),
}  # fmt: skip


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, Change], Path]:
    """A copy of the rulebook with one file changed."""

    def build(name: str, change: Change) -> Path:
        folder = tmp_path / "data"
        shutil.copytree(DATA, folder)
        file = folder / name
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        change(data)
        file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return folder

    return build


def test_the_copy_itself_is_sound(broken: Callable[[str, Change], Path]) -> None:
    assert check(load(broken(FUELS, lambda _: None))) == []


@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_rulebook_is_refused(fault: str, broken: Callable[[str, Change], Path]) -> None:
    file, change, code = REFUSED[fault]
    with pytest.raises(Fault) as caught:
        load(broken(file, change))
    assert caught.value.code == code
    assert caught.value.place


@pytest.mark.parametrize("fault", FOUND)
def test_check_finds_what_leads_nowhere(fault: str, broken: Callable[[str, Change], Path]) -> None:
    file, change, code = FOUND[fault]
    found = check(load(broken(file, change)))
    assert {finding.code for finding in found} == {code}
    assert all(finding.place and finding.cause("zh") and finding.mend("en") for finding in found)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    with (tmp_path / "data" / FUELS).open("a", encoding="utf-8") as file:
        file.write("\nchecked: V\n")
    with pytest.raises(Fault) as caught:
        load(tmp_path / "data")
    assert caught.value.code == "bad_yaml"


# ---- which value applies


def draft(rules: Rulebook) -> Iterator[str]:
    return (held.id for held in rules.sets.values() if rules.documents[held.document].draft)


def test_a_draft_is_never_chosen_by_default(broken: Callable[[str, Change], Path]) -> None:
    def make_draft(data: dict[str, Any]) -> None:
        next(d for d in data["documents"] if d["id"] == "ndrc-2013-2526")["draft"] = True

    ref = RULES.methods["steel-2013"].terms[0].parameters["NCV"]
    rules = load(broken(NDRC, make_draft))
    assert "ndrc-2013-fuels" in set(draft(rules))
    assert RULES.choose(ref, "diesel", period("2023")) is not None
    assert rules.choose(ref, "diesel", period("2023")) is None


def test_no_method_rests_on_a_draft() -> None:
    drafts = set(draft(RULES))
    for method in RULES.methods.values():
        for entry in method.terms:
            for ref in entry.parameters.values():
                assert not drafts & set(ref.sets)


@pytest.mark.parametrize(
    ("wanted", "year"),
    [("coal-power-2022", 2020), ("coal-power-2022", 2026), ("steel-ets-2024", 2023),
     ("regional-balance-2007", 2008), ("comprehensive-energy-2020", 2019)],
)  # fmt: skip
def test_an_edition_by_name_outside_its_time_is_refused(wanted: str, year: int) -> None:
    assert RULES.method(wanted).id == wanted
    with pytest.raises(Fault) as caught:
        RULES.method(wanted, year)
    assert caught.value.code == "method_out_of_time"
    assert not in_force(RULES.methods[wanted], str(year))
    assert messages()["method_out_of_time"].severity == "error"


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        RULES.method("steel-1999")
    assert caught.value.code == "unknown_method"


ELECTRICITY = Reference(
    parameter="electricity_factor",
    sets=("electricity-2021", "electricity-2022", "electricity-2023"),
    select="newest_data_year",
    region="province",
)


@given(st.integers(1990, 2060))
def test_the_newest_data_year_is_not_later_than_the_period(year: int) -> None:
    choice = RULES.choose(ELECTRICITY, "electricity", period(str(year)), "33")
    assert choice is not None
    taken = choice.value.set.data_year
    assert taken is not None
    if choice.proxy:
        assert year < taken == 2021
    else:
        assert taken == min(year, 2023)


@pytest.mark.parametrize(
    ("year", "place", "taken", "proxy"),
    [
        (2010, "33", "electricity-grid-2012", True),
        (2012, "33", "electricity-grid-2012", True),
        (2013, "33", "electricity-grid-2012", False),
        (2018, "33", "electricity-grid-2012", False),
        (2019, "33", "electricity-2021", True),
        (2021, "33", "electricity-2021", False),
        (2015, "54", "electricity-2021", True),  # Tibet was in none of the six grids
    ],
)
def test_a_factor_that_no_longer_applies_does_not_stand_in(
    year: int, place: str, taken: str, *, proxy: bool
) -> None:
    ref = ELECTRICITY.model_copy(update={"sets": ("electricity-grid-2012", *ELECTRICITY.sets)})
    choice = RULES.choose(ref, "electricity", period(str(year)), place)
    assert choice is not None
    assert (choice.value.set.id, choice.proxy) == (taken, proxy)


def test_a_region_without_a_province_has_no_provincial_factor() -> None:
    assert RULES.choose(ELECTRICITY, "electricity", period("2023"), "") is None
    assert RULES.choose(ELECTRICITY, "electricity", period("2023"), "00") is None


def test_values_apply_by_the_last_day_of_the_period() -> None:
    """The 2008 edition of GB/T 2589 ended on 2021-03-31."""
    ref = Reference(parameter="standard_coal", sets=("gbt2589-2008", "gbt2589-2020-media"))
    taken = {
        when: choice.value.set.id
        for when in ("2021-03", "2021Q1", "2021-04", "2021")
        if (choice := RULES.choose(ref, "fresh_water", period(when)))
    }
    old, new = "gbt2589-2008", "gbt2589-2020-media"
    assert taken == {"2021-03": old, "2021Q1": old, "2021-04": new, "2021": new}
    value = RULES.values["standard_coal/gbt2589-2008/fresh_water"]
    assert value.applies(date(2021, 3, 31))
    assert not value.applies(date(2021, 4, 1))


def test_a_printed_range_is_no_default() -> None:
    ref = Reference(parameter="standard_coal_m3", sets=("gbt2589-2020-gases",))
    assert RULES.choose(ref, "natural_gas", period("2023")) is None
    value = RULES.values["standard_coal_m3/gbt2589-2020-gases/natural_gas"]
    assert value.number is None
    assert (value.low, value.high) == (1.1, 1.33)


def test_a_value_for_a_use_comes_before_one_for_every_use() -> None:
    ref = Reference(parameter="oxidation", sets=("provincial-2011-oxidation",))
    power = RULES.choose(ref, "raw_coal", period("2007"), use="thermal_power")
    assert power is not None
    assert power.value.row.use == "thermal_power"
    assert RULES.choose(ref, "raw_coal", period("2007"), use="heating") is None


# ---- expressions

ARRAYS = {"a": np.array([1.0, np.nan, 3.0]), "b": np.array([10.0, 20.0, np.nan])}


def of(array: Any, unit: str) -> Any:
    return array * quantity(unit)


def compute(expression: str) -> list[float]:
    values = {name: of(array, "1") for name, array in ARRAYS.items()}
    return list(np.asarray(evaluate(expression, values).magnitude).tolist())


@pytest.mark.parametrize(
    "expression",
    [
        "a.real",
        "a.__class__",
        "open('x')",
        "__import__('os')",
        "eval(a)",
        "first(a)",
        "first()",
        "abs(a)",
        "first(*a)",
        "first(a, b, key=a)",
        "'a'",
        "a % 9",
        "a % b",
        "a if b else a",
        "a and b",
        "a == b",
        "[a]",
        "a[0]",
        "lambda: a",
        "(x := a)",
        "True * a",
        "1j * a",
        "None",
        "a; b",
        "a +",
        "",
        "+a",
    ],
)
def test_an_expression_is_arithmetic_and_nothing_else(expression: str) -> None:
    with pytest.raises(Fault) as caught:
        compute(expression)
    assert caught.value.code == "bad_expression"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [11, None, None]),
        ("(a + b) * 2 - a / a", [21, None, None]),
        ("-a", [-1, None, -3]),
        ("first(a, b)", [1, 20, 3]),
        ("first(a * b, b, a)", [10, 20, 3]),
        ("1 - a", [0, None, -2]),
    ],
)
def test_a_missing_value_makes_the_result_missing(
    expression: str, expected: list[float | None]
) -> None:
    assert [None if np.isnan(x) else x for x in compute(expression)] == expected


def test_symbols_stand_in_order_of_appearance_each_once() -> None:
    assert symbols("first(C_ar, NCV * CC) * OF * C_ar") == ("C_ar", "NCV", "CC", "OF")


def test_unlike_quantities_are_not_added() -> None:
    values = {"a": of(ARRAYS["a"], "t"), "b": of(ARRAYS["b"], "GJ")}
    with pytest.raises(Fault) as caught:
        evaluate("a + b", values)
    assert caught.value.code == "unit_mismatch"
    with pytest.raises(Fault) as caught:
        evaluate("first(a, b)", values)
    assert caught.value.code == "unit_mismatch"


def test_first_brings_its_options_to_one_unit() -> None:
    values = {"a": of(ARRAYS["a"], "t"), "b": of(ARRAYS["b"], "kg")}
    assert evaluate("first(a, b)", values).to("kg").magnitude.tolist() == [1000, 20, 3000]


def test_first_takes_the_next_option_in_exact_decimals_too() -> None:
    nothing = Decimal("NaN")
    values = {
        "a": np.array([Decimal("0.1"), nothing, nothing], dtype=object),
        "b": np.array([Decimal(7), Decimal("0.3"), nothing], dtype=object),
    }
    found = evaluate("first(a, b, 1)", values, Decimal)
    assert found.tolist() == [Decimal("0.1"), Decimal("0.3"), Decimal(1)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("where(x > 0, a / x, 0)", [3, 0, 1]),
        ("where(x > 0, where(x > 3, a / (x - 4), a / x), a)", [3, 6, None]),
        ("where(2 > 1, a, a / 0)", [6, 6, 4]),
    ],
)
def test_a_branch_counts_only_where_it_is_taken(
    expression: str, expected: list[float | None]
) -> None:
    exact = {
        "a": np.array([Decimal(6), Decimal(6), Decimal(4)], dtype=object),
        "x": np.array([Decimal(2), Decimal(0), Decimal(4)], dtype=object),
    }
    found = [None if v.is_nan() else v for v in calculate(expression, exact, 3)]
    assert found == expected
    if None not in expected:  # binary fractions warn of a division by zero; the suite refuses that
        floats = {name: column.astype(float) for name, column in exact.items()}
        assert np.asarray(evaluate(expression, floats)).tolist() == expected


def test_branches_come_together_in_one_unit() -> None:
    values = {"a": of(np.array([1.0, 2.0]), "t"), "b": of(np.array([500.0, 700.0]), "kg")}
    assert evaluate("where(a > b * 2.5, a, b)", values).to("kg").magnitude.tolist() == [500, 2000]


def test_a_formula_without_symbols_uses_none() -> None:
    assert used("1", {}) == {}
    assert used("first(1, 2)", {}) == {}


def test_used_names_only_what_a_result_rests_on() -> None:
    known = {
        "A": np.array([True, False, False, False]),
        "B": np.array([True, True, False, True]),
        "C": np.array([True, True, True, False]),
        "D": np.array([True, True, True, True]),
    }
    found = used("first(A, B * C) * D", known)
    # in the last two nothing leads to a value: all that was asked for is named
    assert {name: array.tolist() for name, array in found.items()} == {
        "A": [True, False, True, True],
        "B": [False, True, True, True],
        "C": [False, True, True, True],
        "D": [True, True, True, True],
    }


def test_an_option_that_lacks_a_part_does_not_bear_on_the_result() -> None:
    """Without a measured NCV the standard-coal coefficient stands alone; 29307 is not in it."""
    known = {"NCV": np.array([False]), "NCE": np.array([True]), "K": np.array([True])}
    found = used("first(NCV / NCE, K)", known)
    assert {name: array.tolist() for name, array in found.items()} == {
        "NCV": [False],
        "NCE": [False],
        "K": [True],
    }


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_value_exists_exactly_where_a_path_of_known_symbols_does(flags: list[bool]) -> None:
    a = of(np.array([1.0 if flag else np.nan for flag in flags]), "1")
    b = of(np.full(len(flags), 2.0), "1")
    found = np.asarray(evaluate("first(a, b)", {"a": a, "b": b}).magnitude)
    assert found.tolist() == [1.0 if flag else 2.0 for flag in flags]


def test_the_items_of_a_set_are_items() -> None:
    for method in RULES.methods.values():
        for entry in method.terms:
            assert set(RULES.items(entry)) <= set(items())
