"""Lines of sums of reporters: by region and sector as trees, with coverage beside each sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dafeng.explain import Node, condensed
from dafeng.findings import Finding
from dafeng.indicators.holdings import there
from dafeng.indicators.sum_of import Sum, Wanted
from dafeng.vocabulary import Text, ancestors, regions, sectors

PLANTS = "power-heat-plants"
"""The sectors whose direct emissions stand outside the consumption boundary."""

_AMOUNTS = ("grams", "feedstock", "renewable", "excluded")
Row = dict[str, Any]


def makers() -> tuple[str, ...]:
    """Return the sectors of those who make power and heat for others."""
    return tuple(sectors()[PLANTS].members)


def within(place: str, region: str) -> bool:
    """Whether a place is a region or lies inside it."""
    return region == "00" or place.startswith(region)


@dataclass(frozen=True)
class Roll:
    """Who there is.

    Attributes:
        reporters: enterprises by id: region, sector, first, last, name_zh, name_en.
        lists: rows of the table of lists.
    """

    reporters: dict[str, Row]
    lists: list[Row]

    def chosen(self, wanted: Wanted) -> set[str]:
        """Return the reporters inside region and sector."""
        return {
            name
            for name, row in self.reporters.items()
            if (wanted.region is None or within(row["region"], wanted.region))
            and (wanted.sector is None or in_sector(row["sector"], wanted.sector))
        }

    def expected(self, wanted: Wanted, year: int) -> set[str]:
        """Return the chosen reporters that should be in the sum of a year.

        Power and heat plants may have nothing inside the consumption boundary.
        """
        left_out = makers() if wanted.without_plants else ()
        return {
            name
            for name in self.chosen(wanted)
            if self.reporters[name]["sector"] not in left_out
            and self.belongs(wanted, name, year)
            and _active(self.reporters[name], year)
        }

    def belongs(self, wanted: Wanted, reporter: str, year: int) -> bool:
        """Whether a reporter is on the wanted list at the end of a year."""
        if wanted.listed is None:
            return True
        return any(there(row, f"{year}-12-31") for row in self.of(wanted.listed, reporter))

    def of(self, name: str, subject: str) -> list[Row]:
        """Return the rows of a list that name a subject."""
        return self._by_list.get((name, subject), [])

    @cached_property
    def _by_list(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.lists:
            found[(row["list"], row["subject"])].append(row)
        return found

    def name(self, reporter: str) -> Text:
        """Return the name of a reporter."""
        row = self.reporters.get(reporter)
        if row is None:
            return Text(zh=reporter, en=reporter)
        return Text(zh=row["name_zh"], en=row["name_en"] or row["name_zh"])


def sum_lines(wanted: Wanted, roll: Roll, rows: Iterable[Row]) -> tuple[list[Sum], list[Finding]]:
    """Sum rows by what is wanted.

    Args:
        wanted: what is asked for, other than groups.
        roll: who there is.
        rows: reporter, year, grams, feedstock, renewable, excluded, whole, mark; ``flags``: why
            one is not whole.
    """
    chosen = roll.chosen(wanted)
    held = [
        row
        for row in rows
        if row["reporter"] in chosen and roll.belongs(wanted, row["reporter"], row["year"])
    ]
    held, notes = _fixed_set(wanted, held)
    keys = {name: _key(wanted, roll.reporters[name]) for name in chosen}
    parts: dict[tuple[str, int], list[Row]] = defaultdict(list)
    named: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in held:
        parts[(keys[row["reporter"]], row["year"])].append(row)
        named[(keys[row["reporter"]], row["year"])].add(row["reporter"])
    for year in {year for _, year in parts} | ({int(wanted.year)} if wanted.year else set()):
        for name in roll.expected(wanted, year):
            named[(keys[name], year)].add(name)
    lines = [
        _line(wanted, roll, place, parts[place], len(names))
        for place, names in sorted(named.items())
    ]
    return lines, notes


def _line(
    wanted: Wanted, roll: Roll, place: tuple[str, int], part: list[Row], expected: int
) -> Sum:
    key, year = place
    total: Row = {name: sum(row[name] for row in part) for name in _AMOUNTS}
    if not part:
        total["grams"] = None  # nobody reported, which is not zero
    whole = sum(row["whole"] for row in part)
    words = Text(
        zh=f"应报 {expected}，已报 {len(part)}，完整 {whole}",
        en=f"{expected} expected, {len(part)} reported, {whole} complete",
    )
    counts = {"expected": expected, "reported": len(part), "complete": whole}
    title = _title(wanted, key)
    children = (
        Node(
            "account",
            f"{wanted.measure}/{row['reporter']}/{year}",
            roll.name(row["reporter"]),
            row["grams"],
            wanted.unit,
            row["mark"],
            () if row["whole"] else row.get("flags") or ("partial",),
        )
        for row in part
    )
    tree = sum_tree(wanted, title, year, total, children, words)
    return Sum(wanted=wanted, key=key, title=title, year=year, tree=tree, **total, **counts)


def sum_tree(
    wanted: Wanted,
    title: Text,
    year: int,
    total: Row,
    children: Iterable[Node],
    words: Text,
) -> Node:
    """Return the tree of a sum: the reporters in it, and what was taken off."""
    taken: tuple[Node, ...] = ()
    if total["excluded"]:
        label = Text(zh=f"已扣除 {wanted.without}", en=f"taken off: {wanted.without}")
        ref = f"excluded/{wanted.without}"
        taken = (Node("assumption", ref, label, -total["excluded"], wanted.unit),)
    return Node(
        "figure",
        f"sum/{wanted.scope}/{year}",
        title,
        total["grams"],
        wanted.unit,
        detail=words,
        children=(*condensed(children), *taken),
    )


def _fixed_set(wanted: Wanted, rows: list[Row]) -> tuple[list[Row], list[Finding]]:
    """Keep, for a comparison, the reporters that are whole in both years."""
    if wanted.since is None:
        return rows, []
    whole: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row["whole"]:
            whole[row["year"]].add(row["reporter"])
    last = int(wanted.year) if wanted.year else max(whole, default=wanted.since)
    both = whole[wanted.since] & whole[last]
    kept = [r for r in rows if r["reporter"] in both and r["year"] in (wanted.since, last)]
    left = len({row["reporter"] for row in rows}) - len(both)
    counts = {"compared": len(both), "left_out": left}
    return kept, [Finding("fixed_set", f"{wanted.since}–{last}", counts)] if left else []


def _key(wanted: Wanted, row: Row) -> str:
    if wanted.by in ("city", "province"):
        line = [place.id for place in ancestors(row["region"]) if place.kind == wanted.by]
        return line[0] if line else ""
    if wanted.by in ("sector", "section"):
        return _sector(row["sector"], "division" if wanted.by == "sector" else "section")
    return ""


def _title(wanted: Wanted, key: str) -> Text:
    book: Any = regions() if wanted.by in ("city", "province") else sectors()
    if key in book:
        name: Text = book[key].name
        return name
    return Text(zh=key or "合计", en=key or "total")


def _active(row: Row, year: int) -> bool:
    first, last = row["first"] or "", row["last"] or ""
    return first <= f"{year}-12-31" and (not last or last >= f"{year}-01-01")


def in_sector(place: str, wanted: str) -> bool:
    """Whether a sector is another, lies inside it, or is a member of it as a group."""
    members = sectors()[wanted].members if wanted in sectors() else ()
    if members:
        return any(in_sector(place, member) for member in members)
    return wanted in (place, _sector(place, "division"), _sector(place, "section"))


def _sector(place: str, kind: str) -> str:
    """Return the sector of a kind that holds a sector, or an empty text."""
    here = sectors().get(place)
    while here is not None:
        if here.kind == kind:
            return str(here.id)
        here = sectors().get(here.parent) if here.parent else None
    return ""
