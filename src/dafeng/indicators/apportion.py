"""Whole numbers shared in exact proportion, by largest remainders and within bounds.

Arrays hold Python's whole numbers and fractions, so that nothing is rounded on the way: a weight
may be a fraction of any size.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from dafeng.vocabulary import Fault

HALF = Fraction(1, 2)


def exact(value: float) -> Fraction:
    """Return a number as it is written: 16.1 is 161/10, not the nearest binary fraction."""
    return Fraction(str(value))


def half_up(value: Fraction) -> int:
    """Return the nearest whole number of a value ≥ 0, halves up."""
    return int((value + HALF) // 1)


def column(values: Sequence[Any]) -> Any:
    """Return values as an array of objects."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def apportion(
    whole: int,
    weights: Any,
    ids: Sequence[str],
    *,
    low: Any | None = None,
    high: Any | None = None,
    unit: str = "",
) -> Any:
    """Share a whole number in proportion to weights, in whole numbers that add up to it.

    Every share is its exact quota rounded down; what is left goes, one each, to the largest
    remainders, on a tie to the smaller id. A share beyond its bound is set to the bound, and the
    rest is shared anew among the others until all bounds hold.

    Args:
        whole: what is shared, ≥ 0.
        weights: n weights ≥ 0.
        ids: n ids that settle a tie.
        low: n least shares; by default none.
        high: n greatest shares; by default none.
        unit: of the whole, for a message.

    Returns:
        Array of n whole numbers.

    Raises:
        Fault: ``no_weight`` where no weight is above zero; ``split_bounds`` where the bounds
            leave no way to share the whole by these weights.
    """
    weights, names = column(weights), column(ids)
    if not sum(weights) > 0:
        raise Fault("no_weight", parts=len(names))
    least = column([0] * len(names)) if low is None else column(low)
    most = column([whole] * len(names)) if high is None else column(high)
    found = column([0] * len(names))
    free = np.ones(len(names), dtype=bool)
    _check(whole, least, most, unit)
    while True:
        left = whole - sum(found[~free])
        if left and not sum(weights[free]) > 0:
            raise _impossible(whole, least, most, unit)
        quotas = _quotas(left, weights[free])
        over, under = (
            np.maximum(beyond, 0) for beyond in (quotas - most[free], least[free] - quotas)
        )
        if not sum(over) and not sum(under):
            break
        # the side that is beyond by more stays at its bound whatever becomes of the other
        side, bound = (over, most) if sum(over) >= sum(under) else (under, least)
        at = np.flatnonzero(free)[(side > 0).astype(bool)]
        found[at] = bound[at]
        free[at] = False
    found[free] = _rounded(left, quotas, names[free])
    return found


def _quotas(whole: int, weights: Any) -> Any:
    total = sum(weights)
    return weights * Fraction(whole) / total if total else weights * 0


def _rounded(whole: int, quotas: Any, ids: Any) -> Any:
    found = quotas // 1
    rests = quotas - found
    order = sorted(range(len(ids)), key=lambda i: (-rests[i], ids[i]))
    found[order[: int(whole - sum(found))]] += 1
    return column([int(value) for value in found])


def _check(whole: int, low: Any, high: Any, unit: str) -> None:
    if not sum(low) <= whole <= sum(high) or (low > high).astype(bool).any():
        raise _impossible(whole, low, high, unit)


def _impossible(whole: int, low: Any, high: Any, unit: str) -> Fault:
    said = {"whole": whole, "least": sum(low), "most": sum(high)}
    return Fault("split_bounds", unit=unit, **{name: f"{n:,}" for name, n in said.items()})
