"""What the reader proposes: figures and measures, with their places and a trust flag."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

Kind = Literal["target", "result", "cap", "threshold", "context"]
Trust = Literal["good", "check", "corrupt"]

# Flags that do not make a person look twice: they say how the text puts it.
_WORDING = frozenset({"strive"})


class Section(Protocol):
    """A part of a document as ``propose`` needs it: a heading or a numbered item."""

    @property
    def id(self) -> str:
        """What the proposals that stand in it are marked with."""
        ...

    @property
    def start(self) -> int:
        """First character, in the decoded text."""
        ...

    @property
    def end(self) -> int:
        """The character after its last one."""
        ...


@dataclass(frozen=True, slots=True)
class Repair:
    """A guess at what a garbled figure was. It is never entered as a fact.

    Attributes:
        value: the guess, in ``unit`` (a base unit, as ``Proposal.unit_base``).
        trail: ids of the steps that lead to it, each with the text it rests on.
    """

    value: float
    unit: str
    trail: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One figure of a text.

    Attributes:
        start, end: span in characters (Unicode code points) of the decoded text.
        slice: ``text[start:end]``.
        jurisdiction: English name of the place the figure is about; ``region`` is its code in the
            vocabulary.
        indicator: what is measured, in English where the dictionaries know it, else as printed; a
            fall is "reduction of …" with a positive value.
        indicator_id: the declared indicator that is surely meant; ``candidates`` are those that
            may be, best first, where it is not sure.
        comparator: ``= > >= < <= about range``, or words where no number is given
            ("meets national target").
        value, value_high: the number as printed; ``value_high`` only in a range.
        unit: as printed, in English, with its scale word ("million kW", "wan tons").
        value_base, unit_base: the same with the scale applied; no ``value_base`` where the number
            is corrupt. ``high_base`` is the upper end of a range.
        unit_id: unit of the vocabulary that ``value_base`` is in, where there is one.
        base_year: year that a change starts from. ``year``: of the target or of the result.
        stretch_value: a second, more ambitious value of the same figure, in ``unit``.
        exclusions: what the figure leaves out, as printed.
        corrupt: the number cannot be what was written; ``reason`` is the id of the check that
            found it (see ``data/garbles.yaml`` for its words), ``reasons`` all of them.
        flags: ``strive``, ``year_inferred``, ``base_year_inferred``, ``jurisdiction_inferred``,
            ``kind_inferred``; ``annual`` (by the year, not over the period); of the indicator
            ``indicator_unsure`` (candidates), ``_undeclared``
            (the dictionaries know it, no declared indicator is it), ``_unknown`` (as printed).
        section: id of the innermost section that it stands in.
        measure: place in ``Reading.measures`` of the task that it belongs to.
    """

    start: int
    end: int
    slice: str
    kind: Kind
    comparator: str
    jurisdiction: str | None = None
    region: str | None = None
    indicator: str = ""
    indicator_id: str | None = None
    candidates: tuple[str, ...] = ()
    value: float | None = None
    value_high: float | None = None
    unit: str | None = None
    value_base: float | None = None
    high_base: float | None = None
    unit_base: str | None = None
    unit_id: str | None = None
    base_year: int | None = None
    year: int | None = None
    stretch_value: float | None = None
    exclusions: tuple[str, ...] = ()
    corrupt: bool = False
    reason: str | None = None
    reasons: tuple[str, ...] = ()
    repair: Repair | None = None
    flags: tuple[str, ...] = ()
    section: str | None = None
    measure: int | None = None

    @property
    def trust(self) -> Trust:
        """``corrupt``; ``check`` where something was inferred or is not sure; else ``good``."""
        if self.corrupt:
            return "corrupt"
        return "check" if set(self.flags) - _WORDING else "good"

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON can hold them, with ``trust``."""
        return _plain(asdict(self)) | {"trust": self.trust}


@dataclass(frozen=True, slots=True)
class Measure:
    """A task of the text, with the bodies that a bracketed list makes responsible.

    Attributes:
        start, end: span of the task; its bracketed list of units stands within.
        text: the task without the list.
        lead: id of the body that leads (``dafeng.plan.bodies``), where the list says so or where
            it stands first; ``others`` are the ids of those that follow.
        printed: every name of the list as printed, in its order.
        unresolved: those of ``printed`` that no dictionary knows.
        section: id of the innermost section that it stands in.
    """

    start: int
    end: int
    text: str
    lead: str | None = None
    others: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    section: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON can hold them."""
        return _plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one text, in its order."""

    proposals: tuple[Proposal, ...] = ()
    measures: tuple[Measure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Proposals and measures as JSON can hold them."""
        return {
            "proposals": [proposal.to_dict() for proposal in self.proposals],
            "measures": [measure.to_dict() for measure in self.measures],
        }


class Sections:
    """Looks up the innermost section of a place; sections are nested or apart."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self._starts: list[int] = []
        self._ids: list[str | None] = []
        open_: list[Section] = []
        for section in sorted(sections, key=lambda one: (one.start, -one.end)):
            self._close(open_, section.start)
            open_.append(section)
            self._add(section.start, section.id)
        self._close(open_, None)

    def _close(self, open_: list[Section], place: int | None) -> None:
        """Close what ends at or before a place; from its end on, the one around it holds."""
        while open_ and (place is None or open_[-1].end <= place):
            end = open_.pop().end
            self._add(end, open_[-1].id if open_ else None)

    def _add(self, start: int, id_: str | None) -> None:
        self._starts.append(start)
        self._ids.append(id_)

    def of(self, place: int) -> str | None:
        """Id of the innermost section that holds a place, or ``None``."""
        index = bisect_right(self._starts, place)
        return self._ids[index - 1] if index else None


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}
