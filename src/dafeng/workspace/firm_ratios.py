"""Ratios of enterprises' amounts, and the means of sectors that they are compared with."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.explain import Node
from dafeng.grading import Ratio, amounts
from dafeng.vocabulary import Text, factor, regions, sectors
from dafeng.workspace.firm_amounts import Amounts, prices_of
from dafeng.workspace.reporters import mark_at
from dafeng.workspace.told import added, too_large

Column = NDArray[Any]

_COMPARED = 2  # enterprises, of which one is compared with the mean
_DIGITS = 6  # of a ratio; what lies beyond is noise of division
_SHORT = 8  # characters of a hash over who is in a mean


@dataclass(frozen=True)
class Cells:
    """A ratio of each enterprise.

    Attributes:
        value: in the unit asked for; ``NaN`` where there is none.
        reason: why there is none (id of words); empty where there is one.
        lacks: id of the amount that lacks, where it is one.
        grow: gives, for the place of an enterprise, the nodes that its ratio rests on.
    """

    value: Column
    reason: Column
    lacks: Column
    grow: Callable[[int], tuple[Node, ...]]


@dataclass(frozen=True)
class Means:
    """The ratio of the sector of each enterprise: sum over sum of those that have both.

    Attributes:
        region: they lie there; who is shown makes no difference.
        group: number of each one's group: sector and price basis.
        members: whether it is in the sums.
        sums: by group, of what is above and of what is below; whole units.
        count: by group.
        rank: by group, of the worst mark in it.
    """

    region: str
    group: Column
    members: Column
    sums: tuple[Column, Column]
    count: Column
    rank: Column

    @property
    def value(self) -> Column:
        """The mean that each one is compared with; ``NaN`` where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.sums[0] / self.sums[1])[self.group])


