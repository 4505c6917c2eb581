"""Matches, and the change in orders around each of them."""

from collections.abc import Mapping

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import MatchesExtract, MatchImpactExtract
from pizza_assets.models.results import MatchImpact

_MATCH = ["match_source", "match_id"]
_WINDOW = ["order_source", *_MATCH, "market", "window"]


def matches_extract(
    classified_matches: pd.DataFrame, exposed_market_counts: Mapping[str, int]
) -> DataFrame[MatchesExtract]:
    """RawMatches rows with `result` and `match_type`, plus the number of markets that follow either team.

    exposed_market_counts: by match_id; 0 if absent.
    """
    counts = classified_matches["match_id"].map(dict(exposed_market_counts)).fillna(0).astype("int64")
    return MatchesExtract.checked(classified_matches.assign(exposed_markets=counts))


def match_impact_extract(
    match_impact: DataFrame[MatchImpact],
    match_types: pd.DataFrame,
    own_outcomes: pd.DataFrame,
    store_hours: pd.DataFrame,
) -> DataFrame[MatchImpactExtract]:
    """`match_impact` with the match's type, its outcome for the own team, and extra orders and revenue per store-hour.

    match_types: match_source, match_id, match_type; matches without a type are left out. own_outcomes: own_result,
    own_goal_difference and total_goals, index as in `match_impact`. store_hours: by pair of sources, match_id, market
    and window.
    """
    rows = (
        match_impact.assign(**{str(name): own_outcomes[name] for name in own_outcomes})
        .merge(match_types, on=_MATCH)
        .merge(store_hours[[*_WINDOW, "store_hours"]], on=_WINDOW, how="left")
    )
    hours = rows["store_hours"].where(rows["store_hours"] > 0)
    revenue, orders = (rows[name].astype("Float64").astype("float64") for name in ("revenue_cents", "observed"))
    extra_revenue = rows["extra_orders"] * revenue / orders.where(orders > 0)
    return MatchImpactExtract.conform(
        rows.assign(
            extra_orders_per_store_hour=rows["extra_orders"] / hours,
            extra_revenue_cents=extra_revenue,
            extra_revenue_per_store_hour_cents=extra_revenue / hours,
        )
    )
