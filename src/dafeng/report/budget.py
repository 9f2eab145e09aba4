"""Energy budgets for people to read: monitoring, settlement, one enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.budget_allocated import SHOWN, UNIT, place_name, tce
from dafeng.report.tables import listing
from dafeng.report.words import PERCENT, mark_words, number, word
from dafeng.vocabulary import period

if TYPE_CHECKING:
    from dafeng.workspace import budgeting

_STYLES = {"serious": "bold red", "warning": "yellow", "not_reported": "magenta", "notice": "cyan"}


def monitor_view(found: budgeting.Monitored, lang: str) -> Iterator[Any]:
    """Yield counts by level, the firms, the supervision list and the joint punishment list."""
    followed = found.followed
    yield _title(followed, found.mark, lang)
    yield _counts(found, lang)
    yield _sums(followed, lang)
    if found.lines:
        columns = ["budget_firm", "budget_tce", "budget_used", "budget_forecast", "budget_level"]
        columns.append("budget_why")
        yield listing(columns, [_line_row(one, lang) for one in found.lines], lang)
        yield from _legend(found, lang)
    names = found.supervised
    clause = followed.ways.levels.supervision.citation
    yield Styled(f"{word('budget_supervision', lang)} ({len(names)}, {clause})", "bold")
    yield Styled("  " + (", ".join(names) or word("budget_none_listed", lang)))
    yield from _punished(found, lang)


def monitor_dict(found: budgeting.Monitored, lang: str) -> dict[str, Any]:
    """Return monitored budgets as plain data; grams are whole numbers."""
    followed = found.followed
    return {
        "region": followed.region,
        "as_of": followed.as_of,
        "electricity_basis": followed.ways.allocation.electricity_basis,
        "unit": UNIT,
        "mark": found.mark,
        "levels": dict(found.counts),
        "enterprises": [line_dict(one, lang) for one in found.lines],
        "warnings": [one.to_dict(lang) for one in found.findings],
        "supervision": found.supervised,
        "punishment": [_punished_dict(one, lang) for one in found.punished],
    }


def line_dict(one: budgeting.Line, lang: str) -> dict[str, Any]:
    """Return a firm's line as plain data."""
    plain = ("reporter", "sector", "region", "budget", "used", "forecast", "low", "high", "margin")
    return {name: getattr(one, name) for name in plain} | {
        "name": one.name.of(lang),
        "tier": one.tier.of(lang) if one.tier else None,
        "managed_by": list(one.managers),
        "level": one.level,
        "since": one.since,
        "supervised": one.supervised,
        "why": [text.of(lang) for text in one.why],
        "due": one.due.of(lang) if one.due_on else None,
        "due_on": one.due_on or None,
        "mark": one.mark,
        "flags": list(one.flags),
        "figures": {name: told.figure for name, told in one.told.items()},
    }


def settle_view(found: budgeting.Settled, lang: str, *, everyone: bool = False) -> Iterator[Any]:
    """Yield execution ratios and classes, then the joint punishment list."""
    import numpy as np  # noqa: PLC0415  heavy

    followed, done = found.followed, found.settlement
    yield _title(followed, found.mark, lang)
    order = np.argsort(-np.nan_to_num(done.ratio, nan=-1.0), kind="stable")
    rows = [_settled_row(found, int(at), lang) for at in order if followed.has[at]]
    columns = ["budget_firm", "budget_tce", "budget_use", "budget_ratio", "budget_surplus"]
    yield listing([*columns, "budget_class"], rows if everyone else rows[:SHOWN], lang)
    if len(rows) > SHOWN and not everyone:
        yield Styled(f"{len(rows) - SHOWN} … {word('budget_more', lang)}", "dim")
    yield _classes(found, lang)
    yield from _punished(found, lang)


def settle_dict(found: budgeting.Settled, lang: str) -> dict[str, Any]:
    """Return a settlement as plain data; grams are whole numbers."""
    followed, done = found.followed, found.settlement
    how = followed.ways.levels.assessment
    return {
        "region": followed.region,
        "year": followed.year,
        "unit": UNIT,
        "mark": found.mark,
        "enterprises": [
            {
                "reporter": name,
                "figure": told.figure,
                "budget": int(done.budgets[at]),
                "used": int(done.used[at]),
                "whole": bool(done.whole[at]),
                "ratio": None if isnan(done.ratio[at]) else float(done.ratio[at]),
                "balance": None if isnan(done.ratio[at]) else int(done.balance[at]),
                "assessment": how[done.classes[at]].id if done.classes[at] >= 0 else None,
            }
            for name, told in found.told.items()
            for at in [followed.find(name)]
        ],
        "punishment": [_punished_dict(one, lang) for one in found.punished],
    }


