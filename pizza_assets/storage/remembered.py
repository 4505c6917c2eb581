"""Small stored tables that were read before: an analysis asks for the same weeks again and again.

Whether what is remembered still holds is for the reader to say, by the checksum that the stored file carries.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import pandas as pd

LARGEST_BYTES = 1 << 20
"""A larger table is not remembered."""
MOST_BYTES = 64 << 20
"""Of all tables together; those that were not asked for longest go first."""


@dataclass(frozen=True)
class _Known:
    checksum: str
    frame: pd.DataFrame
    covered: str | None
    byte_count: int


class Remembered:
    """Frames and their coverage texts by object key; for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._bytes = 0

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def get(self, key: str, checksum: str) -> tuple[pd.DataFrame, str | None] | None:
        """What was read from an object that carried this checksum, or None. Changing the frame changes no other."""
        with self._lock:
            known = self._known.get(key)
            if known is None or known.checksum != checksum:
                return None
            self._known.move_to_end(key)
        return known.frame.copy(deep=False), known.covered

    def put(self, key: str, checksum: str, frame: pd.DataFrame, covered: str | None) -> None:
        """Remember it, unless it is large or its file carries no checksum."""
        size = int(frame.memory_usage().sum())
        with self._lock:
            self._forget(key)
            if not checksum or size > LARGEST_BYTES:
                return
            self._known[key] = _Known(checksum, frame.copy(deep=False), covered, size)
            self._bytes += size
            while self._bytes > MOST_BYTES:
                self._forget(next(iter(self._known)))

    def _forget(self, key: str) -> None:
        known = self._known.pop(key, None)
        self._bytes -= 0 if known is None else known.byte_count
