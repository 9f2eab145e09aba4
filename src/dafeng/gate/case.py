"""What the checks look at, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.accounting import clause_node
from dafeng.budget import Room
from dafeng.explain import Node
from dafeng.gate.project import Project
from dafeng.gate.settings import OUTCOMES, Check, Outcome, labels, reasons
from dafeng.plan import Plan
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, factor, units, worst_mark

Row = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """Energy or CO2 of a year, in whole grams.

    Attributes:
        computed: from the carriers by the rulebook; ``None`` where a part has no value.
        stated: as the project states it.
        node: how the computed amount came about.
        why: why nothing is computed.
    """

    computed: int | None = None
    stated: int | None = None
    node: Node | None = None
    why: Text | None = None

    @property
    def grams(self) -> int | None:
        """What counts: the larger of the two, so that nothing is understated."""
        return max((g for g in (self.computed, self.stated) if g is not None), default=None)


@dataclass(frozen=True)
class Own:
    """A room, and what of the project is in it already, in whole grams."""

    room: Room
    included: int = 0


@dataclass(frozen=True)
class Case:
    """A project with all that is known around it.

    Attributes:
        day: day of the review; rules and lists are those of that day.
        lines: capacity lines of the books, by id.
        claims: line or source of carbon → the other projects that use it; ``None`` where the
            other projects are not known.
        counted: ``energy`` and ``co2``.
        rooms: metric → rooms of the years that matter, of the region and of those above it.
        no_room: metric → why there is none.
        plans: plans in force there.
        scope: place and assumptions as they stand in the opinion's id; by default the region.
    """

    project: Project
    rules: Rulebook
    day: date
    lines: Mapping[str, Row] = field(default_factory=dict)
    claims: Mapping[str, frozenset[str]] | None = field(default_factory=dict)
    counted: Mapping[str, Counted] = field(default_factory=dict)
    rooms: Mapping[str, Sequence[Own]] = field(default_factory=dict)
    no_room: Mapping[str, Text] = field(default_factory=dict)
    plans: Sequence[Plan] = ()
    scope: str = ""

    @property
    def decided(self) -> date | None:
        """The day whose rule on capacity holds: of the published plan, else of the first building.

        A project that has not begun is judged by the day of the review, and so is a plan that was
        not published by then; ``None`` where one has begun and its day is not known.
        """
        project = self.project
        published = project.capacity_plan.published
        if published is not None and published <= self.day:
            return published
        return self.day if project.stage == "planned" else project.started

    @property
    def begun(self) -> int:
        """The year of operation, from which the project counts."""
        return self.project.begins(self.day)

    def users(self, name: str) -> set[str]:
        """Return the other projects that use a line or a source of carbon, as far as is known."""
        return set((self.claims or {}).get(name, ()))

    def clause(self, citation: str) -> Node:
        """Return a clause as a node."""
        return clause_node(self.rules, citation)

    def figure(self, name: str, value: float | Decimal | None, unit: str, mark: str = "") -> Node:
        """Return a figure of the project as a node, with the project's mark if none is given."""
        number = None if value is None else _plain(value)
        ref = f"{self.project.project}/{name}"
        return Node(
            "entry",
            ref,
            labels()[name.partition("/")[0]],
            number,
            unit,
            mark or self.project.mark,
            () if number is not None else ("not_reported",),
            source=self.project.source,
        )


@dataclass(frozen=True)
class Remark:
    """One thing that a check found.

    Attributes:
        reason: which sentence.
        values: what stands in it.
        clauses: that it rests on, beside those of the check.
        nodes: figures and rules behind it.
        due: until when something has to be mended.
    """

    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    due: str = ""

    @property
    def outcome(self) -> Outcome:
        """What it means for the check."""
        return reasons()[self.reason].status

    @property
    def text(self) -> Text:
        """The sentence."""
        return _filled(reasons()[self.reason].name, self.values)

    @property
    def mend(self) -> Text | None:
        """What would mend it."""
        mend = reasons()[self.reason].mend
        return None if mend is None else _filled(mend, self.values)


@dataclass(frozen=True)
class Checked:
    """What a check found in all."""

    check: Check
    remarks: tuple[Remark, ...]
    cited: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of its remarks."""
        held = {remark.outcome for remark in self.remarks}
        return next(one for one in OUTCOMES if one in held)

    @property
    def in_time(self) -> bool:
        """Whether all that fails may still be mended in the time that a rule leaves."""
        return all(reasons()[r.reason].in_time for r in self.remarks if r.outcome == "fail")

    @property
    def refused(self) -> bool:
        """Whether it fails, and the project is refused for it."""
        return self.outcome == "fail" and self.check.fail == "refuse" and not self.in_time

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses that it rests on."""
        own = (clause for remark in self.remarks for clause in remark.clauses)
        return tuple(dict.fromkeys((*self.cited, *own)))

    @property
    def mark(self) -> str:
        """The worst mark of its figures and rules."""
        return worst_mark(
            {node.worst for remark in self.remarks for node in remark.nodes if node.worst}
        )

    def node(self, case: Case) -> Node:
        """Return the check as a branch of the opinion's tree."""
        said = [remark.text for remark in self.remarks]
        nodes = {node.ref: node for remark in self.remarks for node in remark.nodes}
        return Node(
            "formula",
            f"check/{self.check.id}/{self.outcome}",
            self.check.name,
            detail=Text(zh="；".join(t.zh for t in said), en="; ".join(t.en for t in said)),
            children=(*nodes.values(), *(case.clause(one) for one in self.clauses)),
        )


def shown(value: Decimal | float | None, digits: int = 2) -> str:
    """Return a number as it stands in a sentence."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text.rstrip("0").rstrip(".") if "." in text else text


def tonnes(grams: int | None) -> str:
    """Return whole grams as tonnes in a sentence, rounded to whole tonnes."""
    return shown(None if grams is None else in_tonnes(grams), 0)


def in_tonnes(grams: int) -> Decimal:
    """Return whole grams as tonnes, exactly."""
    return Decimal(grams) / int(factor("t", "g"))


def unit_words(unit: str) -> Text:
    """Return a unit as it stands in a sentence."""
    return Text(zh=units()[unit].name.zh, en=unit)


def listed(names: Iterable[str]) -> str:
    """Return ids in a row."""
    return ", ".join(dict.fromkeys(names))


def _plain(value: float | Decimal) -> float | int:
    return float(value) if isinstance(value, Decimal) else value


def _filled(text: Text, values: Mapping[str, Any]) -> Text:
    def said(lang: str) -> dict[str, Any]:
        return {k: v.of(lang) if isinstance(v, Text) else v for k, v in values.items()}

    return Text(zh=text.zh.format_map(said("zh")), en=text.en.format_map(said("en")))
