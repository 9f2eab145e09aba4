"""The ledger with pandas, as its guide advises: categories, few columns, one file at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from benchmarks.ledger_data import MONTHS
from dafeng.workspace.snapshot import SUMS, Snapshot

COLUMNS = ["reporter", "facility", "year", "activity", "amount"]
ACTIVITY = ["method", "item", "flow", "basis", "use", "period", "region"]
OWN = ["method", "term", "item", "use", "period", "region"]
LABELS = ["method", "boundary", "measure", "memo", "scope"]


class Frames:
    """The tables that the rows are merged with."""

    def __init__(
        self, folder: Path, fine: Sequence[str], levels: Mapping[str, Sequence[str]]
    ) -> None:
        self._files = Snapshot(folder / "snapshot").files(MONTHS)
        self._fine, self._levels = list(fine), levels
        read = {n: pd.read_parquet(folder / f"{n}.parquet") for n in ("coefficients", "overrides")}
        lines, own = read["coefficients"], read["overrides"]
        lines = lines.astype(dict.fromkeys((*ACTIVITY, *LABELS[:-1], "term"), str))
        lines["activity"] = lines[ACTIVITY].agg("|".join, axis=1)
        lines["line"] = lines[OWN].agg("|".join, axis=1)
        lines["slot"] = lines.groupby(LABELS, observed=True).ngroup()
        first = lines.groupby(["activity", "slot"])["term"].transform("min")
        lines["first"] = lines["term"] == first
        self._slots = lines[["slot", *LABELS]].drop_duplicates()
        own["line"] = own[OWN].agg("|".join, axis=1)
        lines["measured"] = lines["line"].isin(own["line"])
        self._lines = lines[
            ["activity", "period", "line", "slot", "coefficient", "sign", "first", "measured"]
        ]
        self._own = own[["reporter", "facility", "line", "period", "override"]]
        self._reporters = pd.read_parquet(folder / "reporters.parquet")

    def totals(self, out: Path) -> None:
        """Write the totals by reporter, and the levels above."""
        months = pd.concat([self._month(file) for file in self._files], ignore_index=True)
        keys = ["reporter", "facility", "year", "slot"]
        sums = _summed(months.groupby(keys, sort=False))
        fine = sums.merge(self._slots, on="slot")[[*self._fine, *SUMS]]
        fine.to_parquet(out / "all.parquet")
        rows = fine.merge(self._reporters, on="reporter")
        for name, by in self._levels.items():
            _summed(rows.groupby(list(by), sort=False)).to_parquet(out / f"{name}.parquet")

    def _month(self, file: Path) -> Any:
        rows = pd.read_parquet(file, columns=COLUMNS)  # texts come as categories
        lines = self._lines[self._lines["activity"].isin(rows["activity"].cat.categories)]
        lines = lines.assign(
            activity=pd.Categorical(lines["activity"], rows["activity"].cat.categories)
        )
        rows = rows.merge(lines, on="activity")
        measured = rows["measured"].to_numpy()
        own = self._own[self._own["period"] == lines["period"].iloc[0]]
        found = rows.loc[measured, ["reporter", "facility", "line"]].astype(str)
        values = found.merge(own, on=["reporter", "facility", "line"], how="left")["override"]
        coefficient = rows["coefficient"].to_numpy(copy=True)
        coefficient[measured] = np.where(values.isna(), coefficient[measured], values)
        exact = rows["amount"].to_numpy() * coefficient * rows["sign"].to_numpy()
        unknown = np.isnan(exact)
        whole = np.sign(exact) * np.floor(np.abs(exact) + 0.5)
        rows = rows.assign(
            grams=pd.array(np.where(unknown, 0, whole).astype(np.int64)),
            valued=(~unknown).astype(np.int64),
            entries=rows["first"].astype(np.int64),
            without_value=unknown.astype(np.int64),
        )
        keys = ["reporter", "facility", "year", "slot"]
        sums = rows.groupby(keys, sort=False, observed=True)[["grams", "valued", *SUMS[1:]]].sum()
        sums["grams"] = sums["grams"].where(sums.pop("valued") > 0, pd.NA)
        sums = sums.reset_index()
        return sums.astype(dict.fromkeys(keys[:3], str))


def _summed(groups: Any) -> Any:
    """Add whole numbers; what is unknown throughout stays so."""
    sums = groups[list(SUMS)].sum(min_count=1)
    return sums.astype(dict.fromkeys(SUMS[1:], "int64")).reset_index()
