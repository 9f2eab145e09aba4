"""How what is kept is written and read: whole or not at all, and never believed if damaged.

Every file bears a check sum of all else that it holds, so that a flipped bit is noticed wherever it
is: in values, in the headers of a page, in the last lines that say where a column begins.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import Any, BinaryIO
from uuid import uuid4
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

BROKEN = (OSError, ValueError, TypeError, LookupError, AttributeError)
"""What reading a record may raise that is missing or damaged; it is made again."""

_SAID = b"dafeng-crc32:"
_OPEN = b"00000000"  # stands for the sum while it is computed
_TAIL = 1 << 16  # bytes at the end in which the sum is looked for
_ROW_GROUP = 122_880  # rows that DuckDB takes at a time, so that each thread has work of its own
_DAY = 86_400  # seconds


def write(
    rows: pa.Table, path: Path, plain: Sequence[str] = (), quick: Collection[str] = ()
) -> None:
    """Write a table; ``plain`` columns hardly have a value twice, ``quick`` ones are often read."""
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        rows.schema,
        compression={name: "lz4" if name in quick else "zstd" for name in rows.column_names},
        use_dictionary=[name for name in rows.column_names if name not in plain],
        write_page_checksum=True,
    ) as out:
        out.write_table(rows, _ROW_GROUP)
        out.add_key_value_metadata({"check": (_SAID + _OPEN).decode()})
    _seal(path, memoryview(sink.getvalue()))


def checked(path: Path) -> pq.ParquetFile:
    """Open a table; a page of it that is not what was written raises ``OSError`` when it is read.

    For files that are ``sound``, which may break later.
    """
    return pq.ParquetFile(path, page_checksum_verification=True)


def read(path: Path) -> pa.Table:
    """Read a table.

    Raises:
        OSError: there is none.
        ValueError: it is not what was written.
    """
    held = pq.ParquetFile(pa.py_buffer(_opened(path)))
    return held.read().replace_schema_metadata()


def note(path: Path, record: Mapping[str, Any], plain: Callable[[Any], Any] | None = None) -> None:
    """Write a record; ``plain`` gives for what JSON does not know something that it does."""
    held = {"record": record, "check": (_SAID + _OPEN).decode()}
    text = json.dumps(held, default=plain, ensure_ascii=False)
    _seal(path, memoryview(text.encode()))


def record(path: Path, loaded: Callable[[dict[str, Any]], Any] | None = None) -> dict[str, Any]:
    """Read a record; ``loaded`` undoes ``plain``.

    Raises:
        Exception: one of ``BROKEN``: there is none, or it is not what was written.
    """
    held = json.loads(bytes(_opened(path)), object_hook=loaded)
    found: dict[str, Any] = held["record"]
    return found


def sound(paths: Iterable[Path]) -> bool:
    """Whether all of some files are there, and are what was written to them."""
    with ThreadPoolExecutor() as pool:
        return all(pool.map(_sound, paths))


def replace(path: Path, content: Any) -> None:
    """Write a file in a way that a reader sees the old one or the new one, whole."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of another at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.parent / ".gitignore").is_file():
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    partial = path.with_name(f"{path.name}-{uuid4().hex}.partial")  # of this process alone
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def clear(folder: Path, used: Collection[Path]) -> None:
    """Remove files that nothing leads to any more.

    Another process may still be reading what it found a moment ago: files stay for a day after
    they were written, or found to be sound.
    """
    for path in folder.glob("*-*"):
        with suppress(OSError):  # another process was quicker
            if path not in used and time() - path.stat().st_mtime > _DAY:
                path.unlink()


def _seal(path: Path, content: memoryview) -> None:
    """Write content with its sum in the place that was left for it."""
    at = _place(content)
    with replacing(path) as file:
        for part in (content[:at], b"%08x" % crc32(content), content[at + len(_OPEN) :]):
            file.write(part)


def _opened(path: Path) -> memoryview:
    """Return what a file holds.

    Raises:
        OSError: there is none.
        ValueError: it does not bear its own sum.
    """
    content = memoryview(pa.memory_map(str(path)).read_buffer())
    at = _place(content)
    end = at + len(_OPEN)
    found = crc32(content[end:], crc32(_OPEN, crc32(content[:at])))
    if content[at:end] != b"%08x" % found:
        raise ValueError(str(path))
    return content


def _place(content: memoryview) -> int:
    """Return where the sum stands.

    Raises:
        ValueError: there is none.
    """
    start = max(0, len(content) - _TAIL)
    return start + bytes(content[start:]).rindex(_SAID) + len(_SAID)


def _sound(path: Path) -> bool:
    try:
        _opened(path)
    except (OSError, ValueError):
        return False
    with suppress(OSError):  # it may not be ours to write
        if time() - path.stat().st_mtime > _DAY / 2:
            path.touch()
    return True
