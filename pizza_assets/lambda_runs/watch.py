"""A thread beside the work: it stops the work shortly before AWS would kill it, and shows meanwhile that it is alive.

Lambda tells nobody when it kills a function, so the work has to be ended from inside; and open-source Dagster starts no
thread that would hear of a cancellation there.
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

LOOK_EVERY_SECONDS = 2.0
RENEW_EVERY_SECONDS = 10.0
EXIT_OUT_OF_TIME = 70

Answer = TypeVar("Answer")

_LOG = logging.getLogger(__name__)


@contextmanager
def watched(
    deadline: Deadline,
    renew: Callable[[], None],
    should_stop: Callable[[], bool],
    on_deadline: Callable[[], None],
) -> Iterator[None]:
    """Watch over the block, which works in the main thread.

    renew: says that it lives. should_stop: whether somebody else ended it. on_deadline: called once before the work is
    interrupted for lack of time. If the work does not heed the interrupt, the process ends just before AWS ends it.
    """
    over = threading.Event()
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.SIG_IGN:  # as of a process that was started in the background
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
    while not over.wait(LOOK_EVERY_SECONDS):
        if deadline.is_near:
            _answer(on_deadline)
            _interrupt()
            _end_process_unless(over, deadline)
            return
        if _answer(should_stop):
            _interrupt()
            return
        if time.monotonic() - renewed >= RENEW_EVERY_SECONDS:
            _answer(renew)
            renewed = time.monotonic()


def _answer(ask: Callable[[], Answer]) -> Answer | None:
    """What `ask` says, or None if it can't say now: the next look may tell.

    A catch-all at the edge of a thread, where nobody could catch what is raised again: whatever database or bucket
    raise, this thread must live, or nothing would end the work in time. It is logged, with its type.
    Who gives no sign of life for too long is taken for dead, and told so.
    """
    try:
        return ask()
    except Exception as error:  # noqa: BLE001
        _LOG.warning("%s can't be asked now: %s: %s", ask.__qualname__, type(error).__name__, error)
        return None


def _interrupt() -> None:
    """What Ctrl-C does: the main thread stops at once, or as soon as Dagster lets it."""
    os.kill(os.getpid(), signal.SIGINT)


def _end_process_unless(over: threading.Event, deadline: Deadline) -> None:
    while not over.wait(0.2):
        if deadline.is_past_saving:
            _LOG.error("the work did not stop in time; the process ends")
            os._exit(EXIT_OUT_OF_TIME)
