"""Facilities that use more energy than the whole enterprise that they are a part of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.explain import number
from dafeng.findings import Finding
from dafeng.vocabulary import Record, read_yaml, validate

_FILE = Path(__file__).parent / "data" / "parts.yaml"
_SAME = ["reporter", "method"]


class Bounds(Record):
    """What is larger than the whole.

    Attributes:
        above: this many times the energy of the enterprise.
    """

    above: float


def larger_parts(
    totals: Iterable[tuple[str, pa.Table]], gaps: Collection[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield the facilities whose energy exceeds that of their enterprise, by the same method.

    Nothing is said where either is not wholly known, or where the enterprise lacks months.

    Args:
        totals: years, each with reporter, facility, method, measure, memo, grams, without_value.
        gaps: reporters and years in which months are missing.
    """
    for year, held in totals:
        for row in _larger(held):
            if (row["reporter"], year) not in gaps:
                own, of_all = (number(row[name], "gce") for name in ("grams", "grams_of_all"))
                values = {"facility": row["facility"], "year": year, "energy": own, "whole": of_all}
                who = row["reporter"]
                place = f"{who} {row['method']}"
                yield Finding("part_above_whole", place, values, reporter=who)


def _larger(totals: pa.Table) -> list[dict[str, Any]]:
    """Return the facilities of a year that are larger, with the energy of their enterprise."""
    known = pc.and_(pc.equal(totals["without_value"], 0), pc.is_valid(totals["grams"]))
    energy = pc.and_(pc.equal(totals["measure"], "energy"), pc.equal(totals["memo"], ""))
    held = totals.filter(pc.and_(known, energy)).select([*_SAME, "facility", "grams"])
    part = pc.not_equal(held["facility"], "")
    whole = held.filter(pc.invert(part)).select([*_SAME, "grams"])
    both = held.filter(part).join(whole, _SAME, join_type="inner", right_suffix="_of_all")
    bound = pc.multiply(pc.cast(both["grams_of_all"], pa.float64()), _bounds().above)
    order = [(name, "ascending") for name in ("reporter", "facility", "method")]
    larger = both.filter(pc.greater(both["grams"], bound)).sort_by(order)
    found: list[dict[str, Any]] = larger.to_pylist()
    return found


@cache
def _bounds() -> Bounds:
    return validate(Bounds, read_yaml(_FILE), _FILE.name)
