"""The method on past dates: what it would have said, and how well that fared.

A judgement at a date rests on the panel cut after it and on nothing else, so that a file that ends
there gives the same bits. The truth is what the whole file shows: the highest value up to
the date is never exceeded in the rest of the series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from dafeng.outlook.baselines import RULE, baselines
from dafeng.outlook.history import History
from dafeng.outlook.learn import Bools, Floats
from dafeng.outlook.panel import Panel
from dafeng.outlook.peak_settings import Priors, priors, settings
from dafeng.outlook.status import Status, judge
from dafeng.vocabulary import Fault

METHOD = "method"
Progress = Callable[[int, int, int], None]
"""Told the date that comes next, how many are done, and of how many."""


@dataclass(frozen=True)
class Judged:
    """Probabilities of one event at one date, and what came.

    Attributes:
        as_of: the date.
        later: years after it: 0 for "has peaked", else "peaks by".
        p: method and baselines → probabilities of the scored series.
        truth: whether it came true.
    """

    as_of: int
    later: int
    p: dict[str, Floats]
    truth: Bools


@dataclass(frozen=True)
class Reached:
    """Levels at one date and how many years later, and what came: arrays over the scored series.

    Attributes:
        low, middle, high: quantiles of the forecast.
        before: the last value at the date: the forecast "no change".
        value: what came.
    """

    as_of: int
    ahead: int
    low: Floats
    middle: Floats
    high: Floats
    before: Floats
    value: Floats


@dataclass(frozen=True)
class Hindcast:
    """A backtest.

    Attributes:
        statuses: the judgements of all series, by date.
        peaks: judgements that can be scored.
        levels: levels that can be scored.
    """

    statuses: tuple[Status, ...]
    peaks: tuple[Judged, ...]
    levels: tuple[Reached, ...]


def backtest(
    history: History,
    dates: Iterable[int] = (),
    *,
    prior: Priors | None = None,
    progress: Progress | None = None,
) -> Hindcast:
    """Judge every series at past dates, and beside it what came.

    Args:
        history: the file.
        dates: years to judge from; by default every fifth (``score.every``).
        prior: coefficients to start from; by default the shipped ones.
        progress: told how far it is.

    Raises:
        Fault: ``outlook_no_date``, ``outlook_too_early``.
    """
    whole = history.panel()
    years = sorted(set(dates)) or default_dates(whole)
    for year in years:
        if not whole.first <= year <= whole.last:
            raise Fault("outlook_no_date", year=year, first=whole.first, last=whole.last)
    statuses: list[Status] = []
    peaks: list[Judged] = []
    levels: list[Reached] = []
    for count, year in enumerate(years):
        if progress is not None:
            progress(year, count, len(years))
        status = judge(history.panel(year), prior=prior)
        statuses.append(status)
        for later in (0, *settings().peaked.later):
            peaks += _peaks(whole, status, later)
        for ahead in settings().level.years:
            levels += _levels(whole, status, ahead)
    return Hindcast(tuple(statuses), tuple(peaks), tuple(levels))


def default_dates(panel: Panel) -> list[int]:
    """Return the dates that are judged where none is named.

    Raises:
        Fault: ``outlook_no_date`` where the file is too short for any.
    """
    rule = settings().score
    first = max(panel.first + rule.least_history, priors().priors[0].known_by)
    years = [y for y in range(first, panel.last - rule.least_rest + 1) if y % rule.every == 0]
    if not years:
        raise Fault("outlook_no_date", year=first, first=panel.first, last=panel.last)
    return years


def never_exceeded(whole: Panel, names: Iterable[str], year: int) -> Bools:
    """Return whether the highest value up to ``year`` is never exceeded in the rest of a series."""
    place = {name: i for i, name in enumerate(whole.names)}
    rows = [place[name] for name in names]
    return np.isinf(whole.until_exceeded[rows, year - whole.first])


def _peaks(whole: Panel, status: Status, later: int) -> Iterable[Judged]:
    names, column = status.panel.names, status.as_of + later - whole.first
    rest = _rows(whole, whole.last_held[:, None], names)[:, 0] - column
    scored = status.judged & (rest >= settings().score.least_rest)
    if not scored.any():
        return
    truth = never_exceeded(whole, names, status.as_of + later)
    p = {METHOD: status.p_by[later] if later else status.p_peaked}
    p |= baselines(status.panel, later)
    if later:
        del p[RULE]
    yield Judged(status.as_of, later, {n: each[scored] for n, each in p.items()}, truth[scored])


def _levels(whole: Panel, status: Status, ahead: int) -> Iterable[Reached]:
    if status.as_of + ahead > whole.last:
        return
    column = status.as_of + ahead - whole.first
    value = _rows(whole, whole.values, status.panel.names)[:, column]
    scored = status.judged & ~np.isnan(value)
    if scored.any():
        low, middle, high = status.levels[ahead][scored].T
        before = status.last_value[scored]
        yield Reached(status.as_of, ahead, low, middle, high, before, value[scored])


def _rows(whole: Panel, values: np.ndarray, names: Iterable[str]) -> np.ndarray:
    place = {name: i for i, name in enumerate(whole.names)}
    return np.asarray(values[[place[name] for name in names]])
