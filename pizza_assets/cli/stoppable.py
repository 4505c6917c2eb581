"""Runs `dagster dev` until somebody stops it, and then interrupts it once, so that it stops its processes in order.

A program of its own: it stays as long as Dagster runs, and needs a fraction of the memory of `pizza ui`.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from pizza_assets.cli.terminal import say

WAITING = (
    "stopping: waiting a few seconds for the daemon to finish its current evaluation; a run in progress goes on to its "
    "end"
)
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_stopped(command: Sequence[str]) -> int:
    """Run the command, interrupt it when this process is to stop, and say what is waited for. Returns its exit code.

    A further Ctrl-C only says it again: a second interrupt would kill a run in progress, and end `dagster dev` before
    the processes that it started. A terminal sends Ctrl-C to a whole group, so the command has one of its own.
    """
    process: subprocess.Popen[bytes] | None = None
    is_stopping = is_interrupted = False

    def interrupt_once() -> None:
        nonlocal is_interrupted
        if process is not None and is_stopping and not is_interrupted:
            is_interrupted = True
            process.send_signal(signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        is_stopping = True
        interrupt_once()
        with suppress(OSError):  # a terminal or a pipe that has been closed: nobody reads what is waited for
            say(WAITING, is_problem=True)

    # handlers first: a signal that a shell script had ignored would be ignored by the command, too; nohup means it
    stops = [number for number in _STOPS if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in stops}
    try:
        process = subprocess.Popen(command, process_group=0)
        interrupt_once()
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(run_until_stopped(sys.argv[1:]))
