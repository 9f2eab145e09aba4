"""What the gate checks, what follows, and in which words: all of it data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from dafeng.vocabulary import (
    Entries,
    Record,
    Term,
    Text,
    ancestors,
    read_records,
    read_yaml,
    validate,
)

_DATA = Path(__file__).parent / "data"

Outcome = Literal["fail", "unknown", "pass", "not_applicable"]
Verdict = Literal["admit", "admit_with_conditions", "refuse", "stop"]
OUTCOMES: tuple[Outcome, ...] = ("fail", "unknown", "pass", "not_applicable")
"""Worst first: what a check says in all is the worst of what it found."""


class Cited(Record):
    """A clause that asks for a check, and where; an empty region is the whole country."""

    region: str = ""
    clause: str


class Check(Term):
    """A check that the gate makes.

    Attributes:
        input: ``fact`` (another department decided it), ``table`` (lines, plans) or ``computed``.
        clauses: the clauses that ask for it; those of the place are cited.
        fail, unknown: the verdict at best where it fails, or cannot be told.
    """

    input: Literal["fact", "table", "computed"]
    clauses: tuple[Cited, ...] = ()
    fail: Verdict
    unknown: Literal["admit_with_conditions", "refuse"]

    def cited(self, region: str) -> tuple[str, ...]:
        """Return the clauses for a place: of the region and those above it, else of the country."""
        places = {place.id for place in ancestors(region)}
        own = tuple(one.clause for one in self.clauses if one.region in places)
        return own or tuple(one.clause for one in self.clauses if not one.region)


class Reason(Term):
    """A sentence that a check says, with values; what it means, and how to mend it.

    Attributes:
        in_time: whether a rule leaves time for what fails, which is a condition until then.
    """

    status: Outcome
    mend: Text | None = None
    in_time: bool = False


class VerdictTerm(Term):
    """A verdict; ``held`` are the words where nothing fails but too much is not known."""

    held: Text | None = None


class Barrier(Term):
    """Why the capacity of a line may not be used, by a clause and from when to when."""

    clause: str
    applies_from: date | None = None
    applies_to: date | None = None


class Air(Record):
    """Key air-pollution regions: whole provinces, and provinces of which only a part is one."""

    clause: str
    applies_from: date
    applies_to: date | None = None
    whole: tuple[str, ...]
    partly: tuple[str, ...]
    mark: str

    def holds(self, day: date) -> bool:
        """Whether the list is the one of a day."""
        return self.applies_from <= day and (self.applies_to is None or day <= self.applies_to)


class Family(Term):
    """Products whose capacity is replaced by one rule.

    Attributes:
        items: products; each is counted apart.
        formula: family of formulas; empty where no ratio is known.
        clause: the rule, where no formula cites one.
        limits: indicators of plan targets that hold their net capacity.
        barriers: why a line may not be used.
        whole_from: from when a line's capacity is given as a whole or not at all, and the clause.
        abroad: what holds for moves between provinces.
        parks: where what is new has to stand in a compliant park.
        exempt: cases of the rule that need no replacement but a hearing.
        situations: where a case of the rule can be meant at all.
        within: products that hold some of it inside, by route: their own capacity is not enough.
        unclear: products of which it was not seen whether the rule means them.
    """

    items: tuple[str, ...]
    formula: str = ""
    clause: str = ""
    limits: tuple[str, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    whole_from: Dated | None = None
    abroad: Abroad | None = None
    parks: Parks | None = None
    exempt: tuple[str, ...] = ()
    situations: tuple[Situation, ...] = ()
    within: tuple[Within, ...] = ()
    unclear: tuple[str, ...] = ()


class Dated(Record):
    """A clause with the days on which it holds."""

    clause: str
    applies_from: date
    applies_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.applies_from <= day and (self.applies_to is None or day <= self.applies_to)


class Abroad(Dated):
    """What a rule asks of capacity that comes from another province.

    Attributes:
        clause: that keeps it out of key regions.
        net: only a net rise of the key regions is barred, so that a move among them is free.
        hearing: whether a hearing is needed.
        receiving: clause on provinces that may take none.
    """

    net: bool = False
    hearing: bool = False
    receiving: str


class Parks(Dated):
    """Provinces in which what is new has to stand in a compliant park (as the text is read)."""

    regions: tuple[str, ...]
    mark: str


class Situation(Record):
    """Where a case of a rule can be meant.

    Attributes:
        air: class of the site.
        regions: provinces; with ``more`` there are others, which were not seen by name.
    """

    id: str
    air: Literal["key", "other"] | None = None
    regions: tuple[str, ...] = ()
    more: bool = False


class Within(Record):
    """A product that is made from one of the family at the same site, by a route."""

    item: str
    routes: tuple[str, ...]


class Limit(Term):
    """A plan's limit on new capacity that is not a net capacity: routes of a product.

    Attributes:
        routes: the routes that are limited.
        others: those known not to be; of any other word it cannot be told.
    """

    items: tuple[str, ...]
    routes: tuple[str, ...]
    others: tuple[str, ...]
    indicator: str

    def free(self, route: str) -> bool:
        """Whether a route is known not to be limited."""
        return route in self.others


class Settings(Record):
    """Verdicts, classes of the list and what happens to each."""

    verdicts: tuple[VerdictTerm, ...] = Field(min_length=1)
    stages: tuple[Term, ...]
    stopped: tuple[str, ...]
    disposal: dict[str, dict[str, Text]]
    fits: dict[str, Text]


Family.model_rebuild()


@cache
def checks() -> Entries[Check]:
    """The checks, in the order in which an opinion lists them."""
    return Entries("check", read_records(Check, _DATA / "checks.yaml", "checks"))


@cache
def reasons() -> Entries[Reason]:
    """What checks say."""
    return Entries("reason", read_records(Reason, _DATA / "reasons.yaml", "reasons"), fold=_only_id)


@cache
def labels() -> Mapping[str, Text]:
    """Names of the figures that stand in a check."""
    return {one.id: one.name for one in read_records(Term, _DATA / "labels.yaml", "labels")}


@cache
def families() -> Entries[Family]:
    """Product families with a rule on replacement."""
    return Entries("family", read_records(Family, _DATA / "families.yaml", "families"))


@cache
def air_regions() -> tuple[Air, ...]:
    """Lists of key air-pollution regions."""
    return read_records(Air, _DATA / "families.yaml", "air_regions")


@cache
def route_limits() -> tuple[Limit, ...]:
    """Plan limits on capacity by route."""
    return read_records(Limit, _DATA / "families.yaml", "route_limits")


@cache
def settings() -> Settings:
    """Verdicts and disposals."""
    file = _DATA / "verdicts.yaml"
    return validate(Settings, read_yaml(file), file.name)


def family_of(item: str) -> Family | None:
    """Return the family of a product, ``None`` where none is held."""
    return next((one for one in families().values() if item in one.items), None)


def _only_id(label: str) -> str:
    return label
