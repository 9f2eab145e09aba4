"""The tree behind a figure."""

from dafeng.explain.condense import condensed
from dafeng.explain.tree import (
    Node,
    beside,
    content_hash,
    cut,
    difference,
    figure_id,
    inputs,
    narrowed,
    parse_figure_id,
)

__all__ = [
    "Node",
    "beside",
    "condensed",
    "content_hash",
    "cut",
    "difference",
    "figure_id",
    "inputs",
    "narrowed",
    "parse_figure_id",
]
