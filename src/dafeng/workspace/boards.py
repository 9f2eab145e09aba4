"""Boards from the books: the ledger is prepared once for all places that are asked for."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from dafeng import indicators
from dafeng.workspace.books import Books
from dafeng.workspace.holdings import holdings
from dafeng.workspace.reporters import reporter_totals
from dafeng.workspace.sums import excluded

if TYPE_CHECKING:
    from dafeng.plan import Plan
    from dafeng.workspace import Workspace

TABLES = ("lists", "lines", "projects", "facilities")
_KEPT = 2  # what the owner of a plan holds, and one of its parts


class BoardOfBooks:
    """What the books of a workspace say of plans.

    Args:
        workspace: the workspace.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tables = {name: workspace.rows(name) for name in TABLES}
        self._books, self._taken = cache(self._opened), cache(self._taken_off)
        self._held = lru_cache(maxsize=_KEPT)(self._holdings)

    def lines(self, plan: Plan, when: str, place: str) -> list[indicators.Progress]:
        """Return the targets of a plan, computed from the reporters of a place inside its owner."""

        def fixed(base_year: int) -> list[indicators.Total]:
            return self._totals(place, base_year)

        own = self._totals(place, None)
        return indicators.board_of_reporters(
            plan, when, lambda _: own, cache(fixed), self._held, place
        )

    def _holdings(self, place: str) -> indicators.Holdings:
        return holdings(self._books(None), self._tables, self._workspace.rules, place)

    def _totals(self, place: str, data_year: int | None) -> list[indicators.Total]:
        return reporter_totals(self._books(data_year), place, self._taken(data_year))

    def _opened(self, data_year: int | None) -> Books:
        return Books(self._workspace.store, self._workspace.rules, data_year)

    def _taken_off(self, data_year: int | None) -> dict[tuple[str, str], Any]:
        asked = indicators.excluded_lists()
        return {(n, m): excluded(self._books(data_year), self._tables, n, m) for n, m in asked}
