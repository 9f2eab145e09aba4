"""Logarithmic mean Divisia index (LMDI-I): a change split among factors, exactly.

A cell (a fuel of a sector of a region, say) is a chain of quantities x₀ → x₁ → … → xₙ. Its factors
are x₀, x₁/x₀, …, xₙ/xₙ₋₁, and their product is the last quantity V. With the logarithmic mean
L(a, b) = (a − b)/(ln a − ln b), the effect of factor k is

    ΔV_k = L(V¹, V⁰) · ln(f_k¹/f_k⁰)        and  Σ_k ΔV_k = V¹ − V⁰
    D_k  = exp(Σ_cells ΔV_k / L(ΣV¹, ΣV⁰))   and  Π_k D_k  = ΣV¹/ΣV⁰

Sources: B. W. Ang, The LMDI approach to decomposition analysis: a practical guide, Energy Policy
33 (2005) 867; for zeros the analytical limits of B. W. Ang and N. Liu, Energy Policy 35 (2007) 238,
and R. Wood and M. Lenzen, Energy Policy 34 (2006) 1326.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def log_mean(a: Floats, b: Floats) -> Floats:
    """Return (a − b)/(ln a − ln b) of amounts above zero; a where both are equal."""
    ratio = np.log(a) - np.log(b)
    near = np.isclose(a, b, rtol=np.sqrt(np.finfo(float).eps), atol=0)
    return np.where(near, (a + b) / 2, (a - b) / np.where(near, 1, ratio))


def additive(before: Floats, after: Floats) -> Floats:
    """Return the effect of each factor on each cell; they add up to its change.

    A quantity that is zero in one year makes all that follow it in the chain zero. In the limit the
    whole change belongs to the factor that brings the first zero; a factor 0/0 counts as unchanged.

    Args:
        before: quantities of the chain, (factors, cells), not negative; a zero is followed by
            zeros only (``broken`` tells where this is not so).
        after: the same in the later year.
    """
    amounts = before[-1], after[-1]
    effects = np.zeros_like(before)
    whole = (amounts[0] > 0) & (amounts[1] > 0)
    logs = np.log(after[:, whole]) - np.log(before[:, whole])
    factors = np.diff(logs, axis=0, prepend=0.0)
    effects[:, whole] = log_mean(amounts[1][whole], amounts[0][whole]) * factors
    for quantities, change in ((before, amounts[1]), (after, -amounts[0])):
        cells = np.flatnonzero((quantities[-1] <= 0) & (change != 0))
        first = (quantities[:, cells] <= 0).argmax(axis=0)
        effects[first, cells] = change[cells]
    return effects


def multiplicative(effects: Floats, before: float, after: float) -> Floats | None:
    """Return the factor by which each effect moved the total; their product is after/before.

    Args:
        effects: additive effects, summed over the cells, (factors,).
        before: total amount; with zero there is no ratio, and ``None`` is returned.
        after: total amount of the later year.
    """
    if before <= 0 or after <= 0:
        return None
    mean = log_mean(np.array(after), np.array(before))
    return np.asarray(np.exp(effects / mean), dtype=np.float64)


def broken(quantities: Floats) -> NDArray[np.bool_]:
    """Return the cells, (cells,), that cannot be split: negative, or above zero after a zero."""
    revived = (quantities[:-1] <= 0) & (quantities[1:] > 0)
    return np.asarray((quantities < 0).any(axis=0) | revived.any(axis=0))


def whole(effects: Floats, change: Ints) -> Ints:
    """Round effects, (factors, cells), to integers that add up to the change of each cell.

    Each is rounded down; what is left goes, one by one, to the largest fractions, the earlier
    factor first where two are equal.
    """
    rounded = np.floor(effects)
    found = rounded.astype(np.int64)
    rest, count = change - found.sum(axis=0), len(effects)
    found += rest // count
    order = np.argsort(-(effects - rounded), axis=0, kind="stable")
    places = np.argsort(order, axis=0)
    found += places < rest % count
    return found
