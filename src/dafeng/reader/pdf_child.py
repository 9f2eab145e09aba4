"""Takes the text out of a PDF, in a process of its own: a broken file may end it, never Dafeng.

Standard input: the file. Arguments: pages, characters, seconds, bytes of memory. Standard output:
one JSON line per page with its text, or ``{"fault": code, …}`` and nothing after it. Run by file,
without the package, so that it starts at once.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_PASSWORD = 4  # error code of pdfium


def main(pages: int, characters: int, seconds: int, memory: int) -> None:
    """Print the pages of the PDF on standard input."""
    data = sys.stdin.buffer.read()
    _limit(seconds, memory)
    import pypdfium2 as pdfium  # type: ignore[import-untyped]  # noqa: PLC0415  under the limits

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD
        return _say(fault="document_locked" if locked else "unreadable_document", reason=str(error))
    if len(document) > pages:
        return _say(fault="pages", found=len(document))
    written = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_range()
        except pdfium.PdfiumError as error:
            _say(text="", failed=str(error))
            continue
        written += len(text)
        if written > characters:
            return _say(fault="characters", found=written)
        _say(text=text)
        page.close()
    return None


def _limit(seconds: int, memory: int) -> None:
    """Bound time and memory where the system can."""
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
