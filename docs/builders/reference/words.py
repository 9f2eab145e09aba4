"""Pages of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builders.reference.markdown import Lines, both, code, table
from dafeng import vocabulary
from dafeng.vocabulary import Term

SIGNS = {1: "+", -1: "−", 0: ""}


def units() -> Lines:
    """Yield the units."""
    rows = ((code(u.id), u.zh, u.en, code(u.define), ", ".join(u.aliases))
            for u in vocabulary.units().values())  # fmt: skip
    yield "标签连写也可读（`kgce/t`、`吨标准煤/万元`）。 Compound labels are read part by part."
    yield ""
    yield from table(("编号 id", "中文", "English", "定义 definition", "别名 aliases"), rows)


def periods() -> Lines:
    """Yield how periods are written, and the plan periods."""
    yield "写法 / Written as: `2023-04` 月 month, `2023Q2` 季 quarter, `2023` 年 year, "
    yield "`2021-2025` 时段 span, `14FYP` 规划期 plan period."
    yield ""
    rows = ((code(p.id), p.zh, p.en, p.first, p.last) for p in vocabulary.plan_periods().values())
    yield from table(("编号 id", "中文", "English", "起 first", "止 last"), rows)


def regions() -> Lines:
    """Yield the regions."""
    rows = (
        (code(r.id), r.zh, r.en, r.kind, r.parent, r.grid, r.first, r.last, r.successor)
        for r in vocabulary.regions().values()
    )
    names = ("代码 code", "中文", "English", "类别 kind", "上级 parent", "电网 grid")
    yield from table((*names, "起 first", "止 last", "后继 successor"), rows)


def sectors() -> Lines:
    """Yield the sectors and groups of sectors."""
    rows = (
        (code(s.id), s.zh, s.en, s.kind, s.parent, ", ".join(s.members))
        for s in vocabulary.sectors().values()
    )
    names = ("代码 code", "中文", "English", "类别 kind", "上级 parent", "成员 members")
    yield from table(names, rows)


def items() -> Lines:
    """Yield the items."""
    rows = (
        (code(i.id), i.zh, i.en, i.kind, i.unit, i.regional, ", ".join(i.aliases))
        for i in vocabulary.items().values()
    )
    names = ("编号 id", "中文", "English", "类别 kind", "单位 unit")
    yield from table((*names, "因子分地区 regional factor", "别名 aliases"), rows)


def flows() -> Lines:
    """Yield the flows with their signs, and the uses."""
    book = vocabulary.flows()
    columns = dict.fromkeys(column for flow in book.values() for column in flow.signs)
    keys = [
        (column, basis)
        for column in columns
        for basis in ("consumption", "purchase")
        if any(basis in flow.signs.get(column, {}) for flow in book.values())
    ]
    rows = (
        (
            code(f.id), f.zh, f.en,
            *(sign(f, c, b) for c, b in keys),
            f.part_of, f.signed, both(f.note),
        )
        for f in book.values()
    )  # fmt: skip
    signs = (f"{column}<br>{basis}" for column, basis in keys)
    yield "数量一律非负，方向由流向表示；只有库存变化可为负。 Quantities are not negative; the"
    yield "flow tells the direction. 符号列 columns of signs: `consumption` 消费,"
    yield "`purchase` 购入."
    yield ""
    names = ("编号 id", "中文", "English", *signs, "属于 part of", "可为负 signed", "备注 note")
    yield from table(names, rows)
    yield "## 用途 Uses"
    yield ""
    yield "`final/<行业 sector>` 对每个行业开放。 `final/<sector>` is open to every sector."
    yield ""
    yield from terms(vocabulary.uses())


def sign(flow: Any, column: str, basis: str) -> str:
    """Return the sign of a flow in a column of the sign table, on one basis."""
    found = {str(key): value for key, value in flow.signs.get(column, {}).items()}
    return SIGNS[found.get(basis, 0)]


def gases() -> Lines:
    """Yield the gases."""
    rows = ((code(g.id), g.zh, g.en, g.unit) for g in vocabulary.gases().values())
    yield from table(("编号 id", "中文", "English", "单位 unit"), rows)


def marks() -> Lines:
    """Yield the marks from best to worst."""
    rows = (
        (code(m.id), m.zh, m.en, m.rank, ", ".join(m.aliases), m.note and m.note.zh,
         m.note and m.note.en)
        for m in vocabulary.marks().values()
    )  # fmt: skip
    yield "最差的成分决定整个数字的标记。 The worst ingredient decides the mark of a figure."
    yield ""
    names = ("编号 id", "中文", "English", "次序 rank", "来源记号 in sources")
    yield from table((*names, "含义", "meaning"), rows)


def terms(book: Mapping[str, Term]) -> Lines:
    """Yield a plain vocabulary."""
    rows = ((code(t.id), t.zh, t.en, ", ".join(t.aliases), both(t.note)) for t in book.values())
    yield from table(("编号 id", "中文", "English", "别名 aliases", "备注 note"), rows)
