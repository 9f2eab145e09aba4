"""What of a rulebook can be read and yet makes no sense: dates, limits, units, editions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import chain, combinations, pairwise
from math import inf
from typing import TYPE_CHECKING, Any

from dafeng.vocabulary import Fault, factor

if TYPE_CHECKING:
    from dafeng.rulebook.editions import Dated, InTime
    from dafeng.rulebook.limits import Scale, ScaleSet
    from dafeng.rulebook.rulebook import Rulebook, Value
    from dafeng.rulebook.schema import Parameter

Test = tuple[str, Callable[[], object]]
"""A place, and what raises a fault if something is wrong there."""


def sense_tests(rules: Rulebook, day: date | None) -> Iterator[Test]:
    """Yield what to look at.

    Args:
        rules: the rulebook.
        day: look only at parameter values that apply on this day.
    """
    yield from _date_tests(rules)
    for value in rules.values.values():
        parameter = rules.parameters.find(value.parameter)
        if parameter and (day is None or value.applies(day)):
            yield value.id, partial(_fits, parameter, value)
    for scales in rules.scales.values():
        for scale in scales.scales:
            yield f"{scales.id}.{scale.id}", partial(_ordered, scales, scale)
    final = [edition for edition in rules.scales.values() if not rules.is_draft(edition)]
    for one, other in combinations(final, 2):
        if (one.family, one.region) == (other.family, other.region):
            yield other.id, partial(_apart, one, other)


def _date_tests(rules: Rulebook) -> Iterator[Test]:
    for document in rules.documents.values():
        yield document.id, partial(_forward, document.in_force_from, document.in_force_to)
    for method in rules.methods.values():
        yield method.id, partial(_forward, method.first_year, method.last_year)
        refs = (ref for term in method.terms for ref in term.parameters.values())
        yield from _dated(method.id, *(wait for ref in refs for wait in ref.unknown))
    for held in rules.sets.values():
        yield from _dated(held.id, held)
    books: tuple[Mapping[str, Dated], ...] = (rules.scales, rules.formulas, rules.scorecards)
    for edition in chain.from_iterable(book.values() for book in books):
        yield from _dated(edition.id, edition, *edition.unknown)


def _dated(place: str, *spans: InTime) -> Iterator[Test]:
    return ((place, partial(_forward, span.applies_from, span.applies_to)) for span in spans)


def _forward(first: Any, last: Any) -> None:
    if first is not None and last is not None and last < first:
        raise Fault("ends_before_start", first=first, last=last)


def _fits(parameter: Parameter, value: Value) -> None:
    """Refuse a unit that leads to none of the parameter's, and a number that makes no sense."""
    unit = next((unit for unit in parameter.units if _leads(value.unit, unit)), None)
    if unit is None:
        raise Fault("unit_mismatch", unit=value.unit, expected=" / ".join(parameter.units))
    high = inf if parameter.high is None else parameter.high
    for number in (value.number, value.low, value.high):
        if number is not None:
            held = number * factor(value.unit, unit)
            if not parameter.low <= held <= high:
                low, top = parameter.low, "∞" if high == inf else high
                raise Fault("out_of_range", label=f"{held:g} {unit}", low=low, high=top)


def _leads(unit: str, to: str) -> bool:
    try:
        factor(unit, to)
    except Fault as fault:
        if fault.code != "unit_mismatch":
            raise
        return False
    return True


def _ordered(edition: ScaleSet, scale: Scale) -> None:
    """Refuse limits that do not get laxer from grade to grade, unless a note says why."""
    sign = 1 if edition.direction == "at_most" else -1
    printed = [limit for limit in scale.limits if isinstance(limit, float)]
    if scale.note is None and any(sign * lax < sign * strict for strict, lax in pairwise(printed)):
        raise Fault("limits_unordered", limits=" / ".join(f"{limit:g}" for limit in printed))


def _apart(one: ScaleSet, other: ScaleSet) -> None:
    """Refuse two editions that hold the same scale on the same days."""
    begins = max(one.applies_from or date.min, other.applies_from or date.min)
    ends = min(one.applies_to or date.max, other.applies_to or date.max)
    both = {scale.id for scale in one.scales} & {scale.id for scale in other.scales}
    if begins <= ends and both:
        raise Fault("edition_twice", other=one.id, scales=", ".join(sorted(both)), day=begins)
