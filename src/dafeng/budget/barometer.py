"""The barometer: each quarter a colour for each region, by its use against the pace of its target.

    pace  = total of the year × share of last year's use that fell before the same day
    ratio = use from January on (exclusions taken off) ÷ pace

Where last year is not booked by month the share is that of equal quarters, and the figure says so.
A region with missing reports is never green: what is missing can only raise its use. It is red or
yellow where what has been reported is beyond the limit already; else it is open. Where enough of
its use is reported, an open region has a provisional colour: what is missing is taken as in the
same months of last year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from dafeng.budget.exclusions import Left
from dafeng.budget.room import Place
from dafeng.budget.terms import Amount, Coverage, metrics, reason
from dafeng.budget.totals import Limits
from dafeng.explain import Node, figure_id
from dafeng.grading import grade
from dafeng.indicators import exact, half_up
from dafeng.rulebook import Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Record, Text, marks, period, read_yaml, regions, validate

FAMILY = "barometer"
RED, YELLOW, GREEN = "red", "yellow", "green"
OPEN = "open"
"""No colour: something is missing that could change it."""
PERCENT = 100
_DECIMALS = 2
_FILE = Path(__file__).parent / "data" / "barometer.yaml"


class Settings(Record):
    """Choices of the barometer.

    Attributes:
        guided: how many reporters are named for guidance.
        least_covered: share of the use that whole reports have to cover for a provisional colour.
    """

    guided: int
    least_covered: float


@cache
def settings() -> Settings:
    """The choices of ``barometer.yaml``."""
    return validate(Settings, read_yaml(_FILE), _FILE.name)


@dataclass(frozen=True)
class Rise:
    """A reporter whose use rose on the same months of last year, in whole grams."""

    reporter: str
    name: Text
    grams: int


@dataclass(frozen=True)
class Season:
    """Last year's use, of the reporters that are whole in it, for the share of the pace.

    Attributes:
        before: up to the same day of the year.
        whole: of the whole year; ``None`` where it is not booked by month.
        node: how it came about.
    """

    before: int
    whole: int | None
    node: Node

    def share(self, when: str) -> Fraction:
        """Return the share of a year's use that falls before the end of a quarter."""
        if self.whole:
            return Fraction(self.before, self.whole)
        held = period(when)
        year = period(str(held.year)).months()
        return Fraction(held.last.month, len(year))


@dataclass(frozen=True)
class Reading:
    """A region's colour at the end of a quarter; amounts in whole grams.

    Attributes:
        colour: ``green``, ``yellow``, ``red``, or ``open`` where none can be given.
        use: from January to the end of the quarter, exclusions taken off.
        pace: what the target allows until then.
        limit: total of the year.
        seasonal: whether the pace follows last year's months, else equal quarters.
        covered: reporters that should be in the use, that are, and that are whole.
        rises: reporters whose use rose most, where the region is to be guided.
        reason: why there is no colour.
        provisional: colour with missing reports taken as last year's, where the region is open for
            them and enough is reported; else empty.
    """

    place: Place
    quarter: str
    colour: str
    use: int | None
    pace: int | None
    limit: int | None
    seasonal: bool
    covered: Coverage
    rises: tuple[Rise, ...] = ()
    reason: Text | None = None
    provisional: str = ""
    tree: Node = field(default_factory=lambda: Node("figure", "", Text(zh="", en="")))

    @property
    def unit(self) -> str:
        """Unit of all amounts."""
        return metrics()[self.place.metric].unit

    @property
    def ratio(self) -> Fraction | None:
        """Use over pace, in percent."""
        if self.use is None or not self.pace:
            return None
        return Fraction(self.use, self.pace) * PERCENT

    @property
    def guided(self) -> bool:
        """Whether the region is to be guided."""
        return self.colour in (RED, YELLOW)

    @property
    def mark(self) -> str:
        """The worst mark of what it rests on."""
        return self.tree.worst

    @property
    def figure(self) -> str:
        """Id of the figure."""
        place = self.place
        return figure_id("barometer", place.metric, place.scope, self.quarter, self.tree)


@dataclass(frozen=True)
class Reported:
    """What a region has reported from January to the end of a quarter.

    Attributes:
        use: with everything in it; ``None`` where nobody has reported.
        taken: what is left out of it.
        season: last year's use.
        rises: reporters by how much their use rose, the largest first.
        partly: use so far of the reporters that are not whole.
        supposed: what these would have used if as in the same months of last year; ``None`` where
            that is not known of one of them.
    """

    use: Amount | None
    taken: Sequence[Left]
    season: Season
    covered: Coverage
    rises: tuple[Rise, ...] = ()
    partly: int = 0
    supposed: Amount | None = None

    def filled(self, use: int) -> int | None:
        """Return the use with what is missing supposed; ``None`` where too little is reported."""
        if self.supposed is None:
            return None
        whole = use - self.partly + self.supposed.grams
        enough = whole > 0 and Fraction(use - self.partly, whole) >= exact(settings().least_covered)
        return whole if enough else None


