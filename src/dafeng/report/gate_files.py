"""An opinion to print: as a web page that needs nothing else, and as a Word file."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dafeng.report.gate_opinion import opinion_parts
from dafeng.report.words import word
from dafeng.vocabulary import read_yaml, write_file

if TYPE_CHECKING:
    from dafeng.gate import Opinion

_DATA = Path(__file__).parent / "data"
_PAIR = 2
_CHECKS = ("gate_no", "gate_check", "gate_outcome", "gate_facts", "gate_clause")
_SIGNED = ("gate_body", "gate_person", "gate_signed")
_VERDICTS = {"admit": "pass", "admit_with_conditions": "unknown", "refuse": "fail", "stop": "fail"}


def opinion_page(opinion: Opinion, lang: str) -> str:
    """Return the opinion as one web page, which prints on A4."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  heavy
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(_DATA),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("opinion.html.j2").render(
        parts=opinion_parts(opinion, lang),
        lang=lang,
        style=Markup((_DATA / "opinion.css").read_text(encoding="utf-8")),  # noqa: S704  our own
        word=lambda name: word(name, lang),
    )


def write_opinion(opinion: Opinion, path: Path, lang: str) -> None:
    """Write the opinion: Word by the ending ``.docx``, else a web page."""
    if path.suffix.lower() == ".docx":
        sink = BytesIO()
        opinion_document(opinion, lang).save(sink)
        write_file(path, sink.getvalue())
    else:
        write_file(path, opinion_page(opinion, lang))


def opinion_document(opinion: Opinion, lang: str) -> Any:
    """Return the opinion as a Word document of python-docx."""
    from docx import Document  # noqa: PLC0415  heavy

    parts = opinion_parts(opinion, lang)
    document = Document()
    _styled(document)
    if parts["synthetic"]:
        _line(document, word("gate_synthetic", lang), bold=True)
    _line(document, parts["title"], bold=True, size="title", centred=True, colour="fail")
    _line(document, parts["about"], bold=True, centred=True)
    _line(document, f"{word('gate_number', lang)} {parts['figure']}", size="small")
    document.add_heading(word("gate_overview", lang), level=1)
    _overview(document, parts["overview"])
    document.add_heading(word("gate_conclusion", lang), level=1)
    _line(document, parts["conclusion"], bold=True, colour=_VERDICTS[parts["verdict"]])
    _line(document, parts["counts"])
    document.add_heading(word("gate_items", lang), level=1)
    _checks(document, parts["checks"], lang)
    colon = "：" if lang == "zh" else ": "
    duties = [f"{one['name']}{colon}{one['text']}" for one in parts["duties"]]
    for title, lines in (
        ("gate_duties", duties or [word("gate_none", lang)]),
        ("gate_basis", parts["basis"]),
        ("gate_notes", parts["notes"]),
    ):
        document.add_heading(word(title, lang), level=1)
        for number, text in enumerate(lines, start=1):
            _line(document, f"{number}. {text}" if len(lines) > 1 else text)
    _line(document, "")
    for name in _SIGNED:
        _line(document, word(name, lang))
    return document


@cache
def _layout() -> dict[str, Any]:
    held: dict[str, Any] = read_yaml(_DATA / "opinion_layout.yaml")
    return held


def _styled(document: Any) -> None:
    """Set page and fonts, those of Chinese too."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

    layout, section = _layout(), document.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in layout["page"])
    for edge in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, edge, Mm(layout["margin"]))
    for name, held in layout["styles"].items():
        style = document.styles[name]
        style.font.name, style.font.size = layout["western"], Pt(held["size"])
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), held["chinese"])
    document.styles["Normal"].paragraph_format.space_after = Pt(layout["space_after"])


def _line(
    place: Any,
    text: str,
    *,
    bold: bool = False,
    size: str = "",
    centred: bool = False,
    colour: str = "",
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(_layout()["sizes"][size])
    if colour:
        run.font.color.rgb = RGBColor.from_string(_layout()["colours"][colour])
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _overview(document: Any, pairs: list[tuple[str, str]]) -> None:
    rows = [pairs[at : at + _PAIR] for at in range(0, len(pairs), _PAIR)]
    table = document.add_table(rows=len(rows), cols=2 * _PAIR, style="Table Grid")
    for row, held in zip(table.rows, rows, strict=True):
        for place, (name, text) in enumerate(held):
            _cell(row.cells[2 * place], name, bold=True)
            _cell(row.cells[2 * place + 1], text)


def _checks(document: Any, checks: list[dict[str, Any]], lang: str) -> None:
    table = document.add_table(rows=1, cols=len(_CHECKS), style="Table Grid")
    table.autofit = False
    for cell, name in zip(table.rows[0].cells, _CHECKS, strict=True):
        _cell(cell, word(name, lang), bold=True)
    for number, one in enumerate(checks, start=1):
        place, name, outcome, said, cited = table.add_row().cells
        _cell(place, str(number))
        _cell(name, one["name"], bold=True)
        _cell(outcome, one["word"], bold=True, colour=one["outcome"])
        _cell(said, "\n".join(one["facts"]))
        _cell(cited, "\n".join(one["clauses"]), size="small")
    section = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    for row in table.rows:
        for cell, share in zip(row.cells, _layout()["columns"], strict=True):
            cell.width = round(width * share)


def _cell(cell: Any, text: str, *, bold: bool = False, colour: str = "", size: str = "") -> None:
    _line(cell, text, bold=bold, colour=colour, size=size)
    first = cell.paragraphs[0]._element  # noqa: SLF001  python-docx cannot remove a paragraph
    first.getparent().remove(first)
