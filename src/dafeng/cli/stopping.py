"""Ctrl-C and a polite kill, wherever they fall."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BASE = 128  # a shell adds the number of the signal
CTRL_C = _BASE + signal.SIGINT
"""Exit code after Ctrl-C; after a polite kill it is 143."""


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """Turn the signals that stop a program into ``KeyboardInterrupt``, and note the exit code.

    What is written cleans up after itself then. A library that computes when the signal comes may
    make an error of its own of it: whoever catches one looks here first.
    """
    came: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        came.append(_BASE + number)
        raise KeyboardInterrupt

    if current_thread() is not main_thread():  # signals come to the main thread alone
        yield came
        return
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
