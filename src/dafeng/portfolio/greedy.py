"""The baseline beside the optimum: up the cost curve, taking what still fits."""

from __future__ import annotations

import numpy as np

from dafeng.portfolio.cost import unit_cost
from dafeng.portfolio.model import KEY, MEASURES, Model
from dafeng.portfolio.projects import Floats, Ints

NOTHING: Ints = np.zeros(0, dtype=np.int64)


def climb(model: Model, taken: Ints = NOTHING) -> Ints:
    """Return columns taken in the order of their cost per tonne, each if it fits and helps.

    An option helps that brings more of the objective, or is needed for a demand that is not met
    yet. Where key projects are demanded, they are taken first until there are enough.

    Args:
        model: the choice.
        taken: columns that are taken already.
    """
    return _Climb(model, taken).climb()


def brought_forward(model: Model, taken: Ints) -> Ints:
    """Return the same options, each in the first year in which it still fits.

    Only where the year makes no difference: the objective counts the target year alone, in which
    every column is in full effect.
    """
    if model.objective.years != "target" or (model.start == model.wanted.span.first).all():
        return taken
    return _Climb(model, taken).bring_forward()


class _Climb:
    """What is left of each limit and which systems are changed, on the way up."""

    def __init__(self, model: Model, taken: Ints) -> None:
        self.model = model
        self.taken = taken.tolist()
        self.left: list[int] = (model.limit_fen - model.spending(taken)).tolist()
        self.masks = model.masks(taken)
        self.money: list[list[tuple[int, int]]] = [[] for _ in model.project]
        for row, col, fen in zip(
            *_lists(model.spent.row, model.spent.col, model.spent.value), strict=True
        ):
            self.money[col].append((row, int(fen)))
        self.rows: list[list[int]] = [[] for _ in model.project]
        for row, col in zip(*_lists(model.group.row, model.group.col), strict=True):
            self.rows[col].append(row)
        self.full = {row for col in self.taken for row in self.rows[col]}
        self.options = set(model.project[taken].tolist())
        self.reached = model.reached(taken)
        self.gain = {name: self._static(name) for name in (*MEASURES, model.objective.of)}

    def _static(self, measure: str) -> Floats:
        """Return what each column adds by year to what is taken at the start."""
        return self.model.added(measure, self.masks)

    def climb(self) -> Ints:
        order = self._order()
        if KEY in self.model.demands:
            for col in (c for c in order if self.model.projects.key[self.model.project[c]]):
                if self.reached[KEY] >= self.model.demands[KEY]:
                    break
                self._take(col, needed=True)
        for col in order:
            self._take(col)
        return np.array(sorted(self.taken), dtype=np.int64)

    def bring_forward(self) -> Ints:
        """Move each option that is taken to its first year that fits, the cheapest first."""
        model, order = self.model, self._order()
        years: dict[int, list[int]] = {}
        for col in order:
            years.setdefault(int(model.project[col]), []).append(col)
        taken = set(self.taken)
        for now in (col for col in order if col in taken):
            self._pay(now, -1)
            first = next(c for c in years[int(model.project[now])] if self._affords(c))
            self._pay(first, 1)
            taken = (taken - {now}) | {first}
        return np.array(sorted(taken), dtype=np.int64)

    def _affords(self, col: int) -> bool:
        return all(fen <= self.left[row] for row, fen in self.money[col])

    def _pay(self, col: int, sign: int) -> None:
        for row, fen in self.money[col]:
            self.left[row] -= sign * fen

    def _order(self) -> list[int]:
        """Return the columns by cost per tonne, of one option the earliest start first."""
        model = self.model
        measure: str = model.objective.of
        if measure == "cost":
            measure = next(name for name in MEASURES if name in model.demands)
        alone = model.projects.numbers("saving_tce" if measure == "tce" else "reduction_tco2")
        price = unit_cost(model.costs.alone, alone)[model.project]
        order = np.lexsort((model.project, model.start, np.nan_to_num(price, nan=np.inf)))
        return [int(col) for col in order]

    def _take(self, col: int, *, needed: bool = False) -> None:
        """Take a column if it fits, and helps or is needed."""
        model, option = self.model, int(self.model.project[col])
        if option in self.options or any(row in self.full for row in self.rows[col]):
            return
        if not self._affords(col):
            return
        adds = self._adds(col)
        gain = float(adds[model.objective.of] @ model.weight)
        if self._breaks(adds) or not (needed or model.sign * gain > 0 or self._lacks(adds)):
            return
        self.taken.append(col)
        self.options.add(option)
        self.full.update(self.rows[col])
        self._pay(col, 1)
        for name in MEASURES:
            self.reached[name] += float(adds[name][model.at_target])
        self.reached[KEY] += float(model.projects.key[option])
        self.masks[model.systems.system[option]] |= model.systems.bit[option] * model.running[col]

    def _adds(self, col: int) -> dict[str, Floats]:
        """Return by measure and year what a column adds now."""
        model, option = self.model, int(self.model.project[col])
        system = model.systems.system[option]
        if not model.systems.several[system]:
            return {name: gain[col] for name, gain in self.gain.items()}
        before, at = self.masks[system], model.systems.offset[system]
        after = before | (model.systems.bit[option] * model.running[col])
        return {
            name: model.own(name)[option] * model.running[col]
            + model.joint(name)[at + after]
            - model.joint(name)[at + before]
            for name in self.gain
        }

    def _breaks(self, adds: dict[str, Floats]) -> bool:
        """Whether a demand that is met would no longer be."""
        now, at = self.reached, self.model.at_target
        demands = {name: self.model.demands.get(name) for name in MEASURES}
        return any(
            wanted is not None and now[name] >= wanted > now[name] + adds[name][at]
            for name, wanted in demands.items()
        )

    def _lacks(self, adds: dict[str, Floats]) -> bool:
        """Whether a demand that is not met yet gets nearer."""
        now, at, demands = self.reached, self.model.at_target, self.model.demands
        return any(now[m] < demands.get(m, 0) and adds[m][at] > 0 for m in MEASURES)


def _lists(*arrays: np.ndarray) -> list[list[float]]:
    return [array.tolist() for array in arrays]
