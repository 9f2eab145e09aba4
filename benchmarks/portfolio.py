"""A province's choice of retrofits: 6,000 options under the limits of cities, banks and firms.

Sixteen city budgets, a limit of loans, a limit of own money for each of 1,500 enterprises, about
1,400 exclusive groups, and a demand for energy saved. The reference is HiGHS on the same model as
arrays, to the same gap, and nothing else; the product also checks, builds, prices, explains every
option that is out, and climbs the cost curve beside it.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.portfolio import (
    Projects,
    Rows,
    Selection,
    Span,
    Wanted,
    limits_of,
    projects_of,
    table_of,
    tables_of,
)
from dafeng.portfolio import select as choose
from dafeng.portfolio.greedy import climb
from dafeng.portfolio.model import build
from dafeng.portfolio.problem import problem_of
from dafeng.portfolio.solver import solve
from dafeng.vocabulary import regions

CITIES, FIRMS_PER_OPTION, GROUPED, GAP = 16, 0.25, 0.8, 1e-4
FICTION = {"source": "fictional", "mark": "synthetic", "price_year": 2025}


@cache
def question(options: int) -> tuple[Projects, Wanted, Rows]:
    """Return options, what is wanted, and limits, the same on every run."""
    rng = np.random.default_rng(2026)
    firms = int(options * FIRMS_PER_OPTION)
    places = [r.id for r in regions().values() if r.kind in ("city", "province")][:CITIES]
    firm = np.sort(rng.integers(0, firms, options))
    place = rng.integers(0, CITIES, firms)[firm]
    reduction = rng.lognormal(7, 1, options).round()
    tce = (reduction / rng.uniform(2.2, 3.2, options)).round()
    investment = (reduction * rng.lognormal(6.5, 0.6, options)).round(-3)
    grouped = rng.random(options) < GROUPED
    rows = [
        FICTION
        | {
            "project": f"P{i}",
            "reporter": f"F{firm[i]}",
            "region": places[place[i]],
            "group": f"G{firm[i]}-{i % 2}" * bool(grouped[i]),
            "saving_tce": tce[i],
            "reduction_tco2": reduction[i],
            "investment_yuan": investment[i],
            "subsidy_yuan": investment[i] * 0.2,
            "loan_yuan": investment[i] * 0.5,
            "energy_yuan": tce[i] * 900,
            "operating_yuan": investment[i] * 0.03,
            "life_years": 15,
            "key": "yes" if i % 20 == 0 else "no",
        }
        for i in range(options)
    ]
    by_place = np.bincount(place, investment, CITIES)
    by_firm = np.bincount(firm, investment, firms)
    limits = [
        _limit(f"city-{c}", "subsidy", by_place[c] * 0.2 * 0.35, region=places[c])
        for c in range(CITIES)
    ]
    limits.append(_limit("loans", "loan", investment.sum() * 0.5 * 0.3))
    limits += [
        _limit(f"own-{f}", "own", by_firm[f] * 0.3 * 0.6, reporter=f"F{f}") for f in range(firms)
    ]
    wanted = Wanted(
        span=Span(first=2026, last=2026, target=2027),
        gaps={"tce": float(tce.sum() * 0.25)},
        tolerance=GAP,
    )
    table = table_of("retrofits", rows)
    return projects_of(table), wanted, limits_of(table_of("retrofit_limits", limits))


def _limit(name: str, counts: str, yuan: float, **scope: str) -> dict[str, object]:
    return FICTION | {"limit": name, "counts": counts, "limit_yuan": round(yuan)} | scope


def bare(options: int) -> Job:
    """Solve the model as arrays, to the same gap."""
    problem = problem_of(build(*question(options)))
    return lambda: solve(problem, GAP)


def product(options: int) -> Job:
    """Check, build, solve, price, explain, and put the result into tables."""
    projects, wanted, limits = question(options)

    def job() -> Selection:
        found = choose(projects, wanted, limits)
        tables_of(found)
        return found

    return job


def greedy(options: int) -> Job:
    """Climb the cost curve, taking what fits."""
    model = build(*question(options))
    return lambda: climb(model)


def described(options: int) -> str:
    """Say how large the model is, and how good its choice."""
    found = choose(*question(options))
    model = found.model
    return (
        f"{len(model.groups):,} groups, {len(model.limit_fen):,} limits, {found.status},"
        f" gap {found.gap or 0:.4%}, {len(found.chosen):,} chosen,"
        f" greedy {found.greedy_value / found.value - 1:+.1%}"
        f" (demands {'met' if found.greedy_meets else 'missed'})"
    )


register(
    Benchmark(
        name="portfolio",
        title="choose retrofits under limits",
        sizes=(6000,),
        unit="options",
        rounds=5,
        quick_sizes=(600,),
        goals_from=6000,
        variants=(
            Variant("HiGHS alone", bare),
            Variant("the product", product, goal=1.3),
            Variant("greedy alone", greedy),
        ),
        describe=described,
    )
)
