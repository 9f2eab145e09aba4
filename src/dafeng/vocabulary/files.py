"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4


def write_files(contents: Mapping[Path, bytes | str]) -> None:
    """Write files that belong together; text as UTF-8 with line feeds.

    They take their places once all of them are written: after a full disk, a fault or a stop the
    old ones are there, whole, or none. A folder that is missing is made.

    Raises:
        OSError: with the name of the file that was asked for.
    """
    places: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            try:
                _write(path, data, places)
            except OSError as error:
                error.filename = str(path)  # a full disk names no file, the rest a partial one
                raise
        for beside, target in places.items():
            beside.replace(target)
    finally:
        for beside in places:
            beside.unlink(missing_ok=True)


def write_file(path: Path, content: bytes | str) -> None:
    """Write one file; see ``write_files``."""
    write_files({path: content})


def _write(path: Path, data: bytes, places: dict[Path, Path]) -> None:
    """Write beside the place of a file, and note both."""
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        with path.open("wb") as file:  # a pipe or a device has no beside; the rest is refused
            file.write(data)
        return
    target = path.resolve()  # a link stays one
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{uuid4().hex}.partial")
    places[beside] = target
    beside.write_bytes(data)
    if target.exists():
        shutil.copymode(target, beside)
