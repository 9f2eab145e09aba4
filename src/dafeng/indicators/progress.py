"""Progress of a target as of a period: value, path, gap, pace still needed, status.

The readings come from ``readings``; this module only judges them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dafeng.explain import Node, figure_id
from dafeng.findings import Finding
from dafeng.indicators.formulas import geometric_path, linear_path, log_ratio, pace
from dafeng.indicators.readings import Reading
from dafeng.indicators.schema import Bands, Indicator
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Text, marks, period, read_yaml, validate

_DATA = Path(__file__).parent / "data"
PERCENT = 100


@cache
def bands() -> Bands:
    """The bounds between ahead, on track, lagging and off track."""
    return validate(Bands, read_yaml(_DATA / "bands.yaml"), "bands.yaml")


_OF_RATES = ("reduction", "relative", "annual_growth", "level", "zero_net_growth")
"""Kinds of targets whose value means the same for a part as for the whole."""


@dataclass(frozen=True)
class Progress:
    """A line of the board.

    Attributes:
        status: see ``statuses``; empty where there is no path and the end has not come.
        value: as of ``value_period``, in the target's unit (a fall is negative); ``None`` where
            there is none as of the period asked.
        path: what is required by then.
        gap: value less path; the side that is good depends on the direction.
        pace: change per year still needed (a rate in %, or units per year).
        last: the newest older reading where the period asked has none.
        beside: other published or computed values of the same thing.
        tree: how it came about.
    """

    plan: str
    target: Target
    indicator: Indicator
    region: str
    as_of: str
    status: str
    value: float | None
    value_period: str
    path: float | None
    gap: float | None
    pace: float | None
    last: Progress | None
    beside: tuple[Reading, ...]
    tree: Node
    findings: tuple[Finding, ...]
    reason: Text | None = None

    @property
    def unit(self) -> str:
        """Unit of the value; as it was read where the plan states none, empty where none was."""
        return self.target.unit or self.tree.unit

    @property
    def goal(self) -> float | None:
        """What the plan asks for; that nothing net is added is at most zero."""
        return _goal(self.target)

    @property
    def direction(self) -> str | None:
        """On which side of the goal is good."""
        return "at_most" if self.target.kind == "zero_net_growth" else self.target.direction

    @property
    def mark(self) -> str:
        """The worst mark of what the value and the target rest on."""
        return self.tree.worst

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader must know beside the mark."""
        return self.tree.all_flags

    def at(self, place: str) -> Progress:
        """Return the line of a region inside the plan's owner.

        A rate is set against the plan's own. What is counted or measured as a whole has no target
        there, and no status: the plan does not say how much is a part's.
        """
        here = replace(self, region=place)
        if self.target.kind in _OF_RATES:
            return here
        status = self.status if self.value is None else ""
        return replace(here, status=status, path=None, gap=None, pace=None)

    @property
    def figure(self) -> str:
        """Id of the figure."""
        scope = f"{self.region}~asof-{self.as_of}"
        if self.indicator.source == "sum_of_reporters":
            scope += "~reporters"
        return figure_id(
            "target", f"{self.plan}.{self.target.id}", scope, self.value_period, self.tree
        )


def judge(
    plan: Plan, target: Target, indicator: Indicator, as_of: str, reading: Reading
) -> Progress:
    """Set a reading against its target."""
    blank = Progress(
        plan=plan.id,
        target=target,
        indicator=indicator,
        region=plan.owner,
        as_of=as_of,
        status=reading.status,
        value=None,
        value_period=reading.period,
        path=None,
        gap=None,
        pace=None,
        last=None,
        beside=reading.beside,
        tree=_tree(plan, target, reading),
        findings=reading.findings,
        reason=reading.reason,
    )
    if reading.value is None:
        earlier = reading.last
        last = judge(plan, target, indicator, earlier.period, earlier) if earlier else None
        return replace(blank, last=last)
    if target.kind == "reduction":
        return _reduction(blank, target, reading)
    if target.kind == "relative":
        return _relative(blank, target, reading)
    end = target.year if target.year is not None else period(plan.period).year
    if target.kind == "zero_net_growth":
        return _ban(blank, reading, end)
    return _level(blank, target, reading, end)


def _ban(line: Progress, reading: Reading, end: int) -> Progress:
    """Nothing net may be added; what was is a breach at once, not only at the end."""
    value = reading.value or 0.0
    kept = value <= 0
    final = period(reading.period).year >= end
    words = ("met", "missed") if final else ("on_track", "off_track")
    return replace(line, status=words[0] if kept else words[1], value=value, path=0.0, gap=value)


