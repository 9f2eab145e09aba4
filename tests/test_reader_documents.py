"""Documents: any of the formats gives the same figures, offsets hold, bad files are refused."""

from __future__ import annotations

import html
import random
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papers import docx, paragraph, pdf

from dafeng.findings import Finding
from dafeng.reader import Document, document_of, limits, open_document, read_document, read_gold
from dafeng.reader import pdf as pdf_module
from dafeng.reader.html import read_html
from dafeng.reader.layout import unwrapped
from dafeng.reader.parts import parts
from dafeng.vocabulary import Fault

BROKEN = Path(__file__).parent / "broken_documents"
LINES = (
    "云溪省工业领域碳达峰实施方案",
    "一、总体要求",
    "到2025年，规模以上工业单位增加值能耗较2020年下降15%以上；建成绿色低碳工厂260家。",
    "二、重点任务",
    "（一）水泥。到2025年，废钢比提高到30%以上。",
)
TEXT = "\n".join(LINES)
PAGE = "<!doctype html><html><head><title>题</title><style>p {}</style></head><body>"


def as_html(text: str) -> str:
    return PAGE + "".join(f"<p>{html.escape(line)}</p>\n" for line in text.split("\n"))


MADE: dict[str, Callable[[], bytes]] = {
    "utf8.txt": TEXT.encode,
    "bom.txt": lambda: b"\xef\xbb\xbf" + TEXT.encode(),
    "utf16.txt": lambda: TEXT.encode("utf-16"),
    "utf16be.txt": lambda: b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "gb18030.txt": lambda: TEXT.encode("gb18030"),
    "windows.txt": lambda: TEXT.replace("\n", "\r\n").encode(),
    "old-mac.txt": lambda: TEXT.replace("\n", "\r").encode(),
    "page.html": lambda: as_html(TEXT).encode("gb18030"),
    "paper.docx": lambda: docx("".join(map(paragraph, LINES))),
    "paper.pdf": lambda: pdf([LINES[:3], [*LINES[3:], "— 2 —"]]),
}


@pytest.mark.parametrize("name", MADE)
def test_every_format_gives_the_same_figures_at_offsets_that_hold(name: str) -> None:
    document = document_of(MADE[name](), name)
    found = read_document(document).proposals
    assert [(p.value, p.year) for p in found] == [(15, 2025), (260, 2025), (30, 2025)]
    for proposal in found:
        assert document.text[proposal.start : proposal.end] == proposal.slice
    assert [document.part(p.section).id for p in found if document.part(p.section)] == [  # type: ignore[union-attr]
        "一",
        "一",
        "二（一）",
    ]


@pytest.mark.parametrize(
    ("name", "encoding", "codes"),
    [
        ("utf8.txt", "UTF-8", []),
        ("bom.txt", "UTF-8", []),
        ("utf16.txt", "UTF-16-LE", []),
        ("utf16be.txt", "UTF-16-BE", []),
        ("gb18030.txt", "GB18030", ["read_as_gb18030"]),
    ],
)
def test_the_encoding_follows_the_stated_rule(name: str, encoding: str, codes: list[str]) -> None:
    document = document_of(MADE[name](), name)
    assert (document.encoding, [f.code for f in document.findings]) == (encoding, codes)
    assert document.text == TEXT  # a byte order mark is no character


def test_line_ends_stay_and_lines_are_counted() -> None:
    document = document_of("甲\r\n乙\r丙\n丁".encode(), "mixed.txt")
    assert document.text == "甲\r\n乙\r丙\n丁"
    assert [document.line(document.text.index(sign)) for sign in "甲乙丙丁"] == [1, 2, 3, 4]


def test_a_text_in_another_chinese_encoding_is_doubted() -> None:
    big5 = "工業領域碳達峰實施方案，單位增加值能耗下降".encode("big5")
    document = document_of(big5, "big5.txt")
    assert "encoding_doubtful" in [finding.code for finding in document.findings]
    short = document_of("浙江省到2025年能耗下降15%。".encode("big5"), "short.txt")
    assert "encoding_doubtful" in [finding.code for finding in short.findings]  # private signs
    declared = b"<html><meta charset=big5>" + big5
    assert fault(declared, "page.html").code == "bad_encoding"


