"""PIZZA_BIN_ENGINE: the same stored week, counted by the kernel, DuckDB and a real Spark on this machine."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.models import RawOrders
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.bin_engines import bin_engine
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.conftest import absent
from pizza_assets_tests.support.stored_week import write_week

pytestmark = [
    pytest.mark.integration,
    # Spark's own: sockets to its Java process stay open, and it uses what pandas will drop
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]
WEEK = MatchWeek("2025-09-02", "Europe/London")
NOW = datetime(2025, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> TableStore:
    """A mock week with orders in its first and its last microsecond."""
    folder = tmp_path_factory.mktemp("storage")
    tables = build_tables(Settings(storage=str(folder)), lambda: NOW)
    matches = MockMatches(now=lambda: NOW, timezone=WEEK.timezone, seed=0).matches(WEEK).rows
    made = mock_orders(WEEK, DEFAULT_MARKETS, matches, NOW, 0)
    edges = made.rows.iloc[[0, -1]].assign(
        order_id=["first", "last"],
        ordered_at=[WEEK.starts_at, WEEK.ends_at - timedelta(microseconds=1)],
        revenue_cents=100_000_000,
    )
    rows = RawOrders.conform(pd.concat([made.rows, edges]))
    write_week(tables, "raw_orders", WEEK.key, rows, Origin("mock", "1", "test"), made.covered)
    return tables


@pytest.fixture(scope="module")
def spark() -> Iterator[None]:
    """A Spark session in a separate Java process."""
    if shutil.which("java") is None:
        absent("Java is absent; install a JRE of version 17 or later")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        absent("pyspark is absent; install the extra `scale`")
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    yield
    session.stop()


def binned(tables: TableStore, engine: str) -> pd.DataFrame:
    orders = tables.stream_orders(WEEK.key)
    assert orders is not None
    return bin_orders(
        orders, orders.covered, WEEK.starts_at, WEEK.ends_at, order_source="mock", engine=bin_engine(engine)
    )


def test_duckdb_gives_the_same_bins_as_the_kernel(tables: TableStore) -> None:
    try:
        import duckdb  # noqa: F401
    except ImportError:
        absent("duckdb is absent; install the extra `scale`")

    pd.testing.assert_frame_equal(binned(tables, "duckdb"), binned(tables, "kernel"))


def test_spark_gives_the_same_bins_as_the_kernel(tables: TableStore, spark: None, tmp_path: Path) -> None:
    bins = binned(tables, "spark")

    pd.testing.assert_frame_equal(bins, binned(tables, "kernel"))
    assert bins["order_count"].sum() > 20_000


def test_a_storage_folder_is_never_a_pattern_of_spark(tables: TableStore, spark: None, tmp_path: Path) -> None:
    for name in ("aXb", "a1b {c}", "a*b", "a[1]b {c}?"):
        shutil.copytree(tables.objects.uri(""), tmp_path / name)
    for name in ("a*b", "a[1]b {c}?"):
        copied = build_tables(Settings(storage=str(tmp_path / name)), lambda: NOW)
        pd.testing.assert_frame_equal(binned(copied, "spark"), binned(tables, "kernel"))
