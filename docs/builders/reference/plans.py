"""The page of plans."""

from __future__ import annotations

from builders.reference.markdown import Lines, both, bullets, cell, cited, code, codes, mark, table
from builders.reference.words import terms
from dafeng import plan


def plans() -> Lines:
    """Yield the plans that come with Dafeng, and the responsible bodies."""
    for held in plan.plans().values():
        yield f"## {held.id}"
        yield ""
        yield both(held.title)
        yield ""
        yield f"- 主体 owner: `{held.owner}`；时期 period: `{held.period}`"
        yield f"- 印发 issued: {both(held.issuer)}, {held.issued or '?'}"
        yield f"- 文件 documents: {', '.join(map(cited, held.documents))}"
        yield f"- 收录完整 complete: {'是 yes' if held.complete else '否 no'}"
        yield from bullets("未决 open", held.open_points)
        yield ""
        yield from targets(held)
        yield from measures(held)
        yield from tiers(held)
    yield "## 责任单位 Responsible bodies"
    yield ""
    yield from terms(plan.bodies())


def targets(held: plan.Plan) -> Lines:
    """Yield the targets of a plan."""
    names = ("编号 id", "目标", "target", "类别 kind", "值 value", "单位 unit", "基年 base")
    rows = (
        (code(t.id), t.title.zh, t.title.en, t.kind, goal(t), t.unit, t.base_year, t.year,
         code(t.indicator), code(t.lead), codes(t.others),
         ", ".join(cited(f"{s.document}/{s.clause}") for s in t.sources), mark(t.checked),
         both(t.scope), both(t.note))
        for t in held.targets
    )  # fmt: skip
    rest = ("年份 year", "指标 indicator", "牵头 lead", "其他单位 others", "出处 source")
    yield from table((*names, *rest, "可信度 mark", "范围 scope", "备注 note"), rows)


def goal(target: plan.Target) -> str:
    """Return direction, value, range and stretch of a target."""
    if target.other_indicator is not None:
        return f"对照 against {code(target.other_indicator)}"
    if target.value is None:
        return ""
    signs = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}
    found = f"{signs.get(target.direction or '', '')} {cell(target.value)}"
    found += f"–{cell(target.high)}" if target.high is not None else ""
    found += f" ({cell(target.stretch)})" if target.stretch is not None else ""
    return ("约 about " if target.about else "") + found


def measures(held: plan.Plan) -> Lines:
    """Yield the measures of a plan."""
    rows = (
        (code(m.id), m.title.zh, m.title.en, code(m.lead), codes(m.others), m.clause,
         codes(m.targets))
        for m in held.measures
    )  # fmt: skip
    names = ("编号 id", "措施", "measure", "牵头 lead", "其他单位 others", "条款 clause")
    yield from table((*names, "目标 targets"), rows)


def tiers(held: plan.Plan) -> Lines:
    """Yield the tiers of a plan."""
    for one in held.tiers:
        yield f"**{one.id}** {both(one.title)} [{one.unit}]；可信度 mark: `{mark(one.checked)}`"
        yield ""
        rows = ((code(t.id), t.title.zh, t.title.en, t.low, t.high) for t in one.tiers)
        yield from table(("编号 id", "分档", "tier", "下限 low", "上限 high"), rows)
        yield from bullets("未决 open", one.open_points)
        if one.open_points:
            yield ""
