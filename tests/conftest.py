"""What every test may ask for. The network is closed by pytest-socket (see pyproject.toml)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shell import Shell, environment, opened


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Folder of third-party data and references, which is not part of the repository."""
    place = os.environ.get("DAFENG_TEST_DATA")
    if not place:
        pytest.skip("no external test data")
    folder = Path(place)
    if not folder.is_dir():
        pytest.fail(f"DAFENG_TEST_DATA names {place}, which is not a folder")
    return folder


@pytest.fixture(scope="session")
def loaded() -> Iterator[Shell]:
    """A shell whose commands need not be loaded each time."""
    with opened(environment(os.environ)) as shell:
        yield shell


# --- Which worker does what ---------------------------------------------------------------------

APART = "tests/test_docs.py::test_examples_of_the_document_hold["
"""Tests that share nothing, and of which there is much to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what can be shared out last, so that all workers end at about the same time."""
    items.sort(key=lambda item: item.nodeid.startswith(APART))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file on one worker, for its fixtures; documents go to whoever is free."""
    if config.option.dist != "loadscope":
        return None
    from xdist import scheduler  # type: ignore[import-untyped]  # noqa: PLC0415  may not be there

    class Documents(scheduler.LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if nodeid.startswith(APART) else nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return Documents(config, log)
