"""Fixtures for every test: real input data where it is at hand."""

import os
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).parents[1]


def absent(reason: str) -> None:
    """Skip by name; where everything is required a skip is a failure."""
    if os.environ.get("PIZZA_REQUIRE_ALL") == "1":
        pytest.fail(f"required, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs, which is not part of the project."""
    folder = Path(os.environ.get("PIZZA_SHARED_DATA", PROJECT_ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"the data folder {folder.name} is absent; set PIZZA_SHARED_DATA")
    return folder