class Ratios:
    """Ratios over the amounts of enterprises."""

    def __init__(self, held: Amounts) -> None:
        self.held = held

    def cells(self, wanted: Ratio, unit: str, region: str = "") -> Cells:
        """Return a ratio in a unit.

        Args:
            wanted: the ratio.
            unit: that it is said in.
            region: where those lie over whom the mean of a sector is taken.
        """
        over = self.held.part(wanted.over)
        lacks = np.where(over.reason != "", wanted.over, "").astype(object)
        if wanted.under is None:
            value = np.round(over.value * factor(over.unit, unit), _DIGITS)
            return Cells(value, over.reason, lacks, lambda at: (self.held.node(wanted.over, at),))
        under = self.held.part(wanted.under)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = over.value / under.value
        reason = np.where(over.reason != "", over.reason, under.reason)
        nothing = (reason == "") & ~(under.value > 0)
        reason = np.where(nothing, "firm_no_divisor", reason)
        lacks = np.where((lacks == "") & (reason != ""), wanted.under, lacks)
        if wanted.per_mean:
            means = self.means(wanted, region)
            alone = (reason == "") & (means.count[means.group] < _COMPARED)
            others = self._sector_sizes(means)
            why = np.where(others < _COMPARED, "firm_alone", "firm_alone_on_basis")
            reason = np.where(alone, why, reason)
            value = value / means.value
            own = self._grown(wanted, means)
        else:
            value, own = value * factor(f"{over.unit}/{under.unit}", unit), self._both(wanted)
        value[reason != ""] = np.nan
        return Cells(np.round(value, _DIGITS), reason, lacks, own)

    def means(self, wanted: Ratio, region: str) -> Means:
        """Return the means of sectors in a region, each on one price basis.

        Sums are of whole units, so that the order of rows does not matter.
        """
        held = self.held
        over, under = held.part(wanted.over), held.part(wanted.under or "")
        members = (
            held.within(region) & (over.reason == "") & (under.reason == "") & (under.value > 0)
        )
        basis = self.basis(wanted)
        _, code = np.unique(basis.astype(str), return_inverse=True)
        keys = held.sectors * (int(code.max(initial=0)) + 1) + code
        _, group = np.unique(keys, return_inverse=True)
        size = int(group.max(initial=-1)) + 1
        sums = []
        for part in (over, under):
            whole = np.where(members, part.value, 0).round().astype(np.int64)
            with too_large(lambda _: ""):
                sums.append(added(group, whole, size))
        rank = np.full(size, min(over.rank.min(initial=0), under.rank.min(initial=0)), np.int64)
        both = np.maximum(over.rank, under.rank)
        np.maximum.at(rank, group[members], both[members])
        count = np.bincount(group[members], minlength=size)
        return Means(region, group, members, (sums[0], sums[1]), count, rank)

    def basis(self, wanted: Ratio) -> Column:
        """Return the price basis of a ratio of each enterprise; empty where it has none."""
        parts = [self.held.part(name) for name in (wanted.over, wanted.under) if name]
        found = parts[0].basis
        for part in parts[1:]:
            found = np.where(found == "", part.basis, found)
        return found

    def _sector_sizes(self, means: Means) -> Column:
        """Return how many there are in the means of each one's sector, on whatever price basis."""
        held = self.held.sectors
        size = int(held.max(initial=-1)) + 1
        return np.bincount(held[means.members], minlength=size)[held]

    def _both(self, wanted: Ratio) -> Callable[[int], tuple[Node, ...]]:
        names = [name for name in (wanted.over, wanted.under) if name]
        return lambda at: tuple(self.held.node(name, at) for name in names)

    def _grown(self, wanted: Ratio, means: Means) -> Callable[[int], tuple[Node, ...]]:
        """Return what grows the nodes of a ratio to a mean; the mean of a group is grown once."""
        own, basis = self._both(wanted), self.basis(wanted)
        first = np.unique(means.group, return_index=True)[1]

        @cache
        def mean(group: int) -> Node:
            at = first[group]
            return self._mean(wanted, means, group, self.held.sectors[at], basis[at])

        return lambda at: (*own(at), mean(int(means.group[at])))

    def _mean(self, wanted: Ratio, means: Means, group: int, sector: int, basis: str) -> Node:
        """Return the mean of a group: who is in it, the two sums."""
        held, count = self.held, int(means.count[group])
        named, place = held.divisions[int(sector)], regions()[means.region]
        prices = prices_of(basis)
        zh, en = (f"，{prices.zh}", f", {prices.en}") if prices else ("", "")
        whom = Text(
            zh=f"{sectors()[named].zh}平均（{place.zh} {count} 家{zh}）",
            en=f"mean of {sectors()[named].en} ({count} enterprises in {place.en}{en})",
        )
        ref = "/".join(("mean", means.region, named, *([basis] if basis else []), held.year))
        names, mark = (wanted.over, wanted.under or ""), mark_at(int(means.rank[group]))
        parts = [held.part(name) for name in names]
        sums = [int(column[group]) for column in means.sums]
        unit = wanted.unit or f"{parts[0].unit}/{parts[1].unit}"
        scale = factor(f"{parts[0].unit}/{parts[1].unit}", unit)
        value = sums[0] / sums[1] * scale if sums[1] else None
        members = np.flatnonzero(means.members & (means.group == group)).tolist()
        ids = "\n".join(str(held.rows[at]["reporter"]) for at in members)
        digest = hashlib.sha256(ids.encode()).hexdigest()[:_SHORT]
        children = [
            Node(
                "account" if name in amounts() else "entry",
                f"{ref}/{name}",
                Text(zh=f"合计：{part.label.zh}", en=f"sum: {part.label.en}"),
                total,
                part.unit,
                mark,
            )
            for name, part, total in zip(names, parts, sums, strict=True)
        ]
        label = Text(zh="参与平均的企业数", en="enterprises in it")
        children.append(Node("entry", f"{ref}/set-{digest}", label, count))
        return Node("formula", ref, whom, value, unit, mark, children=tuple(children))


def one_basis(held: Ratios, wanted: Ratio, cells: Cells, among: Column) -> tuple[Cells, str]:
    """Return a ratio on the price basis that most of some enterprises have it in, and the basis.

    Of two that are as frequent the newer one is taken; who has another lacks the ratio.
    """
    basis = held.basis(wanted)
    known = np.zeros(len(basis), bool)
    known[among] = True
    known &= cells.reason == ""
    counts = Counter(basis[known].tolist())
    if len(counts) < _COMPARED:
        return cells, next(iter(counts), "")
    chosen = max((count, name) for name, count in counts.items())[1]
    other = known & (basis != chosen)
    value = np.where(other, np.nan, cells.value)
    return Cells(
        value, np.where(other, "firm_other_basis", cells.reason), cells.lacks, cells.grow
    ), chosen
