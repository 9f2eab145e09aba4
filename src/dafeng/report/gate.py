"""Opinions of the gate and the list of two-highs projects for the terminal, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from dafeng.report.gate_opinion import counts, opinion_parts
from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import Text, regions, worst_mark

if TYPE_CHECKING:
    from dafeng.gate import Listed, Opinion, WholeList

_STYLES = {"fail": "bold red", "unknown": "yellow", "pass": "green", "not_applicable": "dim"}
_VERDICTS = {
    "admit": "bold green",
    "admit_with_conditions": "bold yellow",
    "refuse": "bold red",
    "stop": "bold red",
}
_UNITS = {"energy": "gce", "co2": "gCO2"}


def opinion_view(opinion: Opinion, lang: str) -> Iterator[Any]:
    """Yield the verdict, the project, each check with its facts, and what has to be done."""
    parts = opinion_parts(opinion, lang)
    yield _heading(parts["about"], [opinion], lang)
    yield Styled(f"{word('gate_verdict', lang)}{_colon(lang)}").append(
        opinion.name.of(lang), _VERDICTS[opinion.verdict]
    )
    yield Styled(counts(opinion, lang), "dim")
    overview = Table(box=None, pad_edge=False, show_header=False)
    for name, text in parts["overview"]:
        overview.add_row(Styled(name, "dim"), Styled(text))
    yield overview
    table = _table(("gate_check", "gate_outcome", "gate_facts", "gate_clause"), lang)
    for one in parts["checks"]:
        table.add_row(
            Styled(one["name"], "bold"),
            Styled(one["word"], _STYLES[one["outcome"]]),
            Styled("\n".join(one["facts"])),
            Styled("\n".join(one["clauses"]), "cyan"),
        )
    yield table
    if parts["duties"]:
        yield Styled(word("gate_mend", lang), "bold")
    for number_, duty in enumerate(parts["duties"], start=1):
        name = f"{number_}. {duty['name']}{_colon(lang)}"
        yield Styled(name, _STYLES[duty["outcome"]]).append(duty["text"], "")
    for note in parts["notes"]:
        yield Styled(note, "dim")
    yield Styled(opinion.figure, "dim")


def opinion_dict(opinion: Opinion, lang: str) -> dict[str, Any]:
    """Return an opinion as plain data; amounts are whole grams."""
    project, tree = opinion.case.project, opinion.tree
    return {
        "figure": opinion.figure,
        "project": project.project,
        "title": project.title.of(lang),
        "region": project.region,
        "stage": project.stage,
        "two_highs": project.two_highs,
        "day": str(opinion.case.day),
        "verdict": opinion.verdict,
        "held": opinion.held,
        "words": opinion.name.of(lang),
        "energy_gce": _grams(opinion, "energy"),
        "emission_gco2": _grams(opinion, "co2"),
        "checks": [
            {
                "id": one.check.id,
                "name": one.check.name.of(lang),
                "outcome": one.outcome,
                "clauses": list(one.clauses),
                "mark": one.mark or None,
                "remarks": [
                    {
                        "reason": remark.reason,
                        "outcome": remark.outcome,
                        "text": remark.text.of(lang),
                        "mend": remark.mend.of(lang) if remark.mend else None,
                        "due": remark.due or None,
                    }
                    for remark in one.remarks
                ],
            }
            for one in opinion.checks
        ],
        "mark": tree.worst,
        "flags": list(tree.all_flags),
    }


def gate_list_view(found: WholeList, rule: Text, lang: str) -> Iterator[Any]:
    """Yield the list by class, the set that fits, and the room that it leaves."""
    yield _heading(word("gate_list_title", lang), [one.opinion for one in found.lines], lang)
    stage = ""
    for one in sorted(found.lines, key=_order):
        opinion, project = one.opinion, one.opinion.case.project
        if project.stage != stage:
            stage = project.stage
            count = sum(1 for line in found.lines if line.opinion.case.project.stage == stage)
            yield Styled(f"{opinion.stage.of(lang)} · {count}", "bold")
        title = Styled(f"{project.project} {project.title.of(lang)}  ")
        yield title.append(opinion.name.of(lang), _VERDICTS[opinion.verdict])
        yield from _line(one, lang)
    if found.open:
        what = ", ".join(word(f"gate_metric_{name}", lang) for name in found.open)
        yield Styled(word("gate_open", lang).format(what=what), "yellow")
        return
    chosen = [one.opinion.case.project.project for one in found.lines if one.fits]
    yield Styled(
        word("gate_rule", lang).format(
            rule=rule.of(lang), count=len(chosen), projects=", ".join(chosen) or "–"
        ),
        "bold",
    )
    yield from (Styled(word(f"gate_unsure_{flag}", lang), "yellow") for flag in found.unsure)
    yield from _spaces(found, lang)


def gate_list_dict(found: WholeList, lang: str) -> dict[str, Any]:
    """Return the list as plain data; amounts are whole grams."""
    return {
        "rule": found.rule,
        "projects": [
            {
                **{k: v for k, v in opinion_dict(one.opinion, lang).items() if k != "checks"},
                "failed": [c.check.id for c in one.opinion.of("fail")],
                "unknown": [c.check.id for c in one.opinion.of("unknown")],
                "disposal": one.disposal.of(lang),
                "fits": one.fits,
                "why": one.why or None,
            }
            for one in found.lines
        ],
        "spaces": [
            {
                "metric": space.metric,
                "region": space.region,
                "year": space.year,
                "grams": space.grams,
                "taken": found.taken(space),
            }
            for space in found.spaces
        ],
        "not_known": list(found.open),
        "unsure": list(found.unsure),
    }


def _line(one: Listed, lang: str) -> Iterator[Styled]:
    """Yield what happens to a project, whether it fits, and what stands against it."""
    said = [(word("gate_disposal", lang), one.disposal.of(lang))]
    if one.why != "not_planned":
        said.append((word("gate_fits", lang), _fits(one, lang)))
    said += _against(one.opinion, lang)
    yield from (Styled(f"  {name}{_colon(lang)}{text}", "dim") for name, text in said)


def _spaces(found: WholeList, lang: str) -> Iterator[Any]:
    if not found.spaces or all(one.fits is None for one in found.lines):
        return
    yield Styled(word("gate_spaces", lang), "dim")
    table = _table(("gate_metric", "region", "year", "gate_space", "gate_taken", "gate_left"), lang)
    for space in found.spaces:
        taken, unit = found.taken(space), _UNITS[space.metric]
        table.add_row(
            word(f"gate_metric_{space.metric}", lang),
            regions()[space.region].name.of(lang),
            str(space.year),
            *(
                number(grams, unit).partition(" ")[0]
                for grams in (space.grams, taken, space.grams - taken)
            ),
        )
    yield table


def _fits(one: Listed, lang: str) -> str:
    if one.why:
        return word(f"gate_why_{one.why}", lang)
    return "–" if one.fits is None else word("gate_fits_yes" if one.fits else "gate_fits_no", lang)


def _against(opinion: Opinion, lang: str) -> Iterator[tuple[str, str]]:
    """Yield which checks fail, and which are not known."""
    comma = "、" if lang == "zh" else ", "
    for outcome in ("fail", "unknown"):
        held = opinion.of(outcome)
        if held:
            names = comma.join(one.check.name.of(lang) for one in held)
            yield word(f"gate_outcome_{outcome}", lang), names


def _colon(lang: str) -> str:
    """Return a colon; without a blank in Chinese, where a line would break at it."""
    return "：" if lang == "zh" else ": "


def _order(one: Listed) -> tuple[int, str]:
    stages = ("planned", "building", "existing")
    project = one.opinion.case.project
    return stages.index(project.stage), project.project


def _grams(opinion: Opinion, metric: str) -> dict[str, int | None]:
    counted = opinion.case.counted.get(metric)
    names = ("computed", "stated", "grams")
    return {name: getattr(counted, name, None) for name in names}


def _heading(title: str, opinions: list[Opinion], lang: str) -> Styled:
    flags = tuple(sorted({flag for one in opinions for flag in one.tree.all_flags}))
    said = mark_words(worst_mark({one.tree.worst for one in opinions}), flags, lang)
    return Styled(title, "bold").append(f"  [{said}]", "magenta")


def _table(columns: tuple[str, ...], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        right = column in ("gate_space", "gate_taken", "gate_left")
        table.add_column(word(column, lang), justify="right" if right else "left", overflow="fold")
    return table