def test_the_text_of_a_file_that_was_extracted_is_what_offsets_count() -> None:
    document = document_of(MADE["paper.pdf"](), "paper.pdf")
    assert document.text == "\n".join(LINES[:3]) + "\f" + "\n".join([*LINES[3:], "— 2 —"])
    assert "— 2 —" not in document.reading.plain  # a lone page number is not read
    assert [document.page(document.text.index(s)) for s in ("15%", "30%")] == [1, 2]


def test_lines_that_run_through_all_pages_part_no_sentence_and_no_table() -> None:
    pages = [
        "云溪省碳达峰年度报告\n一、到2025年，规模以上工业单位增加值能耗较2020年下降百分之",
        "云溪省碳达峰年度报告\n十五以上。\n指标\t2020年\t2025年",
        "云溪省碳达峰年度报告\n绿色工厂（家）\t120\t300\n完",
    ]
    numbered = [f"{page}\n第 {n} 页 共 3 页" for n, page in enumerate(pages, start=1)]
    printed = [
        f"2026/11/8 10:33 云溪\n{page}\nhttps://yunxi.example/a?b=1 {n}/3"
        for n, page in enumerate(pages, start=1)
    ]
    for made in (numbered, printed):
        read = unwrapped("\f".join(made), pages=True).plain
        assert read.split("\n", 1) == ["云溪省碳达峰年度报告", read.split("\n", 1)[1]]
        assert read.count("年度报告") == 1  # the first may be the title
        assert "下降百分之十五以上" in read.replace("\n", "")
        assert "2025年\n绿色工厂" in read
        assert "共 3 页" not in read
        assert "10:33" not in read
        assert "example" not in read


def test_a_line_that_only_two_pages_share_is_text() -> None:
    text = "指标\t2025年\n绿色工厂\t300\f指标\t2025年\n绿色园区\t30"
    assert unwrapped(text, pages=True).plain == text.replace("\f", "\n")


def test_a_text_of_too_many_figures_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of("能耗下降1%、2%、3%。\n能耗下降4%。".encode(), "many.txt")
    assert len(read_document(document).proposals) == len("1234")
    usual = limits.limit
    monkeypatch.setattr(limits, "limit", lambda name: 3 if name == "figures" else usual(name))
    with pytest.raises(Fault) as caught:
        read_document(document)
    assert (caught.value.code, caught.value.place) == ("document_too_large", "many.txt")
    assert caught.value.values["found"] == len("1234")


def test_annotated_policies_read_alike_in_every_format(test_data: Path) -> None:
    for file in sorted((test_data / "policies").glob("*.txt")):
        document = open_document(file)
        assert read_gold(test_data / "policies" / "gold_figures.jsonl", document)  # spans hold
        lines = [html.escape(line.strip()) for line in document.text.split("\n") if line.strip()]
        page = PAGE + "".join(f"<p>{line}</p>\n" for line in lines)
        paper = docx("".join(map(paragraph, lines)))
        plain = figures(document)
        assert plain
        assert figures(document_of(page.encode(), "page.html")) == plain
        assert figures(document_of(paper, "paper.docx")) == plain


def figures(document: Document) -> list[tuple[float | None, int | None, bool]]:
    return [(p.value, p.year, p.corrupt) for p in read_document(document).proposals]


# --- HTML -------------------------------------------------------------------------------------


def test_tags_and_entities_count_and_are_not_read() -> None:
    source = (
        PAGE
        + "<p>下降<b>16</b>%&nbsp;以上，&gt;3&times;10<sup>4</sup>\n  吨标\n  准煤<!-- 99% --></p>"
    )
    source += (
        "<script>var x = '88%';</script><p title='a>b'>CO<sub>2</sub></p><td>甲</td><td>乙</td>"
    )
    document = document_of(source.encode(), "page.html")
    plain = document.reading.plain
    assert plain == "题\n下降16% 以上，>3×10⁴ 吨标准煤\nCO2\n 甲\t乙".replace("\n ", "\n")

    def printed(words: str) -> str:
        at = plain.index(words)
        start, end = document.reading.place(at, at + len(words))
        return document.text[start:end]

    assert printed("16%") == "16</b>%"
    assert printed(">3") == "&gt;3"
    assert printed("10⁴") == "10<sup>4"
    assert printed("吨标准煤") == "吨标\n  准煤"


@given(st.lists(st.sampled_from(["16%", "达 标", "<", "&", ">", "é", "2025年", '"']), min_size=1))
def test_what_is_read_leads_back_to_its_source(words: list[str]) -> None:
    source = "".join(f"<p>{html.escape(word)}</p>" for word in words)
    reading, _ = read_html(source, "page.html")
    assert reading.plain.rstrip("\n") == "\n".join(words)
    for at, sign in enumerate(reading.plain):
        start, end = reading.place(at, at + 1)
        assert sign == "\n" or html.unescape(source[start:end]) == sign


