"""Orders in real databases, with the source that reads them, for tests."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pizza_assets.models.market import Market
from pizza_assets.models.secret import Secret
from pizza_assets.sources.base import Clock
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.sql.database import open_database
from pizza_assets.sources.orders.sql.relation import Relation
from pizza_assets.sources.orders.sql.source import OrdersTable
from pizza_assets.sources.orders.sql.week_import import WeekImport
from pizza_assets_tests.sources.orders.exports import NOW, ZONE, mapping

Row = tuple[Any, ...]
COLUMNS = "id TEXT, placed TIMESTAMP, paid DECIMAL(10, 2), pizzas INTEGER, city TEXT, store TEXT, phone TEXT"


def source_of(
    address: str,
    table: str = "orders",
    chosen: FileMapping | None = None,
    *,
    timeout: int = 60,
    zone: str = ZONE,
    now: Clock = lambda: NOW,
    markets: Sequence[Market] = (),
    updated_at: str | None = None,
) -> OrdersTable:
    relation, used = Relation(table), chosen or mapping()
    database = open_database(Secret(address), relation, timeout)
    importer = WeekImport(used, zone, markets, relation.name, OrdersTable.name)
    return OrdersTable(database, relation, used, importer, zone, now, updated_at)


def sqlite_address(file: Path, rows: Sequence[Row], columns: str = COLUMNS) -> str:
    """A new SQLite file with the table orders."""
    connection = sqlite3.connect(file)
    connection.execute(f"CREATE TABLE orders ({columns})")
    values = [tuple(str(value) if isinstance(value, datetime | Decimal) else value for value in row) for row in rows]
    if rows:
        connection.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * len(rows[0]))})", values)
    connection.commit()
    connection.close()
    return f"sqlite:///{file}"


def duckdb_address(file: Path, rows: Sequence[Row], columns: str = COLUMNS) -> str:
    """A new DuckDB file with the table orders."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE orders ({columns})")
        frame = pd.DataFrame(rows, dtype="object")
        connection.register("given", frame)
        connection.execute("INSERT INTO orders SELECT * FROM given")
    return f"duckdb:///{file}"
