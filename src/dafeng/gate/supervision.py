"""After-the-fact supervision: what was found, at which stage it stands, what follows, until when.

Facts come as columns and are judged by whole columns (``supervision_reviews``,
``supervision_ratings``); only what was found is looked at one by one, here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from dafeng.accounting import clause_node
from dafeng.explain import Node, beside, figure_id
from dafeng.gate.supervision_settings import (
    SEVERITIES,
    Consequence,
    Matter,
    Severity,
    Stage,
    matters,
    oversight,
)
from dafeng.plan import Plan
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text, marks, worst_mark

Row = dict[str, Any]
Unknown = dict[tuple[str, str], list[str]]
"""(matter, reason) → of whom it cannot be told."""
Duty = tuple[str, tuple[str, ...]]
"""The lead body of a measure, and the others."""


@dataclass(frozen=True)
class Hit:
    """What one check found of one subject.

    Attributes:
        matter: id of the matter.
        variant: which of its sentences.
        subject: project, line, facility or enterprise.
        reporter, region: whose it is, and where.
        evidence: day up to which the facts speak, ISO; empty where they bear no day.
        values: what stands in the sentence.
        family, scale: what it was held against, where it was one.
        due: last day that a rule sets, ISO; empty where none does.
        clauses: what it rests on, beside the clauses of the consequences.
        marks: of the facts and of the rules that they are held against.
        flags: such as ``our_reading``.
        proven: whether the facts are of the time after the deadline, where one has passed.
        source: where the facts were read.
        amounts: value and limit, where it was held against one.
        assumed: inputs of which the default was taken.
    """

    matter: str
    variant: str
    subject: str
    reporter: str
    region: str
    evidence: str
    values: Mapping[str, Any]
    family: str = ""
    scale: str = ""
    due: str = ""
    clauses: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    proven: bool = True
    source: str = ""
    amounts: tuple[Decimal, ...] = ()
    assumed: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Looked:
    """What a check looked at.

    Attributes:
        hits: what it found.
        judged: matter → how many could be told.
        unknown: (matter, reason) → which could not.
    """

    hits: tuple[Hit, ...] = ()
    judged: Counter[str] = field(default_factory=Counter)
    unknown: Unknown = field(default_factory=dict)


@dataclass(frozen=True)
class Supervised:
    """Something found, with what follows.

    Attributes:
        stage: ``found`` (no deadline runs), ``running``, ``passed``.
        due: last day, ISO; empty where no text and no order sets one.
        order: the order on record that sets it.
        follows: consequences in words, each with its clause.
        lead, others: departments that the plan names.
    """

    rules: Rulebook
    hit: Hit
    day: date
    stage: Stage
    due: str
    order: Row | None
    follows: tuple[tuple[Text, str], ...]
    lead: str
    others: tuple[str, ...]

    @property
    def matter(self) -> Matter:
        """What it is."""
        return matters()[self.hit.matter]

    @property
    def severity(self) -> Severity:
        """How grave it is at this stage; facts from before a deadline prove nothing after it."""
        if self.stage == "passed" and not self.hit.proven:
            return oversight().unproven
        return self.matter.severity[self.stage]

    @property
    def text(self) -> Text:
        """What was found."""
        said = self.matter.says[self.hit.variant]
        tail = _assumed(self.hit)
        return Text(
            zh=_filled(said.zh, self.hit, "zh") + tail.zh,
            en=_filled(said.en, self.hit, "en") + tail.en,
        )

    @property
    def consequence(self) -> Text:
        """What follows; where no clause says it, that none does."""
        said = [text for text, _ in self.follows]
        if not said:
            return oversight().words.none_stated
        return Text(zh="；".join(t.zh for t in said), en="; ".join(t.en for t in said))

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses that it rests on."""
        return tuple(dict.fromkeys((*self.hit.clauses, *(clause for _, clause in self.follows))))

    @property
    def mark(self) -> str:
        """The worst mark of facts, order and documents."""
        return worst_mark(self._marks)

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of facts and rules; a recalled rule below fiction is said beside."""
        return tuple(sorted({*self.hit.flags, *beside(self._marks)}))

    @property
    def _marks(self) -> set[str]:
        held = {*self.hit.marks, self.order["mark"] if self.order else ""}
        documents = [self.rules.clause(clause)[0].checked for clause in self.clauses]
        return (held | {marks().resolve(one).id for one in documents}) - {""}

    @cached_property
    def tree(self) -> Node:
        """What it rests on: facts, order, clauses."""
        hit = self.hit
        facts = [
            Node(
                "entry",
                f"{hit.subject}/{name}/{value.en if isinstance(value, Text) else value}",
                _labelled(name, value),
                mark=worst_mark(set(hit.marks)),
                source=hit.source,
            )
            for name, value in hit.values.items()
            if value not in (None, "")
        ]
        if self.order:
            words = f"{self.order['issued']} → {self.order['due']}"
            facts.append(
                Node(
                    "entry",
                    f"{hit.subject}/order/{self.order['issued']}/{self.order['due']}",
                    Text(zh=f"限期整改通知 {words}", en=f"order {words}"),
                    mark=self.order["mark"],
                    source=self.order["source"],
                )
            )
        cited = [clause_node(self.rules, clause) for clause in self.clauses]
        return Node(
            "figure",
            f"supervise/{hit.matter}/{hit.subject}/{self.stage}",
            self.matter.name,
            mark=self.mark,
            flags=self.flags,
            detail=self.text,
            children=(*facts, *cited),
        )

    @cached_property
    def figure(self) -> str:
        """Id of the finding."""
        return figure_id("supervise", self.hit.matter, self.hit.subject, str(self.day), self.tree)


@dataclass(frozen=True)
class Supervision:
    """All that was found on a day.

    Attributes:
        found: by severity, department, matter, subject.
        settled: what an order shows to be cured, by matter.
        judged, unknown: as of ``Looked``, over all checks.
    """

    day: date
    found: tuple[Supervised, ...]
    settled: Counter[str]
    judged: Counter[str]
    unknown: Unknown


def supervise(
    rules: Rulebook,
    looked: Iterable[Looked],
    orders: Iterable[Row],
    plans: Iterable[Plan],
    day: date,
) -> Supervision:
    """Put what was found beside orders, deadlines, consequences and departments.

    Args:
        rules: where clauses stand.
        looked: what the checks found.
        orders: rows of ``orders``, in the order of entry; the one issued last counts.
        plans: plans whose measures name departments.
        day: the day; a deadline has passed from the day after it.
    """
    newest = _newest(orders, day)
    duties = _duties(plans)
    judged: Counter[str] = Counter()
    unknown: Unknown = {}
    settled: Counter[str] = Counter()
    found: list[Supervised] = []
    for one in looked:
        judged += one.judged
        for key, lost in one.unknown.items():
            unknown.setdefault(key, []).extend(lost)
        for hit in one.hits:
            order = newest.get((hit.subject, hit.matter))
            if _cured(hit, order, day):
                settled[hit.matter] += 1
            else:
                found.append(_supervised(rules, hit, order, duties, day))
    places = {name: place for place, name in enumerate(matters())}
    found.sort(
        key=lambda one: (
            SEVERITIES.index(one.severity),
            one.lead == "",
            one.lead,
            places[one.hit.matter],
            one.hit.subject,
        )
    )
    return Supervision(day, tuple(found), settled, judged, unknown)


def _newest(orders: Iterable[Row], day: date) -> dict[tuple[str, str], Row]:
    """Return (subject, matter) → the order issued last up to a day."""
    held = [row for row in orders if row["issued"] <= str(day)]
    held.sort(key=lambda row: row["issued"])  # a stable sort: of one day the row entered last
    return {(row["subject"], row["matter"]): row for row in held}


def _duties(plans: Iterable[Plan]) -> dict[str, Duty]:
    """Return ``document/clause`` → the departments of the plan's measure."""
    found: dict[str, Duty] = {}
    for plan in plans:
        for one in plan.measures:
            citation = one.clause if "/" in one.clause else f"{plan.documents[0]}/{one.clause}"
            found[citation] = (one.lead or "", one.others)
    return found


