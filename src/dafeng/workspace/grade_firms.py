"""Enterprises of the books held against scales and scorecards, each by the rule of its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dafeng.findings import Finding
from dafeng.grading import (
    GROW,
    LACKS,
    Chosen,
    Job,
    Placing,
    Placings,
    Ratings,
    Ratio,
    Sheet,
    card_of,
    joined,
    place,
    reasons,
    whole,
)
from dafeng.rulebook import Rulebook, Scale, ScaleSet, Scorecard
from dafeng.vocabulary import Fault, Text, period
from dafeng.workspace.firm_amounts import Amounts, prices_of
from dafeng.workspace.firm_ratios import Cells, Ratios, one_basis
from dafeng.workspace.graded import (
    COUNTRY,
    NO_EDITION,
    FromBooks,
    Unscaled,
    choices_said,
)

Row = dict[str, Any]
Column = NDArray[Any]
Rule = TypeVar("Rule")
_VALUE = "value"


def grade_firms(
    rules: Rulebook,
    amounts: Amounts,
    job: Job,
    day: date,
    shown: Column,
) -> FromBooks:
    """Grade enterprises.

    Args:
        rules: the rulebook.
        amounts: of all enterprises that may be compared; several gradings may share them.
        job: the grading.
        day: on which rules are taken.
        shown: whether each one is asked for; the others stay in means and ranks.

    Raises:
        Fault: as ``editions_of`` and ``card_of``, where no place has a rule.
    """
    found = _Graded(rules, job, Ratios(amounts), (day, int(amounts.year)), shown)
    return found.by_scale(job.value) if job.value is not None else found.by_card()


class _Graded:
    """A grading of enterprises while it is done."""

    def __init__(
        self,
        rules: Rulebook,
        job: Job,
        ratios: Ratios,
        when: tuple[date, int],
        shown: Column,
    ) -> None:
        self._rules, self._job, self._ratios = rules, job, ratios
        self._day, self._year = when
        self._rows = ratios.held.rows
        self._shown = shown
        self._findings = [*choices_said(job)]
        self._without: list[int] = []

    def by_scale(self, wanted: Ratio) -> FromBooks:
        """Hold a ratio of each against the scale of its place."""
        job, parts, cells = self._job, list[tuple[str, Ratings]](), list[Column]()
        scale_of = lambda region: self._rules.scale(  # noqa: E731
            job.family or "", job.scale or "", self._day, region
        )
        held: dict[str, tuple[ScaleSet, Scale]] = {}
        for (edition, scale), places in self._grouped(scale_of, lambda rule: rule[0].id):
            held[edition.id] = (edition, scale)
            found = self._ratios.cells(wanted, wanted.unit or scale.unit, edition.region or COUNTRY)
            asked = places[self._shown[places]]
            rows = self._sheet({_VALUE: wanted}, {_VALUE: found}, asked)
            own = Ratings(self._rules, (edition, scale), rows, self._day)
            parts.append((edition.id, own))
            cells.append(asked)
        asked = np.concatenate([np.zeros(0, np.int64), *cells])
        self._say([wanted], asked)
        self._say_bases(wanted, asked)
        ordered = [whole(one) for _, one in sorted(parts, key=lambda one: one[0])]
        return self._found(ratings=joined(ordered), named=job.scale or "")

    def by_card(self) -> FromBooks:
        """Hold those that have the same scorecard against it and each other."""
        end = period(str(self._year)).last
        card_at = lambda region: card_of(  # noqa: E731
            self._rules, self._job.family or "", end, region
        )
        placings, lost = list[Chosen[Placing, Placings]](), 0
        for card, places in self._grouped(card_at, lambda one: one.id):
            wanted, cells = self._criteria(card, places)
            shown = self._shown[places]
            if not shown.any():
                continue
            sheet = self._sheet(wanted, cells, places)
            placings.append(whole(place(self._rules, card, sheet, end)).taken(shown))
            asked = places[shown]
            self._say([*wanted.values()], asked)
            lacks = [one.reason[asked] != "" for one in cells.values()]
            lost += int(np.any(lacks, axis=0).sum())
            if lost:
                values = {"count": lost, "card": card.family}
                self._findings.append(Finding("grade_by_file", card.id, values))
        return self._found(placings=joined(placings), named=self._job.family or "")

    def _criteria(
        self, card: Scorecard, places: Column
    ) -> tuple[dict[str, Ratio], dict[str, Cells]]:
        wanted, cells = {}, {}
        asked = {one.id for one in card.criteria}
        ratios = [ratio for name, ratio in self._job.criteria.items() if name in asked]
        self._ratios.held.take(n for one in ratios for n in (one.over, one.under) if n)
        for one in card.criteria:
            if one.id not in self._job.criteria:
                continue
            ratio = wanted[one.id] = self._job.criteria[one.id]
            found = self._ratios.cells(ratio, one.unit or "1")
            cells[one.id], basis = one_basis(self._ratios, ratio, found, places)
            other = int((cells[one.id].reason[places] == "firm_other_basis").sum())
            if other:
                values = {"criterion": one.name, "basis": prices_of(basis) or _CURRENT}
                said = Finding("grade_one_basis", card.id, values | {"count": other})
                self._findings.append(said)
        return wanted, cells

    def _grouped(
        self, rule_at: Callable[[str], Rule], id_of: Callable[[Rule], str]
    ) -> Iterator[tuple[Rule, Column]]:
        """Yield each rule with the places of those that it holds for; who has none is kept.

        Raises:
            Fault: the first one, where no rule holds for any that is shown.
        """
        regions, at = self._ratios.held.regions
        found: dict[str, Rule] = {}
        faults: dict[str, Fault] = {}
        for region in regions:
            try:
                found[region] = rule_at(region)
            except Fault as fault:
                if fault.code not in NO_EDITION:
                    raise
                faults[region] = fault
        named = np.array([id_of(found[one]) if one in found else "" for one in regions], object)
        own = named[at]
        self._without = np.flatnonzero((own == "") & self._shown).tolist()
        if faults and len(self._without) == int(self._shown.sum()):
            raise faults[self._rows[self._without[0]]["region"]]
        rules = {id_of(rule): rule for rule in found.values()}
        yield from ((rule, np.flatnonzero(own == name)) for name, rule in rules.items())

    def _sheet(
        self, wanted: Mapping[str, Ratio], cells: Mapping[str, Cells], places: Column
    ) -> Sheet:
        """Return a row for each enterprise: values, why one is missing, what each rests on."""
        held = self._ratios.held
        marks = held.worst({n for one in wanted.values() for n in (one.over, one.under) if n})
        columns: dict[str, Any] = {"who": [held.rows[at]["reporter"] for at in places.tolist()]}
        columns |= {name: one.value[places] for name, one in cells.items()}

        def more(row: int) -> Row:
            at = int(places[row])
            lost = [name for name, one in cells.items() if one.reason[at]]
            lacks = {name: str(cells[name].lacks[at]) for name in lost if cells[name].lacks[at]}
            grow = lambda name: cells[name].grow(at) if name in cells else ()  # noqa: E731
            said: Row = {"mark": marks(at), GROW: grow}
            return said | ({LACKS: lacks} if lost else {})

        return Sheet(columns, more, {name: one.reason[places] for name, one in cells.items()})

    def _say(self, wanted: Iterable[Ratio], places: Column) -> None:
        """Say which amounts are missing, for how many and why."""
        for name in dict.fromkeys(n for r in wanted for n in (r.over, r.under) if n):
            part = self._ratios.held.part(name)
            lost = part.reason[places]
            for why, count in sorted(Counter(lost[lost != ""].tolist()).items()):
                words = reasons()[why].name
                values = {"amount": part.label, "count": count, "of": len(places), "why": words}
                self._findings.append(Finding("grade_lacking", self._job.id, values))

    def _say_bases(self, wanted: Ratio, places: Column) -> None:
        """Say where values stand on several price bases."""
        held = (
            self._ratios.held.part(wanted.over),
            self._ratios.held.part(wanted.under or wanted.over),
        )
        known = (held[0].reason == "") & (held[1].reason == "")
        found = Counter(self._ratios.basis(wanted)[places[known[places]]].tolist())
        if len(found) > 1:
            said = [(prices_of(one) or _CURRENT, count) for one, count in sorted(found.items())]
            bases = Text(
                zh="、".join(f"{text.zh} {count} 家" for text, count in said),
                en=", ".join(f"{text.en} ×{count}" for text, count in said),
            )
            self._findings.append(Finding("grade_price_bases", self._job.id, {"bases": bases}))

    def _found(self, named: str, **graded: Any) -> FromBooks:
        without = tuple(
            Unscaled(self._rows[at]["reporter"], named, ("no_scale",)) for at in self._without
        )
        said = tuple(self._findings)
        return FromBooks(
            self._job, self._day, self._year, unscaled=without, findings=said, **graded
        )


_CURRENT = Text(zh="现价", en="current prices")
