"""A run in this process: what it keeps while it works."""

import gc
import weakref

import dagster as dg

from pizza_assets.orchestration.jobs import ANALYSE
from pizza_assets.orchestration.runs.local_run import run_analysis


class _Rows:
    """Stands for the rows of a step."""


class _Forgetting(dg.IOManager):
    """Stores nothing, and remembers the output only as long as somebody else does."""

    def __init__(self) -> None:
        self.seen: list[weakref.ref[_Rows]] = []

    def handle_output(self, context: dg.OutputContext, obj: _Rows) -> None:
        self.seen.append(weakref.ref(obj))

    def load_input(self, context: dg.InputContext) -> None:
        return None


def test_the_rows_of_a_step_are_gone_before_the_next_one() -> None:
    """Dagster's own execute_in_process holds all outputs until the run ends: 150 MB of a run of 53 weeks."""
    io_manager, alive = _Forgetting(), list[bool]()

    @dg.asset(io_manager_key="io")
    def first() -> _Rows:
        return _Rows()

    @dg.asset(io_manager_key="io", deps=[first])
    def second() -> _Rows:
        gc.collect()
        alive.extend(ref() is not None for ref in io_manager.seen)
        return _Rows()

    definitions = dg.Definitions(
        [first, second], jobs=[dg.define_asset_job(ANALYSE, "*")], resources={"io": io_manager}
    )
    with dg.DagsterInstance.ephemeral() as instance:
        assert run_analysis(definitions, instance, {}) is None
    assert alive == [False]
