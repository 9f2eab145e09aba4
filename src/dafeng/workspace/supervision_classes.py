"""Which classes an enterprise of the workspace belongs to, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dafeng.gate import Supervised, factor_settings
from dafeng.vocabulary import Text
from dafeng.workspace.supervision import supervise
from dafeng.workspace.supervision_facts import Facts

if TYPE_CHECKING:
    from dafeng.workspace import Workspace


@dataclass(frozen=True)
class Firm:
    """An enterprise and its classes.

    Attributes:
        classes: class → why it belongs there.
        per_mu: whether a per-mu class of it is known.
        mark: of its row of reporters.
    """

    reporter: str
    name: Text
    region: str
    sector: str
    classes: dict[str, Text]
    per_mu: bool
    mark: str


def classes_of(ws: Workspace, who: str, day: date) -> Firm | None:
    """Return the classes of an enterprise on a day, ``None`` where it is no reporter."""
    facts = Facts(ws, day)
    own = {row["reporter"]: row for row in facts.reporters.to_pylist()}.get(who)
    if own is None:
        return None
    settings = factor_settings()
    classes: dict[str, Text] = {}
    for row in facts.per_mu.to_pylist():
        if row["reporter"] == who and row["class"]:
            words = Text(zh=f"{row['year']}年亩均评价", en=f"per-mu evaluation of {row['year']}")
            classes[row["class"]] = words
    per_mu = bool(classes)
    for row in facts.lists.to_pylist():
        if row["subject"] == who and row["list"] in settings.lists:
            words = Text(zh=f"名单 {row['list']}", en=f"list {row['list']}")
            classes[settings.lists[row["list"]]] = words
    for one in supervise(ws, day).supervision.found:
        if one.hit.reporter == who:
            classes |= dict.fromkeys(_supervised(one), one.text)
    name = facts.names[who]
    return Firm(who, name, own["region"], own["sector"], classes, per_mu, own["mark"])


def _supervised(one: Supervised) -> list[str]:
    """Return the classes that a finding stands for."""
    settings = factor_settings()
    meant = settings.matters.get(one.hit.matter)
    found = [meant.cls] if meant and one.stage in meant.stages else []
    punitive = settings.punitive
    if one.hit.matter == punitive.matter and one.hit.amounts:
        value, limit = one.hit.amounts
        if limit > 0 and value > limit * punitive.times:
            found.append(punitive.cls)
    return found
