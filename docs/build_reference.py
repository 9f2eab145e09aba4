"""Write docs/reference from the data files, so that the pages say what the program knows.

python docs/build_reference.py [--check] [--folder FOLDER]

With ``--check`` nothing is written; a page that is stale, missing or left over is named, and the
exit code is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from dafeng import (
    findings,
    gate,
    indicators,
    ledger,
    plan,
    portfolio,
    report,
    rulebook,
    statistics,
    vocabulary,
)
from dafeng.vocabulary import TableSchema, Term, Text

FOLDER = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/build_reference.py; change the data, not this page. -->"
Lines = Iterator[str]
SIGNS = {1: "+", -1: "−", 0: ""}
rules = cache(rulebook.load)

# --- Markdown ---------------------------------------------------------------------------------


def cell(value: object) -> str:
    """Return a value as the text of a table cell."""
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return "✓"
    if isinstance(value, float):
        value = report.exact(value)
    return str(value).replace("|", "\\|").replace("\n", " ")


def code(value: object) -> str:
    """Return an id or a formula as code, nothing for nothing."""
    return f"`{value}`" if value not in (None, "") else ""


def codes(values: Iterable[object]) -> str:
    """Return several ids."""
    return ", ".join(code(value) for value in values)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Lines:
    """Yield a table without the columns that are empty in every row."""
    texts = [[cell(value) for value in row] for row in rows]
    kept = [j for j in range(len(columns)) if any(row[j] for row in texts)]
    if not kept:
        return
    yield "| " + " | ".join(columns[j] for j in kept) + " |"
    yield "|" + "---|" * len(kept)
    for row in texts:
        yield "| " + " | ".join(row[j] for j in kept) + " |"
    yield ""


def both(text: Text | None) -> str:
    """Return the Chinese and the English words, one after the other, or what is the same once."""
    if text is None or text.zh == text.en:
        return text.zh if text else ""
    return f"{text.zh} / {text.en}"


def bullets(name: str, texts: Iterable[Text | None]) -> Lines:
    """Yield remarks in both languages under a bilingual name."""
    for text in texts:
        if text is not None:
            yield f"- **{name}** {both(text)}"


def anchor(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def cited(citation: str) -> str:
    """Return a citation ``document/clause`` with a link to the document."""
    document, _, clause = citation.partition("/")
    if document not in rules().documents:
        return citation
    place = f"/{clause}" if clause else ""
    return f"[{document}](documents.md#{anchor(document)}){place}"


def mark(checked: str) -> str:
    """Return the mark that a note of the sources stands for."""
    return vocabulary.marks().resolve(checked).id


# --- Vocabulary -------------------------------------------------------------------------------


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


# --- Tables, indicators, findings -------------------------------------------------------------


def tables() -> Lines:
    """Yield the tables that are imported, and what statistics measure."""
    known = ledger.tables() | statistics.tables() | portfolio.tables() | gate.supervision_tables()
    for schema in known.values():
        yield from one_table(schema)
    yield "## 公布数字的指标 What published figures measure"
    yield ""
    yield from terms(statistics.measures())
    yield "## 公布数字的口径 Definitions of published figures"
    yield ""
    yield from terms(statistics.definitions())


def one_table(schema: TableSchema) -> Lines:
    """Yield the columns of a table."""
    yield f"## {schema.name}"
    yield ""
    yield both(schema.text)
    yield ""
    rows = (
        (code(c.name), c.type, c.required, c.key, code(c.default), codes(c.choices), c.text.zh,
         c.text.en)
        for c in schema.columns
    )  # fmt: skip
    names = ("列 column", "类型 type", "必填 required", "键 key", "缺省 default")
    yield from table((*names, "可用值 choices", "中文", "English"), rows)


def declared() -> Lines:
    """Yield the indicators, the statuses and the bands."""
    rows = (
        (code(i.id), i.title.zh, i.title.en, i.unit, code(i.formula), i.source, code(i.measure),
         code(i.per), i.boundary, i.electricity_basis, i.price_basis, i.factor_rule,
         code(i.of_reporters), cited(i.clause or ""), i.defaults and i.defaults.zh,
         i.defaults and i.defaults.en)
        for i in indicators.indicators().values()
    )  # fmt: skip
    names = ("编号 id", "中文", "English", "单位 unit", "公式 formula", "来源 source")
    more = ("指标量 measure", "除以 per", "边界 boundary", "电力口径 electricity basis")
    rest = ("价格 price basis", "因子规则 factor rule", "企业汇总指标 sum of reporters")
    yield from table((*names, *more, *rest, "条款 clause", "缺省约定", "defaults"), rows)
    yield "## 状态 Statuses"
    yield ""
    yield from terms(indicators.statuses())
    yield "## 判定界限 Bands"
    yield ""
    bands = indicators.bands()
    yield both(bands.note)
    yield ""
    limits = (("ahead", bands.ahead), ("on_track", bands.on_track), ("lagging", bands.lagging))
    yield from table(("状态 status", "下限 lower bound"), [(code(k), v) for k, v in limits])


def messages() -> Lines:
    """Yield the codes that a finding can have."""
    rows = (
        (code(m.id), m.severity, m.cause.zh, m.cause.en, m.mend.zh, m.mend.en)
        for m in findings.messages().values()
    )
    yield "花括号中的词由实际值填入。 Words in braces are filled in."
    yield ""
    yield from table(("代码 code", "级别 severity", "原因", "cause", "处理", "mend"), rows)


# --- Rulebook ---------------------------------------------------------------------------------


def documents() -> Lines:
    """Yield the documents with their clause trees."""
    held_by = report.resting(rules())
    for document in rules().documents.values():
        yield from head(report.document_card(rules(), document, held_by))
        yield f"- 网页 web page: [{document.id}](rules/{document.id}.html)"
        yield "- 条款 clauses:"
        yield from clauses(document.clauses, 1)
        yield ""


def clauses(found: Iterable[Any], depth: int) -> Lines:
    """Yield clauses as a nested list."""
    for clause in found:
        yield f"{'  ' * depth}- `{clause.id}` {both(clause.text)}"
        yield from clauses(clause.clauses, depth + 1)


def parameters() -> Lines:
    """Yield the parameters, then the sets with every value."""
    names = ("编号 id", "符号 symbol", "中文", "English", "单位 units")
    rows = ((code(p.id), code(p.symbol), p.zh, p.en, ", ".join(p.units))
            for p in rules().parameters.values())  # fmt: skip
    yield from table(names, rows)
    yield from cards("sets")


def cards(kind: str) -> Lines:
    """Yield every rule of a kind."""
    for card in report.cards_of(rules(), kind):
        yield from head(card)
        yield ""
        for grid in card.grids:
            if len(card.grids) > 1:
                yield f"**{both(grid.caption)}**"
                yield ""
            rows = [[held(one) for one in row] for row in grid.rows]
            yield from table([both(name) for name in grid.columns], rows)


def head(card: report.Card) -> Lines:
    """Yield the name of a rule, where it stands, its mark, what it says and what is remarked."""
    yield f"{'###' if card.kind == 'terms' else '##'} {card.id}"
    yield ""
    yield both(card.title)
    yield ""
    if card.at:
        yield f"- 出处 source: {cited(card.at)}"
    if card.mark or card.flags:
        zh, en = (report.mark_words(card.mark, card.flags, lang) for lang in vocabulary.LANGUAGES)
        yield f"- 可信度 mark: {zh} / {en}"
    yield from (f"- {both(name)}: {held(one)}" for name, one in card.facts)
    yield from (f"- **{both(name)}** {both(text)}" for name, text in card.notes)


def held(one: report.Cell) -> str:
    """Return a cell of a card with its links."""
    if one.refs:
        return ", ".join(
            cited(ref.id)
            if ref.kind == "clause"
            else f"[{ref.id}]({RULES[ref.kind]}.md#{anchor(ref.id)})"
            for ref in one.refs
        )
    return code(one.text.zh) if one.style == "code" else both(one.text)


# --- Plans ------------------------------------------------------------------------------------


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


# --- Pages ------------------------------------------------------------------------------------

PAGES: dict[str, tuple[str, Callable[[], Lines]]] = {
    "units": ("计量单位 Units", units),
    "periods": ("时期 Periods", periods),
    "regions": ("地区 Regions", regions),
    "sectors": ("行业 Sectors", sectors),
    "items": ("品种 Items", items),
    "flows": ("流向与用途 Flows and uses", flows),
    "gases": ("温室气体 Gases", gases),
    "marks": ("可信度标记 Marks", marks),
    "tables": ("数据表 Tables", tables),
    "indicators": ("指标 Indicators", declared),
    "documents": ("规则库：文件 Rulebook: documents", documents),
    "parameters": ("规则库：参数 Rulebook: parameters", parameters),
    "methods": ("规则库：方法 Rulebook: methods", partial(cards, "methods")),
    "scales": ("规则库：限额与分级 Rulebook: scales", partial(cards, "scales")),
    "formulas": ("规则库：公式 Rulebook: formulas", partial(cards, "formulas")),
    "scorecards": ("规则库：评分表 Rulebook: scorecards", partial(cards, "scorecards")),
    "deadlines": ("规则库：期限 Rulebook: deadlines", partial(cards, "deadlines")),
    "lookups": ("规则库：状态表 Rulebook: lookup tables", partial(cards, "lookups")),
    "resolvers": ("规则库：核算前换算 Rulebook: what is resolved", partial(cards, "resolvers")),
    "plans": ("计划 Plans", plans),
    "findings": ("发现与报错 Findings", messages),
}


RULES = {"sets": "parameters"} | {kind: kind for kind in PAGES}
"""Page of each kind of rules."""


def pages() -> dict[str, str]:
    """Return every page by file name."""
    made = {
        f"{name}.md": "\n".join([NOTE, "", f"# {title}", "", *make()]).rstrip() + "\n"
        for name, (title, make) in PAGES.items()
    }
    listed = [f"- [{title}]({name}.md)" for name, (title, _) in PAGES.items()]
    listed += ["- [规则库：逐文件网页 Rulebook: a web page per document](rules/index.html)"]
    made["index.md"] = "\n".join([NOTE, "", "# 参考 Reference", "", *listed]) + "\n"
    html = report.page_texts(rules())
    return made | {f"rules/{name}": text for name, text in html.items()}


def stale(folder: Path) -> list[str]:
    """Return the names of the pages in a folder that are not as they would be written."""
    made = pages()
    there = [*folder.glob("*.md"), *folder.glob("rules/*")]
    left = {path.relative_to(folder).as_posix() for path in there} - made.keys()
    differ = [
        name
        for name, text in made.items()
        if not (path := folder / name).is_file() or path.read_text(encoding="utf-8") != text
    ]
    return sorted({*differ, *left})


def write(folder: Path) -> None:
    """Write every page, and remove what is left over."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    for name in stale(folder):
        (folder / name).unlink(missing_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages stand")
    given = parser.parse_args()
    if not given.check:
        write(given.folder)
        return 0
    found = stale(given.folder)
    for name in found:
        sys.stderr.write(f"stale: {given.folder / name}; run: make docs\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
