"""The room of a region in a year: what its target leaves for use that is not there yet.

With base-year use E (what leaves base and target alike taken off), growth g of each year, and an
intensity cut R from the base year b to the target year T, both as fractions:

    target    Eₜ = E · Π(1+gᵢ) · (1−R)^((t−b)/(T−b)),  i = b+1 … t, with the growth that was planned
    corrected Eₜ = the same with the actual growth of the years that have passed
    room         = corrected target − use (exclusions taken off) − committed projects

The product is our reading of the rule; the documents say that the total follows from growth and
cut and is corrected with actual growth. All amounts are whole grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dafeng.budget.committed import Committed
from dafeng.budget.exclusions import Left
from dafeng.budget.terms import Amount, Coverage, Metric, Origin, clauses, metrics, reason
from dafeng.budget.totals import Ground, Limits
from dafeng.explain import Node, figure_id
from dafeng.vocabulary import Text, regions


@dataclass(frozen=True)
class Room:
    """The room of a region in a year, in whole grams; what is not known is ``None``.

    Attributes:
        region: code of the region.
        year: year of the target.
        metric: ``energy`` (g standard coal) or ``co2`` (g CO2e).
        origin: ``statistics`` or ``reporters``: where use and growth come from, never mixed.
        basis: electricity at its ``equivalent`` or ``equal`` value, or ``as_published``; empty
            for CO2.
        scope: what the figure is about, as it stands in its id.
        target: total of the year by planned growth.
        corrected: total of the year with the actual growth of the years that have passed.
        gross: use with all exclusions still in it, of ``use_year``.
        excluded: kind → what is left out of ``gross``; ``None`` where a rule leaves it out and its
            amount is not known: it stays in, and the figure says ``not_left_out``.
        use_year: the year of the use: the year itself, else the latest whose use is known.
        committed: projects that are approved and do not use a full year's energy yet.
        reason: why there is no room, where there is none.
        flags: ``our_reading``, ``partial``, ``flexible_total``, ``split``, ``uncorrected`` …
        covered: who is in the use, where it is a sum of reporters.
        tree: how it came about.
    """

    region: str
    year: int
    metric: Metric
    origin: Origin
    basis: str
    scope: str
    target: int | None
    corrected: int | None
    gross: int | None
    excluded: dict[str, int | None]
    use_year: int | None
    committed: int | None
    reason: Text | None = None
    flags: tuple[str, ...] = ()
    covered: Coverage | None = None
    tree: Node = field(default_factory=lambda: Node("figure", "", Text(zh="", en="")))

    @property
    def unit(self) -> str:
        """Unit of all amounts."""
        return metrics()[self.metric].unit

    @property
    def limit(self) -> int | None:
        """The total that holds: corrected, else as planned."""
        return self.target if self.corrected is None else self.corrected

    @property
    def use(self) -> int | None:
        """What counts against the limit: use less exclusions."""
        if self.gross is None:
            return None
        return self.gross - sum(grams or 0 for grams in self.excluded.values())

    @property
    def room(self) -> int | None:
        """What is left; below zero where the limit is exceeded."""
        if self.limit is None or self.use is None or self.committed is None:
            return None
        return self.limit - self.use - self.committed

    @property
    def allocatable(self) -> int | None:
        """What may be given to those who use energy already: the limit less what is committed."""
        if self.limit is None or self.committed is None:
            return None
        return max(self.limit - self.committed, 0)

    @property
    def mark(self) -> str:
        """The worst mark of what it rests on."""
        return self.tree.worst

    @property
    def figure(self) -> str:
        """Id of the figure."""
        return figure_id("room", self.metric, self.scope, str(self.year), self.tree)


@dataclass(frozen=True)
class Place:
    """Whose room, of what, and how it is called in figure ids."""

    region: str
    metric: Metric
    origin: Origin
    basis: str
    scope: str


def room(
    place: Place, limits: Limits, ground: Ground, base_year: int, year: int, committed: Committed
) -> Room:
    """Return the room of a region in a year.

    Args:
        place: whose.
        limits: the total of the year.
        ground: use and exclusions.
        base_year: year that the total starts from.
        year: the year.
        committed: projects that are approved and do not use a full year's energy yet.
    """
    use_year = ground.use_year(year)
    use = None if use_year is None else ground.known.use[use_year]
    taken = ground.taken(base_year, year, limits.saving) if use is not None else []
    why = limits.why or _why(use, min(year, ground.last), committed)
    found = Room(
        place.region,
        year,
        place.metric,
        place.origin,
        place.basis,
        place.scope,
        None if limits.target is None else limits.target.grams,
        None if limits.corrected is None else limits.corrected.grams,
        None if use is None else use.grams,
        {left.id: left.grams for left in taken},
        use_year,
        None if committed.amount is None else committed.amount.grams,
        why,
        covered=None if use_year is None else ground.known.covered.get(use_year),
    )
    flags = {*limits.flags}
    counted = [ground.known.covered.get(when) for when in (base_year, use_year or year)]
    if any(coverage is not None and not coverage.whole for coverage in counted):
        flags |= {"not_all_reported"}
    if use_year is not None and use_year < year:
        flags |= {"latest_use"}
    if _exempt(found, limits) and "not_all_reported" not in flags:
        flags |= {"flexible_total"}
    tree = _tree(found, limits, use, taken, committed, tuple(sorted(flags)), ground)
    return replace(found, flags=tree.all_flags, tree=tree)


def _why(use: Amount | None, last: int, committed: Committed) -> Text | None:
    if use is None:
        return reason("use_not_reported", year=last)
    if committed.amount is None:
        return reason("project_without_amount", projects=", ".join(committed.without))
    return None


def _exempt(found: Room, limits: Limits) -> bool:
    """Whether use keeps within the total by the further cut: then the total is not assessed.

    That the cut that a plan strives for is the incentive target is our reading. It is not said
    where something that should be left out is not known.
    """
    if limits.stretch is None or found.use is None or found.use_year != found.year:
        return False
    if None in found.excluded.values():
        return False
    return found.use <= limits.stretch


def _tree(
    found: Room,
    limits: Limits,
    use: Amount | None,
    taken: Sequence[Left],
    committed: Committed,
    flags: tuple[str, ...],
    ground: Ground,
) -> Node:
    name = regions()[found.region].name
    kind = metrics()[found.metric].name
    title = Text(
        zh=f"{name.zh}{found.year}年{kind.zh}空间",
        en=f"{name.en}, room for {kind.en} in {found.year}",
    )
    parts = [amount.node for amount in (limits.corrected, limits.target) if amount is not None]
    if use is not None:
        parts.append(use.node)
    parts += [left.node for left in taken]
    if committed.node is not None:
        parts.append(committed.node)
    if "flexible_total" in flags:
        for cited in (clauses()["flexible"], clauses()["incentive"]):
            _, clause = ground.rules.clause(cited)
            parts.append(Node("clause", cited, clause.text))
    words = found.reason or Text(
        zh="总量 − 用量（扣除后） − 已批复未投产",
        en="total − use (exclusions taken off) − committed",
    )
    ref = f"room/{found.metric}/{found.scope}/{found.year}"
    return Node(
        "figure",
        ref,
        title,
        found.room,
        found.unit,
        flags=flags,
        detail=words,
        children=tuple(parts),
    )
