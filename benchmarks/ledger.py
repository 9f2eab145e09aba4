"""A province's ledger, from rows to totals: 50,000 reporters, 36 months, 12 items.

An entry counts for energy and for its reporter's emissions, so the snapshot holds it twice. Asked
for are whole grams by reporter, year and scope (a file), and from them by region, sector and year
and by year and scope. Every variant must give the same ones; that is checked before it is timed.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ledger_data import CORRECTED, MONTHS, aside, made
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng import engine
from dafeng.accounting import account_totals, whole_sum
from dafeng.workspace.snapshot import SUMS, Snapshot, Totals, digest, ordered_by_content

BY = ("reporter", "year", "scope")
KEYS = ("facility", "method", "boundary", "measure", "memo")
LEVELS = {"regions": ("place", "sector", "year"), "scopes": ("year", "scope")}
YEARS = sorted({month[:4] for month in MONTHS})

SCAN = """
select max(reporter), max(facility), max(year), max(activity), sum(amount) from read_parquet({})
"""

# Tables that the rows are joined to: coefficients with a number for what their sums are kept by,
# and with the text of the override's key only where there is one.
PREPARE = """
create temp table reporters as from '{0}/reporters.parquet';
create temp table coefficients as from '{0}/coefficients.parquet';
create temp table own as
    select reporter, facility, override,
        concat_ws('|', method, term, item, use, period, region) as own
    from '{0}/overrides.parquet';
create temp table slots as
    select row_number() over ()::smallint as slot, *
    from (select distinct method, boundary, measure, memo, scope from coefficients);
create temp table lines as
    select concat_ws('|', method, item, flow, basis, use, period, region) as activity, slot,
        case when key in (select own from own) then key end as own, coefficient, sign,
        term = min(term) over (partition by item, flow, basis, use, period, region, slot) as first
    from (select *, concat_ws('|', method, term, item, use, period, region) as key
        from coefficients) join slots using (method, boundary, measure, memo, scope);
"""
TOTALS = """
copy (
    with rows as (
        select reporter, year, facility, slot, first,
            amount * coalesce(override, coefficient) * sign as x
        from read_parquet({}) join lines using (activity)
            left join own using (reporter, facility, own)
    ), sums as (
        select reporter, year, facility, slot,
            sum((sign(x) * floor(abs(x) + 0.5))::bigint)::bigint as grams,
            count(*) filter (first) as entries, count(*) filter (x is null) as without_value
        from rows group by all
    )
    select reporter, year, scope, facility, method, boundary, measure, memo,
        grams, entries, without_value
    from sums join slots using (slot)
) to '{}' (format parquet)
"""
ROLLED = """
copy (
    select {}, facility, method, boundary, measure, memo, sum(grams)::bigint as grams,
        sum(entries)::bigint as entries, sum(without_value)::bigint as without_value
    from '{}' join reporters using (reporter) group by all
) to '{}' (format parquet)
"""


def scan(rows: int) -> Job:
    """Read the columns that the totals need, and do nothing with them."""
    files, connection = _files(made(rows) / "snapshot"), _duckdb()
    return lambda: connection.execute(SCAN.format(files)).fetchall()


def by_sql(rows: int) -> Job:
    """Compute everything in SQL written for this layout."""
    folder, out, connection = made(rows), _scratch(), _duckdb()
    connection.execute(PREPARE.format(folder))

    def job() -> None:
        connection.execute(TOTALS.format(_files(folder / "snapshot"), out / "all.parquet"))
        for name, by in LEVELS.items():
            target = out / f"{name}.parquet"
            connection.execute(ROLLED.format(", ".join(by), out / "all.parquet", target))

    return _checked(job, folder, out)


def by_dafeng(rows: int) -> Job:
    """Compute everything as the product does, a year at a time."""
    ours = Ours(made(rows))
    return _checked(ours.full, ours.folder, ours.out)


def by_months(rows: int) -> Job:
    """Compute everything month by month, and keep the totals of each month."""
    ours = Ours(made(rows))

    def job() -> None:
        shutil.rmtree(ours.totals, ignore_errors=True)
        ours.kept("snapshot", YEARS)

    return _checked(job, ours.folder, ours.out)


def one_month(rows: int) -> Job:
    """Compute a corrected month where the totals of the others are kept."""
    ours = Ours(made(rows))
    ours.kept("snapshot", YEARS)

    def job() -> None:
        for path in ours.totals.glob(f"{CORRECTED}-*"):
            path.unlink()
        ours.kept("corrected", [CORRECTED[:4]])

    return _checked(job, ours.folder, ours.out, "corrected")


def by_pandas(rows: int) -> Job:
    """Compute everything with pandas: month by month, with texts as categories."""
    from benchmarks.ledger_pandas import Frames  # noqa: PLC0415  heavy

    folder, out = made(rows), _scratch()
    frames = Frames(folder, (*BY, *KEYS), {name: (*by, *KEYS) for name, by in LEVELS.items()})
    return _checked(lambda: frames.totals(out), folder, out)


class Ours:
    """The product's path over the ledger of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self._engine = folder, _scratch(), engine.connect()
        self.totals = self.out / "totals"
        self._engine.backend.raw_sql("set enable_progress_bar = false")
        self._tables = {
            name: self._engine.put(name, pq.ParquetFile(folder / f"{name}.parquet").read())
            for name in ("coefficients", "overrides", "reporters")
        }

    def full(self) -> None:
        """Compute the totals of each year, and the levels above."""
        for year in YEARS:
            found = self._sums("snapshot", _months(year))
            self._engine.backend.to_parquet(found, self.out / f"{year}.parquet")
        self._roll()

    def kept(self, name: str, years: Sequence[str]) -> None:
        """Add the totals of the months of some years, computing those that are not kept."""
        totals = Totals(
            Snapshot(self.folder / name),
            self.totals,
            lambda _: "the same rules",
            lambda month: self._engine.fetch(self._sums(name, [month])),
        )
        for year in years:
            pq.write_table(totals.of(_months(year)), self.out / f"{year}.parquet")
        self._roll()

    def _sums(self, name: str, months: Sequence[str]) -> object:
        files = Snapshot(self.folder / name).files(months)
        rows = self._engine.backend.read_parquet([str(file) for file in files])
        coefficients, overrides = (
            self._tables[name].filter(self._tables[name].period.isin(list(months)))
            for name in ("coefficients", "overrides")
        )
        return account_totals(rows, coefficients, overrides, BY)

    def _roll(self) -> None:
        rows = self._engine.backend.read_parquet([str(self.out / f"{y}.parquet") for y in YEARS])
        rows = rows.join(self._tables["reporters"], "reporter")
        sums = {name: whole_sum(rows[name]) for name in SUMS}
        for name, by in LEVELS.items():
            found = rows.group_by([*by, *KEYS]).aggregate(**sums)
            self._engine.backend.to_parquet(found, self.out / f"{name}.parquet")


