"""Units at the door: labels as people and statistics print them, checked with pint.

Each material that must not be converted into another by mistake has a dimension of its own:
standard coal, carbon, each greenhouse gas, normal cubic metres. What leads from one to the
other is a parameter of the rulebook, never a unit conversion.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from fractions import Fraction
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng.vocabulary.fault import Fault
from dafeng.vocabulary.schema import Entries, Term, read_records

if TYPE_CHECKING:
    import pint

_FILE = Path(__file__).parent / "data" / "units.yaml"
_POWER = re.compile(r"10\^([0-9]{1,2})([^0-9].*)")
_PER = re.compile(r"/(?![^()]*\))")  # not inside brackets
_TIMES = re.compile(r"[·⋅*](?![^()]*\))")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class Unit(Term):
    """A unit: ``define`` is ``[dimension]`` for a base unit, else an expression of others.

    ``printed`` marks a unit that only statistics print (10⁸ kWh): known by label, not to pint.
    """

    define: str
    printed: bool = False


def fold(label: str) -> str:
    """Normalise a label: superscripts to ``^n``, full width to half width, no spaces."""
    label = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), label)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", label)).replace("m^", "m")


@cache
def units() -> Entries[Unit]:
    """All units, by id, name or alias."""
    return Entries("unit", read_records(Unit, _FILE, "units"), fold)


@cache
def registry(*, exact: bool) -> pint.UnitRegistry[Any]:
    """The pint registry of our own units, in floats or fractions; pint's stock is not loaded."""
    import pint  # noqa: PLC0415  heavy

    number = Fraction if exact else float
    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None, non_int_type=number)
    for unit in units().values():
        if not unit.printed:
            ureg.define(f"{unit.id} = {unit.define}")
    return ureg


def quantity(unit: str) -> pint.Quantity[float]:
    """Return one ``unit`` as a pint quantity.

    Args:
        unit: a label, or labels joined by ``/`` and ``·``, each read as a whole:
            ``tce/10^4 yuan`` is per 10⁴ yuan. ``10^n`` may stand before any label.

    Raises:
        Fault: ``unknown_unit``.
    """
    found: pint.Quantity[float] = _read(unit, exact=False)
    return found


@cache
def factor(unit: str, to: str) -> float:
    """Return by what a number in ``unit`` is multiplied to stand in ``to``.

    Computed in fractions and rounded once.

    Raises:
        Fault: ``unknown_unit``, or ``unit_mismatch`` where no fixed factor exists.
    """
    import pint  # noqa: PLC0415  heavy

    try:
        return float((_read(unit, exact=True) / _read(to, exact=True)).to("").magnitude)
    except pint.DimensionalityError as error:
        raise Fault("unit_mismatch", unit=unit, expected=to) from error


@cache
def _read(unit: str, *, exact: bool) -> Any:
    found = None if units().find(unit) else _compound(fold(unit), exact=exact)
    if found is not None:
        return found
    entry = units().resolve(unit)
    text = entry.define if entry.printed else entry.id
    ureg = registry(exact=exact)
    return ureg.Quantity(Fraction(1) if exact else 1.0) * ureg.parse_expression(text)


def _compound(label: str, *, exact: bool) -> Any:
    if label.startswith("(") and label.find(")") == len(label) - 1:
        return _read(label[1:-1], exact=exact)
    if power := _POWER.fullmatch(label):
        return (Fraction(10) if exact else 10.0) ** int(power[1]) * _read(power[2], exact=exact)
    for sign, join in ((_PER, operator.truediv), (_TIMES, operator.mul)):
        first, *rest = sign.split(label)
        if rest:
            return reduce(join, [_read(part, exact=exact) for part in (first, *rest)])
    return None
