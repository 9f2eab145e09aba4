"""Who there is in the fictional province: enterprises with their size, place and habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

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
        listed: year × enterprise, whether it is there and above scale, and so reports.
    """

    profile: dict[str, Any]
    ids: list[str]
    city: list[str]
    output: Floats
    intensity: Floats
    mix: dict[str, Floats]
    listed: NDArray[np.bool_]

    @property
    def energy(self) -> Floats:
        """Standard coal of what is bought or burnt in each year and enterprise, in tce."""
        return self.output * self.intensity

    @property
    def sold(self) -> float:
        """What part of that standard coal leaves as electricity and heat."""
        made = self.profile.get("makes", {}).values()
        return float(sum(one["share"] * (1 - one["own_use"]) for one in made))

    @property
    def net_energy(self) -> Floats:
        """Comprehensive energy of each year and enterprise, in tce: less what is sold."""
        return self.energy * (1 - self.sold)

    def flow_of(self, fuel: dict[str, Any]) -> str:
        """Return the flow in which a fuel is booked: makers of power and heat transform it."""
        return "transformed_in" if "makes" in self.profile else str(fuel.get("flow", "consumed"))

    def closed(self, i: int) -> bool:
        """Whether an enterprise has shut, rather than fallen below scale."""
        return "smallest_until" in self.profile and not self.listed[-1, i]

    def span(self, i: int) -> tuple[str, str]:
        """Return first and last day above scale; empty where that was so before or still is."""
        held = np.flatnonzero(self.listed[:, i])
        since, until = YEARS[held[0]], YEARS[held[-1]]
        return (
            "" if since == YEARS[0] else f"{since}-01-01",
            "" if until == YEARS[-1] else f"{until}-12-31",
        )


def make_firms(settings: dict[str, Any], enterprises: int, rng: np.random.Generator) -> list[Firms]:
    """Make the enterprises of all profiles, about as many as asked for."""
    found, first = [], 1
    for profile in settings["profiles"]:
        count = max(1, round(enterprises * profile["enterprises"]))
        ids = [f"ZJ-{number:05d}" for number in range(first, first + count)]
        found.append(_firms(profile, ids, settings, rng))
        first += count
    return found


def _firms(
    profile: dict[str, Any], ids: list[str], settings: dict[str, Any], rng: np.random.Generator
) -> Firms:
    count, cities = len(ids), settings["cities"]
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
        _open(output, profile)
        & _above_scale(output, profile.get("moves", False) and settings["above_scale"]),
    )


def _open(output: Floats, profile: dict[str, Any]) -> NDArray[np.bool_]:
    """Tell by year who is still there: of some sectors the smallest closes after a year."""
    there = np.ones(output.shape, dtype=np.bool_)
    if "smallest_until" in profile and output.shape[1] > 1:
        closed = np.array(YEARS) > profile["smallest_until"]
        there[closed, np.argmin(output[0])] = False
    return there


def _above_scale(output: Floats, rates: dict[str, float] | Literal[False]) -> NDArray[np.bool_]:
    """Tell by year who is above scale: small ones come and go, one year after the other."""
    listed = np.ones(output.shape, dtype=np.bool_)
    if not rates:
        return listed
    count, later = output.shape[1], len(YEARS) - 1
    coming = np.argsort(output[0], kind="stable")[: int(rates["enter"] * count)]
    for number, i in enumerate(coming):
        listed[: 1 + number % later, i] = False
    smallest = np.argsort(output[-1], kind="stable")
    going = smallest[~np.isin(smallest, coming)][: int(rates["leave"] * count)]
    for number, i in enumerate(going):
        listed[later - number % later :, i] = False
    return listed


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
            "first": firms.span(i)[0],
            "last": firms.span(i)[1],
            "mark": "synthetic",
        }
        for i, (name, city) in enumerate(zip(firms.ids, firms.city, strict=True))
    ]
