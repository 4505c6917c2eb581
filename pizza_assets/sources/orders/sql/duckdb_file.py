"""Orders in a DuckDB file, read as Arrow by DuckDB itself, which needs no dialect of SQLAlchemy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.sql.address import Address
from pizza_assets.sources.orders.sql.failures import failure_of, too_slow
from pizza_assets.sources.orders.sql.relation import Relation, shape
from pizza_assets.sources.orders.sql.rows import BATCH_ROWS, RowFile
from pizza_assets.sources.orders.sql.texts import as_texts

_DIALECT = DefaultDialect(paramstyle="qmark")
_CONFIG = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""Reading a file must not download anything."""


class DuckDbFile:
    """The Database of duckdb:///folder/file.db."""

    def __init__(self, address: Address, relation: Relation, timeout_seconds: int) -> None:
        self.address, self._relation, self._timeout = address, relation, timeout_seconds

    def limited(self, seconds: int) -> "DuckDbFile":
        return DuckDbFile(self.address, self._relation, min(seconds, self._timeout))

    def columns(self) -> list[str]:
        with self._result(shape(self._relation), 1) as reader:
            return list(reader.schema.names)

    def values(self, statement: sa.Select) -> list[tuple[Any, ...]]:
        with self._result(statement, BATCH_ROWS) as reader:
            return list(zip(*(column.to_pylist() for column in reader.read_all().columns), strict=True))

    def write(self, statement: sa.Select, columns: list[str], to: RowFile, scratch: Path) -> None:  # noqa: ARG002
        with self._result(as_texts(statement, columns), BATCH_ROWS) as reader:
            for batch in reader:
                to.add_batch(batch)

    @contextmanager
    def _result(self, statement: sa.Select, batch_rows: int) -> Iterator[Any]:
        path = Path(self.address.url.database or "")
        if not path.is_file():
            raise ConfigurationError(
                f"PIZZA_ORDERS_URL: there is no DuckDB file {path}; write duckdb:///folder/file.db"
            )
        compiled = statement.compile(dialect=_DIALECT)
        parameters = [compiled.params[name] for name in compiled.positiontup or ()]
        timer: threading.Timer | None = None
        is_late = threading.Event()
        try:
            with duckdb.connect(str(path), read_only=True, config=_CONFIG) as connection:

                def interrupt() -> None:
                    is_late.set()
                    connection.interrupt()

                timer = threading.Timer(self._timeout, interrupt)
                timer.start()
                yield connection.sql(str(compiled), params=parameters).to_arrow_reader(batch_rows)
        except duckdb.Error as error:
            if is_late.is_set():
                raise too_slow(f"{self.address.shown}, {self._relation.name}", self._timeout) from None
            raise failure_of(error, self.address, self._relation.name, self._timeout) from None
        finally:
            if timer is not None:
                timer.cancel()
