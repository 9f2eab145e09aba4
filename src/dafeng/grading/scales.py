"""A value against the limits of a scale, with the corrections of its document."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.rulebook import Scale, ScaleSet, calculate, complete, decimals, symbols

BEYOND = "beyond"
"""What stands for the grade of a value that meets no limit."""


@dataclass(frozen=True)
class Graded:
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
    wanted = {name: edition.inputs[name] for name in _needed(scale)}
    columns = {name: (inputs or {}).get(name, [None] * size) for name in wanted}
    given = complete(wanted, columns, size)
    whole = [row for row in range(size) if not given.missing[row]]
    known = {name: column[whole] for name, column in given.columns.items()}
    limits: list[dict[str, Decimal]] = [{} for _ in range(size)]
    for place, wanted_grade in enumerate(edition.grades):
        limit = scale.limits[place]
        if isinstance(limit, float):
            corrected = _corrected(scale, wanted_grade.id, limit, known, len(whole))
            for row, number in zip(whole, corrected, strict=True):
                if not number.is_nan():
                    limits[row][wanted_grade.id] = number
    found = decimals(values)
    return [
        _graded(edition, scale, found[row], limits[row], (given.assumed[row], given.missing[row]))
        for row in range(size)
    ]


def _needed(scale: Scale) -> dict[str, None]:
    formulas = scale.corrected.values() if isinstance(scale.corrected, dict) else [scale.corrected]
    names = (name for formula in formulas if formula for name in symbols(formula))
    return dict.fromkeys(name for name in names if name != "limit")


def _corrected(
    scale: Scale, wanted: str, limit: float, known: Mapping[str, Any], size: int
) -> list[Decimal]:
    formula = scale.corrected
    if isinstance(formula, dict):
        formula = formula.get(wanted)
    base = decimals([limit] * size)
    return list(calculate(formula, {**known, "limit": base}, size) if formula else base)


def _graded(
    edition: ScaleSet,
    scale: Scale,
    value: Decimal,
    limits: dict[str, Decimal],
    said: tuple[tuple[str, ...], tuple[str, ...]],
) -> Graded:
    assumed, missing = said
    lacking = (*missing, *(["value"] if value.is_nan() else []))
    sign = 1 if edition.direction == "at_most" else -1
    names = [grade.id for grade in edition.grades]
    kept = None if lacking else _kept(names, _unknown(scale, names, limits), limits, sign, value)
    if kept is None:
        lacking = lacking or ("limit",)
        return Graded("", None if value.is_nan() else value, limits, None, assumed, lacking)
    last = limits.get(names[-1])
    margin = None if last is None else sign * (last - value)
    return Graded(kept, value, limits, margin, assumed, ())


def _unknown(scale: Scale, names: Sequence[str], limits: Mapping[str, Decimal]) -> set[str]:
    """Return the grades that have a limit which is not known.

    No source shows it, it is printed as a range, or its correction has no value.
    """
    printed = zip(names, scale.limits, strict=True)
    lost = {name for name, cell in printed if cell is not None and name not in limits}
    return {*scale.unknown, *lost}


def _kept(
    names: Sequence[str],
    unknown: Container[str],
    limits: Mapping[str, Decimal],
    sign: int,
    value: Decimal,
) -> str | None:
    """Return the best grade kept, ``None`` where a limit that is not known would decide it."""
    open_grade = False
    for name in names:
        if name in unknown:
            open_grade = True
        elif name in limits:
            if sign * value <= sign * limits[name]:
                return None if open_grade else name
            open_grade = False  # beyond a limit, and so beyond every better one
    return None if open_grade or not limits else BEYOND
