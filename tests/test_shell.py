"""A command of the loaded program does what a started one does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from shell import FORKS, Shell

pytestmark = pytest.mark.skipif(not FORKS, reason="programs are started one by one here")


@pytest.fixture
def started(loaded: Shell) -> Shell:
    return Shell(loaded.env)


@pytest.mark.parametrize(
    "words",
    [
        ["board", "--help", "--lang", "en"],
        ["rules", "show", "coke", "--json"],
        ["plans", "show", "nowhere"],
        ["account", "--nope"],
    ],
    ids=" ".join,
)
def test_it_prints_and_ends_as_a_started_one(
    loaded: Shell, started: Shell, tmp_path: Path, words: list[str]
) -> None:
    assert loaded.run(["dafeng", *words], tmp_path) == started.run(["dafeng", *words], tmp_path)


def test_each_command_has_its_own_folder_and_language(loaded: Shell, tmp_path: Path) -> None:
    for name, lang in (("one", "zh"), ("two", "en"), ("three", "zh")):
        (tmp_path / name).mkdir()
        printed, code = loaded.run(["dafeng", "init", "--lang", lang], tmp_path / name)
        assert (code, "workspace" in printed) == (0, lang == "en")
        assert (tmp_path / name / "workspace.yaml").is_file()


def test_other_programs_are_started(loaded: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("一\n", encoding="utf-8")
    assert loaded.run(["cat", "a.txt"], tmp_path) == ("一\n", 0)
    assert loaded.run(["ls", "nowhere"], tmp_path)[1] != 0


def test_a_command_that_is_killed_is_told_whatever_it_printed(tmp_path: Path) -> None:
    shell = Shell({})
    with pytest.raises(ChildProcessError, match=r"SIGKILL\nall is well"):
        shell.run(["/bin/sh", "-c", "echo all is well; kill -9 $$"], tmp_path)
    answers = "import sys\nfor line in sys.stdin: print(-14, flush=True)"
    with (
        subprocess.Popen(  # noqa: S603  in place of the loaded program
            [sys.executable, "-c", answers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as loaded,
        pytest.raises(ChildProcessError, match="SIGALRM"),
    ):
        Shell({}, loaded).run(["dafeng", "board"], tmp_path)
