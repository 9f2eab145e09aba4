"""The tree behind a figure."""

from dafeng.explain.condense import condensed
from dafeng.explain.numbers import COUNT, number, told, unit_words
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
    "COUNT",
    "Node",
    "beside",
    "condensed",
    "content_hash",
    "cut",
    "difference",
    "figure_id",
    "inputs",
    "narrowed",
    "number",
    "parse_figure_id",
    "told",
    "unit_words",
]
