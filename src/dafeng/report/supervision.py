"""After-the-fact supervision and resource factors for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.plan import bodies
from dafeng.report.budget_allocated import SHOWN
from dafeng.report.tables import listing
from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import Text, regions, worst_mark

if TYPE_CHECKING:
    from dafeng.gate import Applied, Supervised
    from dafeng.workspace import Firm, Swept

_STYLES = {"error": "bold red", "warning": "yellow", "notice": "cyan"}


def supervision_view(swept: Swept, lang: str, *, everyone: bool = False) -> Iterator[Any]:
    """Yield what was found by severity and department, then what was judged and what was not."""
    from dafeng.gate import SEVERITIES, oversight  # noqa: PLC0415  heavy

    sweep = swept.supervision
    yield Styled(f"{word('supervise_title', lang)} · {sweep.day}", "bold")
    for severity in SEVERITIES:
        own = [one for one in sweep.found if one.severity == severity]
        if own:
            said = f"{word(f'supervise_{severity}', lang)} · {len(own)}"
            yield Styled(said, _STYLES[severity])
        for (lead, others), part in groupby(own, lambda one: (one.lead, one.others)):
            held = list(part)
            yield Styled(f"  {_duty(lead, others, lang)} · {len(held)}", "bold")
            yield from _departments(held, swept.names, lang, everyone=everyone)
    if not sweep.found:
        yield Styled(word("supervise_none", lang))
    yield from coverage_view(swept, lang, everyone=everyone)
    if any(one.due for one in sweep.found):
        yield Styled(oversight().words.extension.of(lang), "dim")


def coverage_view(swept: Swept, lang: str, *, everyone: bool = False) -> Iterator[Any]:
    """Yield how many were judged, found, cured, and why others cannot be told."""
    from dafeng.gate import matters, oversight  # noqa: PLC0415  heavy

    sweep = swept.supervision
    found = Counter(one.hit.matter for one in sweep.found)
    reasons = {one.id: one.name for one in oversight().reasons}
    rows = []
    for name, part in groupby(matters().values(), lambda one: one.counted or one.name):
        own = {one.id for one in part}
        lost = [
            f"{reasons[reason].of(lang)} {_who(who, everyone=everyone)}"
            for (matter, reason), who in sweep.unknown.items()
            if matter in own
        ]
        counts = [sum(c[one] for one in own) for c in (sweep.judged, found, sweep.settled)]
        if lost or any(counts):
            cells = [f"{count:,}" if count else "–" for count in counts]
            rows.append((name.of(lang), *cells, "; ".join(lost) or "–"))
    columns = ["matter", "judged", "hits", "settled", "unknown"]
    if not rows:
        yield Styled(word("supervise_no_facts", lang), "yellow")
    else:
        yield listing([f"supervise_{name}" for name in columns], rows, lang)


def matters_view(lang: str) -> Iterator[Styled]:
    """Yield the matters with what follows at each stage, by which clause."""
    from dafeng.gate import matters  # noqa: PLC0415  heavy

    for one in matters().values():
        yield Styled(f"{one.id}  ", "bold").append(one.name.of(lang))
        for held in one.consequences:
            place = regions()[held.region or "00"].name.of(lang)
            yield Styled(f"  {place} · {held.clause}", "dim")
            said = {stage: held.at(stage) for stage in ("found", "running", "passed")}
            for words, part in groupby(said.items(), lambda pair: pair[1]):
                if words is not None:
                    when = " / ".join(stage_words(stage, lang) for stage, _ in part)
                    yield Styled(f"    {when}: {words.of(lang)}")


def stage_words(stage: str, lang: str) -> str:
    """Return a stage in words."""
    return word(f"supervise_{stage}_stage", lang)


def supervised_dict(one: Supervised, names: Mapping[str, Text], lang: str) -> dict[str, Any]:
    """Return something found as plain data."""
    hit = one.hit
    values = {k: v.of(lang) if isinstance(v, Text) else v for k, v in hit.values.items()}
    name = names.get(hit.reporter)
    return {
        "figure": one.figure,
        "matter": hit.matter,
        "severity": one.severity,
        "stage": one.stage,
        "subject": hit.subject,
        "reporter": hit.reporter,
        "name": name.of(lang) if name else None,
        "region": hit.region or None,
        "what": one.text.of(lang),
        "values": values,
        "consequence": one.consequence.of(lang),
        "stated": bool(one.follows),
        "clauses": list(one.clauses),
        "due": one.due or None,
        "deadline": deadline(one, lang),
        "order": one.order["source"] if one.order else None,
        "lead": one.lead or None,
        "others": list(one.others),
        "mark": one.mark,
        "flags": list(one.flags),
    }


def supervision_dict(swept: Swept, lang: str) -> dict[str, Any]:
    """Return all that was found as plain data."""
    from dafeng.gate import oversight  # noqa: PLC0415  heavy

    sweep = swept.supervision
    return {
        "day": str(sweep.day),
        "found": [supervised_dict(one, swept.names, lang) for one in sweep.found],
        "judged": dict(sweep.judged),
        "settled": dict(sweep.settled),
        "unknown": [
            {"matter": matter, "reason": reason, "count": len(who), "subjects": who}
            for (matter, reason), who in sweep.unknown.items()
        ],
        "extension": oversight().words.extension.of(lang),
        "mark": worst_mark({one.mark for one in sweep.found}) if sweep.found else None,
    }


def deadline(one: Supervised, lang: str) -> str:
    """Return until when something must be done, or that no text sets a day."""
    from dafeng.gate import oversight  # noqa: PLC0415  heavy

    if not one.due:
        return oversight().words.no_day.of(lang)
    said = f"{one.due} · {stage_words(one.stage, lang)}"
    if one.order and not one.hit.due:
        return f"{said} ({word('supervise_order', lang)} {one.order['source']})"
    return said


def firm_view(firm: Firm, lang: str) -> Iterator[Any]:
    """Yield an enterprise, its classes and why."""
    from dafeng.gate import factor_classes  # noqa: PLC0415  heavy

    title = Styled(f"{firm.name.of(lang)} ({firm.reporter})", "bold")
    yield title.append(f"  [{mark_words(firm.mark, (), lang)}]", "magenta")
    for name, why in firm.classes.items():
        yield Styled(f"  {factor_classes()[name].name.of(lang)}: {why.of(lang)}")
    if not firm.per_mu:
        yield Styled(
            f"  {word('factor_per_mu', lang)}: {word('factor_unknown_class', lang)}", "yellow"
        )


def firm_dict(firm: Firm, lang: str) -> dict[str, Any]:
    """Return an enterprise and its classes as plain data."""
    return {
        "reporter": firm.reporter,
        "name": firm.name.of(lang),
        "region": firm.region,
        "sector": firm.sector or None,
        "classes": {name: why.of(lang) for name, why in firm.classes.items()},
        "per_mu_known": firm.per_mu,
        "mark": firm.mark,
    }


def factors_view(found: Sequence[Applied], lang: str) -> Iterator[Any]:
    """Yield factors by resource."""
    from dafeng.gate import factor_classes  # noqa: PLC0415  heavy

    for resource, part in groupby(found, lambda one: one.factor.resource):
        yield Styled(word(f"factor_{resource}", lang), "bold")
        for one in part:
            facts = [", ".join(one.factor.classes), _place(one, lang), _amount(one, lang)]
            line = Styled("  " + " · ".join(facts))
            yield line.append(f"  [{mark_words(one.mark, (), lang)}]", "magenta")
            said = [one.factor.text.of(lang), _since(one), one.factor.clause]
            yield Styled("    " + " · ".join(filter(None, said)), "dim")
    if found:
        held = dict.fromkeys(name for one in found for name in one.factor.classes)
        names = [f"{name}: {factor_classes()[name].name.of(lang)}" for name in held]
        yield Styled("; ".join(names), "dim")
    if not found:
        yield Styled(word("factor_empty", lang))


def factor_dict(one: Applied, lang: str) -> dict[str, Any]:
    """Return a factor as plain data; a range has two ends and no value."""
    value = one.value
    return {
        "resource": one.factor.resource,
        "classes": list(one.factor.classes),
        "region": one.factor.region or None,
        "text": one.factor.text.of(lang),
        "value": value.number if value else None,
        "low": value.low if value else None,
        "high": value.high if value else None,
        "unit": value.unit if value else None,
        "stated": value is not None,
        "in_force": None if value is None else not one.over,
        "parameter": value.id if value else None,
        "clause": one.factor.clause,
        "mark": one.mark,
    }


def _departments(
    found: Iterable[Supervised], names: Mapping[str, Text], lang: str, *, everyone: bool
) -> Iterator[Any]:
    """Yield what shares matter, consequence and clauses under one heading."""
    for matter, part in groupby(found, lambda one: one.matter):
        yield Styled(f"  {matter.name.of(lang)}", "bold")
        for (follows, clauses), same in groupby(
            part, lambda one: (one.consequence, tuple(c for _, c in one.follows))
        ):
            held = list(same)
            cited = f" [{', '.join(clauses)}]" if clauses else ""
            yield Styled(f"    {word('supervise_follows', lang)}: {follows.of(lang)}{cited}")
            listed = held if everyone else held[:SHOWN]
            dues = [deadline(one, lang) for one in listed]
            same_day = len(set(dues)) == 1  # then it is said once, above
            if same_day:
                yield Styled(f"    {word('supervise_due', lang)}: {dues[0]}")
            rows = [
                (
                    one.hit.subject,
                    _name(one, names, lang),
                    one.text.of(lang),
                    *(() if same_day else (due,)),
                    mark_words(one.mark, one.flags, lang),
                )
                for one, due in zip(listed, dues, strict=True)
            ]
            columns = ["id", "supervise_whose", "supervise_what"]
            columns += [*([] if same_day else ["supervise_due"]), "mark"]
            yield listing(columns, rows, lang)
            if len(held) > len(rows):
                yield Styled(f"    {len(held) - len(rows):,} {word('supervise_more', lang)}", "dim")


def _who(who: Sequence[str], *, everyone: bool) -> str:
    return f"{len(who):,}" + (f" ({', '.join(who)})" if everyone else "")


def _duty(lead: str, others: Sequence[str], lang: str) -> str:
    from dafeng.gate import oversight  # noqa: PLC0415  heavy

    if not lead:
        return oversight().words.no_duty.of(lang)
    comma = "、" if lang == "zh" else ", "
    said = f"{word('supervise_lead', lang)} {bodies()[lead].name.of(lang)}"
    rest = comma.join(bodies()[name].name.of(lang) for name in others)
    stop = "；" if lang == "zh" else "; "
    return f"{said}{stop}{word('supervise_others', lang)} {rest}" if rest else said


def _name(one: Supervised, names: Mapping[str, Text], lang: str) -> str:
    name = names.get(one.hit.reporter)
    if name is None:
        return one.hit.reporter
    if one.hit.reporter == one.hit.subject:
        return name.of(lang)
    return f"{name.of(lang)} ({one.hit.reporter})"


def _amount(one: Applied, lang: str) -> str:
    value = one.value
    if value is None:
        return word("factor_none", lang)
    if value.number is None:
        said = f"{number(value.low)}–{number(value.high)} {value.unit}"
    else:
        said = number(
            value.number, "" if value.unit == "1" else value.unit, signed=value.unit == "pp"
        )
    return f"{said} ({word('factor_over', lang)})" if one.over else said


def _place(one: Applied, lang: str) -> str:
    if not one.factor.region:
        return regions()["00"].name.of(lang)
    place = one.factor.place or regions()[one.factor.region].name
    return place.of(lang)


def _since(one: Applied) -> str:
    """Return from when to when the number is in force; empty where that is not stated."""
    if one.value is None or one.value.set.applies_from is None:
        return ""
    first, last = one.value.set.applies_from, one.value.set.applies_to
    return f"{first} – {last}" if last else f"{first} –"
