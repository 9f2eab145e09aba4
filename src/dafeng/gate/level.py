"""The designed unit energy against the benchmark and baseline levels."""

from __future__ import annotations

from collections.abc import Iterator

from dafeng.gate.case import Case, Remark, shown, unit_words
from dafeng.gate.project import Product
from dafeng.grading import BEYOND, Rating, editions_of, rate
from dafeng.rulebook import Deadline
from dafeng.vocabulary import Fault, items, marks

_FAMILY, _BENCHMARK = "level", "benchmark"
_EXISTING, _RETROFIT = "existing", "retrofit"
_NONE = "none"
"""Says that the levels have no field for a product."""


def baseline(case: Case) -> Iterator[Remark]:
    """No line may be designed, or run, below the baseline level."""
    for product, rating in _rated(case):
        if isinstance(rating, Remark):
            yield rating
            continue
        if not rating.graded.grade:
            yield _open(rating)
            continue
        if rating.graded.grade != BEYOND:
            yield _said("level_at_baseline", product, rating)
            continue
        deadline = _deadline(case, rating)
        reason = "level_below_in_time" if _in_time(case, deadline) else "level_below_baseline"
        due = str(deadline.due) if deadline and deadline.due else ""
        yield _said(reason, product, rating, due)


def benchmark(case: Case) -> Iterator[Remark]:
    """New lines are designed at the benchmark level."""
    if case.project.stage == _EXISTING or case.project.kind == _RETROFIT:
        yield Remark("benchmark_not_asked")
        return
    for product, rating in _rated(case):
        if isinstance(rating, Remark):
            yield rating
            continue
        if not rating.graded.grade:
            yield _open(rating)
            continue
        met = rating.graded.grade == _BENCHMARK
        yield _said("level_at_benchmark" if met else "level_below_benchmark", product, rating)


def _rated(case: Case) -> Iterator[tuple[Product, Rating | Remark]]:
    """Yield each product with its level, or with why it has none."""
    products = case.project.products
    if not products:
        yield Product(item="other_energy"), Remark("products_not_stated")
        return
    try:
        editions = editions_of(case.rules, _FAMILY, case.day, case.project.region)
    except Fault as fault:
        if fault.code != "no_edition":
            raise
        yield products[0], Remark("no_level_edition", {"day": case.day})
        return
    scales = {scale.id: scale for one in reversed(editions) for scale in one.scales}
    for product in products:
        name = items()[product.item].name
        offered = sorted(s.id for s in scales.values() if s.item == product.item)
        if product.field == _NONE:
            values = {"item": name, "fields": ", ".join(offered)}
            yield product, Remark("level_denied" if offered else "no_level_held", values)
            continue
        field = product.field or (offered[0] if len(offered) == 1 else "")
        if not field:
            values = {"item": name, "fields": ", ".join(offered) or "–"}
            yield product, Remark("field_not_stated", values)
        elif field not in scales:
            values = {"field": field, "fields": ", ".join(offered) or "–"}
            yield product, Remark("field_unknown", values)
        elif scales[field].item != product.item and (offered or scales[field].item):
            values = {
                "item": name,
                "field": scales[field].name,
                "fields": ", ".join(offered) or "–",
            }
            yield product, Remark("field_of_another", values)
        elif product.design is None:
            values = {"item": name, "field": scales[field].name}
            yield product, Remark("design_not_stated", values)
        else:
            row = {
                "who": case.project.project,
                "scale": field,
                "value": product.design,
                "mark": case.project.mark,
                "source": case.project.source,
            }
            yield product, rate(case.rules, editions, [row], case.day)[0]


def _deadline(case: Case, rating: Rating) -> Deadline | None:
    """Return until when an existing line has to be upgraded, where a rule says so."""
    if case.project.stage != _EXISTING or not rating.scale.consequence:
        return None
    return rating.rules.deadlines[rating.scale.consequence]


def _in_time(case: Case, deadline: Deadline | None) -> bool:
    """Whether a rule still leaves time, and the line is known to be old enough for it."""
    if deadline is None or deadline.due is None or deadline.before is None:
        return False
    started = case.project.started
    return started is not None and started < deadline.before and case.day <= deadline.due


def _open(rating: Rating) -> Remark:
    return Remark("level_not_graded", {"field": rating.scale.name}, (), (rating.tree,))


def _said(reason: str, product: Product, rating: Rating, due: str = "") -> Remark:
    limits = rating.graded.limits
    scale, edition = rating.scale, rating.edition
    clause = scale.clause or edition.clause
    values = {
        "field": scale.name,
        "design": shown(product.design),
        "unit": unit_words(scale.unit),
        "benchmark": shown(limits.get(_BENCHMARK)),
        "baseline": shown(limits.get("baseline")),
        "due": due,
        "mark": marks().resolve(scale.checked or edition.checked).name,
    }
    cited = clause if "/" in clause else f"{edition.document}/{clause}"
    return Remark(reason, values, (cited,), (rating.tree,), due)
