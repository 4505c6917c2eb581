"""Orders from a real PostgreSQL: the same as from an export, and named errors for everything that goes wrong."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from pizza_assets.cli import main
from pizza_assets.errors import AccessRefused, BadFile, ConfigurationError, SourceUnavailable, Unreachable
from pizza_assets.sources.orders.sql.database import SqlDatabase
from pizza_assets_tests.conftest import absent
from pizza_assets_tests.sources.orders.exports import AUGUST, mapping
from pizza_assets_tests.sources.orders.sql.test_source import assert_same_answers, export_of, rows_of_some_weeks
from pizza_assets_tests.support.order_tables import COLUMNS, source_of
from pizza_assets_tests.support.postgres_server import binaries, postgres_server

pytestmark = pytest.mark.integration
PASSWORD = "p@ss word"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with the tables orders (naive times) and instants (with an offset), and views of them."""
    if binaries() is None:
        absent("PostgreSQL is not installed")
    with postgres_server() as url:
        with sa.create_engine(url).begin() as connection:
            for table in ("orders", "instants"):
                connection.exec_driver_sql(f"CREATE TABLE {table} ({COLUMNS})")
                statement = f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s, %s)"
                connection.exec_driver_sql(statement, rows_of_some_weeks())
            connection.exec_driver_sql(
                "ALTER TABLE instants ALTER placed TYPE timestamptz USING placed AT TIME ZONE 'Europe/London'"
            )
            connection.exec_driver_sql(
                "CREATE VIEW slow AS SELECT orders.* FROM orders, LATERAL (SELECT pg_sleep(0.2 + paid * 0)) AS waiting"
            )
            connection.exec_driver_sql("CREATE SEQUENCE counter")
            connection.exec_driver_sql(f"CREATE ROLE shop LOGIN PASSWORD '{PASSWORD}'")
            hba = Path(connection.exec_driver_sql("SHOW hba_file").scalar_one())
            hba.write_text(f"host all shop 127.0.0.1/32 scram-sha-256\n{hba.read_text()}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        yield url


@pytest.mark.parametrize("by", ["copy", "rows"])
@pytest.mark.parametrize("table", ["orders", "instants"])
def test_each_week_is_that_of_the_same_rows_in_an_export(table: str, by: str, address: str, tmp_path: Path) -> None:
    source = source_of(address, table)
    database = source._database
    assert isinstance(database, SqlDatabase)
    assert database.copies
    database.copies = by == "copy"
    assert assert_same_answers(source, export_of(tmp_path, rows_of_some_weeks())) > 100


def test_an_address_without_a_driver_takes_the_installed_one(address: str) -> None:
    assert len(source_of(address.replace("+psycopg2", "")).orders(AUGUST).frame)


def test_a_query_keeps_its_percent_signs_and_casts(address: str) -> None:
    query = "SELECT * FROM orders WHERE id LIKE 'A3%' AND placed::text <> '%s'"
    assert source_of(address, query).orders(AUGUST).frame["order_id"].str.startswith("A3").all()


def test_a_connection_killed_in_the_middle_gives_a_named_error_and_the_next_run_the_week(address: str) -> None:
    source, failures = source_of(address, "slow", timeout=60), list[Exception]()

    def read() -> None:
        try:
            source.orders(AUGUST)
        except Unreachable as error:
            failures.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    engine, killed = sa.create_engine(address), 0
    while reading.is_alive() and not killed:
        time.sleep(0.1)
        with engine.begin() as connection:
            killed = connection.exec_driver_sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'COPY %%'"
            ).scalar_one()
    reading.join(30)
    assert "nothing of the answer is used; run again" in str(failures[0])
    assert source.failure(AUGUST) is failures[0]
    again = source_of(address).orders(AUGUST)
    pd.testing.assert_frame_equal(again.frame, source_of(address).orders(AUGUST).frame)


def test_a_wrong_password_is_named_and_never_shown(address: str) -> None:
    wrong = address.replace("postgres@", "shop:n0t-th%40t@")
    with pytest.raises(
        AccessRefused, match="access was refused .*; correct user and password in PIZZA_ORDERS_URL"
    ) as raised:
        source_of(wrong).orders(AUGUST)
    assert "n0t-th" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_user_who_may_not_select_is_refused(address: str) -> None:
    own = address.replace("postgres@", "shop:p%40ss%20word@")
    with pytest.raises(AccessRefused, match="permission denied for table orders.*let the user select from it"):
        source_of(own).orders(AUGUST)


def test_a_view_that_is_too_slow_is_given_up(address: str) -> None:
    with pytest.raises(Unreachable, match="table slow: no answer within 1 s; add an index"):
        source_of(address, "slow", timeout=1).orders(AUGUST)


def test_a_naive_time_needs_a_zone(address: str) -> None:
    with pytest.raises(BadFile, match="table orders: column 'placed', line 1: the time '2025-.*' has no zone"):
        source_of(address, chosen=replace(mapping(), timezone=None)).orders(AUGUST)


def test_nothing_is_written(address: str) -> None:
    with pytest.raises(SourceUnavailable, match="cannot execute nextval.. in a read-only transaction"):
        source_of(address, "SELECT *, nextval('counter') FROM orders").orders(AUGUST)
    with pytest.raises(SourceUnavailable, match="refused the query"):
        source_of(address, "SELECT 1; DROP TABLE orders").orders(AUGUST)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="no connection, or it broke"):
        source_of("postgresql+psycopg2://shop@127.0.0.1:1/shop").orders(AUGUST)


def test_a_check_names_the_server_that_is_not_there_without_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "postgresql+psycopg2://shop:s3same@127.0.0.1:1/sales", "--table", "orders"]) == 1
    shown = capsys.readouterr()
    assert "postgresql://127.0.0.1:1/sales, table orders: no connection" in shown.err
    assert "s3same" not in shown.out + shown.err


def test_a_changed_row_names_its_week(address: str, tmp_path: Path) -> None:
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE changing AS SELECT *, timestamptz '2025-10-01' AS changed FROM orders")
    source = source_of(address, "changing", updated_at="changed")
    before = source.latest_change()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE changing SET paid = 99, changed = now() WHERE id = 'A30'")
    after = source_of(address, "changing", updated_at="changed", now=lambda: datetime.now(UTC))
    assert after.changed_weeks(before, after.latest_change()) == [AUGUST.key]
    frame = after.orders(AUGUST).frame
    assert frame.loc[frame["order_id"] == "A30", "revenue_cents"].tolist() == [9900]


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp"])
@pytest.mark.parametrize("future", ["infinity", "9999-12-31"])
def test_a_change_in_the_future_does_not_hide_others(future: str, kind: str, address: str) -> None:
    query = (
        f"SELECT orders.*, CASE id WHEN 'A3' THEN '{future}' WHEN 'A30' THEN '2025-10-02' ELSE '2025-10-01' END"
        f"::{kind} AS changed FROM orders"
    )
    source = source_of(address, query, updated_at="changed")
    assert f"{source.latest_change():%Y-%m-%d}" == "2025-10-02"


def test_a_date_can_not_say_when_a_row_changed(address: str) -> None:
    source = source_of(address, "SELECT orders.*, date '2025-10-01' AS changed FROM orders", updated_at="changed")
    with pytest.raises(ConfigurationError, match="'2025-10-01' is a day without a time"):
        source.latest_change()
