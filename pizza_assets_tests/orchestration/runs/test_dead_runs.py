"""A run whose process is gone is marked failed; live runs and those of other hosts are left alone."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.storage.tags import GRPC_INFO_TAG

from pizza_assets.orchestration.runs.dead_runs import PROCESS_TAG, fail_dead_runs, process_tags, watch_dead_runs

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
    program = "from pizza_assets.orchestration.runs.dead_runs import *; print(process_tags()[PROCESS_TAG])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {PROCESS_TAG: done.stdout.strip()}


def test_a_run_of_a_dead_process_is_failed(instance: dg.DagsterInstance) -> None:
    run_id = started_run(instance, tags_of_a_dead_process())
    assert fail_dead_runs(instance) == [run_id]
    assert status(instance, run_id) == dg.DagsterRunStatus.FAILURE
    assert fail_dead_runs(instance) == []


def test_a_reused_pid_does_not_hide_a_dead_run(instance: dg.DagsterInstance) -> None:
    host, pid, _ = process_tags()[PROCESS_TAG].rsplit("|", 2)
    run_id = started_run(instance, {PROCESS_TAG: f"{host}|{pid}|1.00"})
    assert fail_dead_runs(instance) == [run_id]


@pytest.fixture
def local(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A single-machine instance, like that of dagster.yaml."""
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def started_by_dagster(instance: dg.DagsterInstance, pid: int) -> str:
    """A run as launched from the UI, whose process is known only from Dagster's events."""
    run_id = started_run(instance, {})
    run = instance.get_run_by_id(run_id)
    assert run is not None
    instance.report_engine_event(f"Started process for run (pid: {pid}).", run, EngineEventData.in_process(pid))
    return run_id


def pid_of_a_dead_process() -> int:
    return int(tags_of_a_dead_process()[PROCESS_TAG].split("|")[1])


def test_a_ui_run_whose_worker_is_gone_is_failed(local: dg.DagsterInstance) -> None:
    dead, alive = started_by_dagster(local, pid_of_a_dead_process()), started_by_dagster(local, os.getpid())
    assert fail_dead_runs(local) == [dead]
    assert status(local, alive) == STARTED


def test_a_zombie_worker_is_dead(local: dg.DagsterInstance) -> None:
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    run_id = started_by_dagster(local, worker.pid)
    assert fail_dead_runs(local) == []
    worker.kill()
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # dead, but still in the table of processes
    assert fail_dead_runs(local) == [run_id]
    worker.wait()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_without_a_process_yet_is_alive_while_its_code_server_is(
    local: dg.DagsterInstance, tmp_path: Path, is_there: bool
) -> None:
    address = tmp_path / "server"
    server = socket.socket(socket.AF_UNIX)
    if is_there:
        server.bind(str(address))
        server.listen()
    run_id = started_run(local, {GRPC_INFO_TAG: json.dumps({"host": "localhost", "socket": str(address)})})
    assert fail_dead_runs(local) == ([] if is_there else [run_id])
    server.close()


def test_the_daemon_watches_for_dead_runs(local: dg.DagsterInstance) -> None:
    dead = started_by_dagster(local, pid_of_a_dead_process())
    skipped = watch_dead_runs(dg.build_sensor_context(instance=local))
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == f"marked failed: {dead}"
    assert status(local, dead) == dg.DagsterRunStatus.FAILURE


@pytest.mark.parametrize("tags", [process_tags(), {PROCESS_TAG: "elsewhere|1|1.00"}, {}])
def test_runs_of_other_hosts_are_left_alone(instance: dg.DagsterInstance, tags: dict[str, str]) -> None:
    run_id = started_run(instance, tags)
    assert fail_dead_runs(instance) == []
    assert status(instance, run_id) == STARTED
