"""What dashboards read: typed, flat, one CSV each."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.results import CorrelationResults, Insights, MatchImpact
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, MatchStatus, values


class OrdersTimelineExtract(
    Table, name="dashboard_orders_timeline", key=("order_source", "market", "chain", "currency", "hour_at")
):
    """One row per hour, market, chain and currency: what was ordered."""

    hour_at: UtcTimestamp = pa.Field(description="First instant of the hour, UTC.")
    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    currency: str = pa.Field(description="ISO 4217 code.")
    order_count: int = pa.Field(ge=0, description="Orders in the covered minutes of the hour.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue in the minor unit.")
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    covered_minutes: int = pa.Field(ge=1, le=60, description="Minutes of the hour for which orders are known.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")


class MatchesExtract(Table, name="dashboard_matches", key=("match_source", "kickoff_at", "match_id")):
    """One row per match of the period, analysed or not."""

    match_id: str = pa.Field(unique=True, description="The match, as in raw_matches.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    competition: str = pa.Field(description="Name of the competition.")
    competition_type: str = pa.Field(description="league, cup or international.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    home_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the home side in play.")
    away_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the away side in play.")
    result: str = pa.Field(nullable=True, description="home_win, draw or away_win.")
    status: str = pa.Field(isin=values(MatchStatus), description="Status of the match.")
    exposed_markets: int = pa.Field(ge=0, description="Markets that follow one of the teams.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")


class MatchImpactExtract(MatchImpact, name="dashboard_match_impact"):
    """match_impact as the dashboards read it."""


class CorrelationsExtract(CorrelationResults, name="dashboard_correlations"):
    """correlation_results as the dashboards read it."""


class InsightsExtract(Insights, name="dashboard_insights"):
    """insights as the dashboards read it."""


class DataQualityExtract(Table, name="dashboard_data_quality", key=("week", "dataset")):
    """One row per week and dataset: what arrived, what was refused, what was invented and why."""

    week: str = pa.Field(description="The match week.")
    dataset: str = pa.Field(isin=["orders", "matches"], description="orders or matches.")
    data_source: str = pa.Field(
        isin=[*values(DataSource), "none"], description="real, mock, or none where nothing is stored."
    )
    source_name: str = pa.Field(nullable=True, description="The source that delivered it.")
    row_count: int = pa.Field(ge=0, description="Rows stored.")
    rejected_count: int = pa.Field(ge=0, description="Rows refused.")
    reason: str = pa.Field(nullable=True, description="Why the week is mock, partial or empty.")
