"""A program that is run until it is stopped: it is interrupted once, however it is stopped and how often."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import pytest

from pizza_assets.cli.stoppable import WAITING, run_until_stopped

# it counts its interrupts until it is told over its standard input that no more will come
COUNTING = """
import signal, sys
counted = []
signal.signal(signal.SIGINT, lambda *_: (counted.append(1), print("interrupted", flush=True)))
print("ready", flush=True)
sys.stdin.readline()
print(f"interrupted {len(counted)} times", flush=True)
sys.exit(7)
"""


MOST_SECONDS = 60


def _as_without_nohup() -> None:
    """The tests themselves may run under nohup, whose ignored signal would be inherited."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def running(start: str = 'exec "$@"') -> Iterator["subprocess.Popen[str]"]:
    """A process, in a group of its own as in a terminal, that runs COUNTING until it is stopped.

    It is given up after MOST_SECONDS, so that no test waits for a line for ever.
    """
    command = [
        "sh",
        "-c",
        start,
        "sh",
        sys.executable,
        "-m",
        "pizza_assets.cli.stoppable",
        sys.executable,
        "-c",
        COUNTING,
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(  # type: ignore[call-overload]
        command,
        **pipes,
        text=True,
        process_group=0,
        preexec_fn=_as_without_nohup,  # noqa: PLW1509 - it sets a signal
    ) as process:

        def give_up() -> None:
            process.kill()
            process.stdin.close()  # ends COUNTING, which would keep the pipes open

        timer = Timer(MOST_SECONDS, give_up)
        timer.start()
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            timer.cancel()
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("to_group", [False, True], ids=["process", "group"])
def test_it_is_interrupted_once_and_what_is_waited_for_is_said(number: signal.Signals, to_group: bool) -> None:
    """A second Ctrl-C killed a run in progress, and ended `dagster dev` before its webserver and daemon."""
    with running() as process:
        for stop in range(3):
            (os.killpg if to_group else os.kill)(process.pid, number)
            assert process.stderr.readline() == f"{WAITING}\n"
            if stop == 0:
                assert process.stdout.readline() == "interrupted\n"
        out, err = process.communicate("go\n")
    assert (out, err, process.returncode) == ("interrupted 1 times\n", "", 7)


def test_it_can_be_interrupted_though_a_script_started_it_in_the_background() -> None:
    """Scripts start background commands with SIGINT ignored, which `dagster dev` would inherit."""
    with running("trap '' INT; exec \"$@\"") as process:
        os.kill(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.communicate("go\n")[0] == "interrupted 1 times\n"


def test_nohup_keeps_it_running_after_a_logout() -> None:
    with running("trap '' HUP; exec \"$@\"") as process:
        os.kill(process.pid, signal.SIGHUP)
        assert process.communicate("go\n")[0] == "interrupted 0 times\n"


def test_it_waits_for_the_command_although_nobody_reads_what_it_says() -> None:
    """As in `pizza ui 2>&1 | tee log`, where Ctrl-C ends tee, too."""
    with running() as process:
        process.stderr.close()
        os.kill(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.communicate("go\n")[0] == "interrupted 1 times\n"
        assert process.returncode == 7


def test_its_exit_code_is_returned_and_handlers_are_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert run_until_stopped([sys.executable, "-c", "raise SystemExit(5)"]) == 5
    assert run_until_stopped(["sh", "-c", "kill -9 $$"]) == 128 + 9
    assert signal.getsignal(signal.SIGINT) is before
