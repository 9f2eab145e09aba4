"""What editions have in common: a family, a place, and the days on which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from dafeng.vocabulary import Fault, Text

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


def none_in_force(
    family: str, day: date, held: Iterable[Dated], near: Sequence[Dated], drafts: Sequence[Dated]
) -> Fault:
    """Return the fault ``no_edition``, with the reason that the data give and drafts that wait.

    Args:
        family: what was asked for.
        day: the day.
        held: all editions of the family.
        near: those of the place that was asked for, or of what holds it.
        drafts: those of them that are drafts.
    """
    said = [unknown.reason for e in near for unknown in e.unknown if holds_on(unknown, day)]
    waiting = ", ".join(edition.id for edition in drafts if holds_on(edition, day))
    if waiting:
        said.append(Text(zh=f"只有草案 {waiting}", en=f"there is only the draft {waiting}"))
    why = Text(zh="".join(f"；{text.zh}" for text in said), en="".join(f"; {t.en}" for t in said))
    return Fault("no_edition", family, day=day, editions=", ".join(map(spell, held)), why=why)
