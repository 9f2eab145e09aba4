"""Choices of a projection that neither history nor scenario makes: data, each can be replaced."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from dafeng.vocabulary import Record, read_yaml, validate

_FILE = Path(__file__).parent / "data" / "projection.yaml"


class Settings(Record):
    """Settings of a projection; ``projection.yaml`` says what each one is."""

    draws: int = Field(ge=1)
    chunk: int = Field(ge=1)
    seed: int = Field(ge=0)
    quantiles: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(min_length=1)
    horizon: int
    window: int = Field(ge=1)
    fewest: int = Field(ge=2)
    damping: float = Field(ge=0, le=1)
    persistence: float = Field(ge=0, lt=1)
    persistence_limit: float = Field(ge=0, lt=1)
    prior_years: float = Field(ge=0)
    grid_carriers: tuple[str, ...]
    exact_measures: int = Field(ge=0)
    orders: int = Field(ge=2)


@cache
def _stored() -> dict[str, Any]:
    return dict(read_yaml(_FILE))


def settings(own: Mapping[str, Any] | None = None, place: str = "settings") -> Settings:
    """Return the settings, with one's own in place of those that come with Dafeng.

    Raises:
        Fault: ``bad_field``.
    """
    return validate(Settings, _stored() | dict(own or {}), place)
