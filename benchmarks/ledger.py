"""A province's ledger, from rows to totals: 50,000 reporters, 36 months, 12 items.

Every row counts for energy and for emissions, so that a snapshot holds it twice. What is asked
for: totals by reporter, year and scope, then by region, sector and year, then by year and scope.
"""

from __future__ import annotations

import atexit
import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import ledger_sql
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng import engine
from dafeng.accounting import Activity, account_totals, compile_coefficients, keyed
from dafeng.rulebook import load
from dafeng.vocabulary import period
from dafeng.workspace.snapshot import Snapshot, Totals, merged

if TYPE_CHECKING:
    import ibis.expr.types as ir

MONTHS = period("2023-2025").months()
CORRECTED = MONTHS[16]
ITEMS = {  # item → unit it is given in, that unit in the item's own
    "raw_coal": ("t", 1.0),
    "cleaned_coal": ("t", 1.0),
    "coke": ("t", 1.0),
    "natural_gas": ("km3", 1000.0),
    "gasoline": ("kg", 0.001),
    "diesel": ("kg", 0.001),
    "fuel_oil": ("t", 1.0),
    "lpg": ("t", 1.0),
    "kerosene": ("kg", 0.001),
    "limestone": ("t", 1.0),
    "electricity": ("MWh", 1000.0),
    "heat": ("GJ", 1.0),
}
BOUGHT = ("electricity", "heat")
PROVINCE = "33"
ENERGY = "comprehensive-energy-2020"
METHODS = (
    "cement-2013",
    "ceramics-2013",
    "chemicals-2013",
    "food-2015",
    "machinery-2015",
    "other-industry-2015",
    "paper-2015",
    "textile-2018",
)
ROWS_OF_ONE = len(MONTHS) * len(ITEMS)
MEASURING = 0.054  # share of reporters that measure their coal each month: 194,400 overrides
REGIONS, SECTORS = 90, 41
BY = ("reporter", "year", "scope")
KEYS = ("facility", "method", "boundary", "measure", "memo")
LEVELS = {"reporters": BY, "regions": ("region", "sector", "year"), "scopes": ("year", "scope")}
_MADE = "made"


# ---- rows


def made(rows: int) -> Path:
    """Return the folder with a ledger of so many rows; the first to ask makes it, elsewhere."""
    folder = Path(gettempdir()) / f"dafeng-benchmark-ledger-{rows}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / _MADE).exists():
            # in a process of its own, so that its memory is not that of a variant
            command = (sys.executable, "-m", "benchmarks.ledger", str(rows))
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def make(rows: int, folder: Path) -> None:
    """Write snapshot, coefficients, overrides and reporters of a ledger, month by month."""
    count = rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    method = random.integers(len(METHODS), size=count)
    Snapshot(folder / "snapshot").update(
        (month, _month(month, method, seed)) for seed, month in enumerate(MONTHS)
    )
    # the month that is corrected, as it will be
    Snapshot(folder / "corrected").update(
        [(CORRECTED, _month(CORRECTED, method, len(MONTHS)))]
    )
    pq.write_table(_coefficients(), folder / "coefficients.parquet")
    measuring = random.choice(count, max(1, int(count * MEASURING)), replace=False)
    pq.write_table(_overrides(measuring, method, random), folder / "overrides.parquet")
    reporters = {
        "reporter": _names(count),
        "region": pa.array(random.integers(REGIONS, size=count).astype("U3")),
        "sector": pa.array(random.integers(SECTORS, size=count).astype("U3")),
    }
    pq.write_table(pa.table(reporters), folder / "reporters.parquet")
    (folder / _MADE).touch()


def _names(count: int) -> pa.Array:
    return pc.binary_join_element_wise(
        "9", pc.utf8_lpad(pa.array(range(count)).cast(pa.string()), 17, "0"), ""
    )


def _month(month: str, method: Any, seed: int) -> pa.Table:
    """Return the prepared rows of a month: each entry for energy and for its reporter's method."""
    count, items = len(method), list(ITEMS)
    entries = count * len(items)
    quantity = np.random.default_rng((count, seed)).lognormal(5, 1.2, entries).round(3)
    factor = np.tile([factor for _, factor in ITEMS.values()], count)
    number = pc.utf8_lpad(pa.array(range(entries)).cast(pa.string()), 8, "0")
    entry = pc.binary_join_element_wise(f"{seed:06d}", number, ".")
    item = np.tile(np.arange(len(items)), count)
    bought = np.isin(items, BOUGHT).astype(int)[item]
    reporter = np.repeat(np.arange(count), len(items))

    def text(*texts: str, at: Any = None) -> pa.Array:
        places = np.zeros(entries, np.int32) if at is None else at.astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(texts))

    shared = {
        "reporter": pa.DictionaryArray.from_arrays(pa.array(reporter, pa.int32()), _names(count)),
        "facility": text(""),
        "period": text(month),
        "item": text(*items, at=item),
        "flow": text("consumed", "purchased", at=bought),
        "use": text(""),
        "product": text(""),
        "quantity": quantity,
        "unit": text(*(unit for unit, _ in ITEMS.values()), at=item),
        "source": text("weighbridge"),
        "mark": text("synthetic"),
        "entry": entry,
        "year": text(month[:4]),
        "amount": quantity * factor,
        "basis": text("consumption", "purchase", at=bought),
        "region": text("", PROVINCE, at=bought),
    }
    halves = (
        {"method": text(ENERGY), "purpose": text("|energy|")},
        {"method": text(*METHODS, at=method[reporter]), "purpose": text("|inventory|")},
    )
    whole = pa.concat_tables([pa.table(shared | half) for half in halves]).unify_dictionaries()
    return _keyed(whole)


def _keyed(rows: pa.Table) -> pa.Table:
    """Add ``activity`` as the product does; of many rows there are few."""
    names = ("method", "item", "flow", "basis", "use", "period", "region")
    few = rows.select(names).group_by(list(names)).aggregate([])
    few = pa.table({n: few[n].cast(pa.string()) for n in names})
    texts = engine.connect().to_pyarrow(keyed(ibis.memtable(few)))
    return rows.join(texts, list(names)) if False else _looked_up(rows, texts, names)
