"""Makes the books of the benchmark of grades: prepared rows and totals as the product keeps them.

50,000 enterprises with 12 items a month, each counted for energy and for its emissions, as in the
ledger's benchmark; each has one capacity line, a facility of its own, and tells of value added,
land, staff and the like, which stand in the snapshot between the rows that are accounted. One in
fifty lacks each amount. Of the ledger's three years only the graded one is made: a grading opens
the files of no other. Columns of prepared rows that neither totals nor gradings read are left out.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ledger_data import BOUGHT, ENERGY, ITEMS, MONTHS, PROVINCE, ROWS_OF_ONE, aside
from dafeng import engine
from dafeng.accounting import JOIN, SEPARATOR, Activity, compile_coefficients, lines_of
from dafeng.rulebook import load
from dafeng.vocabulary import worst_mark
from dafeng.workspace.files import write
from dafeng.workspace.snapshot import Snapshot
from dafeng.workspace.told import told
from dafeng.workspace.totals import Summing, Totals, labelled

YEAR = MONTHS[-1][:4]
SECTORS = ("17", "22", "25", "26", "28", "30", "31", "33", "35", "38")
REGIONS = ("3301", "3302", "3303", "331003")
INVENTORY = "other-industry-2015"
YEARLY = {"land_area": "held", "staff": "held"} | dict.fromkeys(
    ("tax_paid", "revenue", "rd_expense", "pollutant_equivalents"), "produced"
)
FUEL = 150.0  # t a month of an enterprise
CLINKER, COAL = 10_000.0, 1_450.0  # t a month of a line, and the coal for it
SPREAD = 0.1  # of the coal: the larger one needs more
LACKS = 1 / 50
VERSION = 2  # of what is made

Numbers = Any


def booked(rows: int) -> Path:
    """Return the folder with books of so many rows; who asks first has it made."""
    folder = Path(gettempdir()) / f"dafeng-benchmark-grades-{VERSION}-{rows}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            aside(make, rows, folder)
            (folder / "made").touch()
    return folder


def make(rows: int, folder: Path) -> None:
    """Write a snapshot of a year, then its totals by way of the product's join."""
    count = rows // ROWS_OF_ONE
    random = np.random.default_rng(count)
    months = [month for month in MONTHS if month.startswith(YEAR)]
    lost = random.random((3, count)) < LACKS  # all months, the last one, value added
    snapshot = Snapshot(folder / "rows")
    parts = ((m, _month(m, random, _lacking(lost, last=m == months[-1]))) for m in months)
    snapshot.update([*parts, (YEAR, _yearly(count, random))])
    counted = [
        Activity(method, item, "purchased", "purchase", "")
        if item in BOUGHT
        else Activity(method, item, "consumed", "consumption", "")
        for method in (ENERGY, INVENTORY)
        for item in ITEMS
    ]
    rules = load()
    coefficients = compile_coefficients(rules, counted, months, [PROVINCE])
    names = ("reporter", "facility", "method", "term", "item", "use", "period", "region")
    own = pa.schema([(name, pa.string()) for name in (*names, "override_inputs")])
    own = own.append(pa.field("override", pa.float64()))
    own = own.append(pa.field("override_proxy", pa.bool_()))

    def worst(inputs: str) -> str:
        return worst_mark({rules.values[one].mark for one in inputs.split(SEPARATOR) if one})

    lines = lines_of(coefficients, own.empty_table(), worst)
    summing = Summing(engine.connect(), snapshot, lines)
    totals = Totals(snapshot, folder / "totals", lines.hash, summing, summing.at_once)
    found = labelled(totals.with_months(YEAR), snapshot.numbered("who"))
    write(found, folder / "totals.parquet", ("grams",))  # as a shelf does
    pq.write_table(_assigned(count), folder / "assigned.parquet")


def _lacking(lost: Numbers, *, last: bool) -> tuple[Numbers, Numbers]:
    """Return who books nothing, and no value added, in a month."""
    return lost[0] | (lost[1] & last), lost[2]


