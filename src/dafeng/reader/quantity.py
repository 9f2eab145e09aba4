"""One quantity of a text: what is printed, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dafeng.reader.quantity_patterns import Unit


@dataclass(slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        start, end: its span with scale and unit, without comparator.
        head: end of the number itself.
        token: the number as printed.
        value, high: the number; ``high`` only in a range. ``None`` where digits are lost.
        factor, scale: what the scale word multiplies by, and its name.
        digits: written in digits, so that a translation can displace it.
        spelt: written as a word of a language ("six", "one-third").
        second, first_end: where the upper end of a range begins, and the lower one ends.
        structural: counts the parts of a plan ("ten actions").
        bound: comparator of an end of a range that was taken apart.
        origin: what a change starts from ("from 12 % to 19 %").
        minus: printed with a minus sign, so that it is a fall.
        more: a word behind the number says that it is a little more (1200多家, 300余项).
    """

    start: int
    end: int
    head: int
    token: str
    value: Decimal | None = None
    unit: Unit | None = None
    high: Decimal | None = None
    factor: Decimal = Decimal(1)
    scale: str | None = None
    digits: bool = False
    spelt: bool = False
    second: int | None = None
    first_end: int | None = None
    structural: bool = False
    bound: str | None = None
    origin: bool = False
    minus: bool = False
    more: bool = False

    @property
    def printed_unit(self) -> str | None:
        """Unit with its scale word, as proposals print it."""
        parts = [part for part in (self.scale, self.unit.name if self.unit else None) if part]
        return " ".join(parts) or None
