"""What a sum of reporters is asked for, what it gives, and how both stand in a figure's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from dafeng.explain import Node, figure_id
from dafeng.vocabulary import Fault, Text

UNITS = {"emission": "gCO2e", "energy": "gce"}
ALL = "all"
_NARROWED = ("since", "region", "sector", "listed", "without")

By = Literal["total", "city", "province", "sector", "section", "group"]


def in_boundary(boundary: str | None, scope: int, *, plant: bool) -> bool:
    """Whether an amount counts in a boundary; scopes of different reporters are not else added.

    Args:
        boundary: ``production`` (scope 1) or ``consumption`` (scope 1 without power and heat
            plants, and scope 2).
        scope: 1 or 2 of an emission, 0 of energy, which has one boundary.
        plant: whether the reporter makes power or heat for others.
    """
    if scope == 0:
        return True
    return scope == 1 if boundary == "production" else scope != 1 or not plant


@dataclass(frozen=True)
class Wanted:
    """What is to be summed.

    Attributes:
        measure: ``energy`` or ``emission``.
        boundary: for emissions ``production`` or ``consumption``.
        by: what the lines are: one total, cities, provinces, sectors, sections or groups.
        year: only this year.
        since: compare with this year: only reporters that are whole in both count.
        region, sector: only what lies inside.
        listed: only reporters on this list at the end of the year.
        without: list of projects whose activity is taken off, each from its own day.
        control: groups by control rather than by ownership share.
    """

    measure: Literal["energy", "emission"] = "emission"
    boundary: Literal["production", "consumption"] = "consumption"
    by: By = "total"
    year: str | None = None
    since: int | None = None
    region: str | None = None
    sector: str | None = None
    listed: str | None = None
    without: str | None = None
    control: bool = False

    @property
    def unit(self) -> str:
        """Unit of the sums."""
        return UNITS[self.measure]

    @property
    def years(self) -> list[str] | None:
        """The years that are read; ``None`` for all."""
        if self.year is None:
            return None
        return [self.year] if self.since is None else [str(self.since), self.year]

    @property
    def narrowed(self) -> list[str]:
        """What narrows the sum to some reporters."""
        return [name for name in _NARROWED if getattr(self, name) is not None]

    @property
    def without_plants(self) -> bool:
        """Whether power and heat plants stand outside the boundary."""
        return self.measure == "emission" and self.boundary == "consumption"

    @property
    def scope(self) -> str:
        """What is asked for, as it stands in a figure's id."""
        said = [self.measure, self.boundary if self.measure == "emission" else "", self.by]
        if self.by == "group":
            said.append("control" if self.control else "share")
        given = ((name, getattr(self, name)) for name in _NARROWED)
        said += [f"{name}-{value}" for name, value in given if value is not None]
        return "~".join(filter(None, said))


def wanted_of(scope: str, year: str) -> Wanted:
    """Return what a figure's id asks for: the reverse of ``Wanted.scope``.

    Raises:
        Fault: ``bad_figure_id``.
    """
    measure, *words = scope.split("~")
    found: dict[str, Any] = {"measure": measure, "year": year}
    if measure == "emission" and words:
        found["boundary"] = words.pop(0)
    found["by"] = words.pop(0) if words else ""
    if found["by"] == "group" and words:
        found["control"] = words.pop(0) == "control"
    for word in words:
        name, _, value = word.partition("-")
        found[name] = int(value) if name == "since" and value.isdigit() else value
    wanted = Wanted(**found) if set(found) <= set(Wanted.__dataclass_fields__) else None
    if wanted is None or wanted.by not in get_args(By) or measure not in UNITS:
        raise Fault("bad_figure_id", label=scope)
    told = wanted.scope == scope and all(getattr(wanted, name) for name in wanted.narrowed)
    dated = wanted.since is None or isinstance(wanted.since, int)
    if not told or not dated or wanted.boundary not in ("production", "consumption"):
        raise Fault("bad_figure_id", label=scope)
    return wanted


@dataclass(frozen=True)
class Sum:
    """A sum of reporters.

    Attributes:
        wanted: what was asked for.
        key: what the line is: code of the region or sector, id of the group, or empty.
        grams: whole g CO2e or g standard coal of those who reported; ``None`` where nobody did.
        feedstock, renewable: kept apart, in the same unit.
        excluded: what was taken off for excluded projects.
        expected, reported, complete: reporters that should be in it, that are, and that are
            whole: no month, coefficient or method of theirs is missing.
        tree: how it came about.
    """

    wanted: Wanted
    key: str
    title: Text
    year: int
    grams: int | None
    feedstock: int
    renewable: int
    excluded: int
    expected: int
    reported: int
    complete: int
    tree: Node

    @property
    def unit(self) -> str:
        """Unit of all amounts."""
        return self.wanted.unit

    @property
    def figure(self) -> str:
        """Id of the figure."""
        return figure_id("sum", self.wanted.scope, self.key or ALL, str(self.year), self.tree)
