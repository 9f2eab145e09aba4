"""Word files as text: paragraphs as lines, the cells of a table row in one line.

Read straight from the XML as a stream, so that size and depth are bounded and no entity is ever
expanded. Offsets count the text that is taken out here. Numbers that Word itself puts before a
heading are not in the file's text; headings are known by their style.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from dafeng.reader.limits import keep_within, limit
from dafeng.reader.reading_text import RAISED
from dafeng.vocabulary import Fault

_BODY = "word/document.xml"
_STYLES = "word/styles.xml"
_CHUNK = 1 << 16
_ENCRYPTED = 1
# all that zipfile lets through where an archive is damaged
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_UNREAD = frozenset({"Fallback", "del", "moveFrom", "instrText", "delText"})


@dataclass
class Paragraphs:
    """Text of a Word file; ``headings`` are (offset of the line, level)."""

    text: str = ""
    headings: list[tuple[int, int]] = field(default_factory=list)


def read_docx(data: bytes, place: str) -> Paragraphs:
    """Return the text of a Word file.

    Raises:
        Fault: ``unreadable_document``, ``not_a_document``, ``document_too_large``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _BODY not in archive.namelist():
                raise Fault("not_a_document", place)
            styles = _Styles(place)
            if _STYLES in archive.namelist():
                _stream(archive, _STYLES, styles, place)
            body = _Body(styles.levels, place)
            _stream(archive, _BODY, body, place)
    except _DAMAGED as error:
        raise Fault("unreadable_document", place, reason=str(error)) from error
    return body.done()


def _stream(archive: zipfile.ZipFile, part: str, handler: _Handler, place: str) -> None:
    """Feed a part to its handler; stop where it grows beyond what a document may hold."""
    info = archive.getinfo(part)
    if info.flag_bits & _ENCRYPTED:
        raise Fault("document_locked", place)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.data
    parser.EntityDeclHandler = handler.refuse_entity
    parser.buffer_text = True
    read = 0
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                read += len(chunk)
                keep_within("docx_bytes", read, f"{place}/{part}")
                if read > _CHUNK:
                    keep_within("docx_ratio", read / max(1, info.compress_size), f"{place}/{part}")
                parser.Parse(chunk, False)  # noqa: FBT003
            parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise Fault("unreadable_document", f"{place}/{part}", reason=str(error)) from error


class _Handler:
    """What happens at each element; ``name`` is without its namespace."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > limit("docx_depth"):
            keep_within("docx_depth", self._depth, self.place)
        given = {_local(name): value for name, value in attributes.items()}
        self.opened(_local(tag), given)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self.closed(_local(tag))

    def data(self, text: str) -> None:
        """Take characters."""

    def opened(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""

    def closed(self, name: str) -> None:
        """An element ends."""

    def refuse_entity(self, *_: object) -> None:
        """No document of ours declares entities; a bomb does."""
        raise Fault("unreadable_document", self.place, reason="entity declaration")


class _Styles(_Handler):
    """Which paragraph styles are headings, and of which level."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.levels: dict[str, int] = {}
        self._style = ""

    def opened(self, name: str, given: dict[str, str]) -> None:
        value = given.get("val", "")
        if name == "style":
            self._style = given.get("styleId", "")
        elif name == "name" and value.lower().startswith("heading "):
            digits = value.split()[-1]
            if digits.isdecimal():
                self.levels[self._style] = int(digits)
        elif name == "outlineLvl" and value.isdecimal():
            self.levels.setdefault(self._style, int(value) + 1)


class _Body(_Handler):
    """The lines of the document."""

    def __init__(self, levels: dict[str, int], place: str) -> None:
        super().__init__(place)
        self._levels = levels
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[tuple[int, int]] = []
        self._unread = 0
        self._text = 0
        self._cells = 0
        self._line_start = 0
        self._raised = False

    def opened(self, name: str, given: dict[str, str]) -> None:
        if self._unread or name in _UNREAD:
            self._unread += 1
        elif name == "t":
            self._text += 1
        elif name in ("tab", "br", "cr"):
            self._write("\t" if name == "tab" else "\n")
        elif name == "noBreakHyphen":
            self._write("-")
        elif name == "tc":
            self._cells += 1
        elif name in ("pStyle", "outlineLvl"):
            self._heading(name, given.get("val", ""))
        elif name == "r":
            self._raised = False
        elif name == "vertAlign":
            self._raised = given.get("val") == "superscript"

    def closed(self, name: str) -> None:
        if self._unread:
            self._unread -= 1
        elif name == "t":
            self._text -= 1
        elif name == "p":
            self._write(" " if self._cells else "\n")
            self._line_start = self._length
        elif name == "tc":
            self._cells -= 1
            self._write("\t")
        elif name == "tr" and not self._cells:
            self._write("\n")
            self._line_start = self._length

    def data(self, text: str) -> None:
        if self._text and not self._unread:
            self._write(text.translate(RAISED) if self._raised else text)

    def _heading(self, name: str, value: str) -> None:
        level = self._levels.get(value)
        if name == "outlineLvl" and value.isdecimal():
            level = int(value) + 1
        if level and not (self._headings and self._headings[-1][0] == self._line_start):
            self._headings.append((self._line_start, level))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > limit("characters"):
            keep_within("characters", self._length, self.place)

    def done(self) -> Paragraphs:
        """Return what was read."""
        return Paragraphs("".join(self._parts), self._headings)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
