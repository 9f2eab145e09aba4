"""The ledger with pandas: as one would write it, and as its guide advises.

Both read few columns and join by numbers. The first takes a year at once and merges; the second
goes file by file and looks up what was measured only where somebody measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from benchmarks.ledger_data import MONTHS
from dafeng.accounting import SUMS
from dafeng.workspace.snapshot import Snapshot

COLUMNS = ["who_no", "activity_no", "amount"]
ACTIVITY = ["method", "item", "flow", "basis", "use", "period", "region"]
OWN = ["method", "term", "item", "use", "period", "region"]
YEARS = sorted({month[:4] for month in MONTHS})
SAID = ["method", "boundary", "measure", "memo", "scope", "gas"]


class Frames:
    """The tables that the rows are merged with."""

    def __init__(self, folder: Path, levels: Mapping[str, Sequence[str]]) -> None:
        snapshot = Snapshot(folder / "snapshot")
        self._files = dict(zip(MONTHS, snapshot.files(MONTHS), strict=True))
        self._levels = levels
        read = {n: pd.read_parquet(folder / f"{n}.parquet") for n in ("coefficients", "overrides")}
        marks = pd.read_parquet(folder / "marks.parquet").set_index("inputs")["mark"]
        lines, own = read["coefficients"], read["overrides"]
        lines = lines.astype(dict.fromkeys((*ACTIVITY, *SAID, "term", "inputs"), str))
        lines["activity"] = lines[ACTIVITY].agg("|".join, axis=1)
        lines["line"] = lines[OWN].agg("|".join, axis=1)
        said = lines[SAID].agg("|".join, axis=1)
        proxy = lines["proxy"].astype(int).astype(str)
        lines["label"] = said + "|" + proxy + "|" + lines["inputs"].map(marks)
        own["line"] = own[OWN].agg("|".join, axis=1)
        own["label"] = own["line"].map(dict(zip(lines["line"], said, strict=True)))
        own["label"] += "|" + own["override_proxy"].astype(int).astype(str)
        own["label"] += "|" + own["override_inputs"].map(marks)
        self._labels = pd.Index(sorted({*lines["label"], *own["label"]}))
        for side in (lines, own):
            side["label"] = self._labels.get_indexer(side["label"])
        first = lines.groupby(["activity", *SAID[:4]])["term"].transform("min")
        lines["first"] = lines["term"] == first
        numbers = pd.Index(own["line"].unique())
        for side in (lines, own):
            side["own"] = numbers.get_indexer(side["line"])  # -1: nobody measured
        numbers = pd.Index(snapshot.numbered("activity")["activity"].to_pandas())
        lines["activity_no"] = numbers.get_indexer(lines["activity"])
        who = snapshot.numbered("who").to_pandas()
        who["who_no"] = who.index
        own = own.merge(who, on=["reporter", "facility"])
        self._own = own[["period", "who_no", "own", "override", "label"]]
        names = ["period", "activity_no", "label", "own", "coefficient", "sign", "first"]
        self._lines = lines[names]
        self._who = who.merge(pd.read_parquet(folder / "reporters.parquet"), on="reporter")

    def merged(self, out: Path) -> None:
        """Write the totals by reporter, and the levels above: a year at once, by merging."""
        for year in YEARS:
            files = [self._files[month] for month in MONTHS if month.startswith(year)]
            rows = pd.concat([pd.read_parquet(file, columns=COLUMNS) for file in files])
            rows = rows.merge(self._lines.drop(columns="period"), on="activity_no")
            own = self._own.drop(columns="period")
            rows = rows.merge(own, on=["who_no", "own"], how="left", suffixes=("", "_own"))
            label = rows["label_own"].fillna(rows["label"]).astype(int)
            coefficient = rows["override"].fillna(rows["coefficient"])
            self._levels_of(year, _counted(rows, label, coefficient), out)

    def by_month(self, out: Path) -> None:
        """Write the same, file by file."""
        for year in YEARS:
            months = [self._month(month) for month in MONTHS if month.startswith(year)]
            sums = _summed(pd.concat(months, ignore_index=True), ["who_no", "label"])
            self._levels_of(year, sums, out)

    def _levels_of(self, year: str, sums: Any, out: Path) -> None:
        self._write(sums, out / f"reporters-{year}.parquet")
        rows = sums.merge(self._who, on="who_no")
        for name, by in self._levels.items():
            self._write(_summed(rows, [*by, "label"]), out / f"{name}-{year}.parquet")

    def _write(self, sums: Any, path: Path) -> None:
        sums.assign(label=self._labels.take(sums["label"])).to_parquet(path)

    def _month(self, month: str) -> Any:
        rows = pd.read_parquet(self._files[month], columns=COLUMNS)
        lines, own = (side[side["period"] == month] for side in (self._lines, self._own))
        rows = rows.merge(lines.drop(columns="period"), on="activity_no")
        measured = np.flatnonzero(rows["own"].to_numpy() >= 0)
        asked = rows.iloc[measured][["who_no", "own"]]
        values = asked.merge(own, on=["who_no", "own"], how="left")
        coefficient = rows["coefficient"].to_numpy(copy=True)
        given = values["override"].to_numpy()
        coefficient[measured] = np.where(np.isnan(given), coefficient[measured], given)
        label = rows["label"].to_numpy(copy=True)
        label[measured] = values["label"].fillna(pd.Series(label[measured])).astype(int)
        return _counted(rows, label, coefficient)


def _counted(rows: Any, label: Any, coefficient: Any) -> Any:
    exact = rows["amount"].to_numpy() * np.asarray(coefficient) * rows["sign"].to_numpy()
    unknown = np.isnan(exact)
    whole = np.sign(exact) * np.floor(np.abs(exact) + 0.5)
    found = pd.DataFrame(
        {
            "who_no": rows["who_no"],
            "label": label,
            "grams": np.where(unknown, 0, whole).astype(np.int64),
            "entries": rows["first"].astype(np.int64),
            "terms": np.ones(len(rows), np.int64),
            "without_value": unknown.astype(np.int64),
        }
    )
    return _summed(found, ["who_no", "label"])


def _summed(rows: Any, keys: list[str]) -> Any:
    return rows.groupby(keys, sort=False)[list(SUMS)].sum().reset_index()
