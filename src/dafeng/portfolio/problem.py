"""The model as a mixed-integer program, and variants of it that tell why it has no solution.

Variables: a whole one per column (does the option start in that year?), and per year a share of
each set of measures on a system with several. Given whole starts, the shares can only be 0 or 1
(they must add up to what runs), so that joint effects are exact and yet linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.portfolio.model import KEY, Model
from dafeng.portfolio.overlap import subsets
from dafeng.portfolio.projects import FEN, Bools, Floats, Ints
from dafeng.portfolio.solver import INFINITY, Problem
from dafeng.portfolio.spending import Matrix

WAN = 100 * 100
"""Yuan of 万元, the unit of money inside: it keeps coefficients near those of tonnes."""
FEN_OF_WAN = WAN * FEN


@dataclass(frozen=True)
class Sets:
    """Variables for sets of measures: which system, set and year each stands for.

    Attributes:
        place: where the set's joint effects stand in ``Systems.effect``.
        year: place of the year in ``Model.years``.
        block: system and year together, of whose sets one runs at most.
        rows: options with a year: what runs of an option is in the sets that run.
    """

    place: Ints
    year: Ints
    block: Ints
    rows: Matrix
    number_of_rows: int


@dataclass(frozen=True)
class Block:
    """Rows of one kind: ``lower ≤ A x ≤ upper``."""

    matrix: Matrix
    lower: Floats
    upper: Floats


def problem_of(model: Model, *, within_limits: bool = True) -> Problem:
    """Return the program: rows are limits, groups, demands, and the sets of each system.

    Args:
        model: the choice.
        within_limits: leave out what breaks a limit by itself, an option or a set of measures. That
            changes no solution and brings the relaxation nearer to it, but must not be where limits
            are to be relaxed.
    """
    sets, columns = _sets(model, within_limits=within_limits), len(model.project)
    fits = model.fits | (not within_limits)
    effects = {m: _effect(model, sets, m) for m in ("tco2", "tce", "cost")}
    weights = np.concatenate([model.running @ model.weight, model.weight[sets.year]])
    scale = WAN if model.objective.of == "cost" else 1
    rows = _stacked(
        [
            _at_most(_in_wan(model.spent), model.limit_fen / FEN_OF_WAN),
            _at_most(model.group, np.ones(len(model.groups))),
            *(_demand(model, effects, sets, name) for name in model.demands),
            Block(sets.rows, np.zeros(sets.number_of_rows), np.zeros(sets.number_of_rows)),
            _at_most(*_one_set(sets, columns)),
        ]
    )
    number = columns + len(sets.place)
    return Problem(
        cost=-model.sign * effects[model.objective.of] * weights / scale,
        most=np.concatenate([fits, np.ones(len(sets.place))]).astype(np.float64),
        whole=np.arange(number) < columns,
        rows=rows.matrix,
        lower=rows.lower,
        upper=rows.upper,
    )


def _stacked(blocks: list[Block]) -> Block:
    """Put blocks of rows under each other."""
    first = np.cumsum([0, *(len(block.lower) for block in blocks)])[:-1].tolist()
    matrix = Matrix.of(
        (block.matrix.row + at, block.matrix.col, block.matrix.value)
        for block, at in zip(blocks, first, strict=True)
    )
    lower = np.concatenate([block.lower for block in blocks])
    return Block(matrix, lower, np.concatenate([block.upper for block in blocks]))


def _at_most(matrix: Matrix, upper: Floats) -> Block:
    return Block(matrix, np.full(len(upper), -INFINITY), upper)


def _in_wan(money: Matrix) -> Matrix:
    return Matrix(money.row, money.col, money.value / FEN_OF_WAN)


def _one_set(sets: Sets, columns: int) -> tuple[Matrix, Floats]:
    """Return the rows that let one set of each system run in a year."""
    at = np.arange(len(sets.place)) + columns
    matrix = Matrix(sets.block, at, np.ones(len(at)))
    return matrix, np.ones(int(sets.block.max(initial=-1)) + 1)


def _effect(model: Model, sets: Sets, measure: str) -> Floats:
    """Return per variable what it comes to in a year in which it runs."""
    systems, joint = model.systems, model.joint(measure)
    system = systems.system[model.project]
    alone = joint[systems.offset[system] + systems.bit[model.project]]
    single = ~systems.several[system]
    own = model.own(measure)[model.project] + np.where(single, alone, 0)
    return np.concatenate([own, joint[sets.place]])


def _demand(model: Model, effects: dict[str, Floats], sets: Sets, name: str) -> Block:
    """Return the row of what counts toward a demand."""
    if name == KEY:
        at = np.flatnonzero(model.projects.key[model.project])
        value = np.ones(len(at))
    else:
        now = [model.running[:, model.at_target], sets.year == model.at_target]
        at = np.flatnonzero(np.concatenate(now) & (effects[name] != 0))
        value = effects[name][at]
    matrix = Matrix(np.zeros(len(at), dtype=np.int64), at, value)
    return Block(matrix, np.array([model.demands[name]]), np.array([INFINITY]))


def _sets(model: Model, *, within_limits: bool) -> Sets:
    """Return the variables for sets of measures of the systems that have several."""
    systems, columns = model.systems, len(model.project)
    least = _least(model) if within_limits else {}
    place, year, block = _Ints(), _Ints(), _Ints()
    row, col, value = _Ints(), _Ints(), _Ints()
    blocks = rows = 0
    for number in np.flatnonzero(systems.several).tolist():
        members = systems.members(number)
        within = subsets(len(members))
        kept = np.flatnonzero(_allowed(model, members, within, least))
        within = within[kept]
        for t in range(len(model.years)):
            begin = columns + place.size
            place.add(systems.offset[number] + kept)
            year.add(np.full(len(within), t))
            block.add(np.full(len(within), blocks))
            blocks += 1
            for k, member in enumerate(members.tolist()):
                own = np.flatnonzero((model.project == member) & model.running[:, t])
                held = np.flatnonzero(within[:, k])
                col.add(begin + held, own)
                value.add(np.ones(len(held), dtype=np.int64), np.full(len(own), -1))
                row.add(np.full(len(held) + len(own), rows))
                rows += 1
    matrix = Matrix(row.whole, col.whole, value.whole.astype(np.float64))
    return Sets(place.whole, year.whole, block.whole, matrix, rows)


def _allowed(
    model: Model, members: Ints, within: Floats, least: dict[int, dict[int, float]]
) -> Bools:
    """Whether each set of measures can be: not empty, no two of a group, no limit broken by it."""
    good: Bools = np.asarray(within.any(axis=1))
    groups: dict[str, list[int]] = {}
    spent: dict[int, Floats] = {}
    for k, member in enumerate(members.tolist()):
        for name in model.projects.groups[member]:
            groups.setdefault(name, []).append(k)
        for row, fen in least.get(member, {}).items():
            spent.setdefault(row, np.zeros(len(members)))[k] = fen
    for places in groups.values():
        good &= within[:, places].sum(axis=1) <= 1
    for row, each in spent.items():
        good &= within @ each <= model.limit_fen[row]
    return good


def _least(model: Model) -> dict[int, dict[int, float]]:
    """Return by option and limit the least fen that it spends there, whenever it starts."""
    times = np.bincount(model.project[model.fits], minlength=len(model.projects))
    held = model.fits[model.spent.col]
    option, row = model.project[model.spent.col[held]], model.spent.row[held]
    value = model.spent.value[held]
    order = np.lexsort((value, row, option))
    pairs, value = np.stack([option[order], row[order]], axis=1), value[order]
    _, first, count = np.unique(pairs, axis=0, return_index=True, return_counts=True)
    found: dict[int, dict[int, float]] = {i: {} for i in range(len(model.projects))}
    for at, number in zip(first.tolist(), count.tolist(), strict=True):
        i, limit = pairs[at].tolist()
        if number == times[i]:
            found[i][limit] = float(value[at])
    return found


class _Ints:
    """Whole numbers put together from parts."""

    def __init__(self) -> None:
        self._parts: list[Ints] = [np.zeros(0, dtype=np.int64)]
        self.size = 0

    def add(self, *parts: Ints) -> None:
        self._parts += parts
        self.size += sum(len(part) for part in parts)

    @property
    def whole(self) -> Ints:
        return np.concatenate(self._parts)
