"""The course of targets: the board as of each year since they began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dafeng import indicators
from dafeng.vocabulary import period

if TYPE_CHECKING:
    from dafeng.workspace import Board, Workspace


def paths_of(ws: Workspace, board: Board, asked: Mapping[str, Any]) -> pa.Table:
    """Return the table of ``indicators.path_table``; each year shows what was known as of it.

    Args:
        ws: the workspace.
        board: the newest board.
        asked: what it was asked for with.
    """
    last = period(board.as_of).year
    began = [line.target.base_year or line.target.first_year or last for line in board.lines]
    places = {(line.plan, line.region) for line in board.lines}
    lines = [
        line
        for year in range(min(began, default=last), last)
        for line in ws.board(as_of=str(year), **asked).lines
        if (line.plan, line.region) in places
    ]
    ends = {name: period(plan.period).last.year for name, plan in ws.plans.items()}
    return indicators.path_table([*lines, *board.lines], ends)
