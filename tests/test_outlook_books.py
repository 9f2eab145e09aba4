"""History by sector from the books, plans and registered projects as parts of a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafeng.cli.verbs import run
from dafeng.outlook import decompose, project, statement_figure, statement_tree
from dafeng.vocabulary import Fault
from dafeng.workspace import Workspace, keep_statements, open_history, open_scenario

YEARS = range(2020, 2026)
TITLE = {"zh": "例", "en": "case"}
CITED = {"document": "by hand", "checked": "M"}

REPORTERS = """reporter,kind,name_zh,region,sector,mark
mill,enterprise,纸厂（虚构）,3302,22,synthetic
works,enterprise,机械厂（虚构）,3303,34,synthetic
late,enterprise,迟报厂（虚构）,3303,34,synthetic
plant,enterprise,电厂（虚构）,3303,4411,synthetic
"""
PROJECTS = """project,reporter,region,sector,kind,title_zh,reduction_tco2,status,source,mark
p1,mill,3302,22,retrofit,改造,300,building,list,synthetic
p2,mill,3302,22,retrofit,改造,200,planned,list,synthetic
p3,mill,3302,22,retrofit,改造,900,running,list,synthetic
p4,works,3303,34,retrofit,改造,,building,list,synthetic
p5,plant,3303,4411,retrofit,改造,700,building,list,synthetic
"""


def entries() -> str:
    lines = ["reporter,period,item,flow,product,quantity,unit,source,mark"]
    for t, year in enumerate(YEARS):
        for who, made, power in (
            ("mill", 100 + 5 * t, 10_000 + 200 * t),
            ("works", 300 + 20 * t, 20_000 + 100 * t),
            ("late", 50, 900),
            ("plant", 80, 100),
        ):
            if who == "late" and year == YEARS[-1]:
                continue
            value = f"{who},{year},value_added,produced,2020,{made},10^4 yuan,report,synthetic"
            lines += [value, f"{who},{year},electricity,purchased,,{power},MWh,bill,synthetic"]
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("books")
    made = Workspace.create(folder / "ws", region="33", synthetic=True)
    firms = ("mill", "works", "late", "plant")
    assigned = [
        f"{who},{method},{purpose}"
        for who in firms
        for method, purpose in (
            ("other-industry-2015", "inventory"),
            ("comprehensive-energy-2020", "energy"),
        )
    ]
    tables = {
        "reporters": REPORTERS,
        "assignments": "\n".join(["reporter,method,purpose", *assigned, ""]),
        "entries": entries(),
        "projects": PROJECTS,
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
        done = made.import_file(folder / f"{name}.csv", table=name)
        assert done.taken, (name, [f.code for f in done.findings])
    return made


@pytest.fixture(scope="module")
def history(ws: Workspace) -> Any:
    return open_history(None, ws)


def test_only_enterprises_that_reported_every_year_are_in_it(history: Any) -> None:
    held, findings = history
    assert held.axes["sector"] == ("22", "34")  # the power plant is left out
    assert held.years == tuple(YEARS)
    [found] = findings
    assert (found.code, found.values["kept"], found.values["firms"]) == ("history_fixed_set", 2, 3)
    # works 400 · 10⁴ yuan in 2025; late's 50 are in no year
    at = (0, held.axes["sector"].index("34"), held.axes["fuel"].index(""), -1)
    assert held.values["activity"][at] == 4_000_000
    assert held.mark == "synthetic"
    assert held.groups["22"] == "C"


def test_the_sums_are_those_of_the_accounts(ws: Workspace, history: Any) -> None:
    held, _ = history
    accounts = ws.account(reporters=["mill", "works"], year="2025")
    emitted = sum(a.grams or 0 for a in accounts.lines if a.measure == "emission")
    found = decompose(held, (2020, 2025))
    assert found.after == emitted > 0
    assert sum(found.effects.values()) == found.after - found.before
    assert found.unit == "gCO2e"


def scenario(folder: Path, **fields: Any) -> Path:
    given = {"id": "case", "title": TITLE, "horizon": 2035, "settings": {"draws": 200}} | fields
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump(given, allow_unicode=True), "utf-8")
    return path


REGISTERED = {
    "delivered": {"low": 50, "central": 80, "high": 100},
    "start": 2025,
    "full": 2028,
    "source": CITED,
}


def test_registered_projects_become_a_lever_per_sector(
    ws: Workspace, history: Any, tmp_path: Path
) -> None:
    held, _ = history
    found, findings = open_scenario(scenario(tmp_path, registered=REGISTERED), held, ws)
    [lever] = found.levers
    assert lever.projects == ("p1", "p2")  # p3 is running: in the history already
    assert lever.tonnes is not None
    assert (lever.tonnes.low, lever.tonnes.central) == (250, 400)  # 50 and 80 % of 300 + 200 t
    assert lever.source.checked == "synthetic"  # the worst of the projects' marks
    assert [(f.code, f.values["count"]) for f in findings] == [("projects_left_out", 2)]  # p4, p5


def test_targets_and_measures_of_plans_are_found(
    ws: Workspace, history: Any, tmp_path: Path
) -> None:
    held, _ = history
    lever = {"id": "x", "title": TITLE, "change": -5, "start": 2025, "full": 2030, "source": CITED}
    path = scenario(
        tmp_path,
        levers=[lever | {"measure": "zhejiang-industry-2023/II.4"}],
        plan_targets=["zhejiang-industry-2023/ZJ-6"],
    )
    found, _ = open_scenario(path, held, ws)
    [goal] = found.targets
    assert (goal.kind, goal.value, goal.source.checked) == ("peak_year", 2030, "V~")
    projection = project(held, found)
    assert [one.year for one in projection.statements] == [2030]
    assert projection.mark == "synthetic"
    assert "history_short" in {finding.code for finding in projection.findings}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"plan_targets": ["zhejiang-industry-2023/none"]}, "unknown_plan_target"),
        ({"plan_targets": ["zhejiang-industry-2023/ZJ-1"]}, "goal_indicator"),
        (
            {
                "levers": [
                    {"id": "x", "title": TITLE, "change": -5, "start": 2025, "full": 2030}
                    | {"source": CITED, "measure": "no-plan/1"}
                ]
            },
            "unknown_plan_measure",
        ),
    ],
)
def test_what_a_plan_does_not_have_is_refused(
    ws: Workspace, history: Any, tmp_path: Path, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(Fault) as fault:
        open_scenario(scenario(tmp_path, **fields), history[0], ws)
    assert fault.value.code == code


def test_registered_projects_want_a_workspace(history: Any, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="registered_wanted"):
        open_scenario(scenario(tmp_path, registered=REGISTERED), history[0], None)


ROUTE = {"lever": "route", "activity": {"low": 1e6, "central": 2e6, "high": 4e6}, "change": 0.5}


def lever_set(roadmap: str = "steel", *levers: Any, **fields: Any) -> dict[str, Any]:
    source = {"document": "by hand", "checked": "V"}
    given = {"roadmap": roadmap, "levers": levers, "start": 2025, "full": 2030, "source": source}
    return given | fields


def test_levers_of_roadmaps_are_taken_with_the_savings_they_cite(
    history: Any, tmp_path: Path
) -> None:
    ash = {"lever": "raw_materials", "item": "carbide_slag", "activity": 1000, "change": 0.5}
    sets = [lever_set("steel", ROUTE, sectors=["34"]), lever_set("cement", ash)]
    found, _ = open_scenario(scenario(tmp_path, roadmaps=sets), history[0], None)
    route, other = found.levers
    # 1 to 2 t per tonne moved: 1 Mt · 0.5 · 1, 2 Mt · 0.5 · 1.5, 4 Mt · 0.5 · 2
    assert route.tonnes is not None
    assert (route.id, route.sectors) == ("steel-route", ("34",))
    assert (route.tonnes.low, route.tonnes.central, route.tonnes.high) == (5e5, 1.5e6, 4e6)
    # the amounts were seen in a copy (V), the saving in a secondary source (V~): the worse counts
    assert (route.source.checked, route.source.our_reading) == ("V~", True)
    assert other.id == "cement-raw_materials-carbide_slag"
    assert other.tonnes is not None
    assert other.tonnes.central == pytest.approx(240)  # 1,000 t · 0.5 · 0.48


@pytest.mark.parametrize(
    ("sets", "code"),
    [
        ([lever_set("steel", ROUTE | {"lever": "hydrogen"})], "lever_not_sourced"),
        ([lever_set("steel", ROUTE | {"lever": "wind"})], "unknown_lever"),
        ([lever_set("glass", ROUTE)], "unknown_roadmap"),
        ([lever_set("steel", ROUTE | {"activity": -1})], "bad_field"),
        ([lever_set("steel", ROUTE), lever_set("steel", ROUTE)], "bad_field"),
        (
            [lever_set("cement", ROUTE | {"lever": "raw_materials", "item": "gold"})],
            "unknown_lever_item",
        ),
    ],
)
def test_a_roadmap_says_nothing_it_does_not_know(
    history: Any, tmp_path: Path, sets: Any, code: str
) -> None:
    with pytest.raises(Fault) as fault:
        open_scenario(scenario(tmp_path, roadmaps=sets), history[0], None)
    assert fault.value.code == code


def test_a_statement_that_was_shown_is_found_again_and_tells_what_changed(
    ws: Workspace, history: Any, tmp_path: Path
) -> None:
    shown = []
    for percent in (2, 3):
        stated = {"driver": "activity", "percent": {2026: percent}, "source": CITED}
        read, _ = open_scenario(scenario(tmp_path, growth=[stated]), history[0], ws)
        found = project(history[0], read, by=[2030])
        keep_statements(ws, found)
        shown.append((statement_figure(found, found.statements[0]), found.statements[0]))
    (old, _), (new, statement) = shown
    newest = ws.explain(old.rpartition(":")[0])
    assert (newest.figure, newest.tree.value) == (new, statement.probability)
    assert newest.tree == statement_tree(found, statement)
    before = ws.explain(old)
    assert (before.kept, before.figure) == (True, new)
    assert ("growth/0/2026 %", 2, 3) in before.changes
    with pytest.raises(Fault, match="unknown_figure"):
        ws.explain("outlook:peak~none~by-2030:33:2025-2035")
    with pytest.raises(Fault, match="bad_figure_id"):
        ws.explain("outlook:../../..:33:2025-2035")


def test_without_file_and_workspace_there_is_no_history(tmp_path: Path, capsys: Any) -> None:
    asked: dict[str, Any] = {"history": None, "first": None, "last": None, "identity": "industry"}
    asked |= {"chained": False, "by": None, "explain": False, "tables": None, "figure": None}
    assert run("outlook_decompose", "zh", as_json=False, workspace=tmp_path, **asked) == 2
    assert "books_history" in capsys.readouterr().err


def test_the_books_are_decomposed_from_the_command_line(ws: Workspace, capsys: Any) -> None:
    asked: dict[str, Any] = {"history": None, "first": 2021, "last": None, "identity": "industry"}
    asked |= {"chained": True, "by": None, "explain": True, "tables": None, "figure": None}
    code = run("outlook_decompose", "en", as_json=True, workspace=ws.store.path, **asked)
    data = json.loads(capsys.readouterr().out)
    assert code == 0
    assert sum(data["effects"].values()) == data["after"] - data["before"]
    assert sum(row["effect"] for row in data["rows"]) == data["after"] - data["before"]
    assert {row["mark"] for row in data["rows"]} == {"synthetic"}
    assert data["tree"]["value"] == data["after"] - data["before"]
    [figure] = {node["figure"] for node in (data, data["tree"]) if "figure" in node}
    again = ws.explain(figure)
    assert (again.figure, again.tree.value) == (figure, data["tree"]["value"])
