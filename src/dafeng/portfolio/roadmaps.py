"""Levers of sector roadmaps as data: what is changed, what that saves, and by which source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Entries, Fault, Record, Term, Text, marks, read_records

_FILE = Path(__file__).parent / "data" / "roadmaps.yaml"
Measure = Literal["tco2", "tce"]


class Amount(Text):
    """A quantity that a lever works on, and its unit."""

    unit: str


class Sourced(Record):
    """Where a figure is from.

    Attributes:
        cites: ``document/clause`` of the rulebook, where the document is held there.
        source: otherwise the source in words.
        checked: how well it was checked.
        our_reading: what we read into it.
    """

    cites: str = ""
    source: Text | None = None
    checked: str
    our_reading: Text | None = None

    @property
    def mark(self) -> str:
        """The mark of the figure."""
        return marks().resolve(self.checked).id


class Effect(Sourced):
    """Tonnes saved per unit of activity and of change, as a range."""

    measure: Measure
    low: float
    high: float


class Goal(Sourced):
    """A published goal of the lever."""

    zh: str
    en: str
    value: float
    unit: str


class Lever(Term):
    """A way to save.

    Attributes:
        activity, change: what it works on, and what is changed.
        effects: what it saves; empty where no figure was found.
        set: parameter set whose values are its effects by item, of ``measure``.
        figures: parameter set with figures that bear on it, without being its effect.
        goals: published goals.
    """

    activity: Amount
    change: Amount
    effects: tuple[Effect, ...] = ()
    measure: Measure = "tco2"
    set: str = ""
    figures: str = ""
    goals: tuple[Goal, ...] = ()

    @property
    def sourced(self) -> bool:
        """Whether its effect is known; else it is a template."""
        return bool(self.effects or self.set)


class Roadmap(Term):
    """The levers of a sector."""

    levers: tuple[Lever, ...]

    def lever(self, wanted: str) -> Lever:
        """Return a lever.

        Raises:
            Fault: ``unknown_lever``.
        """
        return Entries("lever", self.levers).resolve(wanted)


@dataclass(frozen=True)
class Saved:
    """What a lever saves: a range of tonnes per year, and its mark."""

    measure: str
    low: float
    high: float
    mark: str


@cache
def roadmaps() -> Entries[Roadmap]:
    """All roadmaps by sector."""
    return Entries("roadmap", read_records(Roadmap, _FILE, "roadmaps"))


def effects_of(lever: Lever, rules: Rulebook) -> list[tuple[str, Effect]]:
    """Return the effects of a lever, with the item that each is for ('' for all)."""
    found = [("", effect) for effect in lever.effects]
    held = (value for value in rules.values.values() if lever.set and value.set.id == lever.set)
    for value in held:
        if value.number is not None:
            number = float(value.number)
            effect = Effect(
                measure=lever.measure,
                low=number,
                high=number,
                cites=value.clause,
                checked=value.mark,
            )
            found.append((value.row.item or "", effect))
    return found


def saved(
    lever: Lever, rules: Rulebook, *, activity: float, change: float, item: str = ""
) -> list[Saved]:
    """Return what a lever saves: activity × change × tonnes per unit of both.

    Args:
        lever: the lever.
        rules: the rulebook.
        activity: in the unit of its activity, per year.
        change: in the unit of its change.
        item: where its effects differ by item.

    Raises:
        Fault: ``lever_not_sourced`` where no figure was found, ``unknown_lever_item``.
    """
    if not lever.sourced:
        raise Fault("lever_not_sourced", lever.id, needs=lever.note or lever.name)
    held = effects_of(lever, rules)
    chosen = [effect for of, effect in held if of in ("", item)]
    if not chosen:
        raise Fault(
            "unknown_lever_item", lever.id, label=item, near=", ".join(of for of, _ in held)
        )
    size = activity * change
    return [Saved(e.measure, size * e.low, size * e.high, e.mark) for e in chosen]
