"""Settings and priors of the peak status: data, in one shape each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary import Fault, Record, read_yaml, validate

_DATA = Path(__file__).parent / "data"


class Reading(Record):
    """How a series is read: gaps, zeros, breaks."""

    least_values: int
    carry: int
    floor: float
    break_change: float
    break_spread: float


class Measures(Record):
    """How the features of a series are measured."""

    slopes: tuple[int, ...]
    slope_limit: tuple[float, ...]
    spread_years: int
    spread_scale: float
    spread_limits: tuple[float, float]
    spread_unit: float
    recent: int
    below_limit: float
    ratio_limit: float
    age_unit: float
    slope_unit: float
    window_unit: float


class Peaked(Record):
    """How the probability of a peak is learned."""

    horizon: int
    windows: tuple[int, ...]
    later: tuple[int, ...]
    row_worth: float
    fading: float
    learn_values: int
    lookback: int
    most_rows: int
    prior_strength: float
    common_shock: float


class Level(Record):
    """How levels ahead and their intervals are learned."""

    learn_values: int
    years: tuple[int, ...]
    quantiles: dict[str, float]
    prior_strength: float
    prior_worth: float
    residual_fading: float
    least_residual: float
    least_miss: float


class Rebound(Record):
    """Limits of a rebound."""

    above_trough: float
    below_peak: float
    slope: float
    slope_years: int


class Plateau(Record):
    """Limit of a plateau."""

    slope: float


class Shapes(Record):
    """Limits between rising, plateau, falling and rebound."""

    window: int
    rebound: Rebound
    plateau: Plateau


class Priming(Record):
    """How the shipped priors are fitted."""

    peak_strength: float
    level_strength: float
    digits: int
    probabilities: tuple[float, ...]


class Rule(Record):
    """The simple rule of the baselines."""

    age: int
    recent: int
    share: float
    trend_years: int


class Baseline(Record):
    """How the other baselines are fitted."""

    ridge: float


class Scoring(Record):
    """How dates are chosen and judgements scored."""

    least_rest: int
    bins: tuple[float, ...]
    every: int
    least_history: int
    claimed: float


class PeakSettings(Record):
    """All settings of ``data/peak.yaml``."""

    read: Reading
    features: Measures
    peaked: Peaked
    level: Level
    shape: Shapes
    prior: Priming
    rule: Rule
    baseline: Baseline
    score: Scoring


class LevelPrior(Record):
    """What a level so many years ahead starts from.

    Attributes:
        change: coefficients of the change of the logarithm.
        scale: intercept and slope of the logarithm of a residual on that of the spread.
        residuals: standardised residuals at the probabilities of the file.
    """

    change: tuple[float, ...]
    scale: tuple[float, float]
    residuals: tuple[float, ...]


class Prior(Record):
    """Coefficients fitted on what was known by the end of a year.

    Attributes:
        peaked: coefficients of the logit, by years after the date.
        level: by years ahead.
    """

    known_by: int
    peaked: dict[int, tuple[float, ...]]
    level: dict[int, LevelPrior]


class Priors(Record):
    """All priors, from the oldest on, and what they were fitted on."""

    source: str
    series: int
    probabilities: tuple[float, ...]
    priors: tuple[Prior, ...]

    def at(self, year: int) -> Prior:
        """Return the newest prior that rests on nothing after ``year``.

        Raises:
            Fault: ``outlook_too_early``.
        """
        held = [prior for prior in self.priors if prior.known_by <= year]
        if not held:
            raise Fault("outlook_too_early", year=year, first=self.priors[0].known_by)
        return held[-1]


@cache
def settings() -> PeakSettings:
    """The settings."""
    path = _DATA / "peak.yaml"
    return validate(PeakSettings, read_yaml(path), str(path))


@cache
def priors() -> Priors:
    """The shipped priors."""
    path = _DATA / "peak_priors.yaml"
    return validate(Priors, read_yaml(path), str(path))
