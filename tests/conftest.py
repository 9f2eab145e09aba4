"""What every test may ask for. The network is closed by pytest-socket (see pyproject.toml)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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
