"""The engines that count a week's orders by minute (PIZZA_BIN_ENGINE): this process, DuckDB or Spark, with equal sums.

DuckDB and Spark read the stored Parquet themselves, so on S3 they need their own access to the bucket. A path is
never a pattern to them, whatever its name. Their query is in analysis/order_expression.py.
"""

import glob
import re
from collections.abc import Callable, Sequence

import pyarrow as pa

from pizza_assets.analysis.order_expression import minute_sums_sql, sums_of
from pizza_assets.analysis.order_kernel import OrderSums, Series, Timeline, sum_orders
from pizza_assets.errors import ConfigurationError
from pizza_assets.storage.week_stream import OrderStream

Engine = Callable[[OrderStream, Sequence[Series], Timeline], OrderSums]


def bin_engine(name: str) -> Engine:
    """The engine of that name."""
    return {"kernel": sum_orders, "duckdb": _by_duckdb, "spark": _by_spark}[name]


def _by_duckdb(orders: OrderStream, series: Sequence[Series], timeline: Timeline) -> OrderSums:
    try:
        import duckdb

        sql = minute_sums_sql("duckdb")
    except ImportError as error:
        raise _absent("duckdb", error) from error
    with duckdb.connect() as connection:
        connection.read_parquet(glob.escape(orders.uri)).create_view("raw_orders")
        return sums_of(connection.sql(sql).to_arrow_table(), series, timeline)


def _by_spark(orders: OrderStream, series: Sequence[Series], timeline: Timeline) -> OrderSums:
    """Count in the running Spark session, or a new one with the usual Spark settings (SPARK_CONF_DIR, spark-submit)."""
    try:
        from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports] - of the extra `scale`

        sql = minute_sums_sql("pyspark")
    except ImportError as error:
        raise _absent("spark", error) from error
    session = SparkSession.builder.appName("pizza_assets").getOrCreate()
    session.read.parquet(_spark_path(orders.uri)).createOrReplaceTempView("raw_orders")
    answer: pa.Table = session.sql(sql).toArrow()
    return sums_of(answer, series, timeline)


def _spark_path(uri: str) -> str:
    """The path for Hadoop, which reads these signs as a pattern unless they are escaped."""
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", uri.replace("s3://", "s3a://", 1))


def _absent(engine: str, error: ImportError) -> ConfigurationError:
    return ConfigurationError(
        f"PIZZA_BIN_ENGINE={engine} needs {error.name}, which is not installed; run `pip install 'pizza_assets[scale]'`"
    )
