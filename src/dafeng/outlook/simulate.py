"""Many runs of a course with correlated, persistent shocks: no loop over runs, no stored paths.

Years are the outer loop; within a year all regions, sectors and runs of a chunk are one array, the
runs contiguous. A chunk has a random stream of its own, so results do not depend on how many
threads there are. Kept are the emissions by sector (or region) of each year, in single precision.

Every shock is drawn once: ``normals`` says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.outlook.course import Course
from dafeng.outlook.drivers import DRIVERS, LEVELS, Motion
from dafeng.outlook.settings import Settings

Floats = NDArray[np.float32]
F32 = np.float32
DIRECT, POWER, GRID, LOGS, ACTIVITY = "direct", "power", "grid", "logs", "activity"


@dataclass(frozen=True)
class Runs:
    """What the runs came to, in the unit of the course.

    Attributes:
        sectors: emissions, (sectors, years, runs).
        regions: the same by region, where they were asked for; else no rows.
        activity: year → total activity of each run, (runs,), for the years asked for.
    """

    regions: Floats
    sectors: Floats
    activity: dict[int, Floats]

    @property
    def total(self) -> Floats:
        """Emissions of all regions, (years, runs)."""
        return np.asarray(self.sectors.sum(axis=0))


@dataclass(frozen=True)
class _Plan:
    """Course and motion in single precision, laid out for the inner loop.

    Roots of the covariances (``shared`` of nation, region, sector, and ``own``) are divided by what
    a driver has of its own, and ``spread`` is multiplied by it: one multiplication less.
    """

    shape: tuple[int, int]
    years: int
    direct: Floats
    power: Floats
    activity: Floats
    spread: Floats
    error: Floats
    persistence: Floats
    shared: tuple[Floats, ...]
    own: Floats
    damping: Any
    grid: Floats
    grid_persistence: Any
    effects: tuple[_Effect, ...]
    strength: NDArray[np.float64]
    activity_at: tuple[int, ...]


@dataclass(frozen=True)
class _Effect:
    """What levers do of one kind: the cells they touch, and (lever, (years, cells, 1)) of each."""

    kind: str
    cells: NDArray[np.intp]
    parts: tuple[tuple[int, Floats], ...]


def simulate(
    course: Course,
    motion: Motion,
    settings: Settings,
    *,
    threads: int | None = None,
    activity_years: Sequence[int] = (),
    by_region: bool = False,
) -> Runs:
    """Run a course many times.

    Args:
        course: paths and levers.
        motion: how the drivers move.
        settings: runs, seed, runs per chunk.
        threads: how many work at a time; the result is the same to the bit with any number.
        activity_years: years for which total activity is kept, too.
        by_region: whether emissions by region are kept, too.
    """
    plan = _laid_out(course, motion, settings, activity_years)
    regions, sectors = plan.shape
    draws = settings.draws
    kept = Runs(
        np.empty((regions if by_region else 0, plan.years, draws), F32),
        np.empty((sectors, plan.years, draws), F32),
        {year: np.empty(draws, F32) for year in activity_years},
    )
    starts = range(0, draws, settings.chunk)
    seeds = np.random.SeedSequence(settings.seed).spawn(len(starts))
    jobs = [
        (slice(at, min(at + settings.chunk, draws)), seed)
        for at, seed in zip(starts, seeds, strict=True)
    ]
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda job: _chunk(plan, kept, *job), jobs):
            pass
    return kept


def normals(shape: tuple[int, int], years: int, draws: int) -> int:
    """Return how many normal numbers are drawn for regions × sectors, years and runs."""
    regions, sectors = shape
    each_year = len(DRIVERS) * (regions * sectors + regions + sectors + 1) + regions
    return draws * (years * each_year + len(DRIVERS) * regions * sectors + regions)


def _chunk(plan: _Plan, kept: Runs, where: slice, seed: np.random.SeedSequence) -> None:
    rng = np.random.Generator(np.random.SFC64(seed))
    state = _State(plan, where.stop - where.start, rng)
    for year in range(plan.years):
        state.shock(rng)
        emitted = state.emissions(year)
        if len(kept.regions):
            kept.regions[:, year, where] = emitted.sum(axis=1)
        kept.sectors[:, year, where] = emitted.sum(axis=0)
        if year in plan.activity_at:
            at = list(kept.activity)[plan.activity_at.index(year)]
            kept.activity[at][where] = state.total_activity(year)


class _State:
    """The runs of a chunk as they go through the years.

    Arrays: ``deviation`` of the logarithm of emissions and ``slope`` (regions, sectors, runs),
    ``moving``, the persistent part of growth, (drivers, regions, sectors, runs).
    """

    def __init__(self, plan: _Plan, runs: int, rng: np.random.Generator) -> None:
        shape = (*plan.shape, runs)
        regions, sectors = plan.shape
        self.plan = plan
        self.new = np.empty((len(DRIVERS), *shape), F32)
        self.common = np.empty((len(DRIVERS), 1 + regions + sectors, runs), F32)
        self.moving = np.zeros_like(self.new)
        self.deviation = np.zeros(shape, F32)
        self.work = np.empty(shape, F32)
        drawn = _triangular(plan.strength, rng, runs)
        amounts = {i for one in plan.effects if one.kind in (DIRECT, POWER) for i, _ in one.parts}
        self.strength = [
            (row if i in amounts else np.log1p(row)).astype(F32) for i, row in enumerate(drawn)
        ]
        rng.standard_normal(out=self.new, dtype=F32)
        self.new *= plan.error
        self.slope = self.new.sum(axis=0)
        self.watched = bool(plan.activity_at)
        self.activity = np.zeros(shape if self.watched else (), F32)
        self.activity_slope = self.new[0].copy() if self.watched else self.activity
        self.grid_slope = rng.standard_normal((regions, runs), F32) * plan.grid[0]
        self.grid_moving = np.zeros_like(self.grid_slope)
        self.grid = np.zeros_like(self.grid_slope)

    def shock(self, rng: np.random.Generator) -> None:
        """Draw a year's shocks and let growth carry them into the level."""
        plan, new = self.plan, self.new
        rng.standard_normal(out=new, dtype=F32)
        rng.standard_normal(out=self.common, dtype=F32)
        regional, sectoral = self._common()
        for k in reversed(range(len(DRIVERS))):  # the later ones take of the earlier ones
            for j in np.flatnonzero(plan.own[k, :k]):
                np.multiply(new[j], plan.own[k, j], out=self.work)
                new[k] += self.work
            new[k] += regional[k][:, None]
            new[k] += sectoral[k]
            new[k] *= plan.spread[k]
            self.moving[k] *= plan.persistence[k]
            self.moving[k] += new[k]
            self.deviation += self.moving[k]
        self.slope *= plan.damping
        self.deviation += self.slope
        if self.watched:
            self.activity_slope *= plan.damping
            self.activity += self.moving[0]
            self.activity += self.activity_slope
        self._shock_grid(rng)

    def _common(self) -> tuple[Floats, Floats]:
        """Return the year's shocks that a region and a sector share, (drivers, …, runs).

        The drivers are correlated at each level; what the nation shares is in each region's.
        """
        regions = self.plan.shape[0]
        parts = np.split(self.common, (1, 1 + regions), axis=1)
        nation, regional, sectoral = (
            np.stack([sum(root[k, j] * part[j] for j in range(k + 1)) for k in range(len(root))])
            for root, part in zip(self.plan.shared, parts, strict=True)
        )
        return nation + regional, sectoral

    def _shock_grid(self, rng: np.random.Generator) -> None:
        _, spread = self.plan.grid
        self.grid_moving *= self.plan.grid_persistence
        self.grid_moving += rng.standard_normal(self.grid.shape, F32) * spread
        self.grid_slope *= self.plan.damping
        self.grid += self.grid_moving
        self.grid += self.grid_slope

    def emissions(self, year: int) -> Floats:
        """Return the emissions of a year, (regions, sectors, runs)."""
        plan, found = self.plan, self.new[0]
        flat = _flat(found)
        factor = np.exp(self.grid)
        np.multiply(factor[:, None], plan.power[year], out=found)
        for one, amount in self._levers(POWER, year):
            kept = np.maximum(_flat(plan.power[year])[one.cells] - amount, 0)
            flat[one.cells] = kept * factor[one.cells // plan.shape[1]]
        for one, log in self._levers(GRID, year):
            flat[one.cells] *= np.exp(log)
        found += plan.direct[year]
        for one, amount in self._levers(DIRECT, year):
            flat[one.cells] -= np.minimum(amount, _flat(plan.direct[year])[one.cells])
        found *= self._moved(self.deviation, year, (LOGS, ACTIVITY))
        return np.asarray(found)

    def total_activity(self, year: int) -> Floats:
        """Return the total activity of a year, (runs,)."""
        moved = self._moved(self.activity, year, (ACTIVITY,))
        moved *= self.plan.activity[year]
        return np.asarray(moved.sum(axis=(0, 1)))

    def _levers(self, kind: str, year: int) -> Iterator[tuple[_Effect, Floats]]:
        """Yield where levers of a kind act, and what they do there, (cells, runs)."""
        for one in self.plan.effects:
            if one.kind == kind:
                drawn = (times[year] * self.strength[i] for i, times in one.parts)
                yield one, sum(drawn, np.zeros((), F32))

    def _moved(self, deviation: Floats, year: int, kinds: tuple[str, ...]) -> Floats:
        """Return the exponential of a deviation, times what levers of some kinds do to it."""
        np.exp(deviation, out=self.work)
        for kind in kinds:
            for one, log in self._levers(kind, year):
                _flat(self.work)[one.cells] *= np.exp(log)
        return self.work


def _flat(values: Floats) -> Floats:
    """Return regions and sectors as one axis, of the same memory."""
    return values.reshape(-1, values.shape[-1])


def _triangular(strength: NDArray[np.float64], rng: np.random.Generator, runs: int) -> Any:
    """Draw strengths, (levers, runs), by inverting the triangular distribution."""
    low, central, high = (column[:, None] for column in strength.T)
    chance, width = rng.random((len(strength), runs)), high - low
    some = np.where(width > 0, width, 1)
    rising = low + np.sqrt(chance * some * (central - low))
    falling = high - np.sqrt((1 - chance) * some * (high - central))
    drawn = np.where(chance * some < central - low, rising, falling)
    return np.where(width > 0, drawn, central)


def _laid_out(
    course: Course, motion: Motion, settings: Settings, activity_years: Sequence[int]
) -> _Plan:
    years, *shape = course.direct.shape
    columns = {
        name: np.asarray(getattr(course, name), F32)[..., None]
        for name in (DIRECT, POWER, "activity")
    }
    _, error, _, spread = motion.grid.astype(F32)[..., None]
    roots = [_root(motion.shared[level]) for level in LEVELS]
    own = np.maximum(np.diag(roots[-1]), np.sqrt(np.finfo(F32).eps))[:, None]
    *shared, last = ((root / own).astype(F32) for root in roots)
    return _Plan(
        shape=(shape[0], shape[1]),
        years=years,
        **columns,
        spread=(motion.spread * own[..., None]).astype(F32)[..., None],
        error=motion.error.astype(F32)[..., None],
        persistence=motion.persistence.astype(F32),
        shared=tuple(shared),
        own=last,
        damping=F32(settings.damping),
        grid=np.stack([error, spread]),
        grid_persistence=F32(motion.grid_persistence),
        effects=tuple(_effects(course)),
        strength=course.effects.strength,
        activity_at=tuple(course.years.index(year) for year in activity_years),
    )


def _effects(course: Course) -> Iterator[_Effect]:
    """Yield for each kind the cells that levers touch, and each lever's arrays there."""
    found = course.effects
    logs = found.on_activity[:, None, None, None]
    for kind, held in (
        (LOGS, np.where(logs, 0, found.logs)),
        (ACTIVITY, np.where(logs, found.logs, 0)),
        (GRID, found.grid),
        (DIRECT, found.direct),
        (POWER, found.power),
    ):
        times = held.reshape(*held.shape[:2], course.direct[0].size).astype(F32)
        cells = np.flatnonzero(times.any(axis=(0, 1)))
        levers = np.flatnonzero(times.any(axis=(1, 2)))
        if cells.size:
            yield _Effect(kind, cells, tuple((int(i), times[i][:, cells, None]) for i in levers))


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower triangle L with L·Lᵀ = matrix, also of a matrix that is not of full rank."""
    values, vectors = np.linalg.eigh(matrix)
    upper = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0))).T).R
    return np.asarray(upper.T)
