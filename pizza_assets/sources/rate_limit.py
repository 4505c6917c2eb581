"""A rate limit shared by all processes of this machine. What is requested does not belong here.

The server sees a request at some moment between taking a slot and releasing it. A slot is therefore free again one
whole window after its *release*: however slow the network, and however long a process was suspended, no sliding window
at the server holds more than the limit (decision 0014).
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pizza_assets.errors import LimitReached

_POLL_SECONDS = 0.05
_TABLES = """
CREATE TABLE IF NOT EXISTS slots (id INTEGER PRIMARY KEY, api TEXT NOT NULL, busy_until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS holds (api TEXT PRIMARY KEY, until REAL NOT NULL);
"""


class SharedLimit:
    """At most `most` requests in any `window_seconds`, over all processes that use the same database and api.

    longest_request: seconds after which a slot held by a dead process counts as released. longest_wait: the most
    seconds that `slot` waits. now: the wall clock in seconds, which all processes share.
    """

    def __init__(
        self,
        database: Path,
        api: str,
        most: int,
        window_seconds: float = 60.0,
        *,
        longest_request: float = 60.0,
        longest_wait: float = 900.0,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database, self._api, self._most, self._window = database, api, most, window_seconds
        self._longest_request, self._longest_wait = longest_request, longest_wait
        self._now, self._sleep = now, sleep

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a slot and hold it during the block, which makes one request.

        Raises LimitReached if the wait would be longer than longest_wait.
        """
        number = self._take_slot()
        try:
            yield
        finally:
            with self._transaction() as database:
                database.execute("UPDATE slots SET busy_until = ? WHERE id = ?", (self._now() + self._window, number))

    def hold(self, seconds: float) -> None:
        """Keep every process from taking a slot for so many seconds, as the server has asked."""
        with self._transaction() as database:
            until = max(self._now() + seconds, self._held_until(database))
            database.execute("INSERT OR REPLACE INTO holds VALUES (?, ?)", (self._api, until))

    def _take_slot(self) -> int:
        gives_up_at = self._now() + self._longest_wait
        while True:
            with self._transaction() as database:
                now = self._now()
                free_at = max(self._held_until(database), self._free_at(database, now))
                if free_at <= now:
                    busy_until = now + self._longest_request + self._window
                    taken = database.execute(
                        "INSERT INTO slots (api, busy_until) VALUES (?, ?)", (self._api, busy_until)
                    )
                    return int(taken.lastrowid or 0)
            if free_at > gives_up_at or self._now() >= gives_up_at:
                raise LimitReached(
                    f"{self._api}: no request may be made for another {free_at - now:.0f} s, because the limit of "
                    f"{self._most} in {self._window:g} s is reached or the server asked for a pause; run again later"
                )
            self._sleep(min(max(free_at - now, 0.001), max(gives_up_at - now, 0.001), 1.0))

    def _free_at(self, database: sqlite3.Connection, now: float) -> float:
        """When a slot is free. Slots in the far future were taken before the clock was set back, and are deleted."""
        believable = now + self._longest_request + self._window
        database.execute(
            "DELETE FROM slots WHERE api = ? AND (busy_until <= ? OR busy_until > ?)", (self._api, now, believable)
        )
        rows = database.execute(
            "SELECT busy_until FROM slots WHERE api = ? ORDER BY busy_until", (self._api,)
        ).fetchall()
        surplus = len(rows) - self._most
        if surplus < 0:
            return now
        # slots in use are usually released before busy_until: check again soon
        return min(float(rows[surplus][0]), now + max(self._window / 20, _POLL_SECONDS))

    def _held_until(self, database: sqlite3.Connection) -> float:
        row = database.execute("SELECT until FROM holds WHERE api = ?", (self._api,)).fetchone()
        return 0.0 if row is None else float(row[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction of one writer at a time; a process that dies in it changes nothing."""
        self._database.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._database, timeout=60, isolation_level=None)) as database:
            database.executescript(_TABLES)
            database.execute("BEGIN IMMEDIATE")
            yield database
            database.execute("COMMIT")
