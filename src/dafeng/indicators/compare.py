"""Targets of several plans side by side: one unit, years made comparable, and what cannot be.

Figures are printed as the plans state them. What is ours is the yearly rate: the constant rate
that leads over the whole span to the same reduction, 1 − (1 − v)^(1/n). It says nothing of the
years in between; a plan may do much early and little later. Falls from several base years are
brought to one where published figures lead there (:mod:`dafeng.indicators.rebase`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dafeng.indicators.read import indicators
from dafeng.indicators.rebase import Reason, Rebased, Rows, published, rebased
from dafeng.indicators.schema import Indicator
from dafeng.plan import TO_CHOOSE, Plan, Target
from dafeng.vocabulary import Fault, Text, factor

WITHOUT_FIGURE = frozenset({"relative", "assigned", "qualitative", "zero_net_growth"})
_PERCENT = 100.0

Span = tuple[str, int | None, int | None]
"""Kind, base year and year of a target: what must be equal for figures to be compared."""
_ALONE: Reason = ("compare_alone", {})


@dataclass(frozen=True, slots=True)
class Compared:
    """One target beside those of other plans.

    Attributes:
        plan, target: what it is.
        value, high, stretch: in the unit of the comparison; ``None`` where there is no figure.
        yearly: percent a year, from the base year to the year (reductions); ours.
        same: whether another plan has a figure of the same kind, base year, year, unit and
            definition, so that they can be held against each other as they stand.
        rebased: a fall as one from the base year of the comparison, if it has another.
        bridged: whether it can be held against another plan's figure once that is done.
        reasons: why not: codes with their values, for the surface to put into words.
        remarks: what is to be kept in mind all the same.
    """

    plan: Plan
    target: Target
    value: float | None = None
    high: float | None = None
    stretch: float | None = None
    yearly: float | None = None
    same: bool = False
    rebased: Rebased | None = None
    bridged: bool = False
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()

    @property
    def span(self) -> Span:
        """What must be equal, from the base year of the comparison where it is known."""
        kind, base, year = span_of(self.target)
        return (kind, self.rebased.base if self.rebased else base, year)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An indicator, the unit of its figures, and the targets that plans set for it.

    Attributes:
        indicator: id; ``title`` in both languages.
        rows: one per target; comparable ones first, the most demanding of each span first.
    """

    indicator: str
    title: Text
    unit: str | None
    rows: tuple[Compared, ...]

    @property
    def plans(self) -> int:
        """How many plans have a target for it."""
        return len({row.plan.id for row in self.rows})


def compare(
    plans: Iterable[Plan], statistics: Rows | None = None, as_of: str | None = None
) -> tuple[Comparison, ...]:
    """Put the targets of plans side by side, indicator by indicator, in order of first mention.

    Args:
        plans: whose targets are compared.
        statistics: rows of the statistics table, by which base years are made comparable.
        as_of: published figures of later periods are not used.
    """
    held: dict[str, list[Compared]] = {}
    for plan in plans:
        for target in plan.targets:
            held.setdefault(target.indicator, []).append(Compared(plan, target))
    open_ = held.pop(TO_CHOOSE, [])
    found = [_comparison(name, rows, statistics, as_of) for name, rows in held.items()]
    return (*found, *([_undecided(open_)] if open_ else []))


def yearly_rate(reduction: float, years: int) -> float | None:
    """Return the constant yearly fall that leads to a reduction over ``years``; in percent."""
    if years <= 0 or not 0 <= reduction < _PERCENT:
        return None
    left: float = (1 - reduction / _PERCENT) ** (1 / years)
    return (1 - left) * _PERCENT


def _undecided(rows: Sequence[Compared]) -> Comparison:
    """Targets of drafts whose indicator is to be chosen: nothing is comparable with them."""
    said = [
        replace(row, reasons=(("compare_to_choose", {"title": row.target.title}),)) for row in rows
    ]
    title = Text(zh="指标待定", en="Indicator to be chosen")
    return Comparison(TO_CHOOSE, title, None, tuple(said))


