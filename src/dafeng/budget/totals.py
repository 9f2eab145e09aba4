"""The total that a region may use in a year, by planned and by actual growth, and its parts.

Decimals have fifty digits on the way, and a total is rounded once, to whole grams.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from dafeng.budget.exclusions import Active, Left, left_out
from dafeng.budget.terms import DIGITS, Amount, Goal, Known, Rate, clauses, reason
from dafeng.explain import Node
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Text

_FIGURES = 6  # digits of a rate in words
_PLANNED = Text(zh="按计划增速", en="by planned growth")
_ACTUAL = Text(zh="按实际增速修正", en="corrected with actual growth")
Flags = tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """The total of a region and year; ``None`` where it cannot be told, with the reason.

    Attributes:
        expected: use of the base year times growth, that is without any cut.
        stretch: the total by the further cut that is striven for; ``None`` without one.
    """

    target: Amount | None = None
    corrected: Amount | None = None
    expected: int | None = None
    stretch: int | None = None
    why: Text | None = None
    flags: Flags = ()

    @property
    def holds(self) -> Amount | None:
        """The total that holds: corrected, else as planned."""
        return self.corrected or self.target

    @property
    def saving(self) -> int | None:
        """What the cut wants to be saved in the year."""
        if self.holds is None or self.expected is None:
            return None
        return max(self.expected - self.holds.grams, 0)


@dataclass(frozen=True)
class Ground:
    """What a total starts from.

    Attributes:
        known: use and growth of the region.
        active: exclusions in force for the year.
        last: latest year whose growth has become known; later ones stand as planned.
        rules: the rulebook, for the clauses.
    """

    known: Known
    active: Sequence[Active]
    last: int
    rules: Rulebook

    def use_year(self, year: int) -> int | None:
        """Return the year whose use stands in a room: of a year to come the latest known one."""
        if year <= self.last:
            return year if year in self.known.use else None
        return self.known.latest(self.last)

    def taken(self, base_year: int, year: int, saving: int | None = None) -> list[Left]:
        """Return what leaves the latest use up to a year, and the base year."""
        when = self.use_year(year) or year
        return left_out(self.active, self.known, year=when, base_year=base_year, saving=saving)

    def base(self, base_year: int, year: int) -> int | None:
        """Return use of the base year without what leaves it."""
        use = self.known.use.get(base_year)
        if use is None:
            return None
        return use.grams - sum(left.base for left in self.taken(base_year, year))

    def actual(self, base_year: int, year: int) -> dict[int, Rate]:
        """Return actual growth of the years after the base year that have passed."""
        held = range(base_year + 1, min(year, self.last) + 1)
        return {when: self.known.growth[when] for when in held if when in self.known.growth}


def limits(goal: Goal | None, ground: Ground, year: int) -> Limits:
    """Return the total of a year: E · Π(1+g) · (1−R)^((t−b)/(T−b)).

    Args:
        goal: cut and planned growth; ``None`` where the region has no target.
        ground: what it starts from.
        year: the year t, after the base year and not after the target year.
    """
    if goal is None or not goal.base_year < year <= goal.year:
        return Limits(why=reason("no_target"))
    if ground.base(goal.base_year, year) is None:
        return Limits(why=reason("base_not_reported", year=goal.base_year))
    years = range(goal.base_year + 1, year + 1)
    planned = {when: goal.planned[when] for when in years if when in goal.planned}
    actual = ground.actual(goal.base_year, year)
    mixed = {w: r for w, r in planned.items() if w > ground.last} | actual
    target = _total(goal, ground, planned, year, _PLANNED) if len(planned) == len(years) else None
    corrected = None
    if actual and len(mixed) == len(years):
        corrected = _total(goal, ground, mixed, year, _ACTUAL)
    if target is None and corrected is None:
        lacking = [str(when) for when in years if when not in mixed]
        return Limits(why=reason("no_growth", years=", ".join(lacking)))
    used = mixed if corrected else planned
    base = ground.base(goal.base_year, year) or 0
    further = None if goal.stretch is None else grams_of(base, used, goal.path(year, goal.stretch))
    flags = () if corrected else ("uncorrected",)
    return Limits(target, corrected, grams_of(base, used), further, flags=flags)


def _total(goal: Goal, ground: Ground, rates: Mapping[int, Rate], year: int, words: Text) -> Amount:
    base = ground.base(goal.base_year, year) or 0
    use = ground.known.use[goal.base_year]
    grams = grams_of(base, rates, goal.path(year, goal.cut.value))
    product = " × ".join(f"(1{float(r.value):+.{_FIGURES}g})" for _, r in sorted(rates.items()))
    passed, span = year - goal.base_year, goal.year - goal.base_year
    said = f"{base} × {product} × (1−{float(goal.cut.value):g})^({passed}/{span})"
    _, clause = ground.rules.clause(clauses()["total"])
    node = Node(
        "formula",
        f"total/{words.en.replace(' ', '-')}/{year}",
        Text(zh=f"{year}年总量，{words.zh}", en=f"total of {year}, {words.en}"),
        grams,
        use.node.unit,
        flags=("our_reading",),
        detail=Text(zh=said, en=said),
        children=(
            use.node,
            *(left.node for left in ground.taken(goal.base_year, year) if left.base),
            *(rate.node for _, rate in sorted(rates.items())),
            goal.cut.node,
            Node("clause", clauses()["total"], clause.text),
        ),
    )
    return Amount(grams, node)


def grams_of(base: int, rates: Mapping[int, Rate], left: Decimal = Decimal(1)) -> int:
    """Return base × growth × what is left of the intensity, rounded once to whole grams."""
    with localcontext() as context:
        context.prec = DIGITS
        grown = Decimal(base) * left
        for _, rate in sorted(rates.items()):
            grown *= 1 + rate.value
        return int(grown.to_integral_value(ROUND_HALF_UP))
