"""How well a reading agrees with annotated figures: found, missed, false, by group."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import isclose
from typing import Any

from dafeng.reader.proposals import Proposal, Reading

AIMS = frozenset({"target", "cap", "threshold"})
_INFERRED = re.compile(r"(?<!base )\byears? (?:and base year )?inferred")
CLOSE = 1e-9  # values are compared as decimal numbers, not as bits

Gold = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Agreement on some of the figures.

    Attributes:
        found: annotated figures that were found. ``missed``: those that were not, as annotated.
        right: proposals that are annotated so. ``false``: those that are not.
    """

    found: int
    missed: tuple[Gold, ...]
    right: int
    false: tuple[Proposal, ...]

    @property
    def recall(self) -> float | None:
        """Share of the annotated figures that were found; ``None`` if there are none."""
        return _share(self.found, self.found + len(self.missed))

    @property
    def precision(self) -> float | None:
        """Share of the proposals that are right; ``None`` if there are none."""
        return _share(self.right, self.right + len(self.false))

    def to_dict(self) -> dict[str, Any]:
        """Counts, shares, misses and false ones as JSON can hold them."""
        return {
            "found": self.found,
            "missed": [dict(one) for one in self.missed],
            "right": self.right,
            "false": [one.to_dict() for one in self.false],
            "recall": self.recall,
            "precision": self.precision,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement with the annotation.

    Attributes:
        aims: targets, caps and thresholds. ``figures``: all figures but those of kind context.
        garbled: figures whose digits the annotation calls corrupt.
        beside: share of the pairs that also agree in a field that is no part of the score.
    """

    aims: Group
    figures: Group
    garbled: Group
    beside: dict[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """The groups as JSON can hold them."""
        groups = {name: getattr(self, name).to_dict() for name in ("aims", "figures", "garbled")}
        return groups | {"beside": self.beside}


def score(reading: Reading, gold: Iterable[Gold]) -> Score:
    """Compare a reading with annotated figures of the same text.

    A figure is found if a proposal overlaps it with the same value (as printed, or in base units)
    and the same year; a year that the annotator inferred may be left empty. A corrupt figure is
    found if it is marked corrupt, or if the repair is the corrected guess. Each proposal answers
    for one figure only. A proposal is right in ``aims`` if its figure is annotated as one of them.

    Args:
        reading: what was proposed for the text.
        gold: rows with ``start, end, value, value_base, year, kind, corrupt, corrected_guess,
            note`` (and, for what is reported beside, ``comparator, unit, base_year``).

    Raises:
        KeyError: a row lacks one of these fields.
    """
    rows = sorted(gold, key=lambda row: (row["start"], row["end"]))
    proposals = sorted(reading.proposals, key=lambda p: (p.start, p.end))
    pairs = _pairs(proposals, rows)

    def group(
        wanted: Callable[[Gold], bool], own: Callable[[Proposal], bool], *, strict: bool
    ) -> Group:
        theirs = [place for place, row in enumerate(rows) if wanted(row)]
        mine = [place for place, proposal in enumerate(proposals) if own(proposal)]
        answered = {made: row for row, made in pairs.items() if not strict or wanted(rows[row])}
        return Group(
            sum(place in pairs for place in theirs),
            tuple(rows[place] for place in theirs if place not in pairs),
            sum(place in answered for place in mine),
            tuple(proposals[place] for place in mine if place not in answered),
        )

    return Score(
        aims=group(lambda row: row["kind"] in AIMS, lambda p: p.kind in AIMS, strict=True),
        figures=group(
            lambda row: row["kind"] != "context", lambda p: p.kind != "context", strict=False
        ),
        garbled=group(lambda row: bool(row["corrupt"]), lambda p: p.corrupt, strict=True),
        beside=_beside([(rows[row], proposals[made]) for row, made in pairs.items()]),
    )


def total(scores: Sequence[Score]) -> Score:
    """The score of several texts together, figure by figure."""

    def joined(name: str) -> Group:
        groups: list[Group] = [getattr(one, name) for one in scores]
        return Group(
            sum(g.found for g in groups), tuple(m for g in groups for m in g.missed),
            sum(g.right for g in groups), tuple(f for g in groups for f in g.false),
        )  # fmt: skip

    return Score(joined("aims"), joined("figures"), joined("garbled"), {})


def _pairs(proposals: Sequence[Proposal], rows: Sequence[Gold]) -> dict[int, int]:
    """Place of an annotated figure → place of the proposal that answers for it."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    ends = [0, *accumulate((p.end for p in proposals), max)]
    for place, row in enumerate(rows):
        first = bisect_right(ends, row["start"]) - 1  # all before it end before the figure
        last = bisect_left(proposals, row["end"], key=lambda p: p.start)
        fits = [n for n in range(first, last) if n not in taken and _fits(proposals[n], row)]
        if fits:
            pairs[place] = max(fits, key=lambda n: proposals[n].kind == row["kind"])
            taken.add(pairs[place])
    return pairs


def _fits(proposal: Proposal, row: Gold) -> bool:
    overlap = proposal.start < row["end"] and row["start"] < proposal.end
    return overlap and _agree(proposal, row)


def _agree(proposal: Proposal, row: Gold) -> bool:
    if row["corrupt"]:
        repaired = proposal.repair is not None and _same(
            proposal.repair.value, row["corrected_guess"]
        )
        return proposal.corrupt or repaired
    return not proposal.corrupt and _same_value(proposal, row) and _same_year(proposal, row)


def _same_value(proposal: Proposal, row: Gold) -> bool:
    mine = {proposal.value, proposal.value_base}
    theirs = {row["value"], row["value_base"]}
    return any(_same(a, b) for a in mine for b in theirs if (a is None) == (row["value"] is None))


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return isclose(a, b, rel_tol=CLOSE)


def _same_year(proposal: Proposal, row: Gold) -> bool:
    inferred = _INFERRED.search(row.get("note") or "") is not None
    return proposal.year == row["year"] or (proposal.year is None and inferred)


def _beside(pairs: Sequence[tuple[Gold, Proposal]]) -> dict[str, float | None]:
    fields = (
        "kind",
        "comparator",
        "unit",
        "jurisdiction",
        "base_year",
        "value_high",
        "stretch_value",
    )
    sound = [(row, p) for row, p in pairs if not row["corrupt"]]
    return {
        name: _share(
            sum(row[name] == getattr(p, name) for row, p in sound if name in row), len(sound)
        )
        for name in fields
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
