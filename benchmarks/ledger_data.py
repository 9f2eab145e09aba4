"""Makes the ledger of the benchmark: a snapshot, its coefficients and what was measured.

It is made month by month, so that memory is that of a month. Quantities are log-normal; the seed
is the size, so that every run has the same rows.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dafeng import engine
from dafeng.accounting import SEPARATOR, Activity, compile_coefficients, keyed
from dafeng.rulebook import load
from dafeng.vocabulary import period, worst_mark
from dafeng.workspace.snapshot import Snapshot

MONTHS = period("2023-2025").months()
CORRECTED = MONTHS[16]
ITEMS = {  # item → what the unit that it is given in is in its own unit
    "raw_coal": 1.0,
    "cleaned_coal": 1.0,
    "coke": 1.0,
    "natural_gas": 1.0,
    "gasoline": 0.001,
    "diesel": 0.001,
    "fuel_oil": 1.0,
    "lpg": 1.0,
    "kerosene": 0.001,
    "limestone": 1.0,
    "electricity": 1000.0,
    "heat": 1.0,
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
MEASURING = 0.054  # share of reporters that measure their coal each month
COAL = {ENERGY: 714_300.0, "": 1_900_000.0}  # g per tonne that the measured values lie around
REGIONS, SECTORS = 90, 41
VERSION = 6  # of what is made

Ints = Any


def made(rows: int) -> Path:
    """Return the folder with a ledger of so many rows; who asks first has it made.

    It stays for the next run.
    """
    folder = Path(gettempdir()) / f"dafeng-benchmark-ledger-{VERSION}-{rows}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            aside(make, rows, folder)
            (folder / "made").touch()
    return folder


def aside(function: Callable[..., None], *arguments: Any) -> None:
    """Run a function in a process of its own, whose memory is not that of a variant.

    Raises:
        RuntimeError: it failed.
    """
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(function.__name__)


def make(rows: int, folder: Path) -> None:
    """Write snapshot, corrected month, coefficients, overrides, marks of inputs, and reporters."""
    count = rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    method = random.integers(len(METHODS), size=count)
    ledger = ((month, _month(month, method, seed)) for seed, month in enumerate(MONTHS))
    Snapshot(folder / "snapshot").update(ledger)
    shutil.copytree(folder / "snapshot", folder / "corrected", copy_function=os.link)
    (folder / "corrected" / "manifest.json").unlink()  # a link: the copy has one of its own
    shutil.copy(folder / "snapshot" / "manifest.json", folder / "corrected")
    again = [(CORRECTED, _month(CORRECTED, method, len(MONTHS)))]
    Snapshot(folder / "corrected").update(again, stay=MONTHS)
    coefficients = _coefficients()
    pq.write_table(coefficients, folder / "coefficients.parquet")
    pq.write_table(_marks(coefficients), folder / "marks.parquet")
    measuring = random.choice(count, max(1, int(count * MEASURING)), replace=False)
    pq.write_table(_overrides(measuring, method, random), folder / "overrides.parquet")
    reporters = {
        "reporter": _names(np.arange(count)),
        "place": pa.array(random.integers(REGIONS, size=count).astype("U3")),
        "sector": pa.array(random.integers(SECTORS, size=count).astype("U3")),
    }
    pq.write_table(pa.table(reporters), folder / "reporters.parquet")


def _month(month: str, method: Ints, seed: int) -> pa.Table:
    """Return the rows of a month: each entry for energy and for its reporter's method.

    They have the columns that totals read, and those that a snapshot sorts and numbers by.
    """
    count, items = len(method), list(ITEMS)
    entries = count * len(items)
    quantity = np.random.default_rng((count, seed)).lognormal(5, 1.2, entries).round(3)
    factor = np.tile(list(ITEMS.values()), count)
    item = np.tile(np.arange(len(items)), count)
    reporter = np.repeat(np.arange(count), len(items))
    each = {
        "reporter": _chosen(_names(np.arange(count)), reporter),
        "facility": _all("", entries),
        "mark": _all("synthetic", entries),
        "item": _chosen(items, item),
        "flow": _chosen(["consumed", "purchased"], np.isin(items, BOUGHT)[item]),
        "entry": _all("", entries),
        "amount": quantity * factor,
    }
    texts = _activities(month)
    halves = []
    for at in (np.zeros(entries, int), 1 + method[reporter]):
        last = {
            "method": _chosen([ENERGY, *METHODS], at),
            "activity": _chosen(texts, at * len(items) + item),
        }
        halves.append(pa.table(each | last))
    return pa.concat_tables(halves)


def _activities(month: str) -> list[str]:
    """Return the activity of each method and item, as the product names it."""
    rows = [
        vars(activity) | {"period": month, "region": PROVINCE if activity.item in BOUGHT else ""}
        for activity in _counted()
    ]
    numbered = ibis.memtable(pa.Table.from_pylist([row | {"at": i} for i, row in enumerate(rows)]))
    found = engine.connect().fetch(keyed(numbered).order_by("at"))
    texts: list[str] = found["activity"].to_pylist()
    return texts


def _counted() -> list[Activity]:
    return [
        Activity(method, item, "purchased", "purchase", "")
        if item in BOUGHT
        else Activity(method, item, "consumed", "consumption", "")
        for method, item in product((ENERGY, *METHODS), ITEMS)
    ]


def _coefficients() -> pa.Table:
    return compile_coefficients(load(), _counted(), MONTHS, [PROVINCE])


def _marks(coefficients: pa.Table) -> pa.Table:
    """Return the worst mark of each set of inputs; what is measured is its reporter's word."""
    values, known = load().values, {"measured": "reported"}
    for text in coefficients["inputs"].unique().to_pylist():
        known[text] = worst_mark({values[one].mark for one in text.split(SEPARATOR) if one})
    return pa.table({"inputs": list(known), "mark": list(known.values())})


def _overrides(measuring: Ints, method: Ints, random: np.random.Generator) -> pa.Table:
    """Return what measured coal leads to: two coefficients a month for each who measures."""
    parts = []
    for purpose, month in product((ENERGY, ""), MONTHS):
        size = len(measuring)
        names = [ENERGY] * size if purpose else [METHODS[at] for at in method[measuring]]
        columns = {
            "reporter": _names(measuring),
            "facility": pa.array([""] * size),
            "method": pa.array(names),
            "term": pa.array(["fuels"] * size),
            "item": pa.array(["raw_coal"] * size),
            "use": pa.array([""] * size),
            "period": pa.array([month] * size),
            "region": pa.array([""] * size),
            "override": COAL[purpose] * random.uniform(0.8, 1.2, size),
            "override_inputs": pa.array(["measured"] * size),
            "override_proxy": pa.array([False] * size),
        }
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)


def _names(numbers: Ints) -> pa.Array:
    """Return ids as long as a credit code."""
    return pc.binary_join_element_wise("9", _padded(numbers, 17), "")


def _padded(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _all(text: str, size: int) -> pa.Array:
    return _chosen([text], np.zeros(size, int))


def _chosen(texts: Any, at: Ints) -> pa.Array:
    held = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32)), held)
