"""A province's ledger, from rows to totals: 50,000 reporters, 36 months, 12 items.

An entry counts for energy and for its reporter's emissions, so the snapshot holds it twice. Asked
for are whole grams by reporter, year and label (method, boundary, measure, scope …), and from them
by region, sector and year and by year alone. Every variant must give the same ones; that is
checked before it is timed.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.ledger_data import CORRECTED, MONTHS, aside, made
from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng import engine
from dafeng.accounting import SUMS, lines_of, parted
from dafeng.workspace.snapshot import Snapshot, digest, numbered, ordered_by_content
from dafeng.workspace.totals import Compute, Summing, Totals, read, write

if TYPE_CHECKING:
    from benchmarks.ledger_pandas import Frames

LEVELS = {"regions": ("place", "sector", "facility", "mark"), "all": ("facility", "mark")}
YEARS = sorted({month[:4] for month in MONTHS})

SCAN = "select max(who_no), max(activity_no), sum(amount) from read_parquet({})"

# Tables that the rows are joined to. An override bears the number of its line, and its own label.
PREPARE = """
set preserve_insertion_order = false;
create temp table who as
    select who_no::integer as who_no, reporter, facility, mark, place, sector
    from (select *, file_row_number as who_no
        from read_parquet('{0}/snapshot/who-*.parquet', file_row_number = true))
        join '{0}/reporters.parquet' using (reporter);
create temp table keyed as
    select *, concat_ws('|', method, item, flow, basis, use, period, region) as activity,
        concat_ws('|', method, term, item, use, period, region) as line,
        concat_ws('|', method, boundary, measure, memo, scope, gas) as said
    from '{0}/coefficients.parquet' join '{0}/marks.parquet' using (inputs);
create temp table measured as
    select reporter, facility, override, override_proxy, mark,
        concat_ws('|', method, term, item, use, period, region) as line
    from '{0}/overrides.parquet' as o join '{0}/marks.parquet' as m on o.override_inputs = m.inputs;
create temp table of_own as select line, row_number() over () as own
    from (select distinct line from measured);
create temp table lines as
    select activity_no::integer as activity_no, year(strptime(period, '%Y-%m')) as year,
        concat_ws('|', said, proxy::int, mark) as label, own::integer as own, coefficient,
        sign::double as sign,
        term = min(term) over (partition by activity, method, boundary, measure, memo) as first
    from (select *, file_row_number as activity_no
        from read_parquet('{0}/snapshot/activity-*.parquet', file_row_number = true))
        join keyed using (activity) left join of_own using (line);
create temp table own as
    select distinct who_no, own::integer as own, override, year(strptime(period, '%Y-%m')) as year,
        concat_ws('|', said, override_proxy::int, measured.mark) as label
    from measured join of_own using (line) join who using (reporter, facility)
        join (select distinct line, said, period from keyed) using (line);
create temp table labels as
    select (row_number() over ())::smallint as label_no, label
    from (select label from lines union select label from own);
create or replace temp table lines as
    select lines.* exclude label, label_no from lines join labels using (label);
create or replace temp table own as
    select own.* exclude label, label_no as own_label from own join labels using (label);
