"""From readings to a plan: merged, drafted, reviewed by a person, accepted; and the commands."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dafeng import report
from dafeng.cli import app
from dafeng.plan import Plan, load_plan
from dafeng.reader import (
    Document,
    Merged,
    Proposal,
    Reading,
    Repair,
    accept,
    document_of,
    draft_plan,
    empty_plan,
    merge,
    open_document,
    read_document,
    read_own_plan,
    read_review,
    review_data,
    write_plan,
)
from dafeng.reader.review import Changes
from dafeng.vocabulary import Fault

ENERGY = "energy_per_industrial_value_added"
TEXT = """浙江省工业领域碳达峰实施方案
一、目标
到2025年，规模以上工业单位增加值能耗较2020年下降15%以上，力争下降17%。
建成绿色低碳工厂260家，风电装机2021.8万千瓦。
二、任务
年综合能耗5000吨标准煤以上的企业列入管理。
"""


def fall(value: float = 13.5, **fields: Any) -> Proposal:
    """Return a fall of the energy intensity from 2020 to 2025 in Zhejiang."""
    usual: dict[str, Any] = {
        "start": 0,
        "end": 3,
        "slice": f"{value}%",
        "kind": "target",
        "comparator": ">=",
        "region": "33",
        "indicator": "reduction of energy consumption per unit of industrial added value",
        "indicator_id": ENERGY,
        "value": value,
        "unit": "%",
        "value_base": value,
        "unit_base": "%",
        "unit_id": "%",
        "base_year": 2020,
        "year": 2025,
    }
    return Proposal(**(usual | fields))


def peak(comparator: str) -> Proposal:
    """Return a peak year of 2030."""
    return fall(
        2030,
        comparator=comparator,
        indicator="year in which industrial CO2 peaks",
        indicator_id="industrial_co2_peak_year",
        unit="year",
        unit_base="year",
        unit_id="a",
        base_year=None,
        year=2030,
    )


def merged(**texts: Proposal) -> tuple[Merged, ...]:
    return merge({name: Reading((proposal,)) for name, proposal in texts.items()})


# --- Merging ----------------------------------------------------------------------------------


def test_the_same_target_in_two_documents_is_one_with_two_sources() -> None:
    [one] = merged(a=fall(), b=fall())
    assert one.documents == ("a", "b")
    assert one.differences == ()


@pytest.mark.parametrize(
    ("other", "field", "values"),
    [
        (fall(14), "value_base", [13.5, 14]),
        (fall(comparator=">"), "comparator", [">=", ">"]),
        (fall(base_year=2019), "base_year", [2020, 2019]),
        (fall(exclusions=("State projects",)), "exclusions", [(), ("State projects",)]),
    ],
)
def test_disagreement_is_shown_and_not_resolved(
    other: Proposal, field: str, values: list[Any]
) -> None:
    [one] = merged(a=fall(), b=other)
    differences = {d.field: [value for value, _ in d.values] for d in one.differences}
    assert differences == {field: values}


def test_before_2030_and_by_2030_disagree() -> None:
    [one] = merged(a=peak("<"), b=peak("<="))
    assert [(d.field, d.values) for d in one.differences] == [
        ("comparator", (("<", (0,)), ("<=", (1,))))
    ]


def test_a_garbled_figure_agrees_with_nobody() -> None:
    garbled = fall(corrupt=True, value_base=None, reason="placeholder")
    [table] = [
        t for t in report.merged_view(merged(a=fall(), b=garbled), "zh") if hasattr(t, "columns")
    ]
    assert [str(cell) for cell in table.columns[-1].cells] == ["", "错乱"]


def test_other_years_places_and_indicators_are_other_targets() -> None:
    assert len(merged(a=fall(), b=fall(year=2030))) == 2
    assert len(merged(a=fall(), b=fall(region="32"))) == 2
    assert len(merged(a=fall(), b=fall(indicator_id="energy_per_gdp"))) == 2
    unknown: dict[str, Any] = {"indicator_id": None, "flags": ("indicator_unknown",)}
    assert len(merged(a=fall(**unknown), b=fall(**unknown))) == 2


def test_a_target_without_a_year_joins_the_only_one_it_can_mean() -> None:
    [one] = merged(a=fall(), b=fall(year=None))
    assert (one.documents, one.differences) == (("a", "b"), ())
    assert len(merged(a=fall(), b=fall(year=2030), c=fall(year=None))) == 3


def test_a_target_without_a_place_joins_the_only_one_it_can_mean() -> None:
    [one] = merged(a=fall(), b=fall(14, region=None))
    assert [difference.field for difference in one.differences] == ["value_base"]
    assert len(merged(a=fall(), b=fall(region="32"), c=fall(region=None))) == 3


def test_a_garbled_figure_is_a_source_that_nothing_is_compared_with() -> None:
    [one] = merged(a=fall(135, corrupt=True, value_base=None), b=fall())
    assert one.differences == ()
    assert one.first.value == 13.5


def test_what_is_striven_for_is_part_of_its_target() -> None:
    held = (fall(15, stretch_value=17.0), fall(17, comparator="=", flags=("strive",)))
    [one] = merge({"a": Reading(held)})
    assert [s.proposal.value for s in one.statements] == [15]


# --- The draft --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> Document:
    return document_of(TEXT.encode(), "yunxi.txt")


@pytest.fixture(scope="module")
def reading() -> Reading:
    """What stands in the text, by hand: two targets, one of them garbled, and a threshold."""

    def at(words: str, **fields: Any) -> Proposal:
        start = TEXT.index(words)
        span: dict[str, Any] = {"start": start, "end": start + len(words), "slice": words}
        return fall(**(span | fields))

    garbled: dict[str, Any] = {
        "corrupt": True,
        "value_base": None,
        "reason": "year_in_decimals",
        "unit_id": "kW",
    }
    class_limit: dict[str, Any] = {
        "kind": "threshold",
        "indicator_id": None,
        "value": 5000.0,
        "value_base": 5000.0,
    }
    return Reading(
        (
            at("15%以上", value=15.0, value_base=15.0, stretch_value=17.0),
            at("260家", value=260.0, value_base=260.0, indicator_id=None, unit_id="count",
               indicator="green factories", base_year=None,
               candidates=("green_low_carbon_factories",), flags=("indicator_unsure",)),
            at("2021.8万千瓦", repair=Repair(20_218_000, "kW", (("wan", "2021.8"),)), **garbled),
            at("5000吨标准煤以上", **class_limit),
        )
    )  # fmt: skip


@pytest.fixture
def draft(document: Document, reading: Reading) -> Plan:
    return draft_plan([document], {document.name: reading}, "yunxi")


def test_a_draft_is_a_plan_file_that_loads(draft: Plan, tmp_path: Path) -> None:
    write_plan(draft, tmp_path / "yunxi.yaml")
    held = load_plan(tmp_path / "yunxi.yaml")
    assert held == draft
    assert (held.owner, held.complete, held.period) == ("33", False, "2021-2025")


def test_every_target_of_a_draft_says_so_and_has_its_span(draft: Plan, document: Document) -> None:
    for target in draft.targets:
        assert target.note
        assert "草案" in target.note.zh
        assert target.checked == "M"
        [source] = target.sources
        found = re.fullmatch(r"yunxi\.txt\[(\d+):(\d+)\] sha256:(\w{64})", source.seen or "")
        assert found
        assert source.wording
        assert document.text[int(found[1]) : int(found[2])] == source.wording.zh
        assert found[3] == document.sha256


def test_a_garbled_figure_and_a_limit_are_open_points_never_targets(draft: Plan) -> None:
    assert [(t.indicator, t.kind, t.value) for t in draft.targets] == [
        (ENERGY, "reduction", 15),
        ("to_be_chosen", "count", 260),
    ]
    assert draft.targets[0].stretch == 17
    points = "\n".join(point.zh for point in draft.open_points)
    assert "2021.8万千瓦" in points
    assert "5000吨标准煤以上" in points
    assert "20218000" not in draft.model_dump_json()  # no repair is entered


def test_an_indicator_that_is_not_sure_is_left_to_a_person(draft: Plan) -> None:
    assert draft.targets[1].note
    assert "green_low_carbon_factories" in draft.targets[1].note.en


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"base_year": None}, "qualitative"),  # a fall from an unknown year
        ({"value_base": 130.0}, "qualitative"),  # a fall by more than the whole
        ({"value_base": None, "comparator": "meets national target"}, "assigned"),
        ({"value_base": None, "comparator": "<= 13th FYP scale"}, "zero_net_growth"),
        ({"value_base": None, "comparator": "qualitative"}, "qualitative"),
    ],
)
def test_what_the_text_does_not_say_is_not_made_up(
    fields: dict[str, Any], kind: str, document: Document
) -> None:
    proposal = fall(**fields)
    [target] = draft_plan([document], {document.name: Reading((proposal,))}, "a").targets
    assert (target.kind, target.value) == (kind, None)
    assert target.note
    assert proposal.slice in target.note.zh


def test_versions_that_disagree_stand_side_by_side(document: Document) -> None:
    other = replace(document, name="other.txt")
    readings = {document.name: Reading((fall(13.5),)), "other.txt": Reading((fall(14),))}
    drafted = draft_plan([document, other], readings, "two")
    assert [(t.id, t.value) for t in drafted.targets] == [("D1a", 13.5), ("D1b", 14)]
    assert all(t.note and "13.5 (yunxi.txt) / 14 (other.txt)" in t.note.en for t in drafted.targets)


def test_versions_within_one_document_are_no_disagreement_of_several(document: Document) -> None:
    held = Reading(tuple(fall(value) for value in range(1, 31)))
    drafted = draft_plan([document], {document.name: held}, "one")
    assert len(drafted.targets) == len(held.proposals)
    note = drafted.targets[0].note
    assert note
    assert "同一文件中有几种说法" in note.zh
    assert "各文件不一致" not in note.zh
    assert note.en.endswith("8 (yunxi.txt) / 22 more")  # a note does not grow with all of them


def test_a_fall_is_called_one_in_the_draft(document: Document) -> None:
    [target] = draft_plan([document], {document.name: Reading((fall(),))}, "one").targets
    assert target.title.zh == "规模以上工业单位增加值能耗（降幅）"


def test_figures_of_another_place_are_listed_and_not_entered(document: Document) -> None:
    held = Reading((fall(), replace(fall(20), region="32", slice="20%")))
    drafted = draft_plan([document], {document.name: held}, "a", owner="33")
    assert [t.value for t in drafted.targets] == [13.5]
    assert any("Jiangsu" in p.en and "20%" in p.en for p in drafted.open_points)


# --- Accepting --------------------------------------------------------------------------------


def review(document: Document, tmp_path: Path, *decisions: dict[str, Any], **head: Any) -> Path:
    """Write what the page saves."""
    usual = {"format": "dafeng-review-1", "file": document.name, "sha256": document.sha256}
    usual |= {"person": "李薇", "date": "2026-11-20"}
    path = tmp_path / "yunxi.review.json"
    path.write_text(json.dumps(usual | head | {"decisions": decisions}), encoding="utf-8")
    return path


def decide(held: Reading, words: str, decision: str = "accept", **changed: Any) -> dict[str, Any]:
    """Return a decision about the proposal that stands on these words."""
    proposal = next(p for p in held.proposals if p.slice == words)
    span = {"start": proposal.start, "end": proposal.end, "slice": words}
    shown = Changes.of(proposal).model_dump()
    return {**span, "decision": decision, "shown": shown, "changed": changed}


def test_a_figure_that_is_read_otherwise_now_is_not_entered(
    document: Document, reading: Reading, draft: Plan, tmp_path: Path
) -> None:
    saved = read_review(review(document, tmp_path, decide(reading, "15%以上")))
    now = Reading((replace(reading.proposals[0], year=2030), *reading.proposals[1:]))
    plan, findings = accept(saved, document, now, draft, checked="V")
    assert [finding.code for finding in findings] == ["reading_changed"]
    assert plan == draft


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"unit_base": "furlong"}, "unknown_unit"), ({"indicator_id": "x"}, "unknown_indicator")],
)
def test_a_name_that_is_not_known_keeps_one_figure_out_and_not_the_others(
    changed: dict[str, str],
    code: str,
    document: Document,
    reading: Reading,
    draft: Plan,
    tmp_path: Path,
) -> None:
    decisions = [decide(reading, "15%以上", **changed), decide(reading, "260家")]
    saved = read_review(review(document, tmp_path, *decisions))
    plan, findings = accept(saved, document, reading, draft, checked="V")
    assert [finding.code for finding in findings] == [code]
    assert [t.value for t in plan.targets if t.checked == "V"] == [260]
    assert [t.value for t in plan.targets if t.checked != "V"] == [15]  # its draft stays


def test_accepted_targets_take_the_place_of_their_drafts(
    document: Document, reading: Reading, draft: Plan, tmp_path: Path
) -> None:
    saved = review(
        document,
        tmp_path,
        decide(reading, "15%以上", value_base=16),
        decide(reading, "260家", "reject"),
    )
    plan, findings = accept(read_review(saved), document, reading, draft, checked="V")
    assert findings == []
    [target] = plan.targets
    assert (target.id, target.value, target.stretch, target.checked) == ("A1", 16, 17, "V")
    assert target.note
    assert target.note.en.startswith("accepted by 李薇 on 2026-11-20; changed")
    assert (target.sources[0].seen or "").endswith("(李薇, 2026-11-20)")
    again, _ = accept(read_review(saved), document, reading, plan, checked="V")
    assert [(t.indicator, t.value) for t in again.targets] == [(ENERGY, 16)]  # not twice


def test_what_a_person_states_is_not_called_inferred(
    document: Document, reading: Reading, draft: Plan, tmp_path: Path
) -> None:
    flags = ("base_year_inferred", "indicator_unsure", "year_inferred")
    held = Reading((replace(reading.proposals[0], flags=flags),))
    saved = review(document, tmp_path, decide(held, "15%以上", base_year=2019, indicator_id=ENERGY))
    plan, findings = accept(read_review(saved), document, held, draft, checked="V")
    assert findings == []
    note = plan.targets[-1].note
    assert note
    assert "年份据上下文" in note.zh
    assert "基年据上下文" not in note.zh
    assert "指标" not in note.zh


def test_a_garbled_figure_goes_in_only_with_a_value_of_the_person(
    document: Document, reading: Reading, draft: Plan, tmp_path: Path
) -> None:
    aim = {"kind": "target", "indicator_id": "green_factories_municipal_and_above"}
    as_read = review(document, tmp_path, decide(reading, "2021.8万千瓦", **aim))
    plan, findings = accept(read_review(as_read), document, reading, draft, checked="V~")
    assert [finding.code for finding in findings] == ["garbled_not_mended"]
    assert plan == draft
    other_unit = decide(reading, "2021.8万千瓦", **aim, value_base=20, unit_base="kW")
    mended = read_review(review(document, tmp_path, other_unit))
    plan, findings = accept(mended, document, reading, draft, checked="V~")
    assert [finding.code for finding in findings] == ["unit_mismatch"]
    right = decide(reading, "2021.8万千瓦", **aim, value_base=20, unit_base="count", base_year=None)
    mended = read_review(review(document, tmp_path, right))
    plan, findings = accept(mended, document, reading, draft, checked="V~")
    assert findings == []
    assert plan.targets[-1].value == 20
    assert not any("2021.8" in point.zh for point in plan.open_points)


def test_a_limit_of_a_class_is_no_target(
    document: Document, reading: Reading, draft: Plan, tmp_path: Path
) -> None:
    saved = read_review(review(document, tmp_path, decide(reading, "5000吨标准煤以上")))
    plan, findings = accept(saved, document, reading, draft, checked="V")
    assert [finding.code for finding in findings] == ["not_a_target"]
    assert plan.targets == draft.targets


def test_another_source_of_a_target_stays_when_one_is_decided(
    document: Document, reading: Reading, tmp_path: Path
) -> None:
    other = document_of((TEXT + "附件").encode(), "other.txt")
    readings = {document.name: Reading(reading.proposals[:1]), "other.txt": Reading(
        (replace(reading.proposals[0], start=9, end=12),))}  # fmt: skip
    both = draft_plan([document, other], readings, "both")
    saved = read_review(review(document, tmp_path, decide(reading, "15%以上")))
    [target] = accept(saved, document, reading, both, checked="V")[0].targets
    assert [(s.seen or "").partition("[")[0] for s in target.sources] == ["yunxi.txt", "other.txt"]
    refused = read_review(review(document, tmp_path, decide(reading, "15%以上", "reject")))
    [target] = accept(refused, document, reading, both, checked="V")[0].targets
    assert [(s.seen or "").partition("[")[0] for s in target.sources] == ["other.txt"]


@pytest.mark.parametrize(
    ("head", "decision", "code"),
    [
        ({"sha256": "0" * 64}, {}, "other_text"),
        ({}, {"slice": "16%以上"}, "span_differs"),
        ({"person": ""}, {}, "bad_field"),
        ({"format": "something"}, {}, "bad_field"),
        ({}, {"changed": {"value_base": "many"}}, "bad_field"),
        ({}, {"changed": {"slice": "x"}}, "bad_field"),
    ],
)
def test_a_review_that_does_not_hold_is_refused(
    head: dict[str, Any],
    decision: dict[str, Any],
    code: str,
    document: Document,
    reading: Reading,
    tmp_path: Path,
) -> None:
    saved = review(document, tmp_path, decide(reading, "15%以上") | decision, **head)
    plan = empty_plan(document, reading, "a")
    with pytest.raises(Fault, match=code):
        accept(read_review(saved), document, reading, plan, checked="V")


def test_a_plan_of_somebody_else_is_not_rewritten(draft: Plan, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("id: own\n", encoding="utf-8")
    for refused in (lambda: write_plan(draft, own), lambda: read_own_plan(own)):
        with pytest.raises(Fault, match="plan_not_ours"):
            refused()


# --- The page ---------------------------------------------------------------------------------


def test_the_page_holds_the_text_and_nothing_from_elsewhere(
    document: Document, reading: Reading
) -> None:
    for lang, words in (("zh", "把 million 当作万"), ("en", "million taken for ten thousand")):
        data = review_data(document, reading, lang)
        assert "".join(text for text, _ in data["runs"]) == document.text
        page = report.review_page(data, lang)
        assert words in page
        assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|fetch\(""", page)


