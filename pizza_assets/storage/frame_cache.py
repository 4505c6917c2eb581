"""A cache of small stored tables: an analysis reads the same weeks again and again.

Callers pass the checksum of the stored file, by which a stale entry is recognised.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import pandas as pd

LARGEST_BYTES = 1 << 20
"""Larger tables are not cached."""
MOST_BYTES = 64 << 20
"""For all tables together; the least recently used are evicted first."""


@dataclass(frozen=True)
class _Entry:
    checksum: str
    frame: pd.DataFrame
    covered: str | None
    byte_count: int


class FrameCache:
    """A thread-safe cache of frames and their coverage texts by object key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def get(self, key: str, checksum: str) -> tuple[pd.DataFrame, str | None] | None:
        """A copy of the cached frame and its coverage text, or None if none has this checksum."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.checksum != checksum:
                return None
            self._entries.move_to_end(key)
        return entry.frame.copy(deep=False), entry.covered

    def put(self, key: str, checksum: str, frame: pd.DataFrame, covered: str | None) -> None:
        """Cache the frame, unless it is large or its file carries no checksum."""
        size = int(frame.memory_usage().sum())
        with self._lock:
            self._evict(key)
            if not checksum or size > LARGEST_BYTES:
                return
            self._entries[key] = _Entry(checksum, frame.copy(deep=False), covered, size)
            self._bytes += size
            while self._bytes > MOST_BYTES:
                self._evict(next(iter(self._entries)))

    def _evict(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        self._bytes -= 0 if entry is None else entry.byte_count
