"""Plans as data: targets, measures, tiers, responsible bodies."""

from dafeng.plan.load import bodies, load_plan, plans
from dafeng.plan.schema import TO_CHOOSE, Body, Measure, Plan, Source, Target, Tier, Tiers

__all__ = [
    "TO_CHOOSE",
    "Body",
    "Measure",
    "Plan",
    "Source",
    "Target",
    "Tier",
    "Tiers",
    "bodies",
    "load_plan",
    "plans",
]
