"""Amounts of enterprises: what lacks, is too large or is not asked for gives no wrong figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace, grade_books
from dafeng.workspace.books import Books
from dafeng.workspace.firm_amounts import Part, amounts_of

HEADS = {
    "reporters": "reporter,kind,name_zh,region,sector",
    "assignments": "reporter,facility,method,purpose,first,last",
    "entries": "reporter,period,item,flow,quantity,unit,source,mark,product",
}


def put(ws: Workspace, table: str, rows: Iterable[str]) -> None:
    path = ws.store.path / f"new-{table}.csv"
    path.write_text("\n".join([HEADS[table], *rows]) + "\n", encoding="utf-8")
    ws.import_file(path, table=table)


def mill(folder: Path, diesel: float, value_added: Sequence[float], *others: str) -> Workspace:
    ws = Workspace.create(folder)
    firms = ("mill", *others)
    put(ws, "reporters", [f"{who},enterprise,厂,33,30" for who in firms])
    methods = {"inventory": "other-industry-2015", "energy": "comprehensive-energy-2020"}
    named = [(who, why, name) for who in firms for why, name in methods.items()]
    put(ws, "assignments", [f"{who},,{name},{why},," for who, why, name in named])
    told = [(f"{who},2023-{m:02d}", q) for who in firms for m, q in enumerate(value_added, 1)]
    burnt = [f"{row},diesel,consumed,{diesel},t,x,synthetic," for row, _ in told]
    made = [f"{row},value_added,produced,{q},yuan,x,synthetic,2020" for row, q in told]
    put(ws, "entries", burnt + made)
    return ws


def value_added(ws: Workspace) -> Part:
    books = Books(ws.store, ws.rules)
    return amounts_of(books, load(), books.reporters(), 2023).part("value_added")


def test_who_tells_of_nothing_but_value_added_at_constant_prices_is_graded(tmp_path: Path) -> None:
    ws = mill(tmp_path, 100, [1e6] * 12, "other")  # each is compared with the mean of both
    found = grade_books(ws, "carbon-efficiency", "2023").ratings
    assert {one.who: str(one.graded.value) for one in found} == {"mill": "1.0", "other": "1.0"}
    assert all(one.graded.grade for one in found)


def test_a_month_that_does_not_fit_is_not_left_out_of_the_sum(tmp_path: Path) -> None:
    part = value_added(mill(tmp_path, 100, [1e6] * 11 + [1e16]))  # in thousandths above 2⁶³
    assert part.reason.tolist() == ["firm_amount_unknown"]
    assert part.value.tolist() != [11e6]


def test_a_sum_that_does_not_fit_names_whose_it_is(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="total_too_large at mill"):
        value_added(mill(tmp_path, 100, [8e14] * 12))


def test_a_year_of_months_that_each_fit_is_refused_too(tmp_path: Path) -> None:
    ws = mill(tmp_path, 4e11, [1e6] * 12)  # about 1.3 × 10¹² t of CO2 a month
    with pytest.raises(Fault, match="total_too_large at mill"):
        ws.account()
