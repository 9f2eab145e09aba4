"""The tree behind a figure."""

from dafeng.explain.tree import Node, difference, figure_id, leaves, parse_figure_id

__all__ = ["Node", "difference", "figure_id", "leaves", "parse_figure_id"]
