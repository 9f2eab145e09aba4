"""Allocation of a total to the gram: claims, bounds, reserve, entrants, adoption, adjustments."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from budget_world import make
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.budget import (
    BELOW,
    Allocation,
    Firms,
    allocate,
    allocation_settings,
    read_tiers,
    reason_words,
    sector_levels,
)
from dafeng.cli.verbs import budget as verbs
from dafeng.rulebook import load
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace, budgeting

HOW = allocation_settings()
TIERS = read_tiers(load(), date(2026, 12, 31), "3301")
TCE = 10**6


def firms(
    tce: Sequence[float], *, added: Sequence[float] = (), entrant: Sequence[bool] = (), **other: Any
) -> Firms:
    """Firms by their use in tce; a negative number is not known."""
    size = len(tce)
    known = np.array([x >= 0 for x in tce]) & ~np.array(entrant or [False] * size)
    grams = np.array([round(max(x, 0) * TCE) for x in tce])
    value = np.array(added or [np.nan] * size)
    sectors = np.array(["26"] * size)
    return Firms(
        ids=other.get("ids", [f"F{n:03d}" for n in range(size)]),
        codes=other.get("codes", [f"C{n:03d}" for n in range(size)]),
        last_year=grams,
        known=known,
        estimated=np.zeros(size, bool),
        entrant=np.array(entrant or [False] * size),
        reasons=["" if one else "not_last_year" for one in known],
        sectors=sectors,
        value_added=value,
        levels=sector_levels(grams, known, value, sectors, HOW),
        factors=other.get("factors"),
    )


def run(
    total: float, held: Firms, rule: str = "last-year", outside: float | None = None
) -> Allocation:
    grams = None if outside is None else round(outside * TCE)
    return allocate(round(total * TCE), held, TIERS, HOW, HOW.rule(rule), outside=grams)


# --- By hand ----------------------------------------------------------------------------------


def test_a_total_is_shared_in_proportion_to_last_year() -> None:
    # 20 000 tce less 5 % reserve: 19 000; claims 12 000 and 8 000 stand 3 : 2
    found = run(20000, firms([12000, 8000]), outside=0)
    assert found.reserve == 1000 * TCE
    assert found.budgets.tolist() == [11400 * TCE, 7600 * TCE]
    assert found.balance == 0


def test_a_gram_that_is_left_goes_to_the_smaller_credit_code() -> None:
    # three equal claims of a pot that three does not divide
    held = firms([9000, 9000, 9000], codes=["C3", "C1", "C2"])
    how = HOW.model_copy(update={"reserve": 0.0})
    found = allocate(25_000 * TCE + 1, held, TIERS, how, HOW.rule("last-year"), outside=0)
    assert (found.budgets - found.budgets.min()).tolist() == [0, 1, 1]  # 25 000 000 001 = 3q + 2
    found = allocate(24_999 * TCE + 1, held, TIERS, how, HOW.rule("last-year"), outside=0)
    assert (found.budgets - found.budgets.min()).tolist() == [0, 1, 0]  # one gram: C1


def test_what_caps_leave_stays_in_the_reserve() -> None:
    # 30 000 less 1 500: the cap of 110 % leaves 28 500 − 22 000
    found = run(30000, firms([12000, 8000]), outside=0)
    assert found.budgets.tolist() == [13200 * TCE, 8800 * TCE]
    assert found.reserve == (1500 + 6500) * TCE


def test_claims_are_not_stretched_where_nobody_says_what_others_need() -> None:
    found = run(30000, firms([12000, 8000]))
    assert found.budgets.tolist() == [12000 * TCE, 8000 * TCE]
    assert found.outside == 8500 * TCE


def test_a_floor_holds_and_the_others_give() -> None:
    # sector level: the median of 2000, 1000 and 1000 g per 10³ yuan: claims 6000, 12 000, 6000.
    # The first stands at its floor, 70 % of 12 000 = 8400; of 24 000, 15 600 are shared 2 : 1
    held = firms([12000, 12000, 6000], added=[6e9, 12e9, 6e9])
    bounds = HOW.bounds.model_copy(update={"floor": 0.7})
    how = HOW.model_copy(update={"reserve": 0.0, "bounds": bounds})
    found = allocate(24000 * TCE, held, TIERS, how, HOW.rule("benchmark"), outside=0)
    assert found.budgets.tolist() == [8400 * TCE, 10400 * TCE, 5200 * TCE]
    assert found.bound.tolist() == [-1, 0, 0]


def test_floors_above_the_total_are_said() -> None:
    found = run(10000, firms([12000, 8000]))
    assert [one.code for one in found.findings] == ["budget_floors", "budget_nothing_outside"]
    assert (found.bound == BELOW).all()
    assert found.balance == 0


def test_small_users_share_one_line() -> None:
    found = run(20000, firms([12000, 900, 500]))
    assert found.held.tolist() == [True, False, False]
    assert found.small == 1400 * TCE
    assert found.balance == 0


def test_entrants_are_served_from_the_reserve() -> None:
    found = run(20000, firms([12000, 600, 2000], entrant=[False, False, True]))
    assert found.budgets[2] == 1000 * TCE  # all of the reserve, of 2000 that it claims
    assert found.reserve == 0
    assert "budget_entrants_short" in [one.code for one in found.findings]


def test_who_did_not_report_has_no_budget_and_is_no_zero() -> None:
    found = run(20000, firms([12000, -1]))
    assert found.held.tolist() == [True, False]
    said = next(one for one in found.findings if one.code == "budget_no_base")
    assert said.place == "F001"
    assert "did not report last year" in said.cause("en")


def test_what_is_set_aside_has_to_fit() -> None:
    with pytest.raises(Fault, match="budget_too_small"):
        run(1000, firms([12000]), outside=990)


def test_a_claim_that_no_whole_number_holds_is_refused() -> None:
    # two intensive firms set the level, 1.6178 × 10^7 g/yuan; times 6 × 10^11 yuan it is > 2^63
    held = firms([1.0, 1_617_800.0, 1_617_800.0], added=[6e11, 1e5, 1e5])
    with pytest.raises(Fault, match="budget_claims_beyond") as fault:
        run(1e6, held, "benchmark")
    assert fault.value.place == "F000"


def test_a_mix_lies_between_its_parts() -> None:
    held = firms([12000, 12000, 6000], added=[6e9, 12e9, 6e9])
    claims = {r: run(1e6, held, r).claims for r in ("last-year", "benchmark", "mix")}
    assert claims["mix"].tolist() == ((claims["last-year"] + claims["benchmark"]) // 2).tolist()


# --- Properties -------------------------------------------------------------------------------

SOME = st.lists(
    st.tuples(
        st.one_of(st.just(-1.0), st.floats(0, 1e7)),  # use in tce
        st.one_of(st.just(np.nan), st.floats(1e6, 1e10)),  # value added
        st.booleans(),  # entrant
        st.integers(0, 3),  # credit codes that tie
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(
    SOME,
    st.integers(0, 10**16),
    st.sampled_from(["last-year", "benchmark", "mix"]),
    st.one_of(st.none(), st.floats(0, 0.9)),
)
def test_all_lines_add_up_to_the_total_to_the_gram(
    rows: list[tuple[float, float, bool, int]], total: int, rule: str, outside: float | None
) -> None:
    use, added, entrant, _ = zip(*rows, strict=True)
    new = [e and u >= 0 for e, u in zip(entrant, use, strict=True)]
    held = firms(use, added=added, entrant=new)
    aside = None if outside is None else int(total * outside)
    found = allocate(total, held, TIERS, HOW, HOW.rule(rule), outside=aside)
    lines = (int(found.budgets.sum()), found.reserve, found.small, found.outside)
    assert sum(lines) == total
    assert min(lines) >= 0
    assert (found.budgets[~found.held] == 0).all()
    assert found.held.sum() == 0 or (found.budgets >= 0).all()
    ours = found.held & ~held.entrant
    if "budget_floors" not in {one.code for one in found.findings}:
        low = np.rint(held.last_year * HOW.bounds.floor).astype(np.int64)
        high = np.rint(held.last_year * HOW.bounds.cap).astype(np.int64)
        assert (found.budgets[ours] >= low[ours]).all()
        assert (found.budgets[ours] <= high[ours]).all()


@settings(max_examples=50, deadline=None)
@given(SOME, st.integers(0, 10**13), st.randoms(use_true_random=False))
def test_the_order_of_firms_changes_nothing(
    rows: list[tuple[float, float, bool, int]], total: int, shuffle: Any
) -> None:
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    names = [f"C{n:03d}" for n in range(len(rows))]
    use, added, _, _ = zip(*rows, strict=True)
    first = run(total / TCE, firms(use, added=added, codes=names), "mix", 0)
    moved = {"added": [added[n] for n in order], "codes": [names[n] for n in order]}
    second = run(total / TCE, firms([use[n] for n in order], **moved), "mix", 0)
    assert first.budgets[order].tolist() == second.budgets.tolist()


# --- Tiers ------------------------------------------------------------------------------------


def test_exactly_the_limit_belongs_where_the_settings_say(tmp_path: Path) -> None:
    use = np.array([5001, 5000, 4999, 1000, 999]) * TCE
    known = np.ones(5, bool)
    assert TIERS.of(use, known).tolist() == [0, 0, 1, 1, 2]
    text = "tiers:\n  - {id: tier-1, limit: excluded}\n"
    (tmp_path / "tiers.yaml").write_text(text, "utf-8")
    own = read_tiers(load(), date(2026, 12, 31), "3301", tmp_path)
    assert own.of(use, known).tolist() == [0, 1, 1, 1, 2]
    assert TIERS.citation == "zj-57-2023/II.2"


def test_every_tier_says_who_manages_it_and_by_which_clause() -> None:
    rules = load()
    for tier in TIERS.tiers:
        assert tier.managed_by
        rules.clause(tier.manager.citation)
        rules.clause(tier.citation)
    assert TIERS.tiers[0].manager.mark == "recalled"  # the reference has it from memory
    assert set(reason_words()) >= {"never", "not_last_year", "few_months", "no_value"}


# --- On the books -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make(tmp_path_factory.mktemp("allocate") / "world")


@pytest.fixture(scope="module")
def budgets(world: Workspace) -> budgeting.Budgets:
    return budgeting.Budgets(world)


def test_bases_are_last_years_use(budgets: budgeting.Budgets) -> None:
    found = budgeting.preview(budgets, budgeting.Asked("3301", 2026, 500_000 * TCE))
    held, result = found.held, found.found
    at = {name: n for n, name in enumerate(held.ids)}
    assert result.budgets[at["OVER"]] == 12 * 1150 * TCE
    # GAP lacks April: eleven months of about 1000 are completed by one month more
    gap = at["GAP"]
    assert result.firms.estimated[gap]
    assert result.budgets[gap] / TCE == pytest.approx(12000, rel=0.01)
    # six months are too few, and nothing at all is nothing
    why = dict(zip(held.ids, result.firms.reasons, strict=True))
    assert (why["STOP"], why["NEW"], why["OVER"]) == ("few_months", "never", "")
    assert found.found.balance == 0


def test_who_is_gone_before_the_year_gets_nothing_of_it(world: Workspace, tmp_path: Path) -> None:
    ws = Workspace(shutil.copytree(world.store.path, tmp_path / "world"))
    row = next(row for row in ws.rows("reporters") if row["reporter"] == "OVER")
    row |= {"last": "2025-12-31"}
    columns = ("reporter", "kind", "credit_code", "name_zh", "region", "sector", "last", "mark")
    said = tmp_path / "reporters.csv"
    text = ",".join(columns) + "\n" + ",".join(row[name] for name in columns) + "\n"
    said.write_text(text, encoding="utf-8")
    assert ws.import_file(said, table="reporters").taken == 1
    opened = budgeting.Budgets(ws)
    for year, there in ((2025, True), (2026, False)):
        found = budgeting.preview(opened, budgeting.Asked("3301", year, 500_000 * TCE))
        assert ("OVER" in found.held.ids) == there
        assert found.found.balance == 0


def test_who_was_silent_last_year_has_no_base(budgets: budgeting.Budgets) -> None:
    found = budgeting.preview(budgets, budgeting.Asked("3301", 2025, 500_000 * TCE))
    why = dict(zip(found.held.ids, found.found.firms.reasons, strict=True))
    assert why["SILENT"] == "not_last_year"


def test_the_xiaoshan_rule_with_its_numbers(budgets: budgeting.Budgets, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("reporter,step,class\nOVER,step-3,A\nF-01,step-5,D\n", encoding="utf-8")
    asked = budgeting.Asked("330109", 2026, 300_000 * TCE, "xiaoshan-2022", cases=cases)
    found = budgeting.preview(budgets, asked)
    at = {name: n for n, name in enumerate(found.held.ids)}
    assert set(at) == {r["reporter"] for r in found.held.rows if r["region"] == "330109"}
    firm = at["F-01"]  # cut 7 %, class D −2 points: 91 % of last year
    base = int(found.found.firms.last_year[firm])
    assert found.found.claims[firm] == round(base * 0.91)
    codes = {one.code for one in found.findings}
    assert {"budget_rule_elsewhere", "budget_no_case"} <= codes  # the scheme is of 2022
    asked = budgeting.Asked("330109", 2026, 300_000 * TCE, "xiaoshan-2022")
    with pytest.raises(Fault, match="budget_needs_cases"):
        budgeting.preview(budgets, asked)


@pytest.mark.parametrize(
    ("cut", "adjustment", "share"),
    # cuts 1 / 2 / 4 / 5 / 7 %; A +0.8, B +0.3, C −1, D −2 points (Xiaoshan 2022)
    [("step-1", "A", 0.998), ("step-3", "A", 0.968), ("step-4", "C", 0.94), ("step-2", "B", 0.983)],
)
def test_cut_and_adjustment_add_up(
    budgets: budgeting.Budgets, tmp_path: Path, cut: str, adjustment: str, share: float
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(f"reporter,step,class\nF-01,{cut},{adjustment}\n", encoding="utf-8")
    asked = budgeting.Asked("330109", 2026, 300_000 * TCE, "xiaoshan-2022", cases=cases)
    found = budgeting.preview(budgets, asked)
    assert found.found.firms.factors is not None
    firm = found.held.ids.index("F-01")
    assert found.found.firms.factors[firm] == pytest.approx(share)


def allocate_verb(ws: Workspace, **options: Any) -> Any:
    """Run the verb with its defaults."""
    unset = dict.fromkeys(
        ("region", "total", "outside", "cases", "adjust", "adopt", "on", "reason")
    )
    defaults = {
        "rule": "last-year",
        "from_room": False,
        "growth": None,
        "everyone": True,
        "year": 2026,
    }
    given_: dict[str, Any] = {"workspace": ws.store.path} | unset | defaults | options
    return verbs.budget_allocate("en", **given_)


def test_adoption_adjustment_and_what_the_books_hold(tmp_path: Path) -> None:
    ws = make(tmp_path / "world")
    preview = allocate_verb(ws, total=500000.123456)
    assert preview.data["adopted"] is None
    assert ws.table("budgets").num_rows == 38  # nothing was written: 36 budgets, total, reserve
    with pytest.raises(Fault, match="budget_needs_who"):
        allocate_verb(ws, total=500000.0, adopt="DRC")
    done = allocate_verb(ws, total=500000.123456, adopt="DRC", on="2026-01-15", reason="yearly")
    assert done.data["difference"] == 0
    rows = [row for row in ws.rows("budgets") if row["year"] == "2026"]
    whole = {row["kind"]: row for row in rows if not row["reporter"]}
    # to the gram in the table too
    assert round(whole["total"]["quantity_tce"] * TCE) == 500000123456
    kept = sum(round(r["quantity_tce"] * TCE) for r in rows if r["kind"] == "budget")
    assert kept == done.data["budgets"]
    assert {r["source"] for r in rows} == {"DRC: last-year"}
    assert {r["note"] for r in rows} == {"yearly"}
    with pytest.raises(Fault, match="budget_adopted"):
        allocate_verb(ws, total=1.0e6, adopt="DRC", on="2026-01-15", reason="again")
    _adjusted(ws, tmp_path, done.data)


def _adjusted(ws: Workspace, folder: Path, before: dict[str, Any]) -> None:
    file = folder / "adjust.csv"
    head = "reporter,quantity_tce,reason\n"
    file.write_text(head + "OVER,14000,new furnace\n", encoding="utf-8")
    done = allocate_verb(ws, adjust=file, adopt="DRC", on="2026-03-01")
    change = done.data["adjustments"][0]
    taken = done.data["reserves"]["3301"]
    assert change["after"] - change["before"] == taken["before"] - taken["after"]
    followed = budgeting.Budgets(ws).follow(None, "2026-03")
    over = followed.find("OVER")
    assert followed.budgets[over] == 14000 * TCE
    small = before["small"] + before["outside"]
    total = int(followed.budgets.sum()) + (followed.grams_of("reserve") or 0) + small
    assert total == followed.grams_of("total")
    # as of February the adjustment is not seen
    early = budgeting.Budgets(ws).follow(None, "2026-02")
    assert early.budgets[over] == change["before"]
    file.write_text(head + "OVER,900000,too much\n", encoding="utf-8")
    with pytest.raises(Fault, match="budget_reserve_short"):
        allocate_verb(ws, adjust=file)
    file.write_text(head + "NEW,900,none\n", encoding="utf-8")
    with pytest.raises(Fault, match="budget_unknown"):
        allocate_verb(ws, adjust=file)


def test_the_same_question_has_the_same_answer(budgets: budgeting.Budgets) -> None:
    asked = budgeting.Asked("3301", 2026, 400_000 * TCE, "mix", 10_000 * TCE)
    first, second = (budgeting.preview(budgets, asked) for _ in range(2))
    assert first.found.budgets.tolist() == second.found.budgets.tolist()
    rules = budgets.workspace.rules
    at = first.held.ids.index("OVER")
    assert (
        budgeting.told_allocated(first, at, rules).figure
        == budgeting.told_allocated(second, at, rules).figure
    )


def test_an_allocated_budget_is_explained(world: Workspace, budgets: budgeting.Budgets) -> None:
    found = budgeting.preview(budgets, budgeting.Asked("3301", 2026, 400_000 * TCE))
    figure = budgeting.told_allocated(found, found.held.ids.index("OVER"), world.rules).figure
    answer = world.explain(figure)
    assert answer.figure == figure
    assert "energy/OVER/2025" in {node.ref for node in answer.tree.walk()}


def test_a_total_is_wanted(budgets: budgeting.Budgets) -> None:
    with pytest.raises(Fault, match="budget_no_total"):
        budgeting.preview(budgets, budgeting.Asked("3301", 2031))
    with pytest.raises(Fault, match="unknown_budget_rule"):
        budgeting.preview(budgets, budgeting.Asked("3301", 2026, 1, "by-feel"))
