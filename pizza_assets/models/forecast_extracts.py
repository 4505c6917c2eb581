"""Dashboard extracts about coming matches: typed, flat, one CSV each."""

import pandera.pandas as pa

from pizza_assets.models.forecasts import ComingMatches, ForecastAccuracy, MatchForecast
from pizza_assets.models.matches import MATCH_TYPES
from pizza_assets.models.place import EXTRACT
from pizza_assets.models.table import UtcTimestamp


class ComingMatchesExtract(ComingMatches, name="dashboard_coming_matches", place=EXTRACT, code_version=3):
    """coming_matches for dashboards, with the state of each fixture's forecasts in words."""

    kickoff_local: str = pa.Field(
        nullable=True, description="Weekday, date and time of kick-off in the business time zone, in words."
    )
    match_type: str = pa.Field(nullable=True, isin=MATCH_TYPES, description="league, cup, international or final.")
    is_moved: bool = pa.Field(description="Whether the kick-off differs from the one first announced.")
    market_count: int = pa.Field(ge=0, description="Markets that follow one of the teams.")
    forecast_count: int = pa.Field(ge=0, description="How many of these markets have a forecast for the match.")
    sentence: str = pa.Field(description="The row in words; says mock wherever mock data is touched.")


class MatchForecastExtract(MatchForecast, name="dashboard_match_forecast", place=EXTRACT):
    """match_forecast for dashboards, with the busiest hour on every row of a fixture and market."""

    kickoff_local: str = pa.Field(description="Weekday, date and time of kick-off in the market's local time.")
    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup, international or final.")
    span_label: str = pa.Field(description="The span in words, e.g. 17:00 to 18:00, or after the match.")
    is_football_used: bool = pa.Field(description="Whether the forecast includes the effect of the match.")
    peak_hour_at: UtcTimestamp = pa.Field(
        nullable=True, description="Start of the busiest hour of the match day, of those still ahead, UTC."
    )
    peak_hour_local: str = pa.Field(nullable=True, description="That hour in local time, HH:MM to HH:MM.")
    peak_hour_orders: float = pa.Field(nullable=True, ge=0, description="Forecast for that hour.")
    peak_hour_quantile_90: float = pa.Field(nullable=True, ge=0, description="Orders to staff for in that hour.")


class ForecastAccuracyExtract(ForecastAccuracy, name="dashboard_forecast_accuracy", place=EXTRACT):
    """forecast_accuracy for dashboards."""


FORECAST_EXTRACTS = (ComingMatchesExtract, MatchForecastExtract, ForecastAccuracyExtract)
