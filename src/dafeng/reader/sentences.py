"""Cuts a text into paragraphs and sentences, by places, losing no character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dafeng.reader.lexicon import data

# A full stop ends an English sentence only before a capital, "No. 1" and "2.5" go on; before digits
# only behind a long word, a share or a year ("of enterprises. 153 centers").
_STOP_EN = (
    r"[”\")]{0,2}[ \t]{1,4}(?=[“\"(]?[A-Z]|[(（]\d{1,2}[)）])|(?=[\r\n])"
    r"|(?<=[a-z]{4}\.|[0-9]{4}\.)(?<![Ss]ept\.)(?<!pprox\.)[ \t]{1,4}(?=\d|<>)"
    r"|(?<=%\.)[ \t]{1,4}(?=\d|<>)"
)
_END = re.compile(
    r"[。！？!?.\r\n]"  # one of these comes first: the others are not tried elsewhere
    r"(?:(?<=[。！？!?])[。！？!?]*[”’」』）)\"]*|(?<=[\r\n])[\r\n]*"
    rf"|(?<=\.)(?:{_STOP_EN}))"
)
_LINE = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text, with the spans of its sentences."""

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines of a text that hold anything."""
    place = 0
    for stop, following in _ends(text):
        if text[place:stop].strip():
            yield Paragraph(place, stop, tuple(_sentences(text, place, stop)))
        place = following


def _ends(text: str) -> Iterator[tuple[int, int]]:
    for found in _LINE.finditer(text):
        yield found.start(), found.end()
    yield len(text), len(text)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    place = start
    for found in _END.finditer(text, start, end):
        yield from _short(place, found.end())
        place = found.end()
    yield from _short(place, end)


def _short(start: int, end: int) -> Iterator[tuple[int, int]]:
    longest: int = data("sentences")["longest"]
    for place in range(start, end, longest):
        yield place, min(end, place + longest)
