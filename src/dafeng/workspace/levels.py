"""Efficiency levels of capacity lines: which each reached, by what unit energy, or why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from dafeng.accounting import whole_sum
from dafeng.explain import Node, told
from dafeng.grading import BEYOND, Graded, grade, reasons
from dafeng.rulebook import Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Fault, Text, factor, items, marks, period
from dafeng.workspace.lines import ENERGY, POWER, Place, Use, base_of, per_unit, uses

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
_LEVEL = "level"
_NO_LEVEL = ("unknown_scale", "no_edition", "unknown_family")
_NO_GRADE = "limit_unknown"


@dataclass(frozen=True)
class Level:
    """What is known of a line in a year.

    Attributes:
        grade: empty where it cannot be told.
        words: the level with the unit energy that led to it, or why there is none.
        rule: the limits that it was held against.
    """

    grade: str
    words: Text
    rule: Node | None = None


def graded(books: Books, lines: list[Row], rules: Rulebook) -> list[Row]:
    """Add to each line what is known of its energy and level, by year.

    ``energy`` (g standard coal, gross) holds the years of which it is known (see ``uses``),
    ``level`` those of which the grade can be told. ``told`` holds all years of the books: the
    level with the unit energy that led to it, or why there is none; ``rule`` the limits that it
    was held against. ``field_name`` is the name of the field in the newest edition of the levels.
    """
    held, gross = uses(books, lines), _gross(books)
    levels = _levels(rules, lines, held, cache(lambda: uses(books, lines, base=POWER)))

    def row_of(row: Row) -> Row:
        years = held[row["line"]]
        known = {y: levels[row["line"], y] for y in years}
        place = row["reporter"], row["facility"]
        return row | {
            "capacity": row["capacity"] * factor(row["unit"], items()[row["product"]].unit),
            "energy": {
                y: gross.get((*place, str(y)), 0) for y, u in years.items() if u.used is not None
            },
            "level": {y: level.grade for y, level in known.items() if level.grade},
            "rule": {y: level.rule for y, level in known.items() if level.rule},
            "told": {y: level.words for y, level in known.items()},
            "field_name": _field_name(rules, row, max(years, default=None)),
        }

    return [row_of(row) for row in lines]


def _field_name(rules: Rulebook, row: Row, year: int | None) -> Text | None:
    found = _scale(rules, row["field"], row["region"], year) if year and row["field"] else None
    return found[1].name if found else None


def _scale(rules: Rulebook, field: str, region: str, year: int) -> tuple[ScaleSet, Scale] | None:
    try:
        return rules.scale(_LEVEL, field, period(str(year)).last, region)
    except Fault as fault:
        if fault.code not in _NO_LEVEL:
            raise
        return None


def _levels(
    rules: Rulebook,
    lines: list[Row],
    held: dict[str, dict[int, Use]],
    power: Callable[[], dict[str, dict[int, Use]]],
) -> dict[tuple[str, int], Level]:
    """Return the levels of lines by year; those of one field, place and year in one pass."""
    groups: dict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    found = {}
    for row in lines:
        for year, use in held[row["line"]].items():
            if use.used is not None and not use.reason:
                groups[row["field"], row["region"], row["product"], year].append(row["line"])
            else:
                found[row["line"], year] = _unknown(use.reason)
    for (field, region, product, year), own in groups.items():
        scale = _scale(rules, field, region, year)
        told_ = _group(scale, product, [(line, year) for line in own], held, power)
        found |= told_
    return found


def _group(
    found: tuple[ScaleSet, Scale] | None,
    product: str,
    own: list[tuple[str, int]],
    held: dict[str, dict[int, Use]],
    power: Callable[[], dict[str, dict[int, Use]]],
) -> dict[tuple[str, int], Level]:
    """Return the levels of lines of one field, place, product and year."""
    if found is None:
        return dict.fromkeys(own, _unknown("no_scale"))
    edition, scale = found
    base = base_of(scale, product)
    if not per_unit(base, product, scale.unit):  # standard oil, say: no rule leads there
        return dict.fromkeys(own, _unknown("line_other_unit"))
    told_ = held if base == ENERGY else power()
    uses_ = [told_[line].get(year, Use()) for line, year in own]
    whole = [use.used is not None and not use.reason for use in uses_]
    values = [
        use.per(product, scale.unit) if known else None
        for use, known in zip(uses_, whole, strict=True)
    ]
    results = zip(own, uses_, whole, grade(edition, scale, values), strict=True)
    return {
        key: _level(edition, scale, one) if known else _unknown(use.reason)
        for key, use, known, one in results
    }


def _level(edition: ScaleSet, scale: Scale, one: Graded) -> Level:
    value = told(None if one.value is None else float(one.value), scale.unit)
    rule = _rule(edition, scale, one.limits)
    if not one.grade:
        why = reasons()[_NO_GRADE].name
        return Level("", Text(zh=f"{value.zh}，{why.zh}", en=f"{value.en}, {why.en}"), rule)
    names = {each.id: Text(zh=each.zh, en=each.en) for each in edition.grades} | {
        BEYOND: edition.beyond
    }
    name = names[one.grade]
    return Level(one.grade, Text(zh=f"{name.zh}，{value.zh}", en=f"{name.en}, {value.en}"), rule)


def _rule(edition: ScaleSet, scale: Scale, limits: Mapping[str, Decimal]) -> Node:
    """Return the limits of a scale, with the mark of how well they are known."""
    names = {each.id: Text(zh=each.zh, en=each.en) for each in edition.grades}
    said = {names[name]: told(float(limit), scale.unit) for name, limit in limits.items()}
    return Node(
        "parameter",
        f"{edition.id}/{scale.id}",
        Text(zh=f"{scale.name.zh}的限值", en=f"limits of {scale.name.en}"),
        mark=marks().resolve(scale.checked or edition.checked).id,
        source=f"{edition.document}/{scale.clause or edition.clause}",
        detail=Text(
            zh="，".join(f"{name.zh} {limit.zh}" for name, limit in said.items()),
            en=", ".join(f"{name.en} {limit.en}" for name, limit in said.items()),
        ),
    )


def _unknown(reason: str) -> Level:
    """Return that a level cannot be told, and why."""
    why = reasons()[reason or "line_no_energy"].name
    return Level("", Text(zh=f"水平未知：{why.zh}", en=f"level unknown: {why.en}"))


def _gross(books: Books) -> dict[Place, int]:
    """Sum the energy of facilities; what they gave away or recovered is not taken off."""
    rows = books.rows
    rows = rows.filter(
        (rows.facility != "") & (rows.measure == "energy") & (rows.memo == "") & (rows.grams > 0)
    )
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(grams=whole_sum(rows.grams))
    return {(r["reporter"], r["facility"], r["year"]): r["grams"] for r in books.fetch(sums)}
