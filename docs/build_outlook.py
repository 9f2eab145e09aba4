"""Fit the priors of the peak status and write docs/validation-outlook.md from external data.

    python docs/build_outlook.py            writes the page
    python docs/build_outlook.py --priors   fits the priors and writes them, then the page
    python docs/build_outlook.py --check    exits 1 where page or priors are stale

DAFENG_TEST_DATA names the data, which are not part of the repository; coefficients and scores are.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from dafeng.outlook import (
    BASELINES,
    METHOD,
    History,
    Panel,
    PeakScore,
    Scores,
    backtest,
    fit_priors,
    judge,
    read_history,
    score,
)

REPO = Path(__file__).resolve().parent.parent
PAGE = REPO / "docs" / "validation-outlook.md"
PRIORS = REPO / "src" / "dafeng" / "outlook" / "data" / "peak_priors.yaml"
COUNTRIES = "country_co2/country_fossil_co2_1850_2021_a_l.parquet"
PROVINCES = "china_province_co2/province_totals_co2_1997_2019.csv"
SOURCE = (
    "Global Carbon Budget 2022, national fossil CO2, countries with ISO code A to L "
    "(Friedlingstein et al. 2022; Andrew and Peters 2021, doi 10.18160/gcp-2022)"
)
NOTE = "<!-- written by docs/build_outlook.py -->"
KNOWN_BY = range(1975, 2021, 5)
DATES = (1995, 2000, 2005, 2010, 2015)
PROVINCE_DATES = (2005, 2008, 2010, 2014, 2016)
PROVINCE_YEARS = range(2003, 2017)
TRAP = 2016
KEPT = "未超过 not exceeded"
HALVES = 4
SEED = 20221111
SIZES = (0, 10, 20, 50)  # Mt CO2 that a series reaches in some year, for the simple rule
PRINTED_RULE = {
    1995: (0.71, 0.67),
    2000: (0.78, 0.74),
    2005: (0.86, 0.46),
    2010: (0.95, 0.58),
    2015: (1.00, 0.67),
}
Lines = Iterator[str]


def countries(folder: Path) -> History:
    """Read the national series."""
    columns = {"series": "iso3", "year": "year", "value": "fossil_co2_mt", "vintage": None}
    return read_history(folder / COUNTRIES, columns)


def provinces(folder: Path) -> History:
    """Read the provincial totals."""
    columns = {"series": "province", "year": "year", "value": "total_mt_co2", "vintage": None}
    return read_history(folder / PROVINCES, columns)


def priors_text(history: History) -> str:
    """Return the priors as a data file."""
    found = fit_priors(history.panel(), KNOWN_BY, SOURCE).model_dump(mode="json")
    head = (
        "# Coefficients that a fit starts from, by what was known at the end of a year.\n"
        "# Written by docs/build_outlook.py --priors; the series themselves are not shipped.\n"
        "# peaked: years after the date → one, age, below, below_recent, slopes over 5 and 10\n"
        "# years, spread, fall over spread, window.\n"
        "# level: years ahead → one, slopes over 3, 5 and 10 years, spread, age.\n"
    )
    return head + yaml.safe_dump(found, sort_keys=False, default_flow_style=None, width=100)


def part(history: History, keep: Any) -> History:
    """Return the rows of some series."""
    names = tuple(name for name, kept in zip(history.names, keep, strict=True) if kept)
    rows = keep[history.series]
    number = np.cumsum(keep) - 1
    return History(
        names,
        number[history.series[rows]],
        history.year[rows],
        history.value[rows],
        history.vintage[rows],
        history.vintages,
    )


def halves(history: History) -> list[Scores]:
    """Score random halves, each with priors fitted on the other half."""
    draw = np.random.default_rng(SEED)
    found = []
    for _ in range(HALVES):
        keep = draw.permutation(len(history.names)) < len(history.names) // 2
        prior = fit_priors(part(history, ~keep).panel(), KNOWN_BY, "the other half")
        found.append(score(backtest(part(history, keep), DATES, prior=prior)))
    return found


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Lines:
    """Yield a table."""
    cells = list(head)
    yield "| " + " | ".join(cells) + " |"
    yield "|" + "---|" * len(cells)
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"
    yield ""


def said(zh: str, en: str) -> Lines:
    """Yield a paragraph in both languages."""
    yield from (zh, "", en, "")


def peaks(found: Scores, later: int = 0) -> Lines:
    """Yield the Brier scores of an event."""
    parts = [one for one in found.peaks if one.later == later]
    names = [METHOD, *(name for name in BASELINES if name in parts[0].brier)]
    head = ["截至 as of", "个数 n", "实际比例 true", *(f"{WORDS[name]}" for name in names)]
    yield from table(head, (_peak_row(one, names) for one in parts))


def _peak_row(one: PeakScore, names: Iterable[str]) -> list[str]:
    date = "全部 all" if one.as_of is None else str(one.as_of)
    best = min(one.brier.values())
    cells = [f"{one.brier[n]:.3f}" for n in names]
    bold = [f"**{c}**" if one.brier[n] == best else c for c, n in zip(cells, names, strict=True)]
    return [date, str(one.number), f"{one.share:.2f}", *bold]


WORDS = {
    METHOD: "本方法 method",
    "base_rate": "基准率 base rate",
    "simple_rule": "简单规则 rule",
    "logistic": "两特征逻辑回归 logistic",
}


def reliability(found: Scores) -> Lines:
    """Yield the reliability table."""
    rows = (
        (f"{one.low:g}–{one.high:g}", one.number, f"{one.said:.2f}", f"{one.came:.2f}")
        for one in found.reliability
    )
    yield from table(("概率 probability", "个数 n", "平均所说 said", "实际 came true"), rows)


def levels(found: Scores) -> Lines:
    """Yield coverage and errors of the levels."""
    head = ["截至 as of", "几年后 ahead", "个数 n", "区间内 inside", "低于 below", "高于 above"]
    head += ["中位误差 median error", "若设不变 no change"]
    yield from table(
        head,
        (
            (
                "全部 all" if one.as_of is None else one.as_of,
                f"+{one.ahead}",
                one.number,
                *(
                    f"{100 * (x or 0):.1f} %"
                    for x in (one.covered, one.below, one.above, one.error, one.no_change)
                ),
            )
            for one in found.levels
        ),
    )


def generalised(found: list[Scores]) -> Lines:
    """Yield the scores of the halves."""
    wholes = [next(p for p in s.peaks if p.later == 0 and p.as_of is None) for s in found]
    names = (METHOD, *BASELINES)
    rows = [
        (WORDS[n], *(f"{f([w.brier[n] for w in wholes]):.3f}" for f in (np.mean, min, max)))
        for n in names
    ]
    yield from table(("Brier", "平均 mean", "最小 least", "最大 most"), rows)
    rows = []
    for ahead in (5, 10):
        covered = [
            x.covered for s in found for x in s.levels if (x.ahead, x.as_of) == (ahead, None)
        ]
        rows.append((f"+{ahead}", *(f"{100 * f(covered):.1f} %" for f in (np.mean, min, max))))
    yield from table(("90 % 区间覆盖 coverage", "平均 mean", "最小 least", "最大 most"), rows)


def rule(history: History) -> Lines:
    """Yield precision and recall of the simple rule beside those that are known of it."""
    highest = np.nanmax(history.panel().values, axis=1)
    kept = [highest >= size for size in SIZES]
    scored = [score(backtest(part(history, keep), DATES)) for keep in kept]
    rows = []
    for date, printed in PRINTED_RULE.items():
        row = [str(date), " / ".join(f"{x:.2f}" for x in printed)]
        for found in scored:
            one = next(p for p in found.peaks if p.later == 0 and p.as_of == date)
            row.append(f"{one.precision or 0:.2f} / {one.recall or 0:.2f}")
        rows.append(row)
    heads = [
        f"{f'≥ {size} Mt' if size else 'A–L'}，{keep.sum()} 条 series"
        for size, keep in zip(SIZES, kept, strict=True)
    ]
    yield from table(("截至 as of", "参考值 reference", *heads), rows)


def trap(regions: History, nations: History) -> Lines:
    """Yield what was said of series that looked past their maximum, and of their country.

    The country of the provinces is the largest emitter of the national file.
    """
    rows = _looked_past(regions.panel(), regions.names)
    past = [row for row in rows if int(row[1]) <= TRAP - 2]
    lost = sum(row[-1] != KEPT for row in past)
    national = nations.panel()
    largest = national.names[int(np.nanargmax(national.values[:, -1]))]
    rows += _looked_past(national, (largest,))
    head = ("序列 series", "最高年 maximum in", "低于最高 below it", "已达峰 p", "后来 later")
    yield from table(head, rows)
    yield from said(
        f"最高值至少已过两年的有 {len(past)} 省，其中 {lost} 省后来超过。",
        f"The maximum of {len(past)} provinces was at least two years old; {lost} exceeded it.",
    )


def _looked_past(whole: Panel, names: Iterable[str]) -> list[tuple[str, ...]]:
    status = judge(whole.until(TRAP))
    wanted: set[str] = set(names)
    rows: list[tuple[str, ...]] = []
    for i, name in enumerate(status.panel.names):
        if name not in wanted or status.peak_year[i] == TRAP:
            continue
        ahead = whole.until_exceeded[whole.names.index(name), TRAP - whole.first]
        came = KEPT
        if not np.isinf(ahead):
            came = f"{TRAP + int(ahead)} 年超过 exceeded"
        below = 100 * (1 - status.last_value[i] / status.peak_value[i])
        p = f"{status.p_peaked[i]:.2f}"
        rows.append((name, str(status.peak_year[i]), f"{below:.1f} %", p, came))
    return rows


def page(folder: Path) -> str:
    """Return the page."""
    nations, regions = countries(folder), provinces(folder)
    nation, region = (
        score(backtest(history, dates))
        for history, dates in ((nations, DATES), (regions, PROVINCE_DATES))
    )
    lines = [NOTE, "", "# 达峰判断的回测 Hindcast of the peak status", ""]
    lines += said(
        "本页由 `python docs/build_outlook.py` 从外部数据（`DAFENG_TEST_DATA`）算出，`--check` "
        "检查是否过时。数据不随本仓库发布：全球碳收支 2022 国家化石燃料 CO2（ISO 代码 "
        "A–L，117 条）；CEADs 1997–2019 年 30 省（市、区）排放（Shan et al. 2016, 2018, 2020；"
        "Guan et al. 2021）。"
        "每个截止年的判断只用当年及以前的数据；随附先验也只用该年以前已知的结果（来自同一 A–L "
        "国家序列，故 A–L 表中先验与序列有重叠，但不含未来；对半检验没有重叠）。方法的设置（"
        "`peak.yaml`）是看着这些"
        "回测选定的，所以这里的成绩略偏乐观；未参与选择的序列上的成绩才是真正的检验。",
        "This page is computed by `python docs/build_outlook.py` from external data "
        "(`DAFENG_TEST_DATA`); `--check` tells whether it is stale. The data are not part of the "
        "repository: Global Carbon Budget 2022, national fossil CO2 (117 series with ISO code A to "
        "L); CEADs emissions of 30 provinces, 1997–2019 (Shan et al. 2016, 2018, 2020; Guan et al. "
        "2021). At each date only data up to that year are used; so do the shipped priors (they "
        "come from the same national series, so prior and panel overlap in the A–L tables, without "
        "any future in it; in the test on halves they do not overlap). The settings "
        "(`peak.yaml`) were chosen with these backtests in sight, so the scores here flatter "
        "a little; only series that took no part in the choice are a true test.",
    )
    lines += ("## 1 国家 Countries A–L", "", "“已达峰” Has peaked (Brier)", "", *peaks(nation))
    for later in (5, 10):
        lines += (
            f"“{later} 年内达峰” Peaks within {later} years (Brier)",
            "",
            *peaks(nation, later),
        )
    lines += ("可靠性 Reliability", "", *reliability(nation))
    lines += ("水平 Levels (90 %)", "", *levels(nation))
    lines += ("## 2 对半检验 Random halves", "")
    lines += said(
        f"{HALVES} 次随机对半：先验在一半国家上拟合，在另一半上打分，各截止年合计。",
        f"{HALVES} random splits: priors fitted on one half of the countries, scored on the other, "
        "all dates together.",
    )
    lines += generalised(halves(nations))
    lines += ("## 3 省份 Provinces", "", "“已达峰” Has peaked (Brier)", "", *peaks(region))
    lines += said(
        "30 省同受全国大势影响，每个截止年近于一个独立样本：逐年成绩不能过分解读。",
        "The 30 provinces share the national course, so each date is close to one independent "
        "case: scores of a single date say little.",
    )
    yearly = score(backtest(regions, PROVINCE_YEARS))
    first, last = PROVINCE_YEARS[0], PROVINCE_YEARS[-1]
    lines += said(f"{first}–{last} 每年：", f"Every year from {first} to {last}:")
    lines += [*peaks(yearly), "可靠性 Reliability", "", *reliability(yearly)]
    lines += ("水平 Levels (90 %)", "", *levels(yearly))
    lines += (f"## 4 {TRAP} 年的陷阱 The trap of {TRAP}", "")
    lines += said(
        f"数据到 {TRAP} 年时最高值已成过去的省份和全国（末行），以及后来：",
        "Provinces, and the country (last row), whose maximum lay behind them with data up to "
        f"{TRAP}, and what came:",
    )
    lines += trap(regions, nations)
    lines += ("## 5 简单规则 The simple rule (precision / recall)", "")
    lines += said(
        "参考值未说明用了哪些国家，此处只有 A–L，不能逐一重现；去掉小"
        "国后逐渐接近（各截止年只有二三十个"
        "真值，召回率的抽样误差约 0.1）。规则的其他读法也试过（未列表）：Mann–"
        "Kendall 若要求单侧 5 % 或 "
        "10 % 显著，2005 年的召回率在 117 条上不到 0.10，取 ≥ 20 Mt"
        " 的也不到 0.15，而参考值是 0.46，"
        "因此“下降”只能是 S < 0；“最近三年”取均值或取每一年，只差百"
        "分之几。按规模或起始年份选取的子集，"
        "没有一个十个数全部重现。",
        "The reference does not say which countries it rests on, and only A–L are at hand, so it "
        "cannot be reproduced figure by figure; without small countries it comes closer (a date "
        "has twenty or thirty true cases, so a recall has a sampling error of about 0.1). Other "
        "readings were tried (not listed): were Mann–Kendall to be significant at 5 % or 10 % "
        "(one-sided), the recall at 2005 would be below 0.10 on the 117 series, and below 0.15 on "
        "those of at least 20 Mt, where the reference has 0.46; so falling can only mean S < 0. "
        "The mean of the last three years, or each of them, makes a few hundredths. No subset by "
        "size or by first year gives all ten figures.",
    )
    lines += rule(nations)
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write priors and page, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--priors", action="store_true", help="fit and write the priors first")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    given = parser.parse_args()
    folder = Path(os.environ.get("DAFENG_TEST_DATA") or REPO.parent / "shared")
    if not (folder / "data" / COUNTRIES).is_file():
        sys.stderr.write(f"no external data in {folder}; set DAFENG_TEST_DATA\n")
        return 2
    data = folder / "data"
    stale = []
    if given.priors:
        PRIORS.write_text(priors_text(countries(data)), encoding="utf-8", newline="\n")
    elif given.check and PRIORS.read_text(encoding="utf-8") != priors_text(countries(data)):
        stale.append(PRIORS)
    text = page(data)
    if not given.check:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        stale.append(PAGE)
    for path in stale:
        sys.stderr.write(f"stale: {path}; run: python docs/build_outlook.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
