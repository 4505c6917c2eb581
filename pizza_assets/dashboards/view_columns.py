"""Columns, filters and notes shared by several views."""

LABELS = ("order_source", "match_source", "data_source")
MATCH = (
    "match_id", "kickoff_at", "competition", "match_type", "home_team", "away_team", "home_goals", "away_goals",
    "result", "match_source",
)  # fmt: skip
ORDERS = ("hour_at", "market", "chain", "currency", "order_count", "revenue_cents", "covered_minutes", "order_source")
UPLIFT = ("observed", "expected", "uplift_pct", "ci_low_pct", "ci_high_pct", "status", "reasons")
PER_STORE = ("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents", "currency")
MATCH_WINDOW = ("match_id", "kickoff_at", "competition", "match_type", "market", "team", "side", "window")
EFFECT = (
    "analysis_id", "hypothesis", "role", "subject", "scope", "scope_value", "time_window", "pattern_description",
    "uplift_pct", "ci_low_pct", "ci_high_pct", "q_value", "n_matches", "n_clusters", "mde_80_pct", "status", "reasons",
    "extra_orders_low", "extra_orders_high", *PER_STORE, *LABELS,
)  # fmt: skip
FORECAST = (
    "match_id", "market", "team", "span", "span_label", "starts_at", "days_ahead", "local_start", "local_end",
    "orders", "low_80", "high_80", "low_95", "high_95", "quantile_90", "without_football", "difference",
    "difference_low", "difference_high", "average_difference_low", "average_difference_high", "is_football_used",
    "football_reasons", "peak_hour_local", "peak_hour_orders", "peak_hour_quantile_90", "skill_against_mean_pct",
    "skill_against_no_football_pct", "status", "reasons", "sentence", *LABELS,
)  # fmt: skip
DEMAND = (
    "market", "chain", "store_id", "span", "starts_at", "ends_at", "business_date", "local_start", "local_end",
    "days_ahead", "without_football", "with_football", "expected", "orders", "low_80", "high_80", "low_95", "high_95",
    "quantile_90", "people", "pizzas", "pizzas_90", "usual_orders", "unusual_pct", "is_peak_hour", "match_id", "match",
    "match_window", "holiday", "status", "reasons", "football_reasons", "origin_at", *LABELS,
)  # fmt: skip
ALL_BUT_CHAIN = ("source", "team", "competition", "type", "market", "dates")
CHAINS_TOGETHER = "The usual level is known only for all chains of a market together."
ESTIMATED_ONCE = "Estimated once over all matches; filters do not re-estimate it."
