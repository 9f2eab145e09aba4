"""What is kept of the books is never believed when damaged: a flipped bit costs time, no figure."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.findings import Finding
from dafeng.vocabulary import Text
from dafeng.workspace import Workspace, files
from dafeng.workspace.books import Books
from dafeng.workspace.shelf import Shelf
from dafeng.workspace.store import Store

FILES = {
    "reporters": "reporter,kind,name_zh,region,sector\nmill,enterprise,厂,33,30",
    "assignments": "reporter,method,purpose\nmill,other-industry-2015,inventory",
    "measured": "reporter,period,item,parameter,value,unit,source\n"
    "mill,2023-01,diesel,ncv,43,GJ/t,laboratory",
    "entries": "reporter,period,item,flow,quantity,unit,source\n"
    "mill,2022,diesel,consumed,100,t,book\n"
    "mill,2023-01,diesel,consumed,10,t,book\n"
    "mill,2023-01,electricity,purchased,50,MWh,bill\n"
    "mill,2023-01,gross_output,produced,5,10^4 CNY,book",
}
TABLE = pa.table(
    {
        "text": pa.array(["coal", "coal", "peat"]).dictionary_encode(),
        "grams": [1, 2, None],
        "amount": [0.5, 1.5, float("nan")],
    }
)
SAID = Text(zh="煤", en="coal")
RECORD = {
    "found": [
        Finding("no_method", "mill", {"entries": 3, "item": SAID}, reporter="mill"),
        Finding("two_methods", "", {}, "figure", "document/clause", SAID, "2024-01-01", "33"),
    ]
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Books with a year, a month, a measured value and months that are missing."""
    folder = tmp_path_factory.mktemp("kept")
    ws = Workspace.create(folder / "ws")
    for table, text in FILES.items():
        path = folder / f"{table}.csv"
        path.write_text(text + "\n", encoding="utf-8")
        assert not ws.import_file(path, table=table).rejected
    return ws


def said(ws: Workspace) -> dict[str, Any]:
    """All that the books say, read anew."""
    opened = Books(Workspace(ws.store.path).store, ws.rules)
    lines = opened.accounts()
    told = [opened.told(year).to_pylist() for year in opened.years]
    return {
        "totals": [(a.figure, a.grams, a.mark, a.said, a.inputs) for a in lines],
        "findings": [repr(finding) for finding in opened.findings()],
        "rows": sorted(map(repr, opened.fetch(opened.rows))),
        "told": told,
    }


def flipped(path: Path, at: int, bit: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= bit
    path.write_bytes(content)


def test_a_flipped_bit_in_any_kept_file_changes_no_figure(books: Workspace) -> None:
    first, cache = said(books), books.store.path / "cache"
    assert len(first["findings"]) == 1
    places = random.Random(4)  # noqa: S311
    held = sorted(path for path in cache.rglob("*") if path.is_file() and path.suffix)
    assert {".json", ".parquet", ".arrow"} <= {path.suffix for path in held}
    for path in held:
        at = places.randrange(path.stat().st_size)
        flipped(path, at, 1 << places.randrange(8))
        assert said(books) == first, (path.name, at)


def table_file(folder: Path) -> tuple[Path, Callable[[], Any]]:
    files.write(TABLE, folder / "t.parquet", ("amount",), ("grams",))
    return folder / "t.parquet", lambda: files.read(folder / "t.parquet")


def record_file(folder: Path) -> tuple[Path, Callable[[], Any]]:
    shelf = Shelf(folder)
    shelf.note("r", RECORD)
    return folder / "r.json", lambda: shelf.record("r")


def flips(path: Path) -> Iterator[int]:
    """Flip each byte of a file in turn, and back."""
    sound = path.read_bytes()
    for at in range(len(sound)):
        flipped(path, at, 1 << at % 8)
        yield at
        path.write_bytes(sound)


def test_a_table_is_read_as_it_was_written_or_not_at_all(tmp_path: Path) -> None:
    path, read = table_file(tmp_path)
    assert repr(read().to_pylist()) == repr(TABLE.to_pylist())
    assert read().schema == TABLE.schema
    for at in flips(path):
        assert not files.sound([path]), at
        with pytest.raises(ValueError, match=r"t\.parquet|substring|subsection"):
            read()
    assert files.sound([path])


def test_a_record_is_read_as_it_was_written_or_not_at_all(tmp_path: Path) -> None:
    path, read = record_file(tmp_path)
    assert read() == RECORD
    for at in flips(path):
        assert read() is None, at
    assert read() == RECORD


@pytest.mark.parametrize("content", [b"", b"dafeng-crc32:", b"{}", b'{"record": {}}', None])
def test_what_bears_no_sum_is_not_sound(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_bytes(content)
    assert not files.sound([path])
    assert Shelf(tmp_path).record("r") is None


def test_a_record_may_hold_what_looks_like_a_sum(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.note("r", {"found": "dafeng-crc32:00000000"})
    assert shelf.record("r") == {"found": "dafeng-crc32:00000000"}


def test_what_was_found_sound_today_stays_for_who_may_be_reading_it(tmp_path: Path) -> None:
    used, lost = tmp_path / "t-used.parquet", tmp_path / "t-lost.parquet"
    for path in (used, lost):
        files.write(TABLE, path)
        os.utime(path, (0, 0))
    assert files.sound([used])
    files.clear(tmp_path, ())
    assert (used.is_file(), lost.is_file()) == (True, False)


def test_what_is_added_while_books_are_opened_is_in_the_next_ones(
    books: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing may be kept under the name of tables of which only some were seen."""
    ws = Workspace(shutil.copytree(books.store.path, tmp_path / "ws"))
    first, content = said(ws), Store.content
    added = tmp_path / "measured.csv"
    added.write_text(FILES["measured"].replace("43", "42"), encoding="utf-8")

    def late(store: Store, tables: Iterable[str]) -> str:
        monkeypatch.setattr(Store, "content", content)
        assert ws.import_file(added, table="measured").taken
        return content(store, tables)

    monkeypatch.setattr(Store, "content", late)
    assert said(ws) == first
    after = said(ws)
    assert after["totals"] != first["totals"]
    shutil.rmtree(ws.store.path / "cache")
    assert said(ws) == after
