"""What each lever contributes to what all of them do together: Shapley values.

A lever's contribution is its mean marginal effect over all orders in which the levers could be
added (L. S. Shapley, A value for n-person games, 1953). So the contributions do not depend on an
order and add up to the whole effect, however the levers overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dafeng.outlook import lmdi
from dafeng.outlook.decompose import whole_units
from dafeng.outlook.projection import Projection
from dafeng.vocabulary import Fault

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Value = Callable[[NDArray[np.bool_]], Floats]
"""Gives the value of subsets, (subsets, players) → (subsets, anything)."""


def shapley_exact(value: Value, players: int) -> Floats:
    """Return the contribution of each player from the values of all 2ⁿ subsets, (players, …)."""
    masks = np.arange(1 << players)
    subsets = (masks[:, None] >> np.arange(players)) & 1 == 1
    values = value(subsets)
    sizes = subsets.sum(axis=1)
    weights = np.array([1 / (players * comb(players - 1, k)) for k in range(players)])
    found = np.empty((players, *values.shape[1:]))
    for i in range(players):
        without = masks[~subsets[:, i]]
        gains = values[without | (1 << i)] - values[without]
        found[i] = np.tensordot(weights[sizes[without]], gains, axes=1)
    return found


def shapley_sampled(value: Value, players: int, *, orders: int, seed: int) -> tuple[Floats, Floats]:
    """Estimate the same from random orders, each taken forwards and backwards.

    The sum is exact, each contribution has the standard error that is returned, (players, …).

    Args:
        value: value of subsets.
        players: how many there are.
        orders: pairs of orders, at least two.
        seed: of the orders.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    order = rng.permuted(np.tile(np.arange(players), (orders, 1)), axis=1)
    pairs = np.stack([order, order[:, ::-1]], axis=1)  # (orders, 2, players)
    place = np.argsort(pairs, axis=2)  # when each player comes
    subsets = place[:, :, None, :] < np.arange(players + 1)[:, None]
    values = value(subsets.reshape(-1, players))
    steps = np.diff(values.reshape(orders, 2, players + 1, *values.shape[1:]), axis=2)
    index = place.reshape(*place.shape, *[1] * (values.ndim - 1))
    gains = np.take_along_axis(steps, index, axis=2).mean(axis=1)
    return gains.mean(axis=0), gains.std(axis=0, ddof=1) / np.sqrt(orders)


@dataclass(frozen=True)
class Attribution:
    """What each lever contributes, year by year, in the course without shocks.

    Attributes:
        found: the projection whose levers they are.
        without, with_all: emissions without and with all levers, (years,), whole units.
        avoided: (levers, years), whole; they add up to ``without − with_all``.
        error: standard error where orders were sampled, else zero.
        exact: whether every subset was valued.
    """

    found: Projection
    without: Ints
    with_all: Ints
    avoided: Ints
    error: Floats
    exact: bool

    @cached_property
    def table(self) -> pa.Table:
        """The wedges: year, kind, lever, value, error, unit, mark.

        ``value`` is a whole number of ``unit``: avoided by a ``wedge``, or, for a ``level`` (named
        ``without`` and ``with_all``), emitted above and below the wedges.
        """
        years = self.found.course.years
        ids = [lever.id for lever in self.found.scenario.levers]
        unit = self.found.course.held.units["emission"]
        names = [*ids, "without", "with_all"]
        values = np.vstack([self.avoided, self.without, self.with_all])
        errors = np.vstack([self.error, np.zeros((2, len(years)))])
        kinds = [*["wedge"] * len(ids), "level", "level"]
        rows = values.size
        return pa.table(
            {
                "year": pa.array(np.tile(years, len(names)), pa.int64()),
                "kind": pa.array(np.repeat(kinds, len(years)).tolist()),
                "lever": pa.array(np.repeat(names, len(years)).tolist()),
                "value": pa.array(values.ravel(), pa.int64()),
                "error": pa.array(errors.ravel(), pa.float64()),
                "unit": pa.array([unit] * rows),
                "mark": pa.array([self.found.mark] * rows),
            }
        )


def attribute(found: Projection) -> Attribution:
    """Split what the levers of a projection do together, year by year.

    The levers are valued at their central strength, in the course without shocks.

    Raises:
        Fault: ``no_levers``.
    """
    players, chosen = len(found.scenario.levers), found.settings
    if not players:
        raise Fault("no_levers", found.scenario.id)
    ends = found.course.totals(np.array([[False] * players, [True] * players]))
    exact = players <= chosen.exact_measures
    if exact:
        effects = -shapley_exact(found.course.totals, players)
        error = np.zeros_like(effects)
    else:
        gains, error = shapley_sampled(
            found.course.totals, players, orders=chosen.orders, seed=chosen.seed
        )
        effects = -gains
    without, with_all = whole_units(ends)
    avoided = lmdi.whole(effects, without - with_all)
    return Attribution(found, without, with_all, avoided, error, exact)
