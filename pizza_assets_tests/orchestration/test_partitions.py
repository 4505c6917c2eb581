"""Dagster's partitions and our match weeks are the same calendar."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest

from pizza_assets.definitions import build_definitions
from pizza_assets.models.week import MatchWeek, with_neighbours
from pizza_assets.orchestration.automation.schedules import daily_refresh
from pizza_assets.orchestration.partitions import match_weeks, range_tags, refreshed_weeks, weeks_of_run
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph
from pizza_assets.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")


@pytest.mark.parametrize("timezone", ["Europe/London", "America/New_York", "Asia/Kolkata"])
def test_partitions_are_match_weeks(timezone: str) -> None:
    settings = Settings(timezone=timezone, first_week=date(2024, 1, 5))
    partitions = match_weeks(settings)
    keys = partitions.get_partition_keys(current_time=datetime(2026, 11, 22, tzinfo=UTC))
    assert keys[0] == "2024-01-02", "any date finds its week"
    assert keys[-1] == "2026-11-17", "the running week exists before it is over"
    for key in keys:
        window, week = partitions.time_window_for_partition_key(key), MatchWeek(key, timezone)
        assert (window.start, window.end) == (week.starts_at, week.ends_at)


def test_the_refresh_covers_the_last_finished_and_the_running_week() -> None:
    assert refreshed_weeks(datetime(2026, 11, 22, 18, tzinfo=UTC), Settings()) == ("2026-11-10", "2026-11-17")
    early = Settings(first_week=date(2026, 11, 17))
    assert refreshed_weeks(datetime(2026, 11, 22, 18, tzinfo=UTC), early) == ("2026-11-17", "2026-11-17")


def test_the_weeks_of_a_run() -> None:
    partitions = match_weeks(Settings())
    assert weeks_of_run({"dagster/partition": "2026-08-04"}, partitions) == ["2026-08-04"]
    ranged = range_tags("2026-08-04", "2026-08-18")
    assert weeks_of_run(ranged, partitions) == ["2026-08-04", "2026-08-11", "2026-08-18"]
    assert weeks_of_run({}, partitions) == []


def test_weeks_with_their_neighbours() -> None:
    assert with_neighbours([]) == []
    assert with_neighbours(["2026-12-29"]) == ["2026-12-22", "2026-12-29", "2027-01-05"]
    assert with_neighbours(["2026-08-18", "2026-08-04"]) == [
        "2026-07-28", "2026-08-04", "2026-08-11", "2026-08-18", "2026-08-25",
    ]  # fmt: skip


@pytest.mark.parametrize("orders", ["mock", "api"])
def test_dagster_knows_of_the_same_week_only(orders: str) -> None:
    """Any other mapping cuts a backfill in the UI into several runs and widens it."""
    environ = {"PIZZA_MATCHES": "mock", "PIZZA_ORDERS": orders, "PIZZA_ORDERS_API": "https://orders.example"}
    definitions = build_definitions(environ if orders == "api" else {"PIZZA_MATCHES": "mock"})
    graph, partitions = definitions.resolve_asset_graph(), match_weeks(Settings())
    week = partitions.subset_with_partition_keys(["2026-08-04"])
    edges = [
        (asset, parent)
        for asset in WeeklyGraph.of(definitions).assets
        for parent in graph.get(dg.AssetKey(asset)).parent_keys
    ]
    assert len(edges) > 8
    for asset, parent in edges:
        mapping = graph.get_partition_mapping(dg.AssetKey(asset), parent)
        found = mapping.get_upstream_mapped_partitions_result_for_partitions(week, partitions, partitions)
        assert set(found.partitions_subset.get_partition_keys()) == {"2026-08-04"}, (asset, parent)


def test_a_schedule_tick_requests_one_range_run() -> None:
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 11, 22, 18, tzinfo=UTC))
    request = daily_refresh(Settings())(context)
    assert isinstance(request, dg.RunRequest)
    assert request.tags == {**range_tags("2026-11-10", "2026-11-17"), **run_tags(Settings())}
