"""Dafeng runs a carbon-peak plan: targets, books and rules as data; every figure explained.

>>> import dafeng
>>> ws = dafeng.open("workspace")        # doctest: +SKIP
>>> ws.board(as_of="2023").lines[0].status  # doctest: +SKIP
"""

from __future__ import annotations

TYPE_CHECKING = False  # loading typing would take longer than all else here
if TYPE_CHECKING:
    from pathlib import Path

    from dafeng.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(path: Path | str = ".") -> Workspace:  # noqa: A001  the verb users expect
    """Open a workspace folder.

    Raises:
        Fault: ``no_workspace`` where the folder is not one.
    """
    from dafeng.workspace import Workspace  # noqa: PLC0415  heavy

    return Workspace(path)
