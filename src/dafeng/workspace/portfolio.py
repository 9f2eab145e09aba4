"""Retrofit options and limits of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dafeng.portfolio import Projects, Rows, limits_of, projects_of, table_of

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

KEY_LIST = "provincial_key_retrofit"


def retrofits(workspace: Workspace) -> Projects:
    """Return the options held; those on the list of provincial key retrofits are key projects.

    Raises:
        Fault: where rows contradict each other, as reading a file finds it.
    """
    held = workspace.rows("lists")
    key = {row["subject"] for row in held if row["list"] == KEY_LIST and not row["last"]}
    rows: list[dict[str, Any]] = workspace.rows("retrofits")
    listed = ({"key": "yes"} if row["project"] in key else {} for row in rows)
    both = [row | more for row, more in zip(rows, listed, strict=True)]
    return projects_of(table_of("retrofits", both))


def retrofit_limits(workspace: Workspace) -> Rows:
    """Return the limits of money held."""
    return limits_of(table_of("retrofit_limits", workspace.rows("retrofit_limits")))
