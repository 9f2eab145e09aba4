"""The barometer of the regions of a workspace: the books of a quarter against the year's total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from dafeng import budget
from dafeng.budget import Amount, Coverage, Known, Reading, Reported, Rise, Season, left_out
from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.indicators import sum_lines
from dafeng.vocabulary import Fault, Text, factor, period
from dafeng.workspace.room import AskedRoom, Region
from dafeng.workspace.room_books import feedstock_node, gross, used
from dafeng.workspace.sums import reporter_sums

if TYPE_CHECKING:
    from dafeng.workspace import Workspace

Row = dict[str, Any]
_QUARTERS = (4, 3, 2, 1)
_GUIDED = {"red": "barometer_red", "yellow": "barometer_yellow"}


@dataclass(frozen=True)
class Readings:
    """The colours of a region and of those right below it."""

    region: str
    quarter: str
    lines: tuple[Reading, ...]
    findings: tuple[Finding, ...]


def barometer(ws: Workspace, asked: AskedRoom) -> Readings:
    """Return the colour of a region and of those right below it at the end of a quarter.

    ``asked.as_of`` names a period; the last quarter that is over by then is judged.

    Raises:
        Fault: as ``rooms``.
    """
    place = Region(ws, asked)
    quarter = last_quarter(place.as_of)
    place = Region(ws, replace(asked, as_of=quarter), quarter)
    books = Quarter(place, quarter)
    lines = tuple(books.reading(code) for code in (place.region, *place.below()))
    for line in lines:
        ws.store.keep_figure(line.figure, line.tree.to_dict("en"))
    return Readings(place.region, quarter, lines, tuple(_findings(quarter, lines)))


def reading_of(ws: Workspace, name: str, scope: str, quarter: str) -> Reading:
    """Return the colour that a figure's id names.

    Raises:
        Fault: ``bad_figure_id``.
    """
    asked = AskedRoom.of(name, scope)
    if asked is None or asked.region is None or asked.as_of != quarter:
        raise Fault("bad_figure_id", label=f"barometer:{name}:{scope}:{quarter}")
    return Quarter(Region(ws, asked, quarter), quarter).reading(asked.region)


def last_quarter(as_of: str) -> str:
    """Return the last quarter that is over at the end of a period."""
    last = period(as_of).last
    labels = (f"{year}Q{n}" for year in (last.year, last.year - 1) for n in _QUARTERS)
    return next(label for label in labels if period(label).last <= last)


class Quarter:
    """What the reporters booked from January to the end of a quarter, and the year before.

    Args:
        place: the region, its target and its books.
        quarter: such as ``2025Q3``.
    """

    def __init__(self, place: Region, quarter: str) -> None:
        self._place, self._quarter = place, quarter
        when = period(quarter)
        self.year = when.year
        held = place.books
        labels = {row["period"] for row in held.books.fetch(_periods(held.books.rows))}
        spans = {label: period(label) for label in labels}
        now, then, before = (
            [label for label, span in spans.items() if _inside(span, year, last)]
            for year, last in (
                (self.year, when.last.month),
                (self.year - 1, when.last.month),
                (self.year - 1, period(str(self.year - 1)).last.month),
            )
        )
        self._now, self._then = self._rows(self.year, now), self._rows(self.year - 1, then)
        self._all = self._rows(self.year - 1, before)
        here, earlier = (period(str(year)).months() for year in (self.year, self.year - 1))
        so_far = when.last.month
        booked = self._booked(((now, here[:so_far]), (then, earlier[:so_far]), (before, earlier)))
        self._whole = booked[0] - _unknown(self._now)
        self._same = booked[1]
        self._steady = booked[2] - _unknown(self._all)

    def reading(self, place: str) -> Reading:
        """Return the colour of a region."""
        region = self._place
        rules = region.rules
        return budget.barometer(
            region.place(place),
            self._quarter,
            region.limits(place, self.year),
            self._reported(place),
            rules,
        )

    def _rows(self, year: int, labels: list[str]) -> list[Row]:
        """Return sums by reporter of what is booked under some labels."""
        held = self._place.books
        wanted = replace(held.wanted, year=str(year))
        return reporter_sums(held.books, held.tables, wanted, labels)[1]

    def _booked(self, spans: Sequence[tuple[list[str], tuple[str, ...]]]) -> list[set[str]]:
        """Return for each span (labels, months) who booked all its months, with no item lacking."""
        held = self._place.books
        sizes = pa.Table.from_pylist(
            [
                {"span": place, "period": label, "months": len(period(label).months())}
                for place, (labels, _) in enumerate(spans)
                for label in labels
            ],
            pa.schema([("span", pa.int64()), ("period", pa.string()), ("months", pa.int64())]),
        )
        booked = held.books.rows.filter(held.books.rows.facility == "")
        booked = booked.select("reporter", "period").distinct().join(ibis.memtable(sizes), "period")
        counted = booked.group_by(["span", "reporter"]).aggregate(
            months=booked.months.sum().cast("int64")
        )
        found: list[set[str]] = [set() for _ in spans]
        for row in held.books.fetch(counted):
            if row["months"] >= len(spans[row["span"]][1]):
                found[row["span"]].add(row["reporter"])
        for (reporter, _), gaps in held.books.gaps().items():
            lacking = {month for gap in gaps for month in gap.values["months"].split(", ")}
            for names, (_, months) in zip(found, spans, strict=True):
                if lacking & set(months):
                    names.discard(reporter)
        return found

    def _reported(self, place: str) -> Reported:
        held, region = self._place.books, self._place
        wanted = replace(held.wanted, region=place, without=None, year=str(self.year))
        names = held.roll.chosen(wanted)
        own = [
            row | {"whole": row["reporter"] in self._whole}
            for row in self._now
            if row["reporter"] in names
        ]
        expected = held.roll.expected(wanted, self.year) | {row["reporter"] for row in own}
        covered = Coverage(len(expected), len(own), len(expected & self._whole))
        use, taken = None, []
        if own:
            lines, _ = sum_lines(wanted, held.roll, gross(own))
            use = used(lines[0], place, self._quarter)
            feedstock = Amount(lines[0].feedstock, feedstock_node(lines[0].feedstock, use.node))
            listed = held.listed([r for r in own if r["excluded"]], place, self._quarter)
            base_year = region.base_year(place, self.year)
            before = region.apart(place, base_year)
            now = {("listed", self.year): listed, ("feedstock", self.year): feedstock}
            active = region.ground(place, self.year).active
            known = Known(apart=before | now)
            taken = left_out(active, known, year=self.year, base_year=base_year)
        lacking = expected - self._whole
        partly = sum(row["grams"] + row["excluded"] for row in own if row["reporter"] in lacking)
        season, rises = self._season(names), self._rises(names)
        return Reported(use, taken, season, covered, rises, partly, self._supposed(lacking))

    def _supposed(self, lacking: set[str]) -> Amount | None:
        """Return what some reporters would have used as in the same months of last year.

        Never less than what they booked; ``None`` where one has not booked these months.
        """
        if not lacking <= self._same:
            return None
        now, then = (
            {row["reporter"]: row["grams"] + row["excluded"] for row in rows}
            for rows in (self._now, self._then)
        )
        grams = sum(max(now.get(name, 0), then.get(name, 0)) for name in lacking)
        title = Text(
            zh=f"未报全的 {len(lacking)} 家按上年同期",
            en=f"{len(lacking)} reporters that are not whole, as in the same months of last year",
        )
        ref, unit = f"supposed/{self._quarter}", self._place.metric.unit
        return Amount(grams, Node("assumption", ref, title, grams, unit))

    def _season(self, names: set[str]) -> Season:
        """Return last year's use of the reporters that booked all its months."""
        steady = names & self._steady
        before = sum(row["grams"] for row in self._then if row["reporter"] in steady)
        whole = sum(row["grams"] for row in self._all if row["reporter"] in steady)
        known = whole if steady and whole else None
        year, unit = self.year - 1, self._place.metric.unit
        if known is None:
            words = Text(
                zh="上年没有按月数据，按季度平均", en="last year is not monthly: equal quarters"
            )
        else:
            words = Text(
                zh=f"{len(steady)} 家全年完整：{before} ÷ {whole}",
                en=f"{len(steady)} reporters whole all year: {before} / {whole}",
            )
        title = Text(zh=f"{year}年同期累计用量", en=f"use of {year} before the same day")
        ref = f"season/{year}/{self._quarter}/{whole}"
        return Season(before, known, Node("account", ref, title, before, unit, detail=words))

    def _rises(self, names: set[str]) -> tuple[Rise, ...]:
        """Return by how much whole reporters rose on the same months of last year."""
        then = {row["reporter"]: row["grams"] for row in self._then}
        found = [
            Rise(name, self._place.books.roll.name(name), row["grams"] - then[name])
            for row in self._now
            if (name := row["reporter"]) in names and name in then and name in self._whole
        ]
        risen = [rise for rise in found if rise.grams > 0]
        return tuple(sorted(risen, key=lambda rise: (-rise.grams, rise.reporter)))


