"""What editions have in common: a family, a place, and the days on which they hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from dafeng.rulebook.schema import Unknown


class InTime(Protocol):
    """What applies from one day to another."""

    @property
    def applies_from(self) -> date | None: ...  # noqa: D102
    @property
    def applies_to(self) -> date | None: ...  # noqa: D102


class Dated(InTime, Protocol):
    """An edition of something: a set of scales, a formula, a scorecard."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def family(self) -> str: ...  # noqa: D102
    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102
    @property
    def unknown(self) -> tuple[Unknown, ...]: ...  # noqa: D102


E = TypeVar("E", bound=Dated)
"""Some kind of edition."""


def holds_on(edition: InTime, day: date) -> bool:
    """Whether a day lies in the time of an edition; an open end is no bar."""
    first, last = edition.applies_from, edition.applies_to
    return (first is None or first <= day) and (last is None or day <= last)


def spell(edition: Dated) -> str:
    """Return an edition with its dates, as printed."""
    first, last = edition.applies_from or "…", edition.applies_to or "…"
    return f"{edition.id} ({first} – {last})"
