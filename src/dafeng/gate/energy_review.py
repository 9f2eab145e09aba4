"""The energy review: is there an opinion, of whom, in time, and is what it approved kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from dafeng.accounting import parameter_node
from dafeng.gate.case import Case, Counted, Remark, shown, tonnes
from dafeng.rulebook import Reference, Rulebook, Value
from dafeng.vocabulary import Period, factor

if TYPE_CHECKING:
    from dafeng.explain import Node

_LEVELS, _WINDOW = ("review-levels-2016", "review-levels-2023"), ("review-window-2021",)
_LIMITS = "review_energy"
_CARBON = "ndrc-order-31-2025"
_PLANNED = "planned"


def energy_review(case: Case) -> Iterator[Remark]:
    """Hold the opinion against what the project does, will use, and when it began."""
    review = case.project.energy_review
    grams = _energy(case).grams
    yield from _window(case, grams)
    match review.opinion:
        case "granted":
            yield from _granted(case, grams)
        case "refused":
            yield Remark("review_refused")
        case "none":
            yield from _without(case, grams)
        case _:
            yield Remark("review_not_stated")


def first_rules(rules: Rulebook) -> date:
    """Return the first day of the rules of the energy review that are held."""
    return min(rules.sets[name].applies_from or date.min for name in _LEVELS)


def limit(case: Case, name: str, day: date) -> Value | None:
    """Return a limit of the energy review on a day, ``None`` where no source shows one."""
    sets = _WINDOW if name == "window-guidance" else _LEVELS
    ref = Reference(parameter=_LIMITS, sets=sets, case=name)
    found = case.rules.choose(ref, "", Period(str(day), "day", day, day))
    return found.value if found else None


def _energy(case: Case) -> Counted:
    return case.counted.get("energy", Counted())


def _granted(case: Case, grams: int | None) -> Iterator[Remark]:
    project, review = case.project, case.project.energy_review
    assert review.day is not None  # noqa: S101  the record asks for it
    yield Remark("review_granted", {"date": review.day})
    if review.day > case.day:
        yield Remark("review_later", {"date": review.day, "day": case.day})
    if project.status != _PLANNED and project.started is None:
        yield Remark("review_start_not_stated", {"date": review.day})
    elif project.started and project.status != _PLANNED and project.started < review.day:
        values = {"started": project.started, "date": review.day}
        yield Remark("review_late", values)
    yield from _authority(case, grams, review.day)
    yield from _above(case, grams)
    yield from _carbon(case, review.day)


def _when(case: Case) -> date:
    """Return the day whose rule asks for something: what has begun goes by the day it did."""
    project = case.project
    begun = None if project.status == _PLANNED else project.started
    return begun or case.day


def _without(case: Case, grams: int | None) -> Iterator[Remark]:
    """No opinion: the smallest projects need none, where the limit is known."""
    when = _when(case)
    first = first_rules(case.rules)
    if when < first:
        yield Remark("review_before_rules", {"started": when, "first": first})
        return
    exempt = limit(case, "exempt", when)
    if exempt is not None and exempt.number and grams is not None:
        least = _grams(exempt)
        if grams >= least:
            yield _no_opinion(case)
        else:
            values = {"energy": tonnes(grams), "limit": shown(exempt.number)}
            yield Remark("review_maybe_exempt", values, (exempt.clause,), _node(case, exempt))
        return
    yield _no_opinion(case)


def _no_opinion(case: Case) -> Remark:
    return Remark("review_none" if case.project.status == _PLANNED else "review_none_begun")


def _authority(case: Case, grams: int | None, day: date) -> Iterator[Remark]:
    """Who has to give the opinion; the province may give any."""
    level = case.project.energy_review.level
    if level in ("national", "province"):
        return
    province = limit(case, "province", day)
    if province is None:
        yield Remark("review_limit_not_seen", {"day": day})
    elif grams is None or level is None:
        yield Remark("review_authority_open", {}, (province.clause,), _node(case, province))
    elif grams >= _grams(province):
        values = {"energy": tonnes(grams), "limit": shown(province.number)}
        yield Remark("review_wrong_authority", values, (province.clause,), _node(case, province))


def _above(case: Case, grams: int | None) -> Iterator[Remark]:
    """What is designed, and what was used, against what was approved."""
    project, approved = case.project, case.project.energy_review.energy_tce
    if approved is None:
        yield Remark("review_amount_not_stated")
        return
    most = round(approved * factor("t", "g"))
    nodes = (case.figure("approved_energy", approved, "tce"),)
    if grams is None:
        yield Remark("energy_not_known", {}, (), nodes)
    elif grams > most:
        values = {
            "energy": tonnes(grams),
            "approved": shown(approved),
            "over": tonnes(grams - most),
        }
        yield Remark("energy_above_approval", values, (), nodes)
    else:
        values = {"energy": tonnes(grams), "approved": shown(approved)}
        yield Remark("energy_within_approval", values, (), nodes)
    used = project.used_tce
    if project.status == "running" and used is None:
        yield Remark("used_not_stated", {}, (), nodes)
    elif project.status == "running" and used is not None and used > approved:
        values = {"used": shown(used), "approved": shown(approved)}
        figure = case.figure("used_energy", used, "tce")
        yield Remark("used_above_approval", values, (), (*nodes, figure))


def _carbon(case: Case, day: date) -> Iterator[Remark]:
    """Opinions from the day of the new rule on hold a carbon evaluation."""
    first = case.rules.documents[_CARBON].in_force_from
    if first is None or day < first:
        return
    held = case.project.energy_review.carbon_evaluated
    answer = {None: "carbon_not_stated", True: "carbon_evaluated", False: "carbon_missing"}[held]
    yield Remark(answer, {"first": first}, (f"{_CARBON}/document",))


def _window(case: Case, grams: int | None) -> Iterator[Remark]:
    """Two-highs projects that add much energy are guided by the national window."""
    project = case.project
    least = limit(case, "window-guidance", _when(case))
    if least is None or project.two_highs is False:
        return
    if grams is None:
        yield Remark("window_open", {"limit": shown(least.number)}, (least.clause,))
        return
    if grams < _grams(least):
        return
    nodes = (*_node(case, least),)
    values = {"energy": tonnes(grams), "limit": shown(least.number)}
    if project.two_highs is None:
        yield Remark("window_two_highs_unknown", values, (least.clause,), nodes)
        return
    guided = project.energy_review.window_guidance
    answer = {None: "window_not_stated", True: "window_guided", False: "window_missing"}[guided]
    yield Remark(answer, values, (least.clause,), nodes)


def _grams(value: Value) -> int:
    return round((value.number or 0) * factor("t", "g"))


def _node(case: Case, value: Value) -> tuple[Node, ...]:
    counted = _energy(case)
    own = (counted.node,) if counted.node else ()
    return (*own, parameter_node(case.rules, value.id))
