"""Extracts for dashboards: typed, flat, one CSV each. Effects are also given as orders and money per store and hour."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.anomalies import OrderAnomalies
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.event_study import EventStudy
from pizza_assets.models.forecast_extracts import FORECAST_EXTRACTS
from pizza_assets.models.matches import MATCH_TYPES
from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import EXTRACT
from pizza_assets.models.results import CorrelationResults, Insights, MatchImpact
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, MatchStatus, Side, values

PERIODS = ["earlier", "pre", "during", "post", "later"]
"""Where a quarter-hour lies relative to a match: in one of its windows, or before or after all of them."""


class OrdersTimelineExtract(
    Table,
    name="dashboard_orders_timeline",
    place=EXTRACT,
    key=("order_source", "market", "chain", "currency", "hour_at"),
):
    """One row per hour, market, chain and currency: orders, revenue and pizzas."""

    hour_at: UtcTimestamp = pa.Field(description="First instant of the hour, UTC.")
    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    currency: str = pa.Field(description="ISO 4217 code.")
    order_count: int = pa.Field(ge=0, description="Orders in the covered minutes of the hour.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue in the minor unit.")
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    covered_minutes: int = pa.Field(ge=1, le=60, description="Minutes of the hour for which orders are known.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")


class MatchTimelineExtract(
    Table,
    name="dashboard_match_timeline",
    place=EXTRACT,
    key=("order_source", "match_source", "kickoff_at", "match_id", "market", "bin_at"),
):
    """One row per match, exposed market and quarter-hour around the match: orders and usual orders."""

    match_id: str = pa.Field(description="The match, as in dashboard_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    competition: str = pa.Field(description="Name of the competition.")
    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup or international; final for any final.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    market: str = pa.Field(description="A market that follows one of the teams.")
    team: str = pa.Field(description="The team that the market follows.")
    side: str = pa.Field(isin=values(Side), description="The side of that team.")
    bin_at: UtcTimestamp = pa.Field(description="First instant of the quarter-hour, UTC.")
    minutes_from_kickoff: int = pa.Field(description="Minutes from kick-off to bin_at; negative before kick-off.")
    period: str = pa.Field(
        isin=PERIODS, description="The window in which the quarter-hour begins; earlier or later outside all three."
    )
    order_count: int = pa.Field(ge=0, description="Orders of all chains in the quarter-hour.")
    expected_orders: float = pa.Field(
        nullable=True, ge=0, description="Baseline: orders expected without the match; empty where it is unknown."
    )
    store_count: int = pa.Field(
        ge=0,
        description="Stores of the market that sold in a window of the match: the largest number of the three windows.",
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
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
    round_name: str = pa.Field(nullable=True, description="The round, as spelt by the source.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    home_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the home side in play.")
    away_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the away side in play.")
    result: str = pa.Field(nullable=True, description="home_win, draw or away_win.")
    status: str = pa.Field(isin=values(MatchStatus), description="Status of the match.")
    exposed_markets: int = pa.Field(ge=0, description="Markets that follow one of the teams.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")


class MatchImpactExtract(MatchImpact, name="dashboard_match_impact", place=EXTRACT, code_version=2, schema_version=3):
    """match_impact for dashboards, with the type of the match and the effect per store and hour."""

    match_type: str = pa.Field(isin=MATCH_TYPES, description="league, cup or international; final for any final.")
    own_result: str = pa.Field(
        nullable=True, isin=["win", "draw", "loss"], description="Result for the team that the market follows."
    )
    own_goal_difference: pd.Int64Dtype = pa.Field(
        nullable=True, description="Goal difference from that team's point of view; a shoot-out adds nothing."
    )
    total_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of both sides in play.")
    store_hours: float = pa.Field(nullable=True, ge=0, description="Stores that sold, times the hours of the window.")
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="extra_orders per selling store and hour; empty where unknown."
    )
    extra_revenue_cents: float = pa.Field(
        nullable=True, description="extra_orders times the window's average order value, minor units."
    )
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="extra_revenue_cents per selling store and hour."
    )


class CorrelationsExtract(
    CorrelationResults, name="dashboard_correlations", place=EXTRACT, code_version=4, schema_version=5
):
    """correlation_results for dashboards, with each effect as orders and money per store and hour."""

    usual_orders_per_store_hour: float = pa.Field(
        nullable=True, ge=0, description="Expected orders per selling store and hour in the windows concerned."
    )
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="uplift_pct of the usual orders: additional (or missing) orders per store and hour."
    )
    extra_orders_low: float = pa.Field(nullable=True, description="Extra orders at the lower end of the interval.")
    extra_orders_high: float = pa.Field(nullable=True, description="Extra orders at its upper end.")
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The extra orders times the average order value, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty if there are several.")


class EventStudyExtract(EventStudy, name="dashboard_event_study", place=EXTRACT, schema_version=1):
    """event_study for dashboards, with each point as orders and money per store and hour."""

    minutes_middle: float = pa.Field(description="Middle of the span, in minutes from the event.")
    usual_orders_per_store_hour: float = pa.Field(
        nullable=True, ge=0, description="Expected orders per selling store and hour at these minutes."
    )
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="uplift_pct of the usual orders: additional (or missing) orders per store and hour."
    )
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The extra orders times the average order value, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty if there are several.")


class AnomaliesExtract(OrderAnomalies, name="dashboard_anomalies", place=EXTRACT, schema_version=1):
    """order_anomalies for dashboards, with the difference from usual in orders and money."""

    competition: str = pa.Field(nullable=True, description="Competition of the nearest match; empty if there is none.")
    match_type: str = pa.Field(nullable=True, isin=MATCH_TYPES, description="Type of that match.")
    extra_orders: float = pa.Field(description="observed - expected.")
    extra_orders_per_store_hour: float = pa.Field(description="extra_orders per hour of the alarm.")
    extra_revenue_cents: float = pa.Field(
        nullable=True, description="extra_orders times the average order value of market and chain, minor units."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue; empty if there are several.")


class InsightsExtract(Insights, name="dashboard_insights", place=EXTRACT, code_version=2):
    """insights for dashboards."""


class DataQualityExtract(
    Table, name="dashboard_data_quality", place=EXTRACT, code_version=5, key=("week", "dataset"), schema_version=2
):
    """One row per week and dataset: rows stored, rows rejected, and why data are mock, partial or missing."""

    week: str = pa.Field(description="The match week.")
    week_starts_at: UtcTimestamp = pa.Field(description="Start of the week, UTC.")
    dataset: str = pa.Field(isin=["orders", "matches"], description="orders or matches.")
    data_source: str = pa.Field(
        isin=[*values(DataSource), "none"], description="real, mock, or none where nothing is stored."
    )
    source_name: str = pa.Field(nullable=True, description="The source that delivered the data.")
    row_count: int = pa.Field(ge=0, description="Rows stored.")
    rejected_count: int = pa.Field(ge=0, description="Rows rejected.")
    is_partial: bool = pa.Field(description="True if a part of the week is known to be missing.")
    failed_check_count: int = pa.Field(
        ge=0, description="Asset checks whose latest result for this week is a failure or a warning."
    )
    reason: str = pa.Field(nullable=True, description="Why the week is mock, partial or empty, or rows were refused.")


class ChecksExtract(Table, name="dashboard_checks", place=EXTRACT, code_version=3, key=("asset", "check", "outcome")):
    """One row per asset check and outcome: the number of stored weeks whose latest result it is."""

    asset: str = pa.Field(description="The checked asset.")
    check: str = pa.Field(description="Name of the check.")
    outcome: str = pa.Field(
        isin=["passed", "warning", "error", "not_checked"], description="Latest result; error holds weeks back."
    )
    week_count: int = pa.Field(ge=0, description="Weeks with this outcome.")
    first_week: str = pa.Field(nullable=True, description="The first of these weeks.")
    last_week: str = pa.Field(nullable=True, description="The last of these weeks.")
    description: str = pa.Field(
        nullable=True,
        description="The check's message when it last warned or failed for one of these weeks, about all weeks that "
        "it checked then; empty for passed and not_checked.",
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
    DemandForecastExtract,
)
"""Every dashboard extract, in the order of the documentation."""
