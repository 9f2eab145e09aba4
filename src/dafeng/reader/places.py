"""Which region a figure is about: the heading above it, or the region its sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dafeng.reader.lexicon import Hit, Lexicon, both, data, fold
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


def named(folded: str, start: int, end: int) -> list[Hit]:
    """The regions that a span names."""
    return _names().scan(folded, start, end, chinese=not folded[start:end].isascii())


@cache
def english(code: str | None) -> str | None:
    """English name of a region."""
    return regions()[code].en if code is not None else None


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
        elif self._first is None:
            self._first = code

    def of(self, named: list[Hit], place: int) -> tuple[str | None, bool]:
        """Code of the region of a figure, and whether it is inferred from around.

        ``named`` are the regions that its sentence names.
        """
        for hit in reversed(named):
            if hit.end <= place:
                return next(iter(hit.labels)), False
        if self._heading or self._given:
            return self._heading or self._given, False
        return self._first, self._first is not None
