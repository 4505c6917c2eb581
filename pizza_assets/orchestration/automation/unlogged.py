"""Keeps the logs of HTTP clients silent while they handle an address that is a secret."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SILENT_LOGGERS = (
    "apprise",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.response",
    "urllib3.util.retry",
)
"""Libraries that log the addresses they connect to: apprise when it fails, urllib3 when it retries, is redirected or
gets a certificate of another host. A filter of a logger is not one of the loggers below it."""

_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


@contextmanager
def unlogged() -> Iterator[list[str]]:
    """Drop what these libraries log during the block, in this context only; yields the messages as they come.

    The messages may contain secrets: use them to classify what happened, and show none of them.
    """
    for name in _SILENT_LOGGERS:
        logging.getLogger(name).addFilter(_drop)  # adding it twice has no effect
    messages: list[str] = []
    token = _collected.set(messages)
    try:
        yield messages
    finally:
        _collected.reset(token)


def _drop(record: logging.LogRecord) -> bool:
    """False inside a block: the record is kept for it and reaches no handler."""
    messages = _collected.get()
    if messages is None:
        return True
    messages.append(record.getMessage())
    return False
