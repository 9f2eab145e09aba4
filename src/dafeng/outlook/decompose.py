"""A change of emissions or energy split by a declared chain of factors, to the gram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from dafeng.explain import Node, figure_id
from dafeng.outlook import lmdi
from dafeng.outlook.sector_table import ACTIVITY, AXES, SectorTable
from dafeng.vocabulary import Entries, Fault, Term, Text, read_records

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FUEL = AXES.index("fuel")
_METHOD = Text(
    zh="LMDI-I：ΔV_k = Σ L(V¹, V⁰)·ln(f_k¹/f_k⁰)；各因素之和恰为变化量",
    en="LMDI-I: ΔV_k = Σ L(V¹, V⁰)·ln(f_k¹/f_k⁰); the effects sum to the change",
)


class Link(Term):
    """A quantity of a chain: a measure, summed over the axes that ``by`` does not name."""

    measure: str
    by: tuple[str, ...] = ()


class Identity(Term):
    """A chain of quantities; its last one is what is split."""

    links: tuple[Link, ...] = Field(min_length=2)


@dataclass(frozen=True)
class Step:
    """The change between two years.

    Attributes:
        before, after: whole units (grams) of each cell, (regions, sectors, fuels).
        effects: (factors, regions, sectors, fuels), whole; they add up to after − before.
    """

    from_year: int
    to_year: int
    before: Ints
    after: Ints
    effects: Ints

    @property
    def by_factor(self) -> Ints:
        """Effect of each factor over all cells, (factors,)."""
        return np.asarray(self.effects.reshape(len(self.effects), -1).sum(axis=1))


@dataclass(frozen=True)
class Decomposition:
    """A change split among the factors of an identity, step by step.

    Attributes:
        unit: unit of the effects (``gCO2e``, ``gCO2``, ``gce``).
    """

    identity: Identity
    held: SectorTable
    steps: tuple[Step, ...]
    unit: str

    @property
    def before(self) -> int:
        """Amount of the first year."""
        return int(self.steps[0].before.sum())

    @property
    def after(self) -> int:
        """Amount of the last year."""
        return int(self.steps[-1].after.sum())

    @property
    def effects(self) -> dict[str, int]:
        """Effect of each factor over all steps; they add up to ``after − before``."""
        sums = sum(step.by_factor for step in self.steps)
        return {
            link.id: int(x)
            for link, x in zip(self.identity.links, np.atleast_1d(sums), strict=True)
        }

    def effects_by(self, axis: str) -> dict[str, dict[str, int]]:
        """Return the effects along an axis: label → factor → whole amount.

        Raises:
            Fault: ``decompose_axis`` where the identity does not part its amounts along it.
        """
        named = self.identity.links[-1].by
        if axis not in named:
            raise Fault("decompose_axis", self.identity.id, axis=axis, near=", ".join(named))
        at = AXES.index(axis)
        others = tuple(i + 1 for i in range(len(AXES)) if i != at)
        sums = np.sum([step.effects.sum(axis=others) for step in self.steps], axis=0)
        links = [link.id for link in self.identity.links]
        return {
            label: dict(zip(links, map(int, sums[:, i]), strict=True))
            for i, label in enumerate(self.held.axes[axis])
            if sums[:, i].any()
        }

    @cached_property
    def factors(self) -> dict[str, float] | None:
        """How many times each factor moved the total; the product is after/before.

        ``None`` where a total is zero. Over several steps the factors of the steps are multiplied.
        """
        found = np.ones(len(self.identity.links))
        for step in self.steps:
            ends = float(step.before.sum()), float(step.after.sum())
            moved = lmdi.multiplicative(step.by_factor.astype(float), *ends)
            if moved is None:
                return None
            found *= moved
        return {link.id: float(x) for link, x in zip(self.identity.links, found, strict=True)}

    @property
    def table(self) -> pa.Table:
        """The effects, tidy: from_year, to_year, factor, region, sector, fuel, effect, unit, mark.

        ``effect`` is a whole number of ``unit``; cells in which nothing was or is are left out.
        """
        names = ("from_year", "to_year", "factor", *AXES)
        rows = [row for step in self.steps for row in self._rows(step)]
        columns: list[Any] = list(zip(*rows, strict=True)) or [()] * (len(names) + 1)
        kinds = [pa.int64(), pa.int64(), *[pa.string()] * (1 + len(AXES)), pa.int64()]
        arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
        found = pa.table(arrays, names=[*names, "effect"])
        for name, value in (("unit", self.unit), ("mark", self.held.mark)):
            found = found.append_column(name, pa.array([value] * found.num_rows, pa.string()))
        return found

    def _rows(self, step: Step) -> list[tuple[Any, ...]]:
        named = self.identity.links[-1].by
        labels = [self.held.axes[axis] if axis in named else ("",) for axis in AXES]
        cells = np.argwhere((step.before != 0) | (step.after != 0))
        return [
            (
                *(step.from_year, step.to_year, link.id),
                *(labels[axis][i] for axis, i in enumerate(cell)),
                int(step.effects[(k, *cell)]),
            )
            for k, link in enumerate(self.identity.links)
            for cell in cells
        ]

    @cached_property
    def tree(self) -> Node:
        """What the change rests on: its factors, the amounts of both years, the sources."""
        links = self.identity.links
        first, last = self.steps[0].from_year, self.steps[-1].to_year
        formula = Text(
            zh=f"{_METHOD.zh}（{self.identity.zh}）", en=f"{_METHOD.en} ({self.identity.en})"
        )
        parts = [
            Node(
                "formula",
                f"effect/{link.id}/{first}/{last}",
                link.name,
                self.effects[link.id],
                self.unit,
                detail=formula,
            )
            for link in links
        ]
        said = ", ".join(self.held.sources)
        ends = [
            Node(
                "entry",
                f"amount/{year}",
                Text(zh=f"{year} 年", en=str(year)),
                value,
                self.unit,
                self.held.mark,
                source=said,
            )
            for year, value in ((first, self.before), (last, self.after))
        ]
        name = Text(zh=f"{first}–{last} 年的变化", en=f"change {first} to {last}")
        return Node(
            "figure",
            f"decomposition/{self.identity.id}/{first}/{last}",
            name,
            self.after - self.before,
            self.unit,
            children=(*parts, *ends),
        )

    @property
    def figure(self) -> str:
        """Id of the change."""
        scope = "+".join(self.held.axes["region"])
        period = f"{self.steps[0].from_year}-{self.steps[-1].to_year}"
        return figure_id("outlook", f"decompose~{self.identity.id}", scope, period, self.tree)


@cache
def identities() -> Entries[Identity]:
    """The declared chains of factors."""
    path = Path(__file__).parent / "data" / "identities.yaml"
    return Entries("identity", read_records(Identity, path, "identities"))


def decompose(held: SectorTable, years: Sequence[int], identity: str = "industry") -> Decomposition:
    """Split the change between years, step by step from each year to the next one given.

    Args:
        held: the history by sector.
        years: two or more, ascending; two give one step, all give a chained decomposition.
        identity: id of the chain.

    Raises:
        Fault: ``unknown_identity``, ``sector_year``, ``decompose_years``, ``decompose_missing``,
            ``decompose_revived``.
    """
    chain = identities().resolve(identity)
    if len(years) <= 1 or list(years) != sorted(set(years)):
        raise Fault("decompose_years", years=", ".join(map(str, years)))
    quantities = {year: _quantities(held, chain, year) for year in years}
    steps = tuple(
        _step(held, pair, quantities[pair[0]], quantities[pair[1]]) for pair in pairwise(years)
    )
    return Decomposition(chain, held, steps, held.units[chain.links[-1].measure])


def _step(held: SectorTable, years: tuple[int, int], before: Floats, after: Floats) -> Step:
    links, *shape = before.shape
    flat = before.reshape(links, -1), after.reshape(links, -1)
    for year, quantities in zip(years, flat, strict=True):
        cells = np.flatnonzero(lmdi.broken(quantities))
        if cells.size:
            cell = np.unravel_index(cells[0], shape)
            raise Fault("decompose_revived", _named(held, cell), year=year)
    ends = [whole_units(quantities[-1]) for quantities in flat]
    effects = lmdi.additive(*flat)
    sums = lmdi.whole(effects, ends[1] - ends[0])
    return Step(*years, ends[0].reshape(shape), ends[1].reshape(shape), sums.reshape(before.shape))


def whole_units(amounts: Floats) -> Ints:
    """Round amounts half away from zero to whole units."""
    return np.asarray(np.sign(amounts) * np.floor(np.abs(amounts) + 0.5), dtype=np.int64)


def _quantities(held: SectorTable, chain: Identity, year: int) -> Floats:
    """Return the chain of each cell in a year, (links, regions, sectors, fuels).

    Axes that the last link does not name have one place. Process emissions have no energy; for them
    the links of energy take the quantity before, so that their factor is what is emitted per
    activity.
    """
    last = chain.links[-1]
    present = np.asarray(~np.isnan(held.values[last.measure]).all(axis=-1))
    summed_up = _others(last)
    cells = np.logical_or.reduce(present, axis=summed_up, keepdims=True)
    found: list[Floats] = []
    for link in chain.links:
        values = held.at(link.measure, year)
        _refuse_gaps(held, link.measure, year, present)
        over = _others(link)
        quantity = np.broadcast_to(np.nansum(values, axis=over, keepdims=True), cells.shape).copy()
        if link.measure != ACTIVITY and FUEL not in summed_up:
            without = ~held.fuels_of(link.measure)
            quantity[..., without] = found[-1][..., without]
        found.append(np.where(cells, quantity, 0))
    return np.stack(found)


def _refuse_gaps(held: SectorTable, measure: str, year: int, present: NDArray[np.bool_]) -> None:
    """Refuse a cell that lacks a measure in a year: not reported is not zero."""
    missing = np.isnan(held.at(measure, year))
    if measure == ACTIVITY:
        gaps = missing.all(axis=FUEL, keepdims=True) & present.any(axis=FUEL, keepdims=True)
    else:
        gaps = missing & present & held.fuels_of(measure)
    for cell in np.argwhere(gaps)[:1]:
        raise Fault("decompose_missing", _named(held, tuple(cell)), measure=measure, year=year)


def _others(link: Link) -> tuple[int, ...]:
    return tuple(i for i, axis in enumerate(AXES) if axis not in link.by)


def _named(held: SectorTable, cell: Sequence[Any]) -> str:
    return "/".join(
        held.axes[axis][i] for axis, i in zip(AXES, cell, strict=True) if held.axes[axis][i]
    )
