"""The dictionaries: words of the data files compiled into one pattern that finds them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dafeng.vocabulary import read_yaml

DATA = Path(__file__).parent / "data"

# Character for character, so that places stay: full-width signs and upper case are folded.
_SHIFT = ord("！") - ord("!")
_FULL_WIDTH = {chr(place + _SHIFT): chr(place).lower() for place in range(ord("!"), ord("~") + 1)}
_KEPT = "，：；！？（）"  # punctuation that says where a Chinese clause ends
_UPPER = {chr(place): chr(place).lower() for place in range(ord("A"), ord("Z") + 1)}
_BLANK = dict.fromkeys("\u00a0\u3000", " ") | {"\u2011": "-", "₂": "2"}
_FOLD = {sign: to for sign, to in _FULL_WIDTH.items() if sign not in _KEPT} | _UPPER | _BLANK
_FOLDED = re.compile(f"[{''.join(map(re.escape, _FOLD))}]")


@cache
def data(name: str) -> Any:
    """What the data file ``name`` holds."""
    return read_yaml(DATA / f"{name}.yaml")


def fold(text: str) -> str:
    """Fold width and case of Latin letters and digits; the length stays the same."""
    if text.isascii():
        return text.lower()
    return _FOLDED.sub(lambda found: _FOLD[found[0]], text)


_NARROW = re.compile("[,:;](?=[一-龥“《])")
_WIDE = {",": "，", ":": "：", ";": "；"}


def fold_text(text: str) -> str:
    """Fold a whole text; narrow punctuation before Chinese is what ends its clauses, too."""
    folded = fold(text)
    return folded if folded.isascii() else _NARROW.sub(lambda found: _WIDE[found[0]], folded)


class Hit(NamedTuple):
    """A known word in a text, and what it may mean."""

    start: int
    end: int
    labels: frozenset[str]


class Lexicon:
    """Words with labels, found all at once.

    Args:
        words: pairs of word and label; a word may have several labels. Latin words are found as
            whole words. A word that contains another has its labels, too, if ``inherit`` allows.
    """

    def __init__(self, words: Iterable[tuple[str, str]], *, inherit: str = "") -> None:
        self._labels: dict[str, frozenset[str]] = {}
        for word, label in words:
            key = fold(word)
            self._labels[key] = self._labels.get(key, frozenset()) | {label}
        if inherit:
            self._labels = dict(_with_inner(self._labels, inherit))
        self._all = re.compile(pattern_of(self._labels))
        latin = pattern_of(word for word in self._labels if max(word, default="") < "一")
        self._latin = re.compile(f"{LATIN_START}{latin}")

    def scan(self, folded: str, start: int, end: int, *, chinese: bool = True) -> list[Hit]:
        """The longest known words of a span from left to right, none overlapping.

        ``chinese`` says whether the span has any Chinese; without, only Latin words are tried.
        """
        labels = self._labels
        pattern = self._all if chinese else self._latin
        return [Hit(*m.span(), labels[m[0]]) for m in pattern.finditer(folded, start, end)]


def _with_inner(
    labels: dict[str, frozenset[str]], inherit: str
) -> Iterator[tuple[str, frozenset[str]]]:
    wanted = re.compile(inherit)
    for word, own in labels.items():
        inner = {one for part in _inner(word) for one in labels.get(part, ()) if wanted.match(one)}
        yield word, own | inner


def _inner(word: str) -> Iterator[str]:
    """The words within a word: whole Latin words, any run of Chinese signs."""
    parts, joint = (word.split(" "), " ") if word.isascii() else (list(word), "")
    for first in range(len(parts)):
        for last in range(first + 1, len(parts) + 1):
            yield joint.join(parts[first:last])


def pattern_of(words: Iterable[str]) -> str:
    """A pattern for any of some folded words, the longest first, without backtracking over a list.

    A Latin word does not begin or end inside another one.
    """
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for sign in word:
            node = node.setdefault(sign, {})
        node[""] = None
    return _branch(root, "")


def _branch(node: dict[str, Any], before: str) -> str:
    choices = [
        re.escape(sign) + (_start(sign) if not before else "") + _branch(below, sign)
        for sign, below in sorted(node.items())
        if sign
    ]
    if "" in node:
        choices.append(_NO_LETTER if _latin(before) else "")
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


_NO_LETTER = "(?![a-z])"
# In front of a pattern with many branches: inside a Latin word none of them is tried.
WORD_START = "(?:(?<![a-z])|(?![a-z]))"


# The same in a text without any Chinese.
LATIN_START = "(?<![a-z])"


def guarded(starts: Iterable[str], pattern: str, *, begin: str = "") -> str:
    """A pattern that is tried only where it can begin, as it does not at most places.

    Args:
        starts: the signs and words that it can begin with.
        pattern: what to find.
        begin: what a place must be that it begins at, such as :data:`WORD_START`.
    """
    words = set(starts)
    signs = "".join(map(re.escape, sorted({word[0] for word in words})))
    return f"(?=[{signs}]){begin}(?={_first_signs(words)})(?:{pattern})"


def _first_signs(words: Iterable[str]) -> str:
    """A pattern for the beginning of any of some words, whatever follows it."""
    below: dict[str, set[str]] = {}
    for word in words:
        below.setdefault(word[0], set()).add(word[1:])
    choices = [
        re.escape(sign) + ("" if "" in rest else _first_signs(rest))
        for sign, rest in sorted(below.items())
    ]
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


def _latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def _start(sign: str) -> str:
    return f"(?<![a-z]{sign})" if _latin(sign) else ""


def both(entry: Any) -> Iterator[str]:
    """The words of a data entry: a list, or lists under ``zh`` and ``en``."""
    if isinstance(entry, dict):
        for lang in ("zh", "en"):
            yield from entry.get(lang) or ()
    else:
        yield from entry