def _comparison(
    indicator: str, rows: Sequence[Compared], statistics: Rows | None, as_of: str | None
) -> Comparison:
    declared = indicators().get(indicator)
    figures = [row for row in rows if row.target.kind not in WITHOUT_FIGURE]
    unit = _unit(declared, figures)
    converted = [_converted(row, unit) for row in rows]
    converted = _on_one_base(converted, declared, statistics, as_of)
    title = declared.title if declared else rows[0].target.title
    judged = _without_lone([_judged(row, converted, title) for row in converted])
    return Comparison(indicator, title, unit, tuple(sorted(judged, key=_order)))


def _unit(declared: Indicator | None, rows: Sequence[Compared]) -> str | None:
    """Return the unit of the comparison: that of the indicator, else the first that is printed."""
    units = [row.target.unit for row in rows]
    if declared and (declared.unit in units or not units):
        return declared.unit
    return units[0] if units else None


def _converted(row: Compared, unit: str | None) -> Compared:
    target = row.target
    if target.kind in WITHOUT_FIGURE or target.value is None:
        return replace(row, reasons=((f"compare_{target.kind}", {}),))
    if target.unit == unit:
        times = 1.0
    else:
        try:
            times = factor(target.unit or "", unit or "")
        except Fault:
            why = ("compare_unit", {"unit": target.unit, "expected": unit})
            return replace(row, reasons=(why,))
    scaled = [None if v is None else v * times for v in (target.value, target.high, target.stretch)]
    return replace(row, value=scaled[0], high=scaled[1], stretch=scaled[2], yearly=_yearly(target))


def _on_one_base(
    rows: Sequence[Compared],
    declared: Indicator | None,
    statistics: Rows | None,
    as_of: str | None,
) -> list[Compared]:
    """Bring falls to the base year that most of them can be brought to; say why others cannot."""
    falls = [row for row in rows if row.yearly is not None and row.target.kind == "reduction"]
    bases = Counter(row.target.base_year for row in falls)
    tried: dict[int, dict[int, Rebased | Reason]] = {
        base: {
            place: _from(row, declared, base, statistics, as_of)
            for place, row in enumerate(rows)
            if row in falls and row.target.base_year != base
        }
        for base in bases
        if base is not None and len(bases) > 1
    }
    if not tried:
        return list(rows)

    def reached(base: int) -> tuple[int, int, int]:
        done = sum(isinstance(one, Rebased) for one in tried[base].values())
        return (bases[base] + done, bases[base], base)

    chosen = tried[max(tried, key=reached)]
    return [_with(row, chosen.get(place)) for place, row in enumerate(rows)]


def _from(
    row: Compared,
    declared: Indicator | None,
    base: int,
    statistics: Rows | None,
    as_of: str | None,
) -> Rebased | Reason:
    series = published(row.plan, declared, statistics)
    if series is not None and as_of is not None:
        series = series.until(as_of)
    return rebased(row.plan, row.target, declared, base, series)


def _with(row: Compared, found: Rebased | Reason | None) -> Compared:
    if isinstance(found, Rebased):
        return replace(row, rebased=found)
    return replace(row, reasons=(found,)) if found else row


def _yearly(target: Target) -> float | None:
    if target.kind == "annual_growth":
        return target.value
    if target.kind != "reduction" or None in (target.value, target.base_year, target.year):
        return None
    return yearly_rate(float(target.value or 0), int(target.year or 0) - int(target.base_year or 0))


def span_of(target: Target) -> Span:
    """Return what must be equal; a cap, a count and a level at a year are all values to reach."""
    if target.kind == "peak_year":
        return ("peak_year", None, None)
    base = target.base_year if target.kind in ("reduction", "increment") else None
    kind = target.kind if target.kind in ("reduction", "annual_growth", "increment") else "level"
    return (kind, base, target.year)