def _cured(hit: Hit, order: Row | None, day: date) -> bool:
    """Whether an order shows that it was cured after the facts; newer facts open it again."""
    cured = order["cured"] if order else ""
    return bool(cured) and hit.evidence <= cured <= str(day)


def _supervised(
    rules: Rulebook, hit: Hit, order: Row | None, duties: Mapping[str, Duty], day: date
) -> Supervised:
    """Return a hit with its stage; a deadline of a rule is not moved by an order."""
    stale = order is not None and order["cured"] and order["cured"] <= str(day)
    running = None if stale else order
    due = hit.due or (running["due"] if running else "")
    stage: Stage = "found" if not due else "running" if str(day) <= due else "passed"
    stated = [one for one in matters()[hit.matter].consequences if _meant(one, hit, day)]
    follows = tuple((text, one.clause) for one in stated if (text := one.at(stage)) is not None)
    named = [duties[one.clause] for one in stated if one.clause in duties]
    lead, others = _joined(named)
    return Supervised(rules, hit, day, stage, due, running, follows, lead, others)


def _meant(one: Consequence, hit: Hit, day: date) -> bool:
    """Whether a clause speaks of a place, a day, a scale and a way of being found."""
    there = hit.region.startswith(one.region)
    now = one.applies_from is None or one.applies_from <= day
    held = ((hit.family, one.families), (hit.scale, one.scales), (hit.variant, one.variants))
    named = all(not wanted or name in wanted for name, wanted in held)
    return there and now and named and hit.family not in one.without


def _joined(named: Sequence[Duty]) -> Duty:
    """Return the first lead, and all others once."""
    if not named:
        return "", ()
    lead = named[0][0]
    rest = dict.fromkeys(name for one, others in named for name in (one, *others))
    return lead, tuple(name for name in rest if name and name != lead)


def _filled(text: str, hit: Hit, lang: str) -> str:
    said = {k: v.of(lang) if isinstance(v, Text) else v for k, v in hit.values.items()}
    return text.format_map(said)


def _assumed(hit: Hit) -> Text:
    """Return the words on defaults that were taken, empty where none was."""
    if not hit.assumed:
        return Text(zh="", en="")
    words = oversight().words.assumed
    return Text(
        zh=words.zh.format(names="、".join(name.zh for name in hit.assumed)),
        en=words.en.format(names=", ".join(name.en for name in hit.assumed)),
    )


def _labelled(name: str, value: Any) -> Text:
    label, held = oversight().labels[name], value
    if not isinstance(value, Text):
        held = Text(zh=str(value), en=str(value))
    return Text(zh=f"{label.zh} {held.zh}", en=f"{label.en} {held.en}")
