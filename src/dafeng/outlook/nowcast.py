"""Monthly emissions of sectors before the books close, from what is reported early.

By sector, the logarithm of emissions is regressed on those of early signals (electricity, output);
the slopes are drawn towards those over all sectors. Nothing after the month that is estimated from
is used: neither emissions of months that were not closed, nor signals of later months, nor errors
that were not known by then. Only enterprises count that reported without a gap, so that months are
never compared over different sets of firms; how much of the emissions they have is the coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.nowcast_settings import NowcastSettings, nowcast_settings
from dafeng.vocabulary import Fault

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Signal:
    """Series that are reported early; several may be of one enterprise (products).

    Attributes:
        owner: (series,) place of the enterprise.
        values: (series, months), in whatever unit; not-a-number where nothing was reported.
    """

    owner: Ints
    values: Floats


@dataclass(frozen=True)
class Months:
    """What enterprises reported by month.

    Attributes:
        months: consecutive, ``YYYY-MM``.
        sectors: names of sectors; sector: (enterprises,) place of each one's.
        emissions: (enterprises, months) tonnes; not-a-number where nothing was reported.
        signals: by name.
        mark: the worst mark of the rows.
    """

    months: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: Ints
    emissions: Floats
    signals: dict[str, Signal]
    mark: str


@dataclass(frozen=True)
class Estimate:
    """Months that follow the last closed one; the last row of each array is the region.

    Attributes:
        closed: place of the last closed month; months after it, as many as columns.
        value: (sectors + 1, months ahead) tonnes of the enterprises that are kept.
        booked: what the books hold of the same enterprises; not-a-number until all have reported.
        naive: their emissions in the same month of the year before.
        covered: share of the sector's emissions, over the last closed months, that they have.
        kept: how many enterprises are kept, of how many that have reported emissions.
    """

    closed: int
    value: Floats
    booked: Floats
    naive: Floats
    covered: Floats
    kept: Ints
    firms: Ints

    @property
    def error(self) -> Floats:
        """Logarithm of what was booked over what was estimated."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(self.booked / self.value))


@dataclass(frozen=True)
class Nowcast:
    """Estimates of open months, and the record of all earlier ones.

    Attributes:
        held: what they rest on.
        now: of the months asked for.
        past: from each earlier month, as if it had been then; the oldest first.
        spread: of ``now``, and of each of ``past``: half the width of the interval, in logarithms.
    """

    held: Months
    settings: NowcastSettings
    now: Estimate
    past: tuple[Estimate, ...]
    spread: Floats
    past_spread: tuple[Floats, ...]


def nowcast(held: Months, as_of: int | None = None, own: NowcastSettings | None = None) -> Nowcast:
    """Estimate the open months as of a month, and all earlier ones likewise.

    Args:
        held: what was reported.
        as_of: place of the month that electricity and output are known of; by default the last.
            The books are closed ``lag`` months before.
        own: settings in place of those of Dafeng.

    Raises:
        Fault: ``nowcast_too_short``.
    """
    chosen = own or nowcast_settings()
    last = (len(held.months) if as_of is None else as_of + 1) - 1 - chosen.lag
    first = chosen.least - 1
    if last < first:
        values = {"months": max(last + 1, 0), "least": chosen.least, "lag": chosen.lag}
        raise Fault("nowcast_too_short", held.months[-1] if held.months else "", **values)
    found = [_estimate(held, closed, chosen) for closed in range(first, last + 1)]
    spreads = [_spread(found[:i], one.closed, chosen) for i, one in enumerate(found)]
    return Nowcast(held, chosen, found[-1], tuple(found[:-1]), spreads[-1], tuple(spreads[:-1]))


def _estimate(held: Months, closed: int, chosen: NowcastSettings) -> Estimate:
    start = max(0, closed + 1 - chosen.window)
    past, whole = slice(start, closed + 1), slice(start, closed + 1 + chosen.lag)
    kept = _kept(held, past, whole)
    emissions = np.where(kept[:, None], held.emissions, 0.0)
    weight = emissions[:, past].sum(axis=1)
    logs = _logs(_by_sector(held, emissions[:, past]))
    signals = np.stack(
        [_index(held, one, weight, past, whole) for one in held.signals.values()], axis=-1
    )
    known = logs.shape[1]
    course = _proportional(signals)
    logs = course[:, :known] + _tamed(logs - course[:, :known], chosen.clip)
    slopes = _slopes(logs - course[:, :known], signals[:, :known], chosen.prior)
    explained = course + np.einsum("stj,sj->st", signals, slopes)
    level = np.median((logs - explained[:, :known])[:, -chosen.anchor :], axis=1)
    value = np.where(np.isfinite(level)[:, None], np.exp(level[:, None] + explained[:, known:]), 0)
    ahead = np.arange(closed + 1, closed + 1 + chosen.lag)
    year = slice(max(0, closed + 1 - chosen.season), closed + 1)
    share = _with_region(_by_sector(held, emissions[:, year]).sum(axis=1, keepdims=True))
    every = np.nan_to_num(held.emissions[:, year])
    reported = np.asarray(every.any(axis=1))
    of_all = _with_region(_by_sector(held, every).sum(axis=1, keepdims=True))
    return Estimate(
        closed,
        _with_region(value),
        _booked(held, emissions, ahead),
        _with_region(_by_sector(held, emissions[:, ahead - chosen.season])),
        np.divide(share, of_all, out=np.zeros_like(share), where=of_all > 0)[:, 0],
        _counted(held, kept),
        _counted(held, reported),
    )


