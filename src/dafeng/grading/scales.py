"""A value against the limits of a scale, with the corrections of its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dafeng.grading.lazy import Lazy
from dafeng.grading.near import Same, floats
from dafeng.rulebook import Given, Scale, ScaleSet, calculate, complete, constant, decimals, symbols

Column = NDArray[Any]

BEYOND = "beyond"
"""What stands for the grade of a value that meets no limit."""


class Graded(NamedTuple):
    """One value held against a scale.

    Attributes:
        grade: id of the best grade whose limit the value keeps, ``beyond`` where it keeps none,
            empty where it cannot be rated.
        value: the value, in the unit of the scale.
        limits: grade → corrected limit; a grade without a limit is not in it.
        margin: distance to the last grade's limit, positive where it is kept; ``None`` where
            that grade has no limit.
        assumed: inputs whose default was taken.
        missing: what lacks where there is no grade.
    """

    grade: str
    value: Decimal | None
    limits: dict[str, Decimal]
    margin: Decimal | None
    assumed: tuple[str, ...]
    missing: tuple[str, ...]


def grade(
    edition: ScaleSet,
    scale: Scale,
    values: Sequence[Any] | Column,
    inputs: Mapping[str, Sequence[Any] | Column] | None = None,
) -> Grades:
    """Hold values against a scale.

    Args:
        edition: the set that the scale belongs to.
        scale: the scale of one product or process.
        values: numbers in the unit of the scale; ``None`` or NaN where not reported.
        inputs: input of a correction → numbers, as long as ``values``.

    Returns:
        One result per value. A value on a limit belongs to that grade. What is missing gives no
        grade, never a zero.
    """
    return Grades(edition, scale, values, inputs or {})


class Grades(Lazy[Graded]):
    """Values held against a scale: grades at once, all else of a value when it is read.

    Limits are computed once for each combination of inputs. Whether a value keeps one is told by
    the nearest floats, which have the order of the decimals that they are nearest to; where both
    are the same float, the decimals themselves decide.

    Attributes:
        grade: ids of the grades, as in ``Graded``.
    """

    def __init__(
        self,
        edition: ScaleSet,
        scale: Scale,
        values: Sequence[Any] | Column,
        inputs: Mapping[str, Sequence[Any] | Column],
    ) -> None:
        super().__init__(len(values))
        self._values = values
        self._near = floats(values)
        asked = {name: edition.inputs[name] for name in needed(scale)}
        columns = {name: inputs.get(name, Same(None, len(values))) for name in asked}
        self._of, distinct, size = _combined(columns, len(values))
        nothing: list[tuple[str, ...]] = [()] * size
        self._given = complete(asked, distinct, size) if asked else Given({}, nothing, nothing)
        self._limits = _Limits(edition, scale, self._given)
        self.grade = self._kept()

    @cached_property
    def rated(self) -> NDArray[np.bool_]:
        """Whether each has a grade."""
        return np.asarray(self.grade != "", bool)

    def _kept(self) -> Column:
        """Return the best grade kept, empty where a limit that is not known would decide it."""
        held, size = self._limits, len(self._values)
        result = np.full(size, "", dtype=object)
        left = ~np.isnan(self._near) & held.whole[self._of]  # not decided yet
        open_ = np.zeros(size, dtype=bool)
        met = np.zeros(size, dtype=bool)  # has met a limit
        for name in held.decisive:
            there = held.there(name)[self._of]
            open_ |= ~there
            met |= there
            keeps = left & there
            if keeps.any():
                keeps[keeps] = self._keeps(name, np.flatnonzero(keeps))
            result[keeps & ~open_] = name
            left &= ~keeps
            open_[left & there] = False  # beyond a limit, and so beyond every better one
        result[left & met & ~open_] = BEYOND
        return result

    def _keeps(self, name: str, at: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which of some values keep a limit."""
        limits, sign = self._limits.columns[name], self._limits.sign
        difference = sign * (floats(limits)[self._of[at]] - self._near[at])
        keeps = np.asarray(difference > 0)
        for row in np.flatnonzero(difference == 0).tolist():
            value, limit = self._value(int(at[row])), limits[self._of[at[row]]]
            keeps[row] = sign * (limit - value) >= 0
        return keeps

    def _value(self, at: int) -> Decimal:
        value: Decimal = decimals([self._values[at]])[0]
        return value

    def missing(self, at: int) -> tuple[str, ...]:
        """Return what lacks where a value has no grade."""
        if self.grade[at]:
            return ()
        unknown = ("value",) if np.isnan(self._near[at]) else ()
        return (*self._given.missing[self._of[at]], *unknown) or ("limit",)

    def _make(self, at: int) -> Graded:
        found, of = str(self.grade[at]), int(self._of[at])
        known = not np.isnan(self._near[at])
        value, limits = self._value(at) if known else None, self._limits.of(of)
        assumed = self._given.assumed[of]
        if found:
            last = limits.get(self._limits.last)
            margin = None if last is None or value is None else self._limits.sign * (last - value)
            return Graded(found, value, limits, margin, assumed, ())
        return Graded("", value, limits, None, assumed, self.missing(at))


