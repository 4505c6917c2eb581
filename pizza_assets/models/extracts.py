"""What dashboards read: typed, flat, one CSV each. Every effect is also told in orders and money per store and hour."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.anomalies import OrderAnomalies
from pizza_assets.models.event_study import EventStudy
from pizza_assets.models.forecast_extracts import FORECAST_EXTRACTS
from pizza_assets.models.matches import MATCH_TYPES
from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import EXTRACT
from pizza_assets.models.results import CorrelationResults, Insights, MatchImpact
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, MatchStatus, Side, values

PERIODS = ["earlier", "pre", "during", "post", "later"]
"""Where a quarter-hour lies beside a match: in one of its windows, or before or after all of them."""


class OrdersTimelineExtract(
    Table,
    name="dashboard_orders_timeline",
    place=EXTRACT,
    key=("order_source", "market", "chain", "currency", "hour_at"),
    schema_version=2,
):
    """One row per hour, market, chain and currency: what was ordered."""

    hour_at: UtcTimestamp = pa.Field(description="First instant of the hour, UTC.")
    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    currency: str = pa.Field(description="ISO 4217 code.")
    order_count: int = pa.Field(ge=0, description="Orders in the covered minutes of the hour.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue in the minor unit.")
    discount_cents: int = pa.Field(ge=0, description="Discounts in the minor unit, as far as they are known.")
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    covered_minutes: int = pa.Field(ge=1, le=60, description="Minutes of the hour for which orders are known.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")


class MatchTimelineExtract(
    Table,
    name="dashboard_match_timeline",
    place=EXTRACT,
    key=("order_source", "match_source", "kickoff_at", "match_id", "market", "bin_at"),
):
    """One row per match, market that follows it and quarter-hour around it: what was ordered and what is usual."""

    match_id: str = pa.Field(description="The match, as in dashboard_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    competition: str = pa.Field(description="Name of the competition.")
    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup or international; final for any final.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    market: str = pa.Field(description="A market that follows one of the teams.")
    team: str = pa.Field(description="The team that it follows.")
    side: str = pa.Field(isin=values(Side), description="The side that team plays on.")
    bin_at: UtcTimestamp = pa.Field(description="First instant of the quarter-hour, UTC.")
    minutes_from_kickoff: int = pa.Field(description="From kick-off to that instant; negative before.")
    period: str = pa.Field(
        isin=PERIODS, description="The window in which the quarter-hour begins; earlier or later outside of all three."
    )
    order_count: int = pa.Field(ge=0, description="Orders of all chains in the quarter-hour.")
    expected_orders: float = pa.Field(
        nullable=True, ge=0, description="Orders usual without the match; empty where that can't be known."
    )
    store_count: int = pa.Field(
        ge=0, description="Stores of the market that sold in a window of the match: the most in one."
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real only if both are; mock orders make it mock, else mixed."
    )


class MatchesExtract(
    Table,
    name="dashboard_matches",
    place=EXTRACT,
    code_version=2,
    key=("match_source", "kickoff_at", "match_id"),
    schema_version=2,
):
    """One row per match of the period, analysed or not."""

    match_id: str = pa.Field(unique=True, description="The match, as in raw_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    kickoff_is_fixed: bool = pa.Field(description="False while only the date is known.")
    competition: str = pa.Field(description="Name of the competition.")
    competition_type: str = pa.Field(description="league, cup or international.")
    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup or international; final for any final.")
    season: str = pa.Field(description="The season, e.g. 2025-26, or a year for a tournament.")
    round_name: str = pa.Field(nullable=True, description="The round as the source writes it.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    home_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the home side in play.")
    away_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the away side in play.")
    result: str = pa.Field(nullable=True, description="home_win, draw or away_win.")
    status: str = pa.Field(isin=values(MatchStatus), description="Status of the match.")
    exposed_markets: int = pa.Field(ge=0, description="Markets that follow one of the teams.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")


class MatchImpactExtract(MatchImpact, name="dashboard_match_impact", place=EXTRACT, code_version=2, schema_version=2):
    """match_impact as the dashboards read it, with the type of the match and the effect in a store's own units."""

    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup or international; final for any final.")
    own_result: str = pa.Field(
        nullable=True, isin=["win", "draw", "loss"], description="How it ended for the team that the market follows."
    )
    own_goal_difference: pd.Int64Dtype = pa.Field(
        nullable=True, description="Goals by which that team ended better; a shoot-out adds none."
    )
    total_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of both sides in play.")
    store_hours: float = pa.Field(nullable=True, ge=0, description="Stores that sold, times the hours of the window.")
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="extra_orders per store that sold and hour; empty where unknown."
    )
    extra_revenue_cents: float = pa.Field(
        nullable=True, description="extra_orders times the window's average order value, minor units."
    )
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The same per store that sold and hour."
    )


