"""Low performers, and the last places of green factories, by whole columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from dafeng.gate.supervision import Hit, Looked, Unknown
from dafeng.gate.supervision_columns import Bools, Floats, Texts, last_day, numbers, shown, texts
from dafeng.gate.supervision_settings import oversight
from dafeng.rulebook import Rulebook, Value
from dafeng.vocabulary import Text, factor, period

_LOW = {"yes": "low_performer_lawful", "no": "low_performer_unlawful", "": "low_performer_open"}
_PERCENT = 100


def low_hits(rules: Rulebook, rows: pa.Table) -> Looked:
    """Find low performers: listed as such, of a class that stands for it, or below a limit.

    Args:
        rules: limits of tax per mu.
        rows: ``reporter, region, year, class, scale, tax_yuan, land_mu, low_performer, lawful,
            mark, source``.

    Returns:
        What was found. On the limit is not below it; who was found not to be one is none.
    """
    held = {n: texts(rows, n) for n in rows.column_names if n not in ("tax_yuan", "land_mu")}
    land = numbers(rows, "land_mu")
    with np.errstate(divide="ignore", invalid="ignore"):
        per_mu = numbers(rows, "tax_yuan") * factor("yuan", "10^4 yuan") / land
    values, which = _low_limits(rules, held, land)
    limits = np.array([value.number for value in values] + [np.nan], np.float64)[which]
    free = held["low_performer"] != "no"
    listed = held["low_performer"] == "yes"
    taxed = (per_mu < limits) & free  # NaN is below nothing
    classed = np.isin(held["class"], oversight().low_classes) & free
    told = ~np.isnan(per_mu) & ~np.isnan(limits)
    known = (held["low_performer"] != "") | (held["class"] != "") | told
    unknown: Unknown = {
        (_LOW[""], reason): held["reporter"][lost].tolist()
        for reason, lost in (
            ("land_not_stated", ~known & ~np.isnan(limits)),
            ("no_limit", ~known & np.isnan(limits)),
        )
        if lost.any()
    }
    hits = [
        _low_hit(held, at, values[which[at]] if taxed[at] and not listed[at] else None, per_mu[at])
        for at in np.flatnonzero(listed | taxed | classed).tolist()
    ]
    return Looked(tuple(hits), Counter({_LOW[""]: int(known.sum())}), unknown)


def _low_limits(
    rules: Rulebook, held: Mapping[str, Texts], land: Floats
) -> tuple[list[Value], Any]:
    """Return the limits held, and for each row the place of its own; the last place is none."""
    how = oversight().low_tax
    values = [value for value in rules.values.values() if value.set.id in how.sets]
    which = np.full(len(land), -1)
    regions, years = held["region"].astype(str), held["year"].astype(str)
    for place, value in enumerate(values):
        when = [year for year in np.unique(years) if value.applies(period(str(year)).last)]
        fits = np.char.startswith(regions, value.row.region or "") & np.isin(years, when)
        fits &= held["scale"] == (value.row.case or "")
        if value.row.case == how.least_land.case:
            fits &= land >= how.least_land.mu
        which[fits] = place
    return values, which


def _low_hit(held: Mapping[str, Texts], at: int, limit: Value | None, per_mu: float) -> Hit:
    listed = held["low_performer"][at] == "yes"
    variant = "listed" if listed else "taxed" if limit else "classed"
    return Hit(
        _LOW[held["lawful"][at]],
        variant,
        subject=held["reporter"][at],
        reporter=held["reporter"][at],
        region=held["region"][at],
        evidence=last_day(held["year"][at]),
        values={
            "year": held["year"][at],
            "class": held["class"][at],
            "tax": "" if np.isnan(per_mu) else shown(per_mu),
            "limit": shown(limit.number or 0.0) if limit else "",
        },
        clauses=(limit.clause,) if limit else (oversight().choices,) * (variant == "classed"),
        marks=(held["mark"][at], limit.mark if limit else ""),
        flags=("our_reading",) * (variant == "classed"),
        source=held["source"][at],
    )


@dataclass(frozen=True)
class _Removal:
    """Who goes: the last per cent, so many years in a row."""

    share: Value
    years: Value


def last_hits(rules: Rulebook, scores: pa.Table, day: date) -> Looked:
    """Find green factories among the last places in each of the last years.

    Args:
        rules: share and years of the removal.
        scores: ``list, level, subject, region, year, score, mark, source`` of those that
            are on the list on the day.
        day: the day; years after it do not count.

    Returns:
        What was found. Of n factories scored in a year, a factory is among the last where no more
        than the share of n has its score or a lower one: a tie across the border accuses nobody.
    """
    removal = _removal(rules, day)
    if removal is None or not scores.num_rows:
        return Looked()
    held = {name: texts(scores, name) for name in scores.column_names if name != "score"}
    number = numbers(scores, "score")
    done = held["year"] < f"{day.year + 1}"
    names = np.array([f"{a}/{b}" for a, b in zip(held["list"], held["level"], strict=True)])
    parts = [
        _last_of(held, number, np.flatnonzero((names == name) & done), removal)
        for name in np.unique(names).tolist()
    ]
    hits = tuple(hit for part in parts for hit in part.hits)
    judged = sum((part.judged for part in parts), Counter[str]())
    unknown: Unknown = {}
    for part in parts:
        for key, lost in part.unknown.items():
            unknown.setdefault(key, []).extend(lost)
    return Looked(hits, judged, unknown)


def _removal(rules: Rulebook, day: date) -> _Removal | None:
    held = {
        value.parameter: value
        for value in rules.values.values()
        if value.set.id in oversight().removal and value.applies(day)
    }
    if {"removal_share", "removal_years"} <= set(held):
        return _Removal(held["removal_share"], held["removal_years"])
    return None


def _last_of(held: Mapping[str, Texts], score: Any, rows: Any, rule: _Removal) -> Looked:
    """Judge one list: a matrix of factories by years."""
    if not len(rows):
        return Looked()
    span = int(rule.years.number or 0)
    newest = int(max(held["year"][rows]))
    years = [str(newest - back) for back in reversed(range(span))]
    who, at = np.unique(held["subject"][rows].astype(str), return_inverse=True)
    matrix = np.full((len(who), span), np.nan)
    for column, year in enumerate(years):
        own = held["year"][rows] == year
        matrix[at[own], column] = score[rows][own]
    ranked = [_last(matrix[:, column], rule.share.number or 0.0) for column in range(span)]
    low = np.column_stack([one for one, _ in ranked])
    known = ~np.isnan(matrix)
    whole = known.all(axis=1)
    judged = Counter({"last_places": int((whole | (known & ~low).any(axis=1)).sum())})
    some = ~whole & known.any(axis=1) & (low | ~known).all(axis=1)
    unknown: Unknown = {
        ("last_places", reason): who[lost].tolist()
        for reason, lost in (("score_missing", some), ("few_years", ~known.any(axis=1)))
        if lost.any()
    }
    hits = []
    sizes = known.sum(axis=0).tolist()
    newest_row = np.zeros(len(who), np.int64)
    newest_row[at[own]] = rows[own]  # of the last year, which the loop above ended with
    for one in np.flatnonzero(low.all(axis=1)).tolist():
        held_at = zip((int(rank[one]) for _, rank in ranked), sizes, strict=True)
        places = ", ".join(f"{place}/{size}" for place, size in held_at)
        hits.append(_last_hit(held, int(newest_row[one]), years, places, rule))
    return Looked(tuple(hits), judged, unknown)


def _last(column: Any, share: float) -> tuple[Bools, Any]:
    """Return who is among the last of a year, and each one's place, best first."""
    known = ~np.isnan(column)
    ordered = np.sort(column[known])
    at_most = np.searchsorted(ordered, column, side="right")
    low: Bools = known & (at_most * _PERCENT <= share * known.sum())
    return low, known.sum() - at_most + 1


def _last_hit(
    held: Mapping[str, Texts], row: int, years: list[str], places: str, rule: _Removal
) -> Hit:
    name = held["list"][row] + (f" ({held['level'][row]})" if held["level"][row] else "")
    return Hit(
        "last_places",
        "ranked",
        subject=held["subject"][row],
        reporter=held["subject"][row],
        region=held["region"][row],
        evidence=last_day(years[-1]),
        values={
            "list": Text(zh=name, en=name),
            "years": f"{years[0]}–{years[-1]}",
            "share": shown(rule.share.number or 0),
            "places": places,
        },
        clauses=(rule.share.clause, oversight().choices),
        marks=(held["mark"][row], rule.share.mark),
        flags=("our_reading",),
        source=held["source"][row],
    )