"""
TOTALS = """
copy (
    with rows as (
        select who_no, coalesce(own_label, label_no) as label_no, first,
            amount * coalesce(override, coefficient) * sign as x
        from read_parquet({0}) join (from lines where year = {1}) using (activity_no)
            left join (from own where year = {1}) using (who_no, own)
    ), sums as (
        select who_no, label_no,
            sum(round(x)::bigint)::bigint as grams,
            count(*) filter (first) as entries, count(*) as terms,
            count(*) filter (x is null) as without_value
        from rows group by all
    )
    select who_no, label, coalesce(grams, 0) as grams, entries, terms, without_value
    from sums join labels using (label_no)
) to '{2}' (format parquet)
"""
ROLLED = """
copy (
    select {}, label, sum(grams)::bigint as grams, sum(entries)::bigint as entries,
        sum(terms)::bigint as terms, sum(without_value)::bigint as without_value
    from '{}' join who using (who_no) group by all
) to '{}' (format parquet)
"""


def scan(rows: int) -> Job:
    """Read the columns that the totals need, and do nothing with them."""
    files, connection = _files(made(rows) / "snapshot", MONTHS), _duckdb()
    return lambda: connection.execute(SCAN.format(files)).fetchall()


def by_sql(rows: int) -> Job:
    """Compute everything in SQL written for this layout, a year at a time."""
    folder, out, connection = made(rows), _scratch(), _duckdb()
    connection.execute(PREPARE.format(folder))
    files = {year: _files(folder / "snapshot", _months(year)) for year in YEARS}

    def job() -> None:
        for year in YEARS:
            fine = out / f"reporters-{year}.parquet"
            connection.execute(TOTALS.format(files[year], year, fine))
            for name, by in LEVELS.items():
                target = out / f"{name}-{year}.parquet"
                connection.execute(ROLLED.format(", ".join(by), fine, target))

    return _checked(job, folder, out)


def by_dafeng(rows: int) -> Job:
    """Compute everything as the product does for its books, which keep the totals of each month."""
    ours = Ours(made(rows), "snapshot")

    def job() -> None:
        shutil.rmtree(ours.kept, ignore_errors=True)
        ours.moved(YEARS)

    return _checked(job, ours.folder, ours.out)


def one_month(rows: int) -> Job:
    """Move kept totals by a corrected month; preparing its rows is not in it, as elsewhere here.

    All rows of the month are others. It is corrected and corrected back in turn, and what was kept
    before the last turn is removed, so that each turn has to be computed.

    Raises:
        RuntimeError: something else was computed than the month.
    """
    ours = Ours(made(rows), "snapshot")
    ours.moved(YEARS)
    turns, stale = cycle(("corrected", "snapshot")), list[Path]()

    def job() -> None:
        for path in stale:
            path.unlink()
        year = f"{CORRECTED[:4]}-{'?' * 32}.*"
        stale[:] = [*ours.kept.glob(f"{CORRECTED}-*"), *ours.kept.glob(year)]
        ours.opened(next(turns))
        ours.computed.clear()
        ours.moved([CORRECTED[:4]])
        if ours.computed != [CORRECTED]:
            raise RuntimeError(str(ours.computed))

    aside(full_run, ours.folder)  # what it gives is what the month must lead to
    _checked(job, ours.folder, ours.out, "corrected")
    return _checked(job, ours.folder, ours.out)  # and back again


def full_run(folder: Path) -> None:
    """Compute everything anew with the month corrected, and compare it with what is known."""
    ours = Ours(folder, "corrected")
    ours.moved(YEARS)
    check(ours.out, folder / "corrected.sha256")


def by_pandas(rows: int) -> Job:
    """Compute everything with pandas as one would write it: a year at once, by merging."""
    frames, out = _frames(rows), _scratch()
    return _checked(lambda: frames.merged(out), made(rows), out)


def by_pandas_months(rows: int) -> Job:
    """Compute everything with pandas as its guide advises: file by file, as little as can be."""
    frames, out = _frames(rows), _scratch()
    return _checked(lambda: frames.by_month(out), made(rows), out)


def _frames(rows: int) -> Frames:
    from benchmarks.ledger_pandas import Frames  # noqa: PLC0415  heavy

    return Frames(made(rows), LEVELS)


class Ours:
    """The product's path over the ledger of a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.out, self._engine = folder, _scratch(), engine.connect()
        self.kept, self.computed = self.out / "kept", list[str]()
        self._held = {one: Snapshot(folder / one) for one in ("snapshot", "corrected")}
        self._snapshot = self._held[name]
        self._years = {year: self._year(year) for year in YEARS}
        self._groups = self._grouped(_read(folder / "reporters.parquet"))

    def opened(self, name: str) -> None:
        """Take another snapshot of the folder in hand, with the same lists."""
        self._snapshot = self._held[name]

    def moved(self, years: Sequence[str]) -> None:
        """Bring the kept totals of some years up to date, and the levels above."""
        for year in years:
            ground, compute, at_once = self._years[year]
            totals = Totals(self._snapshot, self.kept, ground, compute, at_once)
            self._roll(year, totals.of(year))

    def _year(self, year: str) -> tuple[Callable[[str], str], Compute, int]:
        """Return what bears on the months of a year beside their rows, and what sums them."""
        names = ("coefficients", "overrides")
        coefficients, overrides = (_read(self.folder / f"{n}.parquet", year) for n in names)
        marks = pq.read_table(self.folder / "marks.parquet").to_pylist()
        worst = {row["inputs"]: row["mark"] for row in marks}
        lines = lines_of(coefficients, overrides, worst.__getitem__)
        known = {month: lines.hash(month) for month in _months(year)}
        summing = Summing(self._engine, self._snapshot, lines)

        def compute(periods: Sequence[str], threads: int) -> pa.Table:
            self.computed += periods
            return summing.of_files(self._snapshot.files(periods), threads)

        return known.__getitem__, compute, summing.at_once

    def _roll(self, year: str, found: pa.Table) -> None:
        """Write the levels above: each is added from the one before."""
        label = found["label"].combine_chunks()
        place, code = found["who_no"].to_numpy(), label.indices.to_numpy()
        sums = [found[name].to_numpy() for name in SUMS]
        for name, (groups, into) in self._groups.items():
            apart = len(label.dictionary)
            cells, sums = added_in(into[place] * apart + code, sums, groups.num_rows * apart)
            place, code = parted(cells, apart)
            rows = {key: groups[key].take(place) for key in groups.column_names}
            codes = pa.array(code.astype(np.int32))
            rows["label"] = pa.DictionaryArray.from_arrays(codes, label.dictionary)
            rows |= dict(zip(SUMS, sums, strict=True))
            write(pa.table(rows), self.out / f"{name}-{year}.arrow")

    def _grouped(self, reporters: pa.Table) -> dict[str, tuple[pa.Table, Any]]:
        """Number the groups of each level, and say in which those of the level before are."""
        who = self._snapshot.numbered("who")
        reporters = reporters.cast(
            pa.schema([(name, pa.string()) for name in reporters.column_names])
        )
        at = pc.index_in(who["reporter"].cast(pa.string()), reporters["reporter"].combine_chunks())
        held = who.drop_columns("reporter")
        for name in ("place", "sector"):
            held = held.append_column(name, reporters[name].take(at))
        found = {}
        for name, by in LEVELS.items():  # each from the one before
            held = held.select(by)
            held, at = numbered(held.slice(0, 0), held)
            found[name] = held, at.to_numpy().astype(np.int64)
        return found


