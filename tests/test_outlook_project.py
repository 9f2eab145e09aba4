"""Projection: by hand where there is no chance, recovered where there is; peaks, targets, seeds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from dafeng.cli.verbs import run
from dafeng.outlook import (
    Motion,
    Scenario,
    Unreadable,
    course,
    estimate,
    levels,
    normals,
    project,
    read_scenario,
    read_sectors,
    sector_table,
    settings,
    simulate,
    statement_figure,
    statement_tree,
)
from dafeng.outlook.peaks import peaks
from dafeng.outlook.simulate import _root, _triangular
from dafeng.vocabulary import Fault

CITED = {"document": "by hand", "checked": "synthetic"}
TITLE = {"zh": "例", "en": "case"}


def smooth(
    growth: Any = (0.05, -0.02, 0.0),
    years: Any = range(2010, 2021),
    *,
    sectors: Any = ("a",),
    power: Any = 0.0,
) -> Any:
    """A history without shocks: activity, intensity and carbon grow at constant rates."""
    rows = []
    for sector in sectors:
        for year in years:
            t = year - years[0]
            activity, energy = 100 * np.exp(growth[0] * t), 50 * np.exp((growth[0] + growth[1]) * t)
            fuels = {"coal": (energy * (1 - power), 2.0 * np.exp(growth[2] * t))}
            if power:
                fuels["electricity"] = (energy * power, 4.0)
            base: dict[str, Any] = {"region": "here", "sector": sector, "group": "g", "year": year}
            base |= {"source": "by hand", "mark": "synthetic"}
            made = {"fuel": "", "measure": "activity", "value": activity, "unit": "10^8 yuan"}
            rows.append(base | made)
            for fuel, (used, factor) in fuels.items():
                for measure, value, unit in (
                    ("energy", used, "10^4 tce"),
                    ("emission", used * factor, "10^4 tCO2"),
                ):
                    row = {"fuel": fuel, "measure": measure, "value": value, "unit": unit}
                    rows.append(base | row)
    return sector_table(rows)


def scenario(**fields: Any) -> Any:
    given = {"id": "case", "title": TITLE, "horizon": 2030, "settings": {"draws": 500}}
    given["settings"] |= fields.pop("settings", {})
    return Scenario.model_validate(given | fields)


def lever(**fields: Any) -> Any:
    base = {"id": "x", "title": TITLE, "start": 2020, "full": 2025, "source": CITED}
    return base | fields


def growth(driver: Any, percent: Any, **fields: Any) -> Any:
    return {"driver": driver, "percent": percent, "source": CITED} | fields


STILL = [growth(d, {2021: 0}) for d in ("activity", "intensity", "carbon", "grid")]


@pytest.fixture(scope="module")
def example(repo: Path) -> Any:
    held, _ = read_sectors(repo / "examples" / "outlook" / "sectors.csv")
    return held, read_scenario(repo / "examples" / "outlook" / "plan.yaml")


@pytest.fixture(scope="module")
def found(example: Any) -> Any:
    return project(*example, by=[2028])


# --- Without chance ---------------------------------------------------------------------------


def test_without_shocks_stated_growth_is_compounded() -> None:
    # 50·e^0.3 ·2 ·10⁴ t = 1,349,858.8 t in 2020; +10 % activity and −10 % intensity a year:
    # times 0.99 each year
    held = smooth()
    stated = [growth("activity", {2021: 10}), growth("intensity", {2021: -10}), *STILL[2:]]
    found = project(held, scenario(growth=stated))
    emitted = 50 * np.exp(0.3) * 2 * 1e10
    assert found.plain.sum(axis=(1, 2)) == pytest.approx(emitted * 0.99 ** np.arange(1, 11))


def test_a_trend_fades_where_nothing_is_stated() -> None:
    # activity 5 %, intensity −2 % (logarithms): 3 % together, times 0.5, 0.25, … of it
    found = project(smooth(), scenario(settings={"damping": 0.5}))
    emitted = 50 * np.exp(0.3) * 2 * 1e10
    fading = np.exp(0.03 * (0.5 ** np.arange(1, 11)).cumsum())
    assert found.plain.sum(axis=(1, 2)) == pytest.approx(emitted * fading)
    assert {driver for driver, _ in found.course.assumed} == {"activity", "intensity", "carbon"}


def test_a_history_without_shocks_gives_runs_without_spread() -> None:
    found = project(smooth(), scenario())
    assert (np.ptp(found.runs.total, axis=1) < 1e-4 * found.runs.total[:, 0]).all()
    assert found.runs.total[:, 0] == pytest.approx(found.plain.sum(axis=(1, 2)), rel=1e-4)


@pytest.mark.parametrize(
    ("given", "factor"),
    [
        # at full effect from 2025: the share of emissions that is left
        ({"driver": "intensity", "change": -20}, 0.8),
        ({"driver": "activity", "change": 10}, 1.1),
        # direct 0.75·2 = 1.5, power 0.25·4 = 1 of 2.5: a grid 30 % cleaner leaves 1.5 + 0.7
        ({"driver": "grid", "change": -30}, 2.2 / 2.5),
        # 10 % of the energy from coal (2) to electricity (4): 1.5 − 0.2, 1 + 0.4
        ({"switch": {"of": "coal", "to": "electricity", "share": 10}}, 2.7 / 2.5),
        # half the energy is enough: 1.3 + 1.2
        ({"switch": {"of": "coal", "to": "electricity", "share": 10, "ratio": 0.5}}, 1.0),
    ],
)
def test_a_lever_does_what_it_says(given: Any, factor: Any) -> None:
    held = smooth((0.0, 0.0, 0.0), power=0.25)
    found = project(held, scenario(growth=STILL, levers=[lever(**given)]))
    before = held.values["emission"][..., -1].copy()
    total = np.nansum(before)
    plain = found.plain.sum(axis=(1, 2)) / total
    assert plain[4] == plain[9] == pytest.approx(factor)
    assert min(1, factor) < plain[1] < max(1, factor) or factor == 1
    assert found.runs.total[9] / total == pytest.approx(factor, rel=1e-4)


def test_a_sector_without_electricity_may_turn_to_it() -> None:
    # a has 25 % electricity (factor 4), b only coal (factor 2): 10 % of b's energy moves, +10 %
    a, b = smooth((0.0, 0.0, 0.0), power=0.25), smooth((0.0, 0.0, 0.0), sectors=("b",))
    fuels = a.axes["fuel"]
    values = {}
    for name, held in a.values.items():
        other = np.full_like(held, np.nan)
        for fuel in b.axes["fuel"]:
            other[:, :, fuels.index(fuel)] = b.values[name][:, :, b.axes["fuel"].index(fuel)]
        values[name] = np.concatenate([held, other], axis=1)
    axes = a.axes | {"sector": ("a", "b")}
    both = replace(a, axes=axes, values=values, groups={"a": "g", "b": "g"})
    one = lever(switch={"of": "coal", "to": "electricity", "share": 10}, sectors=["b"])
    found = project(both, scenario(growth=STILL, levers=[one]))
    assert found.plain[9, 0, 1] == pytest.approx(1.1e12)
    assert found.runs.sectors[1, 9] == pytest.approx(1.1e12, rel=1e-4)


def test_tonnes_are_taken_off_and_not_below_zero() -> None:
    held = smooth((0.0, 0.0, 0.0))  # 1,000,000 t a year
    cut = project(held, scenario(growth=STILL, levers=[lever(tonnes=250_000)]))
    assert cut.plain[9].sum() == pytest.approx(750_000e6)
    gone = project(held, scenario(growth=STILL, levers=[lever(tonnes=5_000_000)]))
    assert gone.plain[9].sum() == 0 == gone.runs.total[9].max()


def test_what_a_lever_did_before_the_base_year_is_in_the_history() -> None:
    # half of it (2015 to 2025) lies before 2020: (1 − 0.2)^0.5 comes on top
    held = smooth((0.0, 0.0, 0.0))
    one = lever(driver="intensity", change=-20, start=2015)
    found = project(held, scenario(growth=STILL, levers=[one]))
    assert found.plain[9].sum() == pytest.approx(1e12 * 0.8**0.5)


def share(fuel: str, percent: Any, **fields: Any) -> Any:
    return {"fuel": fuel, "percent": percent, "source": CITED} | fields


def test_stated_fuel_shares_move_emissions_and_the_others_share_the_rest() -> None:
    # per energy: coal 0.75·2 + electricity 0.25·4 = 2.5; by 2025 0.5·2 + 0.5·4 = 3, straight on
    # the way (2021: electricity 30 %, 1.4 + 1.2), and so it stays
    held = smooth((0.0, 0.0, 0.0), power=0.25)
    found = project(held, scenario(growth=STILL, shares=[share("electricity", {2025: 50})]))
    plain = found.plain.sum(axis=(1, 2)) / np.nansum(held.values["emission"][..., -1])
    assert plain[[0, 4, 9]] == pytest.approx([2.6 / 2.5, 3 / 2.5, 3 / 2.5])
    assert found.runs.total[9] == pytest.approx(found.plain[9].sum(), rel=1e-4)
    # what is electricity by then moves with the grid: 30 % cleaner, 1 + 1.4
    cleaner = lever(driver="grid", change=-30)
    greener = project(
        held,
        scenario(growth=STILL, shares=[share("electricity", {2025: 50})], levers=[cleaner]),
    )
    assert greener.plain[9].sum() / found.plain[9].sum() == pytest.approx(2.4 / 3)
    assert greener.runs.total[9] == pytest.approx(greener.plain[9].sum(), rel=1e-4)


def test_stated_shares_take_the_place_of_the_trend_of_carbon_only() -> None:
    # emissions per energy fell 3 % a year in the history; with the shares of the base year they
    # stay, and activity (5 %) and intensity (−2 %) go on
    held = smooth((0.05, -0.02, -0.03), power=0.25)
    own = {"damping": 1.0}
    found = project(held, scenario(shares=[share("electricity", {2021: 25})], settings=own))
    base = np.nansum(held.values["emission"][..., -1])
    stays = found.plain.sum(axis=(1, 2)) / base
    assert stays == pytest.approx(np.exp(0.03 * np.arange(1, 11)), rel=1e-6)
    assert {driver for driver, _ in found.course.assumed} == {"activity", "intensity", "grid"}


def test_a_switch_takes_of_what_stated_shares_leave() -> None:
    held = smooth((0.0, 0.0, 0.0), power=0.25)  # coal 75 %, by 2025 5 %
    switch = lever(switch={"of": "coal", "to": "electricity", "share": 10})
    with pytest.raises(Fault) as fault:
        project(held, scenario(levers=[switch], shares=[share("coal", {2025: 5})]))
    assert fault.value.code == "lever_share"
    assert fault.value.values["share"] == "5.0"


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([share("coal", {2025: 60}), share("electricity", {2025: 50})], "fuel_shares"),
        ([share("coal", {2025: 60}), share("electricity", {2025: 30})], "fuel_shares"),
        ([share("coal", {2020: 60})], "fuel_shares_year"),
        ([share("peat", {2025: 60})], "lever_fuel"),
        ([share("coal", {2025: 60}, sectors=["z"])], "scenario_label"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares: Any, code: str) -> None:
    held = smooth((0.0, 0.0, 0.0), power=0.25)
    with pytest.raises(Fault) as fault:
        project(held, scenario(growth=STILL, shares=shares))
    assert fault.value.code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"growth": [growth("activity", {2021: -100})]},  # the logarithm of nothing
        {"growth": [growth("activity", {2021: -150})]},
        {"growth": [growth("activity", {2021: float("nan")})]},
        {"levers": [lever(tonnes=-1)]},
        {"levers": [lever(switch={"of": "coal", "to": "electricity", "share": -5})]},
        {"levers": [lever(change=float("inf"))]},
    ],
)
def test_a_number_that_makes_no_sense_is_refused(tmp_path: Path, fields: Any) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(yaml.safe_dump({"id": "case", "title": TITLE} | fields), "utf-8")
    with pytest.raises(Fault, match="bad_field"):
        read_scenario(file)


def test_quantiles_lie_between_zero_and_one() -> None:
    with pytest.raises(Fault, match="bad_field"):
        settings({"quantiles": [0.5, 2]})


def test_emissions_that_cannot_be_held_are_refused() -> None:
    with pytest.raises(Fault, match="runs_overflow"):
        project(smooth(), scenario(growth=[growth("activity", {2021: 1e6})]))


def test_a_share_stands_in_the_tree_and_its_mark_travels() -> None:
    held = replace(smooth(power=0.25), mark="official")
    recalled = {"document": "by hand", "checked": "M"}
    found = project(
        held, scenario(shares=[share("coal", {2025: 60}) | {"source": recalled}]), by=[2025]
    )
    assert found.mark == "recalled"
    tree = statement_tree(found, found.statements[0])
    [node] = [node for node in tree.walk() if node.ref.startswith("share/0/")]
    assert (node.label.en, node.value) == ("2025 %", 60)


def test_a_range_is_drawn_as_a_triangle() -> None:
    rng = np.random.default_rng(1)
    drawn = _triangular(np.array([[-0.3, -0.2, -0.05], [0.4, 0.4, 0.4]]), rng, 200_000)
    assert drawn[0].mean() == pytest.approx((-0.3 - 0.2 - 0.05) / 3, abs=1e-3)  # (a + b + c)/3
    assert -0.3 <= drawn[0].min() < -0.29
    assert -0.06 < drawn[0].max() <= -0.05
    assert (drawn[1] == 0.4).all()


# --- With chance ------------------------------------------------------------------------------


def moving(**fields: Any) -> Any:
    """A motion of one region and two sectors, to be replaced in part."""
    zero, shape = np.zeros((3, 1, 2)), (3, 3)
    given: dict[str, Any] = {
        "mean": zero,
        "error": zero,
        "last": zero,
        "spread": np.broadcast_to(np.array([0.03, 0.02, 0.01])[:, None, None], (3, 1, 2)),
        "persistence": np.array([0.5, 0.2, 0.0]),
        "shared": {k: np.zeros(shape) for k in ("nation", "region", "sector")} | {"own": np.eye(3)},
        "years": zero + 10,
        "grid": np.zeros((4, 1)),
        "grid_persistence": 0.0,
    }
    return Motion(**(given | fields))


def runs_of(motion: Any, **own: Any) -> Any:
    held = smooth((0.0, 0.0, 0.0), sectors=("a", "b"))
    chosen = settings({"draws": 20_000, "damping": 1.0} | own)
    path = course(held, levels(held, chosen), motion, scenario(growth=STILL), chosen)
    return simulate(path, motion, chosen), path


def test_shocks_have_the_variance_of_their_formula() -> None:
    # Level after h years: Σ_d s_d² Σ_{k=1..h} ((1 − ρ_d^k)/(1 − ρ_d))²
    found, path = runs_of(moving())
    logs = np.log(found.sectors / path.direct[:, 0].T[..., None])
    for h in (1, 5, 10):
        k = np.arange(1, h + 1)
        variance = sum(
            s**2 * (((1 - r**k) / (1 - r)) ** 2).sum()
            for s, r in ((0.03, 0.5), (0.02, 0.2), (0.01, 0.0))
        )
        assert logs[0, h - 1].var() == pytest.approx(variance, rel=0.04)
    assert np.corrcoef(logs[:, 9])[0, 1] == pytest.approx(0, abs=0.03)
    assert np.median(found.sectors[0, 9]) == pytest.approx(path.direct[9, 0, 0], rel=5e-3)


def test_what_sectors_share_correlates_them() -> None:
    # 40 % of each driver's variance is of the region: so is the correlation of two sectors
    shared = {k: np.zeros((3, 3)) for k in ("nation", "sector")}
    shared |= {"region": 0.4 * np.eye(3), "own": 0.6 * np.eye(3)}
    found, _ = runs_of(moving(shared=shared))
    assert np.corrcoef(np.log(found.sectors[:, 0]))[0, 1] == pytest.approx(0.4, abs=0.02)


def test_drivers_that_move_against_each_other_cancel() -> None:
    # intensity always undoes activity (correlation −1, same spread and persistence)
    own = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    shared = {k: np.zeros((3, 3)) for k in ("nation", "region", "sector")} | {"own": own}
    spread = np.broadcast_to(np.array([0.05, 0.05, 0.0])[:, None, None], (3, 1, 2))
    found, path = runs_of(moving(shared=shared, spread=spread, persistence=np.zeros(3)))
    assert np.log(found.sectors / path.direct[:, 0].T[..., None]).std() < 1e-3


def test_an_uncertain_trend_widens_with_time() -> None:
    error = np.zeros((3, 1, 2)) + np.array([0.01, 0, 0])[:, None, None]
    found, _ = runs_of(moving(error=error, spread=np.zeros((3, 1, 2))))
    spread = np.log(found.sectors[0]).std(axis=1)
    assert spread == pytest.approx(0.01 * np.arange(1, 11), rel=0.03)  # damping 1: h · 0.01


def test_the_same_seed_gives_the_same_bits_with_any_number_of_threads(example: Any) -> None:
    held, plan = example
    few = plan.model_copy(update={"settings": {"draws": 1_100}})  # the last chunk is short
    one, *others = (project(held, few, threads=n, by_region=True) for n in (1, 2, 5))
    assert one.runs.regions.sum(axis=0) == pytest.approx(one.runs.total)
    for other in others:
        assert one.runs.sectors.tobytes() == other.runs.sectors.tobytes()
        assert one.runs.regions.tobytes() == other.runs.regions.tobytes()
        assert one.targets == other.targets
    again = few.model_copy(update={"settings": {"draws": 1_100, "seed": 1}})
    assert project(held, again).runs.sectors.tobytes() != one.runs.sectors.tobytes()


def test_normals_are_counted() -> None:
    # per run and year: 3 drivers × (2 cells + 1 region + 2 sectors + 1 nation) + 1 grid factor;
    # once per run: 3 × 2 slopes + 1 of the grid
    assert normals((1, 2), years=10, draws=7) == 7 * (10 * (3 * 6 + 1) + 7)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_roots_are_triangular_and_reproduce_the_matrix(rank: Any) -> None:
    parts = np.random.default_rng(rank).normal(size=(3, rank))
    matrix = parts @ parts.T
    root = _root(matrix)
    assert np.triu(root, 1) == pytest.approx(0, abs=1e-12)
    assert root @ root.T == pytest.approx(matrix)


# --- Estimates --------------------------------------------------------------------------------


def simulated(seed: Any, *, regions: Any = 6, sectors: Any = 8, years: Any = 60) -> Any:
    """Histories drawn from known parameters: half of activity's shocks is of the region."""
    rng = np.random.default_rng(seed)
    new = np.sqrt(0.5) * rng.normal(size=(3, regions, sectors, years))
    new += np.sqrt(0.5) * rng.normal(size=(3, regions, 1, years))
    spread, persistence, mean = (np.array(x)[:, None, None] for x in SIMULATED)
    moved = np.zeros_like(new)
    for t in range(1, years):
        moved[..., t] = persistence * moved[..., t - 1] + spread * new[..., t]
    logs = (mean[..., None] + moved).cumsum(axis=-1)
    rows = []
    for r, s, t in np.ndindex(regions, sectors, years):
        base: dict[str, Any] = {"region": f"r{r}", "sector": f"s{s}", "group": "g"}
        base |= {"year": 1960 + t, "source": "drawn", "mark": "synthetic"}
        a, i, c = np.exp(logs[:, r, s, t])
        for fuel, measure, value, unit in (
            ("", "activity", a, "yuan"),
            ("coal", "energy", a * i * 1e3, "tce"),
            ("coal", "emission", a * i * c * 1e3, "tCO2"),
        ):
            rows.append(base | {"fuel": fuel, "measure": measure, "value": value, "unit": unit})
    return sector_table(rows)


