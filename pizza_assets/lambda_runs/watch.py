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

from pizza_assets.errors import StorageError
from pizza_assets.lambda_runs.deadline import Deadline

LOOK_EVERY_SECONDS = 2.0
RENEW_EVERY_SECONDS = 10.0
EXIT_OUT_OF_TIME = 70

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
    watcher = threading.Thread(
        target=_watch, args=(over, deadline, renew, should_stop, on_deadline), name="lambda-watch", daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


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
            try:
                on_deadline()
            finally:
                _interrupt()
                _end_process_unless(over, deadline)
            return
        if should_stop():
            _interrupt()
            return
        if time.monotonic() - renewed >= RENEW_EVERY_SECONDS:
            _renewed(renew)
            renewed = time.monotonic()


def _renewed(renew: Callable[[], None]) -> None:
    try:
        renew()
    except StorageError as error:
        # the next one may come through; who stays silent for too long is taken for dead, and told so
        _LOG.warning("sign of life not written: %s", error)


def _interrupt() -> None:
    """What Ctrl-C does: the main thread stops at once, or as soon as Dagster lets it."""
    os.kill(os.getpid(), signal.SIGINT)


def _end_process_unless(over: threading.Event, deadline: Deadline) -> None:
    while not over.wait(0.2):
        if deadline.is_past_saving:
            _LOG.error("the work did not stop in time; the process ends")
            os._exit(EXIT_OUT_OF_TIME)
