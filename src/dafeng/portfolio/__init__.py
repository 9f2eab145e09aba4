"""Retrofit projects: cost curve, choice under limits, verified savings, levers of sectors."""

from dafeng.portfolio.choices import Span, objectives, setting, settings, views
from dafeng.portfolio.convert import Converted, convert
from dafeng.portfolio.cost import annuity, unit_cost, yearly_costs
from dafeng.portfolio.curve import Curve, curve
from dafeng.portfolio.model import KEY, Wanted
from dafeng.portfolio.projects import (
    Projects,
    Rows,
    limits_of,
    projects_of,
    read_limits,
    read_projects,
    table_of,
    tables,
)
from dafeng.portfolio.results import tables_of
from dafeng.portfolio.roadmaps import Lever, Saved, effects_of, roadmaps, saved
from dafeng.portfolio.savings import Verified, read_metered, verify
from dafeng.portfolio.select import Selection, select
from dafeng.portfolio.solver import Search, Watch

__all__ = [
    "KEY",
    "Converted",
    "Curve",
    "Lever",
    "Projects",
    "Rows",
    "Saved",
    "Search",
    "Selection",
    "Span",
    "Verified",
    "Wanted",
    "Watch",
    "annuity",
    "convert",
    "curve",
    "effects_of",
    "limits_of",
    "objectives",
    "projects_of",
    "read_limits",
    "read_metered",
    "read_projects",
    "roadmaps",
    "saved",
    "select",
    "setting",
    "settings",
    "table_of",
    "tables",
    "tables_of",
    "unit_cost",
    "verify",
    "views",
    "yearly_costs",
]