SIMULATED = (0.04, 0.02, 0.01), (0.5, 0.3, 0.1), (0.03, -0.02, 0.0)


def test_parameters_are_found_again() -> None:
    held, chosen = simulated(3), settings({"window": 60, "prior_years": 0})
    motion = estimate(held, levels(held, chosen), chosen)
    spread, persistence, mean = SIMULATED
    assert motion.spread.mean(axis=(1, 2)) == pytest.approx(spread, rel=0.05)
    assert motion.persistence == pytest.approx(persistence, abs=0.06)
    assert motion.mean.mean(axis=(1, 2)) == pytest.approx(mean, abs=0.006)
    assert np.diag(motion.shared["region"]) == pytest.approx(0.5, abs=0.1)
    assert np.diag(motion.shared["nation"]) == pytest.approx(0, abs=0.1)
    assert np.diag(sum(motion.shared.values())) == pytest.approx(1)


def test_a_short_history_is_drawn_to_its_group() -> None:
    held, chosen = simulated(4, regions=1, years=12), settings()
    motion = estimate(held, levels(held, chosen), chosen)
    raw = np.diff(np.log(held.values["activity"][0, :, 0]), axis=-1).mean(axis=-1)
    assert np.ptp(motion.mean[0]) < np.ptp(raw)
    assert motion.mean[0].mean() == pytest.approx(raw.mean(), abs=1e-9)


