"""Projections and decompositions as they were shown: kept with their trees, found again by id.

They rest on files outside the workspace, so they are not computed anew: the newest that was
shown answers, and an older id tells what has changed since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng.explain import Node
from dafeng.outlook import Projection, statement_figure, statement_tree
from dafeng.vocabulary import Fault, Text

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

_KIND = "outlook"
_OTHER = "zh"


@dataclass(frozen=True)
class Shown:
    """A statement that was shown, and its tree."""

    figure: str
    tree: Node


def keep_statements(workspace: Workspace, found: Projection) -> None:
    """Keep the trees of a projection's statements under their ids."""
    for one in found.statements:
        keep_outlook(workspace, statement_figure(found, one), statement_tree(found, one))


def keep_outlook(workspace: Workspace, figure: str, tree: Node) -> None:
    """Keep the tree of a figure of the outlook under its id."""
    workspace.store.keep_figure(figure, tree.to_dict("en") | {_OTHER: tree.to_dict(_OTHER)})
    _folder(workspace, figure).joinpath(figure.rpartition(":")[2] + ".json").touch()


def statement_of(workspace: Workspace, name: str, scope: str, when: str) -> Shown:
    """Return the newest of its kind that was shown.

    Raises:
        Fault: ``unknown_figure``.
    """
    label = f"{_KIND}:{name}:{scope}:{when}"
    folder = _folder(workspace, f"{label}:")
    kept = sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not kept:
        raise Fault("unknown_figure", label=label)
    tree = json.loads(kept[-1].read_text(encoding="utf-8"))
    return Shown(f"{label}:{kept[-1].stem}", tree_of(tree, tree[_OTHER]))


def _folder(workspace: Workspace, figure: str) -> Path:
    whole = (workspace.store.path / "figures").resolve()
    folder = whole.joinpath(*figure.split(":")[:-1]).resolve()
    if not folder.is_relative_to(whole):
        raise Fault("bad_figure_id", label=figure)
    return folder


def tree_of(en: Mapping[str, Any], zh: Mapping[str, Any]) -> Node:
    """Return a tree from its two plain ones, which differ in their words only."""
    return Node(
        en["kind"],
        en["ref"],
        Text(zh=zh["label"], en=en["label"]),
        en["value"],
        en["unit"],
        en["mark"],
        tuple(en["flags"]),
        en["source"],
        Text(zh=zh["detail"], en=en["detail"]) if en["detail"] else None,
        tuple(tree_of(*pair) for pair in zip(en["children"], zh["children"], strict=True)),
    )
