"""Write docs/reference from the data files, so that the pages say what the program knows.

python docs/build_reference.py [--check] [--folder FOLDER]

With ``--check`` nothing is written; a page that is stale, missing or left over is named, and the
exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from builders.reference.markdown import Lines, rules
from builders.reference.plans import plans
from builders.reference.records import declared, messages, tables
from builders.reference.rules import cards, documents, parameters
from builders.reference.words import (
    flows,
    gases,
    items,
    marks,
    periods,
    regions,
    sectors,
    units,
)

from dafeng import report

FOLDER = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/build_reference.py; change the data, not this page. -->"

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


@cache
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


def main(words: Sequence[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages stand")
    given = parser.parse_args(words)
    if not given.check:
        write(given.folder)
        return 0
    found = stale(given.folder)
    for name in found:
        sys.stderr.write(f"stale: {given.folder / name}; run: make docs\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
