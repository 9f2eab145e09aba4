"""The same target in several documents: one target with several sources, disagreement shown.

Two statements are of the same target where place, indicator, unit (in base units) and year are the
same; of a peak year, where place and indicator are. A statement that names no place or no year
joins the only target that it can mean; so does one whose indicator is not sure where one of its
candidates is stated with the same value. Nothing is averaged and nobody is believed over another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.reader.proposals import Proposal, Reading

_MERGED = frozenset({"target", "cap"})
_YEAR = "year"
FALL = "reduction of"
"""How the name of a fall begins; its value is positive."""
# what is compared where both say it; exclusions where either does
_COMPARED = ("comparator", "value_base", "high_base", "base_year", "year", "stretch_value")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one document says: its name, and the proposal."""

    document: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which documents disagree: each value, and the places of the statements of it."""

    field: str
    values: tuple[tuple[Any, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """One target: every statement of it, in the order of the documents, and where they differ."""

    statements: tuple[Statement, ...]
    differences: tuple[Difference, ...]

    @property
    def first(self) -> Proposal:
        """The first statement that is not garbled, else the first."""
        sound = [s.proposal for s in self.statements if not s.proposal.corrupt]
        return sound[0] if sound else self.statements[0].proposal

    @property
    def documents(self) -> tuple[str, ...]:
        """Names of the documents that state it, each once."""
        return tuple(dict.fromkeys(statement.document for statement in self.statements))


def merge(readings: Mapping[str, Reading]) -> tuple[Merged, ...]:
    """Put the same targets of several readings together.

    Args:
        readings: by the name of the document, in the order in which they shall be named.

    Returns:
        Every target and cap, in order of first mention. A figure whose indicator is not known at
        all stays alone; what is striven for is part of its target, and stands there as
        ``stretch_value``; results, thresholds and context are no targets and are left out.
    """
    groups: dict[tuple[Any, ...], list[Statement]] = {}
    for number, statement in enumerate(_statements(readings)):
        groups.setdefault(_key(statement.proposal) or (number,), []).append(statement)
    _join_unsaid(groups)
    _join_unsure(groups)
    return tuple(Merged(tuple(held), tuple(_differences(held))) for held in groups.values())


def _statements(readings: Mapping[str, Reading]) -> Iterator[Statement]:
    for document, reading in readings.items():
        firm: dict[tuple[Any, ...] | None, float] = {}  # what each target strives for
        for proposal in reading.proposals:
            key = _key(proposal)
            stretch = "strive" in proposal.flags and firm.get(key) == proposal.value
            if proposal.kind in _MERGED and not (key and stretch):
                yield Statement(document, proposal)
            if proposal.stretch_value is not None:
                firm[key] = proposal.stretch_value


def _key(proposal: Proposal) -> tuple[Any, ...] | None:
    """Return what a target is known by, or ``None`` where that cannot be said."""
    indicator = proposal.indicator_id or proposal.indicator.strip().casefold()
    if not indicator or (proposal.indicator_id is None and "indicator_unknown" in proposal.flags):
        return None
    unit = proposal.unit_base or proposal.unit
    year = None if unit == _YEAR else proposal.year
    place = proposal.region or proposal.jurisdiction
    return (place, indicator, unit, proposal.indicator.startswith(FALL), year)


def _join_unsaid(groups: dict[tuple[Any, ...], list[Statement]]) -> None:
    """Move statements that name no place or no year to the only target they can mean."""
    for key in [k for k in groups if _unsaid(k)]:
        fitting = [k for k in groups if k != key and len(k) == len(key) and _can_mean(key, k)]
        if len(fitting) == 1:
            groups[fitting[0]] += groups.pop(key)


def _join_unsure(groups: dict[tuple[Any, ...], list[Statement]]) -> None:
    """Move what is of an unsure indicator to the only candidate stated with the same value."""
    for key in [k for k in groups if len(k) > 1 and groups[k][0].proposal.candidates]:
        first = groups[key][0].proposal
        fitting = [
            other
            for other in groups
            if other != key
            and len(other) == len(key)
            and other[1] in first.candidates
            and (other[0], *other[2:]) == (key[0], *key[2:])
            and first.value_base in {s.proposal.value_base for s in groups[other]} - {None}
        ]
        if len(fitting) == 1:
            groups[fitting[0]] += groups.pop(key)


def _unsaid(key: tuple[Any, ...]) -> bool:
    return len(key) > 1 and (key[0] is None or (key[-1] is None and _YEAR not in key))


def _can_mean(key: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether all that a statement says of place, indicator, unit and year is said there, too."""
    place, year = key[0] in (None, other[0]), key[-1] in (None, other[-1])
    return place and year and key[1:-1] == other[1:-1]


def _differences(statements: list[Statement]) -> Iterator[Difference]:
    said: dict[Any, list[int]]
    for field in _COMPARED:
        said = {}
        for place, statement in enumerate(statements):
            value = _compared(statement.proposal, field)
            if value is not None:
                said.setdefault(value, []).append(place)
        if len(said) > 1:
            yield Difference(field, tuple((v, tuple(p)) for v, p in said.items()))
    said = {}
    for place, statement in enumerate(statements):
        said.setdefault(tuple(sorted(statement.proposal.exclusions)), []).append(place)
    if len(said) > 1:
        yield Difference("exclusions", tuple((v, tuple(p)) for v, p in said.items()))


def _compared(proposal: Proposal, field: str) -> Any:
    """Return a field's value. Of a garbled figure nothing is compared; "=" states no bound."""
    value = None if proposal.corrupt else getattr(proposal, field)
    return None if field == "comparator" and value == "=" else value
