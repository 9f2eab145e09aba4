"""Where a fit starts from: coefficients of a large panel, fitted on what was known by a year."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dafeng.outlook.features import measure
from dafeng.outlook.learn import ridge_logistic
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak import past_outcomes
from dafeng.outlook.peak_settings import LevelPrior, Prior, Priors, settings
from dafeng.outlook.trend import fit_level, past_changes


def fit_priors(panel: Panel, years: Iterable[int], source: str) -> Priors:
    """Return coefficients fitted on the panel as it was at the end of each of some years."""
    return Priors(
        source=source,
        series=len(panel.names),
        probabilities=settings().prior.probabilities,
        priors=tuple(_prior(panel.until(year)) for year in sorted(years)),
    )


def _prior(panel: Panel) -> Prior:
    rule = settings()
    features = measure(panel)
    at = np.array(rule.prior.probabilities)
    peaked = {}
    for later in (0, *rule.peaked.later):
        x, y, weight = past_outcomes(panel, features, later)
        start = np.zeros(x.shape[1])
        peaked[later] = _short(ridge_logistic(x, y, weight, start, rule.prior.peak_strength))
    level = {}
    for ahead in rule.level.years:
        rows = past_changes(panel, features, ahead)
        zero = LevelPrior(
            change=(0.0,) * rows[0].shape[1], scale=(0, 0), residuals=(0.0,) * len(at)
        )
        found = fit_level(rows, zero, at, strength=rule.prior.level_strength, worth=0)
        change, scale, residuals = map(_short, (found.change, found.scale, found.residuals))
        level[ahead] = LevelPrior(change=change, scale=(scale[0], scale[1]), residuals=residuals)
    return Prior(known_by=panel.last, peaked=peaked, level=level)


def _short(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), settings().prior.digits) for value in values)
