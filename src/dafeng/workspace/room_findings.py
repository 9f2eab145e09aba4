"""What a reader must know of some rooms, each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dafeng.budget import Room, clauses, exclusions
from dafeng.findings import Finding
from dafeng.vocabulary import factor, regions


def room_findings(lines: Sequence[Room]) -> list[Finding]:
    """Return limits that are exceeded, rooms that are not known, and what is not whole in them."""
    unknown: dict[str, set[int]] = defaultdict(set)
    newest: dict[str, Room] = {}
    for line in lines:
        for kind, grams in line.excluded.items():
            if grams is None:
                unknown[kind].add(line.year)
        if line.covered is not None:
            held = newest.setdefault(line.region, line)
            newest[line.region] = max(held, line, key=lambda one: one.use_year or 0)
    lost: dict[tuple[str, str], list[Room]] = defaultdict(list)
    for line in lines:
        if line.reason is not None:
            lost[line.region, line.reason.en].append(line)
    found = [
        Finding(
            "room_unknown",
            held[0].region,
            {"reason": held[0].reason, "years": ", ".join(str(line.year) for line in held)},
        )
        for held in lost.values()
    ]
    found += [finding for line in lines for finding in _own(line)]
    found += [finding for line in newest.values() for finding in _coverage(line)]
    for kind, years in sorted(unknown.items()):
        values = {"kind": exclusions()[kind].name, "years": ", ".join(map(str, sorted(years)))}
        found.append(Finding("exclusion_not_known", lines[0].region, values))
    return found


def _own(line: Room) -> Iterable[Finding]:
    place = f"{line.region} {line.year}"
    if line.room is not None and line.room < 0:
        over = round(-line.room * factor("g", "t"))
        values = {"over": f"{over:,}", "unit": line.unit.replace("g", "t", 1)}
        yield Finding("room_exceeded", place, values, line.figure, clauses()["total"])


def _coverage(line: Room) -> Iterable[Finding]:
    if line.covered is not None and not line.covered.whole:
        counted = line.covered
        yield Finding(
            "room_not_whole",
            f"{line.region} {line.use_year}",
            {
                "region": regions()[line.region].name,
                "expected": counted.expected,
                "reported": counted.reported,
                "complete": counted.complete,
            },
        )
