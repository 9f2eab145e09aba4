"""Write docs/validation.md: results on real data beside the figures that others publish.

python docs/build_validation.py [--check] [--page FILE]

The data are read from DAFENG_TEST_DATA (by default ../shared beside the repository); they are not
part of it. With ``--check`` nothing is written; the exit code is 1 where the page is stale, 2
where there are no data.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from builders.validation.compare import Validation, validate
from builders.validation.labels import PHYSICAL
from builders.validation.sections import (
    coal_equivalent,
    counts,
    fuels,
    provinces,
    reading,
    said,
    sectors,
)

REPO = Path(__file__).resolve().parent.parent
PAGE = REPO / "docs" / "validation.md"
NOTE = "<!-- Written by docs/build_validation.py from external data; do not edit. -->"


def page(v: Validation) -> str:
    """Return the page."""
    lines = [NOTE, "", "# 与公布数字对照 Validation against published figures", ""]
    lines += said(
        "本页由 `python docs/build_validation.py` 从外部数据（`DAFENG_TEST_DATA`）算出，"
        "`--check` 检查是否过时。数据不随本仓库发布：《中国能源统计年鉴2008》表 4-1、4-2、6-1 至 "
        "6-30（国家统计局、国家能源局）；CEADs 1997–2019 年 30 省排放清单（Shan et al. 2016, 2018, "
        "2020；Guan et al. 2021）。公布的数字如实列出，不为吻合而调整。",
        "This page is computed by `python docs/build_validation.py` from external data "
        "(`DAFENG_TEST_DATA`); `--check` tells whether it is stale. The data are not part of the "
        "repository: China Energy Statistical Yearbook 2008, tables 4-1, 4-2 and 6-1 to 6-30 "
        "(National Bureau of Statistics, National Energy Administration); CEADs emission "
        "inventories of 30 provinces, 1997–2019 (Shan et al. 2016, 2018, 2020; Guan et al. 2021). "
        "What comes out is published as it is; nothing is tuned to agree.",
    )
    for section in (counts, coal_equivalent, provinces, fuels, sectors, reading):
        lines += section(v)
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page stands")
    given = parser.parse_args()
    folder = Path(os.environ.get("DAFENG_TEST_DATA") or REPO.parent / "shared")
    if not (folder / PHYSICAL).is_file():
        sys.stderr.write(f"no external data in {folder}; set DAFENG_TEST_DATA\n")
        return 2
    text = page(validate(folder))
    if not given.check:
        given.page.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if given.page.is_file() and given.page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"stale: {given.page}; run: python docs/build_validation.py\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
