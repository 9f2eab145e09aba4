"""Whose plan a document is; what a saved review may not bring in; outputs spare the source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dafeng.cli import app
from dafeng.plan import TO_CHOOSE, load_plan
from dafeng.reader import document_of, draft_plan, merge, read_document, write_plan
from dafeng.reader.review import Changes

ONE = "浙江省方案\n到2025年，规模以上工业单位增加值能耗较2020年下降15%以上。\n"
TWO = (
    "江苏省：到2025年，规模以上工业单位增加值能耗较2020年下降17%。\n"
    "上海市：到2025年，单位生产总值能耗比2020年下降14%。\n"
)
NOWHERE = "到2025年，单位生产总值能耗比2020年下降14%。\n"
UNKNOWN = f"云溪省方案\n为落实国务院部署，制定本方案。\n{NOWHERE}"


@pytest.mark.parametrize(
    ("title", "region", "inferred"),
    [
        ("浙江省工业领域碳达峰实施方案", "33", False),
        ("关于印发浙江省碳达峰实施方案的通知", "33", False),
        ("江苏、浙江方案比较报告", "32", True),
        ("浙江方案提出：", "33", True),
        ("浙江消息", "33", True),
    ],
)
def test_a_title_that_names_one_place_states_it(title: str, region: str, inferred: bool) -> None:  # noqa: FBT001
    [found] = read_document(document_of(f"{title}\n{NOWHERE}".encode(), "a.txt")).proposals
    assert (found.region, "jurisdiction_inferred" in found.flags) == (region, inferred)


@pytest.mark.parametrize(
    ("text", "owner", "question", "targets"),
    [
        (ONE, "33", "发文机关未填", 1),
        (f"浙江方案提出：\n{NOWHERE}", "33", "归属（浙江）据上下文判断", 1),
        (TWO, TO_CHOOSE, "江苏；上海", 0),
        (UNKNOWN, TO_CHOOSE, "云溪省", 1),
        (NOWHERE, TO_CHOOSE, "文中未见地区", 1),
    ],
)
def test_the_owner_is_the_documents_place_or_a_question(
    text: str, owner: str, question: str, targets: int, tmp_path: Path
) -> None:
    document = document_of(text.encode(), "a.txt")
    draft = draft_plan([document], {"a.txt": read_document(document)}, "a")
    write_plan(draft, tmp_path / "a.yaml")
    assert load_plan(tmp_path / "a.yaml") == draft
    assert (draft.owner, len(draft.targets)) == (owner, targets)
    assert any(question in point.zh for point in draft.open_points)


def test_a_place_that_a_person_names_is_the_owner() -> None:
    document = document_of(UNKNOWN.encode(), "a.txt")
    reading = read_document(document, "Zhejiang")
    draft = draft_plan([document], {"a.txt": reading}, "a", owner="33")
    assert (draft.owner, len(draft.targets)) == ("33", 1)


def test_an_unsure_indicator_joins_a_candidate_only_with_the_same_value() -> None:
    sure = "重庆市：到2025年，建成市级及以上绿色园区30个以上。"
    unsure = "重庆市：到2025年，建成绿色园区{}个以上。"
    texts = {name: document_of(text.encode(), name) for name, text in
             {"a": sure, "b": unsure.format(30), "c": unsure.format(90)}.items()}  # fmt: skip
    readings = {name: read_document(document) for name, document in texts.items()}
    assert [one.documents for one in merge({n: readings[n] for n in "ab"})] == [("a", "b")]
    assert len(merge({n: readings[n] for n in "ac"})) == 2


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def review(folder: Path, text: str, changed: dict[str, Any], **more: Any) -> Path:
    """Return a saved review that accepts every figure of a text, with these changes to each."""
    (folder / "a.txt").write_text(text, encoding="utf-8")
    document = document_of(text.encode(), "a.txt")
    decisions = [
        {
            "start": p.start,
            "end": p.end,
            "slice": p.slice,
            "decision": "accept",
            "shown": Changes.of(p).model_dump(),
            "changed": changed,
        }
        for p in read_document(document).proposals
    ]
    held = {
        "format": "dafeng-review-1",
        "file": "a.txt",
        "sha256": document.sha256,
        "person": "王敏",
        "date": "2026-01-02",
        "decisions": decisions,
    }
    path = folder / "a.review.json"
    path.write_text(json.dumps(held | more), encoding="utf-8")
    return path


def test_accepted_targets_of_several_places_do_not_make_one_plan(tmp_path: Path) -> None:
    saved, plan = review(tmp_path, TWO, {}), tmp_path / "p.yaml"
    done = run("read", "accept", saved, "--plan", plan)
    assert (done.exit_code, plan.exists()) == (2, False)
    assert "several_places" in done.stderr
    done = run("read", "accept", saved, "--plan", plan, "--jurisdiction", "上海")
    assert done.exit_code == 1
    assert "other_place" in done.stderr
    held = load_plan(plan)
    assert (held.owner, [target.value for target in held.targets]) == ("31", [14])


@pytest.mark.parametrize(
    ("changed", "code", "entered"),
    [
        ({"base_year": 2030}, "contrary_fields", []),
        ({"high_base": 1}, "contrary_fields", []),
        ({"value_base": 250}, "entered_in_words", [None]),
        ({"comparator": "~"}, "entered_in_words", [None]),
        ({"kind": "context"}, "not_a_target", []),
        ({"unit_base": "furlong"}, "unknown_unit", []),
        ({"indicator_id": "nope"}, "unknown_indicator", []),
    ],
)
def test_an_edit_that_cannot_be_is_not_entered_as_a_figure(
    changed: dict[str, Any], code: str, entered: list[float | None], tmp_path: Path
) -> None:
    plan = tmp_path / "p.yaml"
    done = run("read", "accept", review(tmp_path, ONE, changed), "--plan", plan)
    assert code in done.stderr
    assert [target.value for target in load_plan(plan).targets] == entered


@pytest.mark.parametrize(
    ("changed", "more", "code"),
    [
        ({}, {"person": " "}, "bad_field"),
        ({}, {"date": "yesterday"}, "bad_field"),
        ({}, {"sha256": "0"}, "other_text"),
        ({}, {"file": "../../none.txt"}, "no_file"),
    ],
)
def test_a_review_that_was_edited_to_nonsense_is_refused(
    changed: dict[str, Any], more: dict[str, Any], code: str, tmp_path: Path
) -> None:
    plan = tmp_path / "p.yaml"
    done = run("read", "accept", review(tmp_path, ONE, changed, **more), "--plan", plan)
    assert (done.exit_code, plan.exists()) == (2, False)
    assert code in done.stderr


def test_one_figure_is_not_accepted_twice(tmp_path: Path) -> None:
    saved = review(tmp_path, ONE, {})
    held = json.loads(saved.read_text(encoding="utf-8"))
    saved.write_text(json.dumps(held | {"decisions": held["decisions"] * 2}), encoding="utf-8")
    assert "bad_review" in run("read", "accept", saved, "--plan", tmp_path / "p.yaml").stderr


@pytest.mark.parametrize("words", [("--text",), ("--plan",)])
def test_the_document_that_is_read_is_never_written_over(words: list[str], tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(ONE, encoding="utf-8")
    for command in (["read", source, *words, source], ["read", "review", source, "--out", source]):
        assert "overwrites_document" in run(*command).stderr
    assert source.read_text(encoding="utf-8") == ONE


@pytest.mark.parametrize(
    "line",
    [
        '{"start": "1", "end": 2, "value": 1, "year": 2025, "kind": "target"}',
        '{"start": 1, "end": 2, "value": "x", "year": "y", "kind": 7}',
        '{"start": 1, "end": 2, "value": NaN, "year": 2025, "kind": "target"}',
        '{"start": -5, "end": 9999, "value": 1, "year": 2025, "kind": "target"}',
        "[1]",
        "{",
    ],
)
def test_annotations_that_cannot_be_are_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ONE, encoding="utf-8")
    (tmp_path / "g.jsonl").write_text(line + "\n", encoding="utf-8")
    done = run("read", "score", tmp_path / "a.txt", tmp_path / "g.jsonl")
    assert done.exit_code == 2
    assert "gold" in done.stderr


def test_annotations_need_no_slice(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ONE, encoding="utf-8")
    row = {"start": 0, "end": 2, "value": 1, "year": 2025, "kind": "target"}
    (tmp_path / "g.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = run("read", "score", tmp_path / "a.txt", tmp_path / "g.jsonl", "--lang", "en")
    assert done.exit_code == 1
    assert "missed · 0 · 浙江" in done.stdout


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for command in (["read", tmp_path], ["read", "review", tmp_path], ["compare", tmp_path]):
        assert "not_a_file" in run(*command).stderr
