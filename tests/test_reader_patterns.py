"""Patterns that are tried only at the signs that they can begin with find what they find at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dafeng.reader import grammar, propose
from dafeng.reader.lexicon import fold_text, guarded
from dafeng.reader.quantity_patterns import figure_words, head_pattern, scales, units
from dafeng.reader.time_patterns import before_pattern, time_pattern

FOLDER = Path(__file__).parent / "cases" / "reader"
PATTERNS = [
    lambda: head_pattern(chinese=True),
    lambda: head_pattern(chinese=False),
    lambda: time_pattern(chinese=True),
    lambda: time_pattern(chinese=False),
    before_pattern,
    lambda: grammar._anchor(chinese=True),
]
PIECES = [
    *figure_words(),
    *scales(),
    *units(),
    *"0123456789",
    "2025",
    "2030年",
    " ",
    "，",
    "<>",
    "xx",
]
PIECES += [
    "第",
    "no. ",
    "gb ",
    "百分之",
    "十四五",
    "“",
    "(",
    "（",
    "[",
    "〔",
    "by ",
    "the end of ",
    "到",
]
PIECES += [
    "14th five-year plan",
    "于",
    "july 2021",
    "较",
    "compared with ",
    "since ",
    "over ",
    "first ",
    "months of ",
    "on the ",
    "as of ",
    "between ",
    "year-end",
    ", released in ",
]


def unguarded(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The same pattern, tried at every sign."""
    guard, _, rest = pattern.pattern.partition("])")
    assert guard.startswith("(?=[")
    begin, _, behind = rest.partition("(?=")  # the first signs of the words, up to their bracket
    depth = 1
    for sign in re.finditer(r"\\.|[()]", behind):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if not depth:
            return re.compile(begin + behind[sign.end() :], pattern.flags & re.ASCII)
    raise AssertionError(pattern.pattern)


ENGLISH = (PATTERNS[1], PATTERNS[3])


def met(made: Callable[[], re.Pattern[str]], text: str) -> str:
    """What of a text a pattern can meet: those for English are tried on no Chinese."""
    return re.sub("[一-龥]", "", text) if made in ENGLISH else text


@cache
def texts() -> list[str]:
    """The sentences of the cases, folded."""
    found: list[str] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [fold_text(row["text"]) for row in rows if "text" in row]
    return found


@pytest.mark.parametrize("made", PATTERNS)
def test_the_guard_of_a_pattern_hides_nothing_in_the_cases(
    made: Callable[[], re.Pattern[str]],
) -> None:
    guard, plain = made(), unguarded(made())
    assert len(texts()) > 100
    for text in (met(made, text) for text in texts()):
        assert [m.span() for m in guard.finditer(text)] == [m.span() for m in plain.finditer(text)]


@pytest.mark.parametrize("made", PATTERNS)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_guard_of_a_pattern_hides_nothing(
    made: Callable[[], re.Pattern[str]], text: str
) -> None:
    guard, plain, text = made(), unguarded(made()), met(made, text)
    assert [m.span() for m in guard.finditer(text)] == [m.span() for m in plain.finditer(text)]


def test_a_guard_is_made_of_first_signs() -> None:
    assert re.compile(guarded(["]a", "^", "-"], r"\]a|\^|-")).findall("x]a^-]b") == ["]a", "^", "-"]


@pytest.mark.parametrize("bracketed", ["(2030)", "[2030]", "〔2030〕", "【2030】"])
def test_a_year_in_any_bracket_dates_the_share_before_it(bracketed: str) -> None:
    (found,) = propose(f"The share will rise to 25 % {bracketed}.").proposals
    assert (found.value, found.year) == (25, 2030)


@pytest.mark.parametrize("blank", [" ", "\n", " \n", "\u3000"])
def test_blank_lines_below_a_list_of_units_are_passed_at_once(blank: str) -> None:
    text = "做好节能工作。\n责任单位：省生态环境厅\n" + blank * 300_000
    (measure,) = propose(text).measures
    assert measure.text == "做好节能工作。"
