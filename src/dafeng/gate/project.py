"""A project as it is handed in: what it makes, retires, uses and emits, and what it holds.

Whatever is left out is not known, and never taken as met.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dafeng.vocabulary import (
    Fault,
    Record,
    Text,
    factor,
    flows,
    items,
    marks,
    read_yaml,
    regions,
    sectors,
    units,
    validate,
)

Status = Literal["planned", "building", "running", "stopped"]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _item(label: str) -> str:
    return _known(items(), label)


def _known(book: Any, label: str) -> str:
    try:
        found: str = book.resolve(label).id
    except Fault as fault:
        msg = f"{label}: not in the vocabulary (near: {fault.values.get('near', '')})"
        raise ValueError(msg) from fault
    return found


def _both(text: Any) -> Any:
    return {"zh": text, "en": text} if isinstance(text, str) and text else text


Name = Annotated[Text, BeforeValidator(_both)]
"""A name in both languages, or one that serves for both."""
ItemId = Annotated[str, AfterValidator(_item)]
UnitId = Annotated[str, AfterValidator(lambda label: _known(units(), label))]
FlowId = Annotated[str, AfterValidator(lambda label: _known(flows(), label))]
RegionId = Annotated[str, AfterValidator(lambda label: _known(regions(), label))]
SectorId = Annotated[str, AfterValidator(lambda label: _known(sectors(), label))]
MarkId = Annotated[str, AfterValidator(lambda label: _known(marks(), label))]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class Product(Record):
    """A product that the project will make.

    Attributes:
        capacity: per year, in ``unit``; ``None`` where it is not stated.
        route: process route, such as ``long``, ``short``, ``independent_grinding``, ``integrated``.
        field: scale of the benchmark and baseline levels that the line belongs to; ``none`` where
            they have none for it.
        design: designed unit energy, in the unit of that scale.
    """

    item: ItemId
    capacity: Amount | None = None
    unit: UnitId = "t"
    route: str = ""
    field: str = ""
    design: Annotated[float, Field(allow_inf_nan=False)] | None = None


class Retired(Record):
    """A line whose capacity is given to the project.

    Attributes:
        line: id; where the workspace holds the line, its capacity and place come from there.
        gives: the part of the capacity that is given, in ``unit``; by default all.
        eligible: whether evidence shows that it may be used; ``None`` where nothing shows it.
        barred: why it may not be used: ids of ``families.yaml``.
        estimated: whether the capacity is an estimate, which counts as not known.
        restricted: whether the line is of the restricted class of the policy lists.
    """

    line: Id
    item: ItemId | None = None
    capacity: Amount | None = None
    gives: Amount | None = None
    unit: UnitId = "t"
    region: RegionId | None = None
    eligible: bool | None = None
    barred: tuple[str, ...] = ()
    estimated: bool = False
    restricted: bool | None = None


class Carrier(Record):
    """What the project will use or make in a year, of one item; counted by the rulebook."""

    item: ItemId
    flow: FlowId
    quantity: Amount
    unit: UnitId

    @model_validator(mode="after")
    def _measured(self) -> Carrier:
        kept = items()[self.item]
        try:
            factor(self.unit, kept.unit)
        except Fault as fault:
            if self.unit in kept.by_rule:
                return self
            raise ValueError(f"{self.item} is kept in {kept.unit}, not in {self.unit}") from fault
        return self


class Offered(Record):
    """Emissions that are cut elsewhere in exchange, per year; ``source`` may be used only once."""

    source: Id
    tco2: Amount | None = None


class EnergyReview(Record):
    """The energy review: its opinion, and what it approved.

    Attributes:
        opinion: ``none`` where there is none; ``None`` where it is not known.
        level: who gave it.
        energy_tce: energy per year that was approved, equivalent value.
        window_guidance: whether the national window guided it.
        carbon_evaluated: whether the opinion holds the carbon evaluation.
    """

    opinion: Literal["granted", "refused", "none"] | None = None
    day: date | None = None
    level: Literal["national", "province", "city", "county"] | None = None
    energy_tce: Amount | None = None
    window_guidance: bool | None = None
    carbon_evaluated: bool | None = None

    @model_validator(mode="after")
    def _dated(self) -> EnergyReview:
        if self.opinion == "granted" and self.day is None:
            raise ValueError("an opinion that was granted has a day")
        return self


class CapacityPlan(Record):
    """The replacement plan.

    Attributes:
        published: day on which it was published; the rule of that day holds.
        rule: a formula asked for by name, where no edition is in force.
        situation: a special case of the rule, such as ``merger-key``.
        hearing: whether the hearing that the rule asks for was held and published.
        receiving: whether the province may take capacity from others (as to how much of its own is
            used, or to its capacity target).
        compliant_park: whether the site lies in a compliant park.
    """

    published: date | None = None
    rule: str = ""
    situation: str = ""
    hearing: bool | None = None
    receiving: bool | None = None
    compliant_park: bool | None = None


class Recorded(Record):
    """Something that another department decided."""

    holds: bool | None = None
    day: date | None = None
    document: str = ""


class Project(Record):
    """A project.

    Attributes:
        builder: who builds it.
        two_highs: whether it is on the list of two-highs projects.
        policy: its class in the industrial policy lists.
        air: whether the site lies in a key air-pollution region, where that is not clear.
        started, finished: first day of building and of operation, expected ones too.
        method: accounting method of its emissions, so that they are computed from ``energy``.
        energy_tce, emission_tco2: per year as stated; energy at equivalent value.
        used_tce: energy of a year in operation.
        replaced_carbon: what is cut elsewhere in exchange.
        facts: what the checks of a province ask for.
        filed: where it was read, for explanations.
    """

    project: Id
    title: Name
    builder: Name | None = None
    region: RegionId
    sector: SectorId | None = None
    kind: Literal["new", "expansion", "retrofit"] = "new"
    status: Status = "planned"
    two_highs: bool | None = None
    policy: Literal["encouraged", "allowed", "restricted", "eliminated"] | None = None
    air: Literal["key", "other"] | None = None
    started: date | None = None
    finished: date | None = None
    products: tuple[Product, ...] = ()
    retires: tuple[Retired, ...] = ()
    energy: tuple[Carrier, ...] = ()
    method: str = ""
    energy_tce: Amount | None = None
    emission_tco2: Amount | None = None
    used_tce: Amount | None = None
    replaced_carbon: tuple[Offered, ...] | None = None
    investment_yuan: Amount | None = None
    energy_review: EnergyReview = EnergyReview()
    capacity_plan: CapacityPlan = CapacityPlan()
    zoning: Recorded = Recorded()
    eia: Recorded = Recorded()
    facts: dict[str, bool | float] = {}  # noqa: RUF012  frozen
    source: str = ""
    mark: MarkId = "reported"

    @property
    def stage(self) -> str:
        """The class of the list: ``planned``, ``building`` or ``existing``."""
        return {"running": "existing", "stopped": "existing"}.get(self.status, self.status)

    def begins(self, day: date) -> int:
        """Return the year of operation; a project that runs counts as it is now."""
        if self.finished is None or self.status == "running":
            return day.year
        return max(self.finished.year, day.year)


def read_project(path: Path) -> Project:
    """Read a project file (YAML, of which JSON is a part).

    Raises:
        Fault: ``no_file``, ``bad_yaml``, ``bad_field`` with the field that is wrong.
    """
    data = read_yaml(path)
    if not isinstance(data, Mapping):
        raise Fault("gate_not_a_project", str(path))
    found = validate(Project, dict(data), str(path))
    return found if found.source else found.model_copy(update={"source": path.name})
