"""The tree behind a statement about the peak: runs → parameters, history, scenario, settings."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from dafeng.explain import Node, condensed, figure_id
from dafeng.outlook.decompose import whole_units
from dafeng.outlook.drivers import DRIVERS
from dafeng.outlook.projection import Projection, Statement
from dafeng.outlook.scenarios import Cited, Lever, Range
from dafeng.outlook.sector_table import EMISSION
from dafeng.vocabulary import Text, marks

_NAMES = {
    "activity": Text(zh="活动量", en="activity"),
    "intensity": Text(zh="能源强度", en="energy intensity"),
    "carbon": Text(zh="单位能源排放", en="emissions per energy"),
    "grid": Text(zh="电网因子", en="grid factor"),
}
_MODEL = Text(
    zh="排放 = 活动量 × 强度 × 单位能源排放；增速 g = m + x，x = ρ·x₋₁ + s·e；SFC64，单精度",
    en="activity × intensity × carbon; growth g = m + x, x = ρ·x₋₁ + s·e; SFC64, float32",
)


def statement_tree(found: Projection, statement: Statement) -> Node:
    """Return what the probability of a peak by a year rests on; its value is a share of runs."""
    chosen = found.settings
    program = f"dafeng {version('dafeng')}"
    runs = Text(
        zh=f"{chosen.draws} 次模拟，种子 {chosen.seed}，每组 {chosen.chunk} 次；{program}",
        en=f"{chosen.draws} runs, seed {chosen.seed}, {chosen.chunk} to a stream; {program}",
    )
    label = Text(
        zh=f"不晚于 {statement.year} 年达峰的概率", en=f"probability of a peak by {statement.year}"
    )
    model = Node(
        "formula",
        f"model/{version('dafeng')}",
        Text(zh="模型", en="model"),
        detail=_MODEL,
        children=(*_parameters(found), *_history(found), *_scenario(found), *_settings(found)),
    )
    return Node(
        "figure",
        f"peak/{found.scenario.id}/{statement.year}",
        label,
        statement.probability,
        flags=("our_reading",),
        detail=runs,
        children=(model,),
    )


def statement_figure(found: Projection, statement: Statement) -> str:
    """Return the id of a statement."""
    scope = "+".join(found.course.held.axes["region"])
    period = f"{found.course.base_year}-{found.found.horizon}"
    name = f"peak~{found.scenario.id}~by-{statement.year}"
    return figure_id("outlook", name, scope, period, statement_tree(found, statement))


def _parameters(found: Projection) -> Iterator[Node]:
    """Yield how each driver moves: carry-over, and growth with its spread by sector."""
    motion, held = found.motion, found.course.held
    span = f"{held.years[0]}-{held.years[-1]}"
    said = Text(
        zh=f"由 {span} 年历史估计，向行业组收缩", en=f"estimated from {span}, drawn to the group"
    )
    for k, driver in enumerate(DRIVERS):
        series = [
            Node(
                "parameter",
                f"{driver}/{region}/{sector}",
                Text(zh=f"{sector} 年均增速", en=f"{sector}, growth per year"),
                float(motion.mean[k, i, j]),
                mark=held.mark,
                detail=Text(
                    zh=f"标准误 {motion.error[k, i, j]:.4f}，年冲击 {motion.spread[k, i, j]:.4f}",
                    en=f"standard error {motion.error[k, i, j]:.4f}, "
                    f"yearly shock {motion.spread[k, i, j]:.4f}",
                ),
            )
            for i, region in enumerate(held.axes["region"])
            for j, sector in enumerate(held.axes["sector"])
        ]
        yield Node(
            "parameter",
            f"persistence/{driver}",
            Text(zh=f"{_NAMES[driver].zh}：冲击持续性 ρ", en=f"{_NAMES[driver].en}: persistence ρ"),
            float(motion.persistence[k]),
            mark=held.mark,
            detail=said,
            children=condensed(series),
        )


def _history(found: Projection) -> Iterator[Node]:
    """Yield the emissions of the base year by sector, and where they were read."""
    course = found.course
    said = "; ".join(course.held.sources)
    for j, sector in enumerate(course.held.axes["sector"]):
        value = int(whole_units(course.past[-1, :, j]).sum())
        name = Text(
            zh=f"{sector} {course.base_year} 年排放", en=f"{sector}, emissions {course.base_year}"
        )
        ref = f"history/{sector}/{course.base_year}"
        unit = course.held.units[EMISSION]
        yield Node("entry", ref, name, value, unit, course.held.mark, source=said)


def _scenario(found: Projection) -> Iterator[Node]:
    """Yield the paths and levers of the scenario with their sources."""
    for i, one in enumerate(found.scenario.growth):
        rates = "; ".join(f"{year}: {percent:g} %" for year, percent in sorted(one.percent.items()))
        whom = ", ".join(one.sectors)
        name = _NAMES[one.driver]
        label = Text(
            zh=f"设定增速：{name.zh} {whom}".strip(), en=f"stated growth: {name.en} {whom}".strip()
        )
        yield _cited(f"growth/{i}", label, one.source, Text(zh=rates, en=rates))
    for lever in found.scenario.levers:
        yield _cited(
            f"lever/{lever.id}", lever.title, lever.source, _lever_words(lever), lever.strength
        )


def _cited(
    ref: str, label: Text, source: Cited, detail: Text, strength: Range | None = None
) -> Node:
    return Node(
        "assumption",
        ref,
        label,
        strength.central if strength else None,
        mark=marks().resolve(source.checked).id,
        flags=("our_reading",) if source.our_reading else (),
        source=f"{source.document}/{source.clause}",
        detail=detail,
    )


def _lever_words(lever: Lever) -> Text:
    held = lever.strength
    span = f"{held.low:g} … {held.high:g}, {lever.start}-{lever.full}"
    return Text(zh=span, en=span)


def _settings(found: Projection) -> Iterator[Node]:
    """Yield the settings that move the result."""
    own = set(found.scenario.settings)
    for name, value in found.settings:
        if isinstance(value, int | float):
            source = f"{found.scenario.id}/settings" if name in own else "projection.yaml"
            yield Node(
                "assumption", f"setting/{name}", Text(zh=name, en=name), value, source=source
            )
