"""What a split needs from a workspace: target, bases of a file or of the books, promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng import indicators
from dafeng.findings import Finding, has_errors
from dafeng.indicators import Part, Promise, Promised, Rule, Split
from dafeng.ledger import read_table
from dafeng.plan import Plan, Target
from dafeng.vocabulary import Column, Fault, Text, factor, regions
from dafeng.workspace.split_books import Taken, is_inside, parts_of_books, places_below

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

CITIES, ENTERPRISES = "cities", "enterprises"
PERCENT = 100
_POTENTIAL = "potential"
Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is to be split, and how.

    Attributes:
        target: id of the target.
        to: ``cities`` (the regions right below the plan's owner) or ``enterprises``.
        plan_id: the plan; by default the workspace's own, else the first that has the target.
        rule: ``equal``, ``base`` or ``potential``.
        by: column that the rule goes by: of the file, else of the books (``energy``,
            ``emission``, ``value_added``, ``enterprises``).
        base: file with the bases; by default they are taken from the books.
        promises: file with what the parts promise; then nothing is split.
        growth: of value added (or what else it is divided by) to the target year, in percent.
        low, high: least and greatest share of a part, in the unit of the target.
        as_of: newest year of the books that is used.
    """

    target: str
    to: str = CITIES
    plan_id: str | None = None
    rule: indicators.RuleName = "equal"
    by: str | None = None
    base: Path | None = None
    promises: Path | None = None
    growth: float | None = None
    low: float | None = None
    high: float | None = None
    as_of: str | None = None


