"""Verified savings: metered use before and after, normalised to what drives it, with uncertainty.

The whole-meter approach (IPMVP option C): a regression of the baseline on days, output and degree
days says what the reporting periods would have used without the retrofit; the saving is that, less
what the meter shows. What counts toward a target is less than the estimate: see ``Verified``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dafeng.findings import Finding
from dafeng.ledger import read_mapping, read_table
from dafeng.portfolio.choices import setting
from dafeng.portfolio.projects import Bools, Floats, Rows, tables
from dafeng.portfolio.regress import Fit, fit, t_quantile
from dafeng.vocabulary import Fault, factor, items, period

DAYS = "days"
DRIVERS = ("output", "heating_degree_days", "cooling_degree_days")
PERIODS = pa.schema(
    [
        ("period", pa.string()),
        ("phase", pa.string()),
        ("actual", pa.float64()),
        ("expected", pa.float64()),
        ("saving", pa.float64()),
        ("counted", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Verified:
    """What a meter shows that a retrofit saved.

    Attributes:
        unit: unit of all amounts.
        item: what is metered, or ''.
        fit: the baseline model.
        periods: a row per period, with what was used, what the model expects and the difference;
            ``counted`` says whether the period counts toward a target.
        saving, low, high: the estimate over all reporting periods and its interval.
        counted: what counts toward a target: the lower end of the interval over the periods that
            count, and never below 0; ``None`` where the baseline carries nothing.
        baseline_use: expected use in the reporting periods.
        refused: codes of what keeps the saving, or some periods, from counting.
        first, last: the reporting periods.
    """

    unit: str
    item: str
    fit: Fit
    periods: pa.Table
    saving: float
    low: float
    high: float
    counted: float | None
    baseline_use: float
    confidence: float
    refused: tuple[str, ...]
    first: str
    last: str
    mark: str

    @property
    def findings(self) -> list[Finding]:
        """What a reader must know of what does not count."""
        left_out = sum(not c for c, p in self._phases() if p == "reporting")
        limits = {
            "cv": f"{self.fit.cv:.1%}",
            "r2": f"{self.fit.r2:.2f}",
            "worst": f"{setting('worst_scatter'):.0%}",
            "least": f"{setting('least_fit'):.2f}",
            "days": int(setting("least_baseline_days")),
            "periods": left_out,
            "low": f"{self.low:,.4g}",
        }
        return [Finding(code, "", limits) for code in self.refused]

    def _phases(self) -> list[tuple[bool, str]]:
        counted, phase = self.periods["counted"].to_pylist(), self.periods["phase"].to_pylist()
        return list(zip(counted, phase, strict=True))


def read_metered(path: Path, mapping: Path | None = None) -> tuple[Rows, list[Finding]]:
    """Read a table of metered use from a CSV, Excel or Parquet file."""
    done = read_table(path, tables()["metered"], read_mapping(mapping) if mapping else None)
    return Rows(done.table), list(done.findings)


def verify(
    rows: Rows, drivers: tuple[str, ...] | None = None, confidence: float | None = None
) -> Verified:
    """Return what was saved.

    Args:
        rows: the table ``metered``.
        drivers: columns that use depends on, besides the days; by default those that are filled.
        confidence: of the two-sided interval; by default that of the settings.

    Raises:
        Fault: ``no_phase``, ``metered_mixed``, ``driver_gap``, ``unknown_driver``, and those of
            ``regress.fit``.
    """
    level = setting("confidence") if confidence is None else confidence
    if not 0 < level < 1:
        raise Fault("bad_confidence", confidence=level)
    phase = np.array(rows.texts("phase"))
    for name in ("baseline", "reporting"):
        if not (phase == name).any():
            raise Fault("no_phase", name=name)
    names = _drivers(rows, phase != "works", drivers)
    labels = rows.texts("period")
    order = np.argsort([period(label).first.toordinal() for label in labels], kind="stable")
    x = np.stack([_days(labels), *(rows.numbers(name) for name in names)]).T[order]
    use = rows.numbers("quantity") * _units(rows) - rows.numbers("adjustment", 0.0)
    phase, use = phase[order], use[order]
    before, after = phase == "baseline", phase == "reporting"
    model = fit(x[before], use[before], (DAYS, *names))
    within = _within(x, before) & after
    t = t_quantile((1 + level) / 2, model.freedom)
    saving, error = _sum(model, x, use, after)
    refused, counts = _refused(model, x[before], within, after)
    counted = None
    if counts:
        estimate, own = _sum(model, x, use, within)
        counted = max(0.0, estimate - t * own)
        refused += ("saving_not_proven",) if counted == 0 else ()
    ordered = [labels[i] for i in order.tolist()]
    reporting = [label for label, a in zip(ordered, after, strict=True) if a]
    expected = model.expected(x)
    return Verified(
        unit=rows.texts("unit")[0],
        item=rows.texts("item")[0],
        fit=model,
        periods=pa.table(
            [
                ordered,
                phase.tolist(),
                use,
                expected,
                pa.array(np.where(after, expected - use, np.nan), from_pandas=True),
                within,
            ],
            schema=PERIODS,
        ),
        saving=saving,
        low=saving - t * error,
        high=saving + t * error,
        counted=counted,
        baseline_use=float(expected[after].sum()),
        confidence=level,
        refused=refused,
        first=reporting[0],
        last=reporting[-1],
        mark=rows.mark,
    )


def _sum(model: Fit, x: Floats, use: Floats, at: Bools) -> tuple[float, float]:
    """Return the saving over some periods and its standard error."""
    return float((model.expected(x[at]) - use[at]).sum()), model.error_of_sum(x[at])


def _drivers(rows: Rows, used: Bools, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the drivers that are filled in every period that is used."""
    held = {name: ~np.isnan(rows.numbers(name))[used] for name in DRIVERS}
    for name in wanted or ():
        if name not in held:
            raise Fault("unknown_driver", label=name, near=", ".join(DRIVERS))
    names = [name for name in DRIVERS if held[name].any()] if wanted is None else list(wanted)
    for name in names:
        if not held[name].all():
            raise Fault("driver_gap", "metered", name=name, periods=int((~held[name]).sum()))
    return tuple(names)


