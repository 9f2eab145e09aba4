"""Lines whose capacity is given to a project: which count, how much, what speaks against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dafeng.explain import Node
from dafeng.gate.case import Case, Remark, Row, listed, shown
from dafeng.gate.project import Retired
from dafeng.gate.settings import Family
from dafeng.rulebook import province_of
from dafeng.vocabulary import Fault, Text, factor, items, regions

CAPACITY = "10^4 t"
"""The unit in which rules speak of capacity (per year)."""
_RUNNING, _CHOICE = "running", "dafeng-choices/gate"


@dataclass
class Given:
    """What the lines of one product give, in 10^4 t/a.

    Attributes:
        sure: of lines that are shown to be usable.
        open: of lines for which that is not shown.
        unknown: whether a line has no capacity.
        own: the part of ``sure`` that lies in the project's province.
        abroad: lines of other provinces → the province.
        restricted: whether lines are of the restricted class; ``None`` where one does not say.
    """

    sure: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    own: Decimal = Decimal(0)
    unknown: bool = False
    abroad: dict[str, str] = field(default_factory=dict)
    restricted: set[bool | None] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    @property
    def possible(self) -> Decimal | None:
        """What they may give at most; ``None`` where that is not known."""
        return None if self.unknown else self.sure + self.open


def capacity_of(value: float | None, unit: str) -> Decimal | None:
    """Return a capacity in 10^4 t/a, exactly as it is printed; ``None`` where it is no mass."""
    if value is None:
        return None
    try:
        return Decimal(str(value)) * Decimal(str(factor(unit, CAPACITY)))
    except Fault as fault:
        if fault.code != "unit_mismatch":
            raise
        return None  # MW, m3: no capacity in tonnes is stated


def estimate(row: Row) -> bool:
    """Whether the source of a line estimated its capacity, as the books tell."""
    return bool(row.get("estimated"))


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
    yield from _barred(family, line, day)
    if line.eligible is False:
        yield Remark("line_not_usable", {"line": line.line})
    elif line.eligible is None and not line.barred:
        yield Remark("line_not_shown", {"line": line.line})
    if line.gives is not None and family.whole_from and family.whole_from.holds(day):
        whole = _whole(line, held)
        if whole is not None and capacity_of(line.gives, line.unit) != whole:
            yield Remark("line_split", {"line": line.line}, (family.whole_from.clause,))
    yield from _stated(case, line, held)
    yield from _exit(case, line, held)
    yield from _alike(case, line)


def _stated(case: Case, line: Retired, held: Row | None) -> Iterator[Remark]:
    """Yield a stated capacity or place that is not that of the books, or that they do not hold."""
    if held is None:
        if case.lines:
            yield Remark("line_not_in_books", {"line": line.line})
        return
    said, filed = capacity_of(line.capacity, line.unit), _whole(line, held)
    if said is not None and said != filed:
        values = {"line": line.line, "said": shown(said), "filed": shown(filed)}
        yield Remark("line_capacity_differs", values)
    if line.region is not None and province_of(line.region) != province_of(held["region"]):
        place = {"said": regions()[line.region].name, "filed": regions()[held["region"]].name}
        yield Remark("line_region_differs", {"line": line.line, **place})


def _barred(family: Family, line: Retired, day: date) -> Iterator[Remark]:
    """Yield the barriers of a line that hold on a day."""
    for barred in line.barred:
        barriers = [one for one in family.barriers if one.id == barred]
        if not barriers:
            yield Remark("line_barred_unknown", {"line": line.line, "why": barred})
        for one in barriers:
            if _on(one.applies_from, one.applies_to, day):
                values = {"line": line.line, "why": one.name}
                yield Remark("line_barred", values, (one.clause,))


def _exit(case: Case, line: Retired, held: Row | None) -> Iterator[Remark]:
    """Yield whether the books show a line to have exited when the project operates."""
    if held is None:
        return
    project, last = case.project, held["last"]
    values = {"line": line.line, "last": last}
    if project.status == _RUNNING:
        if not last:
            yield Remark("line_exit_not_stated", values, (_CHOICE,))
        elif last > str(case.day):
            yield Remark("line_still_there", values, (_CHOICE,))
    elif last and project.finished and last > str(project.finished):
        values |= {"finished": project.finished}
        yield Remark("line_exits_late", values, (_CHOICE,))
    elif not last or last > str(case.day):
        yield Remark("line_to_exit", values, (_CHOICE,))


def _alike(case: Case, line: Retired) -> Iterator[Remark]:
    """Yield other names under which the same line may be used already."""
    own = [one.line for one in case.project.retires]
    for other in sorted({*(case.claims or {}), *case.lines, *own} - {line.line}):
        if not _same(case, line.line, other):
            continue
        filed = case.lines[other]["replaced_by"] if other in case.lines else ""
        users = ({filed} if filed else case.users(other)) - {case.project.project}
        users |= {case.project.project} if other in own else set()
        if users:
            values = {"line": line.line, "other": other, "projects": listed(sorted(users))}
            yield Remark("line_alike", values)


def _same(case: Case, one: str, other: str) -> bool:
    """Whether two names may be of one line: of one facility, or spelt almost alike."""
    first, second = case.lines.get(one), case.lines.get(other)
    if first is not None and second is not None:
        place = (first["reporter"], first.get("facility"), first["product"])
        return bool(place[1]) and place == tuple(
            second.get(name) for name in ("reporter", "facility", "product")
        )
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _whole(line: Retired, held: Row | None) -> Decimal | None:
    if held is not None:
        return capacity_of(held["capacity"], held["unit"])
    return capacity_of(line.capacity, line.unit)


def _count(case: Case, line: Retired, held: Row | None, found: Given) -> None:
    """Add what a line gives; an estimate or a gap is not a capacity."""
    whole = _whole(line, held)
    estimated = line.estimated or (held is not None and estimate(held))
    if whole is None or estimated:
        found.unknown = True
        reason = "line_estimated" if estimated else "line_no_capacity"
        found.remarks.append(Remark(reason, {"line": line.line}))
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
        found.abroad[line.line] = province_of(region)
    elif line.eligible:
        found.own += size
    found.restricted.add(line.restricted)
    if line.eligible:
        found.sure += size
    else:
        found.open += size
    found.nodes.append(_node(case, line, held, size))


def _node(case: Case, line: Retired, held: Row | None, size: Decimal) -> Node:
    return Node(
        "entry",
        f"line/{line.line}",
        Text(zh=f"退出产能 {line.line}", en=f"retired line {line.line}"),
        float(size),
        f"{CAPACITY}/a",
        held["mark"] if held else case.project.mark,
        source=held["source"] if held else case.project.source,
    )


def _on(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