def added_in(cell: Any, sums: Sequence[Any], size: int) -> tuple[Any, list[Any]]:
    """Return the cells that hold something, and the sums in each."""
    terms = np.bincount(cell, sums[SUMS.index("terms")], size)
    held, found = np.flatnonzero(terms), list[Any]()
    for column in sums:
        added = np.zeros(size, np.int64)
        np.add.at(added, cell, column.astype(np.int64))  # of one kind: quick
        found.append(added[held])
    return held, found


def _months(year: str) -> list[str]:
    return [month for month in MONTHS if month.startswith(year)]


def _files(folder: Path, months: Sequence[str]) -> list[str]:
    return [str(file) for file in Snapshot(folder).files(months)]


def _read(path: Path, year: str = "") -> pa.Table:
    """Return a table, or its rows of a year, with its texts as places in lists."""
    texts = [f.name for f in pq.read_schema(path) if pa.types.is_string(f.type)]
    parts = pq.ParquetFile(path, read_dictionary=texts).iter_batches()
    tables = (pa.Table.from_batches([part]) for part in parts)
    if year:
        months = pa.array(_months(year))
        tables = (t.filter(pc.is_in(t["period"].cast(pa.string()), months)) for t in tables)
    return pa.concat_tables(tables).unify_dictionaries()


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
    for year in YEARS:
        fine = [*out.glob(f"reporters-{year}.parquet"), *out.glob(f"kept/{year}-{'?' * 32}.arrow")]
        newest = max(fine, key=lambda path: path.stat().st_mtime_ns)  # what is replaced stays a day
        for name, keys in {"reporters": ("who_no",), **LEVELS}.items():
            path = newest if name == "reporters" else next(out.glob(f"{name}-{year}.*"))
            rows = (
                pq.ParquetFile(path).read() if path.suffix == ".parquet" else read(path)
            ).select([*keys, "label", *SUMS])
            found.append(f"{name} {year} {rows.num_rows} {content_of(rows, len(keys) + 1)}")
    text = "\n".join(found)
    if not known.exists():
        known.write_text(text, encoding="utf-8")
    if known.read_text(encoding="utf-8") != text:
        raise ValueError(f"{out} differs from {known}:\n{text}\n{known.read_text()}")


def content_of(rows: pa.Table, keys: int) -> str:
    """Return a hash of rows by their keys, the first of the columns."""
    names = rows.column_names[:keys]
    texts = {name: rows[name].cast(pa.string()) for name in names}
    numbers = {name: rows[name].cast(pa.int64()) for name in rows.column_names[keys:]}
    return digest(ordered_by_content(pa.table(texts | numbers), names))


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
        full_sizes=(21_600_000, 216_000_000),
        goals_from=21_600_000,
        variants=(
            Variant("sql", by_sql),
            Variant("dafeng", by_dafeng, goal=1.15),
            Variant("one month", one_month, goal=1 / 18),
            Variant("pandas", by_pandas, up_to=21_600_000),
            Variant("pandas by month", by_pandas_months, up_to=21_600_000),
            Variant("scan", scan),
        ),
    )
)
