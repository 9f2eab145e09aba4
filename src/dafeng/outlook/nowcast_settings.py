"""Choices of a nowcast: data; ``nowcast.yaml`` says what each one is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from dafeng.vocabulary import Record, Term, read_yaml, validate

_FILE = Path(__file__).parent / "data" / "nowcast.yaml"


class Early(Term):
    """What is reported early: rows of these items, or kinds of items, and flows."""

    items: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    flows: tuple[str, ...] = Field(min_length=1)


class NowcastSettings(Record):
    """Settings of a nowcast."""

    lag: int = Field(ge=1)
    boundary: str
    window: int = Field(ge=2)
    least: int = Field(ge=2)
    anchor: int = Field(ge=1)
    clip: float = Field(gt=0)
    prior: float = Field(ge=0)
    share: float = Field(gt=0, lt=1)
    least_errors: int = Field(ge=2)
    prior_errors: float = Field(ge=0)
    season: int = Field(ge=1)
    signals: tuple[Early, ...] = Field(min_length=1)


@cache
def nowcast_settings() -> NowcastSettings:
    """The settings that come with Dafeng."""
    return validate(NowcastSettings, read_yaml(_FILE), "nowcast.yaml")
