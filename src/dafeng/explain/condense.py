"""Many nodes of one kind: the largest one by one, the rest as one line with its sum and hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from dafeng.explain.tree import Node
from dafeng.vocabulary import Text, worst_mark

SHOWN = 20


def condensed(nodes: Iterable[Node], shown: int = SHOWN) -> tuple[Node, ...]:
    """Return the largest nodes, then one that stands for all others.

    Its value is their sum, its mark the worst of theirs, its flags all of theirs; its reference is
    a hash over them, so that a change in any of them shows in the figure's id.
    """
    ordered = sorted(nodes, key=lambda node: (-abs(node.value or 0), node.ref))
    rest = ordered[shown:]
    if not rest:
        return tuple(ordered)
    said = "\n".join(part.content for node in rest for part in node.walk())
    known = [node.value for node in rest if node.value is not None]
    label = Text(zh=f"另有 {len(rest)} 项", en=f"{len(rest)} more")
    other = Node(
        rest[0].kind,
        f"rest/{hashlib.sha256(said.encode()).hexdigest()}",
        label,
        sum(known) if known else None,
        rest[0].unit,
        worst_mark({mark for node in rest if (mark := node.worst)}),
        tuple(sorted({flag for node in rest for flag in node.all_flags})),
    )
    return (*ordered[:shown], other)
