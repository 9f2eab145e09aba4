"""Limits of what a document may ask of the machine; the values are data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary import Fault, Term, read_records

_FILE = Path(__file__).parent / "data" / "limits.yaml"


class Limit(Term):
    """A limit: what is counted, and how much of it is allowed."""

    value: int


@cache
def _limits() -> dict[str, Limit]:
    return {limit.id: limit for limit in read_records(Limit, _FILE, "limits")}


def limit(name: str) -> int:
    """Return a limit by its id."""
    return _limits()[name].value


def keep_within(name: str, found: float, place: str) -> None:
    """Refuse what is above a limit.

    Raises:
        Fault: ``document_too_large``.
    """
    if found > limit(name):
        raise too_large(name, place, found)


def too_large(name: str, place: str, found: float) -> Fault:
    """Return the fault of what is above a limit."""
    held = _limits()[name]
    return Fault("document_too_large", place, what=held.name, found=int(found), most=held.value)