def _month(month: str, random: np.random.Generator, lacking: tuple[Numbers, Numbers]) -> pa.Table:
    """Return the rows of a month: what is counted, output of lines, value added of all."""
    nothing, silent = lacking
    booking, adding, every = np.flatnonzero(~nothing), np.flatnonzero(~silent), len(nothing)
    size = np.random.default_rng(every).lognormal(0, 1, every)  # the same each month
    parts = []
    for item, factor in ITEMS.items():
        flow = "purchased" if item in BOUGHT else "consumed"
        amount = FUEL * factor * size[booking] * random.lognormal(0, 0.3, len(booking))
        parts += [_rows(booking, m, month, item, flow, amount) for m in (ENERGY, INVENTORY)]
    coal = COAL * size[booking] ** SPREAD
    at = {"facility": "L1"}
    parts.append(_rows(booking, ENERGY, month, "raw_coal", "consumed", coal, **at))
    made = np.full(every, CLINKER)
    parts.append(_rows(np.arange(every), ENERGY, month, "clinker", "produced", made, **at))
    added = 1e5 * random.lognormal(0, 0.8, len(adding))
    more = {"product": YEAR}
    parts += [
        _rows(adding, m, month, "value_added", "produced", added, **more)
        for m in (ENERGY, INVENTORY)
    ]
    return pa.concat_tables(parts).unify_dictionaries()


def _yearly(count: int, random: np.random.Generator) -> pa.Table:
    """Return what is told once a year."""
    parts = []
    for item, flow in YEARLY.items():
        amount, every = 1e4 * random.lognormal(0, 0.3, count), np.arange(count)
        parts += [_rows(every, m, YEAR, item, flow, amount) for m in (ENERGY, INVENTORY)]
    return pa.concat_tables(parts).unify_dictionaries()


def _rows(
    who: Numbers, method: str, period: str, item: str, flow: str, amount: Numbers, **more: str
) -> pa.Table:
    """Return rows of one kind, in the columns that a snapshot sorts and numbers by."""
    bought = item in BOUGHT
    said = {"method": method, "item": item, "flow": flow, "use": "", "period": period}
    said |= {"basis": "purchase" if bought else "consumption"}
    said |= {"region": PROVINCE if bought else ""}
    activity = SEPARATOR.join(said[name] for name in JOIN)
    texts = {"facility": "", "mark": "synthetic", "product": "", "entry": ""} | more
    texts |= {"item": item, "flow": flow, "method": method, "activity": activity}
    none = pa.array(np.zeros(len(who), np.int32))
    columns = {
        name: pa.DictionaryArray.from_arrays(none, pa.array([text])) for name, text in texts.items()
    }
    return pa.table({"reporter": _named(who), "amount": amount} | columns)


def _named(who: Numbers) -> pa.DictionaryArray:
    names = pa.array([f"9{one:017d}" for one in who.tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(np.arange(len(who), dtype=np.int32)), names)


def _assigned(count: int) -> pa.Table:
    """Return the methods of each enterprise and line."""
    said = (("", ENERGY, "energy"), ("", INVENTORY, "inventory"), ("L1", ENERGY, "energy"))
    names = [f"9{one:017d}" for one in range(count)]
    columns: dict[str, list[str]] = {"reporter": names * len(said), "year": [YEAR] * 3 * count}
    for at, name in enumerate(("facility", "method", "purpose")):
        columns[name] = [one[at] for one in said for _ in names]
    columns["purpose"] = [f"|{one}|" for one in columns["purpose"]]
    return pa.table(columns)


class Ours:
    """What a grading asks of the books of a workspace, over the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._snapshot = folder, Snapshot(folder / "rows")
        self._told: dict[str, pa.Table] = {}
        self.assigned = pq.read_table(folder / "assigned.parquet")
        self.years = [YEAR]

    def totals(self, _year: str) -> pa.Table:
        """Return the totals that are kept."""
        return pq.ParquetFile(self._folder / "totals.parquet").read()

    def told(self, year: str, item: str = "") -> pa.Table:
        """Return what is told beside; as the books do, once."""
        if item not in self._told:
            self._told[item] = told(self._snapshot, year, item, derived=False)
        return self._told[item]


def firms_of(count: int) -> list[dict[str, Any]]:
    """Return the enterprises as the books hold them."""
    return [
        {
            "reporter": f"9{at:017d}",
            "kind": "enterprise",
            "region": REGIONS[at % len(REGIONS)],
            "sector": SECTORS[at % len(SECTORS)],
            "mark": "synthetic",
        }
        for at in range(count)
    ]


def lines_of_all(count: int) -> list[dict[str, Any]]:
    """Return a capacity line for each enterprise."""
    return [
        {
            "line": f"N{at:06d}",
            "reporter": f"9{at:017d}",
            "facility": "L1",
            "region": REGIONS[at % len(REGIONS)],
            "product": "clinker",
            "field": "clinker",
            "quota": "quota-cement.clinker",
            "capacity": 1e6,
            "unit": "t",
            "first": "",
            "last": "",
            "source": "fictional",
            "mark": "synthetic",
            "note": "",
        }
        for at in range(count)
    ]
