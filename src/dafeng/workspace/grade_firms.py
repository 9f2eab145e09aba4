"""Enterprises of the books held against scales and scorecards, each by the rule of its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np

from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.grading import (
    GROW,
    LACKS,
    REASON,
    Job,
    Placing,
    Ratio,
    card_of,
    place,
    rate,
    reasons,
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
    uncollected,
)

Row = dict[str, Any]
Rule = TypeVar("Rule")
_VALUE = "value"


@uncollected()
def grade_firms(
    rules: Rulebook,
    amounts: Amounts,
    job: Job,
    day: date,
    shown: Callable[[Row], bool],
) -> FromBooks:
    """Grade enterprises.

    Args:
        rules: the rulebook.
        amounts: of all enterprises that may be compared; several gradings may share them.
        job: the grading.
        day: on which rules are taken.
        shown: which of them are asked for; the others stay in means and ranks.

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
        shown: Callable[[Row], bool],
    ) -> None:
        self._rules, self._job, self._ratios = rules, job, ratios
        self._day, self._year = when
        self._rows = ratios.held.rows
        self._shown = np.array([shown(row) for row in self._rows], bool)
        self._findings = [*choices_said(job)]
        self._without: list[int] = []

    def by_scale(self, wanted: Ratio) -> FromBooks:
        """Hold a ratio of each against the scale of its place."""
        job, ratings, cells = self._job, [], []
        scale_of = lambda region: self._rules.scale(  # noqa: E731
            job.family or "", job.scale or "", self._day, region
        )
        held: dict[str, tuple[ScaleSet, Scale]] = {}
        for (edition, scale), places in self._grouped(scale_of, lambda rule: rule[0].id):
            held[edition.id] = (edition, scale)
            found = self._ratios.cells(wanted, wanted.unit or scale.unit, edition.region or COUNTRY)
            asked = [at for at in places if self._shown[at]]
            rows = self._sheet({_VALUE: wanted}, {_VALUE: found}, asked)
            ratings += rate(
                self._rules, [edition], [r | {"scale": scale.id} for r in rows], self._day
            )
            cells += asked
        self._say([wanted], cells)
        self._say_bases(wanted, cells)
        ratings.sort(key=lambda one: one.edition.id)  # of one edition they stand as given
        return self._found(ratings=tuple(ratings), named=job.scale or "")

    def by_card(self) -> FromBooks:
        """Hold those that have the same scorecard against it and each other."""
        end = period(str(self._year)).last
        card_at = lambda region: card_of(  # noqa: E731
            self._rules, self._job.family or "", end, region
        )
        placings: list[Placing] = []
        for card, places in self._grouped(card_at, lambda one: one.id):
            wanted, cells = self._criteria(card, places)
            if not any(self._shown[at] for at in places):
                continue
            sheet = self._sheet(wanted, cells, places)
            placed = place(self._rules, card, sheet, end)
            placings += [one for one, at in zip(placed, places, strict=True) if self._shown[at]]
            self._say([*wanted.values()], [at for at in places if self._shown[at]])
            lost = sum(REASON in one.row for one in placings)
            if lost:
                values = {"count": lost, "card": card.family}
                self._findings.append(Finding("grade_by_file", card.id, values))
        return self._found(placings=tuple(placings), named=self._job.family or "")

    def _criteria(
        self, card: Scorecard, places: Sequence[int]
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
    ) -> Iterator[tuple[Rule, list[int]]]:
        """Yield each rule with the places of those that it holds for; who has none is kept.

        Raises:
            Fault: the first one, where no rule holds for any that is shown.
        """
        regions = list(dict.fromkeys(row["region"] for row in self._rows))
        found: dict[str, Rule] = {}
        faults: dict[str, Fault] = {}
        for region in regions:
            try:
                found[region] = rule_at(region)
            except Fault as fault:
                if fault.code not in NO_EDITION:
                    raise
                faults[region] = fault
        places: dict[str, list[int]] = {}
        named = {region: id_of(rule) for region, rule in found.items()}
        for at, row in enumerate(self._rows):
            if row["region"] in named:
                places.setdefault(named[row["region"]], []).append(at)
            elif self._shown[at]:
                self._without.append(at)
        if faults and len(self._without) == int(self._shown.sum()):
            raise faults[self._rows[self._without[0]]["region"]]
        rules = {id_of(rule): rule for rule in found.values()}
        yield from ((rules[name], own) for name, own in places.items())

    def _sheet(
        self, wanted: Mapping[str, Ratio], cells: Mapping[str, Cells], places: Sequence[int]
    ) -> list[Row]:
        """Return a row for each enterprise: values, why one is missing, what each rests on."""
        held = self._ratios.held
        marks = held.worst({n for one in wanted.values() for n in (one.over, one.under) if n})
        own = np.array(places, np.int64)
        names = ("who", "mark", *cells, GROW)
        columns = zip(
            (held.rows[at]["reporter"] for at in places),
            (marks[at] for at in places),
            *(_plain(one.value[own]) for one in cells.values()),
            (_growing(cells, at) for at in places),
            strict=True,
        )
        rows: list[Row] = [dict(zip(names, row, strict=True)) for row in columns]
        for name, one in cells.items():
            for row, why, lacks in _lacking(rows, one.reason[own], one.lacks[own]):
                row.setdefault(REASON, {})[name] = why
                row.setdefault(LACKS, {}).update({name: lacks} if lacks else {})
        return rows

    def _say(self, wanted: Iterable[Ratio], asked: Sequence[int]) -> None:
        """Say which amounts are missing, for how many and why."""
        places = np.array(asked, np.int64)
        for name in dict.fromkeys(n for r in wanted for n in (r.over, r.under) if n):
            part = self._ratios.held.part(name)
            for why, count in sorted(Counter(part.reason[places].tolist()).items()):
                if why:
                    words = reasons()[why].name
                    values = {"amount": part.label, "count": count, "of": len(places), "why": words}
                    self._findings.append(Finding("grade_lacking", self._job.id, values))

    def _say_bases(self, wanted: Ratio, asked: Sequence[int]) -> None:
        """Say where values stand on several price bases."""
        held = (
            self._ratios.held.part(wanted.over),
            self._ratios.held.part(wanted.under or wanted.over),
        )
        known = (held[0].reason == "") & (held[1].reason == "")
        places = np.array(asked, np.int64)
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


def _growing(cells: Mapping[str, Cells], at: int) -> Callable[[str], tuple[Node, ...]]:
    """Return what grows the nodes below a cell of a row."""
    return lambda name: cells[name].grow(at) if name in cells else ()


def _lacking(rows: Sequence[Row], why: Any, lacks: Any) -> Iterator[tuple[Row, str, str]]:
    """Yield the rows that lack something, why, and which amount it is."""
    for at in np.flatnonzero(why != "").tolist():
        yield rows[at], why[at], lacks[at]


def _plain(column: Any) -> list[float | None]:
    found = column.astype(object)
    found[np.isnan(column)] = None
    return list(found)