def test_a_text_cannot_break_out_of_the_page() -> None:
    evil = "</script><script>alert(1)</script> 到2025年下降16%。<!--"
    document = document_of(evil.encode(), "evil.txt")
    at = evil.index("16%")
    reading = Reading((fall(16, start=0, end=at + 3, slice=evil[: at + 3]),))
    page = report.review_page(review_data(document, reading, "en"), "en")
    assert page.count("<script>alert") == 0
    assert page.count("</script>") == 2  # that of the data and that of the program


def test_spans_that_overlap_are_cut_into_runs(document: Document) -> None:
    held = Reading((fall(start=2, end=6), fall(start=4, end=8)))
    runs = review_data(document, held, "zh")["runs"]
    assert [numbers for _, numbers in runs] == [[], [0], [0, 1], [1], []]


def test_the_page_marks_the_words_that_are_read_where_the_source_has_tags() -> None:
    source = "<html><p>到2025年，能耗较2020年下降<b>16</b>%&nbsp;左右，废钢比达到30%。</p></html>"
    document = document_of(source.encode(), "page.html")
    at = source.index("16</b>%"), source.index("30%")
    held = Reading((fall(start=at[0], end=at[0] + 7), fall(start=at[1], end=at[1] + 3)))
    marked = [text for text, numbers in review_data(document, held, "zh")["runs"] if numbers]
    assert marked == ["16%", "30%"]


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_the_page_saves_what_a_person_decides(
    document: Document, reading: Reading, tmp_path: Path
) -> None:
    clicks = """<script>
      cards[0].querySelector(".accept").click();
      cards[1].querySelector(".reject").click();
      cards[2].querySelector(".accept").click();
      const value = cards[0].querySelector("[name=value_base]");
      const list = cards[0].querySelector("[name=indicator_id]");
      list.onfocus(); list.value = "energy_per_gdp";  // one that was no candidate
      value.value = "16"; value.dispatchEvent(new Event("change", { bubbles: true }));
      document.getElementById("person").value = "李薇";
      const out = document.createElement("pre");
      out.id = "out"; out.textContent = JSON.stringify(review()); document.body.append(out);
    </script></body>"""
    page = report.review_page(review_data(document, reading, "zh"), "zh")
    file = tmp_path / "page.html"
    file.write_text(page.replace("</body>", clicks), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    ran = subprocess.run(command, capture_output=True, check=True, timeout=60, encoding="utf-8")  # noqa: S603
    found = re.search(r'<pre id="out">(.*?)</pre>', ran.stdout)
    assert found
    saved = tmp_path / "saved.json"
    saved.write_text(html.unescape(found[1]), encoding="utf-8")
    held = read_review(saved)
    assert (held.person, held.sha256) == ("李薇", document.sha256)
    assert [(d.slice, d.decision, d.changed.given()) for d in held.decisions] == [
        ("15%以上", "accept", {"indicator_id": "energy_per_gdp", "value_base": 16}),
        ("260家", "reject", {}),
    ]  # the garbled one cannot be accepted as it was read


# --- The commands -----------------------------------------------------------------------------


def run(*words: str | Path) -> Result:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})
    assert "Traceback" not in done.output
    assert "internal_error" not in done.output
    return done


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "yunxi.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    return path


