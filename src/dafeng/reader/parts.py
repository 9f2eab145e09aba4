"""The parts of a document: headings and numbered items, each with its span.

A mark opens a part; which marks stand inside which is taken from the document itself: a kind of
mark that was not met yet in the open parts goes one level down, a known one ends all below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, islice

from dafeng.reader.limits import keep_within, limit

_HAN = "〇零一二三四五六七八九十百"
# kind of mark → how it is printed at the start of a line; the first that fits is taken
_MARKS = (
    ("chapter", rf"第[{_HAN}0-9]{{1,5}}[章节篇编]|(?:Chapter|Section|Part)\ [0-9IVX]{{1,5}}\b"),
    ("article", rf"第[{_HAN}0-9]{{1,5}}条|Article\ [0-9]{{1,3}}\b"),
    ("han", rf"[{_HAN}]{{1,4}}、"),
    ("han_brackets", rf"[（(][{_HAN}]{{1,4}}[）)]"),
    ("dotted3", r"[0-9]{1,2}(?:\.[0-9]{1,2}){2,3}\.?(?=\s+[A-Z\u3400-\u9fff])"),
    ("dotted2", r"[0-9]{1,2}\.[0-9]{1,2}\.?(?=\s+[A-Z\u3400-\u9fff])"),
    ("number", r"[0-9]{1,3}(?:[．、]|\.(?![0-9]))"),
    ("roman", r"[IVX]{1,5}(?:[、．]|\.(?=\s))"),
    ("capital", r"[A-H](?:[、．]|\.(?=\s))"),
    ("number_brackets", r"[（(][0-9]{1,3}[）)]|[0-9]{1,3}[）)]"),
    ("letter_brackets", r"[（(][a-z][）)]|[a-z][）)]"),
    ("hash", r"\#{1,6}(?=\s)"),
)
_LINE = re.compile(
    r"^[ \t\u3000]*(?:" + "|".join(f"(?P<{kind}>{mark})" for kind, mark in _MARKS) + ")",
    re.MULTILINE | re.VERBOSE,
)
_CIRCLE = re.compile(r"[①-⑳]")
_BARE = re.compile(r"[、．.\s]+$")
_TITLE = re.compile(r"[^\n\r。；;]{0,60}")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading or a numbered item with all that belongs to it.

    Attributes:
        id: the printed marks from the outermost part to this one: ``三（一）1``, ``II.4(a)``.
        start, end: span in the text that is read.
        level: 1 for the outermost.
        title: first words after the mark.
    """

    id: str
    start: int
    end: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class _Mark:
    at: int
    kind: str
    printed: str
    after: int


def parts(
    text: str, headings: Iterable[tuple[int, int]] = (), *, place: str = ""
) -> tuple[Part, ...]:
    """Return the parts of a text in order.

    Args:
        text: the text that is read.
        headings: (offset of a line, level) of the headings that the file itself marks as such.
        place: name of the file.

    Raises:
        Fault: ``document_too_large``.
    """
    made: list[Part] = []
    open_: list[tuple[_Mark, int]] = []  # marks of the open parts, and their places in ``made``
    seen: Counter[str] = Counter()
    unnumbered: Counter[str] = Counter()
    for mark in _all_marks(text, headings, place):
        while open_ and _ends(mark, [m.kind for m, _ in open_]):
            _, last = open_.pop()
            made[last] = replace(made[last], end=mark.at)
        outer = made[open_[-1][1]].id if open_ else ""
        unnumbered[outer] += not mark.printed
        name = _joined(outer, mark.printed or f"§{unnumbered[outer]}")
        seen[name] += 1
        name = name if seen[name] == 1 else f"{name}~{seen[name]}"
        title = _TITLE.match(text, mark.after)
        said = title[0].strip() if title else ""
        open_.append((mark, len(made)))
        made.append(Part(name, mark.at, len(text), len(open_), said))
    return tuple(made)


def _all_marks(text: str, headings: Iterable[tuple[int, int]], place: str) -> list[_Mark]:
    """Return the marks in order; a line that the file calls a heading is one, numbered or not."""
    known = dict(headings)
    lines = {}
    for found in islice(_LINE.finditer(text), limit("parts") + 1):
        kind = str(found.lastgroup)
        at = found.start()
        printed = _BARE.sub("", found[kind])
        if kind == "hash":
            known.setdefault(at, len(printed))
            printed = ""
        lines[at] = _Mark(at, kind, printed, found.end())
    for at, level in known.items():
        held = lines.get(at)
        printed, after = (held.printed, held.after) if held else ("", at)
        lines[at] = _Mark(at, f"heading{level}", printed, after)
    circles = (_Mark(c.start(), "circle", c[0], c.end()) for c in _CIRCLE.finditer(text))
    marks = list(islice(chain(lines.values(), circles), limit("parts") + 1))
    keep_within("parts", len(marks), place)
    return sorted(marks, key=lambda mark: mark.at)


def _ends(mark: _Mark, open_: list[str]) -> bool:
    """Whether the innermost open part ends where a mark of this kind begins."""
    if mark.kind in open_:
        return True
    if not mark.kind.startswith("heading"):
        return False
    last = open_[-1]
    return not last.startswith("heading") or last > mark.kind


def _joined(outer: str, printed: str) -> str:
    """Return an id as people cite it: brackets join on, bare numbers are parted by a point."""
    if not outer:
        return printed
    bare = printed[0] not in "（(①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳" and outer[-1] not in "）)"
    return f"{outer}.{printed}" if bare else outer + printed
