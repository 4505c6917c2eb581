"""A watcher thread that sends heartbeats, and stops the work when it is cancelled or shortly before AWS kills it.

Lambda kills a function without notice, so the work must be stopped from inside; and open-source Dagster has no thread
there that would notice a cancellation.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pizza_assets.lambda_runs.deadline import Deadline

CHECK_EVERY_SECONDS = 2.0
RENEW_EVERY_SECONDS = 10.0
EXIT_OUT_OF_TIME = 70

Answer = TypeVar("Answer")

_LOG = logging.getLogger(__name__)


@contextmanager
def watched(
    deadline: Deadline, renew: Callable[[], None], should_stop: Callable[[], bool], on_deadline: Callable[[], None]
) -> Iterator[None]:
    """Watch over the block, which runs in the main thread.

    renew: sends a heartbeat. should_stop: whether the run was ended elsewhere. on_deadline: called once before the work
    is interrupted for lack of time. If the work ignores the interrupt, the process exits just before AWS would kill it.
    """
    over = threading.Event()
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.SIG_IGN:  # as in processes started in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    watcher = threading.Thread(
        target=_watch, args=(over, deadline, renew, should_stop, on_deadline), name="lambda-watch", daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        if usual is signal.SIG_IGN:
            signal.signal(signal.SIGINT, usual)


def _watch(
    over: threading.Event,
    deadline: Deadline,
    renew: Callable[[], None],
    should_stop: Callable[[], bool],
    on_deadline: Callable[[], None],
) -> None:
    renewed = time.monotonic()
    while not over.wait(min(CHECK_EVERY_SECONDS, deadline.seconds_to_stop)):
        if deadline.is_near:
            _attempt(on_deadline)
            _interrupt()
            _end_process_unless(over, deadline)
            return
        if _attempt(should_stop):
            _interrupt()
            return
        if time.monotonic() - renewed >= RENEW_EVERY_SECONDS:
            _attempt(renew)
            renewed = time.monotonic()


def _attempt(call: Callable[[], Answer]) -> Answer | None:
    """The result of `call`, or None if it fails: the next check may succeed.

    A catch-all, because nobody could catch an error raised in this thread: whatever the database or bucket raises, the
    thread must live on, or nothing would stop the work in time. The error is logged with its type. If heartbeats fail
    for too long, the launcher fails the run, which should_stop then notices.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        _LOG.warning("%s failed: %s: %s", call.__qualname__, type(error).__name__, error)
        return None


def _interrupt() -> None:
    """Send the signal of Ctrl-C: the main thread stops at once, or as soon as Dagster allows."""
    os.kill(os.getpid(), signal.SIGINT)


def _end_process_unless(over: threading.Event, deadline: Deadline) -> None:
    while not over.wait(0.2):
        if deadline.has_passed:
            _LOG.error("the work did not stop in time; the process exits")
            os._exit(EXIT_OUT_OF_TIME)
