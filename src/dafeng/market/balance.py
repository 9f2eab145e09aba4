"""The balance value of an industry: at which allowances and verified emissions are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dafeng.rulebook import Formula, Rulebook, compute, evaluate
from dafeng.vocabulary import Fault, Period

UNROUNDED, OBLIGATION = "unrounded", "obligation"
TOLERANCE = Decimal(1) / 1000 / 1000
"""Tonnes by which the two sums may differ."""
_ROUNDS = 1000
_NEAR = Decimal(1) / 1000 / 1000 / 1000

Columns = Mapping[str, Sequence[Any]]


def solve(rules: Rulebook, formula: Formula, name: str, columns: Columns, when: Period) -> Decimal:
    """Return the balance value by the sums of the steps ``unrounded`` and ``obligation``.

    The sum of allowances grows with the balance value, whatever the formula says in detail; so
    the value is bracketed in floating point and refined in exact decimals. Where the sums are
    equal over a stretch of values, one of them is returned; the allowances are the same.

    Args:
        rules: the rulebook.
        formula: the unit formula; ``name`` is its input for the balance value.
        name: that input.
        columns: the other inputs, complete, in the units of the formula.
        when: the year.

    Raises:
        Fault: ``no_balance`` where no value makes the sums equal.
    """
    size = len(next(iter(columns.values())))
    roughly = _bisect(_in_floats(rules, formula, name, columns, when), formula.id)

    def excess(value: Decimal) -> Decimal:
        found = compute(rules, formula, {**columns, name: [value] * size}, when)
        return Decimal(sum(found.steps[UNROUNDED] - found.steps[OBLIGATION]))

    return _refine(excess, Decimal(repr(roughly)), formula.id)


def _in_floats(
    rules: Rulebook, formula: Formula, name: str, columns: Columns, when: Period
) -> Callable[[float], float]:
    import numpy as np  # noqa: PLC0415  heavy

    size = len(next(iter(columns.values())))
    probe = compute(rules, formula, {**columns, name: [1] * size}, when)
    known: dict[str, Any] = {
        symbol: np.array([float(v) for v in columns[symbol]])
        for symbol, wanted in formula.inputs.items()
        if wanted.unit is not None and symbol != name
    }
    for symbol, values in probe.values.items():
        known[symbol] = np.array([v.number if v else np.nan for v in values], dtype=float)

    def excess(value: float) -> float:
        held = {**known, name: np.full(size, value)}
        for step in formula.steps:
            found = evaluate(step.expression, held)
            held[step.id] = np.broadcast_to(np.asarray(found, dtype=float), (size,))
        return float((held[UNROUNDED] - held[OBLIGATION]).sum())

    return excess


def _bisect(excess: Callable[[float], float], place: str) -> float:
    """Return where a growing function of positive numbers passes zero, to float precision."""
    low = high = 1.0
    for _ in range(_ROUNDS):
        if excess(high) >= 0:
            break
        high *= 2
    for _ in range(_ROUNDS):
        if excess(low) <= 0:
            break
        low /= 2
    if not excess(low) <= 0 <= excess(high):
        raise Fault("no_balance", place)
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return high


def _refine(excess: Callable[[Decimal], Decimal], near: Decimal, place: str) -> Decimal:
    """Return the value at which the sums differ by less than the tolerance."""
    low, high = _around(excess, near, place)
    below, above = excess(low), excess(high)
    for turn in range(_ROUNDS):
        straight = turn % 2 == 0 and above != below
        middle = low - below * (high - low) / (above - below) if straight else (low + high) / 2
        found = excess(middle)
        if abs(found) < TOLERANCE:
            return middle
        if found < 0:
            low, below = middle, found
        else:
            high, above = middle, found
    raise Fault("no_balance", place)


def _around(
    excess: Callable[[Decimal], Decimal], near: Decimal, place: str
) -> tuple[Decimal, Decimal]:
    """Return two values close to ``near`` with the zero between them."""
    share = _NEAR
    while share < 1:
        low, high = near * (1 - share), near * (1 + share)
        if excess(low) <= 0 <= excess(high):
            return low, high
        share *= 1000
    raise Fault("no_balance", place)
