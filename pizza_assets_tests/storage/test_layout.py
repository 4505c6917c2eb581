"""Keys and versions of everything stored: the next release must find what this one writes."""

import pytest

from pizza_assets.models import TABLES
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.models.place import EXTRACT
from pizza_assets.models.table import Table
from pizza_assets.storage.layout import CODE_VERSIONS, PLACES, week_key, whole_key

WEEK = "2026-08-04"

STORED = {
    "raw_orders": (
        [
            "raw-data/dominos-orders/real/week=2026-08-04/raw_orders.parquet",
            "raw-data/dominos-orders/mock/week=2026-08-04/raw_orders.parquet",
        ],
        "1",
        1,
    ),
    "raw_matches": (
        [
            "raw-data/football-data/real/week=2026-08-04/raw_matches.parquet",
            "raw-data/football-data/mock/week=2026-08-04/raw_matches.parquet",
        ],
        "2",
        1,
    ),
    "raw_match_events": (
        [
            "raw-data/football-data/events/real/week=2026-08-04/raw_match_events.parquet",
            "raw-data/football-data/events/mock/week=2026-08-04/raw_match_events.parquet",
        ],
        "2",
        1,
    ),
    "merged_orders": (["processed-data/merged-datasets/merged_orders/week=2026-08-04/merged_orders.parquet"], "1", 1),
    "order_bins": (["processed-data/merged-datasets/order_bins/week=2026-08-04/order_bins.parquet"], "1", 1),
    "quarter_hours": (["processed-data/merged-datasets/quarter_hours/week=2026-08-04/quarter_hours.parquet"], "1", 1),
    "match_windows": (["processed-data/merged-datasets/match_windows/week=2026-08-04/match_windows.parquet"], "1", 1),
    "expected_orders": (["processed-data/correlation-analysis/expected_orders.parquet"], "4", 1),
    "match_impact": (["processed-data/correlation-analysis/match_impact.parquet"], "5", 3),
    "correlation_results": (["processed-data/correlation-analysis/correlation_results.parquet"], "15", 5),
    "event_study": (["processed-data/correlation-analysis/event_study.parquet"], "3", 1),
    "order_anomalies": (["processed-data/correlation-analysis/order_anomalies.parquet"], "4", 1),
    "summary_statistics": (["processed-data/correlation-analysis/summary_statistics.parquet"], "1", 1),
    "insights": (["processed-data/correlation-analysis/insights.parquet"], "13", 1),
    "coming_matches": (["processed-data/forecasts/coming_matches.parquet"], "3", 1),
    "match_forecast": (["processed-data/forecasts/match_forecast.parquet"], "6", 1),
    "forecast_backtest": (["processed-data/forecasts/forecast_backtest.parquet"], "4", 1),
    "kept_forecasts": (["processed-data/forecasts/kept_forecasts.parquet"], "1", 1),
    "forecast_scores": (["processed-data/forecasts/forecast_scores.parquet"], "2", 1),
    "forecast_accuracy": (["processed-data/forecasts/forecast_accuracy.parquet"], "1", 1),
    "demand_forecast": (["processed-data/forecasts/demand_forecast.parquet"], "3", 1),
    "demand_backtest": (["processed-data/forecasts/demand_backtest.parquet"], "3", 1),
    "kept_demand": (["processed-data/forecasts/kept_demand.parquet"], "1", 1),
    "demand_scores": (["processed-data/forecasts/demand_scores.parquet"], "2", 1),
    "dashboard_demand_forecast": (["quicksight-ready/dashboard-data/dashboard_demand_forecast.csv"], "2", 1),
    "dashboard_orders_timeline": (["quicksight-ready/dashboard-data/dashboard_orders_timeline.csv"], "1", 1),
    "dashboard_match_timeline": (["quicksight-ready/dashboard-data/dashboard_match_timeline.csv"], "1", 1),
    "dashboard_matches": (["quicksight-ready/dashboard-data/dashboard_matches.csv"], "2", 2),
    "dashboard_match_impact": (["quicksight-ready/dashboard-data/dashboard_match_impact.csv"], "2", 3),
    "dashboard_correlations": (["quicksight-ready/dashboard-data/dashboard_correlations.csv"], "4", 5),
    "dashboard_event_study": (["quicksight-ready/dashboard-data/dashboard_event_study.csv"], "1", 1),
    "dashboard_anomalies": (["quicksight-ready/dashboard-data/dashboard_anomalies.csv"], "1", 1),
    "dashboard_insights": (["quicksight-ready/dashboard-data/dashboard_insights.csv"], "2", 1),
    "dashboard_data_quality": (["quicksight-ready/dashboard-data/dashboard_data_quality.csv"], "5", 2),
    "dashboard_checks": (["quicksight-ready/dashboard-data/dashboard_checks.csv"], "3", 1),
    "dashboard_coming_matches": (["quicksight-ready/dashboard-data/dashboard_coming_matches.csv"], "3", 1),
    "dashboard_match_forecast": (["quicksight-ready/dashboard-data/dashboard_match_forecast.csv"], "1", 1),
    "dashboard_forecast_accuracy": (["quicksight-ready/dashboard-data/dashboard_forecast_accuracy.csv"], "1", 1),
    "mock_orders": (["raw-data/dominos-orders/mock/week=2026-08-04/raw_orders.parquet"], "1", 1),
    "dashboard_page": (["quicksight-ready/dashboard-data/dashboard.html"], "1", None),
    "match_calendar": (["quicksight-ready/dashboard-data/coming_matches.ics"], "1", None),
    "quicksight_manifest": (["quicksight-ready/metadata/data-dictionary.json"], "1", None),
}
"""Per asset: the keys of one week or of the whole, the code version and the schema version.

A key never changes; a version is raised deliberately, and then here as well.
"""


def test_keys_and_versions_are_those_of_the_previous_release() -> None:
    found = {}
    for asset, place in PLACES.items():
        labels = place.labels or (None,)
        keys = [week_key(asset, WEEK, label) for label in labels] if place.weekly else [whole_key(asset)]
        schema = TABLES[place.table].schema_version() if place.is_table else None
        found[asset] = (keys, CODE_VERSIONS[asset], schema)
    assert found == STORED


def test_a_table_without_a_place_fails_when_declared() -> None:
    with pytest.raises(TypeError, match="Forgotten: table dashboard_forgotten has no place"):

        class Forgotten(Table, name="dashboard_forgotten"):
            """An extract without a declared place."""


def test_all_extracts_are_in_one_folder() -> None:
    for model in EXTRACTS:
        place = model.place()
        assert place is not None
        assert (place.prefix, place.suffix, place.weekly) == (EXTRACT.prefix, "csv", False), model.table_name()