def test_too_short_a_history_is_refused() -> None:
    with pytest.raises(Fault, match="drivers_short"):
        project(smooth(years=range(2018, 2021)), scenario())


# --- Peaks ------------------------------------------------------------------------------------


def test_the_highest_year_at_the_end_is_no_peak() -> None:
    total = np.array([[1.0, 3.0, 1.0], [2.0, 2.0, 1.5], [3.0, 1.0, 1.6]])  # (years, runs)
    found = peaks(total, (2021, 2022, 2023), {2019: 1.7, 2020: 1.6}, 2020)
    assert found.year.tolist() == [2023, 2021, 2019]
    assert found.level.tolist() == [3.0, 3.0, 1.7]
    assert found.by(2019) == pytest.approx(1 / 3)
    assert found.by(2022) == pytest.approx(2 / 3)
    assert found.by(2023) is None  # the run that is highest then may rise on
    assert found.shares == pytest.approx({2019: 1 / 3, 2021: 1 / 3, 2023: 1 / 3})


def test_the_earlier_of_two_equal_years_of_history_is_the_peak() -> None:
    found = peaks(np.array([[1.0], [0.5]]), (2021, 2022), {2018: 2.0, 2019: 2.0}, 2019)
    assert found.year.tolist() == [2018]


def test_peak_table_adds_up_and_says_what_is_no_peak(found: Any) -> None:
    rows = found.peaks.to_pylist()
    assert sum(row["probability"] for row in rows) == pytest.approx(1)
    kinds = {row["year"]: row["kind"] for row in rows}
    assert kinds[2025] == "past"
    assert kinds[2045] == "not_before"
    assert next(r for r in rows if r["year"] == 2045)["by_then"] is None
    by_2030 = next(r for r in rows if r["year"] == 2030)["by_then"]
    assert {s.year: s.probability for s in found.statements}[2030] == pytest.approx(by_2030)