def test_json_lines_are_proposals_and_nothing_else(file: Path) -> None:
    done = run("read", file, "--json", "--jurisdiction", "浙江")
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["value"] for line in lines if line["kind"] == "target"][:1] == [15]
    for line in lines:
        assert TEXT[line["start"] : line["end"]] == line["slice"]
        assert line["file"] == "yunxi.txt"
        assert TEXT.count("\n", 0, line["start"]) + 1 == line["line"]
    assert [json.loads(line)["code"] for line in done.stderr.splitlines()] == ["read_as_gb18030"]


def test_options_may_stand_before_the_file_and_the_command_may_be_named(file: Path) -> None:
    first = run("read", "--json", file).stdout
    assert first
    assert first == run("read", file, "--json").stdout == run("read", "file", file, "--json").stdout


def test_the_table_speaks_both_languages(file: Path) -> None:
    assert "规模以上工业单位增加值能耗" in run("read", file).stdout
    assert "Energy per unit of above-scale" in run("read", file, "--lang", "en").stdout


def test_what_was_inferred_for_every_figure_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("浙江方案提出：\n到2025年，建成绿色工厂80家、绿色园区9个。", encoding="utf-8")
    assert run("read", path).stdout.count("地区据上下文") == 1
    assert run("read", path, "--lang", "en").stdout.count("place from the context") == 1
    assert "地区据上下文" not in run("read", path, "--jurisdiction", "浙江").stdout


