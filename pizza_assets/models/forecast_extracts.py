"""What dashboards read about coming matches: typed, flat, one CSV each."""

import pandera.pandas as pa

from pizza_assets.models.forecasts import ComingMatches, ForecastAccuracy, MatchForecast
from pizza_assets.models.matches import MATCH_TYPES
from pizza_assets.models.place import EXTRACT
from pizza_assets.models.table import UtcTimestamp


class ComingMatchesExtract(ComingMatches, name="dashboard_coming_matches", place=EXTRACT):
    """coming_matches as the dashboards read it: what stands behind each fixture, in words."""

    kickoff_local: str = pa.Field(
        nullable=True, description="Weekday, date and time of kick-off in the business zone, for people."
    )
    match_type: str = pa.Field(nullable=True, isin=MATCH_TYPES, description="league, cup, international or final.")
    is_moved: bool = pa.Field(description="Whether the kick-off is another one than was first announced.")
    market_count: int = pa.Field(ge=0, description="Markets that follow one of the teams.")
    forecast_count: int = pa.Field(ge=0, description="Of these, markets with a forecast for the match.")
    sentence: str = pa.Field(description="The row in words; says mock wherever mock data is touched.")


class MatchForecastExtract(MatchForecast, name="dashboard_match_forecast", place=EXTRACT):
    """match_forecast as the dashboards read it, with the busiest hour beside every row of a fixture and market."""

    kickoff_local: str = pa.Field(description="Weekday, date and time of kick-off in the market's clock.")
    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup, international or final.")
    span_label: str = pa.Field(description="The span for people, e.g. 17:00 to 18:00, or after the match.")
    is_football_used: bool = pa.Field(description="Whether the forecast knows what the match does to orders.")
    peak_hour_at: UtcTimestamp = pa.Field(nullable=True, description="Start of the busiest hour around the match, UTC.")
    peak_hour_local: str = pa.Field(nullable=True, description="The same in the market's clock, HH:MM to HH:MM.")
    peak_hour_orders: float = pa.Field(nullable=True, ge=0, description="Its forecast.")
    peak_hour_quantile_90: float = pa.Field(nullable=True, ge=0, description="What to staff for in it.")


class ForecastAccuracyExtract(ForecastAccuracy, name="dashboard_forecast_accuracy", place=EXTRACT):
    """forecast_accuracy as the dashboards read it."""


FORECAST_EXTRACTS = (ComingMatchesExtract, MatchForecastExtract, ForecastAccuracyExtract)
