"""The outlook: when emissions peak, how high, and how sure that is."""

from dafeng.outlook.attribution import Attribution, attribute
from dafeng.outlook.baselines import BASELINES
from dafeng.outlook.course import Course, course
from dafeng.outlook.decompose import Decomposition, decompose, identities
from dafeng.outlook.drivers import DRIVERS, Motion, estimate, levels
from dafeng.outlook.goals import GoalMet, goal_kind
from dafeng.outlook.hindcast import METHOD, Hindcast, backtest
from dafeng.outlook.history import History, Unreadable, read_history
from dafeng.outlook.nowcast import Estimate, Months, Nowcast, Signal, nowcast
from dafeng.outlook.nowcast_settings import Early, NowcastSettings, nowcast_settings
from dafeng.outlook.nowcast_tables import month_table, record_table
from dafeng.outlook.panel import Panel
from dafeng.outlook.prior import fit_priors
from dafeng.outlook.projection import Projection, Statement, project
from dafeng.outlook.projection_trace import statement_figure, statement_tree
from dafeng.outlook.scenarios import (
    WHOLE,
    Checked,
    Cited,
    Goal,
    Lever,
    LeverSet,
    Range,
    Registered,
    Scenario,
    SetLever,
    read_scenario,
)
from dafeng.outlook.scores import LevelScore, PeakScore, Scores, score
from dafeng.outlook.sector_table import SectorTable, read_sectors, sector_schema, sector_table
from dafeng.outlook.settings import Settings, settings
from dafeng.outlook.simulate import Runs, normals, simulate
from dafeng.outlook.status import Status, judge, status_findings, status_rows
from dafeng.outlook.status_series import status_series

__all__ = [
    "BASELINES",
    "DRIVERS",
    "METHOD",
    "WHOLE",
    "Attribution",
    "Checked",
    "Cited",
    "Course",
    "Decomposition",
    "Early",
    "Estimate",
    "Goal",
    "GoalMet",
    "Hindcast",
    "History",
    "LevelScore",
    "Lever",
    "LeverSet",
    "Months",
    "Motion",
    "Nowcast",
    "NowcastSettings",
    "Panel",
    "PeakScore",
    "Projection",
    "Range",
    "Registered",
    "Runs",
    "Scenario",
    "Scores",
    "SectorTable",
    "SetLever",
    "Settings",
    "Signal",
    "Statement",
    "Status",
    "Unreadable",
    "attribute",
    "backtest",
    "course",
    "decompose",
    "estimate",
    "fit_priors",
    "goal_kind",
    "identities",
    "judge",
    "levels",
    "month_table",
    "normals",
    "nowcast",
    "nowcast_settings",
    "project",
    "read_history",
    "read_scenario",
    "read_sectors",
    "record_table",
    "score",
    "sector_schema",
    "sector_table",
    "settings",
    "simulate",
    "statement_figure",
    "statement_tree",
    "status_findings",
    "status_rows",
    "status_series",
]
