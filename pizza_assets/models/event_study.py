"""Orders in the minutes around an event: kick-off or a goal."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import ANALYSIS
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, ResultStatus, values


class EventStudy(
    Table,
    name="event_study",
    place=ANALYSIS,
    code_version=3,
    key=("order_source", "match_source", "event", "series", "minutes_from"),
):
    """One row per point: how orders depart from usual in a span of minutes around an event, with a confidence band."""

    event: str = pa.Field(isin=["kick_off", "goal"], description="What the minutes are counted from.")
    series: str = pa.Field(
        description="kick_off: own_match, or the pre-trend test of the hour before the first window. goal: whose goal, "
        "and whether the point is the headline, a check or part of the curve."
    )
    minutes_from: int = pa.Field(description="First minute of the span, from the event; negative before.")
    minutes_to: int = pa.Field(description="First minute after the span.")
    estimate_log: float = pa.Field(nullable=True, description="Log ratio of orders to usual orders; per goal.")
    uplift_pct: float = pa.Field(nullable=True, description="100 (exp(estimate_log) - 1).")
    ci_low_pct: float = pa.Field(nullable=True, description="Lower end of the band.")
    ci_high_pct: float = pa.Field(nullable=True, description="Upper end of the band.")
    se: float = pa.Field(nullable=True, ge=0, description="Standard error of estimate_log.")
    p_value: float = pa.Field(
        nullable=True, ge=0, le=1, description="Two-sided, of this row alone; empty for points of a band."
    )
    band: str = pa.Field(
        isin=["simultaneous", "pointwise"],
        description="simultaneous: covers all points of the series with 95 % confidence. pointwise: each point alone.",
    )
    is_calibrated: bool = pa.Field(
        description="Whether the band reached its nominal coverage in simulated years (docs/calibration.md)."
    )
    n_matches: int = pa.Field(ge=0, description="Matches used.")
    n_market_matches: int = pa.Field(ge=0, description="Market-matches used.")
    n_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals used; empty for kick-off.")
    n_clusters: int = pa.Field(ge=0, description="Dates used.")
    status: str = pa.Field(isin=values(ResultStatus), description="ok or insufficient_data.")
    reasons: str = pa.Field(nullable=True, description="Why the estimate is missing, separated by semicolons.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
    )


class SummaryStatistics(
    Table,
    name="summary_statistics",
    place=ANALYSIS,
    key=("order_source", "match_source", "scope", "scope_value", "currency", "period"),
):
    """One row per part of the business and period: plain sums and averages, no estimates."""

    scope: str = pa.Field(isin=["overall", "chain", "market", "competition"], description="The part of the business.")
    scope_value: str = pa.Field(description="Which part; all for overall.")
    period: str = pa.Field(
        isin=["all", "pre", "during", "post"],
        description="all: every known minute. pre, during, post: the windows of followed matches.",
    )
    currency: str = pa.Field(description="ISO 4217 code; currencies are never added up.")
    order_count: int = pa.Field(ge=0, description="Orders.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue, minor units.")
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    average_order_cents: float = pa.Field(nullable=True, ge=0, description="Revenue per order; empty without orders.")
    pizzas_per_order: float = pa.Field(nullable=True, ge=0, description="Pizzas per order; empty without orders.")
    covered_hours: float = pa.Field(ge=0, description="Covered hours, summed over markets and chains.")
    orders_per_hour: float = pa.Field(
        nullable=True, ge=0, description="Orders per covered hour; empty if none is covered."
    )
    order_share_pct: float = pa.Field(
        nullable=True, ge=0, le=100, description="Share of the orders of the same period and currency."
    )
    n_matches: int = pa.Field(ge=0, description="Matches with such a window; 0 for period all.")
    first_at: UtcTimestamp = pa.Field(nullable=True, description="Start of the first hour or window, UTC.")
    last_at: UtcTimestamp = pa.Field(nullable=True, description="End of the last hour or window, UTC.")
    complete_share_pct: float = pa.Field(
        nullable=True, ge=0, le=100, description="Share of windows with completely known orders; empty for all."
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(nullable=True, isin=RAW_LABELS, description="real or mock matches; empty for all.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if all inputs are real, mock if the orders are mock, else mixed."
    )
