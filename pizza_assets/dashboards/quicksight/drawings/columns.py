"""Columns shared by the charts of several sheets."""

from pizza_assets.models.vocabulary import ResultStatus

BAND = ("ci_low_pct", "uplift_pct", "ci_high_pct")
KNOWN = {"status": [ResultStatus.OK]}
"""Leaves out refused estimates, which may carry numbers: those are never drawn. Tables show status and reasons."""
PER_STORE = ("extra_orders_per_store_hour", "extra_revenue_per_store_hour", "currency")
MATCH = ("kickoff_at", "home_team", "away_team", "home_goals", "away_goals", "result", "competition", "match_type")
WINDOW = ("market", "team", "window", "observed", "expected", *BAND, "status", "reasons", "extra_orders")