class CorrelationsExtract(
    CorrelationResults, name="dashboard_correlations", place=EXTRACT, code_version=2, schema_version=2
):
    """correlation_results as the dashboards read it, with each effect in orders and money of a store and hour."""

    usual_orders_per_store_hour: float = pa.Field(
        nullable=True, ge=0, description="Expected orders per selling store and hour in the windows concerned."
    )
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="uplift_pct of the usual orders: orders more or fewer per store and hour."
    )
    extra_orders_low: float = pa.Field(nullable=True, description="The same at the lower end of the interval.")
    extra_orders_high: float = pa.Field(nullable=True, description="The same at its upper end.")
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The extra orders times the average order value, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty for several.")


class EventStudyExtract(EventStudy, name="dashboard_event_study", place=EXTRACT, schema_version=1):
    """event_study as the dashboards read it, with each point in orders and money of a store and hour."""

    minutes_middle: float = pa.Field(description="The middle of the span, minutes from the event.")
    usual_orders_per_store_hour: float = pa.Field(
        nullable=True, ge=0, description="Expected orders per selling store and hour at these minutes."
    )
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="uplift_pct of the usual orders: orders more or fewer per store and hour."
    )
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The extra orders times the average order value, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty for several.")


class AnomaliesExtract(OrderAnomalies, name="dashboard_anomalies", place=EXTRACT, schema_version=1):
    """order_anomalies as the dashboards read it, with the orders and the money by which the store departed."""

    competition: str = pa.Field(nullable=True, description="Competition of the nearest match; empty without one.")
    match_type: str = pa.Field(nullable=True, isin=MATCH_TYPES, description="Its type.")
    extra_orders: float = pa.Field(description="observed - expected.")
    extra_orders_per_store_hour: float = pa.Field(description="The same per hour of the alarm.")
    extra_revenue_cents: float = pa.Field(
        nullable=True, description="extra_orders times the average order value of market and chain, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty for several.")


class InsightsExtract(Insights, name="dashboard_insights", place=EXTRACT, code_version=2):
    """insights as the dashboards read it."""


class DataQualityExtract(
    Table, name="dashboard_data_quality", place=EXTRACT, code_version=2, key=("week", "dataset"), schema_version=2
):
    """One row per week and dataset: what arrived, what was refused, what was invented and why."""

    week: str = pa.Field(description="The match week.")
    week_starts_at: UtcTimestamp = pa.Field(description="Its first instant, UTC.")
    dataset: str = pa.Field(isin=["orders", "matches"], description="orders or matches.")
    data_source: str = pa.Field(
        isin=[*values(DataSource), "none"], description="real, mock, or none where nothing is stored."
    )
    source_name: str = pa.Field(nullable=True, description="The source that delivered it.")
    row_count: int = pa.Field(ge=0, description="Rows stored.")
    rejected_count: int = pa.Field(ge=0, description="Rows refused.")
    is_partial: bool = pa.Field(description="True if a part of the week is known to be missing.")
    failed_check_count: int = pa.Field(ge=0, description="Asset checks that last failed for this week.")
    reason: str = pa.Field(nullable=True, description="Why the week is mock, partial or empty.")


class ChecksExtract(Table, name="dashboard_checks", place=EXTRACT, key=("asset", "check", "outcome")):
    """One row per asset check and outcome: for how many stored weeks it last ended so."""

    asset: str = pa.Field(description="The asset that is checked.")
    check: str = pa.Field(description="Name of the check.")
    outcome: str = pa.Field(
        isin=["passed", "warning", "error", "not_checked"], description="How it last ended; error holds weeks back."
    )
    week_count: int = pa.Field(ge=0, description="Weeks with this outcome.")
    first_week: str = pa.Field(nullable=True, description="The first of them.")
    last_week: str = pa.Field(nullable=True, description="The last of them.")
    description: str = pa.Field(
        nullable=True,
        description="What the check said when it last warned or failed for one of these weeks, of all the weeks that "
        "it then looked at; empty for passed and not_checked.",
    )


EXTRACTS: tuple[type[Table], ...] = (
    OrdersTimelineExtract,
    MatchTimelineExtract,
    MatchesExtract,
    MatchImpactExtract,
    CorrelationsExtract,
    EventStudyExtract,
    AnomaliesExtract,
    InsightsExtract,
    DataQualityExtract,
    ChecksExtract,
    *FORECAST_EXTRACTS,
)
"""Every extract that dashboards read, in the order people read about them."""
