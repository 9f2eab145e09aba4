"""The web pages of the rulebook: complete, linked, well-formed, honest about marks and drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from dafeng import report
from dafeng.rulebook import Rulebook, load
from dafeng.rulebook.load import DATA

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
RULES = load()
FILES = report.page_texts(RULES)
PAGES = {name: text for name, text in FILES.items() if name.endswith(".html")}


class Page(HTMLParser):
    """What a page holds: anchors, links, text by language, and tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tables: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.anchors += filter(None, [held.get("id")])
        self.links += filter(None, [held.get("href") if tag == "a" else None])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        elif self.tables:
            self.tables[-1].append(f"{tag} {held.get('scope')}" if tag == "th" else tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(f"{tag} at {self.getpos()}")


PARSED = {name: Page(text) for name, text in PAGES.items()}


def citations(rules: Rulebook) -> Iterator[str]:
    """Every place that a rule names."""
    yield from (value.clause for value in rules.values.values())
    groups: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        *((m, m.terms) for m in rules.methods.values()),
        *((s, s.scales) for s in rules.scales.values()),
        *((f, f.steps) for f in rules.formulas.values()),
        *((c, c.criteria) for c in rules.scorecards.values()),
        *((one, ()) for one in (*rules.sets.values(), *rules.deadlines.values())),
    )
    for rule, parts in groups:
        for clause in (rule.clause, *(part.clause for part in parts)):
            if clause:
                yield clause if "/" in clause else f"{rule.document}/{clause}"


def words(text: str) -> str:
    """The text of a piece of a page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_every_document_has_a_page_that_the_index_links_to() -> None:
    assert set(PAGES) == {"index.html", *(f"{one}.html" for one in RULES.documents)}
    assert {unquote(link) for link in PARSED["index.html"].links} == set(PAGES) - {"index.html"}


def test_pages_take_nothing_from_elsewhere() -> None:
    """Works from a folder without a network: no address, script or picture; one style sheet."""
    for name, text in FILES.items():
        assert not re.search(r"""<script|<img|<iframe|@import|url\(|(src|href)=["']\w+:""", text), (
            name
        )
    sheets = {
        link for text in PAGES.values() for link in re.findall('<link[^>]*href="([^"]+)"', text)
    }
    assert sheets == set(FILES) - set(PAGES)


def test_every_citation_leads_to_an_anchor() -> None:
    lost = [
        citation
        for citation in citations(RULES)
        for document, _, clause in [citation.partition("/")]
        if clause not in PARSED[f"{document}.html"].anchors
    ]
    assert not lost


@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(name: str) -> None:
    """Tags match, ids are single, links lead somewhere, headings skip no level, tables say what."""
    page = PARSED[name]
    assert not page.unbalanced
    assert not page.open
    assert len(page.anchors) == len(set(page.anchors))
    for link in page.links:
        target, _, place = unquote(link).partition("#")
        assert (target or name) in PAGES, link
        assert not place or place in PARSED[target or name].anchors, link
    assert page.headings[0] == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(below <= above + 1 for above, below in steps)
    for tags in page.tables:
        assert tags[0] == "caption"
        assert "th col" in tags


def test_every_value_and_limit_stands_on_the_page_of_its_document() -> None:
    """As many cells with a number as the rules have numbers, document by document."""
    for document in RULES.documents.values():
        text = PAGES[f"{document.id}.html"]
        wanted = {
            report.exact(value.number)
            for value in RULES.values.values()
            if value.set.document == document.id and value.number is not None
        }
        assert wanted <= set(re.findall(r">([^<]*)</td>", text)), document.id


def test_rules_stand_under_the_clause_that_they_cite() -> None:
    """The limits of the sintering step are in table 1 of GB 21256-2025, those of others are not."""
    text = PAGES["gb-21256-2025.html"]
    table = text[text.index('id="table-1"') : text.index('id="table-2"')]
    assert "sintering" in table
    assert "pelletizing" not in table


def test_a_draft_says_so_in_both_languages_and_on_every_value() -> None:
    assert RULES.documents["ets-plan-2025-draft"].draft
    text = PAGES["ets-plan-2025-draft.html"]
    assert "草案：未生效" in words(text)
    assert "Draft: not in force" in words(text)
    cells = re.findall(r'<td><span class="mark[^"]*">.*?</td>', text)
    assert cells
    assert all("草案" in cell and "draft" in cell for cell in cells)


def test_a_recalled_value_says_so_in_both_languages() -> None:
    text = PAGES["gb-21256-2013.html"]  # all of it is recalled
    cells = re.findall(r'<td><span class="mark recalled">.*?</td>', text)
    assert cells
    assert all("凭常识录入" in cell and "recalled" in cell for cell in cells)
    assert 'class="mark republished"' not in text[text.index("<main>") :]


def test_a_superseded_document_leads_to_its_successor() -> None:
    old, new = PARSED["gb-21256-2013.html"], PARSED["gb-21256-2025.html"]
    assert "gb-21256-2025.html" in old.links
    assert "gb-21256-2013.html" in new.links


def test_text_of_an_overlay_cannot_become_markup(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "documents:\n"
        "  - {id: own, number: X, title: {zh: 甲<script>, en: <script>}, checked: V,\n"
        "     issuer: {zh: 乙&丙, en: B&C},\n"
        "     clauses: [{id: '1', text: {zh: '<b>', en: '<b>'}}]}\n",
        encoding="utf-8",
    )
    text = report.page_texts(load(DATA, tmp_path))["own.html"]
    assert "<script>" not in text
    assert "<b>" not in text[text.index("<main>") :]
    assert "乙&amp;丙" in text


def test_two_runs_write_the_same_and_leave_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    first = {path.name: path.read_bytes() for path in report.pages(RULES, tmp_path)}
    again = tmp_path / "again"
    second = {path.name: path.read_bytes() for path in report.pages(RULES, again)}
    assert first == second
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "kept"
