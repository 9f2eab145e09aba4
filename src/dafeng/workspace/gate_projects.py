"""Projects of a workspace: rows of its tables, completed by lists, and files in ``projects/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng.gate import Project, read_project
from dafeng.indicators import there
from dafeng.vocabulary import Fault, Text, read_yaml, validate
from dafeng.workspace.supervision import reviewed

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]
_FILE = Path(__file__).parent / "data" / "gate_lists.yaml"


def projects_of(
    ws: Workspace,
    rows: Iterable[Row],
    lines: Iterable[Row],
    lists: Iterable[Row],
    day: date,
) -> dict[str, Project]:
    """Return the projects by id; a file in ``projects/`` takes the place of a row.

    Raises:
        Fault: ``bad_field`` where a row or a file is no project, ``duplicate_id`` where two files
            are of the same project.
    """
    found = {row["project"]: row for row in rows}
    carriers: dict[str, list[Row]] = {}
    for row in ws.rows("project_energy"):
        carriers.setdefault(row["project"], []).append(row)
    given: dict[str, list[Row]] = {}
    for row in lines:
        if row["replaced_by"]:
            given.setdefault(row["replaced_by"], []).append(row)
    facts = _facts(lists, day)
    names = {
        row["reporter"]: Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])
        for row in ws.rows("reporters")
    }
    methods = _methods(ws.rows("assignments"), day)
    reviews = {row["project"]: row for row in reviewed(ws, day).to_pylist()}
    held = {
        name: _of_row(
            row | {"review": reviews[name]},
            carriers.get(name, ()),
            given.get(name, ()),
            facts,
            names,
            methods,
        )
        for name, row in found.items()
    }
    filed: dict[str, Project] = {}
    for path in sorted((ws.store.path / "projects").glob("*.yaml")):
        project = read_project(path)
        if project.project in filed:
            raise Fault("duplicate_id", str(path), id=project.project)
        filed[project.project] = project
    return held | filed


def _of_row(
    row: Row,
    carriers: Iterable[Row],
    lines: Iterable[Row],
    facts: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, Text],
    methods: Mapping[tuple[str, str], str],
) -> Project:
    own = facts.get(row["project"], {})
    review = _review(row["review"])
    review |= {name: own.get(name) for name in ("window_guidance", "carbon_evaluated")}
    zh = row["title_zh"]
    data: Row = {
        "project": row["project"],
        "title": Text(zh=zh, en=row["title_en"] or zh),
        "builder": names.get(row["reporter"], row["reporter"]),
        **{name: row[name] for name in ("region", "kind", "status", "mark", "source")},
        **{name: row[name] or None for name in ("sector", "started", "finished")},
        **{name: row[name] for name in ("energy_tce", "emission_tco2", "investment_yuan")},
        "two_highs": own.get("two_highs"),
        "policy": own.get("policy"),
        "products": _products(row),
        "retires": [_line(line, facts.get(line["line"], {})) for line in lines],
        "energy": [{k: one[k] for k in ("item", "flow", "quantity", "unit")} for one in carriers],
        "method": methods.get((row["reporter"], row["facility"]), ""),
        "energy_review": review,
        "capacity_plan": {"compliant_park": own.get("compliant_park")},
        "used_tce": row["review"]["used_tce"],
        "zoning": {"holds": own.get("zoning")},
        "eia": {"holds": own.get("eia")},
    }
    return validate(Project, data, f"projects:{row['project']}")


def _review(held: Row) -> Row:
    """Return the energy review as supervision reads it: what is not stated is not known."""
    opinion, day = held["opinion"], held["opinion_date"]
    if opinion == "granted" and not day:
        opinion = ""  # of an opinion without a day nothing can be told
    known = {"opinion": opinion or None, "day": day or None, "level": held["level"] or None}
    return known | {"energy_tce": held["approved_tce"]}


def _products(row: Row) -> list[Row]:
    if not row["product"]:
        return []
    product: Row = {name: row[name] for name in ("capacity", "route", "field", "design")}
    return [product | {"item": row["product"], "unit": row["unit"] or "t"}]


def _line(line: Row, own: Mapping[str, Any]) -> Row:
    policy = own.get("policy")
    restricted = None if policy is None else policy == "restricted"
    return {"line": line["line"], "eligible": own.get("eligible"), "restricted": restricted}


def _facts(lists: Iterable[Row], day: date) -> dict[str, dict[str, Any]]:
    """Return subject → what its lists say of it."""
    meaning: dict[str, dict[str, Any]] = read_yaml(_FILE)["lists"]
    found: dict[str, dict[str, Any]] = {}
    for row in lists:
        if row["list"] in meaning and there(row, str(day)):
            found.setdefault(row["subject"], {}).update(meaning[row["list"]])
    return found


def _methods(rows: Iterable[Row], day: date) -> dict[tuple[str, str], str]:
    """Return (reporter, facility) → its method of emissions, where there is exactly one."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["purpose"] == "inventory" and there(row, str(day)):
            found.setdefault((row["reporter"], row["facility"]), set()).add(row["method"])
    return {key: next(iter(held)) for key, held in found.items() if len(held) == 1}
