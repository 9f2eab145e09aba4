"""Grades as they were shown: inputs of those from the books, whole trees of those from files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng.explain import Node, inputs
from dafeng.workspace.kept import Kept
from dafeng.workspace.projected import tree_of

if TYPE_CHECKING:
    from dafeng.workspace import Workspace
    from dafeng.workspace.store import Store

_KINDS = ("grade", "price")


class Shown(Protocol):
    """A grade or charge with its id and its tree."""

    @property
    def figure(self) -> str: ...  # noqa: D102
    @property
    def tree(self) -> Node: ...  # noqa: D102


def keep_graded(ws: Workspace, found: Sequence[Shown]) -> None:
    """Keep the inputs of grades from the books, so that an old id can tell what changed."""
    none = pa.array([], pa.string()), pa.array([], pa.float64())
    held = [
        SimpleNamespace(
            figure=one.figure,
            footing=SimpleNamespace(
                entries=none[0], quantities=none[1], inputs=inputs(one.tree.to_dict("en"))
            ),
        )
        for one in found
    ]
    Kept(ws.store.path / "figures" / "accounts").add(cast("Any", held))


def keep_shown(ws: Workspace, found: Sequence[Shown]) -> None:
    """Keep the trees of what was graded from a file: the file is not in the workspace."""
    known = {figure for path in _files(ws.store) for figure in _column(path, "figure").to_pylist()}
    fresh = {one.figure: one.tree for one in found if one.figure not in known}
    if fresh:
        said = {
            lang: [json.dumps(tree.to_dict(lang), ensure_ascii=False) for tree in fresh.values()]
            for lang in ("zh", "en")
        }
        digest = hashlib.sha256("\n".join(fresh).encode()).hexdigest()
        folder = ws.store.path / "figures" / "shown"
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{digest}.partial"
        pq.write_table(pa.table({"figure": list(fresh)} | said), partial, compression="zstd")
        partial.replace(partial.with_suffix(".parquet"))


def shown_tree(store: Store, figure: str) -> Node | None:
    """Return the tree of what was graded from a file, ``None`` where it was not."""
    if not figure.startswith(_KINDS):
        return None
    for path in _files(store):
        at = pc.index(_column(path, "figure"), figure).as_py()
        if at >= 0:
            row = pq.ParquetFile(path).read().slice(at, 1).to_pylist()[0]
            return tree_of(json.loads(row["en"]), json.loads(row["zh"]))
    return None


def _files(store: Store) -> list[Any]:
    return sorted((store.path / "figures" / "shown").glob("*.parquet"))


def _column(path: Any, name: str) -> pa.ChunkedArray:
    return pq.ParquetFile(path).read(columns=[name])[name]
