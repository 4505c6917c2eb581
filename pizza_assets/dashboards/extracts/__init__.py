"""The flat tables that dashboards read, derived from the pipeline's tables. No statistics are computed here."""

from pizza_assets.dashboards.extracts.data_quality import checks_extract, data_quality
from pizza_assets.dashboards.extracts.forecasts import (
    coming_matches_extract,
    forecast_accuracy_extract,
    match_forecast_extract,
)
from pizza_assets.dashboards.extracts.match_timeline import match_timeline
from pizza_assets.dashboards.extracts.matches import match_impact_extract, matches_extract
from pizza_assets.dashboards.extracts.orders_timeline import (
    TIMELINE_COLUMNS,
    TIMELINE_NAMES,
    joined_timelines,
    orders_timeline,
)
from pizza_assets.dashboards.extracts.results import (
    anomalies_extract,
    correlations_extract,
    event_study_extract,
    insights_extract,
)

__all__ = [
    "TIMELINE_COLUMNS",
    "TIMELINE_NAMES",
    "anomalies_extract",
    "checks_extract",
    "coming_matches_extract",
    "correlations_extract",
    "data_quality",
    "event_study_extract",
    "forecast_accuracy_extract",
    "insights_extract",
    "joined_timelines",
    "match_forecast_extract",
    "match_impact_extract",
    "match_timeline",
    "matches_extract",
    "orders_timeline",
]
