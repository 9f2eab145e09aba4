"""Runs commands as a shell would, without loading the program anew for each.

This file is also a program: it loads what commands load, with the rules that come with Dafeng,
and forks for each command that it is told. So a command is a process of its own, with its own
arguments, folder, streams and exit code, and nothing of one command reaches the next. The program
itself runs none, because threads that a library has begun do not survive a fork.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules, walk_packages
from tempfile import NamedTemporaryFile

REPO = Path(__file__).resolve().parent.parent
TIMEOUT = 120
FORKS = hasattr(os, "fork") and sys.platform == "linux"
"""Elsewhere a fork is not safe once libraries are loaded; commands are started as usual."""

LOADED = (
    "altair",
    "docx",
    "highspy",
    "ibis.backends.sql.compilers",
    "pandas",
    "rich.progress",
    "typer",
)
"""Modules that commands load only when they need them; pandas where Arrow finds it."""

NEVER = {"duckdb", "_duckdb"}
"""Modules that begin a thread as soon as they are loaded; at its end, a fork would wait for it."""

# --- Who asks -----------------------------------------------------------------------------------


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """The environment in which examples run: no colour, a fixed width, no language chosen."""
    unwanted = {"DAFENG_LANG", "LC_ALL", "LANGUAGE", "FORCE_COLOR", "CLICOLOR_FORCE"}
    unwanted.add("PYTHONDONTWRITEBYTECODE")  # or each command compiles anew
    kept = {name: value for name, value in base.items() if name not in unwanted}
    programs = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    return {
        **kept,
        "PATH": programs,
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "DAFENG_REPO": str(REPO),
    }


class Shell:
    """Runs programs in a fixed environment; ``dafeng`` by the program that is loaded already."""

    def __init__(self, env: Mapping[str, str], loaded: subprocess.Popen[str] | None = None) -> None:
        """Take the environment, and the loaded program where there is one."""
        self.env, self._loaded = env, loaded

    def run(self, words: Sequence[str], folder: Path) -> tuple[str, int]:
        """Return what a command prints, on either stream, and its exit code.

        Raises:
            ChildProcessError: it did not end by itself, whatever it printed before.
        """
        if self._loaded and words[0] == "dafeng":
            printed, code = self._forked(self._loaded, words, folder)
        else:
            printed, code = self._started(words, folder)
        if code < 0:
            raise ChildProcessError(f"{words}: {signal.Signals(-code).name}\n{printed}")
        return printed, code

    def _started(self, words: Sequence[str], folder: Path) -> tuple[str, int]:
        ran = subprocess.run(  # noqa: S603
            words,
            cwd=folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=TIMEOUT,
            check=False,
        )
        return ran.stdout, ran.returncode

    @staticmethod
    def _forked(
        loaded: subprocess.Popen[str], words: Sequence[str], folder: Path
    ) -> tuple[str, int]:
        assert loaded.stdin
        assert loaded.stdout
        with NamedTemporaryFile("r", encoding="utf-8") as output:
            print(json.dumps([words, str(folder), output.name]), file=loaded.stdin, flush=True)
            code = loaded.stdout.readline()
            assert code, "the loaded program has ended"
            return output.read(), int(code)


@contextmanager
def opened(env: Mapping[str, str]) -> Iterator[Shell]:
    """Load the program, where it can fork, for as long as the shell is used."""
    if not FORKS:
        yield Shell(env)
        return
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", __file__],
        env={**env, "ARROW_DEFAULT_MEMORY_POOL": "system"},  # as ``dafeng`` itself has it
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as loaded:
        yield Shell(env, loaded)


# --- Who is asked -------------------------------------------------------------------------------


def load() -> None:
    """Load all but the command line, which looks at words and environment while it is loaded."""
    import dafeng  # noqa: PLC0415

    rooms = {module.name for module in iter_modules(dafeng.__path__)} - {"cli", "__main__"}
    for room in map(import_module, sorted(f"dafeng.{name}" for name in rooms)):
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    for name in filter(find_spec, LOADED):
        import_module(name)
    dafeng.rulebook.load()  # a command reads them anew if their files change
    assert not NEVER & sys.modules.keys()
    gc.collect()
    gc.freeze()  # a command need not look again at what was here before it


def become(words: list[str], folder: str, output: str) -> None:
    """Turn this process into the command."""
    signal.alarm(TIMEOUT)  # ends it
    os.chdir(folder)
    sys.argv = words
    for stream, place in ((0, os.devnull), (1, output)):
        os.dup2(os.open(place, os.O_RDWR), stream)
    os.dup2(1, 2)
    from dafeng.__main__ import main  # noqa: PLC0415

    main()


def serve() -> None:
    """Run commands, one line of JSON each, and answer with their exit codes."""
    load()
    for line in sys.stdin:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the threads of OpenBLAS and
            child = os.fork()  # jemalloc, both of which see to it that a fork may follow
        if not child:
            become(*json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
