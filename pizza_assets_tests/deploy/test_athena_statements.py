"""The statements for Athena without Terraform: they can be read, and say what is stored, where it is stored."""

import io
from collections.abc import Callable
from datetime import date

import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify

from pizza_assets.models import TABLES
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.settings import Settings
from pizza_assets.storage import frames
from pizza_assets.storage.layout import PLACES, week_key
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.support.athena_lint import Unusable, definition, folders, stored_types
from pizza_assets_tests.support.athena_tables import BUCKET, FIRST_PROJECTED_WEEK, WEEKLY_STATEMENTS, weekly_statements

ZONE = "Europe/London"
TODAY = date(2026, 12, 31)
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly and place.table == asset]
CREATE, *STATEMENTS = WEEKLY_STATEMENTS.read_text(encoding="utf-8").split(";\n")[:-1]
BY_TABLE = dict(zip(sorted(WEEKLY), STATEMENTS, strict=True))


def complaints(asset: str, statement: str) -> list[str]:
    """What is wrong with the statement of a weekly table."""
    try:
        found = definition(statement)
        projected = set(folders(found, TODAY))
    except Unusable as error:
        return [str(error)]
    stored = stored_types(pq.ParquetFile(io.BytesIO(frames.to_parquet(frames.to_arrow(
        TABLES[asset].empty(), TABLES[asset], "real"
    )))))  # fmt: skip
    weeks = weeks_between(MatchWeek(FIRST_PROJECTED_WEEK, ZONE), MatchWeek.of_date(TODAY, ZONE))
    wanted = {
        f"s3://{BUCKET}/{week_key(asset, week.key, label)}".removesuffix(f"{asset}.parquet")
        for week in weeks
        for label in PLACES[asset].labels or (None,)
    }
    wrong = {
        "its name": (found.table, asset),
        "its columns": (found.columns, stored),
        "its partitions": (found.partitions, dict.fromkeys(["label", "week"][not PLACES[asset].labels :], "string")),
        "folders of no week": (projected - wanted, set()),
        "folders that are not projected": (wanted - projected, set()),
    }
    return [f"{what}: {is_now}" for what, (is_now, should) in wrong.items() if is_now != should]


def test_they_are_up_to_date() -> None:
    assert WEEKLY_STATEMENTS.read_text(encoding="utf-8") == weekly_statements(), "run `make docs`"


@pytest.mark.parametrize("asset", WEEKLY)
def test_the_statement_of_a_weekly_table_says_what_is_stored_where(asset: str) -> None:
    assert complaints(asset, BY_TABLE[asset]) == []


def test_every_week_that_the_product_may_store_by_default_is_projected() -> None:
    assert date.fromisoformat(FIRST_PROJECTED_WEEK) <= Settings().first_week


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("\n)", "\n", 1),
        lambda text: text.replace(",\n", "\n", 1),
        lambda text: text.replace("bigint", "bigintt", 1),
        lambda text: text.replace("TBLPROPERTIES", "TBLPROPS"),
        lambda text: text.replace("LOCATION", "LOCATON"),
        lambda text: text.replace("EXTERNAL", "EXTERN"),
        lambda text: text.replace("STORED AS PARQUET", "STORED AS ORC"),
        lambda text: text.replace("`week` string", "`week`"),
        lambda text: text.replace("\\'", "'", 1),
        lambda text: text.replace("bigint", "int", 1),
        lambda text: text.replace("timestamp", "string", 1),
        lambda text: text.replace("`market` string", "`town` string", 1),
        lambda text: text.replace(FIRST_PROJECTED_WEEK, "2010-01-04"),
        lambda text: text.replace(FIRST_PROJECTED_WEEK, "2010-01-12"),
        lambda text: text.replace("'7'", "'14'"),
        lambda text: text.replace("'7'", "'1'"),
        lambda text: text.replace("'DAYS'", "'WEEKS'"),
        lambda text: text.replace("'real,mock'", "'real'"),
        lambda text: text.replace("${label}/week=", "${label}/weeks="),
        lambda text: text.replace("/raw-data/dominos-orders/$", "/raw-data/orders/$"),
        lambda text: text.replace("projection.enabled' = 'true'", "projection.enabled' = 'false'"),
        lambda text: text.replace("pizza.raw_orders", "pizza.orders"),
    ],
)
def test_what_is_wrong_with_a_statement_is_noticed(broken: Callable[[str], str]) -> None:
    statement = broken(BY_TABLE["raw_orders"])
    assert statement != BY_TABLE["raw_orders"]
    assert complaints("raw_orders", statement) != []


def test_the_query_in_the_docs_names_columns_of_the_tables() -> None:
    text = (PROJECT_ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    query = text.split("**Athena**", 1)[1].split("```sql\n", 1)[1].split("```", 1)[0]
    found = {asset: definition(statement) for asset, statement in BY_TABLE.items()}
    schema = {"pizza": {asset: {**one.columns, **one.partitions} for asset, one in found.items()}}
    qualified = qualify(sqlglot.parse_one(query, dialect="athena"), schema=schema, dialect="athena")
    assert [column.alias for column in qualified.selects] == ["week", "market", "orders", "revenue"]
    with pytest.raises(OptimizeError, match="town"):
        qualify(sqlglot.parse_one(query.replace("market", "town"), dialect="athena"), schema=schema, dialect="athena")


def test_a_week_of_seven_days_may_be_written_as_a_week() -> None:
    statement = BY_TABLE["raw_orders"].replace("'7'", "'1'").replace("'DAYS'", "'WEEKS'")
    assert complaints("raw_orders", statement) == []
