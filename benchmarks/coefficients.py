"""The whole coefficient table: compiled from the rules, and taken from the cache.

Every method, and every item, flow, basis and use that one of its terms may count, for the months
of some years and the factor regions of all provinces. A real ledger needs a small part of it.
"""

from __future__ import annotations

import atexit
import shutil
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pyarrow.parquet as pq

from benchmarks.registry import Benchmark, Job, Variant, register
from dafeng.accounting import Activity, compile_coefficients
from dafeng.rulebook import load
from dafeng.vocabulary import flows, period, regions
from dafeng.workspace.cache import Cache

FIRST_MONTH = "2023-01"
BASES = ("consumption", "purchase")
SECTOR = "06"  # of a family of uses, one for each sector
YEAR = 12  # months


@cache
def question(months: int) -> tuple[Any, ...]:
    """Return rules, activities, periods and regions: the arguments of the compiler."""
    rules = load()
    activities = [
        Activity(method.id, item, flow, basis, use.replace("*", SECTOR))
        for method in rules.methods.values()
        for term in method.terms
        for item in rules.items(term)
        for flow in flows()
        for basis in BASES
        for use in term.uses or ("",)
    ]
    first = period(FIRST_MONTH).year
    years = f"{first}-{first + months // YEAR - 1}" if months > YEAR else str(first)
    provinces = [region.id for region in regions().values() if region.kind == "province"]
    return rules, activities, period(years).months(), provinces


def compiled(months: int) -> Job:
    """Compile the table from the rules."""
    return partial(compile_coefficients, *question(months))


def cached(months: int) -> Job:
    """Take the table from the cache of a workspace."""
    asked = question(months)
    kept = Cache(_folder())
    kept.coefficients(*asked)
    return partial(kept.coefficients, *asked)


def plain(months: int) -> Job:
    """Read a Parquet file with the table."""
    path = _written(months)
    return lambda: pq.ParquetFile(path).read()


def described(months: int) -> str:
    """Say how large the table is."""
    activities = len(set(question(months)[1]))
    table = compile_coefficients(*question(months))
    memory, file = table.nbytes / 1e6, _written(months).stat().st_size / 1e6
    return (
        f"{table.num_rows:,} rows for {activities:,} activities;"
        f" {memory:.1f} MB in memory, {file:.2f} MB as a file"
    )


def _written(months: int) -> Path:
    path = _folder() / "plain.parquet"
    pq.write_table(compile_coefficients(*question(months)), path, compression="zstd")
    return path


def _folder() -> Path:
    folder = Path(mkdtemp(prefix="dafeng-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


register(
    Benchmark(
        name="coefficients",
        title="the whole coefficient table",
        sizes=(36,),
        unit="months",
        quick_sizes=(12,),
        variants=(
            Variant("read a Parquet file", plain),
            Variant("from the cache", cached, goal=20.0),
            Variant("compile", compiled, budget=2.0),
        ),
        describe=described,
    )
)
