"""Lists of a region's budgets: who stands where, who is supervised, who is punished jointly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from dafeng.budget import NORMAL, NOT_REPORTED, OWN_CYCLE, TOO_EARLY, Settlement
from dafeng.findings import Finding
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, Text, worst_mark
from dafeng.workspace.budget_followed import Followed
from dafeng.workspace.budget_lines import CODES, Line, Punished, finding, line, punished, used_up
from dafeng.workspace.budget_trees import Told, told_execution
from dafeng.workspace.kept import Kept

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

_ALREADY = Text(zh="已用超过预算", en="has used more than its budget")
_AT_END = Text(zh="年末超预算", en="over budget at the end of the year")


@dataclass(frozen=True)
class Monitored:
    """The budgets of a region as of a month.

    Attributes:
        followed: all firms.
        lines: those that are shown, the gravest first.
        counts: level → firms with a budget.
        findings: what firms at a level are asked for.
        punished: the joint punishment list, by department.
    """

    followed: Followed
    lines: Sequence[Line]
    counts: Mapping[str, int]
    findings: Sequence[Finding]
    punished: Sequence[Punished]

    @property
    def mark(self) -> str:
        """The worst mark of what the firms reported."""
        return worst_mark(set(self.followed.held.marks))

    @property
    def supervised(self) -> list[str]:
        """The supervision list, whatever lines are shown."""
        ids = self.followed.held.ids
        return [ids[at] for at in np.flatnonzero(self.followed.supervised)]


def monitored(
    followed: Followed, rules: Rulebook, level: str | None = None, *, everyone: bool = False
) -> Monitored:
    """Return the lists of a region.

    Args:
        followed: the budgets, followed to a month.
        rules: the rulebook, for the clauses of the trees.
        level: only this level.
        everyone: all firms with a budget, also those at the level normal.

    Raises:
        Fault: ``unknown_budget_level``.
    """
    how = followed.ways.levels
    numbers = {name: number for number, name in enumerate(how.ids)}
    numbers |= {how.id_of(level): level for level in (NOT_REPORTED, TOO_EARLY, OWN_CYCLE)}
    if level is not None and level not in numbers:
        raise Fault("unknown_budget_level", label=level, near=", ".join(numbers))
    at = followed.level
    if level is not None:
        shown = followed.has & (at == numbers[level])
    else:
        shown = followed.has & (everyone | ~np.isin(at, (NORMAL, TOO_EARLY, OWN_CYCLE)))
    # a firm that does not report stands between warning and serious: nothing is known of it
    grave = np.where(at == NOT_REPORTED, len(how.levels) - 0.5, at)
    over = np.nan_to_num(followed.ratio("forecast"))
    order = np.lexsort((np.array(followed.held.ids), -over, -grave))
    lines = [line(followed, int(place), rules) for place in order if shown[place]]
    counts = Counter(how.id_of(int(number)) for number in at[followed.has])
    found = [finding(followed, one) for one in lines if one.level in CODES]
    said = [one for place in used_up(followed) for one in punished(followed, place, _ALREADY)]
    return Monitored(followed, lines, counts, found, _by_body(said))


@dataclass(frozen=True)
class Settled:
    """The budgets of a region at the end of a year.

    Attributes:
        followed: all firms.
        settlement: ratio and class of each.
        told: figure of the execution ratio of each firm with a budget, by reporter.
        punished: the joint punishment list, by department.
    """

    followed: Followed
    settlement: Settlement
    told: Mapping[str, Told]
    punished: Sequence[Punished]

    @property
    def mark(self) -> str:
        """The worst mark of what the firms reported."""
        return worst_mark(set(self.followed.held.marks))


def settled(followed: Followed, settlement: Settlement, rules: Rulebook) -> Settled:
    """Return the lists at the end of a year."""
    how = followed.ways.levels
    punish = [n for n, one in enumerate(how.assessment) if one.id in how.punished]
    over = followed.has & np.isin(settlement.classes, punish)
    said = [one for at in np.flatnonzero(over) for one in punished(followed, int(at), _AT_END)]
    told = {
        followed.held.ids[at]: told_execution(followed, settlement, int(at), rules)
        for at in np.flatnonzero(followed.has)
    }
    return Settled(followed, settlement, told, _by_body(said))


def keep_budget_figures(workspace: Workspace, told: Iterable[Told]) -> None:
    """Keep the inputs of figures that are shown, so that an old id can tell what changed."""
    # one file a run beside those of the accounts: there an id is looked for
    Kept(workspace.store.path / "figures" / "accounts").add(cast("Any", list(told)))


def _by_body(said: Sequence[Punished]) -> list[Punished]:
    return sorted(said, key=lambda one: (one.body.en, one.reporter))
