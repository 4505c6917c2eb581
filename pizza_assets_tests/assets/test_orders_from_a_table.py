"""Weeks of a database through the pipeline: stored under their label; a failure leaves them whole or has a stand-in."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.models.vocabulary import DataSource
from pizza_assets_tests.sources.orders.exports import ORDER_ROWS
from pizza_assets_tests.support.order_tables import sqlite_address
from pizza_assets_tests.support.pipeline import Pipeline

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK, NEXT = "2026-08-18", "2026-08-25"
ROWS = [
    (f"{day}-{hour}", datetime(2026, 8, day, hour, 30), 12.5, 1, "Leeds", "s1", "0113 496 0000")
    for day in range(18, 32)
    for hour in range(11, 22)
]


def pipeline(tmp_path: Path, **environ: str) -> Pipeline:
    (tmp_path / "orders.toml").write_text(ORDER_ROWS)
    settings = {
        "PIZZA_ORDERS": "sql",
        "PIZZA_ORDERS_URL": f"sqlite:///{tmp_path}/shop.db",
        "PIZZA_ORDERS_TABLE": "orders",
        "PIZZA_ORDERS_MAPPING": str(tmp_path / "orders.toml"),
    }
    return Pipeline(tmp_path / "data", now=NOW, **{**settings, **environ})


@pytest.mark.parametrize("fallback", ["mock", "fail"])
def test_a_week_is_stored_and_a_failure_neither_replaces_nor_hides_it(fallback: str, tmp_path: Path) -> None:
    sqlite_address(tmp_path / "shop.db", ROWS)
    with dg.DagsterInstance.ephemeral() as instance:
        first = pipeline(tmp_path, PIZZA_FALLBACK=fallback)
        assert first.collect(instance, [WEEK]).failures == {}
        stored = first.tables.read_week("raw_orders", WEEK)
        assert stored is not None
        assert len(stored.rows) == sum(row[1].day in range(18, 25) for row in ROWS)
        assert set(stored.rows["order_source"]) == {DataSource.REAL}
        assert "phone" not in stored.rows.columns
        before = first.checksums()
        with sqlite3.connect(tmp_path / "shop.db") as connection:
            connection.execute("ALTER TABLE orders RENAME TO gone")
        connection.close()
        broken = pipeline(tmp_path, PIZZA_FALLBACK=fallback)
        broken.collect(instance, [WEEK, NEXT])
        assert broken.checksums()[f"raw_orders {WEEK}"] == before[f"raw_orders {WEEK}"]
        facts = broken.tables.week_facts("raw_orders", NEXT)
        if fallback == "fail":
            assert facts is None
        else:
            assert facts is not None
            assert facts.data_source == DataSource.MOCK
            assert "sql failed: sqlite:///" in (facts.reason or "")
