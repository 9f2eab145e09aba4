"""Labels: what each distinct text of a column stands for in the vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import Any

from dafeng.ledger.importing.faults import SHOWN
from dafeng.vocabulary import (
    Column,
    Entries,
    Fault,
    check_credit_code,
    flows,
    items,
    marks,
    period,
    quantity,
    regions,
    sectors,
    units,
    uses,
)

_FULL_WIDTH = re.compile("[０-９]")
_ID = re.compile(r"[0-9A-Za-z_-]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

MANY = 10
"""Of more choices than this only the nearest are named."""


def resolver(column: Column) -> Callable[[str], str] | None:
    """Return what turns a label of the column into its id and raises a ``Fault`` on a bad one.

    ``None`` where the column takes any text.
    """
    if column.choices:
        return lambda label: _choice(label, column.choices)
    if column.type == "text":
        return _half_width(lambda label: label) if column.key else None
    return _RESOLVERS[column.type]()


def resolve_all(
    labels: list[str], resolve: Callable[[str], str]
) -> tuple[list[str], dict[int, Fault]]:
    """Resolve distinct labels; the empty one stays empty.

    Returns:
        The ids, and the faults by place in ``labels``.
    """
    ids, faults = list(labels), {}
    for i, label in enumerate(labels):
        try:
            ids[i] = resolve(label) if label else ""
        except Fault as fault:
            faults[i] = fault
    return ids, faults


def _entry(entries: Entries[Any]) -> Callable[[str], str]:
    """Resolve by a vocabulary; the search for near labels is dear, so it ends after some."""
    failed = 0

    def resolve(label: str) -> str:
        nonlocal failed
        found = entries.find(label)
        if found is None:
            failed += 1
            if failed > SHOWN:
                raise Fault(f"unknown_{entries.kind}", label=label, near="–")
            found = entries.resolve(label)
        return str(found.id)

    return resolve


def _half_width(resolve: Callable[[str], str]) -> Callable[[str], str]:
    def checked(label: str) -> str:
        if _FULL_WIDTH.search(label):
            plain = unicodedata.normalize("NFKC", label)
            raise Fault("fullwidth_digits", label=label, plain=plain)
        return resolve(label)

    return checked


def _id(label: str) -> str:
    """An id stands in figure ids and paths, so it has none of their signs."""
    if not _ID.fullmatch(label):
        raise Fault("bad_id", label=label)
    return label


def _choice(label: str, choices: tuple[str, ...]) -> str:
    if label not in choices:
        near = get_close_matches(label, choices, cutoff=0.5) if len(choices) > MANY else choices
        raise Fault("bad_choice", label=label, choices=", ".join(near) or "–")
    return label


def _unit(label: str) -> str:
    """Return the id of a unit, or a compound of units (``GJ/t``) as it stands."""
    found = units().find(label)
    if found is None:
        quantity(label)
        return label
    return found.id


def _use(label: str) -> str:
    head, slash, sector = label.partition("/")
    use = uses().resolve(head).id
    return f"{use}/{sectors().resolve(sector).id}" if slash else use


def _credit_code(label: str) -> str:
    check_credit_code(label)
    return label


def _date(label: str) -> str:
    try:
        if _DATE.fullmatch(label):
            return date.fromisoformat(label).isoformat()
    except ValueError as error:
        raise Fault("bad_date", label=label) from error
    raise Fault("bad_date", label=label)


_RESOLVERS: dict[str, Callable[[], Callable[[str], str]]] = {
    "item": lambda: _entry(items()),
    "flow": lambda: _entry(flows()),
    "mark": lambda: _entry(marks()),
    "sector": lambda: _entry(sectors()),
    "region": lambda: _half_width(_entry(regions())),
    "unit": lambda: _unit,
    "use": lambda: _use,
    "period": lambda: _half_width(lambda label: period(label).text),
    "credit_code": lambda: _half_width(_credit_code),
    "date": lambda: _half_width(_date),
    "id": lambda: _half_width(_id),
}