def budget_view(followed: budgeting.Followed, one: budgeting.Line, lang: str) -> Iterator[Any]:
    """Yield one enterprise: where it stands, why, what is due, month by month, ids of figures."""
    title = Styled(f"{one.name.of(lang)} ({one.reporter}) · {followed.as_of}", "bold")
    yield title.append(f"  [{mark_words(one.mark, one.flags, lang)}]", "magenta")
    levels = " / ".join(word(f"budget_gov_{name}", lang) for name in one.managers)
    facts = [
        ("budget_tier", f"{one.tier.of(lang)} · {word('budget_managed', lang)} {levels}")
        if one.tier
        else ("budget_tier", "–"),
        ("budget", number(one.budget, UNIT)),
        ("budget_used", f"{number(one.used, UNIT)}{_of_budget(one.used, one.budget)}"),
        ("budget_forecast", _forecast(one, lang)),
        ("budget_margin", number(one.margin, UNIT, signed=True)),
        ("budget_level", f"{one.level_name.of(lang)} ({word('budget_since', lang)} {one.since})"),
        ("budget_why", "; ".join(text.of(lang) for text in one.why)),
        ("budget_due", one.due.of(lang) + (f" ‹{one.citation}›" if one.due_on else "")),
        ("budget_due_on", one.due_on or "–"),
    ]
    for name, text in facts:
        style = _STYLES.get(one.level, "green") if name == "budget_level" else ""
        yield Styled(f"{word(name, lang)}  ", "dim").append(text, style)
    if one.supervised:
        clause = followed.ways.levels.supervision.citation
        yield Styled(f"{word('budget_supervision', lang)} ‹{clause}›", "bold red")
    yield _history(followed, one, lang)
    yield Styled(word("budget_figures", lang), "dim")
    for told in one.told.values():
        yield Styled(f"  {told.figure}", "dim")


def budget_dict(followed: budgeting.Followed, one: budgeting.Line, lang: str) -> dict[str, Any]:
    """Return one enterprise as plain data, with its months."""
    how = followed.ways.levels
    months = [
        {
            "month": label,
            "used": followed.use_of(one.at, month),
            "level": how.id_of(int(followed.levels.held[one.at, month])),
        }
        for month, label in enumerate(_months(followed))
    ]
    return line_dict(one, lang) | {"as_of": followed.as_of, "unit": UNIT, "months": months}


def _title(followed: budgeting.Followed, mark: str, lang: str) -> Styled:
    basis = word(f"budget_basis_{followed.ways.allocation.electricity_basis}", lang)
    as_of = f"{word('as_of', lang)} {followed.as_of}"
    title = Styled(f"{place_name(followed.region, lang)} · {as_of} · {basis}", "bold")
    return title.append(f"  [{mark_words(mark, (), lang)}]", "magenta")


def _counts(found: budgeting.Monitored, lang: str) -> Styled:
    how = found.followed.ways.levels
    names = {name: how.name_of(n).of(lang) for n, name in enumerate(how.ids)}
    names["not_reported"] = how.not_reported.name.of(lang)
    names["too_early"] = how.too_early.of(lang)
    names["own_cycle"] = how.own_cycle.of(lang)
    parts = [f"{names[level]} {found.counts[level]}" for level in names if level in found.counts]
    has = int(found.followed.has.sum())
    without = len(found.followed.has) - has
    said = f"{has} {word('budget_firms', lang)}, {without} {word('budget_without', lang)}"
    return Styled(f"{said}: " + " · ".join(parts))


def _legend(found: budgeting.Monitored, lang: str) -> Iterator[Styled]:
    """Yield what each level that is shown asks for, within how many days, and its clause."""
    how = found.followed.ways.levels
    shown = {one.level for one in found.lines}
    due = [(one.id, one.name, one.due, one.due_days) for one in how.levels]
    lost = how.not_reported
    for level, name, what, days in (*due, ("not_reported", lost.name, lost.due, lost.due_days)):
        if level in shown and days:
            within = f"{days} {word('budget_day_count', lang)}"
            text = f"{name.of(lang)}: {what.of(lang)} ({within}) ‹{how.citation}›"
            yield Styled(text, "dim")


def _sums(followed: budgeting.Followed, lang: str) -> Styled:
    """Return the sums of the firms that have both budget and forecast, so that they compare."""
    both = followed.has & ~followed.early
    total = followed.found.paths.total[:, followed.month]
    parts = [
        (word("budget", lang), int(followed.budgets[both].sum())),
        (word("budget_used", lang), int(followed.used[both].sum())),
        (word("budget_forecast", lang), round(float(total[both].sum())) if both.any() else None),
    ]
    text = " · ".join(f"{name} {number(grams, UNIT)}" for name, grams in parts)
    return Styled(f"{word('budget_sum', lang)} ({int(both.sum())}): {text}", "dim")


def _line_row(one: budgeting.Line, lang: str) -> tuple[Any, ...]:
    """Return the cells of a firm, each of a few short lines."""
    level = Styled(one.level_name.of(lang), _STYLES.get(one.level, ""))
    level.append(f"\n{word('budget_since', lang)} {one.since}", "not bold default")
    if one.due_on:
        level.append(f"\n{word('budget_due_on', lang)} {one.due_on}", "not bold default")
    return (
        f"{one.reporter}\n{one.name.of(lang)}",
        tce(one.budget),
        _stacked(tce(one.used), _ratio(one.used, one.budget)),
        _stacked(*_ahead(one, lang), _ratio(one.forecast, one.budget)),
        level,
        "\n".join(text.of(lang) for text in one.why),
    )


