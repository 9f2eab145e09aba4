"""Scenarios: a file with paths of drivers, levers and targets; each says where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dafeng.vocabulary import Fault, Record, Text, read_yaml, validate

Checked = Literal["official", "V", "V~", "M+", "M", "synthetic"]
Driver = Literal["activity", "intensity", "carbon", "grid"]
WHOLE = 100  # percent


class Cited(Record):
    """What says where it comes from.

    Attributes:
        document: a document of the rulebook or of a plan, or the name of a file; clause: its place.
        checked: how well it is checked; what is assumed is marked ``our_reading`` besides.
    """

    document: str
    clause: str = "document"
    checked: Checked
    our_reading: bool = False
    note: Text | None = None


class Range(Record):
    """A number not known for sure: triangular from ``low`` to ``high``, likeliest ``central``."""

    low: float = Field(allow_inf_nan=False)
    central: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _single(cls, given: Any) -> Any:
        if isinstance(given, int | float):
            return {"low": given, "central": given, "high": given}
        return given

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high ascend")
        return self


class Growth(Record):
    """Yearly growth of a driver as stated, in percent; a year without an entry keeps the last one.

    Attributes:
        sectors, regions: whom it is for; empty is all.
        percent: first year → percent a year.
    """

    driver: Driver
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    percent: dict[int, Annotated[float, Field(gt=-WHOLE, allow_inf_nan=False)]] = Field(
        min_length=1
    )
    source: Cited


class FuelShare(Record):
    """Share of a fuel in the energy of sectors as stated, in percent of years after the base year.

    Attributes:
        sectors, regions: whom it is for; empty is all.
        percent: year → share; straight in between, from that of the base year; the last one stays.
    """

    fuel: str
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    percent: dict[int, Annotated[float, Field(ge=0, le=WHOLE)]] = Field(min_length=1)
    source: Cited


class Switch(Record):
    """A share of a sector's energy (percent) that goes from one fuel to another.

    Attributes:
        ratio: units of the new fuel's energy that take the place of one unit of the old one's.
    """

    of: str
    to: str
    share: Range
    ratio: float = Field(default=1, gt=0)


class Lever(Record):
    """A measure: what it changes, how strongly, from when to when.

    Exactly one of ``change``, ``switch`` and ``tonnes`` is given.

    Attributes:
        driver, change: percent by which a driver is higher (or lower: negative) at full effect.
        switch: energy that changes its fuel.
        tonnes: t CO2 avoided a year at full effect; shared among sectors by what they emit.
        start, full: last year without and first year with its full effect; in between it grows
            evenly (of percentages: their logarithm).
        measure: measure of a plan, ``PLAN/ID``; projects: registered projects that it is made of.
    """

    id: str
    title: Text
    driver: Driver = "intensity"
    change: Range | None = None
    switch: Switch | None = None
    tonnes: Range | None = None
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    start: int
    full: int
    measure: str | None = None
    projects: tuple[str, ...] = ()
    source: Cited

    @model_validator(mode="after")
    def _consistent(self) -> Lever:
        if sum(x is not None for x in (self.change, self.switch, self.tonnes)) != 1:
            raise ValueError("exactly one of change, switch and tonnes is given")
        if self.full <= self.start:
            raise ValueError("full lies after start")
        if self.change is not None and self.change.low <= -WHOLE:
            raise ValueError("no change takes away all or more")
        if self.change is None and self.strength.low < 0:
            raise ValueError("neither a share nor tonnes are below zero")
        return self

    @property
    def strength(self) -> Range:
        """How strong it is, in its own unit."""
        found = self.change or self.tonnes or (self.switch.share if self.switch else None)
        assert found is not None  # noqa: S101  the model holds it so
        return found


class Registered(Record):
    """Registered projects of the workspace as levers: one for each sector.

    Attributes:
        kinds, statuses: which projects count.
        delivered: percent of the stated yearly reduction that comes true.
        start, full: last year without and first year with the full effect.
    """

    kinds: tuple[str, ...] = ("retrofit",)
    statuses: tuple[str, ...] = ("planned", "building")
    delivered: Range
    start: int
    full: int
    source: Cited


class SetLever(Record):
    """A lever of a roadmap and how much of it is done.

    Attributes:
        activity, change: at full effect, in the units that ``dafeng portfolio levers`` names.
        item: where the effect differs by item.
    """

    lever: str
    item: str = ""
    activity: Range
    change: Range

    @model_validator(mode="after")
    def _positive(self) -> SetLever:
        if min(self.activity.low, self.change.low) < 0:
            raise ValueError("neither activity nor change is below zero")
        return self


class LeverSet(Record):
    """Levers of a sector's roadmap, each with the saving that the roadmap cites.

    Attributes:
        start, full: last year without and first year with the full effect.
        source: where the amounts come from.
    """

    roadmap: str
    levers: tuple[SetLever, ...] = Field(min_length=1)
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    start: int
    full: int
    source: Cited


class Goal(Record):
    """A target that runs are held against.

    Attributes:
        kind: ``peak_year`` (not later than ``value``), ``emission`` (at most ``value`` in ``unit``,
            in ``year``) or ``reduction`` (emissions per activity at least ``value`` % below those
            of ``base_year``).
        plan_target: target of a plan, ``PLAN/ID``, that this one is.
    """

    id: str
    title: Text
    kind: Literal["peak_year", "emission", "reduction"]
    value: float
    unit: str | None = None
    year: int | None = None
    base_year: int | None = None
    plan_target: str | None = None
    source: Cited

    @model_validator(mode="after")
    def _consistent(self) -> Goal:
        if self.kind != "peak_year" and self.year is None:
            raise ValueError("a target of emissions or intensity has a year")
        if self.kind == "emission" and self.unit is None:
            raise ValueError("a target of emissions has a unit")
        if self.kind == "reduction" and self.base_year is None:
            raise ValueError("a reduction has a base year")
        return self


class Scenario(Record):
    """A scenario.

    Attributes:
        base_year: last year of history that is used; by default the last one held.
        horizon: last year; settings: what replaces the settings of Dafeng.
        roadmaps, registered, plan_targets (``PLAN/ID``): levers and targets that are held
            elsewhere; the workspace puts them under ``levers`` and ``targets`` when it reads one.
    """

    id: str
    title: Text
    base_year: int | None = None
    horizon: int | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    growth: tuple[Growth, ...] = ()
    shares: tuple[FuelShare, ...] = ()
    levers: tuple[Lever, ...] = ()
    roadmaps: tuple[LeverSet, ...] = ()
    registered: Registered | None = None
    targets: tuple[Goal, ...] = ()
    plan_targets: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        for listed in (self.levers, self.targets):
            ids = [one.id for one in listed]
            if len(ids) != len(set(ids)):
                raise ValueError("ids repeat")
        return self


def read_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        Fault: ``bad_yaml``, ``bad_field`` with the field that is wrong.
    """
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise Fault(
            "bad_field", path.name, field="–", reason="mapping expected", value="", others=0
        )
    return validate(Scenario, data, path.name)
