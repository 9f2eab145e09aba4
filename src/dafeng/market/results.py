"""What an allocation says: a line per unit, adjustments, a total per enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.rulebook import Formula
from dafeng.vocabulary import Text

Steps = dict[str, Decimal | None]


@dataclass(frozen=True)
class Line:
    """The allowance of one unit.

    Attributes:
        formula: edition that it was computed with.
        steps: step → result in the unit of the step; ``None`` where something is missing.
        values: symbol → id of the rulebook value taken.
        allowance: tonnes issued; ``None`` where it cannot be computed.
        obligation: tonnes to be surrendered; ``None`` where it cannot be computed.
        assumed, missing: inputs whose default was taken; inputs and parameters that lack.
        figure: id of the figure; ``tree`` is how it came about.
    """

    enterprise: str
    unit: str
    formula: Formula
    steps: Steps
    values: dict[str, str]
    allowance: int | None
    obligation: Decimal | None
    assumed: tuple[str, ...]
    missing: tuple[str, ...]
    figure: str
    tree: Node

    @property
    def mark(self) -> str:
        """The worst mark of rules and inputs."""
        return self.tree.worst

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of all that it rests on: ``draft``, ``our_reading``, ``assumed``."""
        return self.tree.all_flags


@dataclass(frozen=True)
class Adjustment:
    """A step that changes an allowance or an obligation beside the benchmark: tonnes, signed."""

    enterprise: str
    unit: str
    step: str
    title: Text
    tonnes: Decimal
    clause: str


@dataclass(frozen=True)
class Total:
    """An enterprise: whole tonnes, or ``None`` with the units that lack.

    Attributes:
        allowance, obligation, balance: tonnes; the balance is negative for a deficit.
        missing: units without a value.
    """

    enterprise: str
    formula: Formula
    steps: Steps
    allowance: int | None
    obligation: int | None
    balance: int | None
    missing: tuple[str, ...]
    figure: str
    tree: Node

    @property
    def mark(self) -> str:
        """The worst mark of rules and inputs."""
        return self.tree.worst

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of all that it rests on."""
        return self.tree.all_flags


@dataclass(frozen=True)
class Balance:
    """The balance value of an industry, and what the units with it come to (tonnes).

    Attributes:
        value: in the unit of the input.
        solved: whether it was solved over the units of the table, which is the industry's
            value only where the table holds the whole industry.
        units: how many units it rests on.
        verified: sum of verified emissions.
        before, after: sum of allowances before and after rounding down.
    """

    value: Decimal
    unit: str
    solved: bool
    units: int
    verified: Decimal
    before: Decimal
    after: Decimal

    @property
    def residual(self) -> Decimal:
        """Tonnes lost by rounding down."""
        return self.before - self.after


@dataclass(frozen=True)
class Allocation:
    """Allowances of a sector for the emissions of a year."""

    sector: str
    year: int
    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...]
    totals: tuple[Total, ...]
    balance: Balance | None
    findings: tuple[Finding, ...]
