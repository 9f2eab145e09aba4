"""Every text of the data is there in Chinese and in English, and each in its own language."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dafeng.vocabulary import read_yaml

SRC = Path(__file__).resolve().parent.parent / "src" / "dafeng"
READ_NOT_SHOWN = {f"reader/data/{name}.yaml" for name in (
    "comparators", "cues", "impossible", "measures", "numberless", "numbers", "phrases", "places",
    "sentences", "times", "units",
)}  # fmt: skip
"""Words and patterns by which texts are read: each language has its own."""

FILES = sorted(
    file
    for file in SRC.rglob("*.yaml")
    if "data" in file.relative_to(SRC).parts
    and file.relative_to(SRC).as_posix() not in READ_NOT_SHOWN
)
CHINESE = re.compile(r"[\u3400-\u9fff]")
SYMBOL = re.compile(r"[A-Za-z0-9%‰·/^()+\-–≥≤<>=]{1,12}")  # CO2, HFC-134a, ≥: the same in both


def texts(data: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Place, Chinese and English of every mapping that has both."""
    if isinstance(data, dict):
        if "zh" in data and "en" in data:
            yield place, data["zh"], data["en"]
        for key, value in data.items():
            yield from texts(value, f"{place}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts(value, f"{place}[{index}]")


def faults(data: Any) -> list[str]:
    """What is wrong with the texts of a data file."""
    found = []
    for place, zh, en in texts(data):
        if not (isinstance(zh, str) and isinstance(en, str) and zh.strip() and en.strip()):
            found.append(f"{place}: empty or not text: {zh!r}, {en!r}")
            continue
        if not CHINESE.search(zh) and not (zh == en and SYMBOL.fullmatch(zh)):
            found.append(f"{place}: no Chinese in {zh!r}")
        if CHINESE.search(en):
            found.append(f"{place}: Chinese in {en!r}")
        if _fields(zh) != _fields(en):
            found.append(f"{place}: other fields in {zh!r} than in {en!r}")
    return found


def _fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:  # a lone brace: not a template
        return set()


def test_there_are_data_files() -> None:
    assert SRC / "vocabulary" / "data" / "flows.yaml" in FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SRC).as_posix())
def test_both_languages_are_there(file: Path) -> None:
    found = faults(read_yaml(file))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("zh", "en", "right"),
    [
        ("吨", "tonne", True),
        ("CO2", "CO2", True),
        ("HFC-134a", "HFC-134a", True),
        ("单位 {unit}", "unit {unit}", True),
        ("tonne", "tonnes", False),
        ("natural gas, dry", "natural gas, dry", False),
        ("吨", "吨 (t)", False),
        ("吨", "", False),
        (1, "one", False),
        ("单位 {unit}", "unit {label}", False),
    ],
)
def test_faults_are_found_at_any_depth(zh: Any, en: Any, right: bool) -> None:  # noqa: FBT001
    assert (faults({"a": [{"b": {"zh": zh, "en": en}}]}) == []) is right
