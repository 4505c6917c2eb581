"""Which engine counts orders by minute. Spark is started in integration/test_bin_engines.py."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pizza_assets.analysis.order_kernel import Timeline
from pizza_assets.errors import ConfigurationError
from pizza_assets.models import RawOrders
from pizza_assets.orchestration.bin_engines import bin_engine
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.storage.week_stream import OrderStream
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.support.stored_week import write_week

SERIES = [("London", "dominos", "GBP")]
TIMELINE = Timeline(int(at("12:00").timestamp()) // 60, 5)


@pytest.fixture
def orders(tmp_path: Path) -> OrderStream:
    return stored_orders(tmp_path)


def stored_orders(folder: Path) -> OrderStream:
    tables = build_tables(Settings(storage=str(folder)), lambda: datetime(2025, 9, 10, tzinfo=UTC))
    rows = [an_order("a", at("12:00:59"), store_id="s2"), an_order("b", at("12:01")), an_order("c", at("11:59"))]
    write_week(tables, "raw_orders", "2025-09-02", RawOrders.conform(rows), Origin("real", "1", "test"), [])
    stream = tables.stream_orders("2025-09-02")
    assert stream is not None
    return stream


@pytest.mark.parametrize("name", ["kernel", "duckdb"])
def test_an_engine_counts_the_stored_week(orders: OrderStream, name: str) -> None:
    sums = bin_engine(name)(orders, SERIES, TIMELINE)

    assert sums.by_minute["order_count"][:, 0].tolist() == [1, 1, 0, 0, 0]
    assert sums.stray_count == 1
    assert [outlet.store_id for outlet in sums.outlets] == ["s1", "s2"]
    np.testing.assert_array_equal(sums.is_sold[:, :2], [[False, True], [True, False]])


PATTERNS = ("a*b", "a?b", "a[1]b", "a[b", "**", "{a,b}", "a'b\"c")


@pytest.mark.parametrize("folder", PATTERNS)
def test_a_storage_folder_is_never_a_pattern(tmp_path: Path, folder: str) -> None:
    for sibling in ("aXb", "a1b", "axxb", "a"):
        stored_orders(tmp_path / sibling)
    orders = stored_orders(tmp_path / folder)
    sums = bin_engine("duckdb")(orders, SERIES, TIMELINE)
    assert sums.by_minute["order_count"][:, 0].tolist() == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(("name", "module"), [("duckdb", "duckdb"), ("spark", "pyspark"), ("duckdb", "ibis")])
def test_a_missing_engine_is_named_with_the_remedy(
    orders: OrderStream, name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, f"{module}.sql", None)

    with pytest.raises(ConfigurationError, match=rf"PIZZA_BIN_ENGINE={name} needs {module}"):
        bin_engine(name)(orders, SERIES, TIMELINE)
