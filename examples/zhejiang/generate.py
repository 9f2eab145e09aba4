"""Makes the fictional province of Zhejiang: tables for a workspace, the same for the same seed.

    python examples/zhejiang/generate.py FOLDER [--enterprises 2000] [--seed 2023]

writes CSV files into FOLDER/files and takes them into the workspace FOLDER. No enterprise in it
exists; every row says ``synthetic``, and so does every figure that rests on one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml
from pyarrow import csv

sys.path.insert(0, str(Path(__file__).resolve().parent))

import activity
import instruments
import retrofits
from firms import YEARS, Firms, make_firms, reporter_rows

from dafeng.workspace import Workspace

HERE = Path(__file__).resolve().parent
TABLES = (
    "reporters",
    "members",
    "facilities",
    "assignments",
    "measured",
    "lines",
    "projects",
    "project_energy",
    "lists",
    "budgets",
    "retrofits",
    "retrofit_limits",
)
"""In the order in which they are taken in; the entries come last, year by year."""

Row = dict[str, Any]


def main() -> int:
    """Write the files and fill the workspace."""
    options = _options()
    files = options.folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    settings = yaml.safe_load((HERE / "profiles.yaml").read_text(encoding="utf-8"))
    rng = np.random.default_rng(options.seed)
    firms = make_firms(settings, options.enterprises, rng)
    projects = [row for f in firms for row in instruments.projects(f, settings, rng)]
    apart = instruments.single_out(projects, settings["instruments"]["separately_listed"])
    planned = retrofits.planned(firms, settings, options.seed)
    tables = _tables(settings, firms, projects, rng)
    tables["lists"] = [*tables["lists"], *instruments.two_highs(projects, settings, options.seed)]
    candidates, recorded = instruments.candidates(firms, settings["two_highs"])
    tables["projects"], tables["lists"] = [*projects, *candidates], [*tables["lists"], *recorded]
    tables |= {"retrofits": planned, "retrofit_limits": retrofits.limits(planned)}
    for name, rows in tables.items():
        _write(files / f"{name}.csv", _as_table(rows))
    for year, table in _entries(settings, firms, apart, rng):
        _write(files / f"entries-{year}.csv", table)
    if options.files_only:
        return 0
    workspace = Workspace.create(
        options.folder, region="33", plan_id="zhejiang-industry-2023", synthetic=True
    )
    (workspace.store.path / "plans").mkdir(exist_ok=True)
    shutil.copy(HERE / "targets.yaml", workspace.store.path / "plans")
    for name in TABLES:
        _take(workspace, files / f"{name}.csv", name)
    for year in YEARS:
        _take(workspace, files / f"entries-{year}.csv", "entries")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--enterprises", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--files-only", action="store_true", help="write the files, no workspace")
    return parser.parse_args()


def _tables(
    settings: Row, firms: list[Firms], projects: list[Row], rng: Any
) -> dict[str, Iterable[Row]]:
    bodies, members = instruments.parks_and_groups(firms, settings, rng)
    by_name = {name: f for f in firms for name in f.ids}
    share = settings["instruments"]["pv_share"]
    starts = np.cumsum([1, *(len(f.ids) for f in firms)])
    return {
        "reporters": [r for f, n in zip(firms, starts, strict=False) for r in reporter_rows(f, n)]
        + bodies,
        "members": members,
        "facilities": [r for f in firms for r in instruments.line_facilities(f)]
        + [r for f in firms for r in instruments.pv(f, share, rng)]
        + [_project_facility(row) for row in projects if row.get("facility")],
        "assignments": [r for f in firms for r in _assignments(f, projects)],
        "measured": [r for f in firms for r in _measured(settings["fuels"], f, rng)],
        "lines": [r for f in firms for r in instruments.lines(f, rng)],
        "projects": projects,
        "project_energy": instruments.project_energy(projects, by_name, settings["fuels"]),
        "lists": instruments.lists(firms, projects, settings, rng),
        "budgets": instruments.budgets(firms, list(settings["cities"])),
    }


def _project_facility(project: Row) -> Row:
    place = {"reporter": project["reporter"], "facility": project["facility"]}
    return place | {"type": "process", "name_zh": "单列项目", "first": project["started"]}


def _assignments(firms: Firms, projects: list[Row]) -> Iterator[Row]:
    apart = {row["reporter"]: row["facility"] for row in projects if row.get("facility")}
    energy = {"method": "comprehensive-energy-2020", "purpose": "energy"}
    for name in firms.ids:
        yield {"reporter": name, "method": firms.profile["method"], "purpose": "inventory"}
        yield {"reporter": name} | energy
        if name in apart:
            method = {"method": firms.profile["method"], "purpose": "inventory"}
            yield {"reporter": name, "facility": apart[name]} | method
            yield {"reporter": name, "facility": apart[name]} | energy
        for number, _ in enumerate(firms.profile.get("lines", ()), start=1):
            yield {"reporter": name, "facility": f"line-{number}"} | energy


def _measured(fuels: Row, firms: Firms, rng: Any) -> Iterator[Row]:
    """Yield what the firms measure, a value a year; one in fifty has not reported it."""
    wanted = [fuels[i] | {"item": i} for i in firms.mix if "parameter" in fuels[i]]
    own = [m | {"parameter_unit": m["unit"]} for m in firms.profile.get("measured", ())]
    for name in firms.ids:
        for one in (*wanted, *own):
            if rng.random() < 0.02 and one in wanted:
                continue
            value = one["value"] * float(np.exp(rng.normal(0, one["sigma"])))
            held = firms.listed[:, firms.ids.index(name)]
            yield from (_value(name, y, one, value) for y in np.array(YEARS)[held].tolist())


def _value(name: str, year: int, one: Row, value: float) -> Row:
    return {
        "reporter": name,
        "period": year,
        "item": one["item"],
        "parameter": one["parameter"],
        "value": float(f"{value:.5g}"),
        "unit": one["parameter_unit"],
        "source": "fictional laboratory",
        "mark": "synthetic",
    }


def _entries(
    settings: Row, firms: list[Firms], apart: list[Row], rng: Any
) -> Iterator[tuple[int, pa.Table]]:
    """Yield the entries of each year, with reports that are late, missing or wrong.

    Who is not above scale in a year does not report.
    """
    parts: dict[int, list[pa.Table]] = {year: [] for year in YEARS}
    for own in firms:
        for year, table in activity.entries(settings, own, rng):
            parts[year].append(table)
        for year, table in activity.line_entries(own, settings["fuels"]):
            parts[year].append(table)
    owners = {name: own for own in firms for name in own.ids}
    for project in apart:
        own = owners[project["reporter"]]
        for year, table in activity.project_entries(own, settings["fuels"], project):
            parts[year].append(table)
    for year in YEARS:
        booked = _spoilt(pa.concat_tables(parts[year]), year, settings["faults"], rng)
        silent = [
            n
            for f in firms
            for n, on in zip(f.ids, f.listed[year - YEARS[0]], strict=True)
            if not on
        ]
        yield year, booked.filter(pa.array(~_of(booked, silent)))


def _spoilt(table: pa.Table, year: int, faults: Row, rng: Any) -> pa.Table:
    """Leave out late and missing months, and let a few firms report kilograms as tonnes."""
    names = np.unique(table["reporter"].to_numpy(zero_copy_only=False))
    late = names[rng.random(len(names)) < faults["late"]]
    gaps = names[rng.random(len(names)) < faults["gaps"]]
    gone = _in(table, late, f"{year}-12") if year == YEARS[-1] else _in(table, [], "")
    gone |= _in(table, gaps, f"{year}-05")
    burning = np.unique(
        table.filter(pa.array(_is(table, "item", "diesel")))["reporter"].to_pylist()
    )
    wrong = rng.choice(burning, faults["thousandfold"], replace=False)
    thousand = _in(table, wrong, f"{year}-09") & _is(table, "item", "diesel")
    quantity = table["quantity"].to_numpy() * np.where(thousand, 1000, 1)
    place = table.schema.get_field_index("quantity")
    return table.set_column(place, "quantity", pa.array(quantity)).filter(pa.array(~gone))


def _in(table: pa.Table, names: Any, month: str) -> Any:
    return _of(table, names) & _is(table, "period", month)


def _of(table: pa.Table, names: Any) -> Any:
    chosen = pc.is_in(table["reporter"], value_set=pa.array(list(names), pa.string()))
    return chosen.to_numpy(zero_copy_only=False)


def _is(table: pa.Table, column: str, text: str) -> Any:
    return pc.equal(table[column], text).to_numpy(zero_copy_only=False)


def _as_table(rows: Iterable[Row]) -> pa.Table:
    held = list(rows)
    names = dict.fromkeys(name for row in held for name in row)
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in held])


def _write(path: Path, table: pa.Table) -> None:
    csv.write_csv(table, path)


def _take(workspace: Workspace, file: Path, table: str) -> None:
    done = workspace.import_file(file, table=table)
    print(f"{table:<16} {done.taken:>8} {file.name}", file=sys.stderr)  # noqa: T201
    for finding in done.findings[:5]:
        print(f"  {finding.code} {finding.place} {finding.cause('en')}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    raise SystemExit(main())