def barometer(
    place: Place, quarter: str, limits: Limits, held: Reported, rules: Rulebook
) -> Reading:
    """Return the colour of a region.

    Args:
        place: whose.
        quarter: such as ``2025Q3``.
        limits: the total of the year.
        held: what is reported.
        rules: the rulebook, for the scale of the colours.

    Raises:
        Fault: ``no_edition`` where no rule for the colours is in force.
    """
    edition, scale = rules.scale(FAMILY, place.metric, period(quarter).last, place.region)
    total, share = limits.holds, held.season.share(quarter)
    use = None if held.use is None else held.use.grams - sum(x.grams or 0 for x in held.taken)
    pace = None if total is None else half_up(total.grams * share)
    found = Reading(
        place,
        quarter,
        OPEN,
        use,
        pace,
        None if total is None else total.grams,
        bool(held.season.whole),
        held.covered,
    )
    why = limits.why
    if use is None:
        lacks = "quarter_not_reported" if held.covered.expected else "no_reporters"
        why = reason(lacks, quarter=quarter)
    colour, provisional = OPEN, ""
    if why is None and use is not None and pace:
        colour = _graded(edition, scale, use, pace)
        if not colour:
            colour, why = OPEN, reason("no_colour_rule")
        if colour == GREEN and not held.covered.whole:
            counted = held.covered
            missing = counted.expected - counted.complete
            colour, why = OPEN, reason("reports_missing", missing=missing, all=counted.expected)
            filled = held.filled(use)
            provisional = "" if filled is None else _graded(edition, scale, filled, pace)
    found = replace(found, colour=colour, reason=why, provisional=provisional)
    if found.guided:
        found = replace(found, rises=held.rises[: settings().guided])
    return replace(found, tree=_tree(found, limits, held, share, _rule_node(edition, rules)))


def _graded(edition: ScaleSet, scale: Scale, use: int, pace: int) -> str:
    """Return the colour of a use; empty where the rule has none for it."""
    ratio = round(float(Fraction(use, pace) * PERCENT), _DECIMALS)
    graded = grade(edition, scale, [ratio])[0].grade
    return graded if graded in {"", *(one.id for one in edition.grades)} else RED


def _rule_node(edition: ScaleSet, rules: Rulebook) -> Node:
    citation = f"{edition.document}/{edition.clause}"
    _, clause = rules.clause(citation)
    limits = ", ".join(
        f"{one.id} ≤ {limit:g} %"
        for one, limit in zip(edition.grades, edition.scales[0].limits, strict=True)
        if isinstance(limit, float)
    )
    return Node(
        "parameter",
        f"scale/{edition.id}",
        edition.title,
        mark=marks().resolve(edition.checked).id,
        flags=("our_reading", "template") if edition.our_reading else (),
        detail=Text(zh=limits, en=limits),
        children=(Node("clause", citation, clause.text),),
    )


def _tree(found: Reading, limits: Limits, held: Reported, share: Fraction, rule: Node) -> Node:
    place = found.place
    name = regions()[place.region].name
    words = Text(
        zh=f"{found.colour}：用量 ÷ 进度（{float(share):.4f} × 年度总量）",
        en=f"{found.colour}: use ÷ pace ({float(share):.4f} × total of the year)",
    )
    flags = {*limits.flags} | (set() if held.covered.whole else {"not_all_reported"})
    if not found.seasonal and found.use is not None:
        flags |= {"equal_quarters"}
    parts = [limits.holds.node] if limits.holds else []
    parts.append(held.season.node)
    parts += [held.use.node] if held.use else []
    parts += [left.node for left in held.taken]
    parts += [held.supposed.node] if found.provisional and held.supposed else []
    title = Text(
        zh=f"{name.zh} {found.quarter} 晴雨表", en=f"barometer of {name.en}, {found.quarter}"
    )
    value = None if found.ratio is None else round(float(found.ratio), _DECIMALS)
    return Node(
        "figure",
        f"barometer/{place.metric}/{place.scope}/{found.quarter}",
        title,
        value,
        "%",
        flags=tuple(sorted(flags)),
        detail=found.reason or words,
        children=(*parts, rule),
    )
