"""The tree behind a figure."""

from dafeng.explain.tree import Node, cut, difference, figure_id, narrowed, parse_figure_id

__all__ = ["Node", "cut", "difference", "figure_id", "narrowed", "parse_figure_id"]
