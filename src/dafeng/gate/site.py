"""What a rule on capacity asks of the site: key air-pollution region, other provinces, parks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dafeng.explain import Node
from dafeng.gate.case import Case, Remark, listed
from dafeng.gate.lines import Given
from dafeng.gate.settings import Abroad, Air, Family, air_regions
from dafeng.rulebook import province_of
from dafeng.vocabulary import Text, regions

KEY, OTHER = "key", "other"
_RETROFIT = "retrofit"
_AIR = Text(
    zh="所在省是否属于大气污染防治重点区域（按名单理解）",
    en="whether the province is a key air-pollution region (as the list is read)",
)
_PARK = Text(
    zh="所在省是否属于长江沿线（按文字理解）",
    en="whether the province lies along the Yangtze (as the text is read)",
)


def air_of(case: Case, day: date) -> str:
    """Return ``key``, ``other`` or nothing, where it is not clear for the site."""
    if case.project.air is not None:
        return case.project.air
    return _class_of(province_of(case.project.region), day)


def _class_of(province: str, day: date) -> str:
    held = _air_list(day)
    if held is None or province in held.partly:
        return ""
    return KEY if province in held.whole else OTHER


def _air_list(day: date) -> Air | None:
    return next((one for one in air_regions() if one.holds(day)), None)


def air_node(case: Case, day: date) -> tuple[Node, ...]:
    """Return which list says in what region the site lies, where the project does not."""
    held = _air_list(day)
    if case.project.air is not None or held is None:
        return ()
    ref = f"air/{province_of(case.project.region)}/{air_of(case, day) or 'open'}"
    return (_read(ref, _AIR, held.mark, held.clause),)


def park(case: Case, family: Family, day: date) -> Iterator[Remark]:
    """Ask for a compliant park, where nothing new may be built outside one."""
    rule, province = family.parks, province_of(case.project.region)
    if rule is None or not rule.holds(day) or case.project.kind == _RETROFIT:
        return
    if province not in rule.regions:
        return
    held = case.project.capacity_plan.compliant_park
    answer = {None: "park_not_stated", True: "park_compliant", False: "park_outside"}[held]
    nodes = (_read(f"park/{province}", _PARK, rule.mark, rule.clause),)
    yield Remark(answer, {"region": regions()[province].name}, (rule.clause,), nodes)


def moved(case: Case, family: Family, lines: Given, day: date) -> Iterator[Remark]:
    """Yield what a move between provinces needs, where the rule of the day says so."""
    rule = family.abroad
    if not lines.abroad or rule is None or not rule.holds(day):
        return
    yield from _into_key(case, rule, lines, day)
    held = case.project.capacity_plan.receiving
    answer = {None: "receiving_not_stated", True: "receiving_free", False: "receiving_barred"}[held]
    province = regions()[province_of(case.project.region)].name
    yield Remark(answer, {"region": province}, (rule.receiving,))
    if rule.hearing:
        yield hearing(case, rule.clause)


def _into_key(case: Case, rule: Abroad, lines: Given, day: date) -> Iterator[Remark]:
    """Judge a move into a key region; among key regions nothing rises."""
    air = air_of(case, day)
    if air == OTHER:
        return
    classes = {name: _class_of(place, day) for name, place in lines.abroad.items()}
    out = [name for name, of in classes.items() if not rule.net or of == OTHER]
    unclear = [name for name, of in classes.items() if rule.net and of == ""]
    clause = (rule.clause,)
    if air == KEY and out:
        reason = "abroad_net_into_key" if rule.net else "abroad_into_key"
        yield Remark(reason, {"lines": listed(out)}, clause)
    elif out:
        yield Remark("abroad_air_unknown", {"lines": listed(out)}, clause)
    if unclear:
        yield Remark("abroad_from_unclear", {"lines": listed(unclear)}, clause)


def hearing(case: Case, *clauses: str) -> Remark:
    """Return whether a hearing was held that a rule asks for."""
    held = case.project.capacity_plan.hearing
    answer = {None: "hearing_not_stated", True: "hearing_held", False: "hearing_missing"}[held]
    return Remark(answer, {}, clauses)


def _read(ref: str, label: Text, mark: str, source: str) -> Node:
    return Node("assumption", ref, label, mark=mark, flags=("our_reading",), source=source)