def _reduction(line: Progress, target: Target, reading: Reading) -> Progress:
    assert target.value is not None and target.base_year is not None and target.year is not None  # noqa: PT018, S101
    value = reading.value or 0.0
    goal = -target.value / PERCENT
    years, elapsed = target.year - target.base_year, period(reading.period).year - target.base_year
    path = geometric_path(goal, elapsed, years)
    left = years - elapsed
    reached = "met" if value <= goal else "missed"
    status = _band(log_ratio(value, path)) if left else reached
    return replace(
        line,
        status=status,
        value=value * PERCENT,
        path=path * PERCENT,
        gap=(value - path) * PERCENT,
        pace=pace(value, goal, left) * PERCENT if left else None,
    )


def _relative(line: Progress, target: Target, reading: Reading) -> Progress:
    value, other = reading.value or 0.0, reading.other or 0.0
    good = value < other
    final = target.year is not None and period(reading.period).year >= target.year
    words = ("met", "missed") if final else ("on_track", "lagging")
    return replace(
        line,
        status=words[0] if good else words[1],
        value=value * PERCENT,
        path=other * PERCENT,
        gap=(value - other) * PERCENT,
    )


def _level(line: Progress, target: Target, reading: Reading, end: int) -> Progress:
    assert target.value is not None  # noqa: S101  the schema requires it for these kinds
    value, goal = reading.value or 0.0, target.value
    year = period(reading.period).year
    good = _meets(target, value)
    reached = "met" if good else "missed"
    held = "on_track" if good else "off_track"
    start = _start(target, year)
    path = needed = None
    if target.kind in ("cap", "annual_growth") or _held_from_start(target, reading):
        path, status = goal, held
    elif reading.base is not None and end > start:
        path = linear_path(reading.base, goal, year - start, end - start)
        needed = (goal - value) / (end - year) if end > year else None
        required = path - reading.base
        status = _band((value - reading.base) / required) if required else ""
    else:
        status = ""
    gap = value - path if path is not None else value - goal
    final = reached if year >= end else status
    return replace(line, status=final, value=value, path=path, gap=gap, pace=needed)


def _start(target: Target, year: int) -> int:
    """The year before the first that counts."""
    if target.base_year is not None:
        return target.base_year
    return (target.first_year or year + 1) - 1


def _held_from_start(target: Target, reading: Reading) -> bool:
    """Whether the base is on the good side already, so that there is no path but to stay."""
    return reading.base is not None and _meets(target, reading.base)


def _meets(target: Target, value: float) -> bool:
    assert target.value is not None  # noqa: S101
    return {
        "at_least": value >= target.value,
        "more_than": value > target.value,
        "at_most": value <= target.value,
        "less_than": value < target.value,
    }[target.direction or "at_least"]


def _band(ratio: float) -> str:
    limits = bands()
    if ratio >= limits.ahead:
        return "ahead"
    if ratio >= limits.on_track:
        return "on_track"
    return "lagging" if ratio >= limits.lagging else "off_track"


def _beside(reading: Reading) -> tuple[Node, ...]:
    """Show what stands beside the value, with what it rests on."""
    return tuple(
        Node(
            "assumption",
            f"beside/{number}",
            other.label,
            None if other.value is None else other.value * PERCENT,
            "%",
            children=other.nodes,
        )
        for number, other in enumerate(reading.beside)
    )


def _earlier(reading: Reading) -> tuple[Node, ...]:
    """Show where the newest older value comes from, which the board shows in place of none."""
    if reading.value is not None or reading.last is None:
        return ()
    label = Text(zh=f"此前 {reading.last.period}", en=f"before, {reading.last.period}")
    return (Node("assumption", "last", label, children=reading.last.nodes),)


def _goal(target: Target) -> float | None:
    return 0.0 if target.kind == "zero_net_growth" else target.value


def _shown(target: Target, value: float | None) -> float | None:
    """A change is kept as a fraction and shown in percent."""
    if value is None or target.kind not in ("reduction", "relative"):
        return value
    return value * PERCENT


def _tree(plan: Plan, target: Target, reading: Reading) -> Node:
    aim = Node(
        "target",
        f"{plan.id}/{target.id}",
        target.title,
        -target.value if target.kind == "reduction" and target.value else _goal(target),
        target.unit or reading.unit,
        marks().resolve(target.checked).id,
        flags=("about",) if target.about else (),
        source=plan.id,
        detail=target.note,
        children=tuple(
            Node(
                "clause",
                f"{source.document}/{source.clause}",
                source.wording or plan.title,
                source=source.seen or "",
            )
            for source in target.sources
        ),
    )
    return Node(
        "figure",
        f"{plan.id}.{target.id}",
        target.title,
        _shown(target, reading.value),
        reading.unit,
        detail=reading.reason if reading.value is None else None,
        children=(aim, *reading.nodes, *_earlier(reading), *_beside(reading)),
    )
