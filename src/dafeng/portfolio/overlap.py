"""What several measures on one system save together: less than the sum of what each saves alone.

Measures that save the shares ``a`` and ``b`` of a system leave ``(1 − a)(1 − b)`` of it, whatever
the order. Every set of measures on a system has its joint effect here, so that a choice, a curve
and an explanation all count the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.portfolio.projects import Bools, Floats, Ints, Projects

EFFECTS = ("tco2", "tce", "energy")
SINGLE = 2
"""Sets of a system with one measure: nothing, and that measure."""


@dataclass(frozen=True)
class Systems:
    """Joint effects of all sets of measures on each system.

    The sets of a system with ``k`` measures are numbered by their bits, ``0`` to ``2ᵏ − 1``, and
    stand one after the other from ``offset`` on. An option without a system is one of its own.

    Attributes:
        system: system of each option.
        bit: the bit that stands for it in the sets of its system.
        offset: where the sets of each system begin.
        size: number of sets of each system.
        effect: ``tco2``, ``tce`` per year and ``energy``, yuan of energy saved, of each set.
    """

    system: Ints
    bit: Ints
    offset: Ints
    size: Ints
    effect: dict[str, Floats]

    @property
    def several(self) -> Bools:
        """Whether each system has more than one measure."""
        return np.asarray(self.size > SINGLE)

    def members(self, system: int) -> Ints:
        """Options on a system, by bit."""
        return np.flatnonzero(self.system == system)


def systems_of(projects: Projects, energy: Floats) -> Systems:
    """Return the systems of options; ``energy`` is yuan of energy saved by each alone."""
    names: dict[str, list[int]] = {}
    for i, name in enumerate(projects.texts("system")):
        names.setdefault(name or f"\0{i}", []).append(i)
    members = list(names.values())
    system, bit = np.zeros((2, len(projects)), dtype=np.int64)
    for number, at in enumerate(members):
        system[at] = number
        bit[at] = 1 << np.arange(len(at))
    size = np.array([1 << len(at) for at in members], dtype=np.int64)
    offset = np.cumsum(size) - size
    alone = {
        "tco2": projects.numbers("reduction_tco2"),
        "tce": projects.numbers("saving_tce"),
        "energy": energy,
    }
    effect = {name: np.zeros(int(size.sum())) for name in EFFECTS}
    place = offset[system] + bit
    for name in EFFECTS:
        effect[name][place] = alone[name]
    whole = {"tco2": projects.numbers("system_tco2"), "tce": projects.numbers("system_tce")}
    for number in np.flatnonzero(size > SINGLE).tolist():
        _fill(
            effect,
            slice(offset[number], offset[number] + size[number]),
            members[number],
            alone,
            whole,
        )
    return Systems(system, bit, offset, size, effect)


def _fill(
    effect: dict[str, Floats],
    place: slice,
    at: Sequence[int],
    alone: dict[str, Floats],
    whole: dict[str, Floats],
) -> None:
    """Write the joint effects of all sets of one system."""
    within = subsets(len(at))
    for name, total in whole.items():
        effect[name][place] = joint(alone[name][at], float(total[at[0]]), within)
    added = within @ alone["tce"][at]
    kept = np.where(added > 0, effect["tce"][place] / np.where(added > 0, added, 1), 1)
    effect["energy"][place] = (
        within @ alone["energy"][at] * kept
    )  # money shrinks as the energy does


def subsets(number: int) -> Floats:
    """Return all sets of so many things: a row for each set, 1 where a thing is in it."""
    sets = np.arange(1 << number)[:, None]
    return ((sets >> np.arange(number)) & 1).astype(np.float64)


def joint(alone: Floats, whole: float, within: Floats) -> Floats:
    """Return ``E · (1 − Π(1 − sᵢ/E))`` for each set, with ``E`` what the system uses or emits."""
    if whole <= 0:
        return within @ alone
    return np.asarray(whole * (1 - np.prod(1 - within * (alone / whole), axis=1)))
