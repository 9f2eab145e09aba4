"""What lies over the rulebook that comes with Dafeng, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dafeng.findings import Finding
from dafeng.rulebook.check import check

if TYPE_CHECKING:
    from dafeng.rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class Laid:
    """A record that an overlay holds.

    Attributes:
        kind: where it is held: ``documents``, ``sets``, ``scales`` …
        file: where it was read: ``rules/scales/level.yaml``.
        replaces: whether it takes the place of a record of the same kind and id below it.
    """

    kind: str
    id: str
    file: str
    replaces: bool


def overlay_faults(rules: Rulebook, below: Rulebook) -> list[Finding]:
    """Return what is wrong with rules, save what is wrong with those below them as well.

    The place of a finding begins with the overlay's file where the record stands in one.
    """
    found = check(rules)
    known = {(f.code, f.place) for f in check(below)} if found else set()
    return [
        replace(finding, place=placed(rules, finding.place))
        for finding in found
        if (finding.code, finding.place) not in known
    ]


def replaced(rules: Rulebook) -> list[Finding]:
    """Return a notice of each record of an overlay that takes the place of another."""
    return [
        Finding("overlay_replaces", one.file, {"kind": one.kind, "id": one.id})
        for one in rules.laid
        if one.replaces
    ]


def placed(rules: Rulebook, place: str) -> str:
    """Return the place of a finding with the overlay's file, where its record is an overlay's."""
    for one in rules.laid:
        if place == one.id or place.startswith(f"{one.id}.") or f"/{one.id}/" in place:
            return f"{one.file}: {place}"
    return place
