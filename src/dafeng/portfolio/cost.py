"""Yearly and abatement cost of options. Money is yuan at constant prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dafeng.portfolio.choices import View
from dafeng.portfolio.projects import Floats, Projects

ENERGY = "energy_yuan"


def annuity(rate: float, years: npt.ArrayLike) -> Floats:
    """Return the yearly payment for one yuan of capital: ``r / (1 − (1 + r)⁻ⁿ)``, ``1/n`` at 0.

    Args:
        rate: real discount rate per year, as a fraction.
        years: life ``n`` in years.
    """
    life = np.asarray(years, dtype=np.float64)
    if rate == 0:
        return np.asarray(1 / life)
    return np.asarray(rate / -np.expm1(-life * np.log1p(rate)))


@dataclass(frozen=True)
class Costs:
    """Yearly costs of options in yuan per year.

    Attributes:
        own: what an option costs whatever else is done: yearly capital and operation.
        energy: cost of energy that it saves if done alone; shrinks where savings overlap.
    """

    own: Floats
    energy: Floats

    @property
    def alone(self) -> Floats:
        """Net cost per year of an option that is done alone; negative where it pays."""
        return self.own - self.energy


def yearly_costs(projects: Projects, view: View, rate: float) -> Costs:
    """Return the yearly costs of options: capital as an annuity over its life, and operation."""
    capital = sum(
        (sign * projects.numbers(name, 0.0) for name, sign in view.capital.items()),
        start=np.zeros(len(projects)),
    )
    own = capital * annuity(rate, projects.numbers("life_years"))
    for name, sign in view.yearly.items():
        if name != ENERGY:
            own = own + sign * projects.numbers(name, 0.0)
    return Costs(own, -view.yearly.get(ENERGY, 0) * projects.numbers(ENERGY, 0.0))


def unit_cost(cost: npt.ArrayLike, amount: npt.ArrayLike) -> Floats:
    """Return yuan per tonne; NaN where nothing is saved, because no such cost exists."""
    amounts = np.asarray(amount, dtype=np.float64)
    some = amounts > 0
    return np.where(some, np.asarray(cost) / np.where(some, amounts, 1), np.nan)
