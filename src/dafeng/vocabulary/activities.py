"""Items, flows with their sign table, uses, gases and marks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.vocabulary.schema import Entries, Record, Term, read_records, read_yaml, validate
from dafeng.vocabulary.units import fold

_DATA = Path(__file__).parent / "data"


class Item(Term):
    """What is bought, burnt, made or counted.

    Attributes:
        kind: ``fuel``, ``electricity``, ``heat``, ``medium``, ``material``, ``product``,
            ``waste`` or ``measure``.
        unit: the unit in which its quantities are kept.
        regional: whether its factor depends on the region (electricity, heat).
        by_rule: units that do not convert, but that a rule of the rulebook leads from.
    """

    kind: Literal[
        "fuel", "electricity", "heat", "medium", "material", "product", "waste", "measure"
    ]
    unit: str
    regional: bool = False
    by_rule: tuple[str, ...] = ()


class Flow(Term):
    """A direction of an item.

    Attributes:
        signed: whether its quantity may be negative (stock change only).
        part_of: the flow that it is a part of (feedstock is a part of consumed).
        signs: column → basis → sign; a flow that a column does not name does not count in it.
    """

    signed: bool = False
    part_of: str | None = None
    signs: dict[str, dict[Literal["consumption", "purchase"], Literal[1, -1]]] = {}  # noqa: RUF012  frozen


class Mark(Term):
    """How well a figure is checked; ``rank`` 0 is best, the worst ingredient decides."""

    rank: int


class Gas(Term):
    """A greenhouse gas; ``unit`` is its mass unit, a dimension of its own."""

    unit: str


class Basis(Record):
    """Which flows show that a reporter books an item on the purchase basis."""

    purchase_flows: tuple[str, ...]
    purchase_kinds: tuple[str, ...]


@cache
def items() -> Entries[Item]:
    """All items, by id, name or alias."""
    return Entries("item", read_records(Item, _DATA / "items.yaml", "items"), fold)


@cache
def flows() -> Entries[Flow]:
    """All flows."""
    return Entries("flow", read_records(Flow, _DATA / "flows.yaml", "flows"))


@cache
def basis() -> Basis:
    """The rule that tells the purchase basis from the consumption basis."""
    return validate(Basis, read_yaml(_DATA / "flows.yaml")["basis"], "flows.yaml:basis")


@cache
def uses() -> Entries[Term]:
    """All uses; ``final/<sector>`` is open to every sector."""
    return Entries("use", read_records(Term, _DATA / "flows.yaml", "uses"))


@cache
def gases() -> Entries[Gas]:
    """Greenhouse gases."""
    return Entries("gas", read_records(Gas, _DATA / "gases.yaml", "gases"))


@cache
def marks() -> Entries[Mark]:
    """Marks from best to worst."""
    return Entries("mark", read_records(Mark, _DATA / "marks.yaml", "marks"))


def worst_mark(found: set[str]) -> str:
    """Return the worst of some marks; ``reported`` leaves the others as they are.

    An empty set gives an empty mark: nothing was said.
    """
    rest = found - {"", "reported"}
    if not rest:
        return "reported" if "reported" in found else ""
    return max(rest, key=lambda mark: marks()[mark].rank)
