"""The parts of an opinion as plain words, for every form in which it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import items, regions, sectors, units

if TYPE_CHECKING:
    from dafeng.gate import Checked, Opinion

_GRAMS = {"energy": "gce", "co2": "gCO2"}
_SYNTHETIC, _RECALLED = "synthetic", "recalled"


def opinion_parts(opinion: Opinion, lang: str) -> dict[str, Any]:
    """Return an opinion as texts and lists of texts, in the order in which it is written."""
    project = opinion.case.project
    return {
        "title": word("gate_title", lang),
        "about": word("gate_about", lang).format(title=project.title.of(lang)),
        "figure": opinion.figure,
        "overview": list(_overview(opinion, lang)),
        "conclusion": word("gate_says", lang).format(verdict=opinion.name.of(lang)),
        "verdict": opinion.verdict,
        "counts": counts(opinion, lang),
        "checks": [_check(one, lang) for one in opinion.checks],
        "duties": list(_duties(opinion, lang)),
        "basis": basis(opinion, lang),
        "notes": list(notes(opinion, lang)),
        "synthetic": _SYNTHETIC in (project.mark, opinion.tree.worst),
    }


def counts(opinion: Opinion, lang: str) -> str:
    """Return how many checks came out how."""
    held = {name: len(opinion.of(name)) for name in ("pass", "fail", "unknown")}
    na = len(opinion.of("not_applicable"))
    return word("gate_counts", lang).format(all=len(opinion.checks), na=na, **held)


def basis(opinion: Opinion, lang: str) -> list[str]:
    """Return the clauses that the checks rest on, each once, with its id in the table."""
    held = (clause for one in opinion.checks for clause in one.clauses)
    form = "{}（{}）" if lang == "zh" else "{} ({})"
    return [
        form.format(opinion.case.clause(one).label.of(lang), one) for one in dict.fromkeys(held)
    ]


def notes(opinion: Opinion, lang: str) -> Iterator[str]:
    """Yield what a reader must know before the opinion is used."""
    tree = opinion.tree
    if _SYNTHETIC in (opinion.case.project.mark, tree.worst):
        yield word("gate_synthetic", lang)
    marks = mark_words(tree.worst, tree.all_flags, lang)
    yield word("gate_marks", lang).format(marks=marks)
    if _RECALLED in tree.all_flags or tree.worst == _RECALLED:
        yield word("gate_recalled", lang)
    if opinion.of("unknown"):
        yield word("gate_unknown_note", lang)
    yield word("gate_made", lang)


def answer(value: bool | None, lang: str) -> str:  # noqa: FBT001
    """Return yes, no or not stated."""
    name = {None: "gate_not_stated", True: "gate_yes", False: "gate_no_answer"}[value]
    return word(name, lang)


def _overview(opinion: Opinion, lang: str) -> Iterator[tuple[str, str]]:
    project = opinion.case.project
    place = regions()[project.region].name.of(lang)
    kind = word(f"gate_kind_{project.kind}", lang)
    if project.sector:
        kind = f"{kind} · {sectors()[project.sector].name.of(lang)}"
    site = "{}（{}）" if lang == "zh" else "{} ({})"
    retires = ", ".join(line.line for line in project.retires)
    said = (
        ("gate_project", project.title.of(lang)),
        ("gate_code", project.project),
        (
            "gate_builder",
            project.builder.of(lang) if project.builder else word("gate_not_stated", lang),
        ),
        (
            "gate_site",
            site.format(place, project.region),
        ),
        ("gate_kind", kind),
        ("gate_stage", opinion.stage.of(lang)),
        ("gate_two_highs", answer(project.two_highs, lang)),
        ("gate_products", _products(opinion, lang)),
        (
            "gate_retires",
            retires or word("gate_none", lang),
        ),
        ("gate_energy", _amount(opinion, "energy", lang)),
        ("gate_emission", _amount(opinion, "co2", lang)),
        ("gate_day", str(opinion.case.day)),
    )
    yield from ((word(name, lang), text) for name, text in said)


def _products(opinion: Opinion, lang: str) -> str:
    parts = [
        f"{items()[one.item].name.of(lang)} {number(one.capacity)} {_unit(one.unit, lang)}"
        for one in opinion.case.project.products
    ]
    return ", ".join(parts) or word("gate_not_stated", lang)


def _amount(opinion: Opinion, metric: str, lang: str) -> str:
    counted = opinion.case.counted.get(metric)
    if counted is None or counted.grams is None:
        return word("gate_not_stated", lang)
    held = (("gate_computed", counted.computed), ("gate_stated", counted.stated))
    parts = [
        f"{word(name, lang)} {number(grams, _GRAMS[metric])}"
        for name, grams in held
        if grams is not None
    ]
    if counted.computed is None and counted.why and opinion.case.project.energy:
        parts.append(f"{word('gate_computed', lang)}: {counted.why.of(lang)}")
    return ("；" if lang == "zh" else "; ").join(parts)


def _unit(unit: str, lang: str) -> str:
    return units()[unit].name.zh if lang == "zh" else unit


def _check(checked: Checked, lang: str) -> dict[str, Any]:
    return {
        "id": checked.check.id,
        "name": checked.check.name.of(lang),
        "outcome": checked.outcome,
        "word": word(f"gate_outcome_{checked.outcome}", lang),
        "facts": [remark.text.of(lang) for remark in checked.remarks],
        "clauses": list(checked.clauses),
        "mark": mark_words(checked.mark, (), lang) if checked.mark else "",
    }


def _duties(opinion: Opinion, lang: str) -> Iterator[dict[str, str]]:
    """Yield what would mend what fails or is not known, each once, the failures first."""
    held = [(one, remark) for one in opinion.checks for remark in one.remarks if remark.mend]
    said = {
        (one.check.name.of(lang), remark.mend.of(lang) if remark.mend else "", remark.due): outcome
        for outcome in ("fail", "unknown")
        for one, remark in held
        if remark.outcome == outcome
    }
    for (name, text, due), outcome in said.items():
        until = word("gate_due", lang).format(due=due) if due else ""
        yield {"name": name, "outcome": outcome, "text": f"{text}{until}"}
