"""A run whose process is gone is marked failed; one that works, and one of another host, is left alone."""

import subprocess
import sys

import dagster as dg
import pytest

from pizza_assets.orchestration.dead_runs import PROCESS_TAG, fail_dead_runs, process_tags

STARTED = dg.DagsterRunStatus.STARTED


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def started_run(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    @dg.job
    def nothing() -> None:
        pass

    return instance.create_run_for_job(nothing, tags=tags, status=STARTED).run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def tags_of_a_dead_process() -> dict[str, str]:
    program = "from pizza_assets.orchestration.dead_runs import *; print(process_tags()[PROCESS_TAG])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {PROCESS_TAG: done.stdout.strip()}


def test_a_run_of_a_dead_process_fails(instance: dg.DagsterInstance) -> None:
    run_id = started_run(instance, tags_of_a_dead_process())
    assert fail_dead_runs(instance) == [run_id]
    assert status(instance, run_id) == dg.DagsterRunStatus.FAILURE
    assert fail_dead_runs(instance) == []


def test_a_reused_pid_does_not_hide_a_dead_run(instance: dg.DagsterInstance) -> None:
    host, pid, _ = process_tags()[PROCESS_TAG].rsplit("|", 2)
    run_id = started_run(instance, {PROCESS_TAG: f"{host}|{pid}|1.00"})
    assert fail_dead_runs(instance) == [run_id]


@pytest.mark.parametrize("tags", [process_tags(), {PROCESS_TAG: "elsewhere|1|1.00"}, {}])
def test_others_are_left_alone(instance: dg.DagsterInstance, tags: dict[str, str]) -> None:
    run_id = started_run(instance, tags)
    assert fail_dead_runs(instance) == []
    assert status(instance, run_id) == STARTED
