"""Draw the pictures of the documents: the board of a plan as the terminal shows it, and figures.

python docs/build_images.py [--folder FOLDER]

The pictures name no font file and nothing on the network; a monospaced font of the reader's
machine is used, with fallbacks that have Chinese. Wide and narrow characters are placed apart, so
that columns stay aligned whatever the font.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from dafeng import outlook, portfolio
from dafeng.report import board_tables, figures
from dafeng.workspace import Workspace, open_scenario

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "outlook"
STATISTICS = HERE.parent / "examples" / "progress" / "statistics.csv"
PLAN, AS_OF, WIDTH = "ten-actions-2021", "2025", 104

THEME = TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [(36, 41, 47), (190, 30, 40), (30, 115, 50), (140, 95, 0), (10, 90, 175), (120, 60, 150),
     (20, 110, 120), (110, 119, 129)],
)  # fmt: skip

# What Rich fills in stands in braces; doubled ones are the style sheet's own.
FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "Noto Sans Mono CJK SC", "Sarasa Mono SC", Menlo, Consolas, "DejaVu Sans Mono",
    "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", monospace;
  font-size: 21px;
}}
{styles}
</style>
<rect width="100%" height="100%" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<g class="{unique_id}-matrix" transform="translate(9, 18)">
{backgrounds}
{matrix}
</g>
</svg>
"""

TEXT = re.compile(
    r'<text class="(?P<style>[^"]*)" x="(?P<x>[^"]*)" y="(?P<y>[^"]*)"[^>]*>(?P<text>[^<]*)</text>'
)
CELL = 20 * 0.61  # width of a narrow character: Rich's own size and aspect ratio
BLANK = " \N{NO-BREAK SPACE}"


def draw(lang: str) -> str:
    """Return the board in one language as SVG."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", legacy_windows=False,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(Path(folder) / "demo")
        workspace.import_file(STATISTICS, table="statistics")
        board = workspace.board(plan_id=PLAN, as_of=AS_OF)
        for part in board_tables(board, workspace.plans, lang, WIDTH):
            console.print(part)
    svg = console.export_svg(theme=THEME, code_format=FORMAT, unique_id="dafeng")
    return TEXT.sub(lambda found: "".join(pieces(found)), svg)


def pieces(found: re.Match[str]) -> Iterator[str]:
    """Yield a piece of text as runs of equally wide characters, each at its own column."""
    x, text = float(found["x"]), html.unescape(found["text"])
    for (cells, blank), run in groupby(text, lambda c: (cell_len(c), c in BLANK)):
        letters = "".join(run)
        length = cells * len(letters) * CELL
        if cells and not blank:
            yield (
                f'<text class="{found["style"]}" x="{x:.1f}" y="{found["y"]}" '
                f'textLength="{length:.1f}">{html.escape(letters)}</text>'
            )
        x += length


def draw_figures(folder: Path) -> None:
    """Draw the figures of the fictional plan and options, as SVG."""
    held, _ = outlook.read_sectors(EXAMPLE / "sectors.csv")
    scenario, _ = open_scenario(EXAMPLE / "plan.yaml", held, None)
    found = outlook.project(held, scenario)
    projects, _ = portfolio.read_projects(HERE / "howto" / "examples" / "retrofits.csv")
    wedges, steps = outlook.attribute(found).table, portfolio.curve(projects).steps
    for lang in ("zh", "en"):
        names = {one.id: one.title.of(lang) for one in scenario.levers}
        title = scenario.title.of(lang)
        fan = figures.fan(found.years, found.peaks, lang, by=[2030], title=title)
        figures.save(fan, folder / f"fan-{lang}.svg")
        figures.save(figures.wedges(wedges, names, lang), folder / f"wedges-{lang}.svg")
        figures.save(figures.cost_curve(steps, lang), folder / f"curve-{lang}.svg")


def main() -> int:
    """Draw the board and the figures in both languages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=HERE / "images")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    draw_figures(folder)
    for lang in ("zh", "en"):
        lines = (line.rstrip() for line in draw(lang).splitlines())
        text = "\n".join(line for line in lines if line) + "\n"
        (folder / f"board-{lang}.svg").write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
