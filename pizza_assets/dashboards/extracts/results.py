"""Results of the analysis as dashboards read them: tested hypotheses, minutes around events, alarms and sentences."""

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.anomalies import OrderAnomalies
from pizza_assets.models.event_study import EventStudy
from pizza_assets.models.extracts import AnomaliesExtract, CorrelationsExtract, EventStudyExtract, InsightsExtract
from pizza_assets.models.results import CorrelationResults, Insights

_MATCH = ["match_source", "match_id"]
_CHAIN = ["order_source", "market", "chain"]


def correlations_extract(
    correlation_results: DataFrame[CorrelationResults], per_store: pd.DataFrame
) -> DataFrame[CorrelationsExtract]:
    """`correlation_results` with the columns of `per_store` (orders and money per store and hour; the same index)."""
    return CorrelationsExtract.conform(pd.concat([correlation_results, per_store], axis=1))


def event_study_extract(event_study: DataFrame[EventStudy], per_store: pd.DataFrame) -> DataFrame[EventStudyExtract]:
    """`event_study` with the columns of `per_store` (orders and money per store and hour; the same index)."""
    middle = (event_study["minutes_from"] + event_study["minutes_to"]) / 2
    return EventStudyExtract.conform(pd.concat([event_study.assign(minutes_middle=middle), per_store], axis=1))


def anomalies_extract(
    order_anomalies: DataFrame[OrderAnomalies], matches: pd.DataFrame, order_values: pd.DataFrame
) -> DataFrame[AnomaliesExtract]:
    """`order_anomalies` with the competition of the nearest match, and the store's extra orders and revenue.

    matches: match_source, match_id, competition, match_type. order_values: order_source, market, chain,
    average_order_cents, currency.
    """
    known = matches[[*_MATCH, "competition", "match_type"]]
    rows = order_anomalies.merge(known, on=_MATCH, how="left").merge(order_values, on=_CHAIN, how="left")
    extra = rows["observed"] - rows["expected"]
    hours = (rows["ends_at"] - rows["starts_at"]).dt.total_seconds() / 3600
    return AnomaliesExtract.conform(
        rows.assign(
            extra_orders=extra,
            extra_orders_per_store_hour=extra / hours,
            extra_revenue_cents=extra * rows["average_order_cents"],
        )
    )


def insights_extract(insights: DataFrame[Insights]) -> DataFrame[InsightsExtract]:
    """`insights` as dashboards read it."""
    return InsightsExtract.conform(insights)
