"""Whole grams shared among many by largest remainders, within bounds: exact, in array passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def share_out(whole: int, weights: Ints, ids: NDArray[np.str_], low: Ints, high: Ints) -> Ints:
    """Share whole grams in proportion to weights so that the shares add up to them.

    Each share is its exact quota rounded down; what is left goes, a gram each, to the largest
    remainders, on a tie to the smaller id. A share beyond its bound is set to the bound and the
    rest is shared anew among the others, until all bounds hold.

    Args:
        whole: grams to share, between the sums of ``low`` and ``high``.
        weights: n weights ≥ 0, above zero where ``high`` is.
        ids: n ids that settle a tie.
        low: n least shares.
        high: n greatest shares.

    Returns:
        n whole numbers with ``low ≤ share ≤ high`` and the sum ``whole``.

    Raises:
        ValueError: bounds or weights leave no way.
    """
    if not low.sum() <= whole <= high.sum():
        raise ValueError(f"{whole} lies outside {low.sum()} … {high.sum()}")
    found, free = low.copy(), np.ones(len(weights), dtype=bool)
    while free.any():
        left = whole - int(found[~free].sum())
        quota, rest = _quotas(left, weights[free])
        at = np.flatnonzero(free)
        above = quota + (rest > 0) > high[at]
        below = quota < low[at]
        over = int((quota - high[at])[above].sum()) if above.any() else 0
        under = int((low[at] - quota)[below].sum()) if below.any() else 0
        if not (above.any() or below.any()):
            found[at] = _rounded(left, quota, rest, ids[at])
            break
        # the side that is beyond by more stays at its bound whatever becomes of the other
        side, bound = (above, high) if over >= under and above.any() else (below, low)
        found[at[side]] = bound[at[side]]
        free[at[side]] = False
    return found


def _quotas(whole: int, weights: Ints) -> tuple[Ints, Ints]:
    """Return exact quotas rounded down, and remainders over the sum of the weights.

    The product of two amounts in grams has more than 64 bits: Python's whole numbers hold it.
    """
    total = int(weights.sum())
    if not total:
        if whole:
            raise ValueError("no weight is above zero")
        return np.zeros_like(weights), np.zeros_like(weights)
    product = weights.astype(object) * whole
    return (product // total).astype(np.int64), (product % total).astype(np.int64)


def _rounded(whole: int, quota: Ints, rest: Ints, ids: NDArray[np.str_]) -> Ints:
    order = np.lexsort((ids, -rest))
    quota[order[: whole - int(quota.sum())]] += 1
    return quota
