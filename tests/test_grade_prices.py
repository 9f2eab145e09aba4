"""Surcharges on the price of electricity: by hand, at the borders, and what no source shows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dafeng.cli import app
from dafeng.grading import Charge, charge, formulas_of, price_sheet
from dafeng.rulebook import load

RULES = load()
DAY = date(2024, 6, 30)


def pay(rule: str, day: date = DAY, region: str = "", of: str | None = None, **row: Any) -> Charge:
    held = {"who": "x", "rule": rule, "class": of, "mark": "reported"} | row
    return charge(RULES, formulas_of(RULES, rule, day, region), [held], day, region)[0]


@pytest.mark.parametrize(
    ("intensity", "markup"),
    [
        (13449, "0"),
        (13450, "0"),  # on the threshold nothing is added
        (13450.5, "0.01"),  # a step begun counts whole
        (13470, "0.01"),
        (13471, "0.02"),
        (13700, "0.13"),  # 250 / 20 = 12.5: 13 steps
    ],
)
def test_aluminium_steps_below_at_and_above(intensity: float, markup: str) -> None:
    one = pay("price-aluminium", intensity=intensity, electricity=1_000_000)
    assert one.steps["markup"] == Decimal(markup)
    assert one.amount == Decimal(markup) * 1_000_000
    assert one.assumed == ("renewable", "incentive")


def test_renewables_lower_the_mark_up_by_whole_points() -> None:
    # 18.9 % is three whole points above 15 %: 0.13 × 97 % = 0.1261
    one = pay(
        "price-aluminium", intensity=13700, electricity=1_000_000_000, renewable=18.9, incentive=16
    )
    assert (one.steps["markup"], one.amount) == (Decimal("0.1261"), Decimal("126100000.00"))
    assert {node.mark for node in one.tree.walk()} >= {"recalled", "republished"}


def test_the_edition_of_the_day_answers() -> None:
    last, first = date(2021, 12, 31), date(2022, 1, 1)
    for day, edition in ((last, "price-aluminium-2014"), (first, "price-aluminium-2022")):
        one = pay("price-aluminium", day, intensity=13_750, electricity=1000)
        assert one.formula.id == edition


def test_a_region_answers_by_its_own_rule_first() -> None:
    own = pay("price-steel", region="13", of="eliminated", electricity=100)
    nation = pay("price-steel", region="33", of="eliminated", electricity=100)
    assert (own.amount, nation.amount) == (Decimal("60.00"), Decimal("50.00"))


@pytest.mark.parametrize("rule", ["price-steel", "price-cement"])
def test_a_tier_whose_amount_no_source_shows_has_none(rule: str) -> None:
    one = pay(rule, of="tiered", electricity=5_000_000)
    assert (one.amount, one.missing) == (None, ("rate",))
    assert {"no_value", "not_computed"} <= set(one.tree.all_flags)


def test_nothing_is_charged_on_what_is_not_reported() -> None:
    one = pay("price-steel", of="restricted", electricity=None)
    assert (one.amount, one.missing) == (None, ("electricity",))


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_more_electricity_never_costs_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    paid = [pay("price-steel", of="restricted", electricity=q) for q in (low, high)]
    first, last = paid[0].amount, paid[1].amount
    assert first is not None
    assert last is not None
    assert 0 <= first <= last
    assert last == last.quantize(Decimal("0.01"))


def test_the_table_to_fill_in_names_rules_and_classes() -> None:
    schema = price_sheet("price", RULES, formulas_of(RULES, "price", DAY, ""))
    choices = {one.name: one.choices for one in schema.columns if one.choices}
    assert set(choices["rule"]) == {
        "price-aluminium",
        "price-cement",
        "price-differential",
        "price-steel",
    }
    assert {"restricted", "eliminated", "tiered", "over-double-quota"} <= set(choices["class"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_is_charged_and_said_in_both_languages(repo: Path, lang: str) -> None:
    file = repo / "docs" / "howto" / "examples" / "prices.csv"
    asked = ["grade", "price", str(file), "--as-of", "2024-06", "--lang", lang]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 1  # a tier without an amount
    assert "127,350,000.00" in said.stdout
    data = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [one["amount"] for one in data["charges"]] == ["126100000", "1250000", None]


def test_a_class_that_there_is_not_is_refused_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("who,rule,class,electricity\na,price-steel,best,5\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["grade", "price", str(file), "--lang", "en"])
    assert said.exit_code == 2
    assert "bad.csv:2" in said.stderr
