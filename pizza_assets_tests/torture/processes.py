"""Processes that are killed and waited for. Every wait has a deadline; what is run does not belong here."""

import os
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil


class Hang(Exception):
    """Something did not end within its deadline."""


class Victim(StrEnum):
    """What is killed: a process with all its descendants, or it alone."""

    GROUP = "the group"
    ALONE = "the parent alone"


def start(arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A process in `folder` that leads a group of its own; what it says is added to output.log there."""
    with (folder / "output.log").open("ab") as log:
        return subprocess.Popen(
            arguments, cwd=folder, env=dict(environ), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def kill(pid: int, victim: Victim) -> None:
    """Kill -9; nothing happens if it is gone."""
    try:
        if victim is Victim.GROUP:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def exit_code(process: "subprocess.Popen[bytes] | BaseProcess", seconds: float, what: str) -> int:
    """How it ended. Raises Hang, after killing it, if it has not ended after `seconds`."""
    if isinstance(process, BaseProcess):
        process.join(seconds)
        code = process.exitcode
    else:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
    if code is None:
        process.kill()
        raise Hang(f"{what} had not ended after {seconds:.0f} s")
    return code


def end_all(processes: Iterable[psutil.Process]) -> None:
    """Kill what is left of `processes`; a later one with the same pid is not touched. Raises Hang if one stays."""
    processes = list(processes)
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(processes, timeout=30)
    if alive:
        raise Hang(f"{len(alive)} processes outlive kill -9")
