"""Resource factors by class: price, energy, land, finance, as far as documents state them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from dafeng.gate.supervision_settings import Stage
from dafeng.rulebook import Rulebook, Value
from dafeng.vocabulary import Entries, Record, Term, Text, marks, read_yaml, validate, worst_mark

_FILE = Path(__file__).parent / "data" / "factors.yaml"
Resource = Literal["price", "energy", "land", "finance"]
RESOURCES: tuple[Resource, ...] = ("price", "energy", "land", "finance")


class Factor(Record):
    """What a document states of a class.

    Attributes:
        region: where it holds; empty is everywhere.
        place: name of the region, where the vocabulary has none.
        sectors: codes of the sectors that can be meant; empty is all.
        left: sectors with a rule of their own → the day from which this one is no longer theirs.
        set, parameter, case: the number in the rulebook; without a set none is stated.
        checked: of the statement, where it is worse than that of its document.
    """

    resource: Resource
    classes: tuple[str, ...]
    region: str = ""
    place: Text | None = None
    sectors: tuple[str, ...] = ()
    left: dict[str, date] = {}  # noqa: RUF012  frozen
    zh: str
    en: str
    clause: str
    set: str = ""
    parameter: str = ""
    case: str = ""
    checked: str = ""

    @property
    def text(self) -> Text:
        """What is stated."""
        return Text(zh=self.zh, en=self.en)

    @model_validator(mode="after")
    def _whole(self) -> Factor:
        if bool(self.set) != bool(self.parameter):
            raise ValueError("a number has both a set and a parameter")
        return self


class Meant(Record):
    """Which class a matter of supervision stands for, at which stages."""

    cls: str
    stages: tuple[Stage, ...]


class Punitive(Record):
    """From how many times its limit on a value over quota is of a class of its own."""

    matter: str
    cls: str
    times: int
    clause: str


class Factors(Record):
    """All of ``factors.yaml``."""

    classes: tuple[Term, ...]
    lists: dict[str, str]
    matters: dict[str, Meant]
    punitive: Punitive
    factors: tuple[Factor, ...]

    @model_validator(mode="after")
    def _known(self) -> Factors:
        known = {one.id for one in self.classes}
        named = {name for one in self.factors for name in one.classes}
        named |= set(self.lists.values()) | {one.cls for one in self.matters.values()}
        if named - known:
            raise ValueError(f"classes that are not declared: {sorted(named - known)}")
        return self


@dataclass(frozen=True)
class Applied:
    """A factor on a day.

    Attributes:
        value: the number, a printed range, or ``None`` where none is stated.
        mark: the worst of statement, document and number.
        over: whether the number was in force at another time only.
    """

    factor: Factor
    value: Value | None
    mark: str
    over: bool


@cache
def factor_settings() -> Factors:
    """Classes and factors."""
    held: dict[str, Any] = read_yaml(_FILE)
    return validate(Factors, held, _FILE.name)


@cache
def factor_classes() -> Entries[Term]:
    """The classes by id."""
    return Entries("factor_class", factor_settings().classes)


def factors(
    rules: Rulebook,
    day: date,
    classes: Collection[str] | None = None,
    region: str | None = None,
    sector: str = "",
) -> Iterator[Applied]:
    """Yield the factors of some classes, by resource.

    Args:
        rules: where the numbers stand.
        day: the day on which they are asked for; a number of another time is named as such.
        classes: only of these; ``None`` is all.
        region: only those that hold there; ``None`` is every place.
        sector: only those that can be meant there; empty is every sector.
    """
    held = sorted(factor_settings().factors, key=lambda one: RESOURCES.index(one.resource))
    for one in held:
        wanted = classes is None or not set(one.classes).isdisjoint(classes)
        there = region is None or region.startswith(one.region)
        meant = not sector or _means(one, sector, day)
        if wanted and there and meant:
            yield _applied(rules, one, day)


def _means(one: Factor, sector: str, day: date) -> bool:
    gone = any(sector.startswith(code) and first <= day for code, first in one.left.items())
    return not gone and (not one.sectors or sector[:2] in one.sectors)


def _applied(rules: Rulebook, one: Factor, day: date) -> Applied:
    value = next(
        (
            value
            for value in rules.values.values()
            if value.set.id == one.set
            and value.parameter == one.parameter
            and (value.row.case or "") == one.case
        ),
        None,
    )
    document, _ = rules.clause(one.clause)
    said = {marks().resolve(name).id for name in (document.checked, one.checked) if name}
    mark = worst_mark(said | ({value.mark} if value else set()))
    return Applied(one, value, mark, value is not None and not value.applies(day))