def test_two_documents_that_disagree_are_a_finding(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(TEXT.replace("15%", "16%"), encoding="utf-8")
    done = run("read", file, other, "--lang", "en", "--jurisdiction", "33")
    assert done.exit_code == 1
    assert "documents_disagree" in done.stderr
    assert "value 15 (yunxi.txt) / 16 (other.txt)" in done.stderr.replace("\n", " ")
    lines = run("read", file, other, "--json").stdout.splitlines()
    assert any("value_base" in json.loads(line)["disagrees"] for line in lines)


def test_a_draft_is_not_written_over_what_was_accepted(file: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.yaml"
    opened = open_document(file)
    held = read_document(opened)
    saved = review(opened, tmp_path, decide(held, "260家"))
    assert run("read", file, "--plan", plan).exit_code == 0
    assert run("read", file, "--plan", plan).exit_code == 0  # a draft over a draft
    assert run("read", "accept", saved, "--file", file, "--plan", plan).exit_code == 0
    accepted = plan.read_text(encoding="utf-8")
    again = run("read", file, "--plan", plan)
    assert again.exit_code == 2
    assert "draft_changed" in again.stderr
    assert plan.read_text(encoding="utf-8") == accepted


def test_a_draft_is_not_written_over_what_a_person_changed(file: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.yaml"
    assert run("read", file, "--plan", plan).exit_code == 0
    written = plan.read_bytes()
    plan.write_bytes(written.replace(b"\n", b"\r\n"))  # an editor that changed nothing
    assert run("read", file, "--plan", plan).exit_code == 0
    assert plan.read_bytes() == written
    head, _, rest = written.partition(b"\n")
    for edited in (
        written.replace(b"direction: at_least", b"direction: at_most", 1),
        head + "\n# 已与统计局核对\n".encode() + rest,
    ):
        assert edited != written
        plan.write_bytes(edited)
        again = run("read", file, "--plan", plan)
        assert again.exit_code == 2
        assert "draft_changed" in again.stderr
        assert plan.read_bytes() == edited


def test_the_whole_way_from_a_text_to_an_accepted_target(file: Path, tmp_path: Path) -> None:
    text, plan, page = tmp_path / "out.txt", tmp_path / "plan.yaml", tmp_path / "page.html"
    done = run("read", file, "--text", text, "--plan", plan, "--jurisdiction", "33")
    assert done.exit_code == 0
    assert text.read_text(encoding="utf-8") == TEXT
    assert load_plan(plan).owner == "33"
    assert run("read", "review", file, "--out", page).exit_code == 0
    assert "15%以上" in page.read_text(encoding="utf-8")
    document = document_of(file.read_bytes(), file.name)
    read = read_document(document, "Zhejiang")
    first = next(p for p in read.proposals if p.value == 15)
    saved = review(document, tmp_path, decide(read, first.slice))
    done = run("read", "accept", saved, "--plan", plan, "--jurisdiction", "33", "--checked", "V")
    assert done.exit_code == 0, done.output
    accepted = [target for target in load_plan(plan).targets if target.id == "A1"]
    assert [(t.value, t.year, t.checked) for t in accepted] == [(15, 2025, "V")]


def test_annotations_are_compared_and_wrong_ones_are_named(file: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    start = TEXT.index("15%以上")
    row = {"file": "yunxi.txt", "start": start, "end": start + 5, "slice": "15%以上", "value": 15}
    row |= {"year": 2025, "kind": "target"}
    gold.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    data = json.loads(run("read", "score", file, gold, "--json").stdout)
    assert data["aims"]["recall"] == 1
    for wrong, code in (
        ({"slice": "16%以上"}, "gold_differs"),
        ({"file": "else.txt"}, "no_gold"),
        ({"start": "1"}, "bad_gold"),
    ):
        gold.write_text(json.dumps(row | wrong), encoding="utf-8")
        done = run("read", "score", file, gold)
        assert (done.exit_code, code in done.stderr) == (2, True)


def test_bad_input_is_a_coded_fault_on_standard_error(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    for words, code in (
        (("read", empty, "--json"), "empty_document"),
        (("read", tmp_path / "none.txt"), "no_file"),
        (("read", empty, "--jurisdiction", "nowhere"), "unknown_region"),
        (("read", empty, empty, "--text", tmp_path / "a"), "one_text_only"),
        (("read", "accept", empty, "--plan", tmp_path / "p.yaml"), "bad_review"),
    ):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert code in done.stderr
