"""How long a person waits for ``dafeng --help``, against the interpreter alone."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.registry import Benchmark, Job, Variant, register

# Bytecode may be written, as on a user's machine: otherwise each start would compile the sources.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def _command(*arguments: str) -> Job:
    return partial(
        subprocess.run,
        arguments,
        check=True,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def bare_python(_size: int) -> Job:
    """Start the interpreter and do nothing."""
    return _command(sys.executable, "-c", "pass")


def dafeng_help(_size: int) -> Job:
    """Show the help of the command line."""
    return _command(str(Path(sys.executable).with_name("dafeng")), "--help")


register(
    Benchmark(
        name="startup",
        title="dafeng --help, from nothing to its last line",
        variants=(
            Variant("python -c pass", bare_python, command=True),
            Variant("dafeng --help", dafeng_help, command=True, goal=16.0),
        ),
        rounds=21,
        quick_rounds=5,
    )
)
