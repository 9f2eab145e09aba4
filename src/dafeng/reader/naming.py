"""What a figure measures: the words around it, looked up among the declared indicators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from dafeng.reader.lexicon import data
from dafeng.reader.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Name:
    """What is measured.

    Attributes:
        words: in English.
        id: declared indicator that is surely meant; ``may`` are those that it may be.
        atoms: how many words of the dictionary lead to it.
        fallen: whether it is a saving itself, of which a figure is no fall.
        annual: whether it is measured by the year.
    """

    words: str
    id: str | None = None
    may: tuple[str, ...] = ()
    atoms: int = 0
    fallen: bool = False
    annual: bool = False

    def unsure(self) -> Name:
        """The same, with the indicator that is meant as a candidate."""
        return replace(self, id=None, may=(self.id, *self.may)) if self.id else self


@dataclass(frozen=True, slots=True)
class _Rule:
    name: Name
    all: frozenset[str]
    none: frozenset[str]
    kinds: frozenset[str]


@cache
def _rules() -> dict[str, list[_Rule]]:
    """Rules by the first of their words, so that few are tried."""
    found: dict[str, list[_Rule]] = {}
    for entry in data("phrases")["indicators"]:
        atoms = tuple(f"atom {one}" for one in entry["all"])
        name = Name(
            entry["name"], entry.get("id"), tuple(entry.get("may", ())), len(atoms),
            bool(entry.get("fallen")), bool(entry.get("annual")),
        )  # fmt: skip
        rule = _Rule(
            name, frozenset(atoms), frozenset(f"atom {one}" for one in entry.get("none", ())),
            frozenset(entry.get("is", ())),
        )  # fmt: skip
        found.setdefault(atoms[0], []).append(rule)
    return found


def kinds_of(one: Quantity, *, change: bool) -> frozenset[str]:
    """Which sort of figure a quantity can be: a share, a change, a count, an amount."""
    unit = one.unit
    if unit is None:
        return frozenset({"count"})
    if unit.name in {"%", "percentage points", "‰"}:
        return frozenset({"change"} if change else {"share", "change"})
    if unit.name == "times":
        return frozenset({"change", "share"})
    if "/" in unit.name:
        return frozenset({"intensity", unit.id or unit.name})
    if unit.count:
        return frozenset({"count"})
    return frozenset({unit.like or unit.id or unit.name})


def name_of(labels: Iterable[str], kinds: frozenset[str]) -> Name | None:
    """The indicator with the most of its words among some labels.

    Where several have as many, none is sure: their ids are candidates.
    """
    return _best(frozenset(one for one in labels if one.startswith("atom ")), kinds)


@lru_cache  # the same few are named throughout a text
def _best(known: frozenset[str], kinds: frozenset[str]) -> Name | None:
    fits = [
        rule
        for atom in known
        for rule in _rules().get(atom, ())
        if rule.all <= known and not rule.none & known and (not rule.kinds or rule.kinds & kinds)
    ]
    if not fits:
        return None
    best = max(rule.name.atoms for rule in fits)
    longest = [rule for rule in fits if rule.name.atoms == best]
    special = [rule for rule in longest if rule.kinds]
    if "share" in kinds:  # a level in %: rather a share than the change of an amount
        special = [rule for rule in special if "share" in rule.kinds] or special
    first = [rule.name for rule in special or longest]
    first.sort(key=lambda name: (name.id is None, name.words))
    if len(first) == 1:
        return first[0]
    ids = dict.fromkeys(one for name in first for one in ((name.id,) if name.id else name.may))
    return Name(first[0].words, None, tuple(ids), best)


def names_of(labels: Iterable[str], kinds: frozenset[str]) -> list[Name]:
    """All indicators of which every word stands there, without those that a longer one holds."""
    known = {one for one in labels if one.startswith("atom ")}
    fits = [
        rule
        for atom in known
        for rule in _rules().get(atom, ())
        if rule.all <= known and (not rule.kinds or rule.kinds & kinds)
    ]
    names = [
        rule.name
        for rule in fits
        if rule.name.id and not any(rule.all < other.all for other in fits)
    ]
    return sorted(names, key=lambda name: name.words)  # one order in every process
