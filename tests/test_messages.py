"""Every code that the program can speak has its words; every message has a speaker."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dafeng import report
from dafeng.findings import Finding, messages
from dafeng.indicators import indicators
from dafeng.plan import bodies
from dafeng.rulebook import load
from dafeng.vocabulary import Fault, Text, flows, gases, items, marks, regions, sectors, units, uses

SRC = Path(__file__).resolve().parent.parent / "src" / "dafeng"
SPEAKERS = {"Fault", "Finding", "add", "add_finding", "note"}


def spoken() -> Iterator[str]:
    """Codes that stand in the source: the first argument of what raises or notes a fault."""
    for module in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                code = node.args[0]
                if name in SPEAKERS and isinstance(code, ast.Constant):
                    yield str(code.value)


def test_every_code_that_is_spoken_has_a_message() -> None:
    silent = {code for code in spoken() if re.fullmatch(r"[a-z]+(_[a-z]+)+", code)} - set(
        messages()
    )
    assert not silent


def test_every_message_is_spoken_somewhere() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in SRC.rglob("*.py"))
    kinds = {f"unknown_{kind}" for kind in re.findall(r'Entries\("(\w+)"', source)}
    mute = {code for code in messages() if f'"{code}"' not in source} - kinds - {"unknown_id"}
    assert not mute


@pytest.mark.parametrize(
    "book",
    [
        units(),
        items(),
        flows(),
        uses(),
        gases(),
        marks(),
        regions(),
        sectors(),
        bodies(),
        indicators(),
        load().parameters,
    ],
    ids=lambda book: book.kind,
)
def test_an_unknown_label_is_refused_in_both_languages(book: object) -> None:
    with pytest.raises(Fault) as caught:
        book.resolve("no such label", "file.csv:7:column")  # type: ignore[attr-defined]
    finding = Finding.of(caught.value)
    assert finding.place == "file.csv:7:column"
    assert "no such label" in finding.cause("en")
    assert "no such label" in finding.cause("zh")
    assert finding.mend("en") != finding.mend("zh")


def test_bilingual_values_follow_the_language() -> None:
    values = {"item": Text(zh="焦炭", en="coke"), "entries": 2, "year": "2021"}
    finding = Finding("no_value", "firm", values)
    assert "焦炭" in finding.cause("zh")
    assert "coke" in finding.cause("en")
    assert finding.severity == "warning"


def test_warnings_alike_are_counted_and_errors_are_all_told() -> None:
    gaps = [
        Finding("year_incomplete", f"f{n}", {"year": "2024", "months": "2024-05"})
        for n in range(40)
    ]
    faults = [Finding("no_file", f"{n}.csv") for n in range(40)]
    lines = [str(line) for line in report.finding_lines([*gaps, *faults], "en")]
    assert sum("year_incomplete" in line for line in lines[:-1]) == 12
    assert sum("no_file" in line for line in lines) == len(faults)
    assert lines[-1] == "28 more of year_incomplete; --json lists them all"
