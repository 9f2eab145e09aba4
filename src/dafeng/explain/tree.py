"""A tree of how a figure came about, down to rows, parameters and clauses.

Each noun fills its own part; this module knows only the shape, the id and what changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from dafeng.vocabulary import Fault, Text, worst_mark

Kind = Literal[
    "figure",
    "formula",
    "account",
    "entry",
    "measured",
    "coefficient",
    "parameter",
    "clause",
    "statistic",
    "target",
    "assumption",
]
_HASH_LENGTH = 12
_FICTION, _RECALLED = "synthetic", "recalled"
_FORMULAS = ("account", "formula")


@dataclass(frozen=True)
class Node:
    """One step of an explanation.

    Attributes:
        kind: what the step is.
        ref: stable id of what it speaks of: figure, entry, parameter, ``document/clause``.
        label: what it is called.
        value: number as computed or printed; ``None`` where there is none.
        unit: unit of ``value``.
        mark: mark of this step alone; ``worst`` gives that of the whole branch.
        flags: ``proxy``, ``draft``, ``our_reading``, ``preliminary``, ``partial`` …
        source: where it was read: file and row, or document and clause.
        detail: formula or remark.
        children: what it rests on.
    """

    kind: Kind
    ref: str
    label: Text
    value: float | int | None = None
    unit: str = ""
    mark: str = ""
    flags: tuple[str, ...] = ()
    source: str = ""
    detail: Text | None = None
    children: tuple[Node, ...] = ()

    @property
    def worst(self) -> str:
        """The worst mark of this step and all that it rests on."""
        return worst_mark({node.mark for node in self.walk()})

    @property
    def all_flags(self) -> tuple[str, ...]:
        """Flags of this step and of all that it rests on, sorted.

        Where the worst mark is that of fiction, a recalled rule below it is said beside.
        """
        marks = {node.mark for node in self.walk()}
        return tuple(sorted({flag for node in self.walk() for flag in node.flags} | beside(marks)))

    @property
    def hash(self) -> str:
        """Content hash over inputs, rules and formulas; not over words or clauses."""
        return content_hash(sorted({node.content for node in self.walk() if node.kind != "clause"}))

    @property
    def content(self) -> str:
        """What this step contributes: what it is, its value, its formula."""
        formula = self.detail.en if self.detail and self.kind in _FORMULAS else ""
        said = [self.kind, self.ref, self.value, self.unit, self.mark, self.flags, formula]
        return json.dumps(said)

    def walk(self) -> Iterator[Node]:
        """Yield this step and all steps below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def to_dict(self, lang: str) -> dict[str, Any]:
        """Return a plain tree for JSON."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "label": self.label.of(lang),
            "value": self.value,
            "unit": self.unit,
            "mark": self.mark,
            "flags": list(self.flags),
            "source": self.source,
            "detail": self.detail.of(lang) if self.detail else "",
            "children": [child.to_dict(lang) for child in self.children],
        }


def beside(marks: set[str]) -> set[str]:
    """Return what the worst of some marks would hide: recalled rules under fictional books."""
    return {_RECALLED} if {_FICTION, _RECALLED} <= marks else set()


def narrowed(node: Node, wanted: str) -> Node | None:
    """Return the tree with only the branches that lead to ``wanted``, ``None`` if none does.

    A branch is named by the last part of its ref: an item, a year, a region.
    """
    if node.ref.rpartition("/")[2] == wanted:
        return node
    kept = tuple(branch for child in node.children if (branch := narrowed(child, wanted)))
    return replace(node, children=kept) if kept else None


def cut(node: Node, depth: int) -> Node:
    """Return the tree down to ``depth`` steps below its root."""
    children = tuple(cut(child, depth - 1) for child in node.children) if depth > 0 else ()
    return replace(node, children=children)


class Hashed(Protocol):
    """What has a content hash: a tree, or a figure whose tree is not grown yet."""

    @property
    def hash(self) -> str: ...  # noqa: D102


def content_hash(parts: Iterable[str]) -> str:
    """Return the hash at the end of a figure id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_HASH_LENGTH]


def figure_id(kind: str, name: str, scope: str, period: str, figure: Hashed) -> str:
    """Return ``kind:name:scope:period:hash``."""
    return f"{kind}:{name}:{scope}:{period}:{figure.hash}"


def parse_figure_id(figure: str) -> tuple[str, str, str, str, str]:
    """Split a figure id; the hash may be left out and is then empty.

    Raises:
        Fault: ``bad_figure_id``.
    """
    parts = figure.split(":")
    match parts:
        case [kind, name, scope, period]:
            return kind, name, scope, period, ""
        case [kind, name, scope, period, digest]:
            return kind, name, scope, period, digest
    raise Fault("bad_figure_id", label=figure)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return ``(ref, old value, new value)`` of each input in which two figures differ."""
    return [
        (ref, before.get(ref), after.get(ref))
        for ref in sorted(before.keys() | after.keys())
        if before.get(ref) != after.get(ref)
    ]


def inputs(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a tree (as JSON) by ref with their value; of formulas the text."""
    below = [child for child in tree["children"] if child["kind"] != "clause"]
    if not below:
        return {tree["ref"]: tree["value"]}
    found: dict[str, Any] = {tree["ref"]: tree["detail"]} if tree["kind"] in _FORMULAS else {}
    for child in below:
        found |= inputs(child)
    return found
