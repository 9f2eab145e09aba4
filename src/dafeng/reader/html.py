"""HTML as text to read. Offsets stay those of the decoded source, tags and entities included.

A scanner, not a parser: nothing is nested, so depth costs nothing, and each character is looked at
a bounded number of times.
"""

from __future__ import annotations

import re
from html import unescape

from dafeng.findings import Finding
from dafeng.reader.limits import limit
from dafeng.reader.reading_text import RAISED, ReadingText, Writer

_LOOKS_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_CHARSET = re.compile(r"""<meta[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_OPENS = re.compile(r"</?[a-zA-Z]")
_TAG = re.compile(r"""</?([a-zA-Z][^\s/>]*)(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_LOOSE_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)[^>]*+>")
_PARTS = re.compile(
    r"&(?:\#[0-9]{1,8}|\#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?"  # an entity
    r"|[^\s&]+(?:\ [^\s&]+)*|&|\s+"  # words with single spaces; a bare &; other white space
)
_UNREAD = frozenset({"script", "style", "template", "noscript", "svg", "select", "textarea"})
# fmt: off
_BLOCKS = frozenset({
     "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div",
     "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "option", "p",
     "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})
# fmt: on
_CELLS = frozenset({"td", "th"})
_WIDE = "\u2e80"  # from here on signs are wide: no space is meant between two of them
_HEAD = 4000  # characters in which a page says what it is


def looks_like_html(text: str) -> bool:
    """Whether a text begins as an HTML page does."""
    return _LOOKS_HTML.match(text[:_HEAD]) is not None


def declared_charset(text: str) -> str:
    """Return the character set that a page says it has, in lower case, or nothing."""
    found = _CHARSET.search(text[:_HEAD])
    return found[1].lower() if found else ""


def read_html(source: str, place: str) -> tuple[ReadingText, list[Finding]]:
    """Return what a page says, in lines, and what was not closed in it."""
    scanner = _Scanner(source, place)
    scanner.run()
    return scanner.out.done(), scanner.findings


class _Scanner:
    def __init__(self, source: str, place: str) -> None:
        self.source = source
        self.place = place
        self.out = Writer()
        self.findings: list[Finding] = []
        self._space: tuple[int, int, bool] | None = None  # white space that waits for a word
        self._raised = False
        self._cell_end = 0
        self._tag = _TAG
        self._no_more_tags = False

    def run(self) -> None:
        """Go through the page from tag to tag."""
        at, length = 0, len(self.source)
        while at < length:
            opened = self.source.find("<", at)
            self._text(at, length if opened < 0 else opened)
            at = length if opened < 0 else self._markup(opened)

    def _markup(self, at: int) -> int:
        """Pass the markup at ``at``; return where the text goes on."""
        if self.source.startswith("<!--", at):
            return self._past("-->", at)
        if self.source.startswith(("<!", "<?"), at):
            return self._past(">", at)
        found = self._tag_at(at)
        if found is None:
            self._write("<", at)
            return at + 1
        return self._element(found)

    def _tag_at(self, at: int) -> re.Match[str] | None:
        """Return the tag at ``at``. What cannot be found once is not looked for again."""
        if self._no_more_tags or not _OPENS.match(self.source, at):
            return None
        found = self._tag.match(self.source, at)
        if found is None and self._tag is _TAG:
            self._tag = (
                _LOOSE_TAG  # a quote stays open to the end: from here on quotes mean nothing
            )
            found = self._tag.match(self.source, at)
        self._no_more_tags = found is None
        return found

    def _element(self, found: re.Match[str]) -> int:
        name = found[1].lower()
        opens = found[0][1] != "/" and not found[0].endswith("/>")
        if name in _BLOCKS and found.start() < self._cell_end:
            self._space = self._space or (found.start(), found.end(), False)
        elif name in _BLOCKS:
            self.out.break_line(found.start())
            self._space = None
        elif name in _CELLS:
            self._cell(found, opens=opens)
        elif name == "sup":
            self._raised = opens
        if name in _UNREAD and opens:
            return self._past(f"</{name}", found.start(), keep=True)
        return found.end()

    def _cell(self, found: re.Match[str], *, opens: bool) -> None:
        """Part a cell from the one before it by a tab, as the reader of docx does."""
        self._space = None
        if opens:  # paragraphs in a cell of few words do not end its line
            closes = self.source.find("</t", found.end(), found.end() + limit("cell_characters"))
            self._cell_end = max(closes, found.end())
        if opens and self.out.last != "\n":
            self.out.whole("\t", found.start(), found.end())

    def _past(self, mark: str, at: int, *, keep: bool = False) -> int:
        """Return the place after the next ``mark`` (``keep``: before it), else the page's end."""
        found = re.compile(re.escape(mark), re.IGNORECASE).search(self.source, at + 2)
        if found:
            return found.start() if keep else found.end()
        line = self.source.count("\n", 0, at) + 1
        self.findings.append(Finding("html_not_closed", f"{self.place}:{line}", {"mark": mark}))
        return len(self.source)

    def _text(self, start: int, end: int) -> None:
        for found in _PARTS.finditer(self.source, start, end):
            part, at = found[0], found.start()
            read = unescape(part) if part[0] == "&" else part
            if read.isspace():
                broken = bool(self._space and self._space[2]) or "\n" in read
                self._space = (at, found.end(), broken)
            elif read is part or read == part:
                self._write(part, at)
            else:
                self._flush(read)
                self.out.whole(read, at, found.end())

    def _write(self, text: str, start: int) -> None:
        self._flush(text)
        self.out.exact(text.translate(RAISED) if self._raised else text, start)

    def _flush(self, following: str) -> None:
        """Write the white space that waits, as one space, unless it stands at a line's start."""
        if self._space is None:
            return
        start, end, broken = self._space
        self._space = None
        wide = self.out.last >= _WIDE and following[:1] >= _WIDE
        if self.out.last != "\n" and not (broken and wide):
            self.out.whole(" ", start, end)
