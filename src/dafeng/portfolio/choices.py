"""What no document settles, as data: defaults, whose money counts, what a selection is for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from dafeng.vocabulary import Entries, Record, Term, read_records

_FILE = Path(__file__).parent / "data" / "choices.yaml"


class Setting(Term):
    """A number of ours that a user may give otherwise."""

    value: float
    unit: str
    basis: Literal["our_choice"]


class View(Term):
    """Whose money is counted: column → sign; ``capital`` is paid once, ``yearly`` each year."""

    capital: dict[str, int]
    yearly: dict[str, int]


class Objective(Term):
    """What a selection is for.

    Attributes:
        sense: whether ``most`` or ``least`` of it is wanted.
        of: ``tco2``, ``tce`` or ``cost``.
        years: ``target`` counts the target year, ``each`` all years up to it.
        unit: unit of the value.
    """

    sense: Literal["most", "least"]
    of: Literal["tco2", "tce", "cost"]
    years: Literal["target", "each"]
    unit: str


class Span(Record):
    """Years in which projects may start, and the year in which a gap is to be closed."""

    first: int
    last: int
    target: int


@cache
def settings() -> Entries[Setting]:
    """All defaults."""
    return Entries("setting", read_records(Setting, _FILE, "settings"))


@cache
def views() -> Entries[View]:
    """All views of cost."""
    return Entries("cost_view", read_records(View, _FILE, "views"))


@cache
def objectives() -> Entries[Objective]:
    """All objectives."""
    return Entries("objective", read_records(Objective, _FILE, "objectives"))


def setting(name: str) -> float:
    """Return a default."""
    return settings()[name].value
