"""Who there is in the fictional province: enterprises with their size, place and habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.vocabulary import fictional_credit_code

BASE_YEAR = 2020
YEARS = range(BASE_YEAR, 2026)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Firms:
    """The enterprises of one profile.

    Attributes:
        profile: what the profile says.
        ids: one per enterprise.
        city: code of the city of each.
        output: year × enterprise, in the unit of the profile's driver.
        intensity: year × enterprise, tce per unit of output.
        mix: item → year × enterprise, share of the standard coal.
    """

    profile: dict[str, Any]
    ids: list[str]
    city: list[str]
    output: Floats
    intensity: Floats
    mix: dict[str, Floats]

    @property
    def energy(self) -> Floats:
        """Standard coal of each year and enterprise, in tce."""
        return self.output * self.intensity


def make_firms(settings: dict[str, Any], enterprises: int, rng: np.random.Generator) -> list[Firms]:
    """Make the enterprises of all profiles, about as many as asked for."""
    found, first = [], 1
    for profile in settings["profiles"]:
        count = max(1, round(enterprises * profile["enterprises"]))
        ids = [f"ZJ-{number:05d}" for number in range(first, first + count)]
        found.append(_firms(profile, ids, settings["cities"], rng))
        first += count
    return found


def _firms(
    profile: dict[str, Any], ids: list[str], cities: dict[str, float], rng: np.random.Generator
) -> Firms:
    count = len(ids)
    size = rng.lognormal(0.0, profile["sigma"], count)
    driver, energy = profile["driver"], profile["energy"]
    growth = np.cumprod([1.0, *(1 + rate for rate in driver["growth"])])
    drift = np.exp(np.cumsum(rng.normal(0, 0.05, (len(YEARS), count)), axis=0))
    output = driver["total"] * growth[:, None] * _shares(size * drift)
    level = rng.lognormal(0.0, energy["sigma"], count)
    trend = (1 + energy["trend"] + rng.normal(0, 0.008, count)) ** np.arange(len(YEARS))[:, None]
    noise = np.exp(rng.normal(0, 0.01, (len(YEARS), count)))
    share = np.array(list(cities.values()))
    city = rng.choice(list(cities), count, p=share / share.sum())
    return Firms(
        profile,
        ids,
        city.tolist(),
        output,
        energy["tce"] * level * trend * noise,
        _mix(profile, count, rng),
    )


def _shares(sizes: Floats) -> Floats:
    """Return each enterprise's share of the year's sum."""
    return sizes / sizes.sum(axis=1, keepdims=True)


def _mix(profile: dict[str, Any], count: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Vary the profile's mix from firm to firm; what a firm does not use is zero."""
    raw = {}
    for item, share in profile["mix"].items():
        path = share + profile["shift"].get(item, 0.0) * np.arange(len(YEARS))
        own = rng.lognormal(0, 0.25, count)
        if share < 0.3:  # a minor fuel is not used by everyone
            own *= rng.random(count) < 0.75
        raw[item] = np.maximum(path, 0)[:, None] * own
    total = sum(raw.values())
    return {item: part / total for item, part in raw.items()}


def reporter_rows(firms: Firms, first: int) -> list[dict[str, Any]]:
    """Return the rows of the table of reporters."""
    profile = firms.profile
    return [
        {
            "reporter": name,
            "kind": "enterprise",
            "credit_code": fictional_credit_code(first + i),
            "name_zh": f"虚构{profile['zh']}{first + i}号有限公司",
            "name_en": f"Fictional {profile['en']} No. {first + i} Co., Ltd.",
            "region": city,
            "sector": profile["sector"],
            "mark": "synthetic",
        }
        for i, (name, city) in enumerate(zip(firms.ids, firms.city, strict=True))
    ]
