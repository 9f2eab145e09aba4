"""A national projection: 31 regions, 12 sectors, 35 years, three drivers and the grid, 10,000 runs.

The reference draws as many normal numbers as the product does, in blocks of the same size, with the
same generator and as many threads, and does nothing with them.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.outlook import (
    DRIVERS,
    Course,
    Motion,
    Scenario,
    SectorTable,
    Settings,
    course,
    estimate,
    levels,
    normals,
    settings,
    simulate,
)
from dafeng.outlook.peaks import peaks

REGIONS, SECTORS, YEARS, PAST = 31, 12, 35, 20
FUELS = ("", "coal", "electricity")
MEASURES = ("activity", "energy", "emission")
CITED = {"document": "benchmark", "checked": "synthetic"}
THREADS = os.cpu_count() or 1


def _history() -> SectorTable:
    """Make a history in which regions and sectors share shocks, and drivers move together."""
    rng = np.random.default_rng(7)
    shape = (len(DRIVERS), REGIONS, SECTORS, PAST)
    new = 0.02 * rng.normal(size=shape) + 0.01 * rng.normal(size=(len(DRIVERS), REGIONS, 1, PAST))
    new += 0.01 * rng.normal(size=(len(DRIVERS), 1, SECTORS, PAST)) + 0.01 * rng.normal(size=PAST)
    new[1] -= 0.3 * new[0]
    activity, intensity, carbon = np.exp((new + 0.01).cumsum(axis=-1))
    values = {name: np.full((REGIONS, SECTORS, len(FUELS), PAST), np.nan) for name in MEASURES}
    values["activity"][:, :, 0] = activity
    for fuel, share in ((1, 0.7), (2, 0.3)):
        values["energy"][:, :, fuel] = 1e12 * share * activity * intensity
        values["emission"][:, :, fuel] = 2.5 * values["energy"][:, :, fuel] * carbon
    sectors = tuple(f"s{i:02d}" for i in range(SECTORS))
    return SectorTable(
        axes={
            "region": tuple(f"r{i:02d}" for i in range(REGIONS)),
            "sector": sectors,
            "fuel": FUELS,
        },
        years=tuple(range(2006, 2006 + PAST)),
        values=values,
        units={"activity": "yuan", "energy": "gce", "emission": "gCO2"},
        groups={name: "heavy" if i < SECTORS / 2 else "light" for i, name in enumerate(sectors)},
        mark="synthetic",
        sources=("benchmark",),
    )


def _scenario() -> Scenario:
    title = {"zh": "基准", "en": "benchmark"}
    common = {"title": title, "start": 2026, "full": 2035, "source": CITED}
    change = {"low": -20, "central": -10, "high": -5}
    levers = (
        {"id": "efficiency", "driver": "intensity", "change": change, "sectors": ["s00"]},
        {"id": "grid", "driver": "grid", "change": change, "sectors": ["s01"]},
        {"id": "tonnes", "tonnes": 10_000, "sectors": ["s02"]},
    )
    given = {"id": "benchmark", "title": title, "horizon": 2025 + YEARS}
    return Scenario.model_validate(given | {"levers": [common | lever for lever in levers]})


def _laid_out(draws: int) -> tuple[Course, Motion, Settings]:
    held, chosen = _history(), settings({"draws": draws})
    found = levels(held, chosen)
    motion = estimate(held, found, chosen)
    return course(held, found, motion, _scenario(), chosen), motion, chosen


def numbers(draws: int) -> Job:
    """Draw the normal numbers that the product draws."""
    chosen = settings({"draws": draws})
    each = normals((REGIONS, SECTORS), YEARS, chosen.chunk)
    once = normals((REGIONS, SECTORS), 0, chosen.chunk)

    def job() -> None:
        chunks = -(-draws // chosen.chunk)
        seeds = np.random.SeedSequence(chosen.seed).spawn(chunks)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(draw, seeds))

    def draw(seed: np.random.SeedSequence) -> None:
        rng = np.random.Generator(np.random.SFC64(seed))
        block = np.empty((each - once) // YEARS, np.float32)
        for _ in range(YEARS):
            rng.standard_normal(out=block, dtype=np.float32)
        rng.standard_normal(once, dtype=np.float32)

    return job


def product(draws: int) -> Job:
    """Run the projection: emissions by region and sector, year by year, of all runs."""
    check_threads()
    path, motion, chosen = _laid_out(draws)
    return lambda: simulate(path, motion, chosen, threads=THREADS)


def evaluated(draws: int) -> Job:
    """Run it, find the peaks, and take the quantiles of the total and of each sector."""
    path, motion, chosen = _laid_out(draws)

    def job() -> object:
        runs = simulate(path, motion, chosen, threads=THREADS)
        found = peaks(runs.total, path.years, path.whole_past, path.base_year)
        shares = np.array(chosen.quantiles)
        return found.shares, [np.quantile(x, shares, axis=1) for x in (runs.total, *runs.sectors)]

    return job


def check_threads() -> None:
    """See that the results are the same to the bit with one thread and with several."""
    path, motion, chosen = _laid_out(1_000)
    one, many = (simulate(path, motion, chosen, threads=n).sectors for n in (1, THREADS + 1))
    if one.tobytes() != many.tobytes():
        raise AssertionError("results depend on the number of threads")


def describe(draws: int) -> str:
    """Say how many numbers are drawn."""
    count = normals((REGIONS, SECTORS), YEARS, draws)
    return f"{count:,} normal numbers for {REGIONS * SECTORS * YEARS * draws:,} states"


register(
    Benchmark(
        name="outlook",
        title="a projection: 31 regions, 12 sectors, 35 years, correlated persistent shocks",
        sizes=(10_000,),
        quick_sizes=(2_000,),
        unit="runs",
        rounds=9,
        goals_from=10_000,
        variants=(
            Variant("the random numbers alone", numbers),
            Variant("the projection", product, goal=1.5),
            Variant("with peaks and quantiles", evaluated),
        ),
        describe=describe,
    )
)
