"""What to staff for around the next matches, market by market."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import FORECAST
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, MatchForecastExtract

_FIXTURE = (
    "entry", "match_id", "kickoff_at", "kickoff_local", "kickoff_is_fixed", "is_moved", "competition", "match_type",
    "home_team", "away_team", "market_count", "note", "sentence", "match_source",
)  # fmt: skip

VIEW = View(
    id="coming",
    title="Coming matches",
    question="How many orders should you expect around the next matches, and how many of them does football add?",
    reads=(Reads(ComingMatchesExtract, _FIXTURE), Reads(MatchForecastExtract, FORECAST)),
    filters=("source", "team", "competition", "type", "market"),
    filter_note="Forecasts are for all chains of a market together, and later than any date you can select.",
    drill_target="fixture",
)
