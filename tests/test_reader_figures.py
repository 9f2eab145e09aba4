"""What is a figure and what is none: terms, steps, lists without a unit, numbers by themselves."""

from __future__ import annotations

import pytest

from dafeng.reader import Proposal, propose


def figures(text: str) -> list[tuple[float | None, str | None]]:
    return [(p.value, p.unit) for p in propose(text).proposals]


def kinds(text: str) -> list[tuple[float | None, str]]:
    return [(p.value, p.kind) for p in propose(text).proposals]


def only(text: str) -> Proposal:
    (proposal,) = propose(text).proposals
    return proposal


# --- terms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("企业应当在三年内完成改造。", 3, "years"),
        ("不达标的装置限期两年退出。", 2, "years"),
        ("整改期限不超过9个月。", 9, "months"),
        ("审查意见自印发之日起2年内有效。", 2, "years"),
        ("审查机关应在20个工作日内作出决定。", 20, "days"),
        ("水泥企业每年停窑不少于130天。", 130, "days"),
        ("The kilns shall be rebuilt within four years.", 4, "years"),
        ("The office must answer within 20 working days.", 20, "days"),
        ("The kilns stand still for no less than 130 days a year.", 130, "days"),
        ("The permit is valid for three years.", 3, "years"),
    ],
)
def test_the_term_that_a_rule_sets_is_a_threshold(text: str, value: int, unit: str) -> None:
    found = only(text)
    assert (found.value, found.unit, found.kind) == (value, unit, "threshold")


@pytest.mark.parametrize(
    "text",
    [
        "未来三年内，全市大力发展风电。",
        "近5年内，空气明显改善。",
        "Within the next five years, the province will build wind farms.",
        "Within two years, the plant was closed.",
    ],
)
def test_what_is_looked_forward_to_or_back_on_is_no_term(text: str) -> None:
    assert not figures(text)


def test_a_term_has_the_year_that_its_clause_prints() -> None:
    assert only("2024年全省水泥生产线停窑不少于140天。").year == 2024


# --- steps -------------------------------------------------------------------------------------


def test_a_step_by_which_something_is_counted_is_a_figure() -> None:
    text = "Firms get 3% off for every 2 percentage points above that share."
    assert (2, "percentage points") in figures(text)
    assert figures("Use per 10,000 yuan of GDP fell by 4%.") == [(4, "%")]


# --- numbers without a unit --------------------------------------------------------------------


def test_a_list_whose_unit_was_told_before() -> None:
    assert kinds("相应标杆值分别为6.5、480和1200。") == [
        (6.5, "threshold"),
        (480, "threshold"),
        (1200, "threshold"),
    ]
    assert [value for value, _ in figures("两地占比分别在2025年、2030年达到7%、9%。")] == [7, 9]


def test_sales_that_total_a_number() -> None:
    assert figures("Sales of electric cars will total 800,000 over the period.") == [
        (800000, "vehicles")
    ]


def test_a_scale_word_by_itself_behind_a_count() -> None:
    assert [p.value_base for p in propose("建设4个千万平方米供暖示范区。").proposals] == [4, 1e7]


# --- money, and what counts only in digits -----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit", "base"),
    [
        ("Firms get up to CNY 6m each.", 6, "million yuan", 6e6),
        ("Allowances closed at Rmb71.5 on Friday.", 71.5, "yuan", 71.5),
        ("Allowances closed at Yn71.5 on Friday.", 71.5, "yuan", 71.5),
        ("The works cost US$ 3.5 billion.", 3.5, "billion USD", 3.5e9),
        ("The works cost $40bn.", 40, "billion USD", 4e10),
    ],
)
def test_the_sign_of_a_money_before_an_amount(
    text: str, value: float, unit: str, base: float
) -> None:
    found = only(text)
    assert (found.value, found.unit, found.value_base) == (value, unit, base)


def test_money_that_says_of_how_much_output_something_is_told() -> None:
    assert figures("Use per 10,000 yuan ($1,400) of GDP fell by 4%.") == [(4, "%")]


def test_classifiers_count_behind_digits_alone() -> None:
    assert figures("新增充电枪4000把，绿证交易900万张。") == [
        (4000, "items"),
        (900, "wan items"),
    ]
    assert not figures("由一把手负责，召开一次会议。")


def test_thousands_that_are_parted_by_spaces_are_one_number() -> None:
    found = propose("装机 4 000 万千瓦以上，用煤 1 300.5 万吨，企业 1 060 家。").proposals
    assert [(p.value, p.corrupt) for p in found] == [(4000, False), (1300.5, False), (1060, False)]


def test_a_cluster_of_so_much_value_is_no_figure_but_their_number_is() -> None:
    assert figures("形成3个千亿级产业集群。") == [(3, "items")]


def test_one_ton_of_which_the_use_is_told_is_no_figure() -> None:
    assert figures("The energy consumption of 1 ton of steel fell to 530 kg of standard coal.") == [
        (530, "kgce")
    ]


def test_a_single_point_is_a_figure() -> None:
    assert figures("The share rose by 1 point to 31% in 2023.") == [
        (1, "percentage points"),
        (31, "%"),
    ]
