"""Ratings: a grade or class with its words, what lacks, figure id and tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from dafeng.explain import Node, figure_id
from dafeng.grading.scales import BEYOND, Graded, grade, needed
from dafeng.grading.scorecards import Scored, score
from dafeng.grading.sheets import (
    GROW,
    MARK,
    REFERENCES,
    SCALE,
    SOURCE,
    VALUE,
    WHO,
    YES,
    Row,
    clause_of,
    column,
)
from dafeng.rulebook import Criterion, Rulebook, Scale, ScaleSet, Scorecard
from dafeng.vocabulary import Fault, Text, marks

_VALUE = Text(zh="数值", en="value")
_LIMIT = Text(zh="限值", en="limit")
_POINTS = Text(zh="得分", en="points")
_REFERENCES = {
    "weight": Text(zh="权重", en="weight"),
    "base": Text(zh="基准值", en="base"),
    "lead": Text(zh="领跑值", en="lead"),
}
_DIMENSIONLESS = "1"


@dataclass(frozen=True)
class Rating:
    """A value held against a scale.

    Attributes:
        rules: where the clauses stand.
        edition, scale: what it was held against.
        day: on which the edition is in force.
        graded: grade, limits, margin, what was assumed and what lacks.
        row: as given, with its mark and place.
    """

    rules: Rulebook
    edition: ScaleSet
    scale: Scale
    day: date
    graded: Graded
    row: Row

    @property
    def who(self) -> str:
        """Who or what was graded."""
        return str(self.row[WHO])

    @property
    def rule(self) -> str:
        """Id of the edition."""
        return self.edition.id

    @property
    def name(self) -> Text | None:
        """The grade in words, ``None`` where there is none."""
        if self.graded.grade == BEYOND:
            return self.edition.beyond
        held = {one.id: Text(zh=one.zh, en=one.en) for one in self.edition.grades}
        return held.get(self.graded.grade)

    @cached_property
    def tree(self) -> Node:
        """How the grade came about: value, inputs, limits, clause."""
        unit = "" if self.scale.unit == _DIMENSIONLESS else self.scale.unit
        mark = marks().resolve(self.scale.checked or self.edition.checked).id
        limits = [
            Node(
                "parameter",
                f"{self.edition.id}/{self.scale.id}/{one}",
                Text(zh=f"{_LIMIT.zh} {one}", en=f"{_LIMIT.en} {one}"),
                float(limit),
                unit,
                mark,
                self._reading,
                detail=self._corrected(one),
            )
            for one, limit in self.graded.limits.items()
        ]
        words = self.name or Text(zh="不评级", en="not rated")
        cited = self.scale.clause or self.edition.clause
        clause = clause_of(self.rules, self.edition.document, cited)
        return Node(
            "figure",
            f"grade/{self.edition.id}/{self.scale.id}/{self.who}",
            Text(zh=f"{self.who} {words.zh}", en=f"{self.who} {words.en}"),
            flags=() if self.graded.grade else ("not_computed",),
            children=(*self._given(unit), *limits, clause),
        )

    @cached_property
    def figure(self) -> str:
        """Id of the rating."""
        return figure_id("grade", self.edition.id, self.who, str(self.day), self.tree)

    @property
    def _reading(self) -> tuple[str, ...]:
        own = self.scale.our_reading or self.edition.our_reading
        return ("our_reading",) if own else ()

    def _given(self, unit: str) -> list[Node]:
        held = {VALUE: (_VALUE, unit)} | {
            name: (Text(zh=one.zh, en=one.en), one.unit or "")
            for name, one in self.edition.inputs.items()
        }
        asked = {VALUE, *needed(self.scale)}
        return [
            _entry(self.row, name, label, shown, assumed=name in self.graded.assumed)
            for name, (label, shown) in held.items()
            if name in asked
        ]

    def _corrected(self, wanted: str) -> Text | None:
        formula = self.scale.corrected
        if isinstance(formula, dict):
            formula = formula.get(wanted)
        return Text(zh=f"修正 {formula}", en=f"corrected {formula}") if formula else None


@dataclass(frozen=True)
class Placing:
    """A participant of a scorecard; ``index`` is its row in ``scored``."""

    rules: Rulebook
    scored: Scored
    index: int
    day: date
    row: Row

    @property
    def who(self) -> str:
        """Who was scored."""
        return str(self.row[WHO])

    @property
    def rule(self) -> str:
        """Id of the scorecard."""
        return self.scored.card.id

    @property
    def total(self) -> Decimal | None:
        """Sum of the points, ``None`` for who is not rated."""
        total = self.scored.total[self.index]
        return None if total.is_nan() else total

    @property
    def missing(self) -> tuple[str, ...]:
        """What lacks for a rating."""
        return self.scored.missing[self.index]

    @property
    def name(self) -> Text | None:
        """The class in words, ``None`` where there is none."""
        held = {one.id: Text(zh=one.zh, en=one.en) for one in self.scored.card.classes}
        return held.get(self.scored.classes[self.index])

    @cached_property
    def tree(self) -> Node:
        """How the class came about: criteria, what happened, clause."""
        card = self.scored.card
        happened = [
            Node("entry", f"{self.who}/{one.id}", one.name, source=str(self.row.get(SOURCE, "")))
            for one in card.events
            if one.id in self.scored.events[self.index]
        ]
        words = self.name or Text(zh="未分类", en="no class")
        total = self.total
        return Node(
            "figure",
            f"score/{card.id}/{self.who}",
            Text(zh=f"{self.who} {words.zh}", en=f"{self.who} {words.en}"),
            None if total is None else float(total),
            mark=marks().resolve(card.checked).id,
            flags=(
                *(["our_reading"] if card.our_reading else []),
                *(["template"] if card.template else []),
                *(["not_computed"] if total is None else []),
            ),
            children=(
                *(self._criterion(one) for one in card.criteria),
                *self._rank(),
                *happened,
                clause_of(self.rules, card.document, card.clause),
            ),
        )

    @cached_property
    def figure(self) -> str:
        """Id of the placing."""
        return figure_id("grade", self.scored.card.id, self.who, str(self.day), self.tree)

    def _rank(self) -> tuple[Node, ...]:
        """Return the place among those ranked, on which a class by share rests."""
        rank, card = self.scored.ranks[self.index], self.scored.card
        if rank is None:
            return ()
        number = sum(one is not None for one in self.scored.ranks)
        detail = Text(zh=f"在参加排名的 {number} 家中", en=f"among the {number} that are ranked")
        ref = f"{card.id}/rank/{self.who}"
        return (Node("formula", ref, Text(zh="名次", en="rank"), rank, detail=detail),)

    def _criterion(self, one: Criterion) -> Node:
        card, index = self.scored.card, self.index
        points = self.scored.points[one.id][index]
        marked = marks().resolve(one.checked or card.checked).id
        taken = bool(self.scored.taken[one.id][index])
        held = [
            Node(
                "parameter",
                f"{card.id}/{one.id}/{name}",
                _REFERENCES[name],
                float(cell),
                "" if name == "weight" or one.unit in (None, _DIMENSIONLESS) else str(one.unit),
                marked,
            )
            for name, cell in (("weight", one.weight), ("base", one.base), ("lead", one.lead))
            if isinstance(cell, float) and f"{one.id}_{name}" not in self.row
        ]
        own = [
            _entry(self.row, f"{one.id}_{part}", _REFERENCES[part], one.unit or "")
            for part in REFERENCES
            if f"{one.id}_{part}" in self.row
        ]
        return Node(
            "formula",
            f"{card.id}.{one.id}/{self.who}",
            Text(zh=f"{one.zh} {_POINTS.zh}", en=f"{one.en}: {_POINTS.en}"),
            None if points.is_nan() else float(points),
            flags=("mean_taken",) if taken else ("not_computed",) * bool(points.is_nan()),
            detail=Text(
                zh=f"公式 weight * ({card.normalised})", en=f"formula weight * ({card.normalised})"
            ),
            children=(_entry(self.row, one.id, one.name, one.unit or ""), *own, *held),
        )


def rate(
    rules: Rulebook, editions: Sequence[ScaleSet], rows: Sequence[Row], day: date
) -> list[Rating]:
    """Hold the rows of a scale sheet against the scales that they name.

    Args:
        rules: where the clauses stand.
        editions: those that answer, the nearest place first.
        rows: with ``who``, ``scale`` (where there are several), ``value`` and inputs.
        day: on which the editions are in force.

    Returns:
        A rating per row, in their order.

    Raises:
        Fault: ``grade_which_scale`` where a row names none of them, and there are several.
    """
    chosen = {scale.id: (one, scale) for one in reversed(editions) for scale in one.scales}
    only = next(iter(chosen)) if len(chosen) == 1 else ""
    by_scale: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_scale.setdefault(row.get(SCALE) or only, []).append(index)
    found: dict[int, Rating] = {}
    for name, places in by_scale.items():
        if name not in chosen:
            who, near = str(rows[places[0]][WHO]), ", ".join(chosen)
            raise Fault("grade_which_scale", who, label=name or "–", near=near)
        edition, scale = chosen[name]
        own = [rows[index] for index in places]
        given = {key: column(own, key) for key in needed(scale)}
        graded = grade(edition, scale, column(own, VALUE), given)
        for index, one in zip(places, graded, strict=True):
            found[index] = Rating(rules, edition, scale, day, one, rows[index])
    return [found[index] for index in range(len(rows))]


def place(rules: Rulebook, card: Scorecard, rows: Sequence[Row], day: date) -> list[Placing]:
    """Hold participants against a scorecard; a placing per row, in their order."""
    values = {one.id: column(rows, one.id) for one in card.criteria}
    names = [f"{one.id}_{part}" for one in card.criteria for part in REFERENCES]
    held = {name for row in rows for name in row}
    events = {
        one.id: [cell and cell == YES for cell in column(rows, one.id)]
        for one in card.events
        if one.id in held
    }
    references = {name: _or_card(card, name, rows) for name in names if name in held}
    scored = score(card, values, events, references)
    return [Placing(rules, scored, index, day, row) for index, row in enumerate(rows)]


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


def _entry(row: Row, name: str, label: Text, unit: str, *, assumed: bool = False) -> Node:
    cell = row.get(name)
    number = cell if isinstance(cell, (int, float)) else None
    said = Text(zh=cell, en=cell) if isinstance(cell, str) and cell else None
    flags = ("assumed",) if assumed else ()
    grown = row[GROW](name) if GROW in row else ()
    return Node(
        "formula" if grown else "entry",
        f"{row[WHO]}/{name}",
        label,
        number,
        "" if unit == _DIMENSIONLESS else unit,
        str(row.get(MARK, "")),
        flags if number is not None or said or assumed else ("not_reported",),
        source=str(row.get(SOURCE, "")),
        detail=said,
        children=grown,
    )
