"""From the bytes of a text file to its characters, by a stated rule.

1. A byte order mark decides: UTF-8, UTF-16 little or big endian. The mark is no character.
2. Without one, UTF-8 where every byte fits, else GB18030 where every byte fits.
3. A file of which most fits UTF-8 is a damaged UTF-8 file, never GB18030.
4. What holds control characters is no text. Nothing is replaced, line ends stay as they are.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

from dafeng.findings import Finding
from dafeng.reader.limits import limit
from dafeng.vocabulary import Fault

GB18030 = "GB18030"
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_HAN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff]")  # private signs, too: no text has them
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_PERCENT = 100


def decode(data: bytes, place: str) -> tuple[str, str, list[Finding]]:
    """Return the characters of a text file, its encoding, and what is to be said about it.

    Raises:
        Fault: ``bad_encoding`` with the line, ``not_text``.
    """
    text, encoding = _decoded(data, place)
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise Fault("not_text", f"{place}:{line}", sign=f"U+{ord(control[0]):04X}")
    findings = []
    if encoding == GB18030:
        findings.append(Finding("read_as_gb18030", place, {"encoding": GB18030}))
        if _doubtful(text):
            findings.append(Finding("encoding_doubtful", place, {"encoding": GB18030}))
    return text, encoding, findings


def _decoded(data: bytes, place: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, place), encoding
    try:
        return data.decode("UTF-8"), "UTF-8"
    except UnicodeDecodeError as error:
        fitting = sum(len(found) for found in _MULTIBYTE.findall(data))
        if 2 * fitting > len(_HIGH.findall(data)):
            raise _fault(data, "UTF-8", place, error) from error
    return _strict(data, GB18030, place), GB18030


def _strict(data: bytes, encoding: str, place: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        tried = "UTF-8 / GB18030" if encoding == GB18030 else encoding
        raise _fault(data, tried, place, error) from error


def _fault(data: bytes, encoding: str, place: str, error: UnicodeDecodeError) -> Fault:
    line = data[: error.start].decode(encoding.partition(" ")[0], "replace").count("\n") + 1
    return Fault("bad_encoding", f"{place}:{line}", encoding=encoding, reason=error.reason)


def _doubtful(text: str) -> bool:
    """Whether so many characters are rare that the text is likely to be of another encoding."""
    counts = Counter(_HAN.findall(text))
    rare = sum(count for character, count in counts.items() if not _common(character))
    return rare * _PERCENT > limit("rare_percent") * counts.total()


def _common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
