"""Verified savings and levers for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text as Styled

from dafeng.report.portfolio import plain_number, said
from dafeng.report.tables import listing
from dafeng.report.words import mark_words, number, word
from dafeng.vocabulary import worst_mark

if TYPE_CHECKING:
    from dafeng.portfolio import Converted, Lever, Verified

_UNITS = {"energy": "tce", "emission": "tCO2"}


def verified_view(found: Verified, converted: Sequence[Converted], lang: str) -> Iterator[Any]:
    """Yield a verified saving: how much, how sure, what counts, the model, the periods."""
    share = found.saving / found.baseline_use if found.baseline_use else 0.0
    values = {
        "saving": plain_number(found.saving),
        "low": plain_number(found.low),
        "high": plain_number(found.high),
        "unit": found.unit,
        "confidence": f"{found.confidence:.0%}",
        "share": f"{share:.1%}".replace("-", "−"),
    }
    marks = mark_words(found.mark, (), lang)
    yield Styled(said("meter_saving", lang, **values), "bold").append(f"  [{marks}]", "magenta")
    if found.counted is None:
        yield Styled(word("meter_not_counted", lang), "bold yellow")
    else:
        counted = {"counted": plain_number(found.counted), "unit": found.unit}
        yield Styled(said("meter_counted", lang, **counted), "bold green")
    yield Styled(said("meter_span", lang, first=found.first, last=found.last), "dim")
    for one in converted:
        said_of = mark_words(one.mark, ("proxy",) if one.proxy else (), lang)
        yield Styled(_converted(one, lang), "cyan").append(f"  [{said_of}]", "magenta")
    fit = found.fit
    model = {"r2": f"{fit.r2:.3f}", "cv": f"{fit.cv:.1%}", "freedom": fit.freedom}
    rho = plain_number(fit.autocorrelation, 2)
    yield Styled(said("meter_model", lang, **model, rho=rho))
    rows = [
        (word(f"meter_by_{name}", lang), number(float(value)), number(float(error)))
        for name, value, error in zip(fit.names, fit.coefficient, fit.error, strict=True)
    ]
    yield listing(["meter_driver", "meter_coefficient", "meter_error"], rows, lang)
    yield _periods(found, lang)


def _converted(one: Converted, lang: str) -> str:
    unit = _UNITS[one.measure]
    if one.coefficient is None:
        coefficient = word("meter_no_coefficient", lang)
    else:
        coefficient = f"{number(one.coefficient)} g/{one.unit}: {', '.join(one.inputs)}"
    return said(
        "meter_converted",
        lang,
        method=one.method,
        saving=f"{plain_number(one.saving, 2)} {unit}",
        counted=f"{plain_number(one.counted, 2)} {unit}",
        coefficient=coefficient,
    )


def _periods(found: Verified, lang: str) -> Any:
    columns = ["meter_period", "meter_phase", "meter_actual", "meter_expected",
               "meter_difference", "meter_counts"]  # fmt: skip
    rows = []
    for row in found.periods.to_pylist():
        after = row["phase"] == "reporting"
        counts = word(
            "retro_yes" if row["counted"] and found.counted is not None else "retro_no", lang
        )
        rows.append(
            (
                row["period"],
                word(f"meter_phase_{row['phase']}", lang),
                plain_number(row["actual"]),
                plain_number(row["expected"]),
                plain_number(row["saving"], signed=True) if after else "–",
                counts if after else "–",
            )
        )
    return listing(columns, rows, lang)


def verified_dict(found: Verified, converted: Sequence[Converted]) -> dict[str, Any]:
    """Return a verified saving as plain data."""
    fit = found.fit
    return {
        "unit": found.unit,
        "item": found.item or None,
        "first": found.first,
        "last": found.last,
        "saving": found.saving,
        "low": found.low,
        "high": found.high,
        "confidence": found.confidence,
        "counted": found.counted,
        "refused": list(found.refused),
        "baseline_use": found.baseline_use,
        "model": {
            "drivers": list(fit.names),
            "coefficients": fit.coefficient.tolist(),
            "standard_errors": fit.error.tolist(),
            "r2": fit.r2,
            "cv": fit.cv if fit.cv < float("inf") else None,
            "autocorrelation": fit.autocorrelation,
            "degrees_of_freedom": fit.freedom,
        },
        "periods": found.periods.to_pylist(),
        "converted": [
            {
                "method": one.method,
                "unit": _UNITS[one.measure],
                "saving": one.saving,
                "counted": one.counted,
                "coefficient": one.coefficient,
                "inputs": list(one.inputs),
                "proxy": one.proxy,
                "mark": one.mark,
            }
            for one in converted
        ],
        "mark": found.mark,
    }


# --- Levers -----------------------------------------------------------------------------------


def lever_rows(levers: Sequence[Lever], effects: dict[str, list[Any]], lang: str) -> Iterator[Any]:
    """Yield levers: what they change, what that saves and how well it is known."""
    columns = ["lever_name", "lever_activity", "lever_change", "lever_effect", "mark"]
    rows = [
        (
            lever.name.of(lang),
            f"{lever.activity.of(lang)} ({lever.activity.unit})",
            f"{lever.change.of(lang)} ({lever.change.unit})",
            "\n".join(_effect_words(effects[lever.id], lang)),
            _effect_marks(effects[lever.id], lang),
        )
        for lever in levers
    ]
    yield listing(columns, rows, lang)
    for lever in levers:
        if lever.note:
            yield Styled(f"{lever.name.of(lang)}: {lever.note.of(lang)}", "dim")
        for goal in lever.goals:
            title = goal.zh if lang == "zh" else goal.en
            source = goal.cites or (goal.source.of(lang) if goal.source else "")
            value = f"{plain_number(goal.value, 2)} {goal.unit}"
            text = f"{word('lever_goal', lang)}: {title} {value} ‹{source}›"
            yield Styled(f"{lever.name.of(lang)}: {text}", "dim")


def _effect_marks(held: list[Any], lang: str) -> str:
    return mark_words(worst_mark({effect.mark for _, effect in held}), (), lang) if held else "–"


def _effect_words(held: list[Any], lang: str) -> Iterator[str]:
    if not held:
        yield word("lever_not_sourced", lang)
    elif any(item for item, _ in held):
        low, high = min(e.low for _, e in held), max(e.high for _, e in held)
        unit = "tCO2" if held[0][1].measure == "tco2" else "tce"
        yield said("lever_by_item", lang, number=len(held), low=low, high=high, unit=unit)
    else:
        for _, effect in held:
            unit = "tCO2" if effect.measure == "tco2" else "tce"
            span = (
                f"{effect.low:g}"
                if effect.low == effect.high
                else f"{effect.low:g}–{effect.high:g}"
            )
            yield f"{span} {unit}"


def lever_dict(lever: Lever, effects: list[Any], lang: str) -> dict[str, Any]:
    """Return a lever as plain data."""
    return {
        "lever": lever.id,
        "title": lever.name.of(lang),
        "activity": lever.activity.of(lang),
        "activity_unit": lever.activity.unit,
        "change": lever.change.of(lang),
        "change_unit": lever.change.unit,
        "sourced": lever.sourced,
        "effects": [
            {
                "item": item or None,
                "measure": effect.measure,
                "low": effect.low,
                "high": effect.high,
                "source": effect.cites or (effect.source.of(lang) if effect.source else None),
                "our_reading": effect.our_reading.of(lang) if effect.our_reading else None,
                "mark": effect.mark,
            }
            for item, effect in effects
        ],
        "goals": [
            {
                "title": g.zh if lang == "zh" else g.en,
                "value": g.value,
                "unit": g.unit,
                "mark": g.mark,
            }
            for g in lever.goals
        ],
        "note": lever.note.of(lang) if lever.note else None,
    }
