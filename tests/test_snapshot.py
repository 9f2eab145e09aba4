"""The snapshot: totals do not depend on how rows are split; a corrected month costs one month."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.accounting import SUMS, join, keyed, lines_of, totals, whole_sum
from dafeng.engine import Engine
from dafeng.workspace.snapshot import Snapshot, digest, ordered_by_content
from dafeng.workspace.totals import SCHEMA, Summing, Totals, labelled, merged

Row = dict[str, Any]

BACKEND = ibis.duckdb.connect()
SOME = settings(max_examples=10, deadline=None)
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


def worst(inputs: str) -> str:
    return {"x": "official", "measured": "reported"}[inputs]


LINES = lines_of(COEFFICIENTS, OVERRIDES, worst)


def content(rows: pa.Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in rows.to_pylist()), key=repr)


def at_once(folder: Path, rows: pa.Table) -> pa.Table:
    """Totals of a ledger by way of a snapshot of its own, with texts."""
    snapshot = Snapshot(folder)
    snapshot.update(by_month(rows))
    found = Summing(Engine(BACKEND), snapshot, LINES)(list(snapshot.periods))
    return labelled(found, snapshot.numbered("who"))


def by_accounts(rows: pa.Table, by: Sequence[str]) -> pa.Table:
    """The same from the accounts, made row by row."""
    coefficients, overrides = ibis.memtable(COEFFICIENTS), ibis.memtable(OVERRIDES)
    accounts = BACKEND.to_pyarrow(join(ibis.memtable(rows), coefficients, overrides))
    return BACKEND.to_pyarrow(totals(ibis.memtable(accounts), by))


def by_month(rows: pa.Table) -> list[tuple[str, pa.Table]]:
    labels = rows["period"].to_pylist()
    return [
        (month, rows.filter(pa.array([label == month for label in labels])))
        for month in sorted(set(labels))
    ]


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
@given(LEDGERS)
def test_totals_at_once_are_those_of_the_accounts(rows: pa.Table) -> None:
    with TemporaryDirectory() as folder:
        found = at_once(Path(folder), rows)
    by = ("reporter", "facility", "method", "boundary", "measure", "memo")
    sums = found.group_by(list(by)).aggregate([(name, "sum") for name in SUMS])
    expected = by_accounts(rows, ("reporter",)).to_pylist()
    assert {tuple(row[name] for name in by): row["grams_sum"] for row in sums.to_pylist()} == {
        tuple(row[name] for name in by): row["grams"] or 0 for row in expected
    }
    for name in ("entries", "without_value"):
        assert sum(row[f"{name}_sum"] for row in sums.to_pylist()) == sum(r[name] for r in expected)


def test_totals_at_once_by_hand(tmp_path: Path) -> None:
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
        (row["reporter"], row["scope"], row["gas"], row["inputs_mark"]): tuple(
            row[name] for name in SUMS
        )
        for row in at_once(tmp_path, rows).to_pylist()
    }
    assert found == {  # grams, entries, terms, without value; an entry counts at its first term
        ("a", "1", "co2", "official"): (18, 2, 2, 1),
        ("a", "1", "ch4", "official"): (5 + 5, 0, 2, 0),
        ("a", "1", "co2", "reported"): (30, 1, 1, 0),
        ("a", "2", "co2", "official"): (3, 1, 1, 0),
        ("b", "1", "co2", "official"): (0, 1, 1, 1),  # no term has a value: not reported, not zero
    }


@SOME
@given(LEDGERS, st.randoms(), st.sampled_from([1, 2]))
def test_totals_do_not_depend_on_order_split_or_threads(
    rows: pa.Table, random: Any, threads: int
) -> None:
    at = list(range(rows.num_rows))
    random.shuffle(at)
    cut = random.randrange(len(at))
    BACKEND.raw_sql(f"set threads = {threads}")
    with TemporaryDirectory() as folder:
        snapshot = Snapshot(Path(folder))
        snapshot.update(by_month(rows))
        compute, parts = Summing(Engine(BACKEND), snapshot, LINES), []
        whole = compute(list(snapshot.periods))
        for part in (at[:cut], at[cut:]):
            snapshot.update(by_month(rows.take(pa.array(part, pa.int64()))))
            parts.append(compute(list(snapshot.periods)) if part else whole.slice(0, 0))
    assert content(merged(parts)) == content(whole)
    assert content(merged([whole, parts[0]], [parts[0]])) == content(whole)
    assert content(merged([whole], [parts[0]])) == content(merged([parts[1]]))


def test_a_sum_is_whole_in_a_file_too(tmp_path: Path) -> None:
    rows = ibis.memtable(pa.table({"grams": [2**53, 1]}))
    BACKEND.to_parquet(rows.aggregate(grams=whole_sum(rows.grams)), tmp_path / "sum.parquet")
    found = pq.ParquetFile(tmp_path / "sum.parquet").read()
    assert (found.schema.field("grams").type, found["grams"].to_pylist()) == (
        pa.int64(),
        [2**53 + 1],
    )


def test_a_sum_that_does_not_fit_is_refused() -> None:
    row = {"who_no": 0, "label": "x", "grams": 2**62, "entries": 1, "terms": 1, "without_value": 0}
    part = pa.Table.from_pylist([row]).cast(SCHEMA)
    with pytest.raises(OverflowError):
        merged([part, part])


# ---- the folder


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
        self.rules = dict[str, str]()

    def totals(self) -> list[tuple[Any, ...]]:
        summing = Summing(Engine(BACKEND), self.snapshot, LINES)

        def compute(months: Sequence[str], threads: int) -> pa.Table:
            self.computed += months
            return summing(months, threads)

        self.computed.clear()
        kept = Totals(self.snapshot, self.folder / "totals", self.ground, compute)
        found = pa.concat_tables(kept.of(year) for year in ("2023", "2024"))
        return content(labelled(found.unify_dictionaries(), self.snapshot.numbered("who")))

    def ground(self, month: str) -> str:
        return self.rules.get(month, "rules")

    def afresh(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """What a full run over some rows gives, each year for itself."""
        parts = [
            at_once(self.folder / f"afresh-{year}-{len(rows)}-{id(rows)}", chosen)
            for year in ("2023", "2024")
            if (chosen := activity([row for row in rows if row["year"] == year])).num_rows
        ]
        return content(pa.concat_tables(parts))


LEDGER = [
    entry(number, reporter, month, item, 1.1 * number)
    for number, (reporter, month, item) in enumerate(
        (r, m, i) for r in "abc" for m in MONTHS for i in ("coal", "power", "peat")
    )
]


def test_a_corrected_month_costs_one_month_and_gives_the_same(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.snapshot.update(by_month(activity(LEDGER))) == list(MONTHS)
    assert desk.totals() == desk.afresh(LEDGER)
    assert desk.computed == list(MONTHS)
    assert desk.snapshot.update(by_month(activity(LEDGER[::-1]))) == []
    later = [row | {"amount": 7.7 * row["amount"]} for row in LEDGER if row["reporter"] != "c"]
    changed = [pair for pair in by_month(activity(later)) if pair[0] == MONTHS[1]]
    assert desk.snapshot.update(changed, stay=MONTHS) == [MONTHS[1]]
    whole = [row for row in LEDGER if row["period"] != MONTHS[1]]
    whole += [row for row in later if row["period"] == MONTHS[1]]
    assert desk.totals() == desk.afresh(whole)
    assert desk.computed == [MONTHS[1]]
    assert desk.totals() == desk.afresh(whole)
    assert desk.computed == []


def test_totals_say_of_which_months_there_are_rows(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    some = [r for r in LEDGER if (r["reporter"], r["period"]) != ("b", MONTHS[0])]
    desk.snapshot.update(by_month(activity(some)))
    summing = Summing(Engine(BACKEND), desk.snapshot, LINES)
    kept = Totals(desk.snapshot, tmp_path / "totals", desk.ground, summing)
    found = labelled(kept.with_months(MONTHS[0][:4]), desk.snapshot.numbered("who"))
    months = {(r["reporter"], r["inputs_mark"]): r["months"] for r in found.to_pylist()}
    bits = [1 << (int(month[-2:]) - 1) for month in MONTHS if month[:4] == MONTHS[0][:4]]
    assert months["c", "official"] == sum(bits)
    assert months["b", "official"] == sum(bits[1:])
    assert months["a", "reported"] in bits, "measured in one month alone"


def test_a_month_that_comes_later_costs_one_month(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = [row for row in LEDGER if row["period"] != MONTHS[1]]
    desk.snapshot.update(by_month(activity(first)))
    desk.totals()
    desk.snapshot.update(by_month(activity(LEDGER)))
    assert desk.totals() == desk.afresh(LEDGER)
    assert desk.computed == [MONTHS[1]]


def test_changed_rules_cost_every_month(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    desk.totals()
    desk.rules = dict.fromkeys(MONTHS, "other rules")
    desk.totals()
    assert desk.computed == list(MONTHS)


def test_deleting_the_folder_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    before = desk.totals(), desk.snapshot.periods
    shutil.rmtree(tmp_path / "snapshot")
    shutil.rmtree(tmp_path / "totals")
    desk = Desk(tmp_path)
    assert desk.snapshot.periods == {}
    desk.snapshot.update(by_month(activity(LEDGER)))
    assert (desk.totals(), desk.snapshot.periods) == before


def test_a_month_that_is_no_longer_booked_goes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    desk.totals()
    rest = [row for row in LEDGER if row["period"] != MONTHS[0]]
    assert desk.snapshot.update(by_month(activity(rest))) == []
    assert list(desk.snapshot.periods) == list(MONTHS[1:])
    assert desk.totals() == desk.afresh(rest)


def test_a_number_stays_with_whom_it_was_given_to(tmp_path: Path) -> None:
    snapshot = Snapshot(tmp_path)
    snapshot.update(by_month(activity([entry(1, "m", MONTHS[0], "coal", 1)])))
    snapshot.update(by_month(activity([entry(2, "a", MONTHS[1], "coal", 1)])), stay=MONTHS)
    assert snapshot.numbered("who")["reporter"].to_pylist() == ["m", "a"]
    files = snapshot.files(MONTHS[:2])
    numbers = [pq.ParquetFile(path).read()["who_no"].to_pylist() for path in files]
    assert numbers == [[0], [1]]


def test_what_is_not_used_any_more_goes_a_day_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.snapshot.update(by_month(activity(LEDGER)))
    (old,) = desk.snapshot.files(MONTHS[:1])
    rest = [row for row in LEDGER if row["period"] != MONTHS[0]]
    desk.snapshot.update(by_month(activity(rest)))
    assert old.is_file()  # somebody may still be reading it
    os.utime(old, (0, 0))
    desk.snapshot.update(by_month(activity(rest)))
    assert not old.is_file()


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


def test_texts_of_several_lines_are_told_apart() -> None:
    one, other = (pa.table({"text": texts}) for texts in (["a\nb", "c"], ["a", "b\nc"]))
    assert digest(one) != digest(other)
