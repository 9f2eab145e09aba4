"""What is typed wrongly is told in the chosen language, with code, place, cause and mend."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "dafeng.cli"]


def typed(folder: Path, *words: str, lang: str = "zh") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own words
        [*PROGRAM, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"DAFENG_LANG": lang, "PYTHONUTF8": "1", "PATH": ""},
        check=False,
    )


@pytest.mark.parametrize(
    ("lang", "words", "code", "place", "named"),
    [
        ("zh", "bogus", "usage_no_command", "dafeng", "bogus"),
        ("zh", "boord", "usage_near_command", "dafeng", "没有此命令：boord → 相近的命令：board"),
        ("en", "budget alocate", "usage_near_command", "dafeng budget", "near it: allocate"),
        ("en", "budget bogus", "usage_no_command", "dafeng budget", "bogus"),
        ("zh", "account --nope", "usage_no_option", "dafeng account", "--nope"),
        ("en", "board --sorce x", "usage_near_option", "dafeng board", "--source"),
        ("zh", "account --year", "usage_option", "", "--year"),
        ("en", "account more than", "usage_extra", "dafeng account", "more than"),
        ("zh", "board --source x", "usage_bad_value", "dafeng board", "<statistics|reporters>"),
        ("en", "explain", "usage_missing", "dafeng explain", "figure"),
    ],
)
def test_a_slip_of_the_keyboard(
    tmp_path: Path, lang: str, words: str, code: str, place: str, named: str
) -> None:
    run = typed(tmp_path, *words.split(), lang=lang)
    assert (run.returncode, run.stdout) == (2, "")
    first = run.stderr.replace("\n", " ")
    assert first.startswith({"zh": f"错误 {code} ", "en": f"error {code} "}[lang] + place)
    assert named in first
    foreign = "Error" if lang == "zh" else "错误"
    assert foreign not in first
    assert "Traceback" not in first
    assert not [*tmp_path.iterdir()]


def test_a_slip_as_json(tmp_path: Path) -> None:
    run = typed(tmp_path, "account", "--nope", "--json")
    [finding] = json.loads(run.stderr)["findings"]
    assert (finding["code"], finding["place"]) == ("usage_no_option", "dafeng account")


def test_no_words_give_the_help(tmp_path: Path) -> None:
    run = typed(tmp_path, lang="en")
    assert "board" in run.stdout
    assert run.stderr == ""


PAGE = {
    "zh": ["用法：dafeng split [选项] {target}", "参数:", "选项:", "[默认：equal]", "[必填]"],
    "en": ["Usage: dafeng split [OPTIONS] {target}", "Arguments:", "Options:", "[default: equal]",
           "[required]"],
}  # fmt: skip


@pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
def test_a_help_page_speaks_one_language(tmp_path: Path, lang: str, other: str) -> None:
    page = typed(tmp_path, "split", "--help", lang=lang).stdout
    assert [words for words in PAGE[lang] if words not in page] == []
    assert [words for words in PAGE[other] if words in page] == []


def test_the_list_of_commands_speaks_one_language(tmp_path: Path) -> None:
    page = typed(tmp_path, "--help").stdout
    assert "用法：dafeng [选项] 命令 [参数]..." in page
    assert "\n命令:\n" in page
    assert "项目准入评审" in page.partition("\n命令:\n")[2]
