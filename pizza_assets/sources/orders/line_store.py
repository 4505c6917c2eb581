"""The store of typed order lines: one DuckDB database per export, in the cache folder of this machine.

Everything in it can be read again from the files, so a store that is damaged, or was made by another version of DuckDB
or of the parser, is rebuilt. One process uses it at a time; the orders of weeks are Parquet files beside it, which
others read meanwhile. What the lines mean does not belong here.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import pyarrow as pa
from filelock import FileLock

from pizza_assets.errors import StorageError
from pizza_assets.escaping import printable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Result = TypeVar("Result")

DATABASE, LOCK, TEMPORARY = "lines.duckdb", ".lock", "spilled"
_IN_MEMORY = ":memory:"
BESIDE = "beside"
"""A database in memory beside the store: unlike temporary tables, its tables are seen by every cursor."""
MEMORY = "384MB"
"""DuckDB's limit; beyond it sorts and joins go to the disk."""
_THREADS = 2
_UNUSED_SECONDS = 90 * 86_400
"""How long a store stays that no import uses: of an export or a mapping that was moved, or only checked once."""

_TABLES = """
CREATE TABLE state (name VARCHAR, value VARCHAR);
CREATE TABLE extents (name VARCHAR, first_week VARCHAR, last_week VARCHAR);
CREATE TABLE files (
    file_id INTEGER, name VARCHAR, stat VARCHAR, content VARCHAR, is_used BOOLEAN, error VARCHAR, line_count BIGINT,
    blank_count BIGINT, aside_count BIGINT, aside VARCHAR[], last_at TIMESTAMP, held_from TIMESTAMP, first_week DATE,
    last_week DATE
);
CREATE TABLE lines (
    file_id INTEGER, line_number BIGINT, order_id VARCHAR, ordered_at TIMESTAMP, week DATE, zone VARCHAR,
    dst_note TINYINT, chain VARCHAR, market VARCHAR, store_id VARCHAR, store_location VARCHAR, currency VARCHAR,
    amount BIGINT, quantity BIGINT, item VARCHAR, is_excluded BOOLEAN, is_refund BOOLEAN, problem_column VARCHAR,
    problem_check VARCHAR, problem_value VARCHAR, problem_reason VARCHAR
);
CREATE TABLE asides (file_id INTEGER, week DATE, why VARCHAR, lines BIGINT);
CREATE TABLE week_files (week DATE, name VARCHAR);
CREATE TABLE week_counts (week DATE, kind VARCHAR, lines BIGINT);
CREATE TABLE rejects (
    week DATE, file_id INTEGER, line_number BIGINT, row_id VARCHAR, "column" VARCHAR, "check" VARCHAR, "value" VARCHAR,
    reason VARCHAR
);
CREATE TABLE days (
    week DATE, zone VARCHAR, market VARCHAR, chain VARCHAR, currency VARCHAR, "day" DATE, last_at TIMESTAMP
);
CREATE TABLE file_days (week DATE, file_id INTEGER, zone VARCHAR, "first" DATE, "last" DATE);
"""
"""Instants are in UTC. week: the local date of the match week's Tuesday. files.stat: empty if size and time may not yet
tell a change. files.is_used: whether the answers are made of it. The tables from week_files on are the answers.
"""


def with_store(folder: Path, made_with: str, work: Callable[["DuckDBPyConnection"], Result]) -> Result:
    """The result of `work` on the store in `folder`, which no other process uses meanwhile.

    made_with: of a store made with something else, only the known extents of files are kept; so it is with a damaged
    store if they can be read. Raises StorageError if the store can't be used, or the disk is full.
    """
    import duckdb  # slow to import, and only files of orders need it

    with _errors_named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK):
            os.utime(folder / LOCK)
            try:
                with _opened(folder, made_with) as db:
                    return work(db)
            except (_Damaged, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException) as error:
                logging.getLogger(__name__).warning(
                    "%s is damaged, so it is made again from the files: %s",
                    folder / DATABASE, printable(str(error).splitlines()[0]),
                )  # fmt: skip
            with _made(folder, made_with, _readable_extents(folder)) as db:
                return work(db)


def with_passing_store(folder: Path, work: Callable[["DuckDBPyConnection"], Result]) -> Result:
    """The result of `work` on a new store in memory, for files that are read once.

    folder: for what does not fit into memory. Raises StorageError if the disk is full.
    """
    with _errors_named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _connected(folder, _IN_MEMORY) as db:
            db.execute(_TABLES)
            return work(db)


@contextmanager
def _errors_named(folder: Path) -> Iterator[None]:
    """Raises StorageError with cause and remedy for what the disk or DuckDB refuse in the block."""
    import duckdb

    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{folder}: order lines can't be stored ({error}); check the permissions of the folder, and whether the "
            "disk is full"
        ) from error
    except RuntimeError as error:  # what DuckDB makes of Ctrl-C during a statement
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise
    except duckdb.OutOfMemoryException as error:
        raise StorageError(
            f"{folder}: the import needs more memory or disk than there is ({error}); free some, and run again"
        ) from error
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise StorageError(f"{folder / DATABASE} is open in another program ({error}); close it") from error
        raise StorageError(
            f"{folder}: order lines can't be stored ({error}); is the disk full? If not, delete {DATABASE} in it, and "
            "it is made again from the files"
        ) from error


