"""Why an option is out, found by trying it: what would change, and what stands in its way.

For each option that is out, and each year in which it might start, the chosen options of its
exclusive groups are taken out and it is put in; all else stays. Three things are looked at: by how
much the objective changes, which limits are broken by how much, and whether a demand is missed.
The year that comes nearest is the one that is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.portfolio.model import KEY, TINY, Model
from dafeng.portfolio.projects import FEN, Bools, Floats, Ints
from dafeng.portfolio.spending import matches

NONE = -1
Blocked = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Reasons:
    """Why each option is out; an option that is in has the code ''.

    Codes:
        late: it cannot start in time to be in effect in the target year.
        too_large: it takes more than the whole of a limit, whatever else is done.
        dominated: ``instead`` of its exclusive group is chosen, and taking it would bring nothing.
        exclusive: it would do better than ``instead``, but breaks a limit or misses a demand.
        limit: it would help, but breaks limits.
        demand: it would help, but a demand would be missed.
        no_gain: it costs more than it is worth, even at the price of what is demanded.
        not_needed: it fits, but the demands are met without it and it costs something.
        within_gap: it would be better by ``change``, which is less than the search left open.

    Attributes:
        code: by option.
        blocked: limits in its way, with the yuan that each lacks.
        instead: option that is chosen in its place, or −1.
        change: change of the objective if it were taken (and ``instead`` left out).
    """

    code: list[str]
    blocked: list[Blocked]
    instead: Ints
    change: Floats


@dataclass(frozen=True)
class _Trial:
    """What comes of trying each column of the options that are out."""

    column: Ints
    instead: Ints
    change: Floats
    priced: Floats
    missed: Bools
    blocked: list[Blocked]

    @property
    def worst(self) -> Floats:
        """The largest amount by which each column breaks a limit, in yuan."""
        return np.array([max((yuan for _, yuan in b), default=0.0) for b in self.blocked])


def unexplained(size: int) -> Reasons:
    """Return reasons that say nothing of so many options."""
    return Reasons([""] * size, [()] * size, np.full(size, NONE), np.zeros(size))


def reasons(model: Model, chosen: Ints, prices: dict[str, float]) -> Reasons:
    """Return why each option is out.

    Args:
        model: the choice.
        chosen: columns that are chosen.
        prices: of each demand, in the objective per tonne (or key project), from the relaxation.
    """
    result = unexplained(len(model.projects))
    for i in np.setdiff1d(np.arange(len(model.projects)), model.project).tolist():
        result.code[i] = "late"
    fitting = np.isin(np.arange(len(model.projects)), model.project[model.fits])
    trial = _try(model, chosen, prices)
    noise = np.abs(trial.change).max(initial=0) * TINY
    for k in _nearest(model, trial).tolist():
        i = int(model.project[trial.column[k]])
        if fitting[i]:
            result.code[i] = _code(model, trial, k, noise)
            result.instead[i], result.change[i] = trial.instead[k], trial.change[k]
        else:
            result.code[i] = "too_large"
            result.blocked[i] = _alone(model, int(trial.column[k]))
        if result.code[i] in ("limit", "exclusive"):
            result.blocked[i] = trial.blocked[k]
    return result


def _alone(model: Model, column: int) -> Blocked:
    """Return the limits that a column breaks even if nothing else is done."""
    mine = model.spent.col == column
    row, over = (
        model.spent.row[mine],
        model.spent.value[mine] - model.limit_fen[model.spent.row[mine]],
    )
    broken = over > 0
    pairs = zip(row[broken].tolist(), (over[broken] / FEN).tolist(), strict=True)
    return tuple(pairs)


def _code(model: Model, trial: _Trial, k: int, noise: float) -> str:
    gain = model.sign * trial.change[k]
    helps = max(gain, trial.priced[k]) > noise
    if trial.instead[k] != NONE:
        if not helps:
            return "dominated"
        return "exclusive" if trial.blocked[k] or trial.missed[k] else "within_gap"
    if not helps:
        return "no_gain"
    if trial.blocked[k]:
        return "limit"
    if trial.missed[k]:
        return "demand"
    return "within_gap" if gain > noise else "not_needed"


def _nearest(model: Model, trial: _Trial) -> Ints:
    """Return the trial of each option that breaks least, and of these the one that gains most."""
    option = model.project[trial.column]
    order = np.lexsort((-trial.priced, trial.worst, trial.missed, option))
    _, first = np.unique(option[order], return_index=True)
    return order[first]


def _try(model: Model, chosen: Ints, prices: dict[str, float]) -> _Trial:
    """Try every column of the options that are out."""
    out = np.flatnonzero(~np.isin(model.project, model.project[chosen]))
    pair, rival = _rivals(model, out, chosen)
    change = _change(model, out, chosen, pair, rival, "objective")
    priced = model.sign * change
    missed = np.zeros(len(out), dtype=bool)
    reached = model.reached(chosen)
    for name, wanted in model.demands.items():
        moved = _change(model, out, chosen, pair, rival, name)
        priced = priced + prices.get(name, 0.0) * moved
        missed |= reached[name] + moved < wanted * (1 - TINY)
    instead = np.full(len(out), NONE)
    instead[pair] = model.project[rival]
    return _Trial(out, instead, change, priced, missed, _broken(model, out, chosen, pair, rival))


def _rivals(model: Model, out: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Return pairs of a trial and a chosen column that a group does not allow beside it."""
    held, mine = np.isin(model.group.col, chosen), np.isin(model.group.col, out)
    first, second = matches(model.group.row[held], model.group.row[mine])
    trial = np.searchsorted(out, model.group.col[mine][second])
    pairs = np.unique(np.stack([trial, model.group.col[held][first]]), axis=1)
    return pairs[0], pairs[1]


