"""The shape of a plan: targets, measures, tiers. No formula and no factor stands here."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from dafeng.vocabulary import Record, Term, Text

Checked = Literal["official", "V", "V~", "M+", "M", "synthetic"]
TO_CHOOSE = "to_be_chosen"
"""Stands for an indicator or an owner that a person has to choose; no board takes it."""
WHOLE = 100  # percent
Kind = Literal[
    "reduction",  # fall against a base year
    "level",  # a value to be reached
    "count",  # a number of things
    "cap",  # a level never to be exceeded
    "zero_net_growth",  # new minus retired is at most nothing
    "relative",  # compared with another indicator
    "assigned",  # the State assigns the value; not in the plan
    "annual_growth",  # a rate in each year
    "increment",  # added since the start
    "peak_year",  # the year in which a maximum is reached
    "qualitative",  # no figure
]


class Source(Record):
    """Where a plan says it: a document of the rulebook or a text reference, and the place."""

    document: str
    clause: str = "document"
    seen: str | None = None
    wording: Text | None = None


class Target(Record):
    """One quantified or qualitative aim.

    Attributes:
        indicator: id of a declared indicator.
        direction: which side of ``value`` meets the target.
        value: in ``unit``; a reduction is positive (16 means a fall of 16 %).
        high: upper end where the plan gives a range.
        about: the plan says "about".
        stretch: value that is striven for.
        base_year: year that a reduction starts from; where a level has a published base value,
            the year it is taken from.
        first_year: first year in which something counts (annual growth, increment).
        year: year (or, for a rate, last year) by which it holds; ``None`` for the plan period.
        other_indicator: what a relative target is compared with.
        subset_of: target of which this one is a part.
        lead, others: ids of responsible bodies.
        same_as: other plans' targets (``PLAN/ID``) with the same figure.
    """

    id: str
    title: Text
    indicator: str
    kind: Kind
    direction: Literal["at_least", "at_most", "more_than", "less_than"] | None = None
    value: float | None = None
    high: float | None = None
    unit: str | None = None
    about: bool = False
    strive: bool = False
    stretch: float | None = None
    base_year: int | None = None
    base_note: Text | None = None
    first_year: int | None = None
    year: int | None = None
    scope: Text | None = None
    exclusions: tuple[Text, ...] = ()
    other_indicator: str | None = None
    subset_of: str | None = None
    same_as: tuple[str, ...] = ()
    lead: str | None = None
    others: tuple[str, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    checked: Checked
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Target:
        numeric = self.kind not in {"relative", "assigned", "qualitative", "zero_net_growth"}
        if numeric and (self.value is None or self.unit is None or self.direction is None):
            raise ValueError(f"{self.id}: a {self.kind} target has value, unit and direction")
        if self.kind == "reduction" and (self.base_year is None or self.year is None):
            raise ValueError(f"{self.id}: a reduction has a base year and a year")
        if self.kind == "reduction" and not 0 < (self.value or 0) < WHOLE:
            raise ValueError(f"{self.id}: a reduction is more than 0 and less than 100 %")
        if self.kind == "relative" and None in (self.other_indicator, self.base_year, self.year):
            raise ValueError(f"{self.id}: a relative target has another indicator, base and year")
        return self


class Tier(Record):
    """A class of reporters by size; ``low`` and ``high`` in ``unit``, with which end belongs."""

    id: str
    title: Text
    low: float | None = None
    low_inclusive: bool = True
    high: float | None = None
    high_inclusive: bool = False


class Tiers(Record):
    """Thresholds that split reporters into classes; not on the board."""

    id: str
    title: Text
    indicator: str
    unit: str
    scope: Text | None = None
    tiers: tuple[Tier, ...]
    open_points: tuple[Text, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    checked: Checked


class Measure(Record):
    """A task of the plan, with its leading body and the others that are responsible."""

    id: str
    title: Text
    lead: str | None = None
    others: tuple[str, ...] = ()
    clause: str
    targets: tuple[str, ...] = ()


class Body(Term):
    """A responsible body; aliases are the names that texts and translations use."""


class Plan(Record):
    """A plan.

    Attributes:
        owner: a region code, or the id of a group or an enterprise; a draft may leave it
            ``to_be_chosen``.
        complete: whether every target and measure of the document is held here.
    """

    id: str
    title: Text
    owner_kind: Literal["region", "group", "enterprise"] = "region"
    owner: str
    issuer: Text
    issued: date | None = None
    period: str
    documents: tuple[str, ...] = Field(min_length=1)
    complete: bool
    open_points: tuple[Text, ...] = ()
    targets: tuple[Target, ...] = ()
    tiers: tuple[Tiers, ...] = ()
    measures: tuple[Measure, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Plan:
        if not self.complete and not self.open_points:
            raise ValueError("an incomplete plan says what is missing")
        ids = [target.id for target in self.targets] + [tiers.id for tiers in self.tiers]
        if len(ids) != len(set(ids)):
            raise ValueError("target ids repeat")
        return self