@pytest.mark.parametrize(
    "part",
    [
        '<a "',
        '</a "',
        "<!--",
        "<div>",
        "<script>",
        "&",
        "<",
        "&#",
        "<a b='>\"",
        "</",
        "<?",
        "<td>",
        " ",
    ],
)
def test_no_html_takes_more_than_its_length(part: str) -> None:
    # the scanner goes on at each step and never goes back: what is not closed is looked for once
    source = "<html><p>2025" + part * 60_000
    reading, found = read_html(source, "page.html")
    assert reading.plain.startswith("2025")
    assert {finding.code for finding in found} <= {"html_not_closed"}


# --- Structure --------------------------------------------------------------------------------


def test_marks_nest_as_the_document_nests_them() -> None:
    text = "一、甲\n（一）乙\n1. 丙\n2.丁①戊；②己\n（二）庚\n二、辛\n（一）壬\n2021年增长13.5%"
    assert [(p.id, p.level, p.title) for p in parts(text)] == [
        ("一", 1, "甲"),
        ("一（一）", 2, "乙"),
        ("一（一）1", 3, "丙"),
        ("一（一）2", 3, "丁①戊"),
        ("一（一）2①", 4, "戊"),
        ("一（一）2②", 4, "己"),
        ("一（二）", 2, "庚"),
        ("二", 1, "辛"),
        ("二（一）", 2, "壬"),
    ]
    first = parts(text)[0]
    assert text[first.start : first.end].endswith("庚\n")


def test_english_marks_and_repeated_ones_have_ids_of_their_own() -> None:
    text = "I. One\n1.1 Energy\n(a) first\n(b) second\n1.2 Steel\n14.5 percent fell\nI. Again"
    found = [part.id for part in parts(text)]
    assert found == ["I", "I.1.1", "I.1.1(a)", "I.1.1(b)", "I.1.2", "I~2"]


def test_headings_of_word_files_are_known_by_style() -> None:
    styles = '<w:style w:styleId="2"><w:name w:val="heading 1"/></w:style>'
    styles += '<w:style w:styleId="3"><w:name w:val="heading 2"/></w:style>'
    body = paragraph("总则", "2") + paragraph("目标", "3") + paragraph("到2025年下降16%。")
    document = document_of(docx(body + paragraph("附则", "2"), styles), "a.docx")
    assert [(p.id, p.title) for p in document.parts] == [
        ("§1", "总则"),
        ("§1.§1", "目标"),
        ("§2", "附则"),
    ]


def test_wrapped_lines_are_read_as_one_and_offsets_stay() -> None:
    rows = [
        "By 2025 the energy consumption per unit of industrial added value shall fall by",
        "15%",
    ]
    rows += ["", "1. The province shall build many more of the green factories that are planned."]
    document = document_of("\n".join(rows).encode(), "wrapped.txt")
    assert "shall fall by 15%" in document.reading.plain
    at = document.reading.plain.index("15%")
    start, end = document.reading.place(at, at + 3)
    assert document.text[start:end] == "15%"
    assert "\n\n1. The" in document.reading.plain


# --- Word -------------------------------------------------------------------------------------


def test_deleted_text_is_not_read_and_tables_are_lines() -> None:
    run = "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>4</w:t></w:r>"
    body = (
        "<w:p><w:r><w:t>达到10</w:t></w:r>" + run + "<w:del><w:r><w:t>99</w:t></w:r></w:del></w:p>"
    )
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("指标", "15%"))
    document = document_of(docx(f"{body}<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), "a.docx")
    assert document.text == "达到10⁴\n指标 \t15% \t\n"


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = docx(b"<a>" + b" " * 90_000_000 + b"</a>")
    tracemalloc.start()
    try:
        assert fault(bomb, "bomb.docx").code == "document_too_large"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<a>" * 100_000, "document_too_large"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "unreadable_document"),
        (b"<a><t>cut", "unreadable_document"),
        (b"\xff\xfe\x00", "unreadable_document"),
        (b"<a/>", "empty_document"),
    ],
)
def test_bad_xml_is_refused(body: bytes, code: str) -> None:
    assert fault(docx(body), "bad.docx").code == code