def _ahead(one: budgeting.Line, lang: str) -> Iterator[str]:
    yield _no_forecast(one, lang) if one.forecast is None else tce(one.forecast)
    if one.low != one.high:
        yield f"{tce(one.low)} – {tce(one.high)}"


def _no_forecast(one: budgeting.Line, lang: str) -> str:
    return word("budget_early", lang) if one.by_month else "–"


def _stacked(*parts: str) -> str:
    return "\n".join(part for part in parts if part != "–") or "–"


def _forecast(one: budgeting.Line, lang: str) -> str:
    if one.forecast is None:
        return _no_forecast(one, lang)
    if one.low is None or one.high is None or one.low == one.high:
        return number(one.forecast, UNIT)
    low, high = (number(bound, UNIT).rpartition(" ")[0] for bound in (one.low, one.high))
    return f"{number(one.forecast, UNIT)} ({low} – {high})"


def _ratio(part: int | None, whole: int | None) -> str:
    return f"{part / whole * PERCENT:.1f} %" if part is not None and whole else "–"


def _of_budget(part: int | None, whole: int | None) -> str:
    return f" ({_ratio(part, whole)})" if whole and part is not None else ""


def _punished(found: budgeting.Monitored | budgeting.Settled, lang: str) -> Iterator[Any]:
    """Yield the firms on the list by ground, and under them each measure with who takes it."""
    count = len({one.reporter for one in found.punished})
    yield Styled(f"{word('budget_punishment', lang)} ({count})", "bold")
    if not found.punished:
        yield Styled(f"  {word('budget_none_listed', lang)}")
    firms: dict[tuple[str, str, str], list[str]] = {}
    bodies: dict[tuple[str, str, str], list[str]] = {}
    for one in found.punished:
        key = (one.ground.of(lang), one.measure.of(lang), one.citation)
        firms.setdefault(key, []).append(one.reporter)
        bodies.setdefault(key, []).append(one.body.of(lang))
    listed: dict[tuple[str, tuple[str, ...]], list[Styled]] = {}
    for (ground, measure, clause), names in firms.items():
        asked = " / ".join(dict.fromkeys(bodies[ground, measure, clause]))
        text = Styled(f"    {measure}: {asked} ‹{clause}›")
        listed.setdefault((ground, tuple(sorted(set(names)))), []).append(text)
    for (ground, who), measures in listed.items():
        yield Styled(f"  {ground} ({len(who)}): {', '.join(who)}")
        yield from measures


def _punished_dict(one: Any, lang: str) -> dict[str, Any]:
    return {
        "department": one.body.of(lang),
        "reporter": one.reporter,
        "ground": one.ground.of(lang),
        "measure": one.measure.of(lang),
        "clause": one.citation,
        "mark": one.mark,
        "our_reading": one.our_reading.of(lang) if one.our_reading else None,
    }


def _settled_row(found: budgeting.Settled, at: int, lang: str) -> tuple[str, ...]:
    done, followed = found.settlement, found.followed
    known = not isnan(done.ratio[at])
    balance = tce(int(done.balance[at]), signed=True) if known else "–"
    anything = bool(done.whole[at]) or followed.anything(at)
    least = "" if done.whole[at] else f"{word('budget_at_least', lang)} "
    used = f"{least}{tce(int(done.used[at]))}" if anything else "–"
    classes = followed.ways.levels.assessment
    return (
        f"{followed.held.ids[at]} {followed.held.name(at).of(lang)}",
        tce(int(done.budgets[at])),
        used,
        f"{least}{done.ratio[at] * PERCENT:.2f} %" if known else "–",
        balance,
        classes[done.classes[at]].name.of(lang) if known else word("budget_not_assessed", lang),
    )


def _classes(found: budgeting.Settled, lang: str) -> Styled:
    done, has = found.settlement, found.followed.has
    how = found.followed.ways.levels.assessment
    parts = [f"{c.name.of(lang)} {int((done.classes[has] == n).sum())}" for n, c in enumerate(how)]
    lost = int((done.classes[has] < 0).sum())
    return Styled(" · ".join([*parts, f"{word('budget_not_assessed', lang)} {lost}"]))


def _history(followed: budgeting.Followed, one: budgeting.Line, lang: str) -> Any:
    how, rows = followed.ways.levels, []
    for month, label in enumerate(_months(followed)):
        value = followed.use_of(one.at, month)
        level = int(followed.levels.held[one.at, month])
        used = None if value is None else followed.used_until(one.at, month)
        styled = Styled(how.name_of(level).of(lang), _STYLES.get(how.id_of(level), ""))
        rows.append((label, number(value, UNIT), _ratio(used, one.budget), styled))
    return listing(["budget_month", "budget_use", "budget_sofar", "budget_level"], rows, lang)


def _months(followed: budgeting.Followed) -> tuple[str, ...]:
    return period(str(followed.year)).months()[: followed.month + 1]
