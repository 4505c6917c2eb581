"""Hours and days in which a store departed from its usual orders."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import ANALYSIS
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import MatchResult, values


class OrderAnomalies(
    Table,
    name="order_anomalies",
    place=ANALYSIS,
    code_version=4,
    key=("order_source", "market", "chain", "store_id", "starts_at", "kind"),
):
    """One row per alarm: an outage, a surge or a missing day of one store."""

    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    store_id: str = pa.Field(description="The store.")
    kind: str = pa.Field(
        isin=["low", "high", "missing_day"],
        description="low: two hours or more with a tenth of the usual orders or less, or an hour or more without an "
        "order where the store always has some on that weekday. high: three hours or more with "
        "half as many again or more. missing_day: a day without any order.",
    )
    starts_at: UtcTimestamp = pa.Field(description="Start, UTC.")
    ends_at: UtcTimestamp = pa.Field(description="End (exclusive), UTC.")
    observed: int = pa.Field(ge=0, description="Orders.")
    expected: float = pa.Field(ge=0, description="Usual orders, including the effect of an own match.")
    p_value: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Tail of the most extreme block (negative binomial), or of hours without an order (Poisson); empty "
        "for a day.",
    )
    q_value: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Benjamini-Hochberg q-value among all blocks of the kind; of hours without an order, their p-value "
        "times the days of all stores.",
    )
    expected_false_share: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Meant as an upper bound on the share of false alarms of this kind; see docs/calibration.md.",
    )
    match_id: str = pa.Field(
        nullable=True, description="The nearest match of a followed team within six hours; empty if there is none."
    )
    home_team: str = pa.Field(nullable=True, description="Home side of that match.")
    away_team: str = pa.Field(nullable=True, description="Away side of that match.")
    kickoff_at: UtcTimestamp = pa.Field(nullable=True, description="Kick-off of that match, UTC.")
    minutes_from_kickoff: pd.Int64Dtype = pa.Field(
        nullable=True, description="Minutes from that kick-off to the start of the anomaly; negative before."
    )
    result: str = pa.Field(nullable=True, isin=values(MatchResult), description="How that match ended.")
    match_source: str = pa.Field(nullable=True, isin=RAW_LABELS, description="real or mock match.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders: the data that show the anomaly.")
    seen_in: str = pa.Field(
        isin=["real", "mock", "both"],
        description="both if an anomaly of this kind and market overlaps in real and in mock orders.",
    )
