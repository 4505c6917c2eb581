"""Dagster's SQLite storage for a single machine, with the event log's databases kept open.

Dagster's own storage opens a database for every event, which checkpoints the log and waits for the disk each time: a
run of many weeks spends more time on that than on reading orders. The stored format is the same, so either can read
what the other wrote. An instance uses it if its dagster.yaml says so.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, create_engine, event

MOST_OPEN = 8
"""Databases kept open at once: the index, and one for each of the runs used last."""

BUSY_SECONDS = 30
"""How long to wait for another process's transaction, as Dagster does."""

_TRIES = 11
"""How often Dagster tries to set up a database that is locked."""


class LocalEventLog(SqliteEventLogStorage):
    """Dagster's event log in a folder: a database per run, and an index of all.

    A commit waits for the operating system, not for the disk: a killed process loses nothing, a power failure may lose
    the last events (but no data: staleness does not depend on the log).
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables_found: set[str] = set()
        self._columns_found: set[str] = set()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._set_up(shard)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store the event and touch the database file: watchers watch it, but a commit changes only the log."""
        super().store_event(event)
        os.utime(self.path_for_shard(event.run_id))

    def has_table(self, table_name: str) -> bool:
        """Dagster asks before it stores each event of an asset, and opens the database to find out; a table stays."""
        if table_name not in self._tables_found and super().has_table(table_name):
            self._tables_found.add(table_name)
        return table_name in self._tables_found

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """Dagster reads the table's columns for each event of an asset; a column stays."""
        if column_name not in self._columns_found and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns_found.add(column_name)
        return column_name in self._columns_found

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events with its database, which Dagster's own storage would leave behind, emptied."""
        super().delete_events(run_id)
        with self._db_lock:
            engine = self._engines.pop(run_id, None)
            if engine is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path_for_shard(run_id)}{suffix}").unlink(missing_ok=True)

    def wipe(self) -> None:
        self._close()
        self._tables_found.clear()
        self._columns_found.clear()
        super().wipe()

    def dispose(self) -> None:
        super().dispose()
        self._close()

    def _set_up(self, shard: str) -> None:
        """Create the tables if they are missing. All tries together wait as long as a statement: not for 5 minutes."""
        engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": BUSY_SECONDS / _TRIES})
        try:
            self._initdb(engine)
        finally:
            engine.dispose()

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            connect_args = {"timeout": BUSY_SECONDS}
            engine = create_engine(self.conn_string_for_shard(shard), connect_args=connect_args)
            event.listen(engine, "connect", _without_waiting_for_the_disk)
        self._engines[shard] = engine
        if len(self._engines) > MOST_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


class LocalStorage(DagsterSqliteStorage):
    """Runs, schedules and events of a single machine, in `base_dir`."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = LocalEventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> "LocalStorage":
        return cls.from_local(inst_data=inst_data, **config_value)


def _without_waiting_for_the_disk(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
