"""Run the suite: ``python -m benchmarks [--quick] [-k NAME] [--json OUT]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import REGISTRY, Benchmark
from benchmarks.measure import Result, measure

LIBRARIES = ("dafeng", "duckdb", "ibis-framework", "pyarrow", "numpy", "pydantic")
ROW = "{:<14} {:>8}  {:<24} {:>10} {:>19} {:>9} {:>7} {:>7}  {}"
HEAD = ROW.format(
    "benchmark", "size", "variant", "median ms", "min – max ms", "peak MB", "ratio", "goal", ""
)


def main() -> int:
    """Run what the command line selects, print a table, write JSON if asked."""
    options = _options()
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # as the command does
    chosen = [b for name, b in REGISTRY.items() if options.k in name]
    if not chosen:
        print(f"no benchmark is named like {options.k}; there are: {', '.join(REGISTRY)}")
        return 2
    results = [result for benchmark in chosen for result in _run(benchmark, options)]
    if options.json:
        record = {"machine": machine(), "results": [result.to_dict() for result in results]}
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="few rounds, small sizes")
    parser.add_argument("--full", action="store_true", help="the largest sizes: minutes, many GB")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all measurements here")
    parser.add_argument("-k", default="", metavar="NAME", help="only names that contain NAME")
    return parser.parse_args()


def _run(benchmark: Benchmark, options: argparse.Namespace) -> list[Result]:
    sizes, rounds = benchmark.plan(quick=options.quick, full=options.full)
    print(f"\n{benchmark.title} (median of {rounds}; ratio to the first line)\n{HEAD}")
    results = []
    for size in sizes:
        for result in measure(benchmark, size, rounds):
            print(_row(result, benchmark.unit), flush=True)
            results.append(result)
        if benchmark.describe:
            print(f"{size} {benchmark.unit}: {benchmark.describe(size)}")
    return results


def _row(result: Result, unit: str) -> str:
    return ROW.format(
        result.benchmark,
        f"{result.size} {unit}" if unit else "",
        result.variant,
        f"{result.median * 1e3:.1f}",
        f"{min(result.seconds) * 1e3:.1f} – {max(result.seconds) * 1e3:.1f}",
        "–" if result.peak_mb is None else f"{result.peak_mb:.0f}",
        f"{result.ratio:.2f}",
        " ".join(_limits(result)),
        {None: "", True: "met", False: "missed"}[result.met],
    )


def _limits(result: Result) -> Iterator[str]:
    if result.goal is not None:
        yield f"≤ {result.goal:g}"
    if result.budget is not None:
        yield f"≤ {result.budget:g} s"


def machine() -> dict[str, Any]:
    """What a reader must know before comparing two runs; absolute times do not carry over."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


if __name__ == "__main__":
    raise SystemExit(main())