def _kept(held: Months, past: slice, whole: slice) -> Bools:
    """Return who reported emissions in all closed months, and without a gap what comes early."""
    kept = np.asarray(~np.isnan(held.emissions[:, past]).any(axis=1))
    early = np.zeros_like(kept)
    for one in held.signals.values():
        used = ~np.isnan(one.values[:, past]).all(axis=1)
        gap = used & np.isnan(one.values[:, whole]).any(axis=1)
        kept[one.owner[gap]] = False
        early[one.owner[used]] = True
    return kept & early


def _index(held: Months, signal: Signal, weight: Floats, past: slice, whole: slice) -> Floats:
    """Return the logarithm of a signal by sector, (sectors, months), 0 where there is none.

    A series counts relative to its mean over the closed months, those of an enterprise alike;
    enterprises weigh by their emissions.
    """
    values = signal.values[:, whole]
    mean = signal.values[:, past].mean(axis=1)
    usable = ~np.isnan(values).any(axis=1) & (np.nan_to_num(mean) > 0)
    owner = signal.owner[usable]
    parts = np.bincount(owner, minlength=len(weight))
    heavy = weight[owner] / parts[owner]
    relative = values[usable] / mean[usable][:, None] * heavy[:, None]
    rows = _added(relative, held.sector[owner], len(held.sectors))
    sums = np.bincount(held.sector[owner], heavy, minlength=len(held.sectors))
    some = (sums > 0) & (rows > 0).all(axis=1)
    logs = np.zeros_like(rows)
    logs[some] = np.log(rows[some] / sums[some][:, None])
    return logs


def _proportional(signals: Floats) -> Floats:
    """Return the course of emissions that move with the mean of a sector's signals."""
    there = (signals != 0).any(axis=1).sum(axis=1)
    return np.asarray(signals.sum(axis=2) / np.maximum(there, 1)[:, None])


def _tamed(logs: Floats, clip: float) -> Floats:
    """Pull months far off their sector's usual course, such as a slip of units, to its edge."""
    middle = np.median(logs, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        width = clip * np.median(np.abs(logs - middle), axis=1, keepdims=True)
        return np.asarray(np.clip(logs, middle - width, middle + width))


def _slopes(logs: Floats, signals: Floats, prior: float) -> Floats:
    """Return by how much slopes differ from proportion, (sectors, signals).

    Those over all sectors are drawn towards no difference, those of a sector towards these.

    Args:
        logs: (sectors, months); a sector without emissions is not finite and is left out.
        signals: (sectors, months, signals).
        prior: weight of what they are drawn towards, in data of a mean sector.
    """
    some = np.asarray(np.isfinite(logs).all(axis=1))
    y = np.where(some[:, None], logs, 0.0)
    y = y - y.mean(axis=1, keepdims=True)
    x = (signals - signals.mean(axis=1, keepdims=True)) * some[:, None, None]
    gram, moment = np.einsum("stj,stk->sjk", x, x), np.einsum("stj,st->sj", x, y)
    drawn = prior * gram.sum(axis=0) / max(int(some.sum()), 1)
    pooled = np.linalg.pinv(gram.sum(axis=0) + drawn) @ moment.sum(axis=0)
    return np.asarray(
        np.einsum("sjk,sk->sj", np.linalg.pinv(gram + drawn), moment + drawn @ pooled)
    )


def _spread(past: list[Estimate], closed: int, chosen: NowcastSettings) -> Floats:
    """Return half the width of intervals, from errors that were known when ``closed`` was closed.

    The mean square of a sector's errors is drawn towards the median of all sectors; the region's is
    its own. Not-a-number where there are too few.
    """
    lag = chosen.lag
    found = np.full((len(past[0].value) if past else 1, lag), np.nan)
    for ahead in range(lag):
        known = [one.error[:, ahead] for one in past if one.closed + 1 + ahead <= closed]
        if len(known) < chosen.least_errors:
            continue
        squares = np.square(np.stack(known))
        counts = np.isfinite(squares).sum(axis=0)
        sums = np.where(np.isfinite(squares), squares, 0).sum(axis=0)
        known_of = counts[:-1] > 0
        pooled = np.median(sums[:-1][known_of] / counts[:-1][known_of]) if known_of.any() else 0.0
        prior = np.full(len(sums), chosen.prior_errors)
        prior[-1] = 0
        mean = (sums + prior * pooled) / np.maximum(counts + prior, 1)
        found[:, ahead] = np.where(counts + prior >= chosen.least_errors, np.sqrt(mean), np.nan)
    return np.asarray(found * NormalDist().inv_cdf((1 + chosen.share) / 2))


def _booked(held: Months, emissions: Floats, ahead: Ints) -> Floats:
    """Return what the books hold of months, not-a-number where they end or somebody is missing."""
    found = np.full((len(held.sectors) + 1, len(ahead)), np.nan)
    inside = ahead < len(held.months)
    found[:, inside] = _with_region(_by_sector(held, emissions[:, ahead[inside]]))
    return found


def _by_sector(held: Months, values: Floats) -> Floats:
    return _added(values, held.sector, len(held.sectors))


def _added(values: Floats, group: Ints, groups: int) -> Floats:
    """Add rows by group, (groups, columns)."""
    found = np.zeros((groups, values.shape[1]))
    np.add.at(found, group, values)
    return found


def _with_region(values: Floats) -> Floats:
    return np.vstack([values, values.sum(axis=0, keepdims=True)])


def _counted(held: Months, which: Bools) -> Ints:
    counts = np.bincount(held.sector[which], minlength=len(held.sectors))
    return np.append(counts, counts.sum())


def _logs(values: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))
