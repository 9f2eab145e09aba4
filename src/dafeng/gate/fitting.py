"""Which of some projects fit the rooms together, by a rule that is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.indicators import within
from dafeng.vocabulary import factor

Floats = NDArray[np.float64]
_TONNE = int(factor("t", "g"))
_GIVE = 0.5  # yuan or projects: what the second search may lose of the first one's best


@dataclass(frozen=True)
class Candidate:
    """A project that may be admitted; whole grams a year, from the year in which it begins."""

    project: str
    region: str
    amounts: Mapping[str, int]
    worth: float
    begins: int = 0


@dataclass(frozen=True)
class Space:
    """What a region has left of something in a year, in whole grams, without the candidates."""

    metric: str
    region: str
    year: int
    grams: int

    def holds(self, one: Candidate) -> int:
        """Return what a candidate takes of it."""
        there = within(one.region, self.region) and one.begins <= self.year
        return one.amounts[self.metric] if there else 0


def fitting(candidates: Sequence[Candidate], spaces: Sequence[Space]) -> tuple[str, ...]:
    """Return the projects of the largest total worth that keep every space.

    Of equally good sets it is the one that uses least energy. Amounts are compared as whole grams.

    Args:
        candidates: with the worth that the rule gives them.
        spaces: every space that has to be kept; a space below zero takes nothing.
    """
    held = [one for one in candidates if fits_alone(one, spaces)]
    if not held:
        return ()
    worth = np.array([one.worth for one in held])
    first = np.array([one.amounts["energy"] / _TONNE for one in held])
    margin = 0.0
    while True:
        best = _solve(-worth, held, spaces, margin)
        floor = float(worth @ best) - min(_GIVE, float(worth.min()) / 2)
        chosen = _solve(first, held, spaces, margin, (worth, floor))
        found = [one for one, taken in zip(held, chosen, strict=True) if taken]
        if all(_kept(found, space) for space in spaces):
            return tuple(one.project for one in found)
        margin += 1.0  # a rounding of the solver: a tonne less of each space


def fits_alone(one: Candidate, spaces: Sequence[Space]) -> bool:
    """Whether a candidate keeps every space where no other one is taken."""
    return all(_kept([one], space) for space in spaces)


def _kept(chosen: Sequence[Candidate], space: Space) -> bool:
    """Whether some projects keep a space; what takes nothing keeps one that is exceeded too."""
    taken = sum(space.holds(one) for one in chosen)
    return taken == 0 or taken <= space.grams


def _solve(
    cost: Floats,
    held: Sequence[Candidate],
    spaces: Sequence[Space],
    margin: float,
    least: tuple[Floats, float] | None = None,
) -> NDArray[np.bool_]:
    """Return which variables are one at the minimum of ``cost``; nothing at all always fits."""
    import highspy  # noqa: PLC0415  who opens a workspace need not load a solver

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for name, value in (("parallel", "off"), ("random_seed", 0), ("mip_rel_gap", 0.0)):
        highs.setOptionValue(name, value)
    for price in cost:
        highs.addVar(0.0, 1.0)
        last = highs.getNumCol() - 1
        highs.changeColCost(last, float(price))
        highs.changeColIntegrality(last, highspy.HighsVarType.kInteger)
    for space in spaces:
        taken = np.array([space.holds(one) / _TONNE for one in held])
        limit = max(space.grams / _TONNE - margin, 0.0)
        _row(highs, taken, -highspy.kHighsInf, limit)
    if least is not None:
        _row(highs, least[0], least[1], highspy.kHighsInf)
    highs.run()
    ones: NDArray[np.bool_] = np.rint(np.array(highs.getSolution().col_value)) == 1
    return ones


def _row(highs: Any, values: Floats, low: float, high: float) -> None:
    at = np.flatnonzero(values).astype(np.int32)
    highs.addRow(low, high, len(at), at, values[at])
