"""A rate limit shared by all processes of this machine. What is requested does not belong here.

The server sees a request at some moment between taking a slot and releasing it. A slot is therefore free again one
whole window after its *release*: however slow the network, and however long a process was suspended, no sliding window
at the server holds more than the limit (decision 0014).
"""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock

from pizza_assets.errors import LimitReached, SourceUnavailable

LONGEST_HOLD_SECONDS = 3600.0
"""Longer requested waits are treated as server errors and cut to this."""
_LOG = logging.getLogger(__name__)
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
            now = self._now()
            until = max(now + min(seconds, LONGEST_HOLD_SECONDS), self._held_until(database, now))
            database.execute("INSERT OR REPLACE INTO holds VALUES (?, ?)", (self._api, until))

    def _take_slot(self) -> int:
        gives_up_at = self._now() + self._longest_wait
        while True:
            with self._transaction() as database:
                now = self._now()
                free_at = max(self._held_until(database, now), self._free_at(database, now))
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
            "DELETE FROM slots WHERE api = ? AND (typeof(busy_until) <> 'real' OR busy_until <= ? OR busy_until > ?)",
            (self._api, now, believable),
        )
        rows = database.execute(
            "SELECT busy_until FROM slots WHERE api = ? ORDER BY busy_until", (self._api,)
        ).fetchall()
        surplus = len(rows) - self._most
        if surplus < 0:
            return now
        # slots in use are usually released before busy_until: check again soon
        return min(float(rows[surplus][0]), now + max(self._window / 20, _POLL_SECONDS))

    def _held_until(self, database: sqlite3.Connection, now: float) -> float:
        """Until when a server wants no request. A hold longer than any that is set was set by a clock that was ahead,
        and is deleted.
        """
        database.execute(
            "DELETE FROM holds WHERE api = ? AND (typeof(until) <> 'real' OR until > ?)",
            (self._api, now + LONGEST_HOLD_SECONDS),
        )
        row = database.execute("SELECT until FROM holds WHERE api = ?", (self._api,)).fetchone()
        return 0.0 if row is None else float(row[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction of one writer at a time; a process that dies in it changes nothing.

        Raises SourceUnavailable if the database can't be opened or written.
        """
        with contextlib.closing(self._opened()) as database:
            try:
                yield database
                database.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._unusable(error) from error

    def _opened(self) -> sqlite3.Connection:
        """The database in a transaction. A damaged one is replaced: it only remembers the last minutes."""
        try:
            return self._begun()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise self._unusable(error) from error
        with FileLock(f"{self._database}.lock"):
            try:
                return self._begun()  # another process has replaced it meanwhile
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise self._unusable(error) from error
                self._replace(error)
            try:
                return self._begun()
            except sqlite3.DatabaseError as error:
                raise self._unusable(error) from error

    def _begun(self) -> sqlite3.Connection:
        try:
            self._database.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        database = sqlite3.connect(self._database, timeout=60, isolation_level=None)
        try:
            database.executescript(_TABLES)
            database.execute("BEGIN IMMEDIATE")
            # reads both tables, so that damage anywhere shows before a request is made
            database.execute(
                "SELECT id, api, busy_until FROM slots UNION ALL SELECT 0, api, until FROM holds"
            ).fetchall()
        except BaseException:
            database.close()  # on interrupts, too: an open transaction would lock the limits for all processes
            raise
        return database

    def _replace(self, error: sqlite3.DatabaseError) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{self._database}{suffix}").unlink(missing_ok=True)
        _LOG.warning(
            "%s: the rate limits were damaged (%s) and are forgotten; the file is replaced", self._database, error
        )

    def _unusable(self, error: Exception) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self._database}: the rate limits can't be kept ({error}), and without them no request is made; check "
            "the folder's permissions and the free space"
        )


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is no database of ours; not whether it is locked, read-only, unreachable or the disk is full."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR  # other tables or columns
    return True
