"""Runs statements on a database, read-only and within a time limit. What is asked does not belong here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.secret import Secret
from pizza_assets.sources.orders.sql.address import Address
from pizza_assets.sources.orders.sql.duckdb_file import DuckDbFile
from pizza_assets.sources.orders.sql.failures import failure_of, too_slow
from pizza_assets.sources.orders.sql.relation import Relation, shape
from pizza_assets.sources.orders.sql.rows import BATCH_ROWS, RowFile
from pizza_assets.sources.orders.sql.texts import as_texts

CONNECT_SECONDS = 10
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
_CHECKED_EVERY = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


class Database(Protocol):
    """A database with one relation of orders. Each call opens a connection of its own. Raises SourceError."""

    address: Address

    def limited(self, seconds: int) -> "Database":
        """The same database, whose statements may take these seconds at most."""
        ...

    def columns(self) -> list[str]:
        """The names of the relation's columns."""
        ...

    def values(self, statement: sa.Select) -> list[tuple[Any, ...]]:
        """All rows of a small result, as the driver returns them."""
        ...

    def write(self, statement: sa.Select, columns: list[str], to: RowFile, scratch: Path) -> None:
        """Append the statement's rows to a file, batch by batch. scratch: a path for a temporary file."""
        ...


def open_database(secret: Secret, relation: Relation, timeout_seconds: int) -> Database:
    """The database at the address; nothing is connected yet. Raises ConfigurationError for an unusable address."""
    address = Address(secret)
    backend = address.url.get_backend_name()
    if backend == "duckdb":
        return DuckDbFile(address, relation, timeout_seconds)
    return SqlDatabase(address, relation, timeout_seconds)


class SqlDatabase:
    """A database that SQLAlchemy knows. PostgreSQL streams through COPY, others by rows."""

    def __init__(self, address: Address, relation: Relation, timeout_seconds: int) -> None:
        self.address, self._relation, self._timeout = address, relation, timeout_seconds
        self._engine = _engine(address)
        self.copies = self._engine.dialect.driver == "psycopg2" and self._engine.dialect.name == "postgresql"

    def limited(self, seconds: int) -> "SqlDatabase":
        return SqlDatabase(self.address, self._relation, min(seconds, self._timeout))

    def columns(self) -> list[str]:
        with self._connection() as (connection, _):
            return list(connection.execute(shape(self._relation)).keys())

    def values(self, statement: sa.Select) -> list[tuple[Any, ...]]:
        with self._connection() as (connection, _):
            return [tuple(row) for row in connection.execute(statement)]

    def write(self, statement: sa.Select, columns: list[str], to: RowFile, scratch: Path) -> None:
        if self.copies:
            self._copy(as_texts(statement, columns), scratch)
            to.add_csv(scratch)
            scratch.unlink()
            return
        with self._connection() as (connection, refuse_late):
            result = connection.execution_options(stream_results=True, max_row_buffer=BATCH_ROWS).execute(statement)
            for rows in result.partitions(BATCH_ROWS):
                refuse_late()
                to.add([tuple(row) for row in rows])

    def _copy(self, statement: sa.Select, scratch: Path) -> None:
        """Let PostgreSQL write the result as CSV, much faster than rows. The driver quotes the parameters."""
        compiled = statement.compile(dialect=self._engine.dialect)
        with self._connection() as (connection, _), scratch.open("wb") as file:
            cursor = connection.connection.cursor()
            query = cursor.mogrify(str(compiled), compiled.params).decode()
            cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", file)

    @contextmanager
    def _connection(self) -> Iterator[tuple[sa.Connection, Callable[[], None]]]:
        """A read-only connection, and a function that raises once the time is over, for drivers without a limit."""
        ends_at = time.monotonic() + self._timeout
        where = f"{self.address.shown}, {self._relation.name}"

        def refuse_late() -> None:
            if time.monotonic() > ends_at:
                raise too_slow(where, self._timeout)

        errors = (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error)
        try:
            with self._engine.connect() as connection:
                try:
                    _prepare(connection, self._timeout, ends_at)
                    yield connection, refuse_late
                except errors:
                    connection.invalidate()  # else its rollback would fail, and hide why it broke
                    raise
        except errors as error:
            raise failure_of(error, self.address, self._relation.name, self._timeout) from None  # it may show secrets


def _engine(address: Address) -> sa.Engine:
    url = address.url
    try:
        if url.get_backend_name() == "sqlite":
            return sa.create_engine(url, creator=lambda: _opened_sqlite(url.database), poolclass=NullPool)
        arguments: dict[str, Any] = {}
        if url.get_backend_name() == "postgresql":
            arguments = {"connect_timeout": CONNECT_SECONDS, **_KEEPALIVES}
        if url.get_backend_name() in ("mysql", "mariadb"):
            arguments = {"connect_timeout": CONNECT_SECONDS}
        return sa.create_engine(url, connect_args=arguments, poolclass=NullPool)
    except NoSuchModuleError as error:
        raise ConfigurationError(
            f"PIZZA_ORDERS_URL: no dialect of SQLAlchemy is installed for {url.drivername}://; install its package, "
            "as in the table of databases in docs/sources.md"
        ) from error
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"PIZZA_ORDERS_URL: {url.drivername}:// needs the Python package {error.name}; install it (for PostgreSQL: "
            "pip install psycopg2-binary)"
        ) from error


def _opened_sqlite(database: str | None) -> Any:
    """A SQLite file that is only read; opening a file that is not there would create it."""
    import sqlite3

    path = Path(database or "")
    if not path.is_file():
        raise ConfigurationError(f"PIZZA_ORDERS_URL: there is no SQLite file {path}; write sqlite:///folder/file.db")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=CONNECT_SECONDS)


def _prepare(connection: sa.Connection, timeout: int, ends_at: float) -> None:
    """Make the connection read-only and limit its statements, as far as the database can."""
    name = connection.dialect.name
    if name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        settings = {
            "statement_timeout": f"{timeout}s",
            "TimeZone": "UTC",
            "DateStyle": "ISO",
            "client_encoding": "UTF8",
        }
        for setting, value in settings.items():
            connection.exec_driver_sql(f"SET LOCAL {setting} TO '{value}'")
    elif name in ("mysql", "mariadb"):
        limit = f"max_statement_time = {timeout}" if name == "mariadb" else f"max_execution_time = {timeout * 1000}"
        connection.exec_driver_sql(f"SET SESSION {limit}")
        connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
    elif name == "sqlite":
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(lambda: time.monotonic() > ends_at, _CHECKED_EVERY)
