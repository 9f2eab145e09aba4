"""Reads a rulebook folder, and the overlays that a province lays over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.rulebook.instruments import Deadline, Formula, Scorecard
from dafeng.rulebook.limits import ScaleSet
from dafeng.rulebook.overlays import Laid, overlay_faults
from dafeng.rulebook.resolving import Lookup, Resolver, SharedTerms
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
    "lookups": Lookup,
    "shared": SharedTerms,
}
"""Folders whose files hold one record each."""

_FILES: dict[str, type[Record]] = {
    "parameters": Parameter,
    "deadlines": Deadline,
    "resolvers": Resolver,
}
"""Files with a list of records under the file's name."""

_FIELDS = {"parameters": "sets"}
"""Where the records of a folder are kept, if not under its name."""

_WHOLE = ("parameters.yaml", "documents", "parameters", "methods")
"""What a folder has that stands for itself."""

_ENDINGS = ("*.yaml", "*.yml")
"""What is read; the second is refused, so that no rule is passed over without a word."""


def load(folder: Path = DATA, *overlays: Path) -> Rulebook:
    """Read a rulebook folder, and lay others over it.

    Args:
        folder: the rulebook; by default the one that comes with Dafeng.
        overlays: folders of the same layout. A record takes the place of the one of the same
            kind and id below it; others are added.

    Raises:
        Fault: with the file and field that is wrong.
    """
    folders = (folder, *overlays)
    return _load(folders, tuple(map(_stamp, folders)))


def overlaid(*overlays: Path) -> Rulebook:
    """Return the rules that come with Dafeng with overlays over them.

    Raises:
        Fault: with the file and field that is wrong, also where an overlay names what no rule
            holds.
    """
    return _sound(load(DATA, *overlays))


def opened(folder: Path) -> tuple[Rulebook, bool]:
    """Return the rules that a folder stands for, and whether it stands alone.

    A folder that has names of parameters, documents, parameters and methods is a whole rulebook;
    any other is an overlay, laid over the rules that come with Dafeng.

    Raises:
        Fault: ``no_rules`` where there is no such folder or no rule in it; with the file and
            field that is wrong.
    """
    if not folder.is_dir() or not files(folder):
        raise Fault("no_rules", str(folder))
    whole = all((folder / name).exists() for name in _WHOLE)
    return (_sound(load(folder)), True) if whole else (overlaid(folder), False)


def _sound(rules: Rulebook) -> Rulebook:
    """Return the rules if they name nothing that no rule holds, beyond what the country's do."""
    for finding in overlay_faults(rules, load()):
        raise Fault(finding.code, finding.place, **finding.values)
    return rules


def files(folder: Path) -> list[Path]:
    """Return the data files of a rulebook folder, in a fixed order."""
    return sorted(path for pattern in _ENDINGS for path in folder.rglob(pattern))


_Stamp = tuple[tuple[str, int, int], ...]


def _stamp(folder: Path) -> _Stamp:
    """Return what shows that a file changed since the folder was read last."""
    found = ((path, path.stat()) for path in files(folder))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


@cache
def _load(folders: tuple[Path, ...], stamps: tuple[_Stamp, ...]) -> Rulebook:
    records = Records()
    digest = hashlib.sha256()
    laid: dict[tuple[str, str], Laid] = {}
    for at, (folder, stamp) in enumerate(zip(folders, stamps, strict=True)):
        held, content = _held(folder, stamp)
        digest.update(content)
        for (kind, name), (record, file) in held.items():
            book = getattr(records, kind)
            if at:
                laid[kind, name] = Laid(kind, name, file, name in book)
            book[name] = record
    if not records.documents:
        raise Fault("no_file", str(folders[0] / "documents"))
    return Rulebook(records, digest.hexdigest(), tuple(laid.values()))


@cache
def _held(folder: Path, stamp: _Stamp) -> tuple[dict[tuple[str, str], tuple[Any, str]], bytes]:  # noqa: ARG001
    """Return record and file by kind and id, and the content of all files of a folder."""
    held: dict[tuple[str, str], tuple[Any, str]] = {}
    content = []
    for path in files(folder):
        content.append(path.read_bytes())
        for kind, record in _read(path, folder):
            if (kind, record.id) in held:
                raise Fault("duplicate_id", f"{folder.name}/{kind}", id=record.id)
            held[kind, record.id] = (record, _place(path, folder))
    return held, b"".join(content)


def _read(path: Path, root: Path) -> Iterator[tuple[str, Any]]:
    """Yield kind and record for what a file holds; a file in no known place is refused."""
    name = path.parent.name if path.parent != root else path.stem
    known = path.match(_ENDINGS[0])
    if known and path.parent != root and path.parent.parent == root:
        if name in _LISTS:
            yield from ((name, r) for r in read_records(_LISTS[name], path, name))
            return
        if name in _SINGLE:
            kind = _FIELDS.get(name, name)
            yield kind, validate(_SINGLE[name], read_yaml(path), _place(path, root))
            return
    if known and path.parent == root and name in _FILES:
        yield from ((name, r) for r in read_records(_FILES[name], path, name))
        return
    raise Fault("unknown_file", str(path), known=", ".join(sorted(_known())))


def _place(path: Path, root: Path) -> str:
    """Return a file as a person finds it: the folder's name, and the way from there."""
    return (Path(root.name) / path.relative_to(root)).as_posix()


def _known() -> set[str]:
    folders = {f"{name}/*.yaml" for name in (*_LISTS, *_SINGLE)}
    return folders | {f"{name}.yaml" for name in _FILES}
