"""Every scale of the rulebook: at a limit, beyond it, negative, unknown; every edition's days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.grading import BEYOND, grade
from dafeng.grading.scales import needed
from dafeng.rulebook import Scale, ScaleSet, load
from dafeng.vocabulary import Fault

RULES = load()
EDITIONS = [pytest.param(one, id=name) for name, one in RULES.scales.items()]
STEP = Decimal("0.001")


class Limit(NamedTuple):
    """A limit that a scale prints; ``None`` where its value is not known."""

    grade: str
    value: Decimal | None


def bare(edition: ScaleSet) -> Iterator[Scale]:
    """Yield the scales of an edition as printed, uncorrected."""
    for scale in edition.scales:
        yield scale.model_copy(update={"corrected": None})


def limits_of(edition: ScaleSet, scale: Scale) -> list[Limit]:
    """Return the limits of a scale, best first; a grade that it does not print is not in it."""
    found = []
    for one, cell in zip(edition.grades, scale.limits, strict=True):
        if one.id in scale.unknown or isinstance(cell, tuple):
            found.append(Limit(one.id, None))
        elif cell is not None:
            found.append(Limit(one.id, Decimal(str(cell))))
    return found


def first_kept(limits: Iterable[Limit], value: Decimal, sign: int) -> str:
    """Return the first grade whose limit a value keeps, by the words of a standard alone."""
    for one in limits:
        assert one.value is not None
        if sign * value <= sign * one.value:
            return one.grade
    return BEYOND


def expected(limits: list[Limit], value: Decimal, sign: int) -> str:
    """Return the grade that every reading of the unknown limits gives, empty where they differ.

    A limit that is not known may keep the value or just not, but is not outside the known ones.
    """
    if not any(one.value is not None for one in limits):
        return ""
    known = [one.value for one in limits if one.value is not None]
    tried = (value, value - sign * STEP / 2, min(known), max(known))
    guesses = [
        [one] if one.value is not None else [Limit(one.grade, x) for x in tried] for one in limits
    ]
    found = set()
    for reading in product(*guesses):
        order = [sign * one.value for one in reading if one.value is not None]
        if order == sorted(order) or all_known(limits):
            found.add(first_kept(reading, value, sign))
    return found.pop() if len(found) == 1 else ""


def all_known(limits: list[Limit]) -> bool:
    return all(one.value is not None for one in limits)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_value_at_a_limit_keeps_it_and_just_beyond_it_does_not(edition: ScaleSet) -> None:
    sign = 1 if edition.direction == "at_most" else -1
    for scale in bare(edition):
        limits = limits_of(edition, scale)
        known = [one.value for one in limits if one.value is not None]
        values = [x for one in known or [Decimal(1)] for x in (one - STEP, one, one + STEP)]
        graded = grade(edition, scale, values)
        wanted = [expected(limits, value, sign) for value in values]
        assert [one.grade for one in graded] == wanted, scale.id
        for one in graded:
            assert one.missing == (() if one.grade else ("limit",))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_neighbours_of_a_limit_differ(edition: ScaleSet) -> None:
    """At a limit the grade is its own, a step beyond the next one: no limit is dead or doubled."""
    sign = 1 if edition.direction == "at_most" else -1
    for scale in bare(edition):
        limits = limits_of(edition, scale)
        if not all_known(limits):
            continue
        loosest = Decimal("-Infinity")
        for at, one in enumerate(limits):
            assert one.value is not None
            if sign * one.value <= loosest:
                continue  # printed equal to, or stricter than a better grade: it never decides
            loosest = sign * one.value
            on, over = grade(edition, scale, [one.value, one.value + sign * STEP])
            assert on.grade == one.grade
            assert over.grade in {later.grade for later in limits[at + 1 :]} | {BEYOND}
            assert on.margin is None or (on.margin >= 0) == (on.grade != BEYOND)


STRICTER_BY_DESIGN = {
    ("quota-power-2024", name)
    for name in ("supercritical-600", "supercritical-300", "subcritical-600", "subcritical-300")
}


def test_limits_run_from_strict_to_loose_negative_ones_too() -> None:
    wrong = set()
    negative = 0
    for edition in RULES.scales.values():
        sign = 1 if edition.direction == "at_most" else -1
        for scale in edition.scales:
            order = [sign * o.value for o in limits_of(edition, scale) if o.value is not None]
            negative += any(value < 0 for value in order) and sign > 0
            if order != sorted(order):
                wrong.add((edition.id, scale.id))
    assert wrong == STRICTER_BY_DESIGN, "and each of these says why in its note"
    assert all(RULES.scales[one].scale(name).note for one, name in wrong)  # type: ignore[union-attr]
    assert negative >= 14


def test_giving_off_more_is_never_worse() -> None:
    for edition in RULES.scales.values():
        names = [*(one.id for one in edition.grades), BEYOND]
        for scale in bare(edition):
            limits = limits_of(edition, scale)
            values = [one.value for one in limits if one.value is not None]
            if (
                edition.direction != "at_most"
                or not all_known(limits)
                or not any(v < 0 for v in values)
            ):
                continue
            spread = sorted({x for v in values for x in (v - 1, v, v + 1)})
            ranks = [names.index(one.grade) for one in grade(edition, scale, spread)]
            assert ranks == sorted(ranks), scale.id


CORRECTED = [
    (edition, scale)
    for edition in RULES.scales.values()
    for scale in edition.scales
    if needed(scale)
]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(CORRECTED),
    st.lists(st.decimals("0.5", "30", places=2), min_size=12, max_size=12),
)
def test_corrected_limits_decide_as_printed_ones_do(
    held: tuple[ScaleSet, Scale], numbers: list[Decimal]
) -> None:
    edition, scale = held
    sign = 1 if edition.direction == "at_most" else -1
    given_ = dict(zip(needed(scale), numbers, strict=False))
    for name, one in edition.inputs.items():
        if name in given_:
            low, high = Decimal(str(one.low or 0)), Decimal(str(one.high or 1000))
            given_[name] = min(max(given_[name], low), high)
    inputs = {name: [number] for name, number in given_.items()}
    limits = grade(edition, scale, [0], inputs)[0].limits
    for value in [x for v in limits.values() for x in (v - STEP, v, v + STEP)]:
        (found,) = grade(edition, scale, [value], inputs)
        printed = [Limit(one.id, limits[one.id]) for one in edition.grades if one.id in limits]
        assert found.grade == first_kept(printed, value, sign)
        assert found.assumed == ()


def on(edition: ScaleSet, day: date) -> str:
    """Return the edition of its family that answers on a day, or nothing."""
    with suppress(Fault):  # no_edition
        return RULES.editions(RULES.scales, edition.family, day, edition.region)[0].id
    return ""


DATED = [one for one in EDITIONS if one.values[0].applies_from or one.values[0].applies_to]  # type: ignore[union-attr]


@pytest.mark.parametrize("edition", DATED)
def test_both_sides_of_the_days_of_every_edition(edition: ScaleSet) -> None:
    """An edition answers from its first day to its last, and neither before nor after."""
    one = timedelta(days=1)
    if edition.applies_from:
        assert on(edition, edition.applies_from) == edition.id
        assert on(edition, edition.applies_from - one) != edition.id
        refused = edition.applies_from - one
        with pytest.raises(Fault, match="edition_out_of_time"):
            RULES.named(RULES.scales, edition.id, refused)
    if edition.applies_to:
        assert on(edition, edition.applies_to) == edition.id
        assert on(edition, edition.applies_to + one) != edition.id
        with pytest.raises(Fault, match="edition_out_of_time"):
            RULES.named(RULES.scales, edition.id, edition.applies_to + one)


def test_editions_of_a_place_follow_each_other_without_a_day_in_common() -> None:
    for edition in RULES.scales.values():
        for other in RULES.scales.values():
            same = (edition.family, edition.region) == (other.family, other.region)
            if not same or edition.id >= other.id:
                continue
            first = max(edition.applies_from or date.min, other.applies_from or date.min)
            last = min(edition.applies_to or date.max, other.applies_to or date.max)
            shared = {s.id for s in edition.scales} & {s.id for s in other.scales}
            assert first > last or not shared, f"{edition.id} and {other.id}"
