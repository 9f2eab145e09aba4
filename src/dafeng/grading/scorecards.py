"""Participants against a scorecard: scores, total, rank and class, each with how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.grading.lazy import Exact, Places
from dafeng.grading.near import Near, Same, floats
from dafeng.rulebook import (
    ClassRule,
    Criterion,
    Event,
    Scorecard,
    calculate,
    constant,
    decimals,
    evaluate,
    symbols,
)

PERCENT = 100
Column = NDArray[Any]


@dataclass(frozen=True)
class Scored:
    """Participants scored, in the order given; ``n`` of them.

    Ranks and classes are there at once; exact numbers are computed for those that are read.

    Attributes:
        card: what they were held against.
        values: criterion → values, in the unit of the criterion (``Decimal``, ``NaN`` for none).
        scores: criterion → normalised scores.
        points: criterion → weight times score.
        taken: criterion → rows whose score is the mean of the others, as the card says.
        total: sum of the points, less deductions; ``NaN`` for who is not rated.
        ranks: place by total, best is 1, equal totals share it; ``None`` for who is not ranked.
        classes: id of the class; empty where there is none.
        events: for each row the events that weighed.
        unseen: events of the card of which nothing was said; they weigh on nobody.
        missing: for each row what lacks for a rating: criteria, scores that would divide by zero
            (``undefined:…``), weights (``weight:…``), reference
            values (``base:…``, ``lead:…``), events whose size is open (``event:…``), and
            ``class`` where only the limits of the classes lack.
    """

    card: Scorecard
    values: dict[str, Exact]
    scores: dict[str, Exact]
    points: dict[str, Exact]
    taken: dict[str, Column]
    total: Exact
    ranks: list[int | None]
    classes: list[str]
    events: list[tuple[str, ...]]
    unseen: tuple[str, ...]
    missing: list[tuple[str, ...]]


class _Points:
    """A criterion filled in: exact numbers of some rows, and near ones of all.

    Attributes:
        taken: rows whose score is the mean of the others.
        lacking: what lacks → rows that lack it.
    """

    def __init__(
        self,
        card: Scorecard,
        criterion: Criterion,
        given: Sequence[Any] | Column,
        references: Mapping[str, Sequence[Any]],
    ) -> None:
        self._card, self._criterion, self._size = card, criterion, len(given)
        self._given: dict[str, Sequence[Any] | Column] = {"value": given}
        for name, cell in (("base", criterion.base), ("lead", criterion.lead)):
            usual = cell if isinstance(cell, float) else None
            self._given[name] = references.get(f"{criterion.id}_{name}", Same(usual, self._size))
        self._names = symbols(card.normalised) if card.normalised else ()
        near = {name: floats(cells) for name, cells in self._given.items()}
        known = {name: ~np.isnan(cells) for name, cells in near.items()}
        self._whole = np.logical_and.reduce(
            [np.full(self._size, bool(card.normalised)), *(known[name] for name in self._names)]
        )
        self.value = Exact(self._size, lambda at: decimals(_at(given, at)))
        self._plain = Exact(self._size, self._normalised)
        self._near = self._nearly(near)
        self.taken = np.zeros(self._size, dtype=bool)
        if criterion.missing == "mean" and self._near.known.any():
            self.taken = ~known["value"]
        self.lacking = self._lacks(known)
        self._weight = decimals([criterion.weight])[0]
        self.score = Exact(self._size, self._scored)
        self.points = Exact(self._size, lambda at: self.score.at(at) * self._weight)

    def near(self) -> Near:
        """Return the points of all, nearly."""
        low, high = self._near.low.copy(), self._near.high.copy()
        if self.taken.any():
            there = self._near.known
            count = int(there.sum())
            low[self.taken], high[self.taken] = fsum(low[there]) / count, fsum(high[there]) / count
        return Near(low, high) * Near.of(floats([self._criterion.weight]))

    def _scored(self, at: Places) -> Column:
        found = self._plain.at(at)
        found[self.taken[at]] = self._mean if self.taken[at].any() else None
        return found

    @cached_property
    def _mean(self) -> Decimal:
        """The mean of all scores, in their order."""
        held = self._plain.at(np.flatnonzero(self._near.known))
        return Decimal(sum(held, Decimal(0)) / len(held))

    def _normalised(self, at: Places) -> Column:
        """Return exact scores of some rows, ``NaN`` where something lacks."""
        found = constant(None, len(at))
        whole = at[self._whole[at]]
        if len(whole):
            part = {name: decimals(_at(self._given[name], whole)) for name in self._names}
            formula = str(self._card.normalised)
            found[self._whole[at]] = calculate(formula, part, len(whole))
        return found

    def _nearly(self, given: Mapping[str, Any]) -> Near:
        """Return the scores of all, nearly; what floats cannot tell by the exact ones."""
        found = Near.of(np.full(self._size, np.nan))
        if self._whole.any():
            part: dict[str, Any] = {name: Near.of(given[name]) for name in self._names}
            try:
                with np.errstate(all="ignore"):
                    found = evaluate(str(self._card.normalised), part, lambda n: Near.of(float(n)))
            except TypeError:  # a function that they do not have
                pass
        left = np.flatnonzero(self._whole & ~found.known)
        exact = Near.of(floats(self._plain.at(left)))
        low, high = (np.where(self._whole, side, np.nan) for side in (found.low, found.high))
        low[left], high[left] = exact.low, exact.high
        return Near(low, high)

    def _lacks(self, known: Mapping[str, Column]) -> dict[str, Column]:
        """Return what lacks for the points, and for whom."""
        one, everybody = self._criterion, np.ones(self._size, dtype=bool)
        found = {one.id: ~known["value"] & ~self.taken}
        found[f"undefined:{one.id}"] = self._whole & ~self._near.known  # divided by zero
        for name in dict.fromkeys(self._names):
            if name != "value":
                found[f"{name}:{one.id}"] = ~known[name] & ~self.taken
        if one.weight is None:
            found[f"weight:{one.id}"] = everybody
        if self._card.normalised is None:
            found["normalised"] = everybody
        return found


def score(
    card: Scorecard,
    values: Mapping[str, Sequence[Any] | Column],
    events: Mapping[str, Sequence[bool | None]] | None = None,
    references: Mapping[str, Sequence[Any]] | None = None,
) -> Scored:
    """Score participants against each other and against the card.

    Args:
        card: the scorecard; a template whose weights are open rates nobody, and says why.
        values: criterion → numbers in its unit, ``None`` or NaN where not reported.
        events: event → whether it happened to each participant; ``None`` where nothing was said.
        references: ``CRITERION_base`` and ``CRITERION_lead`` → numbers for each participant,
            where they differ (by sector, say); else those of the card.

    Returns:
        One row per participant. What is missing leaves a participant without rating, never with
        a zero; only the rated are ranked. Ranks and classes follow from floats as far as they can
        tell totals apart, and from decimals where they cannot.
    """
    size = max((len(column) for column in values.values()), default=0)
    parts = {
        one.id: _Points(card, one, values.get(one.id, Same(None, size)), references or {})
        for one in card.criteria
    }
    lacking = {name: rows for part in parts.values() for name, rows in part.lacking.items()}
    held = [event for event in card.events if event.id in (events or {})]
    happened = {one.id: np.array((events or {})[one.id], dtype=object) for one in held}
    hit = {name: cells.astype(bool) for name, cells in happened.items()}
    for event in held:
        silent = np.array([one is None for one in happened[event.id]], dtype=bool)
        open_ = event.effect in {"down", "points"} and event.size is None
        lacking[f"event:{event.id}"] = silent | hit[event.id] if open_ else silent
    rated = ~_any(lacking, size)
    taken_off = [(hit[e.id], decimals([e.size])[0]) for e in held if _sized(e)]

    def exact(at: Places) -> Column:
        found = sum((part.points.at(at) for part in parts.values()), constant(0, len(at)))
        for where, points in taken_off:
            found = found - where[at].astype(int) * points
        found[~rated[at]] = decimals([None])[0]
        return np.asarray(found)

    near = sum((part.near() for part in parts.values()), Near.of(np.zeros(size)))
    for where, points in taken_off:
        near -= Near.of(np.where(where, float(points), 0.0))
    total = Exact(size, exact)
    out = _any({e.id: hit[e.id] for e in held if e.effect == "out"}, size)
    ranks = _ranks(near, total, np.flatnonzero(rated & ~out))
    places = _classes(card.classes, near, total, ranks)
    if not settled(card.classes):
        lacking["class"] = rated
    for event in held:
        places = _weighed(event, hit[event.id], places, card.classes)
    names = np.array([*(one.id for one in card.classes), ""], dtype=object)
    return Scored(
        card,
        {name: part.value for name, part in parts.items()},
        {name: part.score for name, part in parts.items()},
        {name: part.points for name, part in parts.items()},
        {name: part.taken for name, part in parts.items()},
        total,
        [rank or None for rank in ranks.tolist()],
        names[places].tolist(),
        _named(hit, size),
        tuple(e.id for e in card.events if e.id not in happened),
        _named(lacking, size),
    )


def _sized(event: Event) -> bool:
    return event.effect == "points" and event.size is not None


def settled(classes: Sequence[ClassRule]) -> bool:
    """Whether the limits of all classes are single numbers."""
    return bool(classes) and all(isinstance(_limit(one), float) for one in classes)


def _limit(one: ClassRule) -> Any:
    return one.top if one.score is None else one.score


def _ranks(near: Near, total: Exact, ranked: Places) -> Column:
    """Return places by total, best is 1, equal totals share one; 0 for who is not ranked.

    Who overlaps with nobody is in order by floats; the others are put in order by decimals.
    """
    order = ranked[np.argsort(near.low[ranked], kind="stable")]
    before = np.maximum.accumulate(np.append(-np.inf, near.high[order]))
    fresh = near.low[order] > before[:-1]
    group = np.cumsum(fresh)
    crowd = np.flatnonzero(np.bincount(group, minlength=1)[group] > 1)
    exact = total.at(order[crowd])
    turn = sorted(range(len(crowd)), key=lambda one: (group[crowd[one]], exact[one]))
    order[crowd] = order[crowd[turn]]
    for one, (this, other) in enumerate(zip(turn[1:], turn, strict=False), start=1):
        fresh[crowd[one]] |= bool(exact[this] != exact[other])
    last = np.append(np.flatnonzero(fresh)[1:], len(order))  # where the next larger one stands
    ranks = np.zeros(len(near.low), np.int64)
    ranks[order] = len(order) + 1 - last[np.cumsum(fresh) - 1]
    return ranks


def _classes(classes: Sequence[ClassRule], near: Near, total: Exact, ranks: Column) -> Column:
    """Return the place of each one's class, best is 0; −1 for who has none.

    By score: the best class whose score the total reaches. By share: a class and the better ones
    hold at most ``top`` per cent of the ranked, rounded down; who share a rank across that border
    all belong to the worse class.
    """
    places = np.full(len(ranks), -1)
    if not settled(classes):
        return places
    left, number = ranks > 0, int((ranks > 0).sum())
    last = ranks + np.bincount(ranks, minlength=1)[ranks] - 1
    for index, one in enumerate(classes):
        reached = np.zeros(len(ranks), bool)
        if one.score is not None:
            limit = Near.of(one.score)
            reached = near.low >= limit.high
            close = np.flatnonzero(left & ~reached & ~(near.high < limit.low))
            reached[close] = total.at(close) >= Decimal(str(one.score))
        elif isinstance(one.top, float):
            reached = last * PERCENT <= one.top * number
        places[left & reached] = index
        left &= ~reached
    return places


def _any(flags: Mapping[str, Column], size: int) -> Column:
    found = np.zeros(size, dtype=bool)
    for rows in flags.values():
        found |= rows
    return found


def _weighed(event: Event, hit: Column, places: Column, classes: Sequence[ClassRule]) -> Column:
    """Return the classes after an event."""
    last = len(classes) - 1
    worst = next((i for i, one in enumerate(classes) if one.id == event.to), last)
    after = places
    if event.effect == "out" or (event.effect == "down" and event.size is None):
        after = np.full(len(places), -1)
    elif event.effect == "class":
        after = np.maximum(places, worst)
    elif event.effect == "down":
        after = np.minimum(places + int(event.size or 0), last)
    return np.where(hit & (places >= 0), after, places)


def _named(flags: Mapping[str, Column], size: int) -> list[tuple[str, ...]]:
    """Return for each row the names of the flags that it has; rows alike share them."""
    code, texts = np.zeros(size, np.int64), [()] if size else list[tuple[str, ...]]()
    for name, rows in flags.items():
        if rows.any():
            held, code = np.unique(code * 2 + rows, return_inverse=True)
            texts = [(*texts[one // 2], name) if one % 2 else texts[one // 2] for one in held]
    return [texts[one] for one in code.tolist()]


def _at(cells: Sequence[Any] | Column, at: Places) -> list[Any]:
    if isinstance(cells, np.ndarray):
        return list(cells[at].tolist())
    return [cells[one] for one in at.tolist()]
