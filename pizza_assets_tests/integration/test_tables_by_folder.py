"""DuckDB and Spark read weekly tables by their folders alone, and count and sum what the product stored.

Three weeks; a whole year by `make tables-of-a-year` (5 minutes).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import hypothesis
import pandas as pd
import pytest

from pizza_assets.models import TABLES
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.storage.layout import PLACES, week_prefixes
from pizza_assets_tests.conftest import absent
from pizza_assets_tests.support.pipeline import Pipeline

ZONE = "Europe/London"
pytestmark = [
    pytest.mark.integration,
    # Spark's own: sockets to its Java process stay open, and it uses what pandas will drop
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]
IS_THOROUGH = hypothesis.settings.get_current_profile_name() == "thorough"
FIRST, LAST = (MatchWeek(week, ZONE) for week in ("2025-09-02" if IS_THOROUGH else "2026-08-11", "2026-08-25"))
WEEKS = [week.key for week in weeks_between(FIRST, LAST)]
EVERY_WEEK = {"raw_orders", "order_bins", "quarter_hours"}
LEAST_WEEKS_OF_MATCHES = 35 if IS_THOROUGH else 1
"""No league plays in summer."""
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly and place.table == asset]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A Spark session in a separate Java process."""
    if shutil.which("java") is None:
        absent("Java is absent; install a JRE of version 17 or later")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        absent("pyspark is absent; install the extra `scale`")
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Weeks from mock sources; clock changes, a turn of the year and a summer without matches are in the year."""
    pipeline = Pipeline(tmp_path_factory.mktemp("year") / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        done = pipeline.collect(instance, WEEKS)
    assert (done.failures, done.error) == ({}, None)
    return pipeline


def sums(asset: str) -> dict[str, str]:
    """An aggregate for each column: sums of numbers, distinct values of text, the extremes of times."""
    found = {"rows": "count(*)"}
    for field in TABLES[asset].arrow_schema():
        column, kind = f'"{field.name}"', str(field.type)
        if kind in ("int64", "double"):
            found[field.name] = f"round(sum(CAST({column} AS DECIMAL(30, 6))), 3)"
        elif kind.startswith("timestamp"):
            found[field.name] = f"concat(CAST(min({column}) AS STRING), CAST(max({column}) AS STRING))"
        elif kind == "bool":
            found[field.name] = f"count_if({column})"
        else:
            found[field.name] = f"count(DISTINCT {column})"
    return found


def selected(asset: str, source: str) -> str:
    """The aggregates of each week, and at the end, without a week, those of all weeks."""
    aggregates = ", ".join(f'{aggregate} AS "{name}"' for name, aggregate in sums(asset).items())
    grouped = "GROUP BY GROUPING SETS ((week), ()) ORDER BY week NULLS LAST"
    return f'SELECT CAST(week AS STRING) AS "week", {aggregates} FROM {source} {grouped}'


def stored(asset: str, pipeline: Pipeline) -> pd.DataFrame:
    """The same aggregates of the tables as the product reads them."""
    tables = pipeline.tables
    weeks = {
        week: found.rows for week in WEEKS if (found := tables.read_week(asset, week)) is not None and len(found.rows)
    }
    frame = pd.concat([rows.assign(week=week) for week, rows in weeks.items()])  # noqa: F841  # DuckDB reads it by name
    return duckdb.sql(selected(asset, "frame")).df()


def shown(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Its cells as text; times without the zone, which engines write differently."""
    texts = frame.map(
        lambda cell: cell.replace("+00", "") if isinstance(cell, str) else "" if pd.isna(cell) else f"{float(cell):.3f}"
    )
    return list(texts.itertuples(index=False, name=None))


@pytest.mark.parametrize("asset", WEEKLY)
def test_a_weekly_table_of_a_year_is_read_by_its_folder(asset: str, year: Pipeline, spark: Any) -> None:
    folder = Path(year.tables.objects.uri("")) / week_prefixes(asset, "mock" if PLACES[asset].labelled else None)[-1]
    by_product = stored(asset, year)
    *weeks, whole = by_product["rows"]
    assert len(weeks) >= (len(WEEKS) if asset in EVERY_WEEK else LEAST_WEEKS_OF_MATCHES)
    assert whole == sum(weeks) > 0
    by_duckdb = duckdb.sql(selected(asset, f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true)")).df()
    assert shown(by_duckdb) == shown(by_product)
    spark.read.parquet(str(folder)).createOrReplaceTempView("weeks")
    by_spark = spark.sql(selected(asset, "weeks").replace('"', "`")).toPandas()
    assert shown(by_spark) == shown(by_product)


def test_facts_are_what_engines_skip(year: Pipeline) -> None:
    """Every file beside a table begins with an underscore or is a table."""
    folders = [Path(year.tables.objects.uri("")) / place.prefix for place in PLACES.values() if place.weekly]
    others = {
        file.name for folder in folders for file in folder.rglob("*") if file.is_file() and file.suffix != ".parquet"
    }
    assert others
    assert all(name.startswith("_") for name in others)
