"""Reads a rulebook folder, and the overlays that a province lays over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.rulebook.instruments import Deadline, Formula, Scorecard
from dafeng.rulebook.limits import ScaleSet
from dafeng.rulebook.rulebook import Records, Rulebook
from dafeng.rulebook.schema import Document, Method, Parameter, ParameterSet
from dafeng.vocabulary import Fault, Record, read_records, read_yaml, validate

DATA = Path(__file__).parent / "data"

_LISTS: dict[str, type[Record]] = {"documents": Document}
"""Folders whose files hold a list of records under the folder's name."""

_SINGLE: dict[str, type[Record]] = {
    "parameters": ParameterSet,
    "methods": Method,
    "scales": ScaleSet,
    "formulas": Formula,
    "scorecards": Scorecard,
}
"""Folders whose files hold one record each."""

_FILES: dict[str, type[Record]] = {"parameters": Parameter, "deadlines": Deadline}
"""Files with a list of records under the file's name."""

_FIELDS = {"parameters": "sets"}
"""Where the records of a folder are kept, if not under its name."""


def load(folder: Path = DATA, *overlays: Path) -> Rulebook:
    """Read a rulebook folder, and lay others over it.

    Args:
        folder: the rulebook; by default the one that comes with Dafeng.
        overlays: folders of the same layout. A record takes the place of the one of the same
            kind and id below it; others are added.

    Raises:
        Fault: with the file and field that is wrong.
    """
    return _load(folder, overlays, _stamp((folder, *overlays)))


def files(folder: Path) -> list[Path]:
    """Return the data files of a rulebook folder, in a fixed order."""
    return sorted(folder.rglob("*.yaml"))


def _stamp(folders: tuple[Path, ...]) -> tuple[tuple[str, int, int], ...]:
    """Return what shows that a file changed since the folders were read last."""
    found = ((path, path.stat()) for folder in folders for path in files(folder))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


@cache
def _load(folder: Path, overlays: tuple[Path, ...], stamp: object) -> Rulebook:  # noqa: ARG001
    records = Records()
    digest = hashlib.sha256()
    for place in (folder, *overlays):
        known = set()
        for path in files(place):
            digest.update(path.read_bytes())
            for kind, record in _read(path, place):
                if (kind, record.id) in known:
                    raise Fault("duplicate_id", f"{place.name}/{kind}", id=record.id)
                known.add((kind, record.id))
                getattr(records, kind)[record.id] = record
    if not records.documents:
        raise Fault("no_file", str(folder / "documents"))
    return Rulebook(records, digest.hexdigest())


def _read(path: Path, root: Path) -> Iterator[tuple[str, Any]]:
    """Yield kind and record for what a file holds; a file in no known place is refused."""
    name = path.parent.name if path.parent != root else path.stem
    if path.parent != root and path.parent.parent == root:
        if name in _LISTS:
            yield from ((name, r) for r in read_records(_LISTS[name], path, name))
            return
        if name in _SINGLE:
            kind = _FIELDS.get(name, name)
            yield kind, validate(_SINGLE[name], read_yaml(path), path.name)
            return
    if path.parent == root and name in _FILES:
        yield from ((name, r) for r in read_records(_FILES[name], path, name))
        return
    raise Fault("unknown_file", str(path), known=", ".join(sorted(_known())))


def _known() -> set[str]:
    folders = {f"{name}/*.yaml" for name in (*_LISTS, *_SINGLE)}
    return folders | {f"{name}.yaml" for name in _FILES}


KINDS = tuple(field.name for field in fields(Records))
"""Kinds of records that a rulebook holds."""
