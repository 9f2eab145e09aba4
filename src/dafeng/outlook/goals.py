"""Targets held against runs: how probable it is that each is met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from dafeng.outlook.course import Course
from dafeng.outlook.peaks import Peaks
from dafeng.outlook.scenarios import WHOLE, Goal, Scenario
from dafeng.outlook.sector_table import EMISSION
from dafeng.outlook.simulate import Runs
from dafeng.vocabulary import Fault, Record, factor, read_records


class Testable(Record):
    """Indicators of plans that runs can be held against as targets of a kind."""

    kind: Literal["peak_year", "emission", "reduction"]
    indicators: tuple[str, ...]


@cache
def _testable() -> tuple[Testable, ...]:
    path = Path(__file__).parent / "data" / "goal_indicators.yaml"
    return read_records(Testable, path, "goals")


def goal_kind(kind: str, indicator: str) -> Literal["peak_year", "emission", "reduction"] | None:
    """Return as which kind of target runs can test a target of a plan; ``None``: not at all."""
    found = (one.kind for one in _testable() if one.kind == kind and indicator in one.indicators)
    return next(found, None)


@dataclass(frozen=True)
class GoalMet:
    """A target and how it fares.

    Attributes:
        probability: share of the runs that meet it; ``None`` where it cannot be said.
        median, plain: what it is measured by: of the median run, and of the course without shocks
            (year of the peak, emissions in the unit of the target, or percent of reduction).
    """

    goal: Goal
    probability: float | None
    median: float | None
    plain: float | None


def intensity_years(scenario: Scenario, course: Course) -> tuple[int, ...]:
    """Return the years for which activity is needed.

    Raises:
        Fault: ``goal_year`` where a target's year is not in the course.
    """
    for goal in scenario.targets:
        if goal.year is not None and goal.year not in course.years:
            held = f"{course.years[0]}-{course.years[-1]}"
            raise Fault("goal_year", f"{scenario.id}/{goal.id}", year=goal.year, years=held)
    return tuple(
        sorted({goal.year for goal in scenario.targets if goal.kind == "reduction" and goal.year})
    )


def goals(
    scenario: Scenario, course: Course, runs: Runs, found: Peaks, plain: Peaks
) -> Iterator[GoalMet]:
    """Yield the targets of a scenario, each with its probability.

    Args:
        scenario: with its targets.
        course: the paths.
        runs: with the activity of ``intensity_years``.
        found: the peaks of the runs.
        plain: the peak of the course without shocks (one run).
    """
    chosen = np.ones((1, len(course.effects.levers)), dtype=bool)
    plain_total = course.totals(chosen)[0]
    total = runs.total
    for goal in scenario.targets:
        if goal.kind == "peak_year":
            chance = found.by(int(goal.value))
            yield GoalMet(goal, chance, found.quantile(0.5), int(plain.year[0]))
            continue
        at = course.years.index(goal.year or 0)
        if goal.kind == "emission":
            scale = 1 / factor(goal.unit or "", course.held.units[EMISSION])
            values, mean = total[at] * scale, float(plain_total[at] * scale)
            met = values <= goal.value
        else:
            base = _intensity(course, goal, scenario.id)
            values = (1 - total[at] / runs.activity[goal.year or 0] / base) * WHOLE
            mean = float((1 - plain_total[at] / course.plain_activity(at) / base) * WHOLE)
            met = values >= goal.value
        yield GoalMet(goal, float(met.mean()), float(np.median(values)), mean)


def _intensity(course: Course, goal: Goal, place: str) -> float:
    """Return emissions per activity of the base year of a target.

    Raises:
        Fault: ``goal_year`` where the history lacks it.
    """
    held = dict(
        zip(course.past_years, zip(course.past, course.past_activity, strict=True), strict=True)
    )
    emitted, made = held.get(goal.base_year or 0, (np.array(np.nan), np.array(np.nan)))
    found = float(emitted.sum() / made.sum())
    if np.isnan(found):
        years = f"{course.past_years[0]}-{course.past_years[-1]}"
        raise Fault("goal_year", f"{place}/{goal.id}", year=goal.base_year, years=years)
    return found
