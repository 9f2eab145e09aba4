"""Cuts a text into paragraphs and sentences, by places, losing no character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

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
    r"(?:(?<=[。！？!?])(?![？?]*[%万亿]|(?<=\d.)\d)[。！？!?]*[”’」』）)\"]*|(?<=[\r\n])[\r\n]*"
    rf"|(?<=\.)(?:{_STOP_EN}))"
)
_LINE = re.compile(r"[^\r\n]+")
_INK = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text, with the spans of its sentences."""

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]


def paragraphs(text: str) -> Iterator[Paragraph]:
    """The lines of a text that hold anything."""
    for line in _LINE.finditer(text):
        start, end = line.span()
        if _INK.search(text, start, end):
            yield Paragraph(start, end, tuple(_sentences(text, start, end)))


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    longest: int = data("sentences")["longest"]
    ends = [found.end() for found in _END.finditer(text, start, end)]
    for first, last in pairwise([start, *ends, end]):
        for place in range(first, last, longest):
            yield place, min(last, place + longest)
