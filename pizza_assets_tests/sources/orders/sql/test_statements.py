"""What is sent to a database: compiled for every dialect that is installed, and never with a value inside."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect

from pizza_assets.errors import AccessRefused, ConfigurationError, NotThere, SourceUnavailable, Unreachable
from pizza_assets.models.secret import Secret
from pizza_assets.settings import Settings
from pizza_assets.sources.orders.sql.address import Address
from pizza_assets.sources.orders.sql.failures import failure_of
from pizza_assets.sources.orders.sql.relation import Relation, rows_between
from pizza_assets.sources.orders.sql.rows import as_text
from pizza_assets_tests.support.order_tables import source_of

WITHIN = {"first": datetime(2026, 8, 4, 5, tzinfo=UTC), "end": datetime(2026, 8, 11, 5, tzinfo=UTC)}
DIALECTS: list[Dialect] = [d.dialect() for d in (mysql, postgresql, sqlite, mssql, oracle)]


@pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.name for dialect in DIALECTS])
@pytest.mark.parametrize("table", ["sales.orders", "SELECT * FROM t WHERE a = 'x:y'"])
def test_a_week_is_one_statement_with_bound_times(dialect: Dialect, table: str) -> None:
    statement = rows_between(
        Relation(table), ["Order No", "placed"], "placed", WITHIN, ["placed", "Order No"], "Order No"
    )
    compiled = statement.compile(dialect=dialect)
    text = " ".join(str(compiled).split())
    quote = {"mysql": "`Order No`", "mssql": "[Order No]"}.get(dialect.name, '"Order No"')
    assert text.startswith(f"SELECT {quote}, placed FROM ")
    assert re.search(r"ORDER BY CASE WHEN \(?placed IS NULL.* END, placed, CASE WHEN .* END, " + re.escape(quote), text)
    assert "2026" not in text
    assert set(WITHIN.values()) <= set(compiled.params.values())


@pytest.mark.parametrize("table", ["orders; DROP TABLE orders", "a.b.c.d", "or ders", 'or"ders', "", "INSERT INTO x"])
def test_a_name_that_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(ConfigurationError, match="is neither a table such as sales.orders nor a query"):
        Relation(table)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('FATAL: password authentication failed for user "shop"', AccessRefused),
        ("(1045, \"Access denied for user 'shop'@'10.0.0.1'\")", AccessRefused),
        ("250001 (08001): Incorrect username or password was specified.", AccessRefused),
        ('relation "sales" does not exist', NotThere),
        ("(1146, \"Table 'shop.sales' doesn't exist\")", NotThere),
        ("server closed the connection unexpectedly", Unreachable),
        ("(2013, 'Lost connection to MySQL server during query')", Unreachable),
        ("canceling statement due to statement timeout", Unreachable),
        ("Query execution was interrupted, maximum statement execution time exceeded", Unreachable),
        ("division by zero", SourceUnavailable),
    ],
)
def test_a_drivers_error_is_named_without_the_password(said: str, kind: type[Exception]) -> None:
    address = Address(Secret("postgresql+psycopg2://shop:s3same%40@db.example.com:5433/sales?password=other"))
    error = failure_of(RuntimeError(f"{said} s3same@ s3same%40 other"), address, "table orders", 300)
    assert type(error) is kind
    assert str(error).startswith("postgresql://db.example.com:5433/sales, table orders: ")
    assert not {"s3same", "other"} & set(str(error).replace("@", " ").split())


def test_an_address_is_never_shown() -> None:
    for text in ("postgres//shop:s3same@db", "s3same"):
        with pytest.raises(ConfigurationError, match=r"^PIZZA_ORDERS_URL=\*\*\* is not a database's address"):
            Settings.from_environment({"PIZZA_ORDERS_URL": text})
    settings = Settings.from_environment({"PIZZA_ORDERS_URL": "postgresql://shop:s3same@db/sales"})
    assert "s3same" not in repr(settings)
    with pytest.raises(ConfigurationError, match="is no address of a database") as raised:
        _ = Address(Secret("postgresql://shop:s3same@db:port/sales")).url
    assert "s3same" not in str(raised.value)


@pytest.mark.parametrize(
    "rest",
    [
        "shop:s3@same@db/sales",
        "dom/ain:s3same@db/sales",
        "shop:s3@same:pw@db/sales",
        "shop:s3@sa/me@db/sales",
        "/ain:s3same@db/sales",
    ],
)
def test_a_password_whose_characters_split_the_address_is_refused_and_not_shown(rest: str) -> None:
    with pytest.raises(ConfigurationError, match="is no address of a database.*%40 for @, %2F for /") as raised:
        _ = Address(Secret(f"postgresql://{rest}")).shown
    assert not re.search("s3|same", str(raised.value))
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_the_path_of_a_file_may_have_any_character() -> None:
    assert Address(Secret("duckdb:////data/me@shop/a.db")).shown == "duckdb:////data/me@shop/a.db"


def test_parameters_that_are_no_keys_do_not_garble_a_message() -> None:
    address = Address(Secret("postgresql://shop@db/sales?x=a&pwd=q1&sslcert=folder7"))
    assert address.masked("a fatal error, q1 and folder7") == "a fatal error, *** and ***"


@pytest.mark.parametrize("scheme", ["snowflake", "bigquery", "redshift", "mysql+pymysql"])
def test_a_database_whose_package_is_missing_is_named(scheme: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PIZZA_ORDERS_URL: .*{re.escape(scheme)}://"):
        source_of(f"{scheme}://shop@db/sales")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E+2"), "100"),
        (12.5, "12.5"),
        (datetime(2026, 8, 4, 18, 30), "2026-08-04 18:30:00"),
        (datetime(2026, 8, 4, 18, 30, tzinfo=UTC), "2026-08-04 18:30:00+00:00"),
        (datetime(2026, 8, 4).date(), "2026-08-04"),
        (timedelta(hours=9, minutes=5), "09:05:00"),
        (b"A1", "A1"),
        ([{"name": "Margherita"}], '[{"name": "Margherita"}]'),
    ],
)
def test_values_are_written_as_in_an_export(value: object, text: str | None) -> None:
    assert as_text(value) == text
