"""The sensor of changed orders requests each changed week once, one check after the change was first seen."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.orchestration.automation.order_table_sensor import PAUSE, ChangeCursor, next_step
from pizza_assets.settings import Settings
from pizza_assets_tests.sources.orders.exports import ORDER_ROWS
from pizza_assets_tests.support.order_tables import source_of, sqlite_address
from pizza_assets_tests.support.pipeline import Pipeline

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS = "id TEXT, placed TIMESTAMP, paid, pizzas, city, store, changed TEXT"
ROWS = [
    (f"A{day}", datetime(2026, 8, day, 19), 12.5, 1, "Leeds", "s1", f"2026-09-{day:02}T00:00:00")
    for day in range(5, 29)
]


def step(text: str | None, address: str, now: datetime = NOW) -> dg.SensorResult:
    return next_step(text, source_of(address, updated_at="changed", now=lambda: now), now, Settings())


def change(file: Path, order: str, at: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE orders SET changed = ? WHERE id = ?", (at, order))
    connection.close()


def weeks(result: dg.SensorResult) -> list[tuple[str, ...]]:
    return [
        (request.tags["dagster/asset_partition_range_start"], request.tags["dagster/asset_partition_range_end"])
        for request in result.run_requests or ()
    ]


def test_a_changed_week_is_requested_once_and_one_check_late(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "shop.db", ROWS, COLUMNS)
    first = step(None, address)
    assert not first.run_requests, "what is there at the first check is collected by a backfill"
    change(tmp_path / "shop.db", "A12", "2026-10-01T00:00:00")
    seen = step(first.cursor, address)
    assert not seen.run_requests
    change(tmp_path / "shop.db", "A26", "2026-10-02T00:00:00")
    requested, again = step(seen.cursor, address), step(seen.cursor, address)
    assert weeks(requested) == [("2026-08-11", "2026-08-11")]
    assert [r.run_key for r in requested.run_requests or ()] == [r.run_key for r in again.run_requests or ()]
    later = NOW + PAUSE
    following = step(requested.cursor, address, later)
    assert weeks(following) == [("2026-08-25", "2026-08-25")]
    assert not step(following.cursor, address, later + PAUSE).run_requests


def test_a_table_that_changes_every_minute_is_collected_with_pauses(tmp_path: Path) -> None:
    address, cursor, asked_at = sqlite_address(tmp_path / "shop.db", ROWS, COLUMNS), None, list[int]()
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        change(tmp_path / "shop.db", f"A{5 + minute % 24}", f"{now:%Y-%m-%dT%H:%M:%S}")
        result = step(cursor, address, now)
        cursor = result.cursor
        asked_at += [minute] if result.run_requests else []
    assert asked_at == [2, 17, 32, 47]


@pytest.mark.parametrize("future", ["9999-12-31T00:00:00", "2026-11-24", "2026-12-01 08:00:00+01:00"])
def test_a_change_in_the_future_does_not_hide_others(future: str, tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "shop.db", ROWS, COLUMNS)
    change(tmp_path / "shop.db", "A5", future)
    first = step(None, address)
    change(tmp_path / "shop.db", "A12", "2026-10-01T00:00:00")
    assert weeks(step(step(first.cursor, address).cursor, address)) == [("2026-08-11", "2026-08-11")]


def test_days_without_a_time_are_refused(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "shop.db", [(*row[:-1], row[-1][:10]) for row in ROWS], COLUMNS)
    with pytest.raises(ConfigurationError, match="'2026-09-28' is a day without a time"):
        step(None, address)


def test_no_run_is_requested_while_one_has_not_ended(tmp_path: Path) -> None:
    pipeline = sensor_pipeline(tmp_path, sqlite_address(tmp_path / "shop.db", ROWS, COLUMNS))
    cursor = ChangeCursor("2026-09-05T00:00:00", "2026-09-12T00:00:00").to_text()
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = tick(pipeline, instance, cursor).run_requests
        job = pipeline.definitions.get_repository_def().get_job("collect_weeks")
        run = instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.STARTED)
        waiting = tick(pipeline, instance, cursor)
        assert (waiting.run_requests, waiting.cursor) == ([], cursor)
        assert waiting.skip_message == "the last requested run has not ended"
        instance.report_run_canceled(run)
        assert tick(pipeline, instance, cursor).run_requests


def test_a_cursor_keeps_the_kind_of_its_values() -> None:
    for value in (datetime(2026, 8, 4, 12, tzinfo=UTC), datetime(2026, 8, 4, 12), 17, "17"):
        assert ChangeCursor.from_text(ChangeCursor(value, value).to_text()) == ChangeCursor(value, value)
    with pytest.raises(ConfigurationError, match="values like 1.5 can't be compared later"):
        ChangeCursor(1.5, 1.5).to_text()


def test_the_sensor_exists_with_the_column_and_names_a_failing_database(tmp_path: Path) -> None:
    pipeline = sensor_pipeline(tmp_path, f"sqlite:///{tmp_path}/none.db", PIZZA_ORDERS_UPDATED_AT="")
    assert "changed_orders" not in {sensor.name for sensor in pipeline.definitions.sensors or ()}
    pipeline = sensor_pipeline(tmp_path, f"sqlite:///{tmp_path}/none.db")
    with dg.DagsterInstance.ephemeral() as instance:
        result = tick(pipeline, instance)
    assert "sql failed: PIZZA_ORDERS_URL: there is no SQLite file" in (result.skip_message or "")


def sensor_pipeline(folder: Path, address: str, **environ: str) -> Pipeline:
    (folder / "orders.toml").write_text(ORDER_ROWS)
    settings = {
        "PIZZA_ORDERS": "sql",
        "PIZZA_ORDERS_URL": address,
        "PIZZA_ORDERS_TABLE": "orders",
        "PIZZA_ORDERS_MAPPING": str(folder / "orders.toml"),
        "PIZZA_ORDERS_UPDATED_AT": "changed",
    }
    return Pipeline(folder / "data", **{**settings, **environ})


def tick(pipeline: Pipeline, instance: dg.DagsterInstance, cursor: str | None = None) -> Any:
    sensor = pipeline.definitions.get_repository_def().get_sensor_def("changed_orders")
    resources = {"sources": pipeline.sources, "clock": lambda: NOW}
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources))
