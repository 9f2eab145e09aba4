"""Which encoding a text file has: UTF-8, GB18030, or by mistake both."""

from __future__ import annotations

from dafeng.vocabulary import Fault

UTF8 = "UTF-8"
GB18030 = "GB18030"
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_WIDE = "\u0800"  # from here on UTF-8 takes three bytes: such a line is UTF-8 by no accident


def to_utf8(data: bytes, place: str) -> bytes:
    """Return the bytes of a text that is not valid UTF-8 as UTF-8.

    Raises:
        Fault: ``mixed_encoding`` at the first line that is not in the encoding of the lines
            before it; ``bad_encoding`` where neither encoding fits.
    """
    if data.startswith(_UTF16):
        raise Fault("bad_encoding", place, encoding=f"{UTF8} / {GB18030}", reason="UTF-16")
    known = UTF8 if data.startswith(_BOM) else ""
    for number, line in enumerate(data.split(b"\n"), start=1):
        encoding = _evident(line, f"{place}:{number}")
        if encoding and known and encoding != known:
            raise Fault("mixed_encoding", f"{place}:{number}", known=known, found=encoding)
        known = known or encoding
    return data.removeprefix(_BOM).decode(GB18030).encode()


def _evident(line: bytes, place: str) -> str:
    """Return the encoding that a line shows beyond doubt, else an empty text."""
    if line.isascii():
        return ""
    try:
        text = line.decode(UTF8)
    except UnicodeDecodeError:
        try:
            line.decode(GB18030)
        except UnicodeDecodeError as error:
            encoding = f"{UTF8} / {GB18030}"
            raise Fault("bad_encoding", place, encoding=encoding, reason=error.reason) from error
        return GB18030
    return UTF8 if max(text) >= _WIDE else ""