class _Damaged(Exception):
    """The database can't be opened, or is not one of ours."""


@contextmanager
def _opened(folder: Path, made_with: str) -> Iterator["DuckDBPyConnection"]:
    """The store; a new one if there is none, or it was made with something else. Raises _Damaged."""
    import duckdb

    extents = []
    if (folder / DATABASE).exists():
        with ExitStack() as stack:
            try:
                db = stack.enter_context(_connected(folder, str(folder / DATABASE)))
                row = db.execute("SELECT value FROM state WHERE name = 'made_with'").fetchone()
                extents = db.execute("FROM extents").fetchall()
            except duckdb.Error as error:
                if isinstance(error, duckdb.OutOfMemoryException) or "Could not set lock" in str(error):
                    raise
                raise _Damaged(str(error)) from error
            if row == (made_with,):
                yield db
                return
        versions = (row[0] if row else "").split("\n", maxsplit=1)[0]
        if versions != made_with.split("\n", maxsplit=1)[0]:
            logging.getLogger(__name__).warning(
                "%s was made by another version (%s), so it is made again from the files", folder, printable(versions)
            )
    with _made(folder, made_with, extents) as db:
        yield db


def _readable_extents(folder: Path) -> list[tuple[str, str, str]]:
    """The extents in a damaged store, as far as it can still be read: they keep incomplete weeks from being stored."""
    import duckdb

    try:
        with _connected(folder, str(folder / DATABASE)) as db:
            return db.execute("FROM extents").fetchall()
    except duckdb.Error:
        return []


@contextmanager
def _made(folder: Path, made_with: str, extents: Sequence[tuple[str, str, str]]) -> Iterator["DuckDBPyConnection"]:
    """A new store, in place of the one that may be there."""
    for name in (DATABASE, f"{DATABASE}.wal"):
        (folder / name).unlink(missing_ok=True)
    for earlier in folder.parent.glob(f"*{folder.name}-*"):  # left by releases that had one folder per set of files
        shutil.rmtree(earlier, ignore_errors=True)
    _sweep_unused(folder.parent)
    with _connected(folder, str(folder / DATABASE)) as db:
        with transaction(db):
            db.execute(_TABLES)
            db.execute("INSERT INTO state VALUES ('made_with', ?)", [made_with])
            if extents:
                db.executemany("INSERT INTO extents VALUES (?, ?, ?)", extents)
        yield db


def _sweep_unused(cache: Path) -> None:
    """Delete the stores beside this one that no import has used for long; they are made again when they are needed."""
    for lock in cache.glob(f"*/{LOCK}"):
        with suppress(FileNotFoundError):  # another import has deleted it
            if time.time() - lock.stat().st_mtime > _UNUSED_SECONDS:
                shutil.rmtree(lock.parent, ignore_errors=True)


@contextmanager
def _connected(folder: Path, database: str) -> Iterator["DuckDBPyConnection"]:
    import duckdb

    config = {
        "memory_limit": MEMORY, "temp_directory": str(folder / TEMPORARY), "threads": _THREADS,
        "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    }  # fmt: skip
    with duckdb.connect(database, config=config) as db:
        db.execute(f"ATTACH '{_IN_MEMORY}' AS {BESIDE}")
        yield db


@contextmanager
def transaction(db: "DuckDBPyConnection") -> Iterator[None]:
    """All changes in the block, or none of them."""
    db.execute("BEGIN")
    try:
        yield
    except BaseException as error:  # on interrupts, too: half a change must not be stored
        _roll_back(db, error)
        raise
    db.execute("COMMIT")


def _roll_back(db: "DuckDBPyConnection", error: BaseException) -> None:
    """Of a database that can't be rolled back either, the first error is told: the second one follows from it."""
    import duckdb

    try:
        db.execute("ROLLBACK")
    except duckdb.Error as second:
        error.add_note(f"nor could its changes be rolled back: {second}")


@contextmanager
def one_thread(db: "DuckDBPyConnection") -> Iterator[None]:
    """Statements in the block use one thread: beside threads that read lines, a second one would only wait for work."""
    db.execute("SET threads = 1")
    try:
        yield
    finally:
        db.execute(f"SET threads = {_THREADS}")


def execute_given(
    db: "DuckDBPyConnection",
    given: pd.DataFrame | pa.Table,  # noqa: ARG001
    statement: str,
    values: Sequence[object] | Mapping[str, object] = (),
) -> "DuckDBPyConnection":
    """Run a statement in which the table `given` is these rows.

    DuckDB finds them by the name of the argument. A registered table would stay in memory until the transaction ends.
    """
    return db.execute(statement, values)


def insert(db: "DuckDBPyConnection", table: str, rows: pd.DataFrame | pa.Table, more: str = "") -> None:
    """Append rows by the names of their columns; `more` adds computed columns."""
    execute_given(db, rows, f"INSERT INTO {table} BY NAME SELECT *{more} FROM given")
