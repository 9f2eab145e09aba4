"""A figure on its way: what is known of it before it becomes a proposal."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from dafeng.reader.naming import Name
from dafeng.reader.proposals import Kind, Proposal, Repair
from dafeng.reader.quantity import Quantity
from dafeng.reader.quantity_patterns import Unit


@dataclass(slots=True)
class Draft:
    """A proposal that may still change; fields as in ``Proposal``.

    Attributes:
        quantity: the number it was read from; ``None`` for words without a number.
        clear: whether its digits could be displaced by a translation.
    """

    start: int
    end: int
    kind: Kind
    comparator: str
    quantity: Quantity | None = None
    value: Decimal | None = None
    high: Decimal | None = None
    factor: Decimal = Decimal(1)
    unit: str | None = None
    base_unit: Unit | None = None
    name: Name | None = None
    fall: bool = False
    base_year: int | None = None
    year: int | None = None
    stretch: Decimal | None = None
    exclusions: tuple[str, ...] = ()
    region: str | None = None
    flags: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    repair: Repair | None = None

    @property
    def displaceable(self) -> bool:
        """Whether the figure is written in digits."""
        return self.quantity is not None and self.quantity.digits

    @property
    def base(self) -> Decimal | None:
        """The number with its scale word applied."""
        return None if self.value is None else self.value * self.factor

    def proposal(
        self, text: str, jurisdiction: str | None, section: str | None, measure: int | None
    ) -> Proposal:
        """The finished proposal, whatever is corrupt left out of its facts."""
        corrupt = bool(self.reasons)
        name = self.name or Name("")
        if not name.id:
            self.flags.add(f"indicator_{_doubt(name)}")
        return Proposal(
            start=self.start,
            end=self.end,
            slice=text[self.start : self.end],
            kind=self.kind,
            comparator=self.comparator,
            jurisdiction=jurisdiction,
            region=self.region,
            indicator=f"reduction of {name.words}" if self.fall and name.words else name.words,
            indicator_id=name.id,
            candidates=name.may,
            value=_float(self.value),
            value_high=_float(self.high),
            unit=self.unit,
            value_base=None if corrupt else _float(self.base),
            high_base=None if corrupt or self.high is None else _float(self.high * self.factor),
            unit_base=self.base_unit.name if self.base_unit else None,
            unit_id=self.base_unit.id if self.base_unit else None,
            base_year=self.base_year,
            year=self.year,
            stretch_value=_float(self.stretch),
            exclusions=self.exclusions,
            corrupt=corrupt,
            reason=self.reasons[0] if corrupt else None,
            reasons=tuple(dict.fromkeys(self.reasons)),
            repair=self.repair if corrupt else None,
            flags=tuple(sorted(self.flags)),
            section=section,
            measure=measure,
        )


def _doubt(name: Name) -> str:
    """Why an indicator has no id: several may be meant, none is declared, or no word is known."""
    if name.may:
        return "unsure"
    return "undeclared" if name.atoms else "unknown"


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
