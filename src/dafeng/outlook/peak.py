"""The probability that a series has peaked, learned from the past of the panel and a prior.

"Has peaked at t" means that the highest value up to t is not exceeded within the next H years. With
features f(t) of the series, none of them later than t,

    logit P = b·f(t) + c·ln(H ÷ 10)

b and c are fitted (ridge logistic) on what earlier dates s of the same panel turned out to be, for
windows of several lengths h with s + h not after the panel's last year; the shipped
prior, fitted on outcomes known even earlier, is where the fit starts from. "Peaks by t + k" is
the same for the highest value up to s + k, judged from f(s). The logit is drawn towards zero for
what all series of a panel share in a year, which the fit cannot see.
"""

from __future__ import annotations

import numpy as np

from dafeng.outlook.features import Features
from dafeng.outlook.learn import Floats, expit, linear, ridge_logistic
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak_settings import Priors, settings


def past_outcomes(panel: Panel, features: Features, later: int) -> tuple[Floats, Floats, Floats]:
    """Return features, outcomes (0 or 1) and weights of all windows that ended by now.

    A window from s + ``later`` over h years is left out where the series does not reach its end.
    """
    rule = settings().peaked
    width = panel.values.shape[1]
    peak = features.of_peak()
    x, y, weight = [], [], []
    for window in rule.windows:
        starts = np.arange(max(width - 1 - rule.lookback, 0), max(width - later - window, 0))
        base, ends = starts + later, starts + later + window
        usable = features.known_for(rule.learn_values)[:, starts] & (
            panel.last_held[:, None] >= ends
        )
        lasts = panel.until_exceeded[:, base] > window
        old = np.broadcast_to(width - 1 - ends, usable.shape)[usable]
        x.append(with_window(peak[:, starts][usable], window))
        y.append(lasts[usable].astype(np.float64))
        weight.append(rule.row_worth * np.exp(-old / rule.fading))
    rows = np.concatenate(x), np.concatenate(y), np.concatenate(weight)
    step = 1 + len(rows[1]) // rule.most_rows
    return rows[0][::step], rows[1][::step], rows[2][::step] * step


def with_window(features: Floats, window: float) -> Floats:
    """Return features with the logarithm of the window as the last column."""
    size = np.log(window / settings().features.window_unit)
    return np.concatenate([features, np.full((len(features), 1), size)], axis=1)


def probability(
    panel: Panel, features: Features, later: int, priors: Priors, horizon: int
) -> Floats:
    """Return (n) probabilities that the highest value up to ``later`` years ahead stays so.

    Args:
        panel: what is known at the end of its last year.
        features: of that panel.
        later: years ahead: 0 asks whether the series has peaked.
        priors: the shipped coefficients.
        horizon: years after that within which it must not be exceeded.
    """
    rule = settings().peaked
    prior = np.array(priors.at(panel.last).peaked[later])
    b = ridge_logistic(*past_outcomes(panel, features, later), prior, rule.prior_strength)
    logit = linear(with_window(features.of_peak()[:, -1], horizon), b)
    p = expit(logit / np.sqrt(1 + rule.common_shock**2 * np.pi / 8))
    return np.where(features.judged[:, -1], p, np.nan)
