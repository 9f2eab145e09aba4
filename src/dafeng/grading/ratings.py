"""Ratings: a grade or class with its words, what lacks, figure id and tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from dafeng.explain import Node, figure_id
from dafeng.grading.scales import BEYOND, Graded, needed
from dafeng.grading.scorecards import Scored
from dafeng.grading.sheets import (
    GROW,
    MARK,
    REFERENCES,
    SOURCE,
    VALUE,
    WHO,
    Row,
    clause_of,
)
from dafeng.rulebook import Criterion, Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Text, marks

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
        named = {one.id: one for one in self.edition.grades}
        limits = [
            Node(
                "parameter",
                f"{self.edition.id}/{self.scale.id}/{one}",
                Text(zh=f"{_LIMIT.zh} {named[one].zh}", en=f"{_LIMIT.en} {named[one].en}"),
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
        if self.graded.grade:  # what may lack is no gap where all that decides is there
            optional = {name for name, one in self.edition.inputs.items() if one.optional}
            asked -= {name for name in optional if self.row.get(name) in (None, "")}
        return [
            self._assumed(name, label, shown)
            if name in self.graded.assumed
            else _entry(self.row, name, label, shown)
            for name, (label, shown) in held.items()
            if name in asked
        ]

    def _assumed(self, name: str, label: Text, unit: str) -> Node:
        """Return what the rule takes where nothing is given, with the mark of the rule."""
        usual = self.edition.inputs[name].default
        return Node(
            "entry",
            f"{self.who}/{name}",
            label,
            usual if isinstance(usual, (int, float)) else None,
            "" if unit == _DIMENSIONLESS else unit,
            marks().resolve(self.scale.checked or self.edition.checked).id,
            ("assumed",),
            detail=Text(zh=usual, en=usual) if isinstance(usual, str) else None,
        )

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


def _entry(row: Row, name: str, label: Text, unit: str) -> Node:
    cell = row.get(name)
    number = cell if isinstance(cell, (int, float)) else None
    said = Text(zh=cell, en=cell) if isinstance(cell, str) and cell else None
    grown = row[GROW](name) if GROW in row else ()
    return Node(
        "formula" if grown else "entry",
        f"{row[WHO]}/{name}",
        label,
        number,
        "" if unit == _DIMENSIONLESS else unit,
        str(row.get(MARK, "")),
        () if number is not None or said else ("not_reported",),
        source=str(row.get(SOURCE, "")),
        detail=said,
        children=grown,
    )
