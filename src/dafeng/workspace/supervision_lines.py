"""What the books say for supervision: unit energy of lines, energy that projects used."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng.gate import quota_families
from dafeng.rulebook import Rulebook
from dafeng.vocabulary import Fault, factor, period, worst_mark
from dafeng.workspace.lines import ENERGY, POWER, Use, base_of, uses

if TYPE_CHECKING:
    from dafeng.workspace.books import Books

Row = dict[str, Any]
_LEVEL = "level"
_MONTHS = 12
_SCHEMA = pa.schema(
    [
        (name, pa.float64() if name == "value" else pa.string())
        for name in (
            "subject",
            "reporter",
            "region",
            "year",
            "family",
            "scale",
            "value",
            "inputs",
            "variant",
            "mark",
            "source",
        )
    ]
)


def line_rows(
    books: Books, lines: list[Row], reporters: pa.Table, rules: Rulebook, day: date
) -> pa.Table:
    """Return the unit energy of capacity lines in their newest year that is over by the day.

    Each line stands once for its level and once for its quota: the one that it names, else the one
    of the name of its field; the value is empty where no such year holds its energy and its output.
    """
    marks = dict(zip(*(reporters[n].to_pylist() for n in ("reporter", "mark")), strict=True))
    held, quotas, today = uses(books, lines), quota_families(rules), str(day)
    told = {ENERGY: held, POWER: uses(books, lines, base=POWER)}
    found = []
    for row in lines:
        if (row["first"] and row["first"] > today) or (row["last"] and row["last"] < today):
            continue
        years = [y for y, use in held[row["line"]].items() if _whole(use) and _over(str(y), day)]
        year = max(years, default=day.year - 1)
        use = held[row["line"]].get(year, Use())
        own_uses = {base: of[row["line"]].get(year, Use()) for base, of in told.items()}
        own = {
            "subject": row["line"],
            **{name: row[name] for name in ("reporter", "region")},
            "year": str(year),
            "inputs": "",
            "variant": "booked",
            "mark": worst_mark({row["mark"], use.mark, marks.get(row["reporter"], "")} - {""}),
            "source": f"lines:{row['entry']}",
        }
        named = tuple(row["quota"].split(".", 1)) if "." in row["quota"] else ()
        quota = named or (quotas.get(row["field"], ""), row["field"])
        for family, scale in ((_LEVEL, row["field"]), quota):
            said = {"family": family, "scale": scale}
            value, edition = _value(rules, said, row, year, own_uses)
            if value is not None and (family == _LEVEL or named):  # its grade tells how it came
                said["source"] = f"grade:{edition}:{row['line']}:{period(str(year)).last}"
            found.append(own | said | {"value": value})
    return pa.Table.from_pylist(found, _SCHEMA)


def _whole(use: Use) -> bool:
    return use.used is not None and not use.reason


def _over(year: str, day: date) -> bool:
    return period(year).last <= day


def _value(
    rules: Rulebook, said: dict[str, str], row: Row, year: int, told: dict[str, Use]
) -> tuple[float | None, str]:
    """Return energy or electricity per product in the unit of the scale, and the edition."""
    if not said["family"]:
        return None, ""
    try:
        last = period(str(year)).last
        edition, scale = rules.scale(said["family"], said["scale"], last, row["region"])
        use = told[base_of(scale, row["product"])]
        whole = edition.from_books and scale.from_books and _whole(use)
        return (use.per(row["product"], scale.unit) if whole else None), edition.id
    except Fault:
        return None, ""  # no such scale then, or one that is not of energy: told as not graded


def project_use(books: Books, projects: pa.Table, day: date) -> pa.Table:
    """Complete the energy used by projects that have a facility of their own in the books.

    The newest year that is over by the day and whole; an inspection's own figure stays.
    """
    whole = _whole_years(books, day)
    names = ("reporter", "facility", "used_year", "used_tce")
    told = [
        (year, used) if used is not None else whole.get((reporter, facility), ("", None))
        for reporter, facility, year, used in zip(
            *(projects[name].to_pylist() for name in names), strict=True
        )
    ]
    for place, name in ((0, "used_year"), (1, "used_tce")):
        column = pa.array([one[place] for one in told], projects.schema.field(name).type)
        projects = projects.set_column(projects.schema.get_field_index(name), name, column)
    return projects


def _whole_years(books: Books, day: date) -> dict[tuple[str, str], tuple[str, float]]:
    """Return facility → its newest whole year and the energy of it in tce."""
    rows = books.rows
    rows = rows.filter((rows.facility != "") & (rows.measure == "energy") & (rows.memo == ""))
    sums = rows.group_by(["reporter", "facility", "year"]).aggregate(
        grams=rows.grams.sum().cast("int64"),
        missing=ibis.ifelse(rows.grams.isnull(), 1, 0).sum(),
        methods=rows.method.nunique(),
    )
    months: dict[tuple[str, str, str], set[str]] = {}
    for row in books.fetch(rows.select("reporter", "facility", "year", "period").distinct()):
        key = (row["reporter"], row["facility"], row["year"])
        months.setdefault(key, set()).update(period(row["period"]).months())
    found: dict[tuple[str, str], tuple[str, float]] = {}
    for row in books.fetch(sums):
        key = (row["reporter"], row["facility"], row["year"])
        whole = len(months[key]) == _MONTHS and not row["missing"] and row["methods"] == 1
        if whole and _over(row["year"], day):
            one = (row["year"], row["grams"] * factor("g", "t"))
            found[key[:2]] = max(found.get(key[:2], one), one)
    return found
