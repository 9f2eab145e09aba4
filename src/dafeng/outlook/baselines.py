"""What a method must beat: the base rate, a simple rule, a logistic on two features.

Each sees only a panel that ends at the date. An earlier date s counts with what its maximum
turned out to be *by then* (not exceeded between s and the panel's last year), for nobody knew more.
"""

from __future__ import annotations

import numpy as np

from dafeng.outlook.features import Features, measure, window_mean
from dafeng.outlook.learn import Bools, Floats, expit, linear, ridge_logistic
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak_settings import settings

BASE_RATE, RULE, LOGISTIC = BASELINES = ("base_rate", "simple_rule", "logistic")


def baselines(panel: Panel, later: int = 0) -> dict[str, Floats]:
    """Return the (n) probabilities that each baseline gives to "peaked by ``later`` years ahead".

    Where no earlier date is known, base rate and logistic say one half. The rule speaks of
    today only: it says nothing (not-a-number) of later years.
    """
    features = measure(panel)
    two = _two_features(features)
    x, y = _past(panel, features, two, later)
    n = len(panel.names)
    rate = float(y.mean()) if len(y) else 0.5
    centre = np.zeros(x.shape[1])
    b = ridge_logistic(x, y, np.ones(len(y)), centre, settings().baseline.ridge)
    found = {
        BASE_RATE: np.full(n, rate),
        RULE: np.full(n, np.nan) if later else simple_rule(panel).astype(np.float64),
        LOGISTIC: expit(linear(two[:, -1], b)),
    }
    judged = features.judged[:, -1]
    return {name: np.where(judged, p, np.nan) for name, p in found.items()}


def simple_rule(panel: Panel) -> Bools:
    """Return (n): maximum long ago, recent years well below it, and a falling trend.

    The trend is the sign of Mann and Kendall's S: of all pairs of the last years, more fall than
    rise. The limits are those of the published rule and stand in ``data/peak.yaml``.
    """
    rule = settings().rule
    age = panel.values.shape[1] - 1 - panel.record[:, -1]
    recent = window_mean(panel.values, rule.recent)[:, -1]
    low = recent <= rule.share * panel.highest[:, -1]
    return np.asarray((age >= rule.age) & low & (mann_kendall(panel, rule.trend_years) < 0))


def mann_kendall(panel: Panel, years: int) -> Floats:
    """Return (n) Mann and Kendall's S: pairs of the last years that rise, less those that fall.

    Mann, H. B. (1945), Econometrica 13, 245–259; Kendall, M. G. (1975), Rank Correlation Methods.
    """
    last = panel.values[:, -years:]
    signs = np.sign(last[:, None, :] - last[:, :, None])
    pairs = np.triu(np.ones(signs.shape[1:], dtype=np.bool_), 1)
    return np.asarray(np.nansum(np.where(pairs, signs, 0.0), axis=(1, 2)))


def _two_features(features: Features) -> Floats:
    """Return (n, years, 3): one, decades since the maximum, last three years over it."""
    share = np.exp(-np.nan_to_num(features.below_recent))
    decades = features.age / settings().features.window_unit
    return np.stack([np.ones_like(share), decades, share], axis=-1)


def _past(panel: Panel, features: Features, two: Floats, later: int) -> tuple[Floats, Floats]:
    """Return features and outcomes of all earlier dates."""
    starts = np.arange(panel.values.shape[1] - 1 - later)
    base = starts + later
    usable = features.judged[:, starts] & (panel.last_held[:, None] > base)
    lasts = np.isinf(panel.until_exceeded[:, base])
    return two[:, starts][usable], lasts[usable].astype(np.float64)
