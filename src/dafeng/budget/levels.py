"""Warning levels by month, with hysteresis; who is supervised, who is punished jointly.

Levels are numbers: 0 normal, then those of ``data/levels.yaml`` from mild to grave. A month that is
not reported has no level of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dafeng.budget.forecast import Flags, Floats, Forecast
from dafeng.budget.settings import Cited, Named, settings
from dafeng.vocabulary import Text

Ints = NDArray[np.int64]
NORMAL, TOO_EARLY, NOT_REPORTED = 0, -1, -2
OWN_CYCLE = NOT_REPORTED - 1
"""Levels that need no threshold."""

_SPECIAL = {TOO_EARLY: "too_early", NOT_REPORTED: "not_reported", OWN_CYCLE: "own_cycle"}
Measure = Literal["forecast", "low", "high", "used"]


class Level(Named):
    """A warning level.

    Attributes:
        any: measure → share of the budget above which the level is due; one is enough.
        months: months in a row before it is reached.
        due_days: days after the month's end by which ``due`` is to be done; 0 where nothing is.
    """

    id: str
    any: dict[Measure, float]
    months: int
    due_days: int
    due: Text


class _Unreported(Named):
    due_days: int
    due: Text


class Supervision(Cited):
    """Months in a row at a level that put a firm on the supervision list."""

    months: dict[str, int]


class Class(Named):
    """A class of the assessment: use over budget up to and including ``at_most``."""

    id: str
    at_most: float | None = None


class Punishment(Cited):
    """What a department does about a firm on the joint punishment list.

    Attributes:
        body: id of the department.
        region: where it holds; empty for everywhere.
    """

    body: str
    region: str = ""
    measure: Text
    our_reading: Text | None = None


class LevelSettings(Cited):
    """How firms are warned; each field is explained in ``data/levels.yaml``."""

    levels: tuple[Level, ...]
    step_down: int
    missing: str
    normal: Text
    too_early: Text
    own_cycle: Text
    not_reported: _Unreported
    main_item: float
    supervision: Supervision
    assessment: tuple[Class, ...]
    punished: tuple[str, ...]
    punishment: tuple[Punishment, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the levels by number from 0 up."""
        return ("normal", *(level.id for level in self.levels))

    def id_of(self, level: int) -> str:
        """Return the id of a level."""
        return _SPECIAL.get(level) or self.ids[level]

    def name_of(self, level: int) -> Text:
        """Return the words of a level."""
        if level > 0:
            return self.levels[level - 1].name
        if level == NOT_REPORTED:
            return self.not_reported.name
        return {TOO_EARLY: self.too_early, OWN_CYCLE: self.own_cycle}.get(level, self.normal)


def level_settings(folder: Path | None = None) -> LevelSettings:
    """The settings of levels, those of a folder laid over the shipped ones."""
    return settings(LevelSettings, "levels", folder)


@dataclass(frozen=True)
class Levels:
    """Levels of firms by month (firms × months).

    Attributes:
        raw: level that the month alone would give.
        held: level with hysteresis; ``TOO_EARLY``, ``NOT_REPORTED``, ``OWN_CYCLE``.
        since: months in a row at the level held (firms × months).
    """

    raw: Ints
    held: Ints
    since: Ints


def judge(budget: Floats, found: Forecast, known: Flags, least: int, how: LevelSettings) -> Levels:
    """Return the levels after each month.

    A level is reached after its ``months`` in a row and left after ``step_down`` in a row below it.
    A month that is missing says nothing: it neither raises nor lowers a level.

    Args:
        budget: budget of each firm; NaN where it has none.
        found: the forecast after each month.
        known: months reported (firms × months).
        least: months reported before there is a forecast.
        how: thresholds and months.
    """
    raw = raw_levels(budget, found, how)
    early = found.paths.reported < least
    judged = known & ~early & ~np.isnan(budget)[:, None]
    floor = how.ids.index(how.missing)
    held = np.full(raw.shape, TOO_EARLY)
    runs = np.zeros((len(how.levels) + 1, len(raw)), np.int64)  # months in a row at least there
    below = np.zeros_like(runs)  # months in a row below
    state = np.zeros(len(raw), np.int64)
    for month in range(raw.shape[1]):
        here = judged[:, month]
        reaches = raw[None, :, month] >= np.arange(len(runs))[:, None]
        runs = np.where(here, np.where(reaches, runs + 1, 0), runs)
        below = np.where(here, np.where(reaches, 0, below + 1), below)
        up, down = _reached(runs, how), _kept(below, how)
        state = np.where(here, np.clip(state, up, down), state)
        gap = found.paths.reported[:, month] < month + 1
        shown = np.where(gap, np.maximum(state, floor), state)
        shown = np.where(early[:, month], TOO_EARLY, shown)
        held[:, month] = np.where(known[:, month], shown, NOT_REPORTED)
    return Levels(raw, held, _in_a_row(held))