# --- What is reported -------------------------------------------------------------------------


def test_years_hold_history_and_quantiles_of_all_and_of_sectors(found: Any) -> None:
    rows = found.years.to_pylist()
    at = {(r["sector"], r["year"], r["statistic"]): r["value"] for r in rows}
    assert at["", 2025, "reported"] == pytest.approx(219_845_039)
    assert sum(v for (s, y, k), v in at.items() if s and (y, k) == (2030, "plain")) == (
        pytest.approx(at["", 2030, "plain"])
    )
    order = [at["", 2030, f"q{n}"] for n in ("05", "25", "50", "75", "95")]
    assert order == sorted(order)
    assert at["", 2030, "mean"] == pytest.approx(found.runs.total[4].mean() / 1e6, rel=1e-6)
    assert {r["unit"] for r in rows} == {"tCO2"}
    assert {r["mark"] for r in rows} == {"synthetic"}


def test_levels_are_those_of_the_peaks(found: Any) -> None:
    at = {row["statistic"]: row["value"] for row in found.levels.to_pylist()}
    assert at["plain"] == pytest.approx(found.plain.sum(axis=(1, 2)).max() / 1e6)
    assert at["q50"] == pytest.approx(np.median(found.found.level) / 1e6)
    assert at["q05"] >= 219_845_038  # no peak lies below the highest year of the history


