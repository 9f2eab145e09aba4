"""Participants on a scorecard: points, rank, class, what happened, what lacks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cards import HEAD
from hypothesis import given
from hypothesis import strategies as st

from dafeng.grading import Scored, score
from dafeng.rulebook import Scorecard, load

RULES = load()

CARD: dict[str, Any] = {
    **HEAD,
    "normalised": "value / base",
    "criteria": [
        {"id": "tax", "zh": "税", "en": "tax", "weight": 60, "base": 10},
        {"id": "energy", "zh": "能", "en": "energy", "weight": 40, "base": 4, "missing": "mean"},
    ],
    "events": [
        {"id": "accident", "zh": "事故", "en": "accident", "effect": "out"},
        {"id": "fraud", "zh": "造假", "en": "fraud", "effect": "class", "to": "C"},
        {"id": "late", "zh": "迟报", "en": "late", "effect": "down", "size": 1},
        {"id": "fine", "zh": "处罚", "en": "fine", "effect": "points", "size": 5},
        {"id": "open", "zh": "未定", "en": "open", "effect": "points"},
    ],
    "classes": [
        {"id": "A", "zh": "A", "en": "A", "top": 20},
        {"id": "B", "zh": "B", "en": "B", "top": 60},
        {"id": "C", "zh": "C", "en": "C", "top": 100},
    ],
}


def card(**changes: Any) -> Scorecard:
    return Scorecard.model_validate({**CARD, **changes})


def five(**events: list[bool]) -> Scored:
    return score(card(), {"tax": [50, 40, 30, 20, 10], "energy": [4] * 5}, events)


def test_the_published_round_of_huangyan() -> None:
    # bases and weights of the round for 2022; an enterprise at twice each base but at base for tax:
    # 1 × 30 + 2 × (20 + 20 + 10 + 10 + 10) = 170; at base everywhere: 100
    found = RULES.scorecards["per-mu-huangyan-above-scale-2022"]
    base = {one.id: one.base for one in found.criteria}
    twice: Any = {name: [value * 2, value] for name, value in base.items()}  # type: ignore[operator]
    twice["tax_per_mu"] = [base["tax_per_mu"]] * 2
    scored = score(found, twice)
    assert list(scored.total) == [Decimal(170), Decimal(100)]
    assert scored.ranks == [1, 2]
    assert scored.classes == ["", ""], "the notice does not say how the classes are cut"
    assert scored.missing == [("class",), ("class",)]


def test_without_pollutant_data_the_mean_of_the_others_counts() -> None:
    # Huangyan 2022: scores of the item 2 and 1, mean 1.5, weight 10
    found = RULES.scorecards["per-mu-huangyan-above-scale-2022"]
    values = {one.id: [one.base] * 3 for one in found.criteria}
    name = "value_added_per_pollutant"
    base = values[name][0]
    scored = score(found, {**values, name: [base * 2, base, None]})  # type: ignore[operator]
    assert scored.points[name][2] == 15
    assert list(scored.taken[name]) == [False, False, True]
    assert scored.total[2] == 105


def test_what_is_missing_is_not_rated_and_never_zero() -> None:
    scored = score(card(), {"tax": [10, None, 0], "energy": [4, 4, 4]})
    assert scored.total[1].is_nan()
    assert (scored.ranks[1], scored.classes[1], scored.missing[1]) == (None, "", ("tax",))
    assert scored.total[2] == 40, "a reported zero is a zero"


def test_a_criterion_that_nobody_reports_has_no_mean() -> None:
    scored = score(card(), {"tax": [10, 20]})
    assert scored.missing == [("energy",), ("energy",)]


def test_a_template_says_which_weights_are_open() -> None:
    found = RULES.scorecards["per-mu-carbon-template"]
    (missing,) = score(found, {one.id: [1] for one in found.criteria}).missing
    assert {"weight:value_added_per_co2", "base:value_added_per_co2"} <= set(missing)


def test_references_of_a_sector_replace_those_of_the_card() -> None:
    # 10 ÷ 5 × 60 + 4 ÷ 4 × 40 = 160; 10 ÷ 10 × 60 + 40 = 100
    scored = score(card(), {"tax": [10, 10], "energy": [4, 4]}, references={"tax_base": [5, 10]})
    assert list(scored.total) == [160, 100]


def test_classes_hold_at_most_their_share_of_the_ranked() -> None:
    # 20 % of 5 is 1, 60 % is 3
    assert five().classes == ["A", "B", "B", "C", "C"]
    # of 4: 20 % is 0.8, so nobody is in A; 60 % is 2.4
    assert score(card(), {"tax": [4, 3, 2, 1], "energy": [4] * 4}).classes == ["B", "B", "C", "C"]


def test_equal_totals_share_a_rank_and_across_a_border_the_worse_class() -> None:
    scored = score(card(), {"tax": [50, 50, 30, 20, 10], "energy": [4] * 5})
    assert scored.ranks == [1, 1, 3, 4, 5]
    assert scored.classes == ["B", "B", "B", "C", "C"]


def test_classes_by_score() -> None:
    classes = [
        {"id": "good", "zh": "好", "en": "good", "score": 100},
        {"id": "poor", "zh": "差", "en": "poor", "score": 0},
    ]
    scored = score(card(classes=classes, events=[]), {"tax": [10, "9.999"], "energy": [4, 4]})
    assert scored.classes == ["good", "poor"]


@pytest.mark.parametrize(
    ("event", "classes", "ranks"),
    [
        # out: the others move up; 20 % of 4 is 0.8, 60 % is 2.4
        ("accident", ["", "B", "B", "C", "C"], [None, 1, 2, 3, 4]),
        ("fraud", ["C", "B", "B", "C", "C"], [1, 2, 3, 4, 5]),
        ("late", ["B", "B", "B", "C", "C"], [1, 2, 3, 4, 5]),
    ],
)
def test_events_weigh_on_the_class(event: str, classes: list[str], ranks: list[int | None]) -> None:
    scored = five(**{event: [True, False, False, False, False]})
    assert (scored.classes, scored.ranks) == (classes, ranks)
    assert scored.events == [(event,), (), (), (), ()]
    assert event not in scored.unseen


def test_points_off_are_taken_from_the_total() -> None:
    # 30 ÷ 10 × 60 + 40 = 220, less 5
    assert five(fine=[False, False, True, False, False]).total[2] == 215


def test_an_event_whose_size_nobody_states_leaves_no_rating() -> None:
    scored = five(open=[True, False, False, False, False])
    assert (scored.missing[0], scored.classes[0], scored.ranks[0]) == (("event:open",), "", None)
    assert scored.ranks[1] == 1


@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), min_size=1, max_size=40))
def test_no_class_holds_more_than_its_share_and_only_the_rated_rank(tax: list[int | None]) -> None:
    scored = score(card(), {"tax": tax, "energy": [4] * len(tax)})
    rated = [row for row, value in enumerate(tax) if value is not None]
    assert [row for row, rank in enumerate(scored.ranks) if rank is not None] == rated
    for allowed, names in ((20, {"A"}), (60, {"A", "B"})):
        held = sum(one in names for one in scored.classes)
        assert held * 100 <= allowed * len(rated)
