"""Marks runs failed whose process is gone, so that they neither block the queue nor appear to be running.

A killed process can't do that itself. The weeks it stored are complete and already reported. Runs on other machines
are left to the monitoring there.
"""

import json
import os
import socket

import dagster as dg
import psutil
from dagster._core.storage.tags import GRPC_INFO_TAG

SECONDS_BETWEEN_CHECKS = 30
PROCESS_TAG = "pizza/process"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_CONNECT_SECONDS = 2.0


def process_tags() -> dict[str, str]:
    """The tag that identifies a run's process: host, pid and the process's start time, as pids are reused."""
    return {PROCESS_TAG: _identity(os.getpid())}


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs of dead processes on this host as failed; return their ids."""
    dead = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        if _is_alive(instance, run):
            continue
        current = instance.get_run_by_id(run.run_id)
        if current is not None and current.status in _UNFINISHED:  # it may have ended meanwhile
            instance.report_run_failed(
                current, "The process of this run died; the weeks it stored are complete. Run it again."
            )
            dead.append(run.run_id)
    return dead


@dg.sensor(
    name="watch_dead_runs",
    minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs failed whose process was killed, so that they do not block the queue.",
)
def watch_dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Fail dead runs; never requests a run."""
    dead = fail_dead_runs(context.instance)
    return dg.SkipReason(f"marked failed: {', '.join(dead)}" if dead else "no run is dead")


def is_of_single_machine(instance: dg.DagsterInstance) -> bool:
    """Whether no other machine shares the instance: its runs are in a file."""
    from dagster._core.storage.runs import SqliteRunStorage  # slow to import, and the definitions do not need it

    return isinstance(instance.run_storage, SqliteRunStorage)


def _is_alive(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether the run's process is alive; True if that can't be determined."""
    owner = run.tags.get(PROCESS_TAG)
    if owner is not None:
        return _is_owner_alive(owner)
    if not is_of_single_machine(instance):
        return True
    started = _started_process(instance, run.run_id)
    return _is_same_process(*started) if started is not None else _is_code_server_up(run)


def _is_owner_alive(owner: str) -> bool:
    host, pid, _ = owner.rsplit("|", 2)
    if host != socket.gethostname():
        return True
    try:
        return _identity(int(pid)) == owner and not _is_zombie(int(pid))
    except psutil.NoSuchProcess:
        return False


def _started_process(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """Pid and time of the latest process that Dagster reported for the run; None if there was none yet."""
    events = instance.event_log_storage.get_logs_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    for entry in reversed(list(events)):
        event = entry.dagster_event
        pid = event.engine_event_data.metadata.get("pid") if event is not None else None
        if pid is not None:
            return int(str(pid.value)), entry.timestamp
    return None


def _is_same_process(pid: int, at: float) -> bool:
    """Whether the process that had this pid at that time is still alive, rather than a later one with the same pid."""
    try:
        return psutil.Process(pid).create_time() <= at and not _is_zombie(pid)
    except psutil.NoSuchProcess:
        return False


def _is_code_server_up(run: dg.DagsterRun) -> bool:
    """Whether the code server that is to start the run's process accepts connections."""
    server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
    if "socket" in server:
        family, address = socket.AF_UNIX, server["socket"]
    elif "port" in server:
        family, address = socket.AF_INET, (server["host"], server["port"])
    else:
        return True
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_CONNECT_SECONDS)
        return probe.connect_ex(address) == 0


def _is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _identity(pid: int) -> str:
    return f"{socket.gethostname()}|{pid}|{psutil.Process(pid).create_time():.2f}"