def _change(model: Model, out: Ints, chosen: Ints, pair: Ints, rival: Ints, name: str) -> Floats:
    """Return by how much the objective, or what a demand counts, changes with each trial."""
    if name == KEY:
        key = model.projects.key[model.project].astype(np.float64)
        return np.asarray(key[out] - np.bincount(pair, key[rival], minlength=len(out)))
    measure = model.objective.of if name == "objective" else name
    weight = model.weight if name == "objective" else np.arange(len(model.years)) == model.at_target
    added = model.added(measure, model.masks(chosen)) @ weight
    lost = model.added(measure, model.masks(chosen[:0])) @ weight
    found: Floats = np.asarray(added[out] - np.bincount(pair, lost[rival], minlength=len(out)))
    system = model.systems.system[model.project]
    several = model.systems.several[system]
    for k in np.unique(pair[several[rival] | several[out[pair]]]).tolist():  # overlaps, anew
        rivals = rival[pair == k]
        touched = chosen[np.isin(system[chosen], system[np.append(rivals, out[k])])]
        after = np.append(np.setdiff1d(touched, rivals), out[k])
        found[k] = (model.per_year(measure, after) - model.per_year(measure, touched)) @ weight
    return found


def _broken(model: Model, out: Ints, chosen: Ints, pair: Ints, rival: Ints) -> list[Blocked]:
    """Return the limits that each trial breaks, and by how many yuan."""
    left, money = model.limit_fen - model.spending(chosen), model.spent
    held = np.isin(money.col, out)
    row, trial = money.row[held], np.searchsorted(out, money.col[held])
    at, entry = matches(pair, trial)  # what the rivals of each trial free under the same limit
    width = len(model.project)
    same, link = matches(money.row * width + money.col, row[entry] * width + rival[at])
    freed = np.bincount(entry[link], money.value[same], minlength=len(row))
    over = money.value[held] - freed - left[row]
    found: list[list[tuple[int, float]]] = [[] for _ in out]
    for k in np.flatnonzero(over > 0).tolist():
        found[trial[k]].append((int(row[k]), float(over[k]) / FEN))
    return [tuple(blocked) for blocked in found]
