"""The end of a year: use over budget, class of the assessment, surplus or overrun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.forecast import Flags, Floats
from dafeng.budget.levels import LevelSettings, assessed

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Settlement:
    """How firms kept their budgets, n firms.

    Attributes:
        budgets: in whole grams.
        used: use reported, in whole grams; at least that where the year is not whole.
        whole: years without a hole.
        ratio: execution ratio, use over budget; NaN where the year is not whole and what is
            reported does not exceed the budget yet.
        classes: place of the class; −1 where there is no ratio.
        balance: budget less use in whole grams (surplus +, overrun −), where there is a ratio.
    """

    budgets: Ints
    used: Ints
    whole: Flags
    ratio: Floats
    classes: Ints
    balance: Ints


def settle(budgets: Ints, used: Ints, whole: Flags, how: LevelSettings) -> Settlement:
    """Return the settlement of a year.

    A firm with missing months has a ratio only where what it reported exceeds its budget: then the
    ratio is a lower bound. Else it is not assessed; not reported is never zero.
    """
    over = used > budgets
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((whole | over) & (budgets > 0), used / budgets, np.nan)
    return Settlement(
        budgets,
        used,
        whole,
        ratio,
        assessed(ratio, how),
        np.where(np.isnan(ratio), 0, budgets - used),
    )
