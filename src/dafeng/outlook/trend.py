"""Levels ahead with intervals, learned from the past of the panel and a prior.

For a year h ahead the change of the logarithm is

    ln x(t+h) − ln x(t) = b·f(t) + s(t)·e,    ln s = a₀ + a₁·ln(spread)

b is a median fit, a is fitted on the logarithms of its residuals, and the quantiles of e are those
of the standardised residuals themselves: no shape is assumed, and newer ones weigh more. Only
changes that were complete by the panel's last year are used, and the shipped prior stands for a
number of them, so that a small panel leans on it.
"""

from __future__ import annotations

import numpy as np

from dafeng.outlook.features import Features
from dafeng.outlook.learn import (
    Floats,
    linear,
    ridge_median,
    ridge_squares,
    weighted_quantiles,
)
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak_settings import LevelPrior, Priors, settings


def past_changes(panel: Panel, features: Features, ahead: int) -> tuple[Floats, ...]:
    """Return the rows that are learned from: features, changes, logarithms of spread, weights."""
    rule = settings()
    width = panel.values.shape[1]
    starts = np.arange(max(width - 1 - rule.peaked.lookback, 0), max(width - ahead, 0))
    ends = starts + ahead
    usable = (
        features.known_for(rule.level.learn_values)[:, starts]
        & panel.held[:, starts]
        & panel.held[:, ends]
    )
    usable &= (panel.values[:, starts] > 0) & (panel.values[:, ends] > 0)
    change = (panel.levels[:, ends] - panel.levels[:, starts])[usable]
    old = np.broadcast_to(width - 1 - ends, usable.shape)[usable]
    spread = np.log(features.spread[:, starts][usable] / rule.features.spread_unit)
    weight = rule.peaked.row_worth * np.exp(-old / rule.peaked.fading)
    return features.of_level()[:, starts][usable], change, spread, weight


def fit_level(
    rows: tuple[Floats, ...], prior: LevelPrior, at: Floats, *, strength: float, worth: float
) -> LevelPrior:
    """Return what rows and prior together say of a level ahead.

    Args:
        rows: as ``past_changes`` returns them.
        prior: where the fit starts from.
        at: probabilities of the stored residuals.
        strength: how firmly the prior's coefficients hold.
        worth: weight of all its residuals together.
    """
    rule, fading = settings().level, settings().peaked.fading
    x, change, spread, weight = rows
    pull = weight * np.sqrt(settings().features.spread_unit * np.exp(spread))
    b = ridge_median(x, change, pull, np.array(prior.change), strength, rule.least_miss)
    miss = change - linear(x, b)
    newer = weight * (weight / settings().peaked.row_worth) ** (fading / rule.residual_fading - 1)
    z = np.stack([np.ones_like(spread), spread], axis=1)
    size = np.log(np.abs(miss) + rule.least_residual)
    a = ridge_squares(z, size, newer, np.array(prior.scale), strength)
    standard = np.concatenate([miss / np.exp(linear(z, a)), np.array(prior.residuals)])
    residuals = weighted_quantiles(standard, np.concatenate([newer, worth * _masses(at)]), at)
    return LevelPrior(
        change=tuple(b.tolist()),
        scale=(float(a[0]), float(a[1])),
        residuals=tuple(residuals.tolist()),
    )


def level_quantiles(panel: Panel, features: Features, ahead: int, priors: Priors) -> Floats:
    """Return (n, quantiles) levels so many years after the panel's last year.

    Not-a-number where a series cannot be judged. The last value stands for the last year where
    it is carried over a gap.
    """
    found = fit_level(
        past_changes(panel, features, ahead),
        priors.at(panel.last).level[ahead],
        np.array(priors.probabilities),
        strength=settings().level.prior_strength,
        worth=settings().level.prior_worth,
    )
    middle = linear(features.of_level()[:, -1], np.array(found.change))
    spread = np.log(features.spread[:, -1] / settings().features.spread_unit)
    size = np.exp(found.scale[0] + found.scale[1] * spread)
    wanted = np.array(list(settings().level.quantiles.values()))
    e = np.interp(wanted, priors.probabilities, found.residuals)
    level = np.exp(panel.levels[:, -1, None] + middle[:, None] + size[:, None] * e)
    return np.where(features.judged[:, -1, None], level, np.nan)


def _masses(at: Floats) -> Floats:
    """Return how much probability each of the stored quantiles stands for."""
    edges = np.concatenate([[0.0], 0.5 * (at[1:] + at[:-1]), [1.0]])
    return np.diff(edges)
