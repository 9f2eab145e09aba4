"""Participants against a scorecard: scores, total, rank and class, each with how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.rulebook import (
    ClassRule,
    Criterion,
    Event,
    Scorecard,
    calculate,
    constant,
    decimals,
    symbols,
)

PERCENT = 100
Column = NDArray[Any]


@dataclass(frozen=True)
class Scored:
    """Participants scored, in the order given; ``n`` of them.

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
        missing: for each row what lacks for a rating: criteria, weights (``weight:…``), reference
            values (``base:…``, ``lead:…``), events whose size is open (``event:…``), and
            ``class`` where only the limits of the classes lack.
    """

    card: Scorecard
    values: dict[str, Column]
    scores: dict[str, Column]
    points: dict[str, Column]
    taken: dict[str, Column]
    total: Column
    ranks: list[int | None]
    classes: list[str]
    events: list[tuple[str, ...]]
    unseen: tuple[str, ...]
    missing: list[tuple[str, ...]]


def score(
    card: Scorecard,
    values: Mapping[str, Sequence[Any]],
    events: Mapping[str, Sequence[bool | None]] | None = None,
    references: Mapping[str, Sequence[Any]] | None = None,
) -> Scored:
    """Score participants against each other and against the card.

    Args:
        card: the scorecard; a template whose weights are open rates nobody, and says why.
        values: criterion → numbers in its unit, ``None`` where not reported.
        events: event → whether it happened to each participant; ``None`` where nothing was said.
        references: ``CRITERION_base`` and ``CRITERION_lead`` → numbers for each participant,
            where they differ (by sector, say); else those of the card.

    Returns:
        One row per participant. What is missing leaves a participant without rating, never with
        a zero; only the rated are ranked.
    """
    size = max((len(column) for column in values.values()), default=0)
    sheet = _Sheet(card, size, events or {}, references or {})
    for criterion in card.criteria:
        sheet.add(criterion, values.get(criterion.id, [None] * size))
    return sheet.result()


@dataclass
class _Sheet:
    """A scorecard while it is filled in."""

    card: Scorecard
    size: int
    happened: Mapping[str, Sequence[bool | None]]
    references: Mapping[str, Sequence[Any]]
    values: dict[str, Column] = field(default_factory=dict)
    scores: dict[str, Column] = field(default_factory=dict)
    points: dict[str, Column] = field(default_factory=dict)
    taken: dict[str, Column] = field(default_factory=dict)
    lacking: dict[str, Column] = field(default_factory=dict)

    def add(self, criterion: Criterion, given: Sequence[Any]) -> None:
        """Fill in one criterion."""
        value = decimals(given)
        symbol = {"value": value, **self._references(criterion)}
        names = symbols(self.card.normalised) if self.card.normalised else ()
        whole = np.ones(self.size, dtype=bool)
        for name in names:
            whole &= _known(symbol[name])
        found = constant(None, self.size)
        if self.card.normalised and whole.any():
            part = {name: symbol[name][whole] for name in names}
            found[whole] = calculate(self.card.normalised, part, int(whole.sum()))
        taken = np.zeros(self.size, dtype=bool)
        if criterion.missing == "mean" and _known(found).any():
            taken = ~_known(value)
            found[taken] = _mean(found[_known(found)])
        self.values[criterion.id], self.scores[criterion.id] = value, found
        self.taken[criterion.id] = taken
        self._note(criterion, symbol, names, taken)
        weight = decimals([criterion.weight])[0]
        self.points[criterion.id] = found * weight

    def _references(self, criterion: Criterion) -> dict[str, Column]:
        held = {"base": criterion.base, "lead": criterion.lead}
        return {
            name: decimals(self.references[key])
            if (key := f"{criterion.id}_{name}") in self.references
            else constant(cell if isinstance(cell, float) else None, self.size)
            for name, cell in held.items()
        }

    def _note(
        self,
        criterion: Criterion,
        symbol: Mapping[str, Column],
        names: Sequence[str],
        taken: Column,
    ) -> None:
        """Note what lacks for the points of a criterion."""
        self.lacking[criterion.id] = ~_known(symbol["value"]) & ~taken
        for name in set(names) - {"value"}:
            self.lacking[f"{name}:{criterion.id}"] = ~_known(symbol[name]) & ~taken
        if criterion.weight is None:
            self.lacking[f"weight:{criterion.id}"] = np.ones(self.size, dtype=bool)
        if self.card.normalised is None:
            self.lacking["normalised"] = np.ones(self.size, dtype=bool)

    def result(self) -> Scored:
        """Return totals, ranks and classes."""
        hit = {e.id: np.array(self.happened[e.id], dtype=bool) for e in self._events()}
        for event in self._events():
            silent = np.array([one is None for one in self.happened[event.id]], dtype=bool)
            open_ = event.effect in {"down", "points"} and event.size is None
            self.lacking[f"event:{event.id}"] = silent | hit[event.id] if open_ else silent
        total = sum(self.points.values(), constant(0, self.size))
        for event in self._events():
            if event.effect == "points" and event.size is not None:
                total = total - hit[event.id].astype(int) * decimals([event.size])[0]
        rated = ~_any(self.lacking, self.size)
        total[~rated] = decimals([None])[0]
        out = _any({e.id: hit[e.id] for e in self._events() if e.effect == "out"}, self.size)
        ranks = _ranks(total, rated & ~out)
        places = classify(self.card.classes, total, ranks)
        if not settled(self.card.classes):
            self.lacking["class"] = rated
        for event in self._events():
            places = _weighed(event, hit[event.id], places, self.card.classes)
        return Scored(
            self.card,
            self.values,
            self.scores,
            self.points,
            self.taken,
            total,
            ranks,
            ["" if place is None else self.card.classes[place].id for place in places],
            _named(hit, self.size),
            tuple(e.id for e in self.card.events if e.id not in self.happened),
            _named(self.lacking, self.size),
        )

    def _events(self) -> list[Event]:
        return [event for event in self.card.events if event.id in self.happened]


def settled(classes: Sequence[ClassRule]) -> bool:
    """Whether the limits of all classes are single numbers."""
    return bool(classes) and all(isinstance(_limit(one), float) for one in classes)


def classify(
    classes: Sequence[ClassRule], total: Column, ranks: Sequence[int | None]
) -> list[int | None]:
    """Return the place of each one's class, best is 0; ``None`` for who is not ranked.

    By score: the best class whose score the total reaches. By share: a class and the better ones
    hold at most ``top`` per cent of the ranked, rounded down; who share a rank across that border
    all belong to the worse class.
    """
    if not settled(classes):
        return [None] * len(ranks)
    number = sum(rank is not None for rank in ranks)
    shared: dict[int, int] = {}
    for rank in ranks:
        if rank is not None:
            shared[rank] = shared.get(rank, 0) + 1
    last = {rank: rank + count - 1 for rank, count in shared.items()}

    def place(row: int, rank: int) -> int | None:
        for index, one in enumerate(classes):
            if one.score is not None and total[row] >= Decimal(str(one.score)):
                return index
            if isinstance(one.top, float) and last[rank] * PERCENT <= one.top * number:
                return index
        return None

    return [None if rank is None else place(row, rank) for row, rank in enumerate(ranks)]


def _limit(one: ClassRule) -> Any:
    return one.top if one.score is None else one.score


def _known(column: Column) -> Column:
    return np.array([value == value for value in column], dtype=bool)  # noqa: PLR0124  NaN


def _mean(column: Column) -> Decimal:
    return Decimal(sum(column, Decimal(0)) / len(column))


def _any(flags: Mapping[str, Column], size: int) -> Column:
    found = np.zeros(size, dtype=bool)
    for rows in flags.values():
        found |= rows
    return found


def _ranks(total: Column, ranked: Column) -> list[int | None]:
    """Return places by total, best first; equal totals share a place."""
    ranks: list[int | None] = [None] * len(total)
    rows = sorted(np.flatnonzero(ranked), key=lambda row: total[row], reverse=True)
    before: tuple[Any, int] | None = None
    for place, row in enumerate(rows, start=1):
        rank = before[1] if before and before[0] == total[row] else place
        ranks[row], before = rank, (total[row], rank)
    return ranks


def _weighed(
    event: Event, hit: Column, places: list[int | None], classes: Sequence[ClassRule]
) -> list[int | None]:
    """Return the classes after an event."""
    last = len(classes) - 1
    worst = next((i for i, one in enumerate(classes) if one.id == event.to), last)

    def after(place: int | None) -> int | None:
        if event.effect == "out":
            return None
        if place is None or event.effect == "points":
            return place
        if event.effect == "class":
            return max(place, worst)
        return None if event.size is None else min(place + int(event.size), last)

    return [after(p) if h else p for p, h in zip(places, hit, strict=True)]


def _named(flags: Mapping[str, Column], size: int) -> list[tuple[str, ...]]:
    found: list[list[str]] = [[] for _ in range(size)]
    for name, rows in flags.items():
        for row in np.flatnonzero(rows):
            found[row].append(name)
    return [tuple(names) for names in found]
