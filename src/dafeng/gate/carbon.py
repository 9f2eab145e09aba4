"""Equal or reduced replacement of the carbon that a two-highs project adds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dafeng.accounting import parameter_node
from dafeng.gate.case import Case, Counted, Remark, in_tonnes, listed, shown
from dafeng.rulebook import Formula, compute
from dafeng.vocabulary import Fault

_FAMILY = "capacity-carbon"
_RETROFIT, _PLANNED = "retrofit", "planned"
_UNIT = "tCO2"


def carbon_replacement(case: Case) -> Iterator[Remark]:
    """Compare what is cut elsewhere with what the rule of the day asks for."""
    project = case.project
    formula = _rule(case, case.day)
    if formula is None:
        yield Remark("carbon_rule_not_yet", {"day": case.day})
        return
    clause = f"{formula.document}/{formula.clause}"
    spared = _spared(case)
    if spared is not None:
        yield Remark(*spared, (clause,))
        return
    grams = case.counted.get("co2", Counted()).grams
    if grams is None:
        yield Remark("co2_amount_not_known")
        return
    if project.replaced_carbon is None:
        yield Remark("carbon_sources_not_stated", {}, (clause,))
        return
    emission = in_tonnes(grams)
    found = compute(case.rules, formula, {"emission": [emission]}, case.day, project.region)
    needed = found.steps[formula.steps[-1].id][0]
    yield from _offered(case, needed, clause, [v.id for v in found.values["ratio"] if v])


def _rule(case: Case, day: date) -> Formula | None:
    """Return the rule of a day, ``None`` where there was none."""
    try:
        return case.rules.edition(case.rules.formulas, _FAMILY, day, case.project.region)
    except Fault as fault:
        if fault.code != "no_edition":
            raise
        return None


def _spared(case: Case) -> tuple[str, dict[str, date]] | None:
    """Return why nothing is asked, or why that is open; what has begun goes by the day it did."""
    project = case.project
    if project.kind == _RETROFIT:
        return "carbon_not_asked", {}
    if project.two_highs is not True:
        return ("two_highs_not_stated" if project.two_highs is None else "not_two_highs"), {}
    if project.stage == _PLANNED:
        return None
    if project.started is None:
        return "start_not_stated", {}
    if _rule(case, project.started) is None:
        return "carbon_rule_not_yet", {"day": project.started}
    return None


def _offered(case: Case, needed: Decimal, clause: str, values: list[str]) -> Iterator[Remark]:
    """Yield what is wrong with the sources, and whether what they cut is enough."""
    offered = case.project.replaced_carbon or ()
    names = [one.source for one in offered]
    if offered and case.claims is None:
        yield Remark("carbon_users_not_known")
    total, open_ = Decimal(0), False
    for one in offered:
        users = {
            *case.users(one.source),
            *[case.project.project] * (names.count(one.source) > 1),
        }
        if users:
            yield Remark(
                "carbon_used_twice", {"source": one.source, "projects": listed(sorted(users))}
            )
        elif one.tco2 is None:
            open_ = True
            yield Remark("carbon_source_no_amount", {"source": one.source})
        else:
            total += Decimal(str(one.tco2))
    said = {"needed": shown(needed), "held": shown(total), "short": shown(needed - total)}
    nodes = (
        case.figure("carbon_needed", needed, _UNIT),
        case.figure("carbon_offered", total, _UNIT),
        *(parameter_node(case.rules, value) for value in values),
    )
    if total >= needed:
        yield Remark("carbon_met", said, (clause,), nodes)
    elif not open_:
        yield Remark("carbon_short", said, (clause,), nodes)
