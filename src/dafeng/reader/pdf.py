"""PDF files with a text layer as text: lines as printed, pages parted by a form feed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafeng.reader.limits import limit, too_large
from dafeng.vocabulary import Fault

_CHILD = Path(__file__).with_name("pdf_child.py")
PAGE = "\f"
_SOFT_HYPHEN = re.compile("[\ufffe\x02]\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\uffff]")
_TIME_IS_UP = getattr(signal, "SIGXCPU", 0)


@dataclass(frozen=True)
class Pages:
    """Text of a PDF; ``empty`` are the numbers of the pages without text."""

    text: str
    empty: tuple[int, ...]


def read_pdf(data: bytes, place: str) -> Pages:
    """Return the text of a PDF, taken out in a process of its own.

    Raises:
        Fault: ``unreadable_document``, ``document_locked``, ``document_too_large``,
            ``document_too_slow``, ``no_text_layer``.
    """
    lines = _run(data, place)
    for line in lines:
        if "fault" in line:
            raise _fault(line, place)
    texts = [_clean(line["text"]) for line in lines]
    empty = tuple(n for n, text in enumerate(texts, start=1) if not text.strip())
    if len(empty) == len(texts):
        raise Fault("no_text_layer", place, pages=len(texts))
    return Pages(PAGE.join(texts), empty)


def _run(data: bytes, place: str) -> list[dict[str, Any]]:
    limits = ("pdf_pages", "characters", "pdf_seconds", "pdf_bytes")
    command = [sys.executable, "-X", "utf8", str(_CHILD), *(str(limit(name)) for name in limits)]
    try:
        ran = subprocess.run(  # noqa: S603  our own file, no shell
            command,
            input=data,
            capture_output=True,
            timeout=limit("pdf_seconds"),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Fault("document_too_slow", place, seconds=limit("pdf_seconds")) from error
    if ran.returncode == -_TIME_IS_UP:
        raise Fault("document_too_slow", place, seconds=limit("pdf_seconds"))
    if ran.returncode != 0:
        reason = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        said = reason[-1] if reason else f"pdfium: exit {ran.returncode}"
        raise Fault("unreadable_document", place, reason=said)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _fault(said: dict[str, Any], place: str) -> Fault:
    if said["fault"] in ("pages", "characters"):
        name = "pdf_pages" if said["fault"] == "pages" else "characters"
        return too_large(name, place, said["found"])
    if said["fault"] == "document_locked":
        return Fault("document_locked", place)
    return Fault("unreadable_document", place, reason=said["reason"])


def _clean(text: str) -> str:
    """Line ends as one sign; no soft hyphens (two signs of pdfium) and no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(PAGE, "\n")
    return _CONTROL.sub("", _SOFT_HYPHEN.sub("", text))