def _months(year: str) -> list[str]:
    return [month for month in MONTHS if month.startswith(year)]


def _files(folder: Path) -> list[str]:
    return [str(file) for file in Snapshot(folder).files(MONTHS)]


def _checked(job: Job, folder: Path, out: Path, name: str = "snapshot") -> Job:
    """Return a job whose totals are those of the other variants.

    They are compared before anything is timed.
    """
    job()
    aside(check, out, folder / f"{name}.sha256")
    return job


def check(out: Path, known: Path) -> None:
    """Compare the totals in a folder with those of the variant that came first.

    Raises:
        ValueError: they differ.
    """
    found = []
    for name, by in {"*": BY, **LEVELS}.items():
        paths = [out / f"{name}.parquet"] if name in LEVELS else _fine(out)
        names = [*by, *KEYS, *SUMS]
        rows = pa.concat_tables([pq.ParquetFile(path).read(columns=names) for path in paths])
        found.append(f"{name} {rows.num_rows} {content_of(rows.select(names), len(by + KEYS))}")
    text = "\n".join(found)
    if not known.exists():
        known.write_text(text, encoding="utf-8")
    if known.read_text(encoding="utf-8") != text:
        raise ValueError(f"{out} differs from {known}:\n{text}")


def content_of(rows: pa.Table, keys: int) -> str:
    """Return a hash of rows by their keys, the first of the columns."""
    names = rows.column_names[:keys]
    texts = {name: rows[name].cast(pa.string()) for name in names}
    numbers = {name: rows[name] for name in rows.column_names[keys:]}
    return digest(ordered_by_content(pa.table(texts | numbers), names))


def _fine(out: Path) -> list[Path]:
    return [path for path in out.glob("*.parquet") if path.stem not in LEVELS]


def _duckdb() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    return connection


def _scratch() -> Path:
    folder = Path(mkdtemp(prefix="dafeng-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


register(
    Benchmark(
        name="ledger",
        title="a province's ledger, from rows to totals",
        sizes=(21_600_000,),
        unit="rows",
        rounds=5,
        quick_sizes=(216_000,),
        full_sizes=(216_000_000,),
        goals_from=21_600_000,
        variants=(
            Variant("sql", by_sql),
            Variant("dafeng", by_dafeng, goal=1.15),
            Variant("one month", one_month, goal=1 / 18),
            Variant("month by month", by_months),
            Variant("pandas", by_pandas),
            Variant("scan", scan),
        ),
    )
)
