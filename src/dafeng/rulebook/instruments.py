"""The shape of the other rules that are data: formulas, scorecards, deadlines."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from dafeng.rulebook.limits import Grade, Input
from dafeng.rulebook.schema import Cell, Checked, Number, Reference, Unknown
from dafeng.vocabulary import Record, Term, Text


class Step(Record):
    """One line of a formula; a later step may use the result of an earlier one.

    Attributes:
        unit: unit of the result.
        digits: decimals that the result is rounded to; ``None`` keeps it as it is.
        rounding: ``down`` (never more than the rule grants) or ``half_up``.
    """

    id: str
    zh: str
    en: str
    unit: str
    expression: str
    digits: int | None = None
    rounding: Literal["down", "half_up"] = "half_up"
    clause: str | None = None
    checked: Checked | None = None


class Formula(Record):
    """A dated, cited calculation in exact decimals: an allowance, a price, a correction.

    Attributes:
        family: what the editions have in common; by date the edition in force answers.
        applies_from, applies_to: days of what is calculated (reporting year, consumption), not
            of publication; ``None`` where open or not known.
        inputs: symbol → what has to be given.
        parameters: symbol → the rulebook value that it stands for.
        steps: in order; the last one is the result.
        unknown: when no edition of the family is in force, although one was before.
    """

    id: str
    family: str
    title: Text
    document: str
    clause: str
    region: str = ""
    applies_from: date | None = None
    applies_to: date | None = None
    checked: Checked
    our_reading: Text | None = None
    note: Text | None = None
    inputs: dict[str, Input]
    parameters: dict[str, Reference] = {}  # noqa: RUF012  frozen
    steps: tuple[Step, ...] = Field(min_length=1)
    unknown: tuple[Unknown, ...] = ()


class Criterion(Term):
    """One line of a scorecard.

    Attributes:
        weight: points or share; ``None`` where the source does not state it.
        base, lead: the values that stand for the base and the full score, where stated.
        direction: ``at_least`` where more is better.
        group: heading under which it stands.
        missing: what the score is where no value is reported: ``mean``, that of the others; else
            there is none.
    """

    weight: Number | None = None
    unit: str | None = None
    base: Cell = None
    lead: Cell = None
    direction: Literal["at_most", "at_least"] = "at_least"
    group: str | None = None
    missing: Literal["mean"] | None = None
    clause: str | None = None
    checked: Checked | None = None


class ClassRule(Grade):
    """A class by share of the ranked, best first, or by score.

    Attributes:
        top: per cent of the ranked that this class and the better ones hold at most; a range
            where the source prints one (then an authority sets it).
        score: the score that it takes at least.
    """

    top: Cell = None
    score: Number | None = None


class Event(Term):
    """Something that happened to a participant and weighs on its class, whatever the score.

    Attributes:
        effect: ``out`` (no class at all), ``class`` (at best the class ``to``), ``down``
            (``size`` classes lower) or ``points`` (``size`` points off the total).
        size: ``None`` where the source does not state it; then there is no class.
    """

    effect: Literal["out", "class", "down", "points"]
    to: str | None = None
    size: Number | None = None
    clause: str | None = None
    checked: Checked | None = None


class Scorecard(Record):
    """Indicators → normalised score → weights → class; the total is the weighted sum.

    Attributes:
        template: an authority fills it in: weights or classes that no source states are open.
        normalised: formula of a criterion's score over ``value``, ``base`` and ``lead``.
        events: vetoes, deductions, downgrades.
        classes: best first.
        open_points: what no source states.
        unknown: when no edition of the family is in force, although one was before.
    """

    id: str
    family: str
    title: Text
    document: str
    clause: str
    region: str = ""
    applies_from: date | None = None
    applies_to: date | None = None
    checked: Checked
    template: bool = False
    our_reading: Text | None = None
    note: Text | None = None
    groups: dict[str, Text] = {}  # noqa: RUF012  frozen
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    normalised: str | None = None
    events: tuple[Event, ...] = ()
    classes: tuple[ClassRule, ...] = ()
    open_points: tuple[Text, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scorecard:
        unweighted = [c.id for c in self.criteria if c.weight is None]
        if unweighted and not self.template:
            msg = f"a scorecard without the weights of {unweighted} is a template"
            raise ValueError(msg)
        if self.template and not self.open_points:
            raise ValueError("a template says what is open")
        strange = {e.to for e in self.events if e.effect == "class"} - {c.id for c in self.classes}
        if strange:
            msg = f"events lead to classes that there are not: {strange}"
            raise ValueError(msg)
        return self


class Deadline(Term):
    """Something due: on a date, or some days after an event.

    Attributes:
        year: year of the emissions (or of the plan) that it is about.
        due: the last day; or
        days_after: days after the end of ``event`` (``month``, ``sampling``).
        before: it leaves time to what was begun before that day, and to nothing newer.
        who: whom it binds: ids of sectors or roles in our own words.
    """

    document: str
    clause: str
    checked: Checked
    year: int | None = None
    due: date | None = None
    days_after: int | None = None
    working_days: bool = False
    event: str | None = None
    before: date | None = None
    who: Text

    @model_validator(mode="after")
    def _dated(self) -> Deadline:
        if (self.due is None) == (self.days_after is None):
            raise ValueError("a day or a number of days, exactly one of them")
        return self
