"""The project gate: checks of a project against rules, plans, books and room, and an opinion."""

from dafeng.gate.case import Case, Checked, Counted, Own, Remark
from dafeng.gate.energy_review import first_rules
from dafeng.gate.factors import RESOURCES, Applied, factor_classes, factor_settings, factors
from dafeng.gate.fitting import Candidate, Space, fitting
from dafeng.gate.project import Carrier, Project, Retired, read_project
from dafeng.gate.province import OwnCheck, read_own
from dafeng.gate.review import Opinion, review, verdict_of
from dafeng.gate.settings import checks, families, reasons, settings
from dafeng.gate.supervision import Hit, Looked, Supervised, Supervision, supervise
from dafeng.gate.supervision_columns import Texts, alongside, newest, texts, worst
from dafeng.gate.supervision_limits import graded_hits, limiting, quota_families
from dafeng.gate.supervision_ratings import last_hits, low_hits
from dafeng.gate.supervision_reviews import review_hits
from dafeng.gate.supervision_settings import SEVERITIES, matters, oversight, supervision_tables
from dafeng.gate.whole_list import Listed, WholeList, disposal, whole_list

__all__ = [
    "RESOURCES",
    "SEVERITIES",
    "Applied",
    "Candidate",
    "Carrier",
    "Case",
    "Checked",
    "Counted",
    "Hit",
    "Listed",
    "Looked",
    "Opinion",
    "Own",
    "OwnCheck",
    "Project",
    "Remark",
    "Retired",
    "Space",
    "Supervised",
    "Supervision",
    "Texts",
    "WholeList",
    "alongside",
    "checks",
    "disposal",
    "factor_classes",
    "factor_settings",
    "factors",
    "families",
    "first_rules",
    "fitting",
    "graded_hits",
    "last_hits",
    "limiting",
    "low_hits",
    "matters",
    "newest",
    "oversight",
    "quota_families",
    "read_own",
    "read_project",
    "reasons",
    "review",
    "review_hits",
    "settings",
    "supervise",
    "supervision_tables",
    "texts",
    "verdict_of",
    "whole_list",
    "worst",
]
