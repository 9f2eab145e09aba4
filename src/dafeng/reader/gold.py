"""Annotations of a text: one JSON object per line, as ``score`` takes them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from dafeng.reader.documents import Document
from dafeng.vocabulary import Fault

_WHOLE = ("start", "end")
_NEEDED = (*_WHOLE, "value", "year", "kind")
_EMPTY = ("value_base", "corrupt", "corrected_guess", "note")


def read_gold(path: Path, document: Document) -> list[dict[str, Any]]:
    """Return the annotations of a document; rows that name another ``file`` are left out.

    Raises:
        Fault: ``no_file``, ``bad_gold`` with the line, ``gold_differs`` where the text at a span is
            not the annotated one, ``no_gold`` where no row is about this document.
    """
    if not path.is_file():
        raise Fault("not_a_file" if path.is_dir() else "no_file", str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault("bad_encoding", str(path), encoding="UTF-8", reason=error.reason) from error
    rows = [
        _row(line, f"{path.name}:{number}")
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    own = [row for row in rows if row.get("file", document.name) == document.name]
    for row in own:
        inside = 0 <= row["start"] < row["end"] <= len(document.text)
        printed = document.text[row["start"] : row["end"]] if inside else ""
        if row.setdefault("slice", printed) != printed or not inside:
            place = f"{document.name}[{row['start']}:{row['end']}]"
            raise Fault("gold_differs", place, slice=row["slice"], printed=printed)
    if not own:
        raise Fault("no_gold", path.name, file=document.name)
    return own


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Fault("bad_gold", place, reason=str(error)) from error
    if not isinstance(row, dict):
        raise Fault("bad_gold", place, reason=f"{{…}} ≠ {line[:20]}")
    missing = [name for name in _NEEDED if name not in row]
    wrong = missing or [name for name in _NEEDED if not _fits(name, row[name])]
    if wrong:
        raise Fault("bad_gold", place, reason=", ".join(wrong))
    return dict.fromkeys(_EMPTY) | row


def _fits(name: str, value: Any) -> bool:
    """Whether a field is of its type: a place, a word, or a number that may be missing."""
    if name in _WHOLE:
        return isinstance(value, int)
    if name == "kind":
        return isinstance(value, str)
    return value is None or (isinstance(value, int | float) and math.isfinite(value))
