"""Lines whose capacity is given to a project: which count, how much, what speaks against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.explain import Node
from dafeng.gate.case import Case, Remark, listed, shown
from dafeng.gate.project import Retired
from dafeng.gate.settings import Dated, Family
from dafeng.rulebook import province_of
from dafeng.vocabulary import Text, factor, items

CAPACITY = "10^4 t"
"""The unit in which rules speak of capacity (per year)."""


@dataclass
class Given:
    """What the lines of one product give, in 10^4 t/a.

    Attributes:
        sure: of lines that are shown to be usable.
        open: of lines for which that is not shown.
        unknown: whether a line has no capacity.
        own: the part of ``sure`` and ``open`` that lies in the project's province.
        abroad: lines of other provinces.
    """

    sure: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    own: Decimal = Decimal(0)
    unknown: bool = False
    abroad: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    @property
    def possible(self) -> Decimal | None:
        """What they may give at most; ``None`` where that is not known."""
        return None if self.unknown else self.sure + self.open


def capacity_of(value: float | None, unit: str) -> Decimal | None:
    """Return a capacity in 10^4 t/a, exactly as it is printed."""
    if value is None:
        return None
    return Decimal(str(value)) * Decimal(str(factor(unit, CAPACITY)))


def given(case: Case, family: Family, item: str, day: date) -> Given:
    """Return what the retired lines of a product give by the rule of a day.

    A line that may not be used gives nothing; one that is used twice is said in any case.
    """
    found = Given()
    twice = Counter(line.line for line in case.project.retires)
    for line in case.project.retires:
        held = case.lines.get(line.line)
        made = held["product"] if held else line.item
        if made is None:
            found.remarks.append(Remark("line_no_product", {"line": line.line}))
            found.unknown = True
        elif made == item:
            against = [*_against(case, family, line, day, twice[line.line] > 1)]
            found.remarks += against
            if not any(remark.outcome == "fail" for remark in against):
                _count(case, line, held, found)
    return found


def strange(case: Case, wanted: set[str]) -> Iterator[Remark]:
    """Yield lines of products that the project does not make: ironmaking and steelmaking, say."""
    for line in case.project.retires:
        held = case.lines.get(line.line)
        made = held["product"] if held else line.item
        if made is not None and made not in wanted:
            values = {"line": line.line, "item": items()[made].name}
            yield Remark("line_other_product", values)


def _against(
    case: Case,
    family: Family,
    line: Retired,
    day: date,
    twice: bool,  # noqa: FBT001
) -> Iterator[Remark]:
    """Yield what forbids a line, or leaves open whether it may be used."""
    held = case.lines.get(line.line)
    filed = held["replaced_by"] if held else ""
    users = {filed} if filed else case.users(line.line)
    users.discard(case.project.project)  # what the books give it settles who has the line
    if users or twice:
        names = listed([*sorted(users), *[case.project.project] * twice])
        yield Remark("line_used_twice", {"line": line.line, "projects": names})
    elif case.claims is None:
        yield Remark("line_users_not_known", {"line": line.line})
    known = {one.id: one for one in family.barriers}
    for barred in line.barred:
        barrier = known.get(barred)
        if barrier is None:
            yield Remark("line_barred_unknown", {"line": line.line, "why": barred})
        elif _on(barrier.applies_from, barrier.applies_to, day):
            values = {"line": line.line, "why": barrier.name}
            yield Remark("line_barred", values, (barrier.clause,))
    if line.eligible is False:
        yield Remark("line_not_usable", {"line": line.line})
    elif line.eligible is None and not line.barred:
        yield Remark("line_not_shown", {"line": line.line})
    if line.gives is not None and family.whole_from and _holds(family.whole_from, day):
        whole = _whole(line, held)
        if whole is not None and capacity_of(line.gives, line.unit) != whole:
            yield Remark("line_split", {"line": line.line}, (family.whole_from.clause,))
    yield from _stated(line, held)


def _stated(line: Retired, held: dict[str, Any] | None) -> Iterator[Remark]:
    """Yield a stated capacity or place that is not that of the books."""
    if held is None or line.capacity is None:
        return
    said, filed = capacity_of(line.capacity, line.unit), _whole(line, held)
    if said != filed:
        values = {"line": line.line, "said": shown(said), "filed": shown(filed)}
        yield Remark("line_capacity_differs", values)


def _whole(line: Retired, held: dict[str, Any] | None) -> Decimal | None:
    if held is not None:
        return capacity_of(held["capacity"], held["unit"])
    return capacity_of(line.capacity, line.unit)


def _count(case: Case, line: Retired, held: dict[str, Any] | None, found: Given) -> None:
    """Add what a line gives; an estimate or a gap is not a capacity."""
    whole = _whole(line, held)
    if whole is None or line.estimated:
        found.unknown = True
        found.remarks.append(
            Remark("line_estimated" if line.estimated else "line_no_capacity", {"line": line.line})
        )
        return
    part = capacity_of(line.gives, line.unit)
    if part is not None and part > whole:
        values = {"line": line.line, "gives": shown(part), "whole": shown(whole)}
        found.remarks.append(Remark("line_gives_more", values))
        return
    size = whole if part is None else part
    region = held["region"] if held else line.region
    if region is None:
        found.remarks.append(Remark("line_no_region", {"line": line.line}))
    elif province_of(region) != province_of(case.project.region):
        found.abroad.append(line.line)
    else:
        found.own += size
    if line.eligible:
        found.sure += size
    else:
        found.open += size
    found.nodes.append(_node(case, line, held, size))


def _node(case: Case, line: Retired, held: dict[str, Any] | None, size: Decimal) -> Node:
    return Node(
        "entry",
        f"line/{line.line}",
        Text(zh=f"退出产能 {line.line}", en=f"retired line {line.line}"),
        float(size),
        f"{CAPACITY}/a",
        held["mark"] if held else case.project.mark,
        source=held["source"] if held else case.project.source,
    )


def _holds(dated: Dated, day: date) -> bool:
    return _on(dated.applies_from, dated.applies_to, day)


def _on(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