def _judged(row: Compared, rows: Sequence[Compared], title: Text) -> Compared:
    """Say what keeps a figure from being held against those of other plans."""
    if row.value is None:
        return row
    others = [r for r in rows if r.value is not None and r.plan.id != row.plan.id]
    equal = [r for r in others if span_of(r.target) == span_of(row.target)]
    moved = [r for r in others if r.span == row.span and r not in equal]
    alike = equal or moved
    reasons = [] if alike else [*_other_span(row, [r.span for r in others]), *row.reasons]
    reasons += _other_definition(row, alike or others)
    remarks = tuple(_remarks(row, alike, title))
    return replace(
        row,
        same=bool(equal) and not reasons,
        bridged=bool(moved) and not reasons and not _other_definition(row, moved),
        reasons=tuple(reasons),
        remarks=remarks,
    )


def _without_lone(rows: Sequence[Compared]) -> list[Compared]:
    """Nothing is comparable that no other plan is left to be compared with."""
    left = [row for row in rows if row.same or row.bridged]
    return [_met(row, left) if row in left else row for row in rows]


def _met(row: Compared, left: Sequence[Compared]) -> Compared:
    others = [other for other in left if other.plan.id != row.plan.id]
    printed = [other for other in others if span_of(other.target) == span_of(row.target)]
    moved = [other for other in others if other.span == row.span and other not in printed]
    same, bridged = row.same and bool(printed), row.bridged and bool(moved)
    reasons = row.reasons if same or bridged else (_ALONE,)
    return replace(row, same=same, bridged=bridged, reasons=reasons)


def _other_span(row: Compared, others: Sequence[Span]) -> list[Reason]:
    """Return in what kind, base year or year a figure differs from those of all other plans."""
    kind, base, year = row.span
    alike = [other for other in others if other[0] == kind]
    if not alike:
        kinds = Counter(other[0] for other in others)
        expected = kinds.most_common(1)[0][0] if kinds else None
        return [("compare_kind", {"kind": kind, "expected": expected})] if kinds else [_ALONE]
    if base not in {other[1] for other in alike}:
        code = "compare_base" if row.yearly is not None else "compare_base_only"
        return [(code, {"base": base, "expected": _listed(other[1] for other in alike)})]
    code = "compare_year" if row.yearly is None else "compare_year_rate"
    years = _listed(other[2] for other in alike if other[1] == base)
    return [(code, {"year": year, "expected": years})]


def _listed(years: Iterable[int | None]) -> str:
    return ", ".join(map(str, sorted({year for year in years if year}))) or "–"


def _other_definition(row: Compared, others: Sequence[Compared]) -> list[Reason]:
    """Return what a target is limited to or leaves out where others say something else."""
    found: list[Reason] = []
    scopes = {r.target.scope for r in others if r.target.scope}
    if row.target.scope and scopes - {row.target.scope}:
        found.append(("compare_scope", {"scope": row.target.scope}))
    if row.target.exclusions and any(not r.target.exclusions for r in others):
        left_out = row.target.exclusions
        both = Text(zh="、".join(t.zh for t in left_out), en=", ".join(t.en for t in left_out))
        found.append(("compare_exclusions", {"exclusions": both}))
    return found


def _remarks(row: Compared, others: Sequence[Compared], title: Text) -> list[Reason]:
    """Return the scope of a target where others state none and the indicator does not imply it."""
    scope = row.target.scope
    silent = any(r.target.scope is None for r in others)
    if scope is None or not silent or scope.zh in title.zh:
        return []
    return [("compare_scope_silent", {"scope": scope})]


def _order(row: Compared) -> tuple[bool, bool, int, int, float]:
    """Comparable ones first, by their years, the most demanding first."""
    value = row.rebased.value if row.rebased else row.value or 0.0
    up = row.target.direction in ("at_least", "more_than")
    _, base, year = row.span
    fits = row.same or row.bridged
    return (not fits, row.value is None, year or 0, base or 0, -value if up else value)
