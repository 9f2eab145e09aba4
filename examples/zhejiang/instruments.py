"""Capacity lines, projects, lists, budgets, groups and parks of the fictional province."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from firms import YEARS, Firms

from dafeng.vocabulary import fictional_credit_code

Row = dict[str, Any]
FICTION = {"source": "fictional list", "mark": "synthetic"}
HELD = 4  # members of a group that it holds first
_CANDIDATE = (
    *("region", "sector", "title_zh", "title_en", "product", "capacity", "unit", "field"),
    *("design", "energy_tce", "emission_tco2", "investment_yuan", "finished"),
)
PARK_CODES = 9_000_000  # serial numbers of parks and groups, clear of those of the enterprises


def lines(firms: Firms, rng: np.random.Generator) -> Iterator[Row]:
    """Yield the capacity lines; they close with their works."""
    for number, line in enumerate(firms.profile.get("lines", ()), start=1):
        for i, name in enumerate(firms.ids):
            most = firms.output[:, i].max() * line.get("per", 1.0)
            yield FICTION | {
                "line": f"{name}-L{number}",
                "reporter": name,
                "facility": f"line-{number}",
                "region": firms.city[i],
                "product": line["product"],
                "field": line["field"],
                "quota": line.get("quota", ""),
                "route": line.get("route", ""),
                "capacity": float(round(most / line["utilisation"], -3)),
                "unit": firms.profile["driver"]["unit"],
                "first": str(_day(rng, 2004, 2019)),
                "last": firms.span(i)[1],
            }


def line_facilities(firms: Firms) -> Iterator[Row]:
    """Yield the facility of each line."""
    for number, line in enumerate(firms.profile.get("lines", ()), start=1):
        for name in firms.ids:
            facility = {"facility": f"line-{number}", "name_zh": f"{number}号线"}
            yield {"reporter": name, "type": line["use"]} | facility


def pv(firms: Firms, share: float, rng: np.random.Generator) -> Iterator[Row]:
    """Yield PV plants with their capacity and first day."""
    for i, name in enumerate(firms.ids):
        if rng.random() < share:
            capacity = min(60.0, 2.2 + 2e-5 * firms.energy[0, i] * rng.lognormal(0, 0.5))
            yield {
                "reporter": name,
                "facility": "pv-1",
                "type": "solar_power",
                "name_zh": "屋顶光伏",
                "capacity": round(capacity, 2),
                "capacity_unit": "MW",
                "first": str(_day(rng, 2019, 2025)),
            }


def projects(firms: Firms, settings: Row, rng: np.random.Generator) -> Iterator[Row]:
    """Yield retrofit projects and new ones."""
    rates = settings["instruments"]
    for i, name in enumerate(firms.ids):
        for number in range(rng.poisson(rates["retrofits_per_enterprise"])):
            yield _retrofit(firms, i, f"{name}-R{number + 1}", rng)
        for number in range(rng.poisson(rates["new_projects_per_enterprise"])):
            yield _new(firms, i, f"{name}-N{number + 1}", rng)


def candidates(all_firms: list[Firms], settings: Row) -> tuple[list[Row], list[Row]]:
    """Return planned projects that all is recorded of, and the lists they are on; nothing is drawn.

    They were approved after the last month of the books, so that nothing of them is committed yet.
    """
    found, listed = [], []
    first = {firms.profile["id"]: firms.ids[0] for firms in all_firms}
    for number, one in enumerate(settings["candidates"], start=1):
        project = f"ZJ-C{number}"
        row = FICTION | {"project": project, "reporter": first[one["profile"]], "kind": "new"}
        row |= {name: one[name] for name in _CANDIDATE}
        row |= {"status": "planned", "approved": "2026-01-08", "approved_tce": one["energy_tce"]}
        found.append(row)
        listed += [_listed(name, project, "2026-01-01") for name in settings["on_lists"]]
    return found, listed


def single_out(found: list[Row], number: int) -> list[Row]:
    """Give the first running new projects a facility of their own: the State lists them apart."""
    chosen = [row for row in found if row["kind"] == "new" and row["status"] == "running"][:number]
    for row in chosen:
        row["facility"] = "project-1"
    return chosen


def _retrofit(firms: Firms, i: int, project: str, rng: np.random.Generator) -> Row:
    started = _day(rng, 2021, 2025)
    finished = started + timedelta(days=int(rng.integers(120, 540)))
    saving = firms.energy[0, i] * rng.uniform(0.005, 0.05)
    return _project(firms, i, project, "retrofit") | {
        "title_zh": "节能降碳技术改造",
        "title_en": "energy-saving and carbon-reducing retrofit",
        "saving_tce": round(saving, 1),
        "reduction_tco2": round(saving * rng.uniform(2.2, 2.8), 1),
        "investment_yuan": float(round(saving * rng.lognormal(8.2, 0.7), -3)),
        "status": "running" if finished <= date(2025, 12, 31) else "building",
        "started": str(started),
        "finished": str(finished) if finished <= date(2025, 12, 31) else "",
    }


def _new(firms: Firms, i: int, project: str, rng: np.random.Generator) -> Row:
    started = _day(rng, 2022, 2026)
    energy = max(200.0, firms.net_energy[0, i] * rng.uniform(0.1, 0.6))
    approved = rng.random() < 0.85
    status = "planned" if started > date(2025, 12, 31) else str(rng.choice(["building", "running"]))
    driver = firms.profile["driver"]
    made = driver["item"] != "gross_output"
    return _project(firms, i, project, "new" if rng.random() < 0.6 else "expansion") | {
        "title_zh": "新增产能项目",
        "title_en": "project that adds capacity",
        "product": driver["item"] if made else "",
        "capacity": float(round(firms.output[0, i] * 0.2, -3)) if made else None,
        "unit": driver["unit"] if made else "",
        "energy_tce": round(energy, 1),
        "emission_tco2": round(energy / (1 - firms.sold) * 2.4, 1),
        "investment_yuan": float(round(energy * rng.lognormal(9.5, 0.6), -3)),
        "approved": str(started - timedelta(days=90)) if approved else "",
        "approved_tce": round(energy * rng.uniform(0.9, 1.1), 1) if approved else None,
        "status": status,
        "started": str(started),
        "finished": str(started + timedelta(days=400)) if status == "running" else "",
    }


def _project(firms: Firms, i: int, project: str, kind: str) -> Row:
    return FICTION | {
        "project": project,
        "reporter": firms.ids[i],
        "region": firms.city[i],
        "sector": firms.profile["sector"],
        "kind": kind,
    }


def project_energy(found: list[Row], firms: dict[str, Firms], fuels: Row) -> Iterator[Row]:
    """Yield what the new projects will use and sell, by item, as their enterprise does."""
    for row in found:
        if row["kind"] == "retrofit":
            continue
        own = firms[row["reporter"]]
        place = own.ids.index(row["reporter"])
        used = row["energy_tce"] / (1 - own.sold)
        held = [(i, own.flow_of(fuels[i]), used * s[-1, place]) for i, s in own.mix.items()]
        for item, made in own.profile.get("makes", {}).items():
            held.append((item, "sold", used * made["share"] * (1 - made["own_use"])))
        for item, flow, tce in held:
            if tce > 0:
                yield {
                    "project": row["project"],
                    "item": item,
                    "flow": flow,
                    "quantity": round(tce / fuels[item]["tce"], 3),
                    "unit": fuels[item]["unit"],
                    "mark": "synthetic",
                }


def lists(all_firms: list[Firms], found: list[Row], settings: Row, rng: Any) -> Iterator[Row]:
    """Yield the lists: above-scale firms, green factories, key and separately listed projects."""
    rates = settings["instruments"]
    for firms in all_firms:
        for i, name in enumerate(firms.ids):
            first, last = firms.span(i)
            yield _listed("above_scale", name, first or "2020-01-01") | {"last": last}
            if rng.random() < rates["green_factories"]:
                day = str(_day(rng, 2021, 2025).replace(month=11, day=18))
                level = str(rng.choice(["provincial", "national"], p=[0.8, 0.2]))
                yield _listed("green_low_carbon_factory", name, day, level)
            if rng.random() < firms.profile.get("emerging", 0.0):
                yield _listed("strategic_emerging", name, "2020-01-01")
    for row in found:
        if row["kind"] == "retrofit" and rng.random() < rates["key_share"]:
            yield _listed("provincial_key_retrofit", row["project"], row["started"], "provincial")
    for row in (row for row in found if row.get("facility")):
        yield _listed("separately_listed", row["project"], row["started"], "national")
    for number in range(1, rates["parks"] + 1):
        if rng.random() < 0.6:
            day = str(_day(rng, 2021, 2025).replace(month=11, day=18))
            yield _listed("green_low_carbon_park", f"PARK-{number:02d}", day, "provincial")


def two_highs(found: list[Row], settings: Row, seed: int) -> Iterator[Row]:
    """Yield which new projects are two-highs, and what is recorded of them; drawn apart."""
    rng = np.random.default_rng([seed, 2])
    rates = settings["two_highs"]
    for row in (row for row in found if row["kind"] != "retrofit"):
        first = f"{int(row['started'][:4]) - 1}-01-01"
        hungry = row["sector"] in rates["sectors"]
        yield _listed("two_highs" if hungry else "not_two_highs", row["project"], first)
        for name, share in rates["recorded"].items() if hungry else ():
            if rng.random() < share:
                yield _listed(name, row["project"], first)


def _listed(name: str, subject: str, first: str, level: str = "provincial") -> Row:
    return FICTION | {"list": name, "level": level, "subject": subject, "first": first}


def parks_and_groups(
    all_firms: list[Firms], settings: Row, rng: Any
) -> tuple[list[Row], list[Row]]:
    """Return parks and groups as reporters, and the members of the groups with their shares."""
    cities = list(settings["cities"])
    rates = settings["instruments"]
    reporters = [
        _body(f"PARK-{n:02d}", "park", f"虚构{n}号工业园区", f"Fictional Park No. {n}", cities, n)
        for n in range(1, rates["parks"] + 1)
    ]
    names = [name for firms in all_firms for name in firms.ids]
    groups = min(rates["groups"], len(names) // HELD)
    drawn = rng.permutation(names)[: groups * HELD].reshape(groups, HELD).tolist()
    members: list[Row] = []
    for n, own in enumerate(drawn, start=1):
        words = (f"虚构{n}号集团", f"Fictional Group No. {n}")
        reporters.append(_body(f"GROUP-{n:02d}", "group", *words, cities, n + rates["parks"]))
        shares = [0.51, *rng.choice([1.0, 0.8, 0.6667, 0.35], HELD - 1).tolist()]
        held = {"group": f"GROUP-{n:02d}"}
        members += [held | {"member": m, "share": s} for m, s in zip(own, shares, strict=True)]
        members.append(held | {"member": drawn[n - 2][0], "share": 0.3333})  # a second holder
    return reporters, members


def _body(name: str, kind: str, zh: str, en: str, cities: list[str], number: int) -> Row:
    return {
        "reporter": name,
        "kind": kind,
        "credit_code": fictional_credit_code(PARK_CODES + number),
        "name_zh": zh,
        "name_en": en,
        "region": cities[number % len(cities)] if kind == "park" else "33",
        "mark": "synthetic",
    }


def budgets(all_firms: list[Firms], cities: list[str]) -> Iterator[Row]:
    """Yield the budgets of 2025: last year's use less 2 %, a reserve, and the city's total.

    Who does not report in both years has none.
    """
    year, place = YEARS[-1], len(YEARS) - 2
    for city in cities:
        given = [
            (name, int(firms.net_energy[place, i] * 0.98))
            for firms in all_firms
            for i, name in enumerate(firms.ids)
            if firms.city[i] == city
            and firms.net_energy[place, i] >= 1000
            and firms.listed[place:, i].all()
        ]
        reserve = sum(tce for _, tce in given) // 20
        yield _budget(city, "", year, "total", sum(tce for _, tce in given) + reserve)
        yield _budget(city, "", year, "reserve", reserve)
        yield from (_budget(city, name, year, "budget", tce) for name, tce in given)


def _budget(city: str, name: str, year: int, kind: str, tce: int) -> Row:
    return FICTION | {
        "region": city,
        "reporter": name,
        "year": year,
        "kind": kind,
        "quantity_tce": tce,
        "electricity_basis": "equivalent",
        "adopted": f"{year}-01-20",
    }


def _day(rng: Any, first: int, last: int) -> date:
    return date(int(rng.integers(first, last + 1)), int(rng.integers(1, 13)), 1)
