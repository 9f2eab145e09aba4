"""All checks of a project, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dafeng.explain import Node, figure_id
from dafeng.gate.capacity import replacement
from dafeng.gate.carbon import carbon_replacement
from dafeng.gate.case import Case, Checked, Remark
from dafeng.gate.energy_review import energy_review
from dafeng.gate.facts import eia, policy, zoning
from dafeng.gate.level import baseline, benchmark
from dafeng.gate.net import net_capacity
from dafeng.gate.province import OwnCheck, own_check
from dafeng.gate.regional import room_co2, room_energy
from dafeng.gate.settings import Verdict, checks, settings
from dafeng.vocabulary import Fault, Text

CHECKS: dict[str, Callable[[Case], Iterator[Remark]]] = {
    "policy": policy,
    "replacement": replacement,
    "net_capacity": net_capacity,
    "energy_review": energy_review,
    "baseline": baseline,
    "benchmark": benchmark,
    "room_energy": room_energy,
    "room_co2": room_co2,
    "carbon_replacement": carbon_replacement,
    "zoning": zoning,
    "eia": eia,
}
"""Check of ``checks.yaml`` → the function that makes it."""


@dataclass(frozen=True)
class Opinion:
    """What the gate says about a project.

    Attributes:
        verdict: the worst that follows from the checks.
        held: whether it is refused only for what is not known: then it waits.
    """

    case: Case
    checks: tuple[Checked, ...]
    verdict: Verdict
    held: bool

    @property
    def name(self) -> Text:
        """The verdict in words."""
        term = next(one for one in settings().verdicts if one.id == self.verdict)
        return term.held if self.held and term.held else term.name

    def of(self, outcome: str) -> tuple[Checked, ...]:
        """Return the checks with an outcome."""
        return tuple(one for one in self.checks if one.outcome == outcome)

    @cached_property
    def tree(self) -> Node:
        """How the verdict came about: checks, figures, clauses."""
        project = self.case.project
        return Node(
            "figure",
            f"gate/{project.project}/{self.case.day}",
            Text(
                zh=f"{project.title.zh}：{self.name.zh}", en=f"{project.title.en}: {self.name.en}"
            ),
            mark=project.mark,
            detail=Text(zh=f"阶段：{self.stage.zh}", en=f"stage: {self.stage.en}"),
            children=(
                *(one.node for one in self.case.counted.values() if one.node is not None),
                *(one.node(self.case) for one in self.checks),
            ),
        )

    @cached_property
    def figure(self) -> str:
        """Id of the opinion."""
        case, project = self.case, self.case.project
        scope = case.scope or project.region
        return figure_id("gate", project.project, scope, str(case.day), self.tree)

    @property
    def stage(self) -> Text:
        """The stage of the project in words."""
        return next(one.name for one in settings().stages if one.id == self.case.project.stage)


def review(case: Case, own: Sequence[OwnCheck] = ()) -> Opinion:
    """Make all checks of a project, then those of the province.

    Raises:
        Fault: ``gate_stopped`` for a project that was given up: there is nothing to decide.
    """
    if case.project.status == "stopped":
        raise Fault("gate_stopped", case.project.project)
    region = case.project.region
    found = [
        Checked(check, tuple(CHECKS[check.id](case)), check.cited(region))
        for check in checks().values()
    ]
    found += [
        Checked(one.check, tuple(own_check(case, one)), (one.clause,))
        for one in own
        if one.holds(case)
    ]
    verdict = verdict_of(found, case.project.stage)
    refused = any(one.refused for one in found)
    return Opinion(case, tuple(found), verdict, held=verdict == "refuse" and not refused)


def verdict_of(found: Iterable[Checked], stage: str) -> Verdict:
    """Return the worst verdict that the checks lead to.

    What is refused for a failure while it is being built or runs already is stopped. What fails
    and may still be mended in time is a condition.
    """
    order: list[Verdict] = [one.id for one in settings().verdicts]  # type: ignore[misc]
    worst = 0
    for one in found:
        follows: Verdict = "admit"
        if one.outcome == "fail" and one.in_time:
            follows = "admit_with_conditions"
        elif one.outcome == "fail":
            begun = stage in settings().stopped and one.refused
            follows = "stop" if begun else one.check.fail
        elif one.outcome == "unknown":
            follows = one.check.unknown
        worst = max(worst, order.index(follows))
    return order[worst]
