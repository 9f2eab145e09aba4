"""The reference pages say what the data say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import build_reference
import pytest

from dafeng.indicators import indicators
from dafeng.plan import plans
from dafeng.rulebook import load


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reference")
    assert build_reference.main(["--folder", str(place)]) == 0
    return place


def test_committed_pages_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_reference.main(["--check"]) == 0, capsys.readouterr().err


def test_another_run_writes_the_same(folder: Path) -> None:
    command = [sys.executable, "-X", "utf8", build_reference.__file__, "--check", "--folder"]
    ran = subprocess.run([*command, str(folder)], capture_output=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr.decode()


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("changed", "units.md"),
        ("missing", "units.md"),
        ("left over", "old.md"),
        ("changed", "rules/index.html"),
        ("left over", "rules/old.html"),
    ],
)
def test_a_stale_page_is_named(
    folder: Path, what: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = folder / name
    before = page.read_text(encoding="utf-8") if page.exists() else None
    if what == "missing":
        page.unlink()
    else:
        page.write_text("other", encoding="utf-8")
    code = build_reference.main(["--check", "--folder", str(folder)])
    if before is None:
        page.unlink()
    else:
        page.write_text(before, encoding="utf-8")
    assert code == 1
    assert page.name in capsys.readouterr().err


def test_every_rule_has_its_place(folder: Path) -> None:
    text = {page.stem: page.read_text(encoding="utf-8") for page in folder.glob("*.md")}
    rules = load()
    for page, ids in (
        ("documents", rules.documents),
        ("parameters", rules.sets),
        ("methods", rules.methods),
        ("scales", rules.scales),
        ("formulas", rules.formulas),
        ("scorecards", rules.scorecards),
        ("deadlines", rules.deadlines),
        ("lookups", rules.lookups),
        ("resolvers", rules.resolvers),
        ("plans", plans()),
    ):
        missing = [one for one in ids if f"\n## {one}\n" not in text[page]]
        assert not missing
    assert all(f"| `{one}` |" in text["indicators"] for one in indicators())
