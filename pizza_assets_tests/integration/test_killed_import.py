"""After a kill at any moment the next import ends right, and nothing is left over. `make torture` tries 20."""

from pathlib import Path

import pytest

from pizza_assets_tests.torture.cases import Case
from pizza_assets_tests.torture.imports import import_torture

pytestmark = pytest.mark.integration

KILLS = 4


def test_after_a_kill_at_any_moment_the_next_import_ends_right_and_leaves_nothing_over(tmp_path: Path) -> None:
    with import_torture(tmp_path) as attempt:
        for number in range(KILLS):
            outcome = attempt(Case(1, "imports", number))
            assert outcome.findings == [], outcome.how
