"""The shape of scales: limits that turn a value into a grade, with their corrections."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from dafeng.rulebook.schema import Cell, Checked, Number, Unknown
from dafeng.vocabulary import Record, Term, Text


class Input(Record):
    """What a correction or a formula asks for besides the value itself.

    Attributes:
        unit: unit of the number; ``None`` for an input that holds the name of a case.
        default: what is taken, and said to be taken, where nothing is given; ``None`` means that
            there is no result without it.
        optional: whether it may lack; then a limit that takes it is not known, and no other.
        low, high: between which the rule speaks; a number outside counts as missing.
    """

    zh: str
    en: str
    unit: str | None
    default: Number | str | None = None
    optional: bool = False
    low: Number | None = None
    high: Number | None = None
    note: Text | None = None


class Grade(Record):
    """A grade, named as its document names it: 1级, or 限定值."""

    id: str
    zh: str
    en: str


class Scale(Term):
    """Limits of one product or process.

    Attributes:
        item: the product, where it is an item of the vocabulary.
        unit: unit of value and limits.
        limits: one per grade of the edition, best first; null where the document prints none, a
            range where it prints one (then the limit is not known).
        unknown: grades whose limit the document prints but no source at hand shows; where it would
            decide, there is no grade.
        corrected: formula of the corrected limit over ``limit`` and inputs: one for all grades,
            or grade → formula where only some are corrected.
        consequence: what follows for a value beyond the last grade, and until when.
        from_books: as of the set, for this scale.
    """

    item: str | None = None
    unit: str
    limits: tuple[Cell, ...]
    unknown: tuple[str, ...] = ()
    corrected: str | dict[str, str] | None = None
    consequence: str | None = None
    from_books: bool = True
    clause: str | None = None
    checked: Checked | None = None
    our_reading: Text | None = None


class ScaleSet(Record):
    """One edition of a family of scales: a quota standard, a list of benchmark levels.

    Attributes:
        family: what the editions have in common; by date the edition in force answers.
        kind: ``quota`` (unit-product energy), ``level`` (benchmark and baseline) or ``rating``.
        region: province where it holds in place of the national edition; empty for the country.
        applies_from, applies_to: first and last day in force; ``None`` where open or not known.
        direction: ``at_most`` where a smaller value is better. A value on the limit belongs to
            that grade.
        grades: best first.
        beyond: the name for what meets no grade.
        from_books: whether the value is what a facility used over what it made; not where only a
            part of it counts (the coal, the share of heat, all but the feedstock), or where it is
            adjusted before it is compared.
        unknown: when no edition of the family is in force, although one was before.
    """

    id: str
    family: str
    kind: Literal["quota", "level", "rating"]
    title: Text
    document: str
    clause: str
    region: str = ""
    applies_from: date | None = None
    applies_to: date | None = None
    checked: Checked
    direction: Literal["at_most", "at_least"] = "at_most"
    grades: tuple[Grade, ...] = Field(min_length=1)
    beyond: Text
    from_books: bool = True
    inputs: dict[str, Input] = {}  # noqa: RUF012  frozen
    unknown: tuple[Unknown, ...] = ()
    our_reading: Text | None = None
    note: Text | None = None
    scales: tuple[Scale, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> ScaleSet:
        names = {grade.id for grade in self.grades}
        for scale in self.scales:
            if len(scale.limits) != len(self.grades):
                msg = f"{scale.id}: {len(scale.limits)} limits for {len(self.grades)} grades"
                raise ValueError(msg)
            strange = {*scale.unknown} - names
            if strange:
                msg = f"{scale.id}: unknown names no grade: {strange}"
                raise ValueError(msg)
            if isinstance(scale.corrected, dict) and not set(scale.corrected) <= names:
                msg = f"{scale.id}: corrected names no grade: {set(scale.corrected) - names}"
                raise ValueError(msg)
        return self

    def scale(self, wanted: str) -> Scale | None:
        """Return the scale of a product or process, or ``None``."""
        return next((scale for scale in self.scales if scale.id == wanted), None)
