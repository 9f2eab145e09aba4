"""The documents tell the truth: their console and Python examples are run and compared.

In a block marked ``console``, a line ``$ command`` is run and the lines after it are the output
it must have, apart from trailing spaces; a line ``...`` stands for any lines. Blocks marked
``python`` run in one namespace per document. All blocks of a document share one folder, in order;
``$DAFENG_REPO`` is the repository. ``no-run`` after the language skips a block. The only commands
are ``dafeng``, ``cp``, ``cat``, ``ls`` and ``echo $?`` (the exit code of the command before). How
they are run without loading Dafeng for each says ``shell.py``.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shell import Shell, environment

REPO = Path(__file__).resolve().parent.parent
DOCUMENTS = [REPO / "README.md", REPO / "README.zh.md", *sorted((REPO / "docs").rglob("*.md"))]
STARTED = DOCUMENTS[:2]
"""Documents whose commands are started one by one, as by a reader; a start takes a second."""
COMMANDS = {"dafeng", "cp", "cat", "ls"}
SHELL_SYNTAX = re.compile(r"[|<>;&`*]")
ANY_LINES = "..."

# --- Reading a document -----------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, its first line's number, its lines."""

    language: str
    marks: tuple[str, ...]
    line: int
    lines: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether the block is an example that must hold."""
        return self.language in {"console", "python"} and "no-run" not in self.marks


@dataclass(frozen=True)
class Step:
    """A command of a console block and the output that the document prints."""

    line: int
    command: str
    expected: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """Fenced blocks in order; one that is never closed is an error of the document."""
    fence, info, start = "", [""], 0
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not fence:
            if opened := re.match(r"(`{3,})([^`]*)$", line):
                fence, info, start, inside = opened[1], opened[2].split() or [""], number + 1, []
        elif line.rstrip() == fence:
            yield Block(info[0], tuple(info[1:]), start, tuple(inside))
            fence = ""
        else:
            inside.append(line)
    if fence:
        raise ValueError(f"line {start - 1}: the block is not closed")


def steps(block: Block) -> Iterator[Step]:
    """Commands of a console block, each with the lines that follow it."""
    command, number = "", block.line
    expected: list[str] = []
    for offset, line in enumerate(block.lines):
        if line.startswith("$ "):
            if command:
                yield Step(number, command, tuple(expected))
            command, number, expected = line[2:], block.line + offset, []
        elif not command:
            raise ValueError(f"line {block.line + offset}: output stands before any command")
        elif command.endswith("\\") and not expected:
            command = command[:-1] + line.removeprefix(">").strip()
        else:
            expected.append(line)
    if command:
        yield Step(number, command, tuple(expected))


# --- Comparing --------------------------------------------------------------------------------


def matches(expected: tuple[str, ...], actual: tuple[str, ...]) -> bool:
    """Whether ``actual`` is what the document says; a line ``...`` stands for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == ANY_LINES else re.escape(line) + r"\n" for line in tidy(expected)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in tidy(actual))) is not None


def tidy(lines: tuple[str, ...]) -> list[str]:
    """Lines without trailing spaces, and without empty lines at the end."""
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").split("\n")


def difference(expected: tuple[str, ...], actual: tuple[str, ...]) -> str:
    """What a reader of a failed test needs: both sides, line by line."""
    return "\n".join(
        difflib.unified_diff(
            tidy(expected), tidy(actual), "the document says", "the command prints", lineterm=""
        )
    )


# --- Running ----------------------------------------------------------------------------------


def arguments(command: str, env: Mapping[str, str]) -> list[str]:
    """Split a command; refuse what a reader could not rely on without a certain shell."""
    if SHELL_SYNTAX.search(command):
        raise ValueError(f"shell syntax is not allowed in examples: {command}")
    parts = shlex.split(string.Template(command).substitute(env))
    if parts[0] not in COMMANDS:
        raise ValueError(f"{parts[0]} is not one of {sorted(COMMANDS)}")
    return parts


def check_console(block: Block, folder: Path, shell: Shell) -> None:
    """Run each command of a block and compare what it prints."""
    actual: tuple[str, ...]
    code = 0
    for step in steps(block):
        if step.command == "echo $?":
            actual = (str(code),)
        else:
            printed, code = shell.run(arguments(step.command, shell.env), folder)
            actual = tuple(printed.splitlines())
        assert "Traceback (most recent call last):" not in actual, "\n".join(actual)
        assert matches(step.expected, actual), (
            f"line {step.line}: $ {step.command}\n{difference(step.expected, actual)}"
        )


def check_python(block: Block, document: str, namespace: dict[str, Any]) -> None:
    """Run a block; its line numbers in a traceback are those of the document."""
    code = "\n" * (block.line - 1) + "\n".join(block.lines)
    exec(compile(code, document, "exec"), namespace)  # noqa: S102  our own documents


def examples(document: Path) -> list[Block]:
    """The blocks of a document that are run."""
    text = document.read_text(encoding="utf-8")
    return [block for block in blocks(text) if block.runs]


def commands(document: Path) -> int:
    """How many commands a document runs, which tells about how long it takes."""
    return sum(line.startswith("$ ") for block in examples(document) for line in block.lines)


