"""A sample of `make torture`: nothing torn, nothing mixed, nothing lost and nothing stuck after kill -9."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from pizza_assets_tests.torture.backfill import backfill_torture
from pizza_assets_tests.torture.cases import Case, Journal, Outcome
from pizza_assets_tests.torture.ui import ui_torture
from pizza_assets_tests.torture.writer import writer_torture

pytestmark = pytest.mark.integration

SEED = 1
FEW_WEEKS = 4


@pytest.mark.parametrize(
    ("kind", "torture", "count"),
    [
        ("writer", writer_torture, 10),
        ("backfill", partial(backfill_torture, week_count=FEW_WEEKS), 3),
        ("ui", partial(ui_torture, week_count=FEW_WEEKS), 2),
    ],
)
def test_a_sample_of_kills(
    kind: str, torture: Callable[[Path], AbstractContextManager[Callable[[Case], Outcome]]], count: int, tmp_path: Path
) -> None:
    with torture(tmp_path) as attempt:
        outcomes = [attempt(Case(SEED, kind, number)) for number in range(count)]
    assert [(outcome.how, outcome.findings) for outcome in outcomes if outcome.findings] == []
    assert all(outcome.reads for outcome in outcomes)


def test_a_stopped_torture_resumes(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    tried, untried = Case(0, "writer", 0), Case(0, "writer", 1)
    Journal(path, "code").add(tried, Outcome("the group", reads=5))
    with path.open("a") as file:
        file.write('{"code": "co')  # killed while writing
    again = Journal(path, "code")
    assert again.outcome(tried) == Outcome("the group", reads=5)
    assert again.outcome(untried) is None
    again.add(untried, Outcome("the parent alone"))
    assert Journal(path, "code").outcome(untried) == Outcome("the parent alone")
    assert Journal(path, "other code").outcome(tried) is None
