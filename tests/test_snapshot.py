"""The snapshot: totals do not depend on how rows are split; a corrected month costs one month."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.accounting import account_totals, join, keyed, totals, whole_sum
from dafeng.workspace.snapshot import Snapshot, Totals, digest, merged, ordered_by_content

Row = dict[str, Any]

BACKEND = ibis.duckdb.connect()
SOME = settings(max_examples=10, deadline=None)
BY = ("reporter", "year", "scope")
MONTHS = ("2023-01", "2023-02", "2024-01")
TERMS = (  # an entry of coal has two terms in one scope; peat has no value
    ("coal", "carbon", "co2", 1, 1.75),
    ("coal", "methane", "ch4", 1, 0.5),
    ("power", "power", "co2", 2, 0.25),
    ("peat", "carbon", "co2", 1, None),
)


def table(rows: Sequence[Row], numbers: Sequence[str], **types: pa.DataType) -> pa.Table:
    kinds = {name: pa.float64() for name in numbers} | types
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
    return pa.Table.from_pylist(list(rows), schema)


def entry(number: int, reporter: str, month: str, item: str, amount: float) -> Row:
    return {
        "reporter": reporter,
        "facility": "",
        "period": month,
        "item": item,
        "flow": "consumed",
        "use": "",
        "product": "",
        "quantity": amount,
        "unit": "t",
        "source": "scales",
        "mark": "synthetic",
        "entry": f"000001.{number:08d}",
        "year": month[:4],
        "amount": amount,
        "basis": "consumption",
        "region": "",
        "method": "m",
        "purpose": "|inventory|",
    }


def activity(rows: Sequence[Row]) -> pa.Table:
    return BACKEND.to_pyarrow(keyed(ibis.memtable(table(rows, ("quantity", "amount")))))


SIDE = [
    *("method", "term", "item", "flow", "basis", "use", "period", "region", "boundary"),
    *("measure", "gas", "scope", "memo", "sign", "coefficient", "inputs", "proxy"),
]
COEFFICIENTS = table(
    [
        entry(0, "", month, item, 0)
        | {"term": term, "gas": gas, "scope": scope, "coefficient": value, "inputs": "x"}
        | {"boundary": "enterprise", "measure": "emission", "memo": "", "sign": 1, "proxy": False}
        for month in MONTHS
        for item, term, gas, scope, value in TERMS
    ],
    ("quantity", "amount", "coefficient"),
    scope=pa.int8(),
    sign=pa.int8(),
    proxy=pa.bool_(),
).select(SIDE)
OVERRIDES = table(
    [
        {"reporter": "a", "facility": "", "method": "m", "term": "carbon", "item": "coal"}
        | {"use": "", "period": MONTHS[1], "region": "", "override": 3.0}
        | {"override_inputs": "measured", "override_proxy": False}
    ],
    ("override",),
    override_proxy=pa.bool_(),
)


def summed(rows: pa.Table, by: Sequence[str] = BY) -> pa.Table:
    coefficients, overrides = ibis.memtable(COEFFICIENTS), ibis.memtable(OVERRIDES)
    found = account_totals(ibis.memtable(rows), coefficients, overrides, by)
    return BACKEND.to_pyarrow(found)


def content(rows: pa.Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in rows.to_pylist()), key=repr)


AMOUNTS = st.floats(0, 1e9, allow_subnormal=False)
LEDGERS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(MONTHS),
        st.sampled_from(["coal", "power", "peat", "ore"]),
        AMOUNTS,
    ),
    min_size=1,
    max_size=30,
).map(lambda rows: activity([entry(number, *row) for number, row in enumerate(rows)]))


# ---- totals


@SOME
@given(LEDGERS, st.sampled_from([BY, ("reporter", "year"), ("year", "gas"), ("term", "item")]))
def test_totals_at_once_are_those_of_the_accounts(rows: pa.Table, by: tuple[str, ...]) -> None:
    coefficients, overrides = ibis.memtable(COEFFICIENTS), ibis.memtable(OVERRIDES)
    accounts = BACKEND.to_pyarrow(join(ibis.memtable(rows), coefficients, overrides))
    assert content(summed(rows, by)) == content(
        BACKEND.to_pyarrow(totals(ibis.memtable(accounts), by))
    )


def test_totals_at_once_by_hand() -> None:
    rows = activity(
        [
            entry(1, "a", MONTHS[0], "coal", 10),  # 10 × 1.75 = 17.5 → 18, and 10 × 0.5 = 5
            entry(2, "a", MONTHS[1], "coal", 10),  # 10 × 3, measured, and 5
            entry(3, "a", MONTHS[0], "power", 10),  # 10 × 0.25 = 2.5 → 3
            entry(4, "a", MONTHS[0], "peat", 10),  # unknown
            entry(5, "b", MONTHS[0], "peat", 10),  # unknown, and all that there is
            entry(6, "b", MONTHS[0], "ore", 10),  # outside the method
        ]
    )
    found = {
        (row["reporter"], row["scope"]): (row["grams"], row["entries"], row["without_value"])
        for row in summed(rows).to_pylist()
    }
    assert found == {("a", 1): (58, 3, 1), ("a", 2): (3, 1, 0), ("b", 1): (None, 1, 1)}


@SOME
@given(LEDGERS, st.randoms(), st.sampled_from([1, 2]))
def test_totals_do_not_depend_on_order_split_or_threads(
    rows: pa.Table, random: Any, threads: int
) -> None:
    at = list(range(rows.num_rows))
    random.shuffle(at)
    cut = random.randrange(len(at))
    BACKEND.raw_sql(f"set threads = {threads}")
    parts = [summed(rows.take(pa.array(part, pa.int64()))) for part in (at[:cut], at[cut:])]
    assert content(merged(parts)) == content(summed(rows))


def test_a_sum_is_whole_in_a_file_too(tmp_path: Path) -> None:
    rows = ibis.memtable(pa.table({"grams": [2**53, 1]}))
    BACKEND.to_parquet(rows.aggregate(grams=whole_sum(rows.grams)), tmp_path / "sum.parquet")
    found = pq.ParquetFile(tmp_path / "sum.parquet").read()
    assert (found.schema.field("grams").type, found["grams"].to_pylist()) == (
        pa.int64(),
        [2**53 + 1],
    )


def test_a_sum_that_does_not_fit_is_refused() -> None:
    part = pa.table({"grams": [2**62], "entries": [1], "without_value": [0], "reporter": ["a"]})
    with pytest.raises(OverflowError):
        merged([part, part])


# ---- the folder


def by_month(rows: pa.Table) -> list[tuple[str, pa.Table]]:
    labels = rows["period"].to_pylist()
    return [
        (month, rows.filter(pa.array([label == month for label in labels])))
        for month in sorted(set(labels))
    ]


@SOME
@given(LEDGERS, st.randoms())
def test_the_hash_is_that_of_the_content(rows: pa.Table, random: Any) -> None:
    at = list(range(rows.num_rows))
    random.shuffle(at)
    half = len(at) // 2
    parts = [rows.take(pa.array(part, pa.int64())) for part in (at[:half], at[half:])]
    other = pa.concat_tables(parts)
    other = pa.table(
        {
            name: other[name].dictionary_encode() if name != "amount" else other[name]
            for name in other.column_names
            if name != "quantity"
        }
        | {"quantity": other["quantity"]}
    ).select(rows.column_names)
    same = ordered_by_content(other)
    assert digest(same) == digest(ordered_by_content(rows))
    changed = same.set_column(13, "amount", pa.array([-1.0] * rows.num_rows))
    assert digest(changed) != digest(same)


class Desk:
    """A snapshot with totals, and the months that had to be computed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.computed = folder, list[str]()
        self.snapshot = Snapshot(folder / "snapshot")
        self.rules = "rules"

    def totals(self) -> pa.Table:
        def compute(month: str) -> pa.Table:
            self.computed.append(month)
            (file,) = self.snapshot.files([month])
            return summed(pq.ParquetFile(file).read())

        self.computed.clear()
        kept = Totals(self.snapshot, self.folder / "totals", lambda _: self.rules, compute)
        return kept.of(self.snapshot.periods)