def test_why_the_median_differs_is_a_chain_of_steps(found: Any) -> None:
    rows = found.differences.to_pylist()
    assert [row["step"] for row in rows][0::4] == ["plain", "median_peak"]
    assert sum(row["change"] or 0 for row in rows) == pytest.approx(
        rows[-1]["value"] - rows[0]["value"]
    )
    assert rows[-1]["value"] >= rows[-2]["value"]  # own highest years lie above the median's


def test_targets_are_shares_of_runs(found: Any) -> None:
    by = {one.goal.id: one for one in found.targets}
    total = found.runs.total / 1e12
    assert by["cap-2035"].probability == pytest.approx((total[9] <= 215).mean(), abs=1e-4)
    assert by["peak"].probability == {s.year: s.probability for s in found.statements}[2030]
    activity = found.runs.activity[2030]
    base = found.course.past[-1].sum() / found.course.past_activity[-1].sum()
    cut = 1 - found.runs.total[4] / activity / base
    assert by["intensity-2030"].probability == pytest.approx((cut >= 0.22).mean(), abs=1e-4)
    assert by["intensity-2030"].plain == pytest.approx(22.8, abs=0.1)


def test_activity_of_the_runs_follows_levers_and_growth() -> None:
    # +10 % a year, a lever of −10 % on activity at full effect: intensity does not move
    held = smooth((0.0, 0.0, 0.0))
    stated = [growth("activity", {2021: 10}), *STILL[1:]]
    goal = {"id": "g", "title": TITLE, "kind": "reduction", "value": 0, "base_year": 2020}
    found = project(
        held,
        scenario(
            growth=stated,
            levers=[lever(driver="activity", change=-10)],
            targets=[goal | {"year": 2030, "source": CITED}],
        ),
    )
    assert found.targets[0].median == pytest.approx(0, abs=1e-3)
    assert found.targets[0].plain == pytest.approx(0, abs=1e-9)


