"""Reads the value of an indicator as of a period from published figures.

Three honest answers exist beside a value: ``not_reported`` (nothing is published for the period),
``not_computable`` (figures exist but do not lead to it: a missing link, two definitions, an
unknown start) and ``qualitative``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dafeng.explain import Node
from dafeng.findings import Finding
from dafeng.indicators.formulas import chain
from dafeng.statistics import Figure, Series, definitions, measures, price_bases
from dafeng.vocabulary import Entries, Term, Text, factor, period, read_records, regions

PERCENT = 100
_FIRST_YEAR = 1  # additions of all years that are held
_PERCENT_UNIT = "%"
_DATA = Path(__file__).parent / "data"
_FILE = _DATA / "statuses.yaml"


@cache
def statuses() -> Entries[Term]:
    """The statuses that a target can have."""
    return Entries("status", read_records(Term, _FILE, "statuses"))


@cache
def reason_text(name: str) -> Text:
    """Return why there is no value, in both languages."""
    reasons = Entries("reason", read_records(Term, _FILE, "reasons"))
    return reasons[name].name


@cache
def _words() -> Entries[Term]:
    return Entries("word", read_records(Term, _DATA / "words.yaml", "words"))


def named(what: str) -> Text:
    """Return the name of what is summed, of a scope or of a list; the words themselves if none."""
    return name_of(_words(), what)


PUBLISHED = Text(zh="另有公布", en="also published")


@dataclass(frozen=True)
class Reading:
    """What is known of an indicator as of a period.

    Attributes:
        value: a fraction with sign for changes, else in the target's unit; ``None`` if unknown.
        status: why there is no value; empty where there is one.
        period: the period that ``value`` (or its absence) speaks of.
        base: value in the base year, for paths of levels; increments start at 0.
        other: the value that a relative target is compared with.
        beside: other published or computed values for the same span.
        label: what this reading is called where it stands beside another.
        last: the newest earlier reading, where this one has no value.
    """

    value: float | None
    period: str
    unit: str = ""
    status: str = ""
    reason: Text | None = None
    nodes: tuple[Node, ...] = ()
    findings: tuple[Finding, ...] = ()
    base: float | None = None
    other: float | None = None
    beside: tuple[Reading, ...] = ()
    label: Text = PUBLISHED
    last: Reading | None = None


def statistic_node(figure: Figure) -> Node:
    """Return a published figure as the leaf of a tree."""
    name, place = measures()[figure.measure].name, regions()[figure.region].name
    words = [
        name_of(definitions(), figure.definition),
        name_of(price_bases(), figure.price_basis),
        Text(zh=figure.vintage, en=figure.vintage),
    ]
    said = [word for word in words if word.en]
    remark = Text(zh="；".join(w.zh for w in said), en="; ".join(w.en for w in said))
    return Node(
        "statistic",
        f"statistic/{figure.region}/{figure.measure}/{figure.period}/{figure.kind}/{figure.vintage}",
        Text(
            zh=f"{place.zh}{name.zh} {figure.period}", en=f"{place.en}: {name.en} {figure.period}"
        ),
        figure.value,
        figure.unit,
        figure.mark,
        figure.flags,
        source=figure.source,
        detail=remark if remark.en else None,
    )


def name_of(entries: Entries[Term], wanted: str) -> Text:
    """Return the name of an entry, or the words themselves where there is no such entry."""
    return entries[wanted].name if wanted in entries else Text(zh=wanted, en=wanted)


def cumulative_change(series: Series, base_year: int, as_of: str) -> Reading:
    """Return the change since the base year.

    Yearly rates are chained when every link is published on one definition; else a published
    sum over exactly these years is taken; else there is no value, and the newest older reading
    is given beside.
    """
    year = period(as_of).year
    span = f"{base_year + 1}-{year}" if year > base_year + 1 else str(year)
    links = series.changes(base_year + 1, year)
    known = [link for link in links if link is not None]
    bases = sorted({link.definition for link in known})
    mixed = len(bases) > 1
    found: tuple[Finding, ...] = ()
    if mixed:
        names = [name_of(definitions(), base) for base in bases]
        values = {
            "measure": measures()[known[0].measure].name,
            "definitions": Text(
                zh=" / ".join(n.zh for n in names), en=" / ".join(n.en for n in names)
            ),
        }
        found = (Finding("mixed_definitions", f"{known[0].region} {span}", values),)
    chained = chain_of(known, span) if known and len(known) == len(links) and not mixed else None
    published = series.published_sum(base_year + 1, year) if year > base_year + 1 else None
    summed = _published(published) if published else None
    if chained or summed:
        main, *others = [r for r in (chained, summed) if r]
        return replace(main, findings=found, beside=tuple(others))
    return _absent(series, base_year, as_of, known, found)


def _absent(
    series: Series, base_year: int, as_of: str, known: list[Figure], found: tuple[Finding, ...]
) -> Reading:
    year = period(as_of).year
    earlier = None
    if year - 1 > base_year:
        earlier = cumulative_change(series, base_year, str(year - 1))
        earlier = earlier if earlier.value is not None else earlier.last
    here = any(figure.period == str(year) for figure in known)
    return Reading(
        None,
        str(year),
        status="not_computable" if here else "not_reported",
        reason=reason_text("mixed" if found else "missing_link" if here else "nothing"),
        nodes=tuple(statistic_node(figure) for figure in known),
        findings=found,
        last=earlier,
    )


def level(series: Series, as_of: str, unit: str, base_year: int | None) -> Reading:
    """Return the value of a year, in ``unit``; a count may be known only by its additions."""
    when = str(period(as_of).year)
    figure = series.at(when, "value")
    base = series.at(str(base_year), "value") if base_year else None
    if figure is not None:
        start = _in_unit(base, unit) if base else None
        nodes = tuple(statistic_node(f) for f in (figure, base) if f is not None)
        return Reading(_in_unit(figure, unit), when, unit, nodes=nodes, base=start)
    added = series.added(_FIRST_YEAR, period(as_of).year)
    if added:
        named = ", ".join(sorted({f.period for f in added}))
        values = {"added": f"{sum(f.value for f in added):+g}", "years": named}
        return Reading(
            None,
            when,
            unit,
            "not_computable",
            reason_text("start_unknown"),
            tuple(statistic_node(f) for f in added),
            (Finding("start_unknown", added[0].region, values),),
        )
    years = sorted(
        {f.period for f in series.figures if f.kind == "value" and period(f.period).kind == "year"}
    )
    last = level(series, years[-1], unit, base_year) if years else None
    return Reading(None, when, unit, "not_reported", reason_text("nothing"), last=last)


def mean_change(series: Series, first_year: int, as_of: str) -> Reading:
    """Return the mean yearly rate from ``first_year`` on, in percent as targets state it."""
    year = period(as_of).year
    links = series.changes(first_year, year)
    known = [link for link in links if link is not None]
    nodes = tuple(statistic_node(figure) for figure in known)
    if not known or series.at(str(year), "change") is None:
        return Reading(None, str(year), _PERCENT_UNIT, "not_reported", reason_text("nothing"))
    if len(known) < len(links):
        reason = reason_text("missing_link")
        return Reading(None, str(year), _PERCENT_UNIT, "not_computable", reason, nodes)
    if len({link.definition for link in known}) > 1:
        reason = reason_text("mixed")
        return Reading(None, str(year), _PERCENT_UNIT, "not_computable", reason, nodes)
    grown = 1 + chain(link.value / PERCENT for link in known)
    mean = (grown ** (1 / len(known)) - 1) * PERCENT
    return Reading(mean, str(year), _PERCENT_UNIT, nodes=nodes)


def increment(series: Series, first_year: int, as_of: str, unit: str) -> Reading:
    """Return what was added since the start; every year must be published."""
    year = period(as_of).year
    known = series.added(first_year, year)
    nodes = tuple(statistic_node(figure) for figure in known)
    if not known:
        return Reading(None, str(year), unit, "not_reported", reason_text("nothing"))
    if len({figure.period for figure in known}) <= year - first_year:
        return Reading(None, str(year), unit, "not_computable", reason_text("missing_link"), nodes)
    total = sum(_in_unit(figure, unit) for figure in known)
    return Reading(total, str(year), unit, nodes=nodes, base=0.0)


def relative(own: Reading, other: Reading) -> Reading:
    """Set the change of one indicator beside that of another over the same years."""
    for reading in (own, other):
        if reading.value is None:
            return reading
    nodes = (*own.nodes, *other.nodes)
    return replace(own, nodes=nodes, other=other.value, beside=other.beside)


def silent(as_of: str, status: str, reason: str) -> Reading:
    """Return a reading that says why there is no value."""
    return Reading(None, str(period(as_of).year), status=status, reason=reason_text(reason))


def chain_of(links: list[Figure], span: str) -> Reading:
    """Return published rates that follow each other as one change over all of them."""
    value = chain(figure.value / PERCENT for figure in links)
    product = " × ".join(_link(figure.value / PERCENT) for figure in links)
    formula = Node(
        "formula",
        "chain",
        Text(zh=f"逐年变化率连乘 {span}", en=f"yearly rates chained {span}"),
        round(value * PERCENT, 4),
        _PERCENT_UNIT,
        detail=Text(zh=f"{product} − 1", en=f"{product} − 1"),
        children=tuple(statistic_node(figure) for figure in links),
    )
    return Reading(value, links[-1].period, _PERCENT_UNIT, nodes=(formula,))


def _link(rate: float) -> str:
    """Return a factor of the chain as people write it."""
    return f"(1 {'−' if rate < 0 else '+'} {abs(rate):.4g})"


def _published(figure: Figure) -> Reading:
    last = str(period(figure.period).year)
    return Reading(figure.value / PERCENT, last, _PERCENT_UNIT, nodes=(statistic_node(figure),))


def _in_unit(figure: Figure, unit: str) -> float:
    """Return a figure in the target's unit.

    Raises:
        Fault: ``unit_mismatch``, which ``read`` turns into a reading without a value.
    """
    return figure.value if figure.unit == unit else figure.value * factor(figure.unit, unit)