LONGEST_FIRST = sorted(filter(examples, DOCUMENTS), key=commands, reverse=True)


@pytest.mark.parametrize(
    "document",
    LONGEST_FIRST,
    ids=lambda document: document.relative_to(REPO).as_posix(),
)
def test_examples_of_the_document_hold(
    document: Path, loaded: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(loaded.env) if document in STARTED else loaded
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAFENG_REPO", str(REPO))
    monkeypatch.delenv("DAFENG_LANG", raising=False)
    namespace: dict[str, Any] = {"__name__": "__example__"}
    for block in examples(document):
        if block.language == "console":
            check_console(block, tmp_path, shell)
        else:
            check_python(block, str(document), namespace)


# --- The runner itself ------------------------------------------------------------------------

DOCUMENT = """\
Text with `code`.

```console
$ cat \\
>   a.txt
one
$ ls
a.txt
```

```console no-run
$ rm -rf /
```

````python
x = 1
```
````
"""


def lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("", ""),
        ("one|two", "one|two"),
        ("one  |two", "one|two   |  |"),  # trailing spaces and empty lines at the end
        ("...", ""),
        ("...", "one|two"),
        ("one|...", "one"),
        ("one|...|four", "one|two|three|four"),
        ("...|two|...|four|...", "one|two|three|four|five"),
        ("a.c (1)", "a.c (1)"),  # signs that mean something in a pattern
    ],
)
def test_output_matches(expected: str, actual: str) -> None:
    assert matches(lines(expected), lines(actual))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("one", ""),
        ("", "one"),
        ("one|two", "two|one"),
        ("one", "one|two"),
        ("  one", "one"),  # leading spaces count
        ("one||two", "one|two"),  # so do empty lines inside
        ("one|...|four", "one|two"),
        ("a.c", "abc"),
        ("one ...", "one two"),  # only a whole line stands for any lines
    ],
)
def test_output_does_not_match(expected: str, actual: str) -> None:
    assert not matches(lines(expected), lines(actual))


def test_difference_names_both_sides() -> None:
    shown = difference(("one", "two"), ("one", "three"))
    assert "-two" in shown
    assert "+three" in shown


def test_blocks_are_read_with_their_lines() -> None:
    console, skipped, python = blocks(DOCUMENT)
    assert console == Block("console", (), 4, tuple(DOCUMENT.splitlines()[3:8]))
    assert [block.runs for block in (console, skipped, python)] == [True, False, True]
    assert python.lines == ("x = 1", "```")


def test_steps_are_commands_with_their_output() -> None:
    console = next(blocks(DOCUMENT))
    assert list(steps(console)) == [
        Step(4, "cat a.txt", ("one",)),
        Step(7, "ls", ("a.txt",)),
    ]


def test_an_open_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 1: the block is not closed"):
        list(blocks("```console\n$ ls"))


def test_output_before_a_command_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 7: output stands before any command"):
        list(steps(Block("console", (), 7, ("one",))))


@pytest.mark.parametrize("command", ["rm a", "cat a | sort", "dafeng x > y", "ls && ls", "ls *"])
def test_other_commands_are_refused(command: str) -> None:
    with pytest.raises(ValueError, match=r"not (allowed|one of)"):
        arguments(command, {})


def test_variables_are_filled_and_unknown_ones_refused() -> None:
    assert arguments("cp $DAFENG_REPO/a 'b c'", {"DAFENG_REPO": "/r"}) == ["cp", "/r/a", "b c"]
    with pytest.raises(KeyError):
        arguments("cat $NOWHERE", {})


@pytest.fixture
def console(tmp_path: Path) -> Callable[..., None]:
    (tmp_path / "a.txt").write_text("one\ntwo\n", encoding="utf-8")

    def check(*text: str) -> None:
        shell = Shell(environment(os.environ))
        check_console(Block("console", (), 1, text), tmp_path, shell)

    return check


def test_a_true_example_passes(console: Callable[..., None]) -> None:
    console("$ cat a.txt", "one", "two", "$ cp a.txt b.txt", "$ cat b.txt", "...", "two")
    console("$ cat a.txt", "...", "$ echo $?", "0")


def test_a_false_example_fails_with_line_and_difference(console: Callable[..., None]) -> None:
    with pytest.raises(AssertionError, match=r"(?s)line 1: \$ cat a\.txt.*-three.*\+two"):
        console("$ cat a.txt", "one", "three")
    with pytest.raises(AssertionError, match=r"echo"):
        console("$ cat a.txt", "...", "$ echo $?", "1")


def test_python_keeps_its_namespace_and_its_lines() -> None:
    namespace: dict[str, Any] = {}
    check_python(Block("python", (), 3, ("x = 1",)), "a.md", namespace)
    check_python(Block("python", (), 9, ("x += 1",)), "a.md", namespace)
    assert namespace["x"] == 2
    with pytest.raises(ZeroDivisionError) as caught:
        check_python(Block("python", (), 20, ("x = 1", "x / 0")), "a.md", namespace)
    assert caught.traceback[-1].lineno == 20  # counted from nought: line 21 of the document