def _inside(span: Any, year: int, last: int) -> bool:
    """Whether a period is a month or quarter of a year up to a month."""
    return bool(
        span.kind in ("month", "quarter") and span.first.year == year and span.last.month <= last
    )


def _unknown(rows: Iterable[Row]) -> set[str]:
    """Return the reporters of which something has no value."""
    return {row["reporter"] for row in rows if row["unknown"]}


def _periods(rows: Any) -> Any:
    return rows.select("period").distinct()


def _findings(quarter: str, lines: Iterable[Reading]) -> Iterable[Finding]:
    """Yield whom to guide, and the regions without a colour by what they lack."""
    lacking: dict[str, list[Reading]] = {}
    for line in lines:
        if line.reason is not None:
            lacking.setdefault(line.reason.en, []).append(line)
        elif line.guided:
            yield _guided(line)
    for held in lacking.values():
        places = ", ".join(line.place.region for line in held)
        yield Finding("barometer_open", places, {"quarter": quarter, "reason": held[0].reason})


def _guided(line: Reading) -> Finding:
    over = ((line.use or 0) - (line.pace or 0)) * factor("g", "t")
    named = (
        "、".join(f"{rise.reporter} {rise.name.zh}" for rise in line.rises) or "–",
        ", ".join(f"{rise.reporter} {rise.name.en}" for rise in line.rises) or "–",
    )
    values = {
        "quarter": line.quarter,
        "ratio": f"{float(line.ratio or 0):.2f}",
        "over": f"{round(over):,}",
        "unit": line.unit.replace("g", "t", 1),
        "guide": Text(zh=named[0], en=named[1]),
    }
    code, clause = _GUIDED[line.colour], budget.clauses()["barometer"]
    return Finding(code, line.place.region, values, line.figure, clause)
