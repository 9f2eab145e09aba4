"""The room of the region, with and without the project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from dafeng.budget import Room
from dafeng.explain import Node
from dafeng.gate.case import Case, Counted, Own, Remark, tonnes, unit_words
from dafeng.vocabulary import Text, regions

_EXISTING = "existing"
_UNITS = {"energy": "tce", "co2": "tCO2"}
NOT_WHOLE, LEFT_IN = "not_all_reported", "not_left_out"
"""Flags of a room that is too large, or too small."""


def room_energy(case: Case) -> Iterator[Remark]:
    """Hold the project's energy against the room."""
    yield from _room(case, "energy")


def room_co2(case: Case) -> Iterator[Remark]:
    """Hold the project's CO2 against the room."""
    yield from _room(case, "co2")


def _room(case: Case, metric: str) -> Iterator[Remark]:
    if case.project.stage == _EXISTING:  # a region over its total is no ground to stop a firm
        yield Remark("room_of_existing")
        return
    held = case.rooms.get(metric, ())
    if not held:
        why = case.no_room.get(metric, Text(zh="工作区未持有", en="the workspace holds none"))
        yield Remark("room_not_held", {"why": why})
        return
    counted = case.counted.get(metric, Counted())
    if counted.grams is None:
        yield Remark(f"{metric}_amount_not_known")
        return
    for own in held:
        yield _of(case, metric, own, counted.grams)


def without(own: Own) -> int | None:
    """Return the room as it is without the project; what of it is counted already comes back."""
    return None if own.room.room is None else own.room.room + own.included


def ended(case: Case, room: Room) -> bool:
    """Whether a room is of a year before the project operates: it says nothing of it."""
    return room.year < case.begun


def _of(case: Case, metric: str, own: Own, grams: int) -> Remark:
    room = own.room
    name = regions()[room.region].name
    values = {"region": name, "year": room.year, "unit": unit_words(_UNITS[metric])}
    left = without(own)
    if left is None:
        why = room.reason or Text(zh="空间未知", en="the room is not known")
        return Remark("room_unknown_there", values | {"why": why}, (), (_root(room),))
    after = left - grams
    place = f"{metric}/{room.region}/{room.year}"
    nodes = (
        _root(room),
        _node(case, f"room_without/{place}", left, room.unit),
        _node(case, f"project_use/{place}", grams, room.unit),
        _node(case, f"room_with/{place}", after, room.unit),
    )
    values |= {"without": tonnes(left), "own": tonnes(grams), "with": tonnes(after)}
    if ended(case, room):
        return Remark("room_ended", values | {"begun": case.begun}, (), nodes)
    return Remark(_reason(room, after), values, (), nodes)


def _reason(room: Room, after: int) -> str:
    """Name what a room says; what may still move it to the other side leaves it open."""
    if after < 0:
        return "room_exceeded_perhaps" if None in room.excluded.values() else "room_exceeded_with"
    return "room_not_all_reported" if NOT_WHOLE in room.flags else "room_enough"


def _root(room: Room) -> Node:
    """Return a room as a leaf: its own id leads on to its tree."""
    tree = room.tree
    return replace(
        tree,
        kind="account",
        mark=tree.worst,
        flags=tree.all_flags,
        source=room.figure,
        children=(),
    )


def _node(case: Case, name: str, grams: int, unit: str) -> Node:
    return replace(case.figure(name, Decimal(grams), unit), value=grams)
