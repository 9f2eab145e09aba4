"""A projection: how emissions go on, when they peak and how high, and which targets are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dafeng.findings import Finding
from dafeng.outlook.course import Course, course
from dafeng.outlook.drivers import DRIVERS, NAMES, Levels, Motion, estimate, levels
from dafeng.outlook.goals import GoalMet, goals, intensity_years
from dafeng.outlook.peaks import Peaks, peaks
from dafeng.outlook.projection_tables import difference_table, level_table, peak_table, year_table
from dafeng.outlook.scenarios import Scenario
from dafeng.outlook.sector_table import SectorTable
from dafeng.outlook.settings import Settings, settings
from dafeng.outlook.simulate import Runs, simulate
from dafeng.vocabulary import Fault, Text, marks, worst_mark

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Statement:
    """How probable it is that the peak is no later than a year.

    Attributes:
        probability: share of the runs; ``None`` where the year is the horizon or later, so that
            nothing can be said.
    """

    year: int
    probability: float | None


@dataclass(frozen=True)
class Projection:
    """What a scenario leads to.

    Attributes:
        runs: emissions of every run; plain: those without any shock, (years, regions, sectors).
        found: peak year and level of each run; plain_peak: of the course without shocks.
        statements: of the years asked for and those of the targets.
        targets: how probable it is that each is met.
    """

    scenario: Scenario
    settings: Settings
    motion: Motion
    course: Course
    runs: Runs
    plain: Floats
    found: Peaks
    plain_peak: Peaks
    statements: tuple[Statement, ...]
    targets: tuple[GoalMet, ...]

    @property
    def mark(self) -> str:
        """The worst mark of the history and of what the scenario says."""
        scenario = self.scenario
        sources = [
            *(one.source for one in scenario.growth),
            *(one.source for one in scenario.shares),
            *(one.source for one in scenario.levers),
            *(one.source for one in scenario.targets),
        ]
        said = {marks().resolve(source.checked).id for source in sources}
        return worst_mark({self.course.held.mark, *said})

    @cached_property
    def years(self) -> pa.Table:
        """Emissions: part, region, sector, year, statistic, value, unit, mark.

        ``part`` is ``history`` (statistic ``reported``) or ``projection`` (``plain``: without
        shocks, ``mean``, ``q05`` …); an empty region or sector means all of them; values in tonnes.
        """
        return year_table(self)

    @cached_property
    def peaks(self) -> pa.Table:
        """The peak year: year, kind, probability, by_then, mark.

        ``kind`` is ``past`` (a year of the history is not exceeded), ``ahead``, or ``not_before``
        (still the highest in the last year: no peak is seen).
        """
        return peak_table(self)

    @cached_property
    def levels(self) -> pa.Table:
        """The peak level, tonnes: statistic (``plain``, ``mean``, ``q05`` …), value, unit, mark."""
        return level_table(self)

    @cached_property
    def differences(self) -> pa.Table:
        """How the median comes to differ from the course without shocks, step by step.

        step, year, value, change (from the step before), error (of the value, by chance of the
        runs), unit, mark.
        """
        return difference_table(self)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader must know."""
        return tuple(_findings(self))


def project(
    held: SectorTable,
    scenario: Scenario,
    *,
    by: Sequence[int] = (),
    threads: int | None = None,
    by_region: bool = False,
) -> Projection:
    """Project emissions of a scenario.

    Args:
        held: history by sector.
        scenario: growth, levers, targets, settings.
        by: years of which to say how probable it is that the peak is no later.
        threads: how many work at a time; results are the same with any number.
        by_region: whether runs are kept by region, too.

    Raises:
        Fault: ``sector_year``, ``base_gap``, ``runs_overflow``, and those of ``estimate``,
            ``course`` and the targets.
    """
    chosen = settings(scenario.settings, f"{scenario.id}/settings")
    history = held.until(scenario.base_year or held.years[-1])
    found = levels(history, chosen)
    _refuse_gaps(history, found)
    motion = estimate(history, found, chosen)
    path = course(history, found, motion, scenario, chosen)
    _refuse_overflow(path, scenario.id)
    years = intensity_years(scenario, path)
    runs = simulate(
        path, motion, chosen, threads=threads, activity_years=years, by_region=by_region
    )
    all_levers = np.ones((1, len(scenario.levers)), dtype=bool)
    plain = path.cells(all_levers)[0]
    past, base = path.whole_past, path.base_year
    highest = peaks(runs.total, path.years, past, base)
    without = peaks(plain.sum(axis=(1, 2))[:, None], path.years, past, base)
    wanted = {int(one.value) for one in scenario.targets if one.kind == "peak_year"} | {*by}
    return Projection(
        scenario=scenario,
        settings=chosen,
        motion=motion,
        course=path,
        runs=runs,
        plain=plain,
        found=highest,
        plain_peak=without,
        statements=tuple(Statement(year, highest.by(year)) for year in sorted(wanted)),
        targets=tuple(goals(scenario, path, runs, highest, without)),
    )


def _refuse_gaps(held: SectorTable, found: Levels) -> None:
    """Refuse a base year in which a sector lacks a part, and a history with years left out."""
    if len(held.years) != held.years[-1] - held.years[0] + 1:
        raise Fault("years_apart", years=", ".join(map(str, held.years)))
    whole = found.emission + found.activity + found.energy
    for region, sector in np.argwhere(np.isnan(whole[..., -1]))[:1]:
        place = f"{held.axes['region'][region]}/{held.axes['sector'][sector]}"
        raise Fault("base_gap", place, year=held.years[-1])


def _refuse_overflow(path: Course, place: str) -> None:
    """Refuse a course beyond the single precision of the runs: growth or units are wrong."""
    highest = max(float(part.max()) for part in (path.direct, path.power, path.activity))
    if not highest < float(np.finfo(np.float32).max):
        raise Fault("runs_overflow", place)


def _findings(found: Projection) -> Iterator[Finding]:
    if found.course.assumed:
        names: dict[str, list[str]] = {}
        for driver, sector in found.course.assumed:
            names.setdefault(driver, []).append(sector)
        every = len(found.course.held.axes["sector"])
        names = {k: [] if len(v) == every else v for k, v in names.items()}
        yield Finding("trend_assumed", found.scenario.id, {"what": _named(names)})
    short = found.motion.years < found.settings.fewest
    for k, region, sector in np.argwhere(short & (found.course.direct[0] > 0)):
        axes = found.course.held.axes
        values = {"driver": NAMES[DRIVERS[k]], "years": int(found.motion.years[k, region, sector])}
        yield Finding(
            "driver_of_group", f"{axes['region'][region]}/{axes['sector'][sector]}", values
        )
    years = int(found.motion.years.max())
    if years < found.settings.prior_years:
        yield Finding("history_short", found.scenario.id, {"years": years})
    for statement in found.statements:
        if statement.probability is None:
            yield Finding("beyond_horizon", str(statement.year), {"horizon": found.found.horizon})


def _named(drivers: Mapping[str, Sequence[str]]) -> Text:
    """Return drivers by name and by their word in a scenario, with their sectors where not all."""
    said = {}
    for lang in ("zh", "en"):
        words = [f"{NAMES[one].of(lang)} ({one})" for one in drivers]
        parts = [", ".join(filter(None, sectors)) for sectors in drivers.values()]
        named = zip(words, parts, strict=True)
        said[lang] = "; ".join(f"{word}: {part}" if part else word for word, part in named)
    return Text(**said)
