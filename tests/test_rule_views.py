"""What `dafeng rules show` and `rules list` say of each kind of rule."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dafeng import report
from dafeng.findings import Finding
from dafeng.report import rule_view, rules_data, rules_view
from dafeng.rulebook import Rulebook, load
from dafeng.rulebook.load import DATA
from dafeng.vocabulary import Fault

RULES = load()

SCORECARD = """
id: card-2030
family: card
title: {zh: 评分, en: Score}
document: zj-air-quality-draft
clause: %s
checked: M
template: true
criteria:
  - {id: intensity, zh: 强度, en: intensity, unit: tce/t, base: 0.9, lead: 0.6, direction: at_most}
  - {id: share, zh: 比例, en: share, weight: 12.5, unit: "%%"}
classes: [{id: A, zh: 甲, en: A, top: 0.2}]
open_points: [{zh: 权重未载, en: the weight is not stated}]
"""


def printed(things: Any, width: int = 80) -> str:
    """The things as a terminal of that width shows them, with runs of space as one."""
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    for thing in things:
        console.print(thing)
    return " ".join(stream.getvalue().split())


def show(wanted: str, as_of: str | None = None, lang: str = "en", width: int = 200) -> str:
    return printed(rule_view(RULES, wanted, as_of, lang)[0], width)


def with_scorecard(folder: Path) -> Rulebook:
    """The rules with a scorecard of a draft laid over them."""
    clause = RULES.documents["zj-air-quality-draft"].clauses[0].id
    (folder / "scorecards").mkdir()
    (folder / "scorecards" / "card.yaml").write_text(SCORECARD % clause, encoding="utf-8")
    return load(DATA, folder)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-06-30", "quota-steel-2013"),
        ("2026-07-01", "quota-steel-2025"),
        ("2025", "quota-steel-2013"),
    ],
)
def test_a_family_shows_the_edition_in_force(day: str, wanted: str) -> None:
    data = rule_view(RULES, "quota-steel", day, "zh")[1]
    assert [rule["id"] for rule in data["rules"]] == [wanted]


def test_a_family_without_a_date_lists_its_editions() -> None:
    data = rule_view(RULES, "quota-steel", None, "zh")[1]
    (family,) = data["rules"]
    assert [one["id"] for one in family["editions"]] == ["quota-steel-2013", "quota-steel-2025"]
    assert "2026-07-01 – …" in show("quota-steel")


def test_a_draft_is_not_in_force_but_is_shown_by_its_name() -> None:
    with pytest.raises(Fault, match="no_edition"):
        rule_view(RULES, "ets-power-coal", "2025-06", "zh")
    for lang, said in (("zh", "草案"), ("en", "draft")):
        text = show("ets-power-coal-2025", "2025-06", lang)
        assert said in text.partition("\n")[0]
        assert text.count(said) > 1  # each step says it too


@pytest.mark.parametrize(
    ("family", "day", "said"),
    [
        ("ets-power-coal", date(2026, 1, 1), ("there is only the draft ets-power-coal-2025",)),
        ("capacity-steel", date(2025, 1, 1), ("capacity-steel-2021", "was suspended")),
    ],
)
def test_where_no_edition_is_in_force_the_reason_is_said(
    family: str, day: date, said: tuple[str, ...]
) -> None:
    with pytest.raises(Fault) as caught:
        RULES.edition(RULES.formulas, family, day)
    cause = Finding.of(caught.value).cause("en")
    assert all(words in cause for words in said)


def test_an_edition_outside_its_time_is_refused() -> None:
    with pytest.raises(Fault, match="edition_out_of_time"):
        rule_view(RULES, "quota-steel-2025", "2026-06-30", "zh")


def test_a_scale_shows_limits_correction_and_only_its_own_inputs() -> None:
    text = show("quota-steel-2025/sintering")
    for said in ("43", "46", "52", "kgce/t", "0.15 * rare_earth_ore", "laterite_ore", "table-1"):
        assert said in text
    assert "republished" in text
    assert "hot_metal" not in text


def test_nothing_of_a_table_is_cut_in_a_narrow_terminal() -> None:
    narrow = show("quota-steel-2025/sintering", width=40).replace(" ", "")
    assert "limit+0.15*rare_earth_ore+0.2*vanadium_titanium_magnetite+1.2*laterite_ore" in narrow


def test_a_document_shows_its_tree_with_what_rests_on_it() -> None:
    shown, data = rule_view(RULES, "gb-21256-2025", None, "en")
    (document,) = data["rules"]
    counts = document["resting"]
    limits = sum(
        limit is not None
        for edition in RULES.scales.values()
        if edition.document == "gb-21256-2025"
        for scale in edition.scales
        for limit in scale.limits
    )
    assert sum(held.get("scales", 0) for held in counts.values()) == limits
    assert "table-1 sintering" in printed(shown)


def test_a_clause_shows_what_rests_on_it() -> None:
    shown, data = rule_view(RULES, "gb-21256-2025/table-1", None, "en")
    assert data["rules"][0]["resting"] == ["scales:quota-steel-2025"]
    assert "sintering" in printed(shown)


def test_values_say_what_the_data_say_in_full() -> None:
    data = rule_view(RULES, "electricity-2023", None, "en")[1]
    value = next(one for one in data["values"] if one["keys"]["region"] == "grid-north")
    held = RULES.values[value["id"]]
    assert (value["value"], value["unit"]) == (held.number, held.unit)
    assert value["data_year"] == 2023
    assert value["mark"] == "republished"
    assert value["source"] == held.clause


def test_a_deadline_after_an_event_is_said_in_words() -> None:
    assert "within 40 days after the end of the month" in show("ets-monthly-evidence")
    assert "当月结束后 40 日内" in show("ets-monthly-evidence", lang="zh")


def test_every_event_of_a_deadline_has_words() -> None:
    """An event without words would stand as its id in Chinese text."""
    said = {
        card.id: cell.of("zh")
        for card in report.cards_of(RULES, "deadlines")
        for name, cell in card.facts
        if name.en == "due"
    }
    assert not {one: text for one, text in said.items() if re.search("[a-z]", text)}


def test_a_scorecard_says_that_it_is_a_template_of_a_draft_and_what_is_open(tmp_path: Path) -> None:
    shown, data = rule_view(with_scorecard(tmp_path), "card-2030", None, "en")
    text = printed(shown, 200)
    assert data["rules"][0]["flags"] == ["draft", "template"]
    for said in ("draft", "template", "the weight is not stated", "12.5", "0.9", "0.6", "recalled"):
        assert said in text


def test_lists_hold_every_rule_and_a_day_cuts_them() -> None:
    data = rules_data(RULES, None, "zh")
    for kind, rows in data.items():
        assert [row["id"] for row in rows] == list(getattr(RULES, kind))
    then = {row["id"] for row in rules_data(RULES, date(2026, 6, 30), "zh")["scales"]}
    assert "quota-steel-2013" in then
    assert "quota-steel-2025" not in then
    drafts = [row for row in data["formulas"] if row["id"] == "ets-power-coal-2025"]
    assert "草案" in drafts[0]["mark"]
    assert "quota-steel-2025" in printed(rules_view(RULES, None, "zh"))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(Fault, match="unknown_rule"):
        rule_view(RULES, "no-such-rule", None, "zh")
