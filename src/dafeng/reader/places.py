"""Which region a figure is about: the heading above it, or the region its sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dafeng.reader.lexicon import Hit, Lexicon, both, data, fold, pattern_of
from dafeng.reader.limits import limit
from dafeng.vocabulary import regions

_HEAD = re.compile(r"[\s　]*$")
_AFTER_NAME = re.compile(r"(?:省|市|自治区| province)?[:：]")
_TOO_GENERAL = {"national", "国家", "cn"}


@cache
def _names() -> Lexicon:
    return Lexicon(_words())


def _words() -> Iterator[tuple[str, str]]:
    for region in regions().values():
        if region.kind == "grid":
            continue
        for label in (region.zh, region.en, *region.aliases):
            if fold(label) not in _TOO_GENERAL and not label.isdigit() and len(label) > 1:
                yield label, region.id
    rules = data("places")
    yield from ((word, rules["country"]) for word in both(rules["national"]))


@cache
def _titles() -> re.Pattern[str]:
    """A line without the end of a sentence that says which sort of document it heads."""
    words = pattern_of(map(fold, both(data("places")["title"])))
    return re.compile(rf"[^。；;！!\n]*?{words}[^。；;！!\n]*+(?<![:：])")


def named(folded: str, start: int, end: int) -> list[Hit]:
    """The regions that a span names."""
    return _names().scan(folded, start, end, chinese=not folded[start:end].isascii())


@cache
def english(code: str | None) -> str | None:
    """English name of a region."""
    return regions()[code].en if code is not None else None


def _is_title(folded: str, start: int, end: int, lead: list[Hit]) -> bool:
    """Whether a line is a title that names one place and no other."""
    short = end - start <= data("sentences")["heading"]
    one = len({code for hit in lead for code in hit.labels}) == 1
    return short and one and _titles().fullmatch(folded, start, end) is not None


class Where:
    """The region in force while a text is read from its start.

    Args:
        given: what the whole text is about, as a code or a name, where the caller knows it.

    Raises:
        Fault: no region is known by that.
    """

    def __init__(self, given: str | None) -> None:
        self._given = regions().resolve(given).id if given else None
        self._heading: str | None = None
        self._title: str | None = None
        self._first: str | None = None

    def enter(self, folded: str, start: int, end: int) -> None:
        """Take note of a paragraph: its heading ("江苏省：…"), or the region its title names."""
        lead = named(folded, start, min(end, start + data("sentences")["heading"]))
        if not lead:
            return
        hit = lead[0]
        (code,) = list(hit.labels)[:1]
        headed = _HEAD.fullmatch(folded, start, hit.start) and _AFTER_NAME.match(folded, hit.end)
        if headed:
            self._heading = code
        elif start < limit("head_characters") and _is_title(folded, start, end, lead):
            self._title = self._title or code
        elif self._first is None:
            self._first = code

    def of(self, named: list[Hit], place: int) -> tuple[str | None, bool]:
        """Code of the region of a figure, and whether it is inferred from around.

        ``named`` are the regions that its sentence names.
        """
        for hit in reversed(named):
            if hit.end <= place:
                return next(iter(hit.labels)), False
        if stated := self._heading or self._given or self._title:
            return stated, False
        return self._first, self._first is not None
