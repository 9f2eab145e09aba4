"""What a user's machine does: it stops, fills up, forbids, damages; never a trace, never a half."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.cli import verbs
from dafeng.cli.outcome import Outcome
from dafeng.findings import Finding
from dafeng.ledger import spreadsheet
from dafeng.vocabulary import Fault, write_file, write_files
from dafeng.workspace import Workspace
from dafeng.workspace.shelf import Shelf
from dafeng.workspace.store import Store

CTRL_C, KILLED, BAD_INPUT, BROKEN = 130, 143, 2, 3


@pytest.fixture
def books(tmp_path: Path) -> Workspace:
    """One mill with two months and a price of nothing but rules."""
    ws = Workspace.create(tmp_path / "ws")
    rows = {
        "reporters": "reporter,kind,name_zh,region,sector,mark\nmill,enterprise,厂,33,30,synthetic",
        "assignments": "reporter,method,purpose\nmill,other-industry-2015,inventory",
        "entries": "reporter,period,item,flow,quantity,unit,source,mark\n"
        "mill,2023-01,diesel,consumed,1,t,book,synthetic\n"
        "mill,2023-02,diesel,consumed,2,t,book,synthetic",
    }
    for table, text in rows.items():
        file = tmp_path / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        assert not ws.import_file(file, table=table).rejected
    return ws


def totals(ws: Workspace) -> list[tuple[str, int | None]]:
    return [(line.figure, line.grams) for line in ws.account().lines]


def full(*_given: Any, **_named: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def ran(verb: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, **given: Any) -> int:
    """Run a function in place of a verb."""
    monkeypatch.setattr(verbs, "_called", lambda _name: verb)
    return verbs.run("board", "zh", as_json=False, **given)


# --- stopped -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, CTRL_C), (signal.SIGTERM, KILLED)], ids=["ctrl-c", "kill"]
)
@pytest.mark.parametrize("dressed", [False, True], ids=["plain", "as an error of a library"])
def test_a_stop_ends_with_words_and_its_exit_code(
    number: int,
    code: int,
    dressed: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def busy(_lang: str) -> Outcome:
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt as stop:
            if dressed:  # as DuckDB does
                raise RuntimeError("Query interrupted") from stop
            raise
        return Outcome()

    before = signal.getsignal(number)
    assert ran(busy, monkeypatch) == code
    said = capsys.readouterr().err
    assert "stopped" in said
    assert "internal_error" not in said
    assert signal.getsignal(number) is before


def test_a_stop_while_the_program_is_loaded_leaves_no_trace() -> None:
    program = (
        "import signal, sys, dafeng.__main__\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'dafeng.cli':\n"
        "            signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        "dafeng.__main__.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout, done.stderr) == (CTRL_C, b"", b"")


def test_a_command_runs_outside_the_main_thread_too(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(ran(lambda _lang: Outcome(), monkeypatch))
    )
    thread.start()
    thread.join()
    assert codes == [0]


# --- full or forbidden -------------------------------------------------------------------------


def test_files_that_belong_together_are_all_new_or_all_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    write_files({first: "old", second: "old"})
    write = Path.write_bytes
    written: list[Path] = []

    def one_only(path: Path, data: bytes) -> int:
        if written:
            write(path, data[:1])  # as much as there was room for
            full()
        written.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", one_only)
    with pytest.raises(OSError, match="No space left") as caught:
        write_files({first: "new", second: "new"})
    assert caught.value.filename == str(second)
    assert [first.read_text(), second.read_text()] == ["old", "old"]
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_a_file_keeps_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_file(link, "二\n")
    assert link.is_symlink()
    assert real.read_bytes() == "二\n".encode()
    assert real.stat().st_mode & 0o777 == 0o640
    write_file(Path(os.devnull), "a device has no place beside it")
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, "")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "not_allowed"),
        (errno.EISDIR, "not_a_file"),
        (errno.ENAMETOOLONG, "name_too_long"),
        (errno.ENOENT, "no_file"),
        (errno.EIO, "file_error"),
    ],
)
def test_what_the_machine_refuses_has_words(
    number: int, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_lang: str) -> Outcome:
        raise OSError(number, os.strerror(number), "out.svg")

    assert ran(refused, monkeypatch) == BAD_INPUT
    assert f"{code} out.svg" in capsys.readouterr().err
    finding = Finding(code, "out.svg", {"reason": "–"})
    assert finding.cause("zh").isascii() is False
    assert finding.mend("en").isascii()


def test_a_batch_is_whole_or_not_there(books: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    more = books.store.path.parent / "more.csv"
    more.write_text(
        "reporter,period,item,flow,quantity,unit,source,mark\n"
        "mill,2023-03,diesel,consumed,1,t,book,synthetic",
        encoding="utf-8",
    )
    held = sorted(books.store.path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left") as caught:
            books.import_file(more)
        assert str(caught.value.filename).endswith(".parquet")
    assert sorted(books.store.path.rglob("*")) == held
    assert books.import_file(more).batch.startswith("000002-")


def test_a_full_disk_keeps_nothing_and_changes_no_figure(
    books: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = totals(books)
    for folder in ("cache", "figures"):
        shutil.rmtree(books.store.path / folder)
    write, place = Path.write_bytes, str(books.store.path)

    def full_here(path: Path, data: bytes) -> int:
        if str(path).startswith(place) and len(data):  # an empty file finds room
            full()
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_here)
    assert totals(books) == expected


def test_a_trace_that_cannot_be_kept_is_no_second_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_lang: str) -> Outcome:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert ran(broken, monkeypatch) == BROKEN
    said = capsys.readouterr().err
    assert "internal_error_lost" in said
    assert "ZeroDivisionError" in said


# --- damaged -----------------------------------------------------------------------------------


def test_a_cache_that_breaks_a_command_is_made_again(
    books: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = books.store.path / "cache"
    for error in (RuntimeError("ZSTD"), OSError("no number"), Fault("cache_broken")):
        cache.mkdir(exist_ok=True)

        def needs_another(_lang: str, workspace: Path, error: Exception = error) -> Outcome:
            if (workspace / "cache").is_dir():
                raise error
            return Outcome(["41"])

        assert ran(needs_another, monkeypatch, workspace=books.store.path) == 0
        assert capsys.readouterr().out.strip() == "41"


def test_what_enters_the_books_is_never_done_twice(
    books: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (books.store.path / "cache").mkdir(exist_ok=True)
    calls = []

    def breaks(_lang: str, workspace: Path) -> Outcome:
        calls.append(workspace)
        raise RuntimeError

    monkeypatch.setattr(verbs, "_called", lambda _name: breaks)
    for verb, times in (("import_", 1), ("read_accept", 1), ("board", 2)):
        calls.clear()
        (books.store.path / "cache").mkdir(exist_ok=True)
        verbs.run(verb, "zh", as_json=False, workspace=books.store.path)
        assert len(calls) == times


def test_bad_input_is_no_reason_to_forget_the_cache(
    books: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (books.store.path / "cache").mkdir(exist_ok=True)
    calls = []

    def refused(_lang: str, workspace: Path) -> Outcome:
        calls.append(workspace)
        raise Fault("no_workspace", str(workspace))

    assert ran(refused, monkeypatch, workspace=books.store.path) == BAD_INPUT
    assert len(calls) == 1
    assert (books.store.path / "cache").is_dir()


@pytest.mark.parametrize("text", ["[1]", "{", '{"_": "finding"}', '{"_": "text"}', "nonsense"])
def test_a_record_that_is_none_counts_as_missing(tmp_path: Path, text: str) -> None:
    shelf = Shelf(tmp_path / "cache")
    (shelf.folder / "state.json").write_text(text, encoding="utf-8")
    assert shelf.record("state") is None


def test_a_damaged_batch_is_named(books: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    (batch,) = books.store.batches("entries")
    content = bytearray(batch.read_bytes())
    content[: len(content) // 2] = bytes(len(content) // 2)
    batch.write_bytes(content)
    code = verbs.run(
        "account",
        "en",
        as_json=True,
        workspace=books.store.path,
        reporter=[],
        year=None,
        data_year=None,
        as_of=None,
    )
    (finding,) = json.loads(capsys.readouterr().err)["findings"]
    assert (code, finding["code"], finding["place"]) == (BAD_INPUT, "batch_broken", str(batch))


def test_damaged_figures_count_as_not_kept(books: Workspace) -> None:
    expected = totals(books)
    (kept,) = (books.store.path / "figures" / "accounts").glob("*.parquet")
    kept.write_bytes(b"PAR1")
    figure = f"{expected[0][0][:-1]}!"  # an old id
    assert not books.explain(figure).kept
    store = Store(books.store.path)
    store.keep_figure("a:b:c:d:e", {"x": 1})
    (store.path / "figures" / "a" / "b" / "c" / "d" / "e.json").write_text('{"x"')
    assert store.kept_figure("a:b:c:d:e") is None
    assert totals(books) == expected


# --- terminals ---------------------------------------------------------------------------------


def run(*words: str, into: Any = subprocess.PIPE, **environment: str) -> Any:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "dafeng.cli", *words],
        stdout=into,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
    )


def test_json_is_json_where_the_terminal_knows_no_chinese() -> None:
    done = run("plans", "list", "--json", PYTHONIOENCODING="ascii")
    plain = run("plans", "list", "--json", PYTHONIOENCODING="utf-8")
    assert done.returncode == plain.returncode == 0
    assert json.loads(done.stdout.decode("ascii")) == json.loads(plain.stdout.decode("utf-8"))
    shown = run("plans", "list", PYTHONIOENCODING="ascii")
    assert (shown.returncode, b"Traceback" in shown.stderr) == (0, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_output_that_finds_no_room_is_an_error(form: list[str]) -> None:
    with Path("/dev/full").open("wb") as nowhere:
        done = run("plans", "list", "--lang", "en", *form, into=nowhere)
    assert done.returncode == BAD_INPUT
    assert b"disk_full" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = run("plans", "list", "--json", into=gone)
    assert done.stderr == b""


# --- what the sweep of the commands found ------------------------------------------------------


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_number_must_be_one(
    number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = ran(lambda _lang, **_given: Outcome(), monkeypatch, gap_tce=float(number))
    assert code == BAD_INPUT
    assert "not_a_number --gap-tce" in capsys.readouterr().err


def test_a_table_for_spreadsheets_has_its_mark() -> None:
    text = spreadsheet(pa.table({"名": ["二"]}))
    assert io.TextIOWrapper(io.BytesIO(text), "utf-8-sig").read() == '"名"\n"二"\n'


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["room", "--region", "33", "--plan", "nope"], "unknown_plan"),
        (["budget", "monitor", "--region", "nowhere", "--as-of", "2023"], "unknown_region"),
        (["budget", "settle", "--year", "2023", "--region", "浙江"], "budget_none"),
        (
            ["budget", "allocate", "--region", "33", "--year", "2023", "--total", "9", "--cases"],
            "budget_cases_unused",
        ),
        (["portfolio", "select", "--years", "1800-1801"], "bad_period"),
        (["budget", "backtest", "--series"], "unreadable_file"),
    ],
    ids=lambda given: given if isinstance(given, str) else given[0],
)
def test_a_slip_is_not_passed_over(
    words: list[str], code: str, books: Workspace, tmp_path: Path
) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    from dafeng.cli import app  # noqa: PLC0415

    empty = tmp_path / "empty.csv"
    empty.touch()
    given = [*words, str(empty)] if words[-1].startswith("--") else words
    done = CliRunner().invoke(app, [*given, "-w", str(books.store.path), "--json"])
    assert done.exit_code == BAD_INPUT
    assert [one["code"] for one in json.loads(done.stderr)["findings"]] == [code]


@pytest.mark.parametrize("words", [["allocate", "--total", "9"], ["settle"], ["backtest"]])
def test_books_without_a_firm_have_no_budgets(words: list[str], tmp_path: Path) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    from dafeng.cli import app  # noqa: PLC0415

    Workspace.create(tmp_path / "ws", region="33")
    given = ["budget", *words, "--year", "2023", "-w", str(tmp_path / "ws"), "--json"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == BAD_INPUT
    assert "budget_no_enterprises" in done.stderr
