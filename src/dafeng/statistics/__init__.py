"""Published figures: what was printed, on which definition, in which vintage."""

from dafeng.statistics.series import (
    Figure,
    Series,
    combine,
    definitions,
    measures,
    price_bases,
    tables,
)

__all__ = ["Figure", "Series", "combine", "definitions", "measures", "price_bases", "tables"]
