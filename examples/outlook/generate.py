"""Makes sectors.csv: twenty years of six sectors of a province that does not exist.

    python examples/outlook/generate.py examples/outlook/sectors.csv

All numbers are invented. Levels are of the order of a small industrial province; what matters is
that growth slows, intensity falls, fuels give way to electricity and the grid gets cleaner, with
shocks that sectors share and that last for more than a year.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

YEARS = range(2006, 2026)
REGION = "example"
# sector (GB/T 4754), group, value added 2006 (10^8 yuan), tce per 10^4 yuan 2006,
# shares of coal, gas, electricity in 2006, process emissions (10^4 tCO2 per 10^8 yuan)
SECTORS = (
    ("31", "heavy", 420.0, 4.1, (0.80, 0.04, 0.16), 0.0),
    ("30", "heavy", 260.0, 3.6, (0.82, 0.05, 0.13), 3.2),
    ("26", "heavy", 510.0, 2.5, (0.62, 0.11, 0.27), 0.5),
    ("22", "light", 150.0, 1.9, (0.66, 0.06, 0.28), 0.0),
    ("17", "light", 330.0, 1.1, (0.42, 0.07, 0.51), 0.0),
    ("38", "light", 380.0, 0.5, (0.16, 0.14, 0.70), 0.0),
)
# t CO2 per tce of fuel, rounded textbook values; the grid's falls by a fifth over the years
FACTORS = {"coal": 2.66, "natural_gas": 1.63, "electricity": 6.2}
FUELS = ("coal", "natural_gas", "electricity")


def shocks(rng: np.random.Generator, scale: float, persistence: float) -> np.ndarray:
    """Return persistent shocks, (sectors, years), part of which the sectors share."""
    new = rng.normal(size=(len(SECTORS), len(YEARS))) + 0.8 * rng.normal(size=len(YEARS))
    found = np.zeros_like(new)
    for t in range(1, len(YEARS)):
        found[:, t] = persistence * found[:, t - 1] + scale * new[:, t]
    return found


def rows() -> list[dict[str, object]]:
    """Return the rows of the table."""
    rng = np.random.default_rng(20)
    t = np.arange(len(YEARS))
    slowing = np.linspace(0.095, 0.062, len(YEARS))
    activity_shocks, intensity_shocks = shocks(rng, 0.016, 0.4), shocks(rng, 0.012, 0.2)
    found = []
    for i, (sector, group, made, per, shares, process) in enumerate(SECTORS):
        heavy = group == "heavy"
        activity = made * np.exp(np.cumsum(slowing - 0.012 * heavy + activity_shocks[i]))
        intensity = per * np.exp(np.cumsum(-0.030 + 0.005 * heavy + intensity_shocks[i]))
        coal, gas, power = shares
        shift = np.minimum(0.009 * t + rng.normal(0, 0.004, len(t)).cumsum(), coal - 0.03)
        mix = np.stack([coal - shift, gas + 0.4 * shift, power + 0.6 * shift])
        energy = activity * intensity * mix  # 10^4 tce
        for y, year in enumerate(YEARS):
            row = {"region": REGION, "sector": sector, "group": group, "year": year}
            found.append(row | _value("", "activity", activity[y], "10^8 yuan", "prices of 2020"))
            for f, fuel in enumerate(FUELS):
                factor = FACTORS[fuel] * (1 - 0.011 * y if fuel == "electricity" else 1)
                found.append(row | _value(fuel, "energy", energy[f, y], "10^4 tce", "equal value"))
                emitted = energy[f, y] * factor * (0.36 if fuel == "electricity" else 1)
                found.append(row | _value(fuel, "emission", emitted, "10^4 tCO2", "scopes 1 and 2"))
            if process:
                emitted = process * activity[y] * np.exp(-0.02 * y)
                found.append(row | _value("process", "emission", emitted, "10^4 tCO2", "process"))
    return found


def _value(fuel: str, measure: str, value: float, unit: str, basis: str) -> dict[str, object]:
    said = {"basis": basis, "source": "invented", "mark": "synthetic"}
    return {"fuel": fuel, "measure": measure, "value": round(float(value), 4), "unit": unit} | said


if __name__ == "__main__":
    table = rows()
    with Path(sys.argv[1]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
