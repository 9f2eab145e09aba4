"""Small estimators with a prior: logistic, median and quantiles. Weighted, deterministic.

Sums run through ``einsum`` and not through a threaded library, so that the same rows give the
same bits on any number of threads. Shapes: ``x`` (rows, features); ``y``, ``weight`` (rows).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

ROUNDS = 100
CLOSE = float(np.finfo(np.float64).eps ** 0.5)
MEDIAN_ROUNDS = 10


def expit(x: Floats) -> Floats:
    """Return 1 ÷ (1 + e^-x)."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def linear(x: Floats, coefficients: Floats) -> Floats:
    """Return ``x`` times ``coefficients``, row by row."""
    return np.asarray(np.einsum("ij,j->i", x, coefficients))


def ridge_logistic(x: Floats, y: Floats, weight: Floats, centre: Floats, strength: float) -> Floats:
    """Return logistic coefficients that maximise Σ w·log p − strength ÷ 2 · |b − centre|².

    Newton's steps, each halved until the goal grows; without rows the centre is returned.
    """
    b = centre.copy()
    value = _likelihood(x, y, weight, b)
    for _ in range(ROUNDS):
        p = expit(linear(x, b))
        slope = np.einsum("ij,i->j", x, weight * (y - p)) - strength * (b - centre)
        bend = _gram(x, weight * p * (1 - p)) + strength * np.eye(len(b))
        step = np.linalg.solve(bend, slope)
        while True:
            tried = b + step
            new = _likelihood(x, y, weight, tried) - _penalty(tried, centre, strength)
            if new >= value - _penalty(b, centre, strength) or np.abs(step).max() < CLOSE:
                break
            step *= 0.5
        b, value = tried, new + _penalty(tried, centre, strength)
        if np.abs(step).max() < CLOSE:
            break
    return b


def ridge_median(
    x: Floats, y: Floats, weight: Floats, centre: Floats, strength: float, least: float
) -> Floats:
    """Return coefficients of a median fit with a pull towards ``centre``.

    Weighted least squares repeated, each row divided by its last residual (at least ``least``).
    """
    b = centre.copy()
    for _ in range(MEDIAN_ROUNDS):
        pull = weight / np.maximum(np.abs(y - linear(x, b)), least)
        b = ridge_squares(x, y, pull, centre, strength)
    return b


def ridge_squares(x: Floats, y: Floats, weight: Floats, centre: Floats, strength: float) -> Floats:
    """Return weighted least squares coefficients with a pull towards ``centre``."""
    left = _gram(x, weight) + strength * np.eye(len(centre))
    return np.linalg.solve(left, np.einsum("ij,i->j", x, weight * y) + strength * centre)


def weighted_quantiles(values: Floats, weight: Floats, at: Floats) -> Floats:
    """Return the values at probabilities; each value stands in the middle of its weight."""
    order = np.argsort(values, kind="stable")
    values, weight = values[order], weight[order]
    total = np.cumsum(weight)
    return np.interp(at, (total - 0.5 * weight) / total[-1], values)


def _gram(x: Floats, weight: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ik->jk", x * weight[:, None], x))


def _likelihood(x: Floats, y: Floats, weight: Floats, b: Floats) -> float:
    logit = linear(x, b)
    return float(np.sum(weight * (y * logit - np.logaddexp(0, logit))))


def _penalty(b: Floats, centre: Floats, strength: float) -> float:
    return float(0.5 * strength * np.sum((b - centre) ** 2))
