"""The example notebook finds what is stored, and shows what it finds."""

from pathlib import Path

import pytest

from pizza_assets_tests.support.notebook import executed, store_mock_run, stored_notebook

pytestmark = pytest.mark.integration


def test_its_assertions_hold_and_its_outputs_are_those_stored_in_it(tmp_path: Path) -> None:
    store_mock_run(tmp_path)
    assert executed(stored_notebook(), tmp_path) == stored_notebook(), "run `make notebook`"
