"""Outages and surges of single stores."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.models.extracts import AnomaliesExtract

_COLUMNS = (
    "market", "chain", "store_id", "kind", "starts_at", "ends_at", "observed", "expected", "q_value", "match_id",
    "home_team", "away_team", "competition", "match_type", "minutes_from_kickoff", "result", "extra_orders",
    "extra_orders_per_store_hour", "extra_revenue_cents", "currency", "order_source", "seen_in",
)  # fmt: skip

VIEW = View(
    id="anomalies",
    title="Outages and surges",
    question="Which stores had unusually few or many orders, and was there a match?",
    reads=(Reads(AnomaliesExtract, _COLUMNS),),
    filters=("source", "team", "competition", "type", "market", "chain", "dates"),
    partly=("team", "competition", "type"),
    filter_note="Team, competition and type keep only alarms within six hours of such a match.",
    drill_target="match",
)
