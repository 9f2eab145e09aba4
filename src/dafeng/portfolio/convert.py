"""From a metered saving to standard coal and CO2, by the coefficients of the rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dafeng.accounting import Activity, compile_coefficients
from dafeng.portfolio.savings import Verified, unit_of
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, items, worst_mark

GRAMS = 1000 * 1000


@dataclass(frozen=True)
class Converted:
    """A saving in tonnes of standard coal or CO2.

    Attributes:
        method: by which it was converted.
        measure: ``energy`` (tce) or ``emission`` (t CO2).
        coefficient: grams per unit of the item, of the last reporting period; ``None`` where the
            rules hold none, and so the amounts.
        unit: unit of the item.
        inputs: ids of the values that the coefficient is made of; ``proxy`` where one of them
            stands in for a missing one.
        mark: the worst of the meter's and theirs.
        saving, counted: tonnes.
    """

    method: str
    measure: str
    coefficient: float | None
    unit: str
    inputs: tuple[str, ...]
    proxy: bool
    mark: str
    saving: float | None
    counted: float | None


def convert(
    found: Verified, rules: Rulebook, methods: Iterable[str], region: str | None
) -> list[Converted]:
    """Return a saving in tonnes, by each method; nothing where the meter names no item.

    Args:
        found: the saving.
        rules: the rulebook.
        methods: of energy and of emissions; each must be known.
        region: for items whose factor is regional.

    Raises:
        Fault: ``unknown_method``, ``region_needed``.
    """
    if not found.item:
        return []
    item, methods = items()[found.item], list(methods)
    if methods and item.regional and region is None:
        raise Fault("region_needed", found.item, item=item.name)
    asked = [Activity(rules.method(m).id, found.item, "purchased", "purchase", "") for m in methods]
    rows = compile_coefficients(rules, asked, [found.last], [region or "00"]).to_pylist()
    return [_converted(found, row, rules) for row in rows if not row["memo"]]


def _converted(found: Verified, row: dict[str, object], rules: Rulebook) -> Converted:
    inputs = tuple(filter(None, str(row["inputs"] or "").split("|")))
    marks = {rules.values[name].mark for name in inputs if name in rules.values}
    value = row["coefficient"]
    per_unit = None if value is None else float(str(value)) * unit_of(found) / GRAMS
    counted = None if found.counted is None else found.counted
    return Converted(
        method=str(row["method"]),
        measure=str(row["measure"]),
        coefficient=None if value is None else float(str(value)),
        unit=items()[found.item].unit,
        inputs=inputs,
        proxy=bool(row["proxy"]),
        mark=worst_mark({found.mark, *marks}),
        saving=None if per_unit is None else found.saving * per_unit,
        counted=None if per_unit is None or counted is None else counted * per_unit,
    )