class _Limits:
    """The limits of a scale for some combinations of inputs, grade by grade."""

    def __init__(self, edition: ScaleSet, scale: Scale, given: Given) -> None:
        self.sign = 1 if edition.direction == "at_most" else -1
        self.last = edition.grades[-1].id
        printed = dict(zip((one.id for one in edition.grades), scale.limits, strict=True))
        self._unknown = set(scale.unknown)
        self.decisive = [n for n, one in printed.items() if one is not None or n in self._unknown]
        self._corrected = scale.corrected is not None
        size = len(given.missing)
        self.whole = np.array([not one for one in given.missing], dtype=bool)
        self.columns: dict[str, Column] = {}
        inside = {name: column[self.whole] for name, column in given.columns.items()}
        for name, limit in printed.items():
            if isinstance(limit, float):
                column = constant(None, size)
                count = int(self.whole.sum())
                column[self.whole] = _corrected(scale, name, limit, inside, count)
                self.columns[name] = column

    def of(self, at: int) -> dict[str, Decimal]:
        """Return the limits of a combination by grade."""
        return {
            n: c[at] for n, c in self.columns.items() if not self._corrected or self._has(c)[at]
        }

    def there(self, name: str) -> NDArray[np.bool_]:
        """Tell for which combinations a limit is known."""
        if name in self._unknown or name not in self.columns:
            return np.zeros(len(self.whole), dtype=bool)
        return self._has(self.columns[name]) if self._corrected else self.whole

    @staticmethod
    def _has(column: Column) -> NDArray[np.bool_]:
        return np.array([one == one for one in column], dtype=bool)  # noqa: PLR0124  NaN


def _combined(
    columns: Mapping[str, Sequence[Any] | Column], size: int
) -> tuple[NDArray[np.intp], dict[str, list[Any]], int]:
    """Return for each row which combination of inputs it has, the combinations, how many."""
    if not columns:
        return np.zeros(size, np.intp), {}, 1
    if all(isinstance(column, Same) for column in columns.values()):
        size, of = min(size, 1), np.zeros(size, np.intp)
        return of, {name: [column[0]] * size for name, column in columns.items()}, size
    found: dict[tuple[Any, ...], int] = {}
    known = [found.setdefault(cells, len(found)) for cells in zip(*columns.values(), strict=True)]
    distinct = [*zip(*found, strict=True)] or [()] * len(columns)
    named = {name: list(cells) for name, cells in zip(columns, distinct, strict=True)}
    return np.array(known, np.intp), named, len(found)


def needed(scale: Scale) -> dict[str, None]:
    """Return the inputs that the corrections of a scale ask for, in their order."""
    formulas = scale.corrected.values() if isinstance(scale.corrected, dict) else [scale.corrected]
    names = (name for formula in formulas if formula for name in symbols(formula))
    return dict.fromkeys(name for name in names if name != "limit")


def _corrected(
    scale: Scale, wanted: str, limit: float, known: Mapping[str, Any], size: int
) -> Column:
    formula = scale.corrected
    if isinstance(formula, dict):
        formula = formula.get(wanted)
    base = constant(limit, size)
    return calculate(formula, {**known, "limit": base}, size) if formula else base
