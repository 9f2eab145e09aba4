"""A value against the limits of a scale, with the corrections of its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    values: Sequence[Any],
    inputs: Mapping[str, Sequence[Any]] | None = None,
) -> list[Graded]:
    """Hold values against a scale.

    Args:
        edition: the set that the scale belongs to.
        scale: the scale of one product or process.
        values: numbers in the unit of the scale; ``None`` where not reported.
        inputs: input of a correction → numbers, as long as ``values``.

    Returns:
        One result per value. A value on a limit belongs to that grade. What is missing gives no
        grade, never a zero.
    """
    size = len(values)
    asked = {name: edition.inputs[name] for name in needed(scale)}
    columns = {name: (inputs or {}).get(name, [None] * size) for name in asked}
    nothing: list[tuple[str, ...]] = [()] * size
    given = complete(asked, columns, size) if asked else Given({}, nothing, nothing)
    held = _Limits(edition, scale, given)
    found = decimals(values)
    known = np.array([value == value for value in found], dtype=bool)  # noqa: PLR0124  NaN
    kept = held.kept(found, known)
    margins = held.margins(found, known & (kept != ""))
    rows = zip(found, kept, margins, held.rows(), given.assumed, given.missing, strict=True)
    return [_graded(*row) for row in rows]


def _graded(
    value: Decimal,
    kept: str,
    margin: Decimal | None,
    limits: dict[str, Decimal],
    assumed: tuple[str, ...],
    missing: tuple[str, ...],
) -> Graded:
    if kept:
        return Graded(kept, value, limits, margin, assumed, ())
    known = value == value  # noqa: PLR0124  NaN
    lacking = (*missing, *(() if known else ("value",))) or ("limit",)
    return Graded("", value if known else None, limits, None, assumed, lacking)


class _Limits:
    """The limits of a scale for some rows, grade by grade."""

    def __init__(self, edition: ScaleSet, scale: Scale, given: Given) -> None:
        self._sign = 1 if edition.direction == "at_most" else -1
        self._names = [one.id for one in edition.grades]
        self._printed = dict(zip(self._names, scale.limits, strict=True))
        self._unknown = set(scale.unknown)
        self._corrected = scale.corrected is not None
        size = len(given.missing)
        self._whole = np.array([not one for one in given.missing], dtype=bool)
        self._columns: dict[str, Column] = {}
        inside = {name: column[self._whole] for name, column in given.columns.items()}
        for name, limit in self._printed.items():
            if isinstance(limit, float):
                column = constant(None, size)
                count = int(self._whole.sum())
                column[self._whole] = _corrected(scale, name, limit, inside, count)
                self._columns[name] = column

    def kept(self, found: Column, known: Column) -> Column:
        """Return the best grade kept, empty where a limit that is not known would decide it."""
        result = np.full(len(found), "", dtype=object)
        ready = known & self._whole
        left = ready.copy()  # not decided yet
        open_ = np.zeros(len(found), dtype=bool)
        met = np.zeros(len(found), dtype=bool)  # has met a limit
        for name in self._names:
            if self._printed[name] is None and name not in self._unknown:
                continue
            there = self._there(name)
            open_ |= ~there
            met |= there
            at = np.flatnonzero(left & there)
            keeps = np.zeros(len(found), dtype=bool)
            if len(at):
                limits = self._columns[name][at]
                keeps[at] = found[at] <= limits if self._sign > 0 else found[at] >= limits
            result[keeps & ~open_] = name
            left &= ~keeps
            open_[left & there] = False  # beyond a limit, and so beyond every better one
        result[left & met & ~open_] = BEYOND
        return result

    def margins(self, found: Column, rated: Column) -> Column:
        """Return the distance to the last grade's limit, ``None`` where it has none."""
        result = np.full(len(found), None, dtype=object)
        last = self._columns.get(self._names[-1])
        if last is not None:
            at = np.flatnonzero(rated & self._filled(last))
            result[at] = self._sign * (last[at] - found[at])
        return result

    def rows(self) -> Iterator[dict[str, Decimal]]:
        """Yield the limits of each row by grade; rows without corrections share them."""
        filled = {name: self._filled(column) for name, column in self._columns.items()}
        if not self._corrected:
            same = {name: column[0] for name, column in self._columns.items() if len(column)}
            yield from ([same] * len(self._whole))
            return
        for row in range(len(self._whole)):
            yield {n: column[row] for n, column in self._columns.items() if filled[n][row]}

    def _there(self, name: str) -> Column:
        """Tell for which rows a limit is known."""
        if name in self._unknown or name not in self._columns:
            return np.zeros(len(self._whole), dtype=bool)
        return self._filled(self._columns[name])

    def _filled(self, column: Column) -> Column:
        if not self._corrected:
            return self._whole
        return np.array([one == one for one in column], dtype=bool)  # noqa: PLR0124  NaN


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
