"""The order-to-minute step as one expression, on DuckDB: the kernel's sums. Spark: integration/test_bin_engines.py."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_expression import minute_sums_sql, sums_of
from pizza_assets.analysis.order_kernel import OrderSums, Timeline, sum_orders
from pizza_assets.models import RawOrders
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.strategies import World, worlds
from pizza_assets_tests.support.examples import examples

try:
    import duckdb
    import ibis  # noqa: F401 - the expression is built with it
except ImportError as error:
    pytest.skip(f"{error.name} of the extra `scale` is not installed", allow_module_level=True)


def by_duckdb(orders: pd.DataFrame, series: list, timeline: Timeline, folder: Path) -> OrderSums:
    schema = pa.schema([field.with_nullable(True) for field in RawOrders.arrow_schema()])
    table = pa.Table.from_pandas(orders, schema=schema, preserve_index=False)
    parquet.write_table(table, folder / "orders.parquet")
    with duckdb.connect() as connection:
        connection.read_parquet(str(folder / "orders.parquet")).create_view("raw_orders")
        return sums_of(connection.sql(minute_sums_sql("duckdb")).to_arrow_table(), series, timeline)


def assert_equal(seen: OrderSums, expected: OrderSums) -> None:
    assert (seen.series, seen.outlets, seen.stray_count) == (expected.series, expected.outlets, expected.stray_count)
    assert list(seen.by_minute) == list(expected.by_minute) == ["order_count", "revenue_cents", "pizza_count"]
    for name, cells in expected.by_minute.items():
        np.testing.assert_array_equal(seen.by_minute[name], cells)
    np.testing.assert_array_equal(seen.is_sold, expected.is_sold)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


# Property 12: every engine puts an order in the same minute, also at the edges and outside the period
@examples(100)
@given(world=worlds())
def test_duckdb_gives_the_sums_of_the_kernel(world: World, folder: Path) -> None:
    series = sorted({(p.market, p.chain, p.currency) for p in world.covered})[1:]
    timeline = Timeline(int(world.starts_at.timestamp()) // 60 + 60, 840)

    expected = sum_orders(FrameBatches(world.orders), series, timeline)

    assert_equal(by_duckdb(world.orders, series, timeline, folder), expected)


def test_the_largest_sums_are_exact(tmp_path: Path) -> None:
    order = RawOrders.conform([an_order("a", at("12:02"), revenue_cents=99_999_999, pizza_count=10_000)])
    orders = order.take(np.zeros(70_000, dtype=int))
    timeline = Timeline(int(at("12:00").timestamp()) // 60, 5)

    sums = by_duckdb(orders, [("London", "dominos", "GBP")], timeline, tmp_path)

    assert sums.by_minute["revenue_cents"].sum() == 70_000 * 99_999_999


@pytest.mark.parametrize("known", [[], [250]])
def test_a_missing_measure_adds_nothing_with_any_engine(known: list[int], tmp_path: Path) -> None:
    order = RawOrders.conform([an_order("a", at("12:02"))])
    orders = order.take(np.zeros(2 + len(known), dtype=int)).assign(
        revenue_cents=pd.array([None, None, *known], "Int64")
    )
    series, timeline = [("London", "dominos", "GBP")], Timeline(int(at("12:00").timestamp()) // 60, 5)

    sums = sum_orders(FrameBatches(orders), series, timeline)

    assert sums.by_minute["revenue_cents"].sum() == sum(known)
    assert sums.by_minute["order_count"].sum() == len(orders)
    assert_equal(by_duckdb(orders, series, timeline, tmp_path), sums)


def test_the_expression_compiles_to_athena_sql() -> None:
    sql = minute_sums_sql("athena")

    assert 'FROM "raw_orders"' in sql
    assert "TO_UNIXTIME" in sql
    assert "ARRAY_AGG(DISTINCT" in sql
