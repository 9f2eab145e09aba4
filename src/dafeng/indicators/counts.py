"""Indicators that count what there is: lists, projects, plants."""

from __future__ import annotations

from dafeng.indicators.holdings import Holdings, Row, counted, end, leaves, silent, there
from dafeng.indicators.readings import Reading
from dafeng.indicators.schema import Indicator
from dafeng.vocabulary import Text

_FINISHED = "running"


def listed(indicator: Indicator, held: Holdings, as_of: str, _first: int | None) -> Reading:
    """Count the subjects of a list on the last day of a period; removals are taken off."""
    day, year = end(as_of)
    rows = [row for row in held.lists if row["list"] in indicator.of]
    if not rows:
        return silent(year, indicator)
    subjects = {row["subject"]: row for row in rows if there(row, day)}
    left = {row["subject"] for row in rows if row["last"] and row["last"] < day}
    removed = len(left - set(subjects))
    words = Text(
        zh=f"{day} 在名单上 {len(subjects):,}，此前移出 {removed:,}",
        en=f"{len(subjects):,} on the list on {day}, {removed:,} removed before",
    )

    def since(row: Row) -> Text | None:
        day = row["first"]
        return Text(zh=f"{day} 列入", en=f"listed from {day}") if day else None

    nodes = leaves(held, subjects.values(), "subject", lambda _: 1, "count", since)
    return counted(indicator, year, len(subjects), "count", words, nodes)


def projects_done(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Count the projects of a kind that were finished in the years from ``first`` on."""
    day, year = end(as_of)
    start = f"{first or year}-01-01"
    listed_ones = {
        row["subject"] for row in held.lists if row["list"] in indicator.among and there(row, day)
    }
    kinds = [row for row in held.projects if row["kind"] in indicator.of]
    if not kinds:
        return silent(year, indicator)
    found = [
        row
        for row in kinds
        if row["status"] == _FINISHED
        and start <= row["finished"] <= day
        and (not indicator.among or row["project"] in listed_ones)
    ]
    words = Text(zh=f"{start} 至 {day} 完工", en=f"finished from {start} to {day}")

    def finished(row: Row) -> Text:
        return Text(zh=f"{row['finished']} 完工", en=f"finished on {row['finished']}")

    nodes = leaves(held, found, "project", lambda _: 1, "count", finished)
    return counted(indicator, year, len(found), "count", words, nodes, base=0.0)


def plants_added(indicator: Indicator, held: Holdings, as_of: str, first: int | None) -> Reading:
    """Sum the capacity of plants of a type that began in the years from ``first`` on, in MW."""
    day, year = end(as_of)
    start = f"{first or year}-01-01"
    types = [row for row in held.plants if row["type"] in indicator.of]
    if not types:
        return silent(year, indicator)
    found = [row for row in types if start <= row["first"] <= day and there(row, day)]
    words = Text(zh=f"{start} 至 {day} 投运", en=f"in operation from {start} to {day}")
    found = [row | {"plant": f"{row['reporter']}/{row['facility']}"} for row in found]

    def began(row: Row) -> Text:
        return Text(zh=f"{row['first']} 投运", en=f"in operation from {row['first']}")

    nodes = leaves(held, found, "plant", lambda row: row["capacity"], "MW", began)
    added = sum(row["capacity"] for row in found)
    return counted(indicator, year, added, "MW", words, nodes, base=0.0)
