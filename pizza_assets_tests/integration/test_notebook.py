"""The example notebook finds what is stored, shows what it finds, and would notice if something else were stored."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets_tests.support.notebook import executed, store_mock_run, stored_notebook

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def mock_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A storage folder of twelve weeks."""
    folder = tmp_path_factory.mktemp("mock_run")
    store_mock_run(folder)
    return folder


def test_its_assertions_hold_and_its_outputs_are_those_stored_in_it(mock_run: Path) -> None:
    assert executed(stored_notebook(), mock_run) == stored_notebook(), "run `make notebook`"


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("match_impact", "observed", 1),
        ("match_impact", "expected", 1e-6),
        ("correlation_results", "estimate_log", 1e-9),
        ("correlation_results", "se", 1e-5),
    ],
)
def test_it_notices_a_wrong_number(mock_run: Path, tmp_path: Path, table: str, column: str, change: float) -> None:
    shutil.copytree(mock_run, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "processed-data" / "correlation-analysis" / f"{table}.parquet"
    stored = pd.read_parquet(path)
    stored.assign(**{column: stored[column] + change}).to_parquet(path)
    with pytest.raises(AssertionError):
        executed(stored_notebook(), tmp_path)
