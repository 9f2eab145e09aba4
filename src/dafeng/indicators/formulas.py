"""Formulas as pure functions; what they are used for is declared in ``data/indicators.yaml``.

Rates are fractions with a sign: −0.056 is a fall of 5.6 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable


def chain(rates: Iterable[float]) -> float:
    """Return the change over several periods from the change in each: Π(1 + rᵢ) − 1."""
    return math.prod(1 + rate for rate in rates) - 1


def geometric_path(target: float, elapsed: int, years: int) -> float:
    """Return the change required after ``elapsed`` of ``years``: (1 + target)^(elapsed/years) − 1.

    An intensity falls by the same share each year.
    """
    return float((1 + target) ** (elapsed / years)) - 1


def linear_path(base: float, target: float, elapsed: int, years: int) -> float:
    """Return the value required after ``elapsed`` of ``years``: counts grow by the same number."""
    return base + (target - base) * elapsed / years


def pace(value: float, target: float, years: int) -> float:
    """Return the yearly change still needed to get from ``value`` to ``target`` (both changes)."""
    return float(((1 + target) / (1 + value)) ** (1 / years)) - 1


def log_ratio(value: float, required: float) -> float:
    """Return the achieved over the required change, both as logarithms.

    1 is exactly on the path; a rise where a fall is required is negative.
    """
    return math.log1p(value) / math.log1p(required)