def test_a_statement_says_what_it_rests_on(found: Any) -> None:
    statement = next(one for one in found.statements if one.year == 2030)
    tree = statement_tree(found, statement)
    refs = {node.ref: node for node in tree.walk()}
    assert tree.value == statement.probability
    assert refs["setting/seed"].value == 20260101
    assert refs["lever/clinker"].source == "fictional-plan/III.3"
    assert refs["persistence/activity"].value == pytest.approx(found.motion.persistence[0])
    assert refs["history/31/2025"].value == 69_465_282_000_000
    assert tree.worst == "synthetic"
    assert statement_figure(found, statement).startswith(
        "outlook:peak~example-plan~by-2030:example:2025-2045:"
    )


def test_a_year_beyond_the_horizon_is_not_answered(example: Any) -> None:
    held, plan = example
    found = project(held, plan.model_copy(update={"settings": {"draws": 10}}), by=[2045, 2060])
    unsaid = {one.year: one.probability for one in found.statements if one.year > 2030}
    assert unsaid == {2045: None, 2060: None}
    assert "beyond_horizon" in {finding.code for finding in found.findings}


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"horizon": 2020}, "scenario_horizon"),
        ({"levers": [lever(change=-5, sectors=["b"])]}, "scenario_label"),
        ({"growth": [growth("activity", {2021: 1}, sectors=["b"])]}, "scenario_label"),
        ({"levers": [lever(switch={"of": "coal", "to": "peat", "share": 5})]}, "lever_fuel"),
        (
            {"levers": [lever(switch={"of": "electricity", "to": "coal", "share": 30})]},
            "lever_share",
        ),
        ({"base_year": 1999}, "sector_year"),
        ({"settings": {"draws": 0}}, "bad_field"),
        ({"settings": {"drawz": 5}}, "bad_field"),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused(fields: Any, code: Any) -> None:
    with pytest.raises(Fault) as fault:
        project(smooth(power=0.25), scenario(**fields))
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (lever(), "exactly one"),
        (lever(change=-5, tonnes=3), "exactly one"),
        (lever(change=-5, full=2020), "full lies after start"),
        (lever(change=-100), "takes away all"),
        (lever(change={"low": 1, "central": 0, "high": 2}), "ascend"),
        (lever(change=-5) | {"source": {"document": "x"}}, "Field required"),
        (lever(change=-5, strength=3), "Extra inputs"),
    ],
)
def test_a_lever_file_that_is_wrong_names_the_field(one: Any, reason: Any, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(yaml.safe_dump({"id": "p", "title": TITLE, "levers": [one]}), "utf-8")
    with pytest.raises(Fault) as fault:
        read_scenario(file)
    assert fault.value.code == "bad_field"
    assert reason in fault.value.values["reason"]


def test_a_base_year_with_a_gap_is_refused() -> None:
    held = smooth()
    values = {name: part.copy() for name, part in held.values.items()}
    values["energy"][..., -1] = np.nan
    with pytest.raises(Fault, match="base_gap"):
        project(replace(held, values=values), scenario())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("here,a,g,coal,2020,energy,-1,tce,x", "sector_negative"),
        ("here,a,g,,2020,energy,1,tce,x", "sector_fuel"),
        ("here,a,g,coal,2020,activity,1,yuan,x", "sector_fuel"),
        ("here,a,g,coal,2020-01,energy,1,tce,x", "sector_not_year"),
        ("here,a,h,coal,2020,energy,1,tce,x", "sector_groups"),
        ("here,a,g,coal,2020,energy,1,yuan,x", "unit_mismatch"),
        ("here,a,g,coal,2020,heat,1,tce,x", "bad_choice"),
        ("here,a,g,,2019,activity,1,yuan,x", "duplicate"),
    ],
)
def test_a_history_that_is_wrong_is_refused(line: Any, code: Any, tmp_path: Path) -> None:
    head = "region,sector,group,fuel,year,measure,value,unit,source"
    good = [
        "here,a,g,,2019,activity,1,yuan,x",
        "here,a,g,coal,2019,energy,1,tce,x",
        "here,a,g,coal,2019,emission,1,tCO2,x",
    ]
    file = tmp_path / "sectors.csv"
    file.write_text("\n".join([head, *good, line, ""]), "utf-8")
    with pytest.raises((Unreadable, Fault)) as caught:
        read_sectors(file)
    fault = caught.value
    if isinstance(fault, Unreadable):
        assert code in {one.code for one in fault.findings}
    else:
        assert isinstance(fault, Fault)
        assert fault.code == code


# --- The commands -----------------------------------------------------------------------------


def test_the_command_gives_the_full_tables(
    repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = repo / "examples" / "outlook"
    code = run(
        "outlook_project",
        "en",
        as_json=True,
        workspace=tmp_path,
        scenario=folder / "plan.yaml",
        history=folder / "sectors.csv",
        by=[],
        own={"draws": 400, "seed": 7},
        threads=None,
        show_sectors=False,
        by_region=True,
        explain=True,
        tables=tmp_path / "out",
        figure=None,
    )
    data = json.loads(capsys.readouterr().out)
    assert code == 0
    assert data["mark"] == "synthetic"
    assert data["settings"]["seed"] == 7
    assert {row["statistic"] for row in data["years"]} >= {"reported", "plain", "mean", "q50"}
    assert data["trees"][0]["value"] == data["statements"][0]["probability"]
    assert [file.name for file in sorted((tmp_path / "out").iterdir())] == [
        "differences.parquet",
        "levels.parquet",
        "peaks.parquet",
        "years.parquet",
    ]
