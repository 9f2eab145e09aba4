"""Which money of an option falls under which limit: of a place, an enterprise, a year, or all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from dafeng.portfolio.projects import Floats, Ints, Projects, Rows
from dafeng.vocabulary import ancestors


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix as triplets: ``value`` at ``row`` and ``col``."""

    row: Ints
    col: Ints
    value: Floats

    @classmethod
    def of(cls, parts: Iterable[tuple[Ints, Ints, Floats]]) -> Matrix:
        """Put triplets together."""
        row, col, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        return cls(row, col, value)


def spending(projects: Projects, limits: Rows, project: Ints, start: Ints) -> Matrix:
    """Return fen by limit and column.

    Args:
        projects: the options.
        limits: rows of ``retrofit_limits``; an empty cell limits nothing.
        project: option of each column.
        start: year of start of each column, in which all its money is spent.
    """
    place, option, of_limit = _places(projects, limits)
    names = {name: i for i, name in enumerate({"": None} | dict.fromkeys(limits.texts("reporter")))}
    limited = np.array([names[name] for name in limits.texts("reporter")], dtype=np.int64)
    firm = np.array([names.get(name, 0) for name in projects.texts("reporter")], dtype=np.int64)
    year = limits.numbers("year", 0.0).astype(np.int64)
    span = int(max(start.max(initial=0), year.max(initial=0))) + 1
    keys = (of_limit * len(names) + limited) * span + year
    entry, column = matches(option, project)
    found = []
    for by_firm, by_year in product((0, 1), (0, 1)):
        some = firm[option[entry]] > 0 if by_firm else np.ones(len(entry), dtype=bool)
        at, col = entry[some], column[some]
        scope = (place[at] * len(names) + firm[option[at]] * by_firm) * span + start[col] * by_year
        row, pair = matches(keys, scope)
        found.append((row, col[pair]))
    row, col = (np.concatenate(part) for part in zip(*found, strict=True))
    return _paid(projects, limits, project, row, col)


def _paid(projects: Projects, limits: Rows, project: Ints, row: Ints, col: Ints) -> Matrix:
    """Return the money that counts where a limit and a column meet, if there is any."""
    counts, money = np.array(limits.texts("counts"), dtype=str), np.zeros(len(row), dtype=np.int64)
    for kind in np.unique(counts).tolist():
        at = counts[row] == kind
        money[at] = projects.money(kind)[project[col[at]]]
    some = money > 0
    return Matrix(row[some], col[some], money[some].astype(np.float64))


def _places(projects: Projects, limits: Rows) -> tuple[Ints, Ints, Ints]:
    """Return each region that holds an option with that option, and the region of each limit.

    Regions are codes; 0 is no region, which every option lies in.
    """
    regions = projects.texts("region")
    holding = {name: ["", *(place.id for place in ancestors(name))] for name in set(regions)}
    code: dict[str, int] = {"": 0}
    for name in limits.texts("region"):
        code.setdefault(name, len(code))
    flat = {name: [code[x] for x in held if x in code] for name, held in holding.items()}
    option = np.repeat(np.arange(len(regions)), [len(flat[name]) for name in regions])
    place = np.array([x for name in regions for x in flat[name]], dtype=np.int64)
    return place, option, np.array([code[x] for x in limits.texts("region")], dtype=np.int64)


def matches(keys: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of a place in ``keys`` and one in ``wanted`` that hold the same key."""
    order = np.argsort(keys, kind="stable")
    low = np.searchsorted(keys[order], wanted, "left")
    count = np.searchsorted(keys[order], wanted, "right") - low
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return order[np.repeat(low, count) + within], np.repeat(np.arange(len(wanted)), count)