def _days(labels: list[str]) -> Floats:
    held = [period(label) for label in labels]
    return np.array([float((one.last - one.first).days + 1) for one in held])


def _units(rows: Rows) -> Floats:
    """Return factors that bring every quantity to the unit of the first row.

    Raises:
        Fault: ``metered_mixed`` where the rows are of several items, ``unit_mismatch``.
    """
    if len(set(rows.texts("item"))) > 1:
        raise Fault("metered_mixed", items=", ".join(sorted(set(rows.texts("item")))))
    units = rows.texts("unit")
    to_first = {unit: factor(unit, units[0]) for unit in set(units)}
    return np.array([float(to_first[unit]) for unit in units])


def _within(x: Floats, before: Bools) -> Bools:
    """Whether the drivers of each period lie in the range of the baseline, with a margin."""
    low, high = x[before, 1:].min(axis=0), x[before, 1:].max(axis=0)
    margin = setting("range_margin") * (high - low)
    return np.asarray(((low - margin <= x[:, 1:]) & (x[:, 1:] <= high + margin)).all(axis=1))


def _refused(
    model: Fit, baseline: Floats, within: Bools, after: Bools
) -> tuple[tuple[str, ...], bool]:
    """Return what speaks against counting, and whether anything counts at all."""
    short = baseline[:, 0].sum() < setting("least_baseline_days")
    weak = model.cv > setting("worst_scatter") and model.r2 < setting("least_fit")
    outside = bool((after & ~within).any())
    found = {
        "baseline_not_a_year": short,
        "baseline_too_loose": weak,
        "drivers_out_of_range": outside,
    }
    counts = not (short or weak) and bool(within.any())
    return tuple(code for code, holds in found.items() if holds), counts


def unit_of(found: Verified) -> float:
    """Return how many units of its item a unit of the meter is; 1 without an item.

    Raises:
        Fault: ``unit_mismatch``.
    """
    return float(factor(found.unit, items()[found.item].unit)) if found.item else 1.0
