"""Makes the books of the benchmark of grades: accounts and prepared rows as the product keeps them.

50,000 enterprises with 12 items a month over three years, each counted for energy and for its
emissions; each has one capacity line, a facility of its own. One in fifty lacks each amount.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from benchmarks.ledger_data import ENERGY, ITEMS, MONTHS, ROWS_OF_ONE, aside
from dafeng import engine

YEAR = MONTHS[-1][:4]
SECTORS = ("17", "22", "25", "26", "28", "30", "31", "33", "35", "38")
REGIONS = ("3301", "3302", "3303", "331003")
INVENTORY = "other-industry-2015"
VERSION = 1  # of what is made

_LOST = "hash(i * 31 + {salt}) % 50 = 0"
_ROWS = """
copy (
    with firms as (select range as i from range({count})),
    booked as (
        select '9' || lpad(i::text, 17, '0') as reporter, '' as facility, item, i, n
        from firms, (select unnest({items}) as item, unnest(range(12)) as n)
        where not ({lost})
        union all
        select '9' || lpad(i::text, 17, '0'), 'L1', item, i, n
        from firms, (select unnest({items}[1:2]) as item, unnest(range(2)) as n)
        where not ({lost})
    ),
    counted as (
        select *, unnest(['energy', 'inventory']) as purpose from booked
    )
    select '{month}.' || i || '.' || n as entry, reporter, facility, '{month}' as period, item,
        'consumed' as flow, '' as use, '' as product, 1.0::double as quantity, 't' as unit,
        'fictional' as source, 'synthetic' as mark, '{year}' as year, 1.0::double as amount,
        '' as basis, '33' as region, if(purpose = 'energy', '{energy}', '{inventory}') as method,
        '|' || purpose || '|' as purpose, if(purpose = 'energy', 'energy', 'emission') as measure,
        if(purpose = 'energy', '', 'co2') as gas, '' as memo, purpose || '.' || item as inputs,
        (1e6 * exp(2.5 * ((hash(i) % 1000) / 1000.0)) * (n + 1))::bigint as grams
    from counted where facility = '' or purpose = 'energy' order by reporter, item
) to '{path}' (format parquet)
"""
_TOLD = """
copy (
    with firms as (select range as i from range({count})),
    told as (
        select i, '' as facility, 'value_added' as item, 'produced' as flow, '{year}' as product,
            '{year}-' || lpad(m::text, 2, '0') as period,
            1e5 * exp(2.5 * ((hash(i + 7) % 1000) / 1000.0)) as amount
        from firms, (select unnest(range(1, 13)) as m) where not ({lost})
        union all
        select i, 'L1', 'clinker', 'produced', '', '{year}-' || lpad(m::text, 2, '0'),
            30.0 * exp((hash(i + 9) % 1000) / 1000.0)
        from firms, (select unnest(range(1, 13)) as m)
        union all
        select i, '', name, if(name in ('land_area', 'staff'), 'held', 'produced'), '', '{year}',
            1e4 * exp((hash(i + length(name)) % 1000) / 1000.0)
        from firms, (select unnest(['land_area', 'staff', 'tax_paid', 'revenue', 'rd_expense',
            'pollutant_equivalents']) as name)
    )
    select 't.' || i || '.' || item || '.' || period as entry,
        '9' || lpad(i::text, 17, '0') as reporter, facility, period, item, flow, '' as use, product,
        amount as quantity, 'yuan' as unit, 'fictional' as source, 'synthetic' as mark,
        '{year}' as year, amount, '' as basis, '33' as region, '' as method, '' as purpose,
        '' as measure, '' as gas, '' as memo, '' as inputs, null::bigint as grams
    from told order by reporter, item
) to '{path}' (format parquet)
"""


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
    """Write a file of accounts for each month, and one of what is told without a method."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    said = {"count": rows // ROWS_OF_ONE, "energy": ENERGY, "inventory": INVENTORY}
    for salt, month in enumerate(MONTHS):
        path = folder / f"accounts-{month}.parquet"
        own = {"month": month, "year": month[:4], "path": path, "items": list(ITEMS)}
        lost = _LOST.format(salt=0 if salt < len(MONTHS) - 1 else 1)
        connection.execute(_ROWS.format(**said, **own, lost=lost))
    path = folder / "told.parquet"
    lost = _LOST.format(salt=2)
    connection.execute(_TOLD.format(**said, year=YEAR, path=path, lost=lost))


class Ours:
    """What a grading asks of the books of a workspace, over the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._engine = engine.connect()
        accounts = sorted(folder.glob("accounts-*.parquet"))
        self.rows: ir.Table = self._engine.scan("accounts", accounts)
        every = [*accounts, folder / "told.parquet"]
        self.prepared: ir.Table = self._engine.scan("prepared", every)

    def table(self, rows: ir.Table) -> pa.Table:
        """Compute a table."""
        return self._engine.fetch(rows)

    def fetch(self, rows: ir.Table) -> list[dict[str, Any]]:
        """Compute a table and return its rows."""
        found: list[dict[str, Any]] = self.table(rows).to_pylist()
        return found

    def mark_of(self, _value: str) -> str:
        """Return the mark of an input."""
        return "republished"


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


def lines_of(count: int) -> list[dict[str, Any]]:
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
