"""The explanation of a figure as a tree in the terminal."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text as Styled
from rich.tree import Tree

from dafeng.explain import Node, told
from dafeng.report.words import mark_words

_STYLES = {
    "clause": "cyan",
    "parameter": "green",
    "entry": "",
    "statistic": "",
    "measured": "green",
}


def tree_view(node: Node, lang: str, mark: str, flags: tuple[str, ...] = ()) -> Tree:
    """Return a tree to print: label, value and unit, mark, source.

    ``mark`` and ``flags`` are those of the whole figure, also where only a part of its tree is
    shown.
    """
    root = replace(node, flags=tuple(dict.fromkeys((*node.flags, *flags))))
    tree = Tree(_line(root, lang, mark), guide_style="dim")
    _grow(tree, node, lang)
    return tree


def _grow(tree: Tree, node: Node, lang: str) -> None:
    for child in node.children:
        _grow(tree.add(_line(child, lang, child.mark)), child, lang)


def _line(node: Node, lang: str, mark: str) -> Styled:
    line = Styled(node.label.of(lang), style=_STYLES.get(node.kind, "bold"))
    if node.value is not None:
        line.append(f"  {told(node.value, node.unit).of(lang)}", style="bold yellow")
    words = mark_words(mark, node.flags, lang)
    if words:
        line.append(f"  [{words}]", style="magenta")
    if node.detail is not None:
        line.append(f"  {node.detail.of(lang)}", style="dim")
    if node.source:
        line.append(f"  ‹{node.source}›", style="dim cyan")
    return line
