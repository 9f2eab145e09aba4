"""Policy documents as text: which file is what, and what its offsets count.

======  ==========================================================================================
file    offsets count the characters of
======  ==========================================================================================
txt     the decoded file; line ends as they are, a byte order mark is no character
HTML    the decoded source, tags and entities included
docx    the text taken out of the file: paragraphs as lines, cells of a table row parted by tabs
PDF     the text taken out of the file: lines as printed, pages parted by a form feed
======  ==========================================================================================

In each, ``document.text[start:end] == slice``. What is read may be less (no tags, no page numbers,
wrapped lines put together); it always leads back to these offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from dafeng.findings import Finding
from dafeng.reader.decoding import decode
from dafeng.reader.docx import read_docx
from dafeng.reader.grammar import propose
from dafeng.reader.html import declared_charset, looks_like_html, read_html
from dafeng.reader.layout import unwrapped
from dafeng.reader.limits import keep_within, limit
from dafeng.reader.parts import Part, parts
from dafeng.reader.pdf import PAGE, read_pdf
from dafeng.reader.proposals import Reading
from dafeng.reader.reading_text import ReadingText
from dafeng.vocabulary import Fault

_HTML = {".html", ".htm", ".xhtml"}
_HEAD = 1024  # bytes in which a PDF says that it is one
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_CHARSETS = ("utf", "unicode", "gb", "ascii", "us-ascii", "x-gb", "hz-gb", "cn-gb")
_LINE_END = re.compile(r"\r\n|[\r\n\f]")


@dataclass(frozen=True)
class Document:
    """A document that was opened.

    Attributes:
        name: the file's name.
        kind: ``txt``, ``html``, ``docx`` or ``pdf``.
        encoding: of the file's bytes; empty where the format fixes it.
        text: what offsets count (see above).
        reading: what the grammar reads, with the way back to ``text``.
        parts: headings and numbered items; spans in ``reading.plain``.
        findings: what is to be said about the file.
    """

    name: str
    kind: str
    encoding: str
    text: str
    reading: ReadingText
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Hash of the text in UTF-8: offsets hold for this text and no other."""
        return sha256(self.text.encode("utf-8")).hexdigest()

    def renamed(self, name: str) -> Document:
        """Return the document under another name."""
        return replace(self, name=name)

    def line(self, at: int) -> int:
        """Return the number of the line in which an offset stands, from 1."""
        return bisect_right(self._line_starts, at)

    def page(self, at: int) -> int | None:
        """Return the number of the page in a PDF, from 1."""
        return self.text.count(PAGE, 0, at) + 1 if self.kind == "pdf" else None

    def part(self, name: str | None) -> Part | None:
        """Return a part by its id."""
        return self._parts.get(name or "")

    @cached_property
    def _line_starts(self) -> Sequence[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.id: part for part in self.parts}


def open_document(path: Path) -> Document:
    """Read a file as a document.

    Raises:
        Fault: ``no_file``, ``not_a_file``, or as :func:`document_of`.
    """
    if not path.is_file():
        raise Fault("not_a_file" if path.is_dir() else "no_file", str(path))
    with path.open("rb") as file:
        data = file.read(limit("file_bytes") + 1)
    return document_of(data, path.name)


def document_of(data: bytes, name: str) -> Document:
    """Return the document that some bytes are; their beginning says what they are, not the name.

    Raises:
        Fault: ``document_too_large``, ``empty_document``, ``not_a_document``, ``not_text``,
            ``bad_encoding``, ``unreadable_document``, ``document_locked``, ``no_text_layer``,
            ``document_too_slow``.
    """
    keep_within("file_bytes", len(data), name)
    if b"%PDF-" in data[:_HEAD]:
        return _pdf(data, name)
    if data.startswith(b"PK\x03\x04"):
        return _docx(data, name)
    if data.startswith((_OLD_WORD, b"PK")):
        raise Fault("not_a_document", name)
    try:
        return _plain(data, name)
    except Fault as fault:
        if fault.code in {"bad_encoding", "not_text"} and name.lower().endswith(_NO_TEXTS):
            raise Fault("unreadable_document", name, reason=f"≠ {Path(name).suffix}") from fault
        raise


_NO_TEXTS = (".pdf", ".docx")  # by their name


def read_document(document: Document, jurisdiction: str | None = None) -> Reading:
    """Propose what a document says; every span counts the characters of ``document.text``.

    Raises:
        Fault: no region is known by ``jurisdiction``; ``document_too_large``.
    """
    found = propose(
        document.reading.plain,
        sections=document.parts,
        jurisdiction=jurisdiction,
        place=document.name,
    )
    place, text = document.reading.place, document.text
    proposals = []
    for proposal in found.proposals:
        start, end = place(proposal.start, proposal.end)
        proposals.append(replace(proposal, start=start, end=end, slice=text[start:end]))
    measures = []
    for measure in found.measures:
        start, end = place(measure.start, measure.end)
        measures.append(replace(measure, start=start, end=end))
    return replace(found, proposals=tuple(proposals), measures=tuple(measures))


def _plain(data: bytes, name: str) -> Document:
    text, encoding, findings = decode(data, name)
    keep_within("characters", len(text), name)
    html = looks_like_html(text) or Path(name).suffix.lower() in _HTML
    if html:
        _refuse_other_charset(text, encoding, name)
        reading, found = read_html(text, name)
        findings += found
    else:
        reading = unwrapped(text)
    kind = "html" if html else "txt"
    return _made(Document(name, kind, encoding, text, reading, (), tuple(findings)))


def _docx(data: bytes, name: str) -> Document:
    read = read_docx(data, name)
    document = Document(name, "docx", "", read.text, ReadingText.same(read.text), ())
    return _made(document, read.headings)


def _pdf(data: bytes, name: str) -> Document:
    read = read_pdf(data, name)
    pages = ", ".join(map(str, read.empty))
    findings = (Finding("pages_without_text", name, {"pages": pages}),) if read.empty else ()
    reading = unwrapped(read.text, pages=True)
    return _made(Document(name, "pdf", "", read.text, reading, (), findings))


def _made(document: Document, headings: Sequence[tuple[int, int]] = ()) -> Document:
    if not document.reading.plain.strip():
        raise Fault("empty_document", document.name)
    return replace(document, parts=parts(document.reading.plain, headings, place=document.name))


def _refuse_other_charset(text: str, encoding: str, name: str) -> None:
    """A page that says it is in Big5, say, must not be read as GB18030 by accident."""
    said = declared_charset(text)
    if encoding == "GB18030" and said and not said.startswith(_CHARSETS):
        raise Fault("bad_encoding", name, encoding=said, reason="charset")
