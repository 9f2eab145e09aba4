"""Over quota and below baseline: unit energies against their scales, by whole columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.gate.supervision import Hit, Looked, Unknown
from dafeng.gate.supervision_columns import Texts, last_day, numbers, shown, texts
from dafeng.gate.supervision_settings import matters
from dafeng.grading import BEYOND, Graded, grade
from dafeng.rulebook import Rulebook, Scale, ScaleSet
from dafeng.vocabulary import Fault, Text, marks, period

_NO_SCALE = ("unknown_scale", "no_edition", "unknown_family")
_LEVEL, _QUOTA = "level", "quota"
_MATTERS = {_QUOTA: "over_quota", _LEVEL: "below_baseline"}


def limiting(editions: Iterable[ScaleSet]) -> list[str]:
    """Return the families that limit unit energy: quotas and levels."""
    return sorted({edition.family for edition in editions if edition.kind in _MATTERS})


def quota_families(rules: Rulebook) -> dict[str, str]:
    """Return id of a scale → the one family of quotas that has it; one of several has none."""
    found: dict[str, set[str]] = {}
    for edition in rules.scales.values():
        if edition.kind == _QUOTA:
            for scale in edition.scales:
                found.setdefault(scale.id, set()).add(edition.family)
    return {name: held.pop() for name, held in found.items() if len(held) == 1}


def graded_hits(rules: Rulebook, rows: pa.Table) -> Looked:
    """Hold unit energies against quotas and levels.

    Args:
        rules: quotas and levels.
        rows: ``subject, reporter, region, year, family, scale, value, inputs, variant, mark,
            source``; ``value`` in the unit of the scale, null where not known, ``inputs`` as
            ``name=value;…``, ``variant`` ``stated`` or ``booked``.

    Returns:
        Values beyond the last limit: over quota, or below the baseline level.
    """
    judged: Counter[str] = Counter()
    unknown: Unknown = {}
    hits: list[Hit] = []
    held = {name: texts(rows, name) for name in rows.column_names if name != "value"}
    values = numbers(rows, "value")
    for edition, scale, at in _groups(rules, held):
        matter = _MATTERS.get(edition.kind) if edition else None
        if edition is None or scale is None or matter is None:
            name = _MATTERS[_LEVEL if held["family"][at[0]] == _LEVEL else _QUOTA]
            unknown.setdefault((name, "no_field"), []).extend(held["subject"][at].tolist())
            continue
        inputs = _inputs(edition, held["inputs"][at])
        cells = [None if np.isnan(value) else value for value in values[at].tolist()]
        for row, one in zip(at.tolist(), grade(edition, scale, cells, inputs), strict=True):
            if not one.grade:
                unknown.setdefault((matter, "not_graded"), []).append(held["subject"][row])
                continue
            judged[matter] += 1
            if one.grade == BEYOND:
                hits.append(_graded_hit(rules, matter, edition, scale, one, held, row))
    return Looked(tuple(hits), judged, unknown)


def _groups(
    rules: Rulebook, held: Mapping[str, Texts]
) -> Iterator[tuple[ScaleSet | None, Scale | None, Any]]:
    """Yield each scale that answers, with the rows that it answers for."""
    size = len(held["scale"])
    keys = ("family", "scale", "year", "region")
    found: dict[tuple[str, ...], int] = {}
    codes = np.zeros(size, np.int64)
    for name in keys:  # one code per combination, without a look at each row
        distinct, code = np.unique(held[name].astype(str), return_inverse=True)
        codes = np.unique(codes * len(distinct) + code, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    answers: list[tuple[ScaleSet | None, Scale | None]] = []
    parts: list[list[Any]] = []
    for rows in np.split(order, starts[1:]) if size else ():
        family, name, year, region = (str(held[key][rows[0]]) for key in keys)
        edition, scale = _scale(rules, family, name, period(year).last, region)
        place = found.setdefault((edition.id if edition else family, name), len(answers))
        if place == len(answers):
            answers.append((edition, scale))
            parts.append([])
        parts[place].append(rows)
    for (edition, scale), held_rows in zip(answers, parts, strict=True):
        yield edition, scale, np.concatenate(held_rows)


def _scale(
    rules: Rulebook, family: str, wanted: str, day: date, region: str
) -> tuple[ScaleSet | None, Scale | None]:
    try:
        return rules.scale(family, wanted, day, region)
    except Fault as fault:
        if fault.code not in _NO_SCALE:
            raise
        return None, None


def _inputs(edition: ScaleSet, said: Texts) -> dict[str, list[float | None]]:
    """Return the inputs of corrections as columns; what is no number is not given."""
    rows = [
        dict(part.split("=", 1) for part in text.split(";") if "=" in part) if text else {}
        for text in said.tolist()
    ]
    return {name: [_number(row.get(name)) for row in rows] for name in edition.inputs}


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _graded_hit(
    rules: Rulebook,
    matter: str,
    edition: ScaleSet,
    scale: Scale,
    one: Graded,
    held: Mapping[str, Texts],
    row: int,
) -> Hit:
    year, variant = held["year"][row], held["variant"][row]
    due = str(rules.deadlines[scale.consequence].due or "") if scale.consequence else ""
    proven = not due or due < f"{year}"
    if not proven and f"{variant}_before" in matters()[matter].says:
        variant += "_before"
    clause = scale.clause or edition.clause
    checked = marks().resolve(scale.checked or edition.checked).id
    last = list(one.limits.values())[-1]
    return Hit(
        matter,
        variant,
        subject=held["subject"][row],
        reporter=held["reporter"][row],
        region=held["region"][row],
        evidence=last_day(year),
        values={
            "year": year,
            "scale": scale.name,
            "value": shown(one.value or Decimal(0)),
            "limit": shown(last),
            "unit": scale.unit,
            "edition": edition.title,
        },
        family=edition.family,
        scale=scale.id,
        due=due,
        clauses=(clause if "/" in clause else f"{edition.document}/{clause}",),
        marks=(held["mark"][row], checked),
        proven=proven,
        flags=("our_reading",) if scale.our_reading or edition.our_reading else (),
        source=held["source"][row],
        amounts=(one.value or Decimal(0), last),
        assumed=tuple(
            Text(zh=edition.inputs[name].zh, en=edition.inputs[name].en) for name in one.assumed
        ),
    )
