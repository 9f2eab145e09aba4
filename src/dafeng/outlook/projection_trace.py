"""The tree behind a statement about the peak: runs → parameters, history, scenario, settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version

from dafeng.explain import Node, condensed, figure_id
from dafeng.outlook.decompose import whole_units
from dafeng.outlook.drivers import DRIVERS, NAMES
from dafeng.outlook.projection import Projection, Statement
from dafeng.outlook.scenarios import Cited, Lever
from dafeng.outlook.sector_table import EMISSION
from dafeng.vocabulary import Text, marks

_ENDS = {
    "low": Text(zh="低", en="low"),
    "central": Text(zh="中", en="central"),
    "high": Text(zh="高", en="high"),
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
            Text(zh=f"{NAMES[driver].zh}：冲击持续性 ρ", en=f"{NAMES[driver].en}: persistence ρ"),
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
        whom, name = ", ".join(one.sectors), NAMES[one.driver]
        label = Text(
            zh=f"设定增速：{name.zh} {whom}".strip(), en=f"stated growth: {name.en} {whom}".strip()
        )
        yield _cited(f"growth/{i}", label, one.source, _by_year(one.percent))
    for i, share in enumerate(found.scenario.shares):
        whom = ", ".join(share.sectors)
        label = Text(
            zh=f"设定燃料份额：{share.fuel} {whom}".strip(),
            en=f"stated share of energy: {share.fuel} {whom}".strip(),
        )
        yield _cited(f"share/{i}", label, share.source, _by_year(share.percent))
    for lever in found.scenario.levers:
        yield _cited(f"lever/{lever.id}", lever.title, lever.source, _of_lever(lever))


def _cited(ref: str, label: Text, source: Cited, said: Iterable[tuple[Text, float]]) -> Node:
    """Return what a scenario states, with its numbers below it, so that a change of one is seen."""
    return Node(
        "assumption",
        ref,
        label,
        mark=marks().resolve(source.checked).id,
        flags=("our_reading",) if source.our_reading else (),
        source=f"{source.document}/{source.clause}",
        children=tuple(Node("assumption", f"{ref}/{name.en}", name, value) for name, value in said),
    )


def _by_year(percent: Mapping[int, float]) -> Iterator[tuple[Text, float]]:
    for year, value in sorted(percent.items()):
        yield Text(zh=f"{year} %", en=f"{year} %"), value


def _of_lever(lever: Lever) -> Iterator[tuple[Text, float]]:
    """Yield the ends of a lever's strength, each named with its years."""
    held, span = lever.strength, f"{lever.start}-{lever.full}"
    for name in ("central",) if held.low == held.high else tuple(_ENDS):
        word = _ENDS[name]
        yield Text(zh=f"{span} {word.zh}", en=f"{span} {word.en}"), getattr(held, name)


def _settings(found: Projection) -> Iterator[Node]:
    """Yield the settings that move the result; that of the horizon stands in the id."""
    own = set(found.scenario.settings)
    for name, value in found.settings:
        if isinstance(value, int | float) and name != "horizon":
            source = f"{found.scenario.id}/settings" if name in own else "projection.yaml"
            yield Node(
                "assumption", f"setting/{name}", Text(zh=name, en=name), value, source=source
            )
