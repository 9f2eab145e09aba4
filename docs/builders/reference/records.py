"""Pages of tables, indicators and findings."""

from __future__ import annotations

from builders.reference.markdown import Lines, both, cited, code, codes, table
from builders.reference.words import terms
from dafeng import findings, gate, indicators, ledger, portfolio, statistics
from dafeng.vocabulary import TableSchema


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
