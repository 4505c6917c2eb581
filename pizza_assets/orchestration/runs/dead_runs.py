"""Runs whose process is gone: marked failed, so that they hold no place in the queue and tell no lie.

A killed process can't say so itself. What it had stored is whole, and reported week by week. Runs of other machines
are left to whatever watches them there.
"""

import json
import os
import socket

import dagster as dg
import psutil
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.tags import GRPC_INFO_TAG

SECONDS_BETWEEN_LOOKS = 30
PROCESS_TAG = "pizza/process"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_ANSWERS_WITHIN_SECONDS = 2.0


def process_tags() -> dict[str, str]:
    """The tag that says which process works on a run: host, pid and the process's start, as pids are used again."""
    return {PROCESS_TAG: _identity(os.getpid())}


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs of dead processes on this host as failed; returns their ids."""
    dead = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if _is_alive(instance, run):
            continue
        current = instance.get_run_by_id(run.run_id)
        if current is not None and current.status in _UNFINISHED:  # it may have ended while we looked
            instance.report_run_failed(
                current, "The process of this run died; what it had stored is whole. Run it again."
            )
            dead.append(run.run_id)
    return dead


@dg.sensor(
    name="watch_dead_runs",
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs failed whose process was killed, so that the next run is not kept waiting.",
)
def watch_dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Never asks for a run."""
    dead = fail_dead_runs(context.instance)
    return dg.SkipReason(f"marked failed: {', '.join(dead)}" if dead else "no run is dead")


def _is_alive(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether the run's process works still; of what can't be known, yes."""
    owner = run.tags.get(PROCESS_TAG)
    if owner is not None:
        return _is_owner_alive(owner)
    if not isinstance(instance.run_storage, SqliteRunStorage):
        return True  # other machines use this instance, too
    started = _started_process(instance, run.run_id)
    return _was_running(*started) if started is not None else _does_its_server_answer(run)


def _is_owner_alive(owner: str) -> bool:
    host, pid, _ = owner.rsplit("|", 2)
    if host != socket.gethostname():
        return True
    try:
        return _identity(int(pid)) == owner and not _is_zombie(int(pid))
    except psutil.NoSuchProcess:
        return False


def _started_process(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The process that Dagster started for the run last, and when it said so; None if there was none yet."""
    events = instance.event_log_storage.get_logs_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    for entry in reversed(list(events)):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event is not None else None
        if pid is not None:
            return int(str(pid.value)), entry.timestamp
    return None


def _was_running(pid: int, at: float) -> bool:
    """Whether the process that had this pid at that moment lives; a later one of the same pid is another."""
    try:
        return psutil.Process(pid).create_time() <= at and not _is_zombie(pid)
    except psutil.NoSuchProcess:
        return False


def _does_its_server_answer(run: dg.DagsterRun) -> bool:
    """Whether the code server that is to start the run's process is there."""
    server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
    if "socket" in server:
        family, address = socket.AF_UNIX, server["socket"]
    elif "port" in server:
        family, address = socket.AF_INET, (server["host"], server["port"])
    else:
        return True
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_ANSWERS_WITHIN_SECONDS)
        return probe.connect_ex(address) == 0


def _is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _identity(pid: int) -> str:
    return f"{socket.gethostname()}|{pid}|{psutil.Process(pid).create_time():.2f}"
