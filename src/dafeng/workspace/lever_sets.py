"""Levers of sector roadmaps as levers of a scenario: tonnes = activity × change × cited saving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from dafeng import portfolio
from dafeng.outlook import Checked, Cited, Lever, LeverSet, Range, SetLever
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, Text, marks, worst_mark

_TONNES = "tco2"


def roadmap_levers(sets: Iterable[LeverSet], rules: Rulebook) -> Iterator[Lever]:
    """Yield the levers of sets, each in tonnes of CO2 a year.

    Raises:
        Fault: ``unknown_lever``, ``unknown_lever_item``, ``lever_not_sourced``,
            ``lever_without_tonnes``.
    """
    for one in sets:
        for wanted in one.levers:
            yield _lever(one, wanted, rules)


def _lever(one: LeverSet, wanted: SetLever, rules: Rulebook) -> Lever:
    roadmap = portfolio.roadmaps().resolve(one.roadmap)
    lever = roadmap.lever(wanted.lever)
    names = [part for part in (roadmap.id, lever.id, wanted.item) if part]
    per_unit = portfolio.saved(lever, rules, item=wanted.item, activity=1, change=1)
    effect = next((each for each in per_unit if each.measure == _TONNES), None)
    if effect is None:
        raise Fault("lever_without_tonnes", "-".join(names))
    per = {"low": effect.low, "central": (effect.low + effect.high) / 2, "high": effect.high}
    tonnes = {
        end: getattr(wanted.activity, end) * getattr(wanted.change, end) * saved
        for end, saved in per.items()
    }
    return Lever(
        id="-".join(names),
        title=Text(
            zh=f"{roadmap.name.zh}：{lever.name.zh}", en=f"{roadmap.name.en}: {lever.name.en}"
        ),
        tonnes=Range(**tonnes),
        sectors=one.sectors,
        regions=one.regions,
        start=one.start,
        full=one.full,
        source=_marked(one.source, effect.mark),
    )


def _marked(source: Cited, of_saving: str) -> Cited:
    """Return the source of the amounts with the worse of its mark and that of the saving.

    That the middle of the range is the likeliest is our reading.
    """
    worst = worst_mark({marks().resolve(source.checked).id, of_saving})
    code = next(code for code in get_args(Checked) if marks().resolve(code).id == worst)
    return source.model_copy(update={"checked": code, "our_reading": True})
