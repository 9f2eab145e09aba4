"""Decomposition: published figures, a case by hand, zeros, and sums that hold to the gram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dafeng.outlook import decompose, identities, lmdi, read_sectors, sector_table
from dafeng.vocabulary import Fault

# --- Published ---------------------------------------------------------------------------------

# The example data of the R package LMDIR (M. Heun, MIT licence), two sub-sub-categories with three
# factors each, and the results that its tests take from a worksheet of their own
# (tests/testthat/test_lmdi.R: "additive LMDI-I", "multiplicative LMDI-I").
X = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
ADDITIVE = {
    1972: (69.79006598, -9.455125793, 39.66505981),
    1973: (42.96021467, -34.31902656, 50.3588119),
    1974: (54.01064234, -9.021284671, 54.01064234),
}
MULTIPLICATIVE = {
    1972: (1.761117821, 0.926191306, 1.379410116),
    1973: (1.229284572, 0.847970248, 1.273773912),
    1974: (1.208140223, 0.968911503, 1.208140223),
}


def chain(factors: Any) -> Any:
    """Quantities of a chain from its factors, (factors, cells)."""
    return np.array(factors, float).T.cumprod(axis=0)


@pytest.mark.parametrize("year", ADDITIVE)
def test_effects_are_those_published(year: Any) -> None:
    before, after = chain(X[year - 1]), chain(X[year])
    effects = lmdi.additive(before, after).sum(axis=1)
    assert effects == pytest.approx(ADDITIVE[year], abs=5e-9)
    times = lmdi.multiplicative(effects, before[-1].sum(), after[-1].sum())
    assert times == pytest.approx(MULTIPLICATIVE[year], abs=5e-10)


# --- By hand -----------------------------------------------------------------------------------


def rows(
    values: Any, year: Any, *, sector: Any = "steel", region: Any = "here", group: Any = ""
) -> Any:
    """Rows of one sector: activity, then fuel → (energy, emission)."""
    base = {"region": region, "sector": sector, "group": group, "year": year}
    base |= {"source": "by hand", "mark": "synthetic"}
    activity, fuels = values
    made = {"fuel": "", "measure": "activity", "value": activity, "unit": "10^8 yuan"}
    found = [base | made]
    for fuel, (energy, emission) in fuels.items():
        parts = (("energy", energy, "tce"), ("emission", emission, "tCO2"))
        found += [
            base | {"fuel": fuel, "measure": m, "value": v, "unit": u}
            for m, v, u in parts
            if v is not None
        ]
    return found


def test_five_factors_by_hand() -> None:
    # One sector, one fuel: activity 100 → 200, energy 50 → 80 tce, emissions 100 → 200 t.
    # L(200, 100) = 100 / ln 2 t. activity: ln(200/100) = ln 2         → +100 t
    # intensity: (80/200)/(50/100) = 0.8, ln 0.8 · 100/ln 2 = −32.1928 → −32,192,809.49 g
    # factor: (200/80)/(100/50) = 1.25, ln 1.25 · 100/ln 2 = +32.1928; structure and fuels: 0
    held = sector_table(
        rows((100, {"coal": (50, 100)}), 2020) + rows((200, {"coal": (80, 200)}), 2025)
    )
    found = decompose(held, (2020, 2025))
    assert found.effects == {
        "activity": 100_000_000,
        "structure": 0,
        "intensity": -32_192_809,
        "fuels": 0,
        "factor": 32_192_809,
    }
    assert found.factors == pytest.approx(
        {"activity": 2, "structure": 1, "intensity": 0.8, "fuels": 1, "factor": 1.25}
    )
    assert (found.before, found.after, found.unit) == (100_000_000, 200_000_000, "gCO2")


def test_a_new_fuel_is_an_effect_of_the_mix_alone() -> None:
    # Gas was not used in 2020: in the limit all of its 30 t belong to the fuel mix, none to the
    # factor; energy and the other fuel stay as they are.
    held = sector_table(
        rows((100, {"coal": (50, 100), "gas": (0, 0)}), 2020)
        + rows((100, {"coal": (50, 100), "gas": (10, 30)}), 2025)
    )
    cells = {
        (row["factor"], row["fuel"]): row["effect"]
        for row in decompose(held, (2020, 2025)).table.to_pylist()
    }
    assert cells["fuels", "gas"] == 30_000_000
    assert cells["factor", "gas"] == cells["activity", "gas"] == cells["intensity", "gas"] == 0


def test_process_emissions_have_activity_and_factor_only() -> None:
    held = sector_table(
        rows((100, {"coal": (50, 100), "process": (None, 40)}), 2020)
        + rows((200, {"coal": (60, 120), "process": (None, 40)}), 2025)
    )
    cells = {
        row["factor"]: row["effect"]
        for row in decompose(held, (2020, 2025)).table.to_pylist()
        if row["fuel"] == "process"
    }
    assert cells["intensity"] == cells["fuels"] == 0
    assert cells["activity"] == -cells["factor"] == 27_725_887  # 40 t · ln 2, up and down


# --- Zeros ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        ([1, 0, 0], [1, 2, 6], [0, 6, 0]),  # the second quantity comes up
        ([1, 2, 0], [1, 2, 6], [0, 0, 6]),  # only the last one
        ([0, 0, 0], [1, 2, 6], [6, 0, 0]),
        ([3, 2, 6], [5, 0, 0], [0, -6, 0]),
        ([3, 0, 0], [5, 1, 0], [0, 0, 0]),  # never anything
    ],
)
def test_zeros_take_the_limit(before: Any, after: Any, effects: Any) -> None:
    found = lmdi.additive(np.array([before], float).T, np.array([after], float).T)
    assert found[:, 0].tolist() == effects
    # Against the small-value strategy, which converges to it slowly (Ang and Liu 2007): with
    # ratios kept where both parts vanish, δ in place of 0.
    tiny = 1e-200
    x, y = (np.where(np.array(v) == 0, tiny, v).astype(float) for v in (before, after))
    x, y = (np.array(v)[:, None] for v in (x, y))
    assert lmdi.additive(x, y)[:, 0] == pytest.approx(effects, abs=0.05)


def test_energy_without_activity_is_refused() -> None:
    held = sector_table(
        rows((0, {"coal": (50, 100)}), 2020)
        + rows((10, {"coal": (50, 100)}), 2025)
        + rows((10, {"coal": (50, 100)}), 2020, sector="paper")
        + rows((10, {"coal": (50, 100)}), 2025, sector="paper")
    )
    with pytest.raises(Fault) as fault:
        decompose(held, (2020, 2025))
    assert (fault.value.code, fault.value.place) == ("decompose_revived", "here/steel/coal")


def test_not_reported_is_not_zero() -> None:
    held = sector_table(
        rows((100, {"coal": (50, 100), "gas": (5, 10)}), 2020)
        + rows((100, {"coal": (50, 100)}), 2025)
    )
    with pytest.raises(Fault) as fault:
        decompose(held, (2020, 2025))
    assert (fault.value.code, fault.value.place) == ("decompose_missing", "here/steel/gas")


@pytest.mark.parametrize("years", [(2020,), (2025, 2020), (2020, 2020)])
def test_years_ascend(years: Any) -> None:
    held = sector_table(rows((1, {"coal": (1, 1)}), 2020) + rows((1, {"coal": (1, 1)}), 2025))
    with pytest.raises(Fault, match="decompose_years"):
        decompose(held, years)


# --- Sums that hold ----------------------------------------------------------------------------

amounts = st.floats(0, 1e16) | st.just(0.0)


def _chained(x: Any) -> Any:
    """Make a zero of a chain be followed by zeros only, as in a table that is not broken."""
    dead = np.cumsum(x <= 0, axis=0) > 0
    return np.where(dead, 0, x)


@given(
    arrays(float, (4, 6), elements=amounts).map(_chained),
    arrays(float, (4, 6), elements=amounts).map(_chained),
)
def test_effects_add_up_to_the_gram(before: Any, after: Any) -> None:
    ends = (np.floor(before[-1]).astype(np.int64), np.floor(after[-1]).astype(np.int64))
    effects = lmdi.additive(before, after)
    assert effects.sum(axis=0) == pytest.approx(after[-1] - before[-1], rel=1e-9, abs=1e4)
    whole = lmdi.whole(effects, ends[1] - ends[0])
    assert (whole.sum(axis=0) == ends[1] - ends[0]).all()


@settings(max_examples=20)
@given(st.data())
def test_a_table_of_any_numbers_splits_without_rest(data: Any) -> None:
    number = st.floats(0.001, 1e7).map(lambda x: round(x, 3))
    table = [
        row
        for year in (2019, 2020, 2021)
        for region in ("a", "b")
        for sector in ("x", "y")
        for row in rows(
            (
                data.draw(number),
                {f: (data.draw(number), data.draw(number)) for f in ("coal", "gas")},
            ),
            year,
            sector=sector,
            region=region,
        )
    ]
    held = sector_table(table)
    for identity in identities():
        whole = decompose(held, (2019, 2021), identity)
        chained = decompose(held, (2019, 2020, 2021), identity)
        for found in (whole, chained):
            assert sum(found.effects.values()) == found.after - found.before
            assert found.factors is not None
            product = np.prod(list(found.factors.values()))
            assert product == pytest.approx(found.after / found.before, rel=1e-9)
            assert sum(found.table["effect"].to_pylist()) == found.after - found.before
        parts = whole.effects_by("sector")
        assert {k: sum(p[k] for p in parts.values()) for k in whole.effects} == whole.effects


def test_the_example_splits_to_the_gram(repo: Path) -> None:
    held, findings = read_sectors(repo / "examples" / "outlook" / "sectors.csv")
    assert not findings
    found = decompose(held, (2006, 2025))
    assert sum(found.effects.values()) == found.after - found.before == 82_124_355_000_000
    assert found.held.mark == "synthetic"
    assert found.tree.worst == "synthetic"
    assert set(found.table["mark"].to_pylist()) == {"synthetic"}


def test_a_changed_input_changes_the_id() -> None:
    def held(emitted: Any) -> Any:
        return sector_table(
            rows((100, {"coal": (50, 100)}), 2020) + rows((200, {"coal": (80, emitted)}), 2025)
        )

    first, same, other = (decompose(held(x), (2020, 2025)).figure for x in (200, 200, 201))
    assert first == same != other
    assert first.startswith("outlook:decompose~industry:here:2020-2025:")
