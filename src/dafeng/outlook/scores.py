"""How well probabilities, intervals and levels fared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dafeng.outlook.baselines import RULE
from dafeng.outlook.hindcast import METHOD, Hindcast, Judged, Reached
from dafeng.outlook.learn import Bools, Floats
from dafeng.outlook.peak_settings import settings


@dataclass(frozen=True)
class PeakScore:
    """Scores of one event at one date, or of all dates together.

    Attributes:
        as_of: the date; ``None`` for all.
        later: 0 for "has peaked", else "peaks by so many years later".
        number: how many judgements; share: which share came true.
        brier: method and baselines → mean squared distance of probability and truth; 0 is best.
        precision, recall: of the simple rule, where it speaks.
    """

    as_of: int | None
    later: int
    number: int
    share: float
    brier: dict[str, float]
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class Bin:
    """Judgements of the method between two probabilities: how many, said on average, came true."""

    low: float
    high: float
    number: int
    said: float
    came: float


@dataclass(frozen=True)
class LevelScore:
    """Scores of levels so many years ahead.

    Attributes:
        as_of: the date; ``None`` for all.
        covered: share of values inside the interval; below, above: shares outside.
        error: median of |value ÷ forecast − 1|, taken on logarithms: e^median|ln| − 1; ``None``
            where no value is above zero.
        no_change: the same for the forecast that nothing changes.
    """

    as_of: int | None
    ahead: int
    number: int
    covered: float
    below: float
    above: float
    error: float | None
    no_change: float | None


@dataclass(frozen=True)
class Scores:
    """All scores of a backtest: each date, then all dates together."""

    peaks: tuple[PeakScore, ...]
    reliability: tuple[Bin, ...]
    levels: tuple[LevelScore, ...]


def score(found: Hindcast) -> Scores:
    """Score a backtest."""
    peaks, levels = [], []
    for later in (0, *settings().peaked.later):
        parts = [one for one in found.peaks if one.later == later]
        peaks += [_peak_score([one], one.as_of) for one in parts]
        peaks += [_peak_score(parts, None)] if parts else []
    for ahead in settings().level.years:
        reached = [one for one in found.levels if one.ahead == ahead]
        levels += [_level_score([one], one.as_of) for one in reached]
        levels += [_level_score(reached, None)] if reached else []
    now = [one for one in found.peaks if one.later == 0]
    return Scores(tuple(peaks), tuple(_bins(now)), tuple(levels))


def brier(p: Floats, truth: Bools) -> float:
    """Return the mean of (p − truth)²; Brier, G. W. (1950), Monthly Weather Review 78, 1–3."""
    return float(np.mean((p - truth) ** 2))


def _peak_score(parts: Sequence[Judged], as_of: int | None) -> PeakScore:
    truth = np.concatenate([one.truth for one in parts])
    p = {name: np.concatenate([one.p[name] for one in parts]) for name in parts[0].p}
    said = p[RULE].astype(np.bool_) if RULE in p else None
    return PeakScore(
        as_of=as_of,
        later=parts[0].later,
        number=len(truth),
        share=float(truth.mean()),
        brier={name: brier(each, truth) for name, each in p.items()},
        precision=None if said is None else _share(truth[said]),
        recall=None if said is None else _share(said[truth]),
    )


def _bins(parts: Sequence[Judged]) -> Iterable[Bin]:
    if not parts:
        return
    p = np.concatenate([one.p[METHOD] for one in parts])
    truth = np.concatenate([one.truth for one in parts])
    edges = settings().score.bins
    for low, high in pairwise(edges):
        inside = (p >= low) & ((p < high) | (high == edges[-1]))
        if inside.any():
            said, came = float(p[inside].mean()), float(truth[inside].mean())
            yield Bin(low, high, int(inside.sum()), said, came)


def _level_score(parts: Sequence[Reached], as_of: int | None) -> LevelScore:
    low, middle, high, before, value = (
        np.concatenate([getattr(one, name) for one in parts])
        for name in ("low", "middle", "high", "before", "value")
    )
    positive = (value > 0) & (before > 0)
    return LevelScore(
        as_of=as_of,
        ahead=parts[0].ahead,
        number=len(value),
        covered=float(((low <= value) & (value <= high)).mean()),
        below=float((value < low).mean()),
        above=float((value > high).mean()),
        error=_miss(value[positive], middle[positive]),
        no_change=_miss(value[positive], before[positive]),
    )


def _miss(value: Floats, forecast: Floats) -> float | None:
    if len(value) == 0:
        return None
    return float(np.expm1(np.median(np.abs(np.log(value / forecast)))))


def _share(which: Bools) -> float | None:
    return float(which.mean()) if len(which) else None