LEDGER = [
    entry(number, reporter, month, item, 1.1 * number)
    for number, (reporter, month, item) in enumerate(
        (r, m, i) for r in "abc" for m in MONTHS for i in ("coal", "power", "peat")
    )
]


def test_a_corrected_month_costs_one_month_and_gives_the_same(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.snapshot.update(by_month(activity(LEDGER))) == list(MONTHS)
    assert content(desk.totals()) == content(summed(activity(LEDGER)))
    assert desk.computed == list(MONTHS)
    assert desk.snapshot.update(by_month(activity(LEDGER[::-1]))) == []
    later = [row | {"amount": 7.7} if row["entry"].endswith("3") else row for row in LEDGER]
    later = [row for row in later if (row["reporter"], row["period"]) != ("c", MONTHS[1])]
    changed = [pair for pair in by_month(activity(later)) if pair[0] == MONTHS[1]]
    desk.snapshot.update(by_month(activity(LEDGER)))
    assert desk.snapshot.update(changed, others_stay=True) == [MONTHS[1]]
    whole = [row for row in LEDGER if row["period"] != MONTHS[1]]
    whole += [row for row in later if row["period"] == MONTHS[1]]
    assert content(desk.totals()) == content(summed(activity(whole)))
    assert desk.computed == [MONTHS[1]]
    assert len(list((tmp_path / "snapshot").glob("*.parquet"))) == len(MONTHS)
    assert len(list((tmp_path / "totals").glob("*.parquet"))) == len(MONTHS)


def test_changed_rules_cost_every_month(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    desk.totals()
    desk.rules = "other rules"
    desk.totals()
    assert desk.computed == list(MONTHS)


def test_deleting_the_folder_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    before = content(desk.totals()), desk.snapshot.periods
    shutil.rmtree(tmp_path / "snapshot")
    shutil.rmtree(tmp_path / "totals")
    assert desk.snapshot.periods == {}
    desk.snapshot.update(by_month(activity(LEDGER)))
    assert (content(desk.totals()), desk.snapshot.periods) == before


def test_a_month_that_is_no_longer_booked_goes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    rest = [row for row in LEDGER if row["period"] != MONTHS[0]]
    assert desk.snapshot.update(by_month(activity(rest))) == []
    assert list(desk.snapshot.periods) == list(MONTHS[1:])
    assert content(desk.totals()) == content(summed(activity(rest)))


def test_a_change_that_fails_leaves_what_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    before = desk.snapshot.periods
    later = activity([row | {"amount": 1.0} for row in LEDGER])

    def broken() -> Any:
        yield from by_month(later)[:1]
        raise OSError

    with pytest.raises(OSError):
        desk.snapshot.update(broken())
    assert desk.snapshot.periods == before
    assert all(file.is_file() for file in desk.snapshot.files(before))
