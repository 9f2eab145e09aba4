"""Lines that go on in the next one, of wrapped text and of a PDF, put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dafeng.reader.limits import limit
from dafeng.reader.reading_text import ReadingText, Writer

_LINE = re.compile(r"([^\r\n\f]*)(\r\n|[\r\n\f]|\Z)")
_OTHER_ENDS = re.compile(r"\f|\r(?!\n)")  # a page, and a line of old files
_PAGE_NUMBER = re.compile(r"[\s\-—–·~]*[0-9０-９]{1,4}[\s\-—–·~]*|第\s*[0-9]{1,4}\s*页.{0,12}")
# what a browser prints at the edges of a page, and numbers that tell how many pages there are
_EDGE = re.compile(
    r"(?:(?:https?|file)://\S+\s+|page\s+)?[0-9]{1,4}(?:\s*/\s*|\s+of\s+)[0-9]{1,4}|page\s+[0-9]{1,4}"
    r"|[0-9]{1,4}([/.-])[0-9]{1,2}\1[0-9]{1,4},?\s+[^\s0-9]{0,2}[0-9]{1,2}:[0-9]{2}\b[^\r\n]{0,200}",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(r"^\s*[0-9]{1,4}\s+|\s+[0-9]{1,4}\s*$")
_ENDS = tuple("。；！？：.;!?:」”|")
_BEGINS = re.compile(
    r"\s{2}|\u3000|[（(]?[〇零一二三四五六七八九十百0-9a-zIVX]{1,4}[）)、．.](?![0-9])|第.{1,5}[章节条]|[①-⑳•·\-*#|]"
)
# cells of a row of a table: tabs, bars, wide gaps, or numbers one by one at its end
_CELLS = re.compile(
    r"\t|[|｜]|\S(?: {2,}|\u3000+)\S|(?:\s[^\s，。]{0,6}(?:\d[^\s，。]{0,6}|[—-])){2}"
)
_WIDE = "\u2e80"
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    after: int


def unwrapped(text: str, *, pages: bool = False) -> ReadingText:
    """Return a text with the lines put together that the layout has parted.

    A line goes on in the next one where the text is narrow as a whole, the line is nearly as wide
    as the widest, it does not end a sentence, and the next one does not begin an item.

    Args:
        text: lines of any line end.
        pages: whether form feeds part pages; page numbers and running lines are then not read.
    """
    out = Writer()
    done = 0
    read = _OTHER_ENDS.sub("\n", text)
    for start, end, between in sorted(_cuts(text, pages=pages)):
        out.exact(read[done:start], done)
        out.whole(between, start, end)
        done = end
    out.exact(read[done:], done)
    return out.done()


def _cuts(text: str, *, pages: bool) -> Iterator[tuple[int, int, str]]:
    """Yield what is not read as it stands: start, end, and what is read there."""
    lines = [_Line(m[1], m.start(1), m.end(1), m.end()) for m in _LINE.finditer(text)]
    numbers = list(_not_of_the_text(text, lines)) if pages else []
    yield from ((line.start, line.after, "") for line in numbers)
    most = limit("wrapped_columns")
    if max(len(line.text) for line in lines) > most:
        return
    widest = max(_width(line.text) for line in lines)
    if widest > most:
        return
    dropped = {line.start for line in numbers}
    kept = [line for line in lines if line.start not in dropped]
    for line, following in pairwise(kept):
        if _goes_on(line.text, following.text, widest):
            yield line.end, line.after, "" if _joins(line.text, following.text) else " "


def _not_of_the_text(text: str, lines: Sequence[_Line]) -> Iterator[_Line]:
    """Yield page numbers, and the lines at the edges of pages that are the same on most of them.

    A running line at the head of the first page may be the title, and is kept.
    """
    pages: list[list[_Line]] = [[]]
    for line in lines:
        if _PAGE_NUMBER.fullmatch(line.text):
            yield line
        elif line.text.strip():
            pages[-1].append(line)
        if text.endswith("\f", line.end, line.after):
            pages.append([])
    heads, feet = [], []
    for page in pages:
        edges = [line for line in page[:2] + page[-2:] if _EDGE.fullmatch(line.text.strip())]
        yield from {line.start: line for line in edges}.values()
        own = [line for line in page if line not in edges]
        heads += own[:1]
        feet += own[1:][-1:]
    for edge in (heads, feet):
        yield from (line for line in _running(edge, len(pages)) if line is not heads[0])


def _running(edge: Sequence[_Line], pages: int) -> Iterator[_Line]:
    """Yield the lines that are the same, but for their number, on most pages."""
    short = [line for line in edge if len(line.text) <= limit("wrapped_columns")]
    printed = [_OWN_NUMBER.sub("", line.text) for line in short]
    held = Counter(printed)
    for line, words in zip(short, printed, strict=True):
        if held[words] >= limit("running_pages") and held[words] * 2 > pages:
            yield line


def _goes_on(line: str, following: str, widest: int) -> bool:
    full = _width(line) * _PERCENT >= widest * limit("full_percent")
    if not full or _CELLS.search(line) or line.rstrip().endswith(_ENDS):
        return False
    leads = following.rstrip().endswith((":", "：")) and _width(following) * 2 < widest
    new = leads or _BEGINS.match(following) or _CELLS.search(following)
    return bool(following.strip()) and not new


def _joins(line: str, following: str) -> bool:
    """Whether nothing stands between two lines: Chinese characters, or a hyphen at the end."""
    return line[-1:] == "-" or (line[-1:] >= _WIDE and following[:1] >= _WIDE)


def _width(line: str) -> int:
    return len(line) if line.isascii() else sum(2 if sign >= _WIDE else 1 for sign in line)
