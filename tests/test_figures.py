"""Totals without their trees: what they say of themselves, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dafeng.accounting import Footing, Ground, account_tree, footings
from dafeng.explain import inputs
from dafeng.rulebook import load
from dafeng.rulebook.load import DATA
from dafeng.workspace import Account, Workspace, books

HEAD = {
    "reporters": "reporter,kind,name_zh,region,sector,mark",
    "assignments": "reporter,method,purpose,facility",
    "entries": "reporter,facility,period,item,flow,quantity,unit,source,mark",
    "products": "reporter,period,item,flow,quantity,unit,source,mark,product,kind",
    "measured": "reporter,period,item,parameter,value,unit,source,mark",
}
ENERGY = "comprehensive-energy-2020"
Put = Callable[..., None]


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws")


@pytest.fixture
def put(ws: Workspace, tmp_path: Path) -> Put:
    """Take rows into a table."""

    def take(table: str, *rows: str) -> None:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        path.write_text("\n".join((HEAD[table], *rows)) + "\n", encoding="utf-8")
        done = ws.import_file(path, table="entries" if table == "products" else table)
        assert done.taken == len(rows), done.findings

    return take


@pytest.fixture
def many(ws: Workspace, put: Put) -> Workspace:
    """Two firms with all that a tree may hold: what is missing, measured, kept apart, a proxy."""
    put("reporters", *(f"{name},enterprise,虚构企业,33,30,synthetic" for name in ("mill", "kiln")))
    put(
        "assignments",
        *(f"{name},{ENERGY},energy," for name in ("mill", "kiln")),
        *(f"{name},other-industry-2015,inventory," for name in ("mill", "kiln")),
        f"mill,{ENERGY},energy,boiler",
    )
    put(
        "entries",
        *(f"mill,,2020-{m:02d},diesel,consumed,{m}.5,t,book,synthetic" for m in range(1, 12)),
        *(f"mill,,2023-{m:02d},diesel,consumed,{m}.5,t,book,synthetic" for m in range(1, 13)),
        "mill,,2020,electricity,purchased,10,MWh,bill,reported",
        "mill,,2023,electricity,purchased,10,MWh,bill,",
        "mill,,2023,electricity,self_generated,10,MWh,meter,reported",
        "mill,,2023,raw_coal,consumed,1,t,scale,reported",
        "mill,boiler,2023,raw_coal,consumed,1,t,scale,reported",
        "kiln,,2023,gangue,consumed,3,t,scale,secondary",
        "kiln,,2023,natural_gas,consumed,3,10^4 m3,meter,reported",
    )
    put("measured", "mill,2023,diesel,ncv,43,GJ/t,laboratory,secondary")
    return ws


def figures(ws: Workspace, reporter: str = "") -> dict[str, str]:
    lines = ws.account(reporters=[reporter] if reporter else []).lines
    return {line.figure.rpartition(":")[0]: line.figure for line in lines}


def only(ws: Workspace) -> Account:
    (line,) = ws.account().lines
    return line


def test_a_total_says_of_itself_what_its_tree_says(many: Workspace) -> None:
    lines = many.account().lines
    seen: set[str] = set()
    for line in lines:
        assert line.tree.value == line.grams
        assert line.mark == line.tree.worst, line.figure
        assert line.flags == line.tree.all_flags, line.figure
        own = {node.ref for node in line.tree.walk() if node.kind not in ("coefficient", "account")}
        said = inputs(line.tree.to_dict("en"))
        held = {ref: value for ref, value in line.inputs.items() if not isinstance(value, str)}
        assert held == {ref: value for ref, value in said.items() if ref in own}, line.figure
        seen |= set(line.flags)
    assert {"proxy", "memo", "no_value", "partial", "months_missing"} <= seen


def test_no_tree_is_grown_until_one_is_asked_for(
    many: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = []

    def counted(*given: Any) -> Any:
        grown.append(given)
        return account_tree(*given)

    monkeypatch.setattr(books, "account_tree", counted)
    account = many.account()
    assert account.table().num_rows == len(account.lines) > 4
    assert not grown
    many.explain(account.lines[0].figure)
    assert len(grown) == 1


def test_ids_are_the_same_whoever_else_is_asked_about(many: Workspace) -> None:
    whole = figures(many)
    parts = figures(many, "mill") | figures(many, "kiln")
    assert parts == whole
    assert len(set(whole.values())) == len(whole)


@pytest.fixture
def small(ws: Workspace, put: Put) -> Workspace:
    put("reporters", "mill,enterprise,虚构企业,33,30,synthetic")
    put("assignments", f"mill,{ENERGY},energy,")
    put("entries", *(f"mill,,2023-{m:02d},diesel,consumed,1,t,book,reported" for m in (1, 2)))
    return ws


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("products", "mill,2023-02,diesel,consumed,2,t,book,reported,,correction"),
        ("entries", "mill,,2023-02,diesel,loss,1,t,book,reported"),
        ("entries", "mill,,2023-04,fuel_oil,consumed,0,t,book,reported"),
        ("measured", "mill,2023,diesel,ncv,43,GJ/t,laboratory,reported"),
    ],
    ids=["a correction", "another row", "a row of nothing", "a measured value"],
)
def test_whatever_a_total_rests_on_is_in_its_id(
    small: Workspace, put: Put, table: str, row: str
) -> None:
    before = only(small).figure
    put(table, row)
    after = only(small).figure
    assert after != before
    assert after.rpartition(":")[0] == before.rpartition(":")[0]


def test_what_it_does_not_rest_on_is_not_in_its_id(small: Workspace, put: Put) -> None:
    before = only(small).figure
    put("reporters", "mill,enterprise,改名企业,33,30,synthetic")
    put("measured", "mill,2023,gasoline,ncv,43,GJ/t,laboratory,reported")
    put("entries", "other,,2023,diesel,consumed,1,t,book,reported")
    assert only(small).figure == before


def test_a_run_keeps_one_file_and_only_what_is_new(many: Workspace, put: Put) -> None:
    folder = many.store.path / "figures"
    first = figures(many)
    (file,) = folder.rglob("*.*")
    assert set(pq.ParquetFile(file).read()["figure"].to_pylist()) == set(first.values())
    assert figures(many) == first
    assert list(folder.rglob("*.*")) == [file]
    put("entries", "kiln,,2023,coke,consumed,1,t,scale,reported")
    second = figures(many)
    (added,) = set(folder.rglob("*.*")) - {file}
    changed = set(second.values()) - set(first.values())
    assert set(pq.ParquetFile(added).read()["figure"].to_pylist()) == changed
    assert all(":kiln~" in figure for figure in changed)


def test_an_old_id_tells_a_row_that_changed_however_many_there_are(
    small: Workspace, put: Put
) -> None:
    """A tree shows twenty rows one by one, the largest; a change of the smallest is named too."""
    rows = [f"mill,2022,diesel,consumed,{100 - i},t,book,reported,p{i}" for i in range(40)]
    put("products", *(f"{row},entry" for row in rows))
    old = next(line for line in small.account().lines if line.year == "2022")
    put("products", "mill,2022,diesel,consumed,60,t,book,reported,p39,correction")
    found = small.explain(old.figure)
    assert found.kept
    assert [(before, after) for _, before, after in found.changes] == [(61, None), (None, 60)]


# ---- rows and their hash


ROW = {
    "method": "steel-2013",
    "entry": "000001.00000002",
    "term": "fuels",
    "quantity": 2.5,
    "unit": "t",
    "mark": "reported",
    "sign": 1,
    "coefficient": 3.1e6,
    "inputs": "ncv/ndrc-2013-fuels/diesel|oxidation/ndrc-2013-fuels/diesel",
    "proxy": False,
    "grams": 7_750_000,
}
TYPES = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}
ROWS = pa.schema([(name, TYPES[type(value)]) for name, value in ROW.items()])
OTHER = ROW | {"entry": "000001.00000003", "quantity": 0.1}


def footing(*rows: dict[str, Any], chunks: int = 1) -> Footing:
    """What the rows rest on, as one total."""
    size = -(-len(rows) // chunks)
    parts = [rows[at : at + size] for at in range(0, len(rows), size)]
    table = pa.concat_tables([pa.Table.from_pylist(list(part), ROWS) for part in parts])
    (found,) = footings(Ground(load(), {}, {}), table, ["method"]).values()
    return found


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("entry", "000001.00000004"),
        ("quantity", 2.5000000000000004),
        ("quantity", None),
        ("unit", "kg"),
        ("mark", "secondary"),
        ("sign", -1),
        ("coefficient", 3.1000000000000005e6),
        ("coefficient", None),
        ("inputs", "ncv/ndrc-2013-fuels/diesel"),
        ("proxy", True),
        ("grams", 7_750_001),
        ("grams", None),
        ("term", "electricity"),
    ],
)
def test_each_part_of_a_row_is_in_the_hash(column: str, value: object) -> None:
    assert footing(ROW, OTHER).contents != footing(ROW | {column: value}, OTHER).contents


def test_the_order_of_rows_and_how_they_were_fetched_is_not() -> None:
    third = OTHER | {"entry": "000002.00000001"}
    first = footing(ROW, OTHER, third)
    assert first.contents == footing(third, ROW, OTHER, chunks=3).contents
    assert first.contents != footing(ROW, OTHER, third, third).contents
    assert first.entries.to_pylist() == [row["entry"] for row in (ROW, OTHER, third)]
    assert first.quantities.to_pylist() == [2.5, 0.1, 0.1]


def test_a_rule_that_changed_is_in_the_hash(tmp_path: Path) -> None:
    """The coefficient may be the same to the last digit; the mark of an input counts."""
    (tmp_path / "parameters").mkdir()
    held = (DATA / "parameters" / "ndrc-2013-fuels.yaml").read_text(encoding="utf-8")
    lower = held.replace("checked: V\n", "checked: M\n")
    assert lower != held
    (tmp_path / "parameters" / "ndrc-2013-fuels.yaml").write_text(lower, encoding="utf-8")
    rules = load(DATA, tmp_path)
    table = pa.Table.from_pylist([ROW], ROWS)
    (changed,) = footings(Ground(rules, {}, {}), table, ["method"]).values()
    before = footing(ROW)
    assert (before.mark, changed.mark) == ("republished", "recalled")
    assert before.contents != changed.contents


def test_no_rows_rest_on_nothing() -> None:
    assert footings(Ground(load(), {}, {}), ROWS.empty_table(), ["method"]) == {}
