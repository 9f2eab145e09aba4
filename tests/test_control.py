"""Control parameters: what may be left out of energy targets when, and how scorecards score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dafeng.rulebook import Criterion, Reference, Scorecard, calculate, decimals, load
from dafeng.vocabulary import period

RULES = load()
WHOLE = 100


def flag(parameter: str, case: str | None, when: str, *sets: str) -> float | None:
    """The value of a parameter on the last day of a period."""
    ref = Reference(parameter=parameter, sets=sets, case=case)
    choice = RULES.choose(ref, "", period(when))
    return choice.value.number if choice else None


def points(card: Scorecard, criterion: Criterion, value: str) -> Decimal:
    """The weighted score of one reported value."""
    known = {"value": value, "base": criterion.base, "lead": criterion.lead}
    columns = {name: decimals([number]) for name, number in known.items()}
    assert card.normalised is not None
    assert criterion.weight is not None
    (score,) = calculate(card.normalised, columns, 1)
    return Decimal(score) * Decimal(str(criterion.weight))


def huangyan(day: date) -> Scorecard:
    return RULES.edition(RULES.scorecards, "per-mu-above-scale", day, "331003")


@pytest.mark.parametrize(
    "card",
    [c for c in RULES.scorecards.values() if all(x.weight for x in c.criteria)],
    ids=lambda card: card.id,
)
def test_the_weights_of_a_card_make_a_whole(card: Scorecard) -> None:
    assert sum(c.weight or 0 for c in card.criteria) == WHOLE


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2022, 12, 31)])
def test_an_enterprise_at_the_base_of_its_district_scores_a_hundred(day: date) -> None:
    card = huangyan(day)
    assert sum(points(card, c, str(c.base)) for c in card.criteria) == WHOLE


def test_huangyan_does_not_cap_a_ratio() -> None:
    # round for 2022: tax per mu 48.194 is twice 24.097, weight 30; R&D 0.0151 is half of 0.0302
    card = huangyan(date(2022, 6, 30))
    by_id = {c.id: c for c in card.criteria}
    assert points(card, by_id["tax_per_mu"], "48.194") == Decimal(60)
    assert points(card, by_id["rd_share"], "0.0151") == Decimal(5)


def test_elsewhere_in_zhejiang_a_template_answers_and_says_so() -> None:
    found = RULES.edition(RULES.scorecards, "per-mu-above-scale", date(2022, 6, 30), "3301")
    assert found.template
    assert not huangyan(date(2022, 6, 30)).template


def test_added_renewables_left_the_total_before_the_intensity() -> None:
    added, all_of_it = "control-exclusion-renewable-2022", "control-exclusion-non-fossil-2024"
    assert flag("left_out_of_total", "added-renewable", "2021", added) is None
    assert flag("left_out_of_total", "added-renewable", "2023", added) == 1
    assert flag("left_out_of_intensity", "added-renewable", "2023", added) == 0
    assert flag("left_out_of_intensity", "non-fossil", "2024", all_of_it) == 1


def test_the_barometer_has_colours_but_no_limits() -> None:
    assert set(RULES.sets["control-barometer"].cases) == {"red", "yellow", "green"}
    assert flag("warning_limit", "red", "2022", "control-barometer") is None


def test_publication_of_steel_plans_is_suspended_twice() -> None:
    sets = ("capacity-steel-suspended-2020", "capacity-steel-suspended-2024")
    months = ("2019-12", "2020-06", "2021-06", "2024-07", "2024-08")
    assert [flag("capacity_suspended", None, m, *sets) for m in months] == [None, 1, None, None, 1]


def test_a_draft_ratio_is_never_taken() -> None:
    assert flag("capacity_ratio", "merger", "2026", "capacity-steel-2025-draft") is None


def test_the_limits_of_the_energy_review_change_with_the_rule() -> None:
    sets = ("review-levels-2016", "review-levels-2023")
    years = ("2022", "2024", "2026")
    assert [flag("review_energy", "province", y, *sets) for y in years] == [5000, 10000, None]
