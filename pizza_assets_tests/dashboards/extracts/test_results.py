"""Results as dashboards read them: what the analysis worked out, joined and unchanged."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.order_values import order_values
from pizza_assets.analysis.outcomes import classify
from pizza_assets.dashboards.extracts import (
    anomalies_extract,
    correlations_extract,
    event_study_extract,
    insights_extract,
)
from pizza_assets.models import CorrelationResults, EventStudy, Insights, OrderAnomalies, RawMatches
from pizza_assets.models.extracts import OrdersTimelineExtract
from pizza_assets_tests.analysis.simulated_worlds import analyse, simulate
from pizza_assets_tests.dashboards.extracts.tables import SOURCES, blank

IN_SHOPS = [
    "usual_orders_per_store_hour", "extra_orders_per_store_hour", "extra_orders_low", "extra_orders_high",
    "extra_revenue_per_store_hour_cents",
]  # fmt: skip


def test_correlations_and_insights_pass_through_unchanged():
    analysis = analyse(simulate(1, market_count=4, week_count=12))
    numbers = pd.DataFrame(1.5, index=analysis.results.index, columns=IN_SHOPS).assign(currency="GBP")
    extract = correlations_extract(analysis.results, numbers)
    pd.testing.assert_frame_equal(CorrelationResults.conform(extract), analysis.results)
    assert (extract[IN_SHOPS] == 1.5).all(axis=None)
    pd.testing.assert_frame_equal(insights_extract(analysis.insights), Insights.conform(analysis.insights))


def test_points_get_the_middle_of_their_span():
    point = blank(EventStudy, event="kick_off", band="simultaneous", status="ok", is_calibrated=True, **SOURCES)
    points = EventStudy.conform([{**point, "series": "own_match", "minutes_from": -30, "minutes_to": 0}])
    extract = event_study_extract(points, pd.DataFrame(np.nan, index=[0], columns=IN_SHOPS).assign(currency=None))
    assert extract["minutes_middle"].tolist() == [-15.0]
    assert extract["extra_orders_per_store_hour"].isna().all()


def alarm(**columns: object) -> dict:
    at = pd.Timestamp("2026-08-08 18:00", tz="UTC")
    row = {"market": "Leeds", "chain": "a", "store_id": "1", "kind": "low", "starts_at": at, "observed": 1}
    ends = {"ends_at": at + pd.Timedelta(hours=2), "expected": 21.0, "order_source": "real", "seen_in": "real"}
    return blank(OrderAnomalies, **{**row, **ends, **columns})


def test_alarms_are_given_in_orders_and_money_with_the_nearest_match():
    near = {"match_id": "m1", "match_source": "mock"}
    rows = OrderAnomalies.conform([alarm(**near), alarm(store_id="2", chain="b"), alarm(store_id="3", market="Hull")])
    matches = pd.DataFrame(
        {"match_source": ["mock"], "match_id": ["m1"], "competition": ["FA Cup"], "match_type": "cup"}
    )
    values = pd.DataFrame(
        {
            "order_source": ["real", "real", "mock"],
            "market": "Leeds",
            "chain": ["a", "b", "a"],
            "average_order_cents": [2000.0, np.nan, 1.0],
            "currency": ["GBP", None, "GBP"],
        }
    )
    extract = anomalies_extract(rows, matches, values).set_index("store_id")
    assert extract.loc["1", ["competition", "match_type", "currency"]].tolist() == ["FA Cup", "cup", "GBP"]
    assert extract["extra_orders"].tolist() == [-20.0] * 3
    assert extract["extra_orders_per_store_hour"].tolist() == [-10.0] * 3
    assert extract.loc["1", "extra_revenue_cents"] == pytest.approx(-40_000)
    unknown = extract.loc[["2", "3"], ["competition", "match_type", "extra_revenue_cents", "currency"]]
    assert unknown.isna().all(axis=None)


def test_no_alarm_is_an_empty_extract():
    values = order_values(OrdersTimelineExtract.empty(), ["order_source", "market", "chain"])
    assert anomalies_extract(OrderAnomalies.empty(), classify(RawMatches.empty()), values).empty
