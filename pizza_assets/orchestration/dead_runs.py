"""Runs of this command line whose process is gone: marked failed, so that they hold no slot and tell no lie.

A killed process can't say so itself. Runs launched from the Dagster UI are watched by Dagster, not here.
"""

import os
import socket

import dagster as dg
import psutil

PROCESS_TAG = "pizza/process"
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def process_tags() -> dict[str, str]:
    """The tag that says which process works on a run: host, pid and the process's start, as pids are used again."""
    return {PROCESS_TAG: _identity(os.getpid())}


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs of dead processes on this host as failed; returns their ids."""
    dead = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        owner = run.tags.get(PROCESS_TAG)
        if owner is not None and not _is_alive(owner):
            instance.report_run_failed(run, "The process of this run died; what it had stored is whole. Run it again.")
            dead.append(run.run_id)
    return dead


def _is_alive(owner: str) -> bool:
    """Whether the process works still; of another host nothing is known, so it is left alone."""
    host, pid, _ = owner.rsplit("|", 2)
    if host != socket.gethostname():
        return True
    try:
        return _identity(int(pid)) == owner
    except psutil.NoSuchProcess:
        return False


def _identity(pid: int) -> str:
    return f"{socket.gethostname()}|{pid}|{psutil.Process(pid).create_time():.2f}"
