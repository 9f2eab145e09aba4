"""The peak status of series at a date: how likely they have peaked, their shape, levels ahead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dafeng.findings import Finding
from dafeng.outlook.features import Features, measure
from dafeng.outlook.learn import Bools, Floats
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak import probability
from dafeng.outlook.peak_settings import Priors, priors, settings
from dafeng.outlook.trend import level_quantiles, past_changes

NAMED = 10
"""Series that a message names."""
RISING, PLATEAU, FALLING, REBOUND, UNKNOWN = "rising", "plateau", "falling", "rebound", ""


@dataclass(frozen=True)
class Status:
    """Judgements of n series at the end of a year; not-a-number where a series cannot be judged.

    Attributes:
        panel: what was known.
        horizon: years within which a maximum must not be exceeded to count as the peak.
        judged: whether a series is judged.
        p_peaked: probability that the highest value so far is the peak.
        p_by: years ahead → probability that the peak is no later than that.
        levels: years ahead → (n, quantiles of ``settings().level``).
        shape: ``rising``, ``plateau``, ``falling``, ``rebound`` or empty.
        breaks: years of jumps of late, by series.
        unlearned: years ahead whose levels rest on the shipped coefficients alone.
    """

    panel: Panel
    horizon: int
    judged: Bools
    p_peaked: Floats
    p_by: dict[int, Floats]
    levels: dict[int, Floats]
    shape: tuple[str, ...]
    breaks: tuple[tuple[int, ...], ...]
    unlearned: tuple[int, ...]

    @property
    def as_of(self) -> int:
        """The year that was judged from."""
        return self.panel.last

    @property
    def peak_year(self) -> np.ndarray:
        """(n) year in which the highest value so far was first reached."""
        return np.asarray(self.panel.first + self.panel.record[:, -1])

    @property
    def peak_value(self) -> Floats:
        """(n) the highest value so far."""
        return np.asarray(self.panel.highest[:, -1])

    @property
    def last_value(self) -> Floats:
        """(n) the last value reported."""
        at = np.maximum(self.panel.last_held, 0)[:, None]
        return np.asarray(np.take_along_axis(self.panel.values, at, axis=1)[:, 0])


def judge(panel: Panel, *, horizon: int | None = None, prior: Priors | None = None) -> Status:
    """Judge every series of a panel at the end of its last year.

    Args:
        panel: what is known; cut it with ``Panel.until`` to judge a past year.
        horizon: years within which a maximum must not be exceeded; by default that of the settings.
        prior: coefficients to start from; by default the shipped ones.

    Raises:
        Fault: ``outlook_too_early`` before the oldest prior.
    """
    given = priors() if prior is None else prior
    horizon = settings().peaked.horizon if horizon is None else horizon
    features = measure(panel)
    p_peaked = probability(panel, features, 0, given, horizon)
    p_by, least = {}, p_peaked
    for later in settings().peaked.later:
        least = np.fmax(least, probability(panel, features, later, given, horizon))
        p_by[later] = least
    return Status(
        panel=panel,
        horizon=horizon,
        judged=features.judged[:, -1],
        p_peaked=p_peaked,
        p_by=p_by,
        levels={
            ahead: level_quantiles(panel, features, ahead, given)
            for ahead in settings().level.years
        },
        shape=_shapes(panel, features),
        breaks=breaks(panel, features),
        unlearned=tuple(
            ahead
            for ahead in settings().level.years
            if len(past_changes(panel, features, ahead)[1]) == 0
        ),
    )


def breaks(panel: Panel, features: Features) -> tuple[tuple[int, ...], ...]:
    """Return the years of each series in which it jumped: a change of definition, or an event.

    Only those of late are named: as many years back as the spread of the series is measured over.
    """
    rule = settings().read
    late = (
        np.arange(panel.values.shape[1]) >= panel.values.shape[1] - settings().features.spread_years
    )
    change = np.abs(np.diff(panel.levels, axis=1, prepend=np.nan))
    limit = np.maximum(rule.break_change, rule.break_spread * features.spread)
    jumped = late & features.judged & panel.held & (change > limit)
    return tuple(tuple((panel.first + np.flatnonzero(row)).tolist()) for row in jumped)


def status_rows(status: Status) -> list[dict[str, Any]]:
    """Return a plain dictionary per series; ``None`` where it is not judged."""
    names = tuple(settings().level.quantiles)
    rows = []
    for i, series in enumerate(status.panel.names):
        row: dict[str, Any] = {"series": series, "as_of": status.as_of}
        row["p_peaked"] = _plain(status.p_peaked[i])
        row |= {f"p_peak_by_{k}": _plain(p[i]) for k, p in status.p_by.items()}
        for ahead, level in status.levels.items():
            row |= {f"level_{ahead}_{q}": _plain(level[i, j]) for j, q in enumerate(names)}
        row |= {
            "horizon": status.horizon,
            "shape": status.shape[i] or None,
            "last_value": _plain(status.last_value[i]),
            "peak_year": int(status.peak_year[i]),
            "peak_value": _plain(status.peak_value[i]),
            "breaks": list(status.breaks[i]),
        }
        rows.append(row)
    return rows


def status_findings(status: Status, only: Collection[str] = ()) -> list[Finding]:
    """Return what a reader should know of all or some series: not judged, jumps of late."""
    panel, found = status.panel, []
    wanted = set(only or panel.names)
    idle = [n for n, judged in zip(panel.names, status.judged, strict=True) if not judged]
    idle = [name for name in idle if name in wanted]
    if idle:
        rule = settings().read
        values = {"count": len(idle), "year": status.as_of, "series": _listed(idle)}
        values |= {"least": rule.least_values, "carry": rule.carry}
        found.append(Finding("outlook_not_judged", values=values))
    if status.unlearned:
        ahead = ", ".join(f"+{years}" for years in status.unlearned)
        found.append(Finding("outlook_unlearned", values={"year": status.as_of, "ahead": ahead}))
    jumps = [
        f"{name} {', '.join(map(str, years))}"
        for name, years in zip(panel.names, status.breaks, strict=True)
        if years and name in wanted
    ]
    if jumps:
        found.append(Finding("outlook_breaks", values={"series": _listed(jumps, "; ")}))
    return found


def _listed(names: Sequence[str], comma: str = ", ") -> str:
    return comma.join(names[:NAMED]) + " …" * (len(names) > NAMED)


def _shapes(panel: Panel, features: Features) -> tuple[str, ...]:
    rule = settings().shape
    slope = features.slopes[rule.window][:, -1]
    lately = features.slopes[rule.rebound.slope_years][:, -1]
    levels, columns = panel.levels, np.arange(panel.values.shape[1])
    since = np.where(columns >= panel.record[:, -1:], levels, np.inf)
    trough = np.fmin.reduce(since, axis=1)
    rebound = (
        (levels[:, -1] - trough >= np.log1p(rule.rebound.above_trough))
        & (features.below[:, -1] >= -np.log1p(-rule.rebound.below_peak))
        & (lately >= rule.rebound.slope)
    )
    plateau = np.abs(slope) <= rule.plateau.slope
    known = features.judged[:, -1] & ~np.isnan(slope)
    names = np.select(
        [~known, rebound, plateau, slope > 0], [UNKNOWN, REBOUND, PLATEAU, RISING], FALLING
    )
    return tuple(map(str, names))


def _plain(value: float) -> float | None:
    """Return a number with six significant digits; ``None`` for not-a-number."""
    return None if np.isnan(value) else float(f"{value:.6g}")