def test_an_archive_whose_places_are_wrong_is_refused() -> None:
    data = bytearray(docx(paragraph("甲")))
    end = data.rindex(b"PK\x05\x06")  # the field at 16 says where the list of files begins
    (begins,) = struct.unpack_from("<L", data, end + 16)
    struct.pack_into("<L", data, end + 16, begins + 1000)
    assert fault(bytes(data), "bad.docx").code == "unreadable_document"


# --- PDF --------------------------------------------------------------------------------------


def test_pages_without_text_are_named_and_a_scan_is_refused() -> None:
    half = document_of(pdf([["到2025年下降16%。"], []]), "half.pdf")
    assert [(f.code, f.values["pages"]) for f in half.findings] == [("pages_without_text", "2")]
    assert fault(pdf([["a"], ["b"]], with_text=False), "scan.pdf").code == "no_text_layer"


@pytest.mark.parametrize(
    ("child", "code"),
    [
        ("import os; os.abort()", "unreadable_document"),
        ("import sys; sys.exit('MemoryError')", "unreadable_document"),
        ("while True: pass", "document_too_slow"),
    ],
)
def test_a_pdf_that_ends_its_process_does_not_end_ours(
    child: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "child.py"
    program.write_text(child, encoding="utf-8")
    monkeypatch.setattr(pdf_module, "_CHILD", program)
    monkeypatch.setattr(pdf_module, "limit", lambda _: 1)
    assert fault(MADE["paper.pdf"](), "paper.pdf").code == code


# --- Anything at all --------------------------------------------------------------------------


def fault(data: bytes, name: str) -> Fault:
    with pytest.raises(Fault) as caught:
        document_of(data, name)
    found = Finding.of(caught.value)
    for lang in ("zh", "en"):
        assert found.place.startswith(name)
        assert found.cause(lang)
        assert found.mend(lang)
    return caught.value


def opened(data: bytes, name: str) -> Document | None:
    try:
        document = document_of(data, name)
    except Fault as refused:
        return None if Finding.of(refused).cause("zh") else document_of(data, name)
    for proposal in read_document(document).proposals:
        assert document.text[proposal.start : proposal.end] == proposal.slice
    return document


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [b"", b"<html>", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0"]
    ),
    st.binary(max_size=400),
)
def test_any_bytes_are_read_or_refused(head: bytes, rest: bytes) -> None:
    opened(head + rest, "any")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    document = opened(text.encode(encoding, "replace"), "any.txt")
    assert document is None or document.encoding


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_damaged_word_files_are_read_or_refused(chance: random.Random) -> None:
    data = bytearray(MADE["paper.docx"]())
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    opened(bytes(data[: chance.randint(4, len(data))]), "any.docx")


@pytest.mark.parametrize("eighths", [2, 5, 7])
def test_a_pdf_cut_anywhere_is_read_or_refused(eighths: int) -> None:
    whole = MADE["paper.pdf"]()
    opened(whole[: len(whole) * eighths // 8], "cut.pdf")


FILES = {
    "damaged-utf8.txt": "bad_encoding",
    "control.txt": "not_text",
    "utf16-without-mark.txt": "not_text",
    "blank.txt": "empty_document",
    "no-text.html": "empty_document",
    "not-closed.html": "html_not_closed",
    "cut.docx": "unreadable_document",
    "workbook.docx": "not_a_document",
    "old-word.doc": "not_a_document",
    "not-a-pdf.pdf": "unreadable_document",
    "scan.pdf": "no_text_layer",
}


@pytest.mark.parametrize(("name", "code"), FILES.items())
def test_each_broken_document_has_its_code(name: str, code: str) -> None:
    document = opened((BROKEN / name).read_bytes(), name)
    if document is None:
        assert fault((BROKEN / name).read_bytes(), name).code == code
    else:
        assert [finding.code for finding in document.findings] == [code]


@pytest.mark.parametrize("name", ["noise.pdf", "NOISE.DOCX"])
def test_what_is_neither_its_ending_nor_a_text_is_damaged_not_of_another_encoding(
    name: str,
) -> None:
    assert fault(b"\xff\x81\xfe" * 50, name).code == "unreadable_document"
    assert fault(b"\xff\x81\xfe" * 50, "noise.txt").code != "unreadable_document"


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no_file"):
        open_document(tmp_path / "none.txt")


def test_the_list_of_broken_documents_is_whole() -> None:
    assert {path.name for path in BROKEN.iterdir()} == set(FILES)