class FaultyFile(Fault):
    """A file that is refused, with all that was found in it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = next(finding for finding in findings if finding.severity == "error")
        super().__init__(first.code, first.place, **first.values)
        self.findings = list(findings)


def decompose(ws: Workspace, asked: Asked) -> Split | Promised:
    """Split a target, or set promises against it.

    Raises:
        Fault: ``unknown_target``, ``base_wanted``, of the files and of ``indicators.split``.
    """
    plan, target = find_target(ws.plans, asked.target, asked.plan_id or ws.store.config.plan)
    names = {row["reporter"]: _name(row) for row in ws.rows("reporters")}
    taken = _parts(ws, plan, target, asked, names)
    growth = taken.growth if asked.growth is None else indicators.exact(asked.growth) / PERCENT
    found: Split | Promised
    if asked.promises is not None:
        promises, notes = _promises(asked.promises, plan, asked.to)
        found = indicators.promised(plan, target, taken.parts, promises, to=asked.to, growth=growth)
        return replace(found, findings=(*taken.findings, *notes, *found.findings))
    low, high = (_bound(target, value) for value in (asked.low, asked.high))
    rule = Rule(asked.rule, taken.by, taken.unit, low, high)
    assumption = taken.assumption if asked.growth is None else None
    found = indicators.split(
        plan, target, taken.parts, rule, to=asked.to, growth=growth, assumption=assumption
    )
    return replace(found, findings=(*taken.findings, *found.findings))


def find_target(plans: dict[str, Plan], wanted: str, plan_id: str | None) -> tuple[Plan, Target]:
    """Return a target by its id, from the plan named, else from the first that has it.

    Raises:
        Fault: ``unknown_plan``, ``unknown_target``.
    """
    if plan_id is not None and plan_id not in plans:
        raise Fault("unknown_plan", label=plan_id, near=", ".join(plans))
    chosen = plans.values() if plan_id is None else [plans[plan_id]]
    held = [(plan, target) for plan in chosen for target in plan.targets]
    for plan, target in held:
        if target.id == wanted:
            return plan, target
    near = ", ".join(target.id for _, target in held)
    raise Fault("unknown_target", plan_id or "", label=wanted, near=near)


def _parts(
    ws: Workspace, plan: Plan, target: Target, asked: Asked, names: dict[str, Text]
) -> Taken:
    if asked.base is not None:
        return _of_file(asked.base, plan, target, asked, names)
    whole = indicators.whole_of(plan, target)
    if whole.reduction is None and (asked.promises is not None or asked.rule == "equal"):
        return Taken(_alone(plan, target, asked.to, ws.rows("reporters")))
    books_of = parts_of_books(ws, plan, target, asked.to, asked.rule, asked.by, asked.as_of)
    return replace(books_of, parts=[_named(part, names) for part in books_of.parts])


def _alone(plan: Plan, target: Target, to: str, reporters: Iterable[Row]) -> list[Part]:
    """Return the parts without any base: the regions below, or the enterprises of the books."""
    below = places_below(plan.owner, target)
    if to == CITIES:
        return [Part(code, regions()[code].name) for code in below]
    inside = [row for row in reporters if is_inside(row, plan.owner)]
    return [Part(row["reporter"], _name(row), mark=row["mark"]) for row in inside]


def _of_file(path: Path, plan: Plan, target: Target, asked: Asked, names: dict[str, Text]) -> Taken:
    """Read parts from a file; what stands in no unit of the target can only be a weight."""
    whole = indicators.whole_of(plan, target)
    rows, notes = _read(path, "split_bases", asked.by)
    name = asked.by or (_POTENTIAL if asked.rule == _POTENTIAL else "base")
    alike = all(_converts(row["unit"], whole.unit) for row in rows)
    if whole.reduction and not alike:
        wrong = next(row for row in rows if not _converts(row["unit"], whole.unit))
        values = {"unit": wrong["unit"] or "–", "expected": whole.unit}
        raise Fault("unit_mismatch", wrong["place"], **values)
    unit = whole.unit if alike else next((row["unit"] for row in rows if row["unit"]), "")
    own = asked.by not in (None, "base", _POTENTIAL)
    parts = []
    for row in rows:
        code, label = _who(row["part"], asked.to, plan, names, row["place"])
        scale = Fraction(1) if not unit else indicators.exact(factor(row["unit"] or unit, unit))
        weight = _times(row[name], Fraction(1) if own else scale)
        base = _times(row["base"], scale) if alike else None
        parts.append(
            Part(
                code,
                label,
                None if base is None else indicators.half_up(base),
                weight if own or name == _POTENTIAL or not alike else None,
                _times(row["growth"], Fraction(1, PERCENT)),
                _times(row["value_added"], Fraction(1)),
                row["mark"],
                row["place"],
            )
        )
    _once(parts)
    texts = {
        column.name: column.text for column in indicators.split_tables()["split_bases"].columns
    }
    by = Text(zh=name, en=name) if own else indicators.BASE if name == "base" else texts[name]
    return Taken(parts, by, "" if own else unit, notes)


def _promises(path: Path, plan: Plan, to: str) -> tuple[list[Promise], tuple[Finding, ...]]:
    rows, notes = _read(path, "promises", None)
    found = [
        Promise(
            _who(row["part"], to, plan, {}, row["place"])[0],
            row["value"],
            row["unit"],
            row["mark"],
            row["place"],
        )
        for row in rows
    ]
    return found, notes


def _read(path: Path, name: str, by: str | None) -> tuple[list[Row], tuple[Finding, ...]]:
    """Return the rows of a file with their place.

    Raises:
        FaultyFile: with all that is wrong in it.
    """
    schema = indicators.split_tables()[name]
    if by is not None and by not in {column.name for column in schema.columns}:
        own = Column(name=by, type="number", required=True, low=0, text=Text(zh=by, en=by))
        schema = schema.model_copy(update={"columns": (*schema.columns, own)})
    done = read_table(path, schema)
    if has_errors(done.findings):
        raise FaultyFile(done.findings)
    rows = done.table.to_pylist()
    for number, row in zip(done.row.tolist(), rows, strict=True):
        row["place"] = f"{path.name}:{number}"
    return rows, tuple(done.findings)


def _who(label: str, to: str, plan: Plan, names: dict[str, Text], place: str) -> tuple[str, Text]:
    """Return id and name of a part; a city is named by any of its labels.

    Raises:
        Fault: ``unknown_region``, ``outside_owner``.
    """
    if to == ENTERPRISES:
        return label, names.get(label, Text(zh=label, en=label))
    region = regions().resolve(label, place)
    if plan.owner_kind == "region" and plan.owner not in (region.parent, "00"):
        raise Fault("outside_owner", place, label=label, owner=regions()[plan.owner].name)
    return region.id, region.name


def _once(parts: Collection[Part]) -> None:
    places: dict[str, str] = {}
    for part in parts:
        other = places.setdefault(part.part, part.source)
        if other != part.source:
            raise Fault("duplicate", part.source, other=other)


def _bound(target: Target, value: float | None) -> Fraction | None:
    if value is None:
        return None
    if target.kind == "reduction":
        return indicators.exact(value) / PERCENT
    unit = indicators.amount_unit(target.unit or "")
    return indicators.exact(value) * indicators.exact(factor(target.unit or "", unit or ""))


def _times(value: float | None, scale: Fraction) -> Fraction | None:
    return None if value is None else indicators.exact(value) * scale


def _converts(unit: str, to: str) -> bool:
    try:
        return bool(unit) and factor(unit, to) > 0
    except Fault:
        return False


def _named(part: Part, names: dict[str, Text]) -> Part:
    return replace(part, name=names.get(part.part, part.name))


def _name(row: Row) -> Text:
    return Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])