def on_own_cycle(
    levels: Levels, budget: Floats, cycle: Ints, booked: Flags, used: Ints, how: LevelSettings
) -> Levels:
    """Return the levels with those of firms that report by quarter or year on their own cycle.

    They are not followed by month. They are ``NOT_REPORTED`` once a period that is over is missing,
    and at the level of ``used`` once that exceeds its share of the budget.

    Args:
        levels: levels as if all reported by month.
        budget: budget of each firm; NaN where it has none.
        cycle: months of the period by which each firm reports.
        booked: months that lie in some report (firms × months).
        used: use reported so far, of any period (firms × months).
        how: thresholds.
    """
    count = np.arange(1, booked.shape[1] + 1)
    due = count // cycle[:, None] * cycle[:, None]  # months that lie in periods that are over
    missing = np.cumsum(~booked, axis=1)
    at = np.maximum(due - 1, 0)
    late = (due > 0) & (np.take_along_axis(missing, at, axis=1) > 0)
    held = np.full(booked.shape, OWN_CYCLE)
    for number, level in enumerate(how.levels, start=1):
        if "used" in level.any:
            held = np.where(used > level.any["used"] * budget[:, None], number, held)
    held = np.where(late, NOT_REPORTED, held)
    held = np.where((cycle > 1)[:, None], held, levels.held)
    return Levels(levels.raw, held, _in_a_row(held))


def raw_levels(budget: Floats, found: Forecast, how: LevelSettings) -> Ints:
    """Return for each month the gravest level of which a condition holds."""
    measures = {
        "forecast": found.paths.total,
        "low": found.low,
        "high": found.high,
        "used": found.paths.used,
    }
    raw = np.zeros(found.low.shape, np.int64)
    for number, level in enumerate(how.levels, start=1):
        for measure, share in level.any.items():
            with np.errstate(invalid="ignore"):
                raw = np.where(measures[measure] > share * budget[:, None], number, raw)
    return raw


def _reached(runs: Ints, how: LevelSettings) -> Ints:
    """Return the gravest level that lasted long enough to be reached."""
    found = np.zeros(runs.shape[1], np.int64)
    for number, level in enumerate(how.levels, start=1):
        found = np.where(runs[number] >= level.months, number, found)
    return found


def _kept(below: Ints, how: LevelSettings) -> Ints:
    """Return the gravest level that has not been undercut long enough to be left."""
    numbers = np.arange(len(below))[:, None]
    found: Ints = np.where(below < how.step_down, numbers, 0).max(axis=0)
    return found


def _in_a_row(held: Ints) -> Ints:
    run = np.ones(held.shape, np.int64)
    for month in range(1, held.shape[1]):
        same = held[:, month] == held[:, month - 1]
        run[:, month] = np.where(same, run[:, month - 1] + 1, 1)
    return run


def supervised(levels: Levels, month: int, how: LevelSettings) -> Flags:
    """Return who is on the supervision list after a month."""
    at, since = levels.held[:, month], levels.since[:, month]
    found = np.zeros(len(at), bool)
    for name, months in how.supervision.months.items():
        number = NOT_REPORTED if name == "not_reported" else how.ids.index(name)
        found |= (at == number) & (since >= months)
    return found


def assessed(ratio: Floats, how: LevelSettings) -> Ints:
    """Return the place of the class of each execution ratio; −1 where there is no ratio."""
    found = np.full(len(ratio), len(how.assessment) - 1)
    for place in reversed(range(len(how.assessment))):
        limit = how.assessment[place].at_most
        if limit is not None:
            found = np.where(ratio <= limit, place, found)
    return np.where(np.isnan(ratio), -1, found)


def measures_in(region: str, how: LevelSettings) -> Iterator[Punishment]:
    """Yield what departments do about a firm of a region."""
    for one in how.punishment:
        if region.startswith(one.region):
            yield one


def conditions(level: Level, shares: dict[str, float]) -> Sequence[str]:
    """Return the measures by which a level is due, given each measure over the budget."""
    return [m for m, limit in level.any.items() if shares.get(m, float("nan")) > limit]
