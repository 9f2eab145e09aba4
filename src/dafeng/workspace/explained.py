"""Which part of the workspace finds a figure again, by the kind that stands in its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from dafeng.explain import Node
from dafeng.vocabulary import Fault
from dafeng.workspace.barometer import reading_of
from dafeng.workspace.budget_figures import told
from dafeng.workspace.gate import opinion_of
from dafeng.workspace.grades import graded_of
from dafeng.workspace.projected import statement_of
from dafeng.workspace.room import room_of
from dafeng.workspace.supervision import supervised_of

if TYPE_CHECKING:
    from dafeng.workspace import Workspace


class Explained(Protocol):
    """A figure with its id and its tree."""

    @property
    def figure(self) -> str: ...  # noqa: D102
    @property
    def tree(self) -> Node: ...  # noqa: D102


Finder = Callable[[str, str, str], Explained]
"""From name, scope and period to the figure."""

FINDERS: dict[str, Callable[[Any, str, str, str], Explained]] = {
    "gate": opinion_of,
    "grade": graded_of,
    "room": room_of,
    "barometer": reading_of,
    "budget": told,
    "supervise": supervised_of,
    "outlook": statement_of,
}
"""Kind of figure → how it is computed anew from workspace, name, scope and period."""


def found_by(kind: str, figure: str) -> Callable[[Workspace, str, str, str], Explained]:
    """Return what computes figures of a kind anew.

    Raises:
        Fault: ``unknown_figure``.
    """
    if kind not in FINDERS:
        raise Fault("unknown_figure", label=figure)
    return FINDERS[kind]
