"""Resource factors: what documents state by class, and that nothing else is stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dafeng.cli.verbs import run
from dafeng.gate import Applied, factor_classes, factor_settings, factors
from dafeng.rulebook import load
from dafeng.workspace import Workspace, classes_of

RULES = load()
DAY = date(2026, 7, 1)


def of(*classes: str, region: str | None = None, sector: str = "") -> list[Applied]:
    return list(factors(RULES, DAY, set(classes), region, sector))


def test_every_factor_cites_a_clause_and_its_number_is_in_the_rulebook() -> None:
    for one in factor_settings().factors:
        RULES.clause(one.clause)
    for applied in factors(RULES, DAY):
        assert (applied.value is not None) is bool(applied.factor.set), applied.factor.clause
    RULES.clause(factor_settings().punitive.clause)


@pytest.mark.parametrize(
    ("name", "clause", "number"),
    [
        ("restricted", "ndrc-2010-978/differential", 0.10),
        ("eliminated", "ndrc-2010-978/differential", 0.30),
        ("over_double_quota", "ndrc-2010-978/punitive", 0.30),
        ("restricted", "ndrc-2016-2803/differential", 0.1),
        ("eliminated", "ndrc-2016-2803/differential", 0.5),
        ("eliminated", "ndrc-2016-75/eliminated", 0.40),
        ("D", "xiaoshan-budget-2022/adjustment", -2.0),
        ("A", "xiaoshan-budget-2022/adjustment", 0.8),
    ],
)
def test_numbers_are_those_of_the_documents(name: str, clause: str, number: float) -> None:
    [one] = [a for a in of(name) if a.factor.clause == clause]
    assert one.value is not None
    assert one.value.number == number


def test_a_range_is_no_number_and_a_statement_without_one_has_none() -> None:
    [price] = [a for a in of("D") if a.factor.clause == "per-mu-practice/surcharge" and a.value]
    assert price.value is not None
    assert (price.value.number, price.value.low, price.value.high) == (None, 0.1, 0.3)
    assert price.mark == "recalled"
    land = [a for a in of("D") if a.factor.resource == "land" and a.factor.region == "33"]
    assert land
    assert all(a.value is None for a in land)


def test_a_number_of_another_year_is_told_apart() -> None:
    [one] = [a for a in of("C") if a.factor.clause == "xiaoshan-budget-2022/adjustment"]
    assert one.over
    [then] = [
        a
        for a in factors(RULES, date(2022, 7, 1), {"C"})
        if a.factor.clause == "xiaoshan-budget-2022/adjustment"
    ]
    assert not then.over


def test_cement_and_steel_have_left_the_price_of_eight_sectors() -> None:
    """2016年75号 and 2803号 replace it there; a works of glass keeps the punitive price."""

    def cited(name: str, sector: str, day: date) -> set[str]:
        return {a.factor.clause for a in factors(RULES, day, {name}, "33", sector)}

    differential, punitive = "ndrc-2010-978/differential", "ndrc-2010-978/punitive"
    for sector, first in (("3011", date(2016, 1, 21)), ("31", date(2017, 1, 1))):
        before = date(first.year - 1, 12, 31)
        assert differential in cited("eliminated", sector, before)
        assert differential not in cited("eliminated", sector, first)
        assert punitive not in cited("over_double_quota", sector, first)
    assert cited("eliminated", "3011", DAY) == {"ndrc-2016-75/eliminated"}
    assert differential in cited("eliminated", "32", DAY)
    assert punitive in cited("over_double_quota", "3041", DAY)


def test_a_place_has_no_factor_of_another_place() -> None:
    assert not [a for a in of("D", region="4401") if a.factor.region]
    steel = [a.factor.clause for a in of("eliminated", region="1301", sector="31")]
    assert "ndrc-2016-2803/provinces" in steel  # Hebei
    assert "ndrc-2016-2803/provinces" not in [
        a.factor.clause for a in of("eliminated", region="33", sector="31")
    ]
    assert "ndrc-2016-75/eliminated" not in steel  # cement


FILES = {
    "reporters": "reporter,kind,name_zh,region,sector,mark\n"
    "F1,enterprise,甲,3301,26,synthetic\nF2,enterprise,乙,3301,31,synthetic\n",
    "per_mu": "reporter,year,class,source\nF1,2024,B,x\nF1,2025,D,x\n",
    "lists": "list,subject,first,last,source\npolicy_restricted,F2,2020-01-01,,x\n"
    "policy_eliminated,F2,2020-01-01,2025-12-31,x\n",
    # limit of caustic soda, liquid 30 %: 350 kgce/t; 700 is double, 700.1 more than that
    "unit_energy": "reporter,subject,year,family,scale,value,source\n"
    "F1,L1,2025,quota-caustic-soda,caustic-soda-30,700.1,x\n"
    "F2,L2,2025,quota-caustic-soda,caustic-soda-30,700,x\n",
}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("factors")
    made = Workspace.create(folder / "ws", region="33")
    for name, text in FILES.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        assert made.import_file(file, table=name).taken
    return made


def test_an_enterprise_has_the_classes_that_the_books_show(ws: Workspace) -> None:
    first, second = classes_of(ws, "F1", DAY), classes_of(ws, "F2", DAY)
    assert first is not None
    assert second is not None
    assert set(first.classes) == {"D", "over_quota", "over_double_quota"}
    assert set(second.classes) == {"restricted", "over_quota"}  # off the other list since 2026
    assert (first.per_mu, second.per_mu) == (True, False)
    assert classes_of(ws, "F9", DAY) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command(ws: Workspace, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments: dict[str, Any] = {"workspace": ws.store.path, "as_of": "2026-07-01"}
    assert run("factors", lang, as_json=False, who=None, **arguments) == 0
    shown = capsys.readouterr().out
    assert {"zh": "所见资料未给数值", "en": "the reference states no number"}[lang] in shown
    assert all(f"{name}: " in shown for name in factor_classes())
    assert run("factors", lang, as_json=True, who="F2", **arguments) == 0
    assert '"per_mu_known": false' in capsys.readouterr().out
    assert run("factors", lang, as_json=False, who="nobody", **arguments) == 2


def test_without_a_workspace_classes_are_shown_all_the_same(tmp_path: Path) -> None:
    assert run("factors", "en", as_json=True, who="D", workspace=tmp_path, as_of=None) == 0
    assert run("factors", "en", as_json=True, who="F1", workspace=tmp_path, as_of=None) == 2
