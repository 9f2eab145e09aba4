"""What is supervised after the fact, what the plans state of it, and the tables of its facts."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dafeng.vocabulary import Record, TableSchema, Term, Text, read_tables, read_yaml, validate

_DATA = Path(__file__).parent / "data"
_FILE = _DATA / "supervision.yaml"

Severity = Literal["error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")
Stage = Literal["found", "running", "passed"]


class Consequence(Record):
    """What a clause states.

    Attributes:
        region: where it holds; empty is everywhere.
        clause: ``document/clause``; the measure of a plan behind it names the departments.
        families, without: of quotas and levels, only of these, or of all but these.
        scales, variants: products or processes, and ways of being found; empty is all.
        applies_from: first day on which the clause holds.
        found, running, passed: in words by stage; ``None`` where the clause says nothing of it.
    """

    region: str = ""
    clause: str
    families: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    applies_from: date | None = None
    found: Text | None = None
    running: Text | None = None
    passed: Text | None = None

    def at(self, stage: Stage) -> Text | None:
        """Return the words for a stage."""
        return {"found": self.found, "running": self.running, "passed": self.passed}[stage]


class Matter(Term):
    """Something that is supervised.

    Attributes:
        says: variant → sentence, filled from what was found.
        severity: by stage.
        consequences: in the order in which they are named.
        counted: name under which several matters are counted together.
    """

    says: dict[str, Text]
    severity: dict[Stage, Severity]
    consequences: tuple[Consequence, ...]
    counted: Text | None = None


class LeastLand(Record):
    """From how much land on a limit of low performers holds for a case."""

    case: str
    mu: float
    clause: str
    checked: str


class LowTax(Record):
    """Which parameter sets hold limits of tax per mu."""

    sets: tuple[str, ...]
    least_land: LeastLand


class Words(Record):
    """What is said where a text states nothing."""

    none_stated: Text
    no_day: Text
    extension: Text
    no_duty: Text
    assumed: Text


class Oversight(Record):
    """All of ``supervision.yaml``.

    Attributes:
        choices: the clause of our own choices.
        unproven: severity where the facts are older than the deadline that has passed.
        low_classes: per-mu classes that stand for low performers.
        labels: names of what stands in the sentences.
        removal: sets with share and years of the removal of green factories.
    """

    choices: str
    unproven: Severity
    low_classes: tuple[str, ...]
    low_tax: LowTax
    removal: tuple[str, ...]
    labels: dict[str, Text]
    words: Words
    reasons: tuple[Term, ...]
    matters: tuple[Matter, ...]


@cache
def oversight() -> Oversight:
    """What is supervised, and what follows."""
    held: dict[str, Any] = read_yaml(_FILE)
    fields = {name: held[name] for name in Oversight.model_fields}
    return validate(Oversight, fields, _FILE.name)


@cache
def matters() -> dict[str, Matter]:
    """The matters by id, in their order."""
    return {one.id: one for one in oversight().matters}


@cache
def supervision_tables() -> dict[str, TableSchema]:
    """The tables of facts by name."""
    return read_tables(_DATA / "supervision_tables.yaml")
