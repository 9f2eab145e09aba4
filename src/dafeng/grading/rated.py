"""Rows held against scales and scorecards: grades at once, the rest when somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.grading.lazy import Chosen, Lazy
from dafeng.grading.ratings import Placing, Rating
from dafeng.grading.scales import grade, needed
from dafeng.grading.scorecards import Scored, score
from dafeng.grading.sheets import (
    REASON,
    REFERENCES,
    SCALE,
    VALUE,
    WHO,
    YES,
    Row,
    Sheet,
    column,
    columns_of,
)
from dafeng.rulebook import Rulebook, Scale, ScaleSet, Scorecard
from dafeng.vocabulary import Fault


class Ratings(Lazy[Rating]):
    """Values held against one scale.

    Attributes:
        edition, scale: what they were held against.
        graded: grades, limits and what lacks.
        rows: as given.
    """

    def __init__(
        self,
        rules: Rulebook,
        held: tuple[ScaleSet, Scale],
        rows: Sequence[Row],
        day: date,
    ) -> None:
        super().__init__(len(rows))
        self._rules, self._day, self.rows = rules, day, rows
        self.edition, self.scale = held
        given = {key: column(rows, key) for key in needed(self.scale)}
        self.graded = grade(self.edition, self.scale, column(rows, VALUE), given)

    def why(self, at: int) -> dict[str, str]:
        """Return what lacks for a grade of one, and why where the rows say it; empty if unsaid."""
        said = self.rows.why(at) if isinstance(self.rows, Sheet) else self.rows[at].get(REASON, {})
        return {name: said.get(name, "") for name in self.graded.missing(at)}

    @property
    def who(self) -> NDArray[Any]:
        """Who or what was graded."""
        return np.array(column(self.rows, WHO), object)

    def _make(self, at: int) -> Rating:
        held = (self.edition, self.scale, self._day)
        return Rating(self._rules, *held, self.graded[at], self.rows[at])


class Placings(Lazy[Placing]):
    """Participants of one scorecard.

    Attributes:
        scored: points, ranks, classes and what lacks.
        rows: as given.
    """

    def __init__(self, rules: Rulebook, scored: Scored, rows: Sequence[Row], day: date) -> None:
        super().__init__(len(rows))
        self._rules, self._day, self.scored, self.rows = rules, day, scored, rows

    def _make(self, at: int) -> Placing:
        return Placing(self._rules, self.scored, at, self._day, self.rows[at])


def rate(
    rules: Rulebook, editions: Sequence[ScaleSet], rows: Sequence[Row], day: date
) -> Chosen[Rating, Ratings]:
    """Hold the rows of a scale sheet against the scales that they name.

    Args:
        rules: where the clauses stand.
        editions: those that answer, the nearest place first.
        rows: with ``who``, ``scale`` (where there are several), ``value`` and inputs.
        day: on which the editions are in force.

    Returns:
        A rating per row, in their order; of each scale in one part.

    Raises:
        Fault: ``grade_which_scale`` where a row names none of them, and there are several.
    """
    chosen = {scale.id: (one, scale) for one in reversed(editions) for scale in one.scales}
    only = next(iter(chosen)) if len(chosen) == 1 else ""
    by_scale: dict[str, list[int]] = {}
    for index, name in enumerate(column(rows, SCALE)):
        by_scale.setdefault(name or only, []).append(index)
    parts, order = list[Ratings](), np.zeros((2, len(rows)), np.int64)
    for number, (name, places) in enumerate(by_scale.items()):
        if name not in chosen:
            who, near = str(rows[places[0]][WHO]), ", ".join(chosen)
            raise Fault("grade_which_scale", who, label=name or "–", near=near)
        own = rows if len(by_scale) == 1 else [rows[index] for index in places]
        parts.append(Ratings(rules, chosen[name], own, day))
        order[0, places], order[1, places] = number, np.arange(len(places))
    return Chosen(parts, *order)


def place(rules: Rulebook, card: Scorecard, rows: Sequence[Row], day: date) -> Placings:
    """Hold participants against a scorecard; a placing per row, in their order."""
    values = {one.id: column(rows, one.id) for one in card.criteria}
    names = [f"{one.id}_{part}" for one in card.criteria for part in REFERENCES]
    held = columns_of(rows)
    events = {
        one.id: [cell and cell == YES for cell in column(rows, one.id)]
        for one in card.events
        if one.id in held
    }
    references = {name: _or_card(card, name, rows) for name in names if name in held}
    return Placings(rules, score(card, values, events, references), rows, day)


def editions_of(rules: Rulebook, wanted: str, day: date, region: str) -> Sequence[ScaleSet]:
    """Return the scale sets of a family on a day, the nearest place first, or the one named.

    Raises:
        Fault: ``unknown_family``, ``no_edition``, ``edition_out_of_time``.
    """
    if wanted in rules.scales:
        return [rules.named(rules.scales, wanted, day)]
    return rules.editions(rules.scales, wanted, day, region)


def card_of(rules: Rulebook, wanted: str, day: date, region: str) -> Scorecard:
    """Return the scorecard of a family on a day, or the one named.

    Raises:
        Fault: ``unknown_family``, ``no_edition``, ``edition_out_of_time``.
    """
    if wanted in rules.scorecards:
        return rules.named(rules.scorecards, wanted, day)
    return rules.edition(rules.scorecards, wanted, day, region)


def _or_card(card: Scorecard, name: str, rows: Sequence[Row]) -> list[Any]:
    """Return the reference of each row, that of the card where a row has none."""
    criterion, _, part = name.rpartition("_")
    held: Mapping[str, Any] = {one.id: getattr(one, part) for one in card.criteria}
    usual = held[criterion] if isinstance(held[criterion], float) else None
    return [usual if cell is None else cell for cell in column(rows, name)]
