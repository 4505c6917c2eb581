"""Points around kick-off and goals per selling store and hour."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.events_in_shops import events_in_shops
from pizza_assets.models import EventStudy, MatchImpact, MatchWindows
from pizza_assets.models.extracts import MatchTimelineExtract
from pizza_assets_tests.analysis.simulated_worlds import analyse, simulate

LABELS = {"order_source": "mock", "match_source": "mock", "data_source": "mock"}


def point(event: str, series: str, first: int, end: int, uplift: float = 10.0, status: str = "ok") -> dict:
    blank = {column.name: None if column.nullable else 0 for column in EventStudy.columns()}
    return {
        **blank, **LABELS, "event": event, "series": series, "minutes_from": first, "minutes_to": end,
        "uplift_pct": uplift, "status": status, "band": "pointwise", "is_calibrated": True,
    }  # fmt: skip


def timeline(expected: dict[int, float | None], stores: tuple[int, int] = (2, 4)) -> pd.DataFrame:
    kickoff = pd.Timestamp("2025-08-09 14:00", tz="UTC")
    return MatchTimelineExtract.conform(
        [
            {
                "match_id": "m", "kickoff_at": kickoff, "competition": "c", "match_type": "league", "home_team": "a",
                "away_team": "b", "market": market, "team": "a", "side": "home", "minutes_from_kickoff": minute,
                "bin_at": kickoff + pd.Timedelta(minutes=minute), "period": "pre", "order_count": 0,
                "expected_orders": orders, "store_count": count, **LABELS,
            }
            for market, count in zip(("one", "two"), stores, strict=True)
            for minute, orders in expected.items()
        ]
    )  # fmt: skip


def test_usual_orders_are_those_of_the_span_and_for_goals_those_during_the_match() -> None:
    analysis_world = simulate(9, market_count=6, week_count=16, orders_per_bin=20)
    impact = analyse(analysis_world).impact
    points = EventStudy.conform(
        [
            point("kick_off", "own_match", -30, 0),
            point("kick_off", "own_match", 0, 30, status="insufficient_data"),
            point("kick_off", "own_match", 30, 60),
            point("goal", "own_goal_0_15", 0, 15),
        ]
    )
    minutes = timeline({-30: 3.0, -15: 6.0, 0: 9.0, 15: None, 30: None})
    found = events_in_shops(points, minutes, impact, analysis_world.windows).assign(start=points["minutes_from"])
    of_kick_off = found[points["event"] == "kick_off"].set_index("start")
    # two markets expect 18 orders in half an hour of six stores
    assert of_kick_off.loc[-30, "usual_orders_per_store_hour"] == pytest.approx(18 / (6 * 0.5))
    assert of_kick_off.loc[-30, "extra_orders_per_store_hour"] == pytest.approx(0.6)
    assert of_kick_off.loc[-30, "extra_revenue_per_store_hour_cents"] == pytest.approx(0.6 * 1650)
    assert of_kick_off.loc[-30, "currency"] == "GBP"
    # unknown quarter-hours count neither as orders nor as hours
    assert of_kick_off.loc[0, "usual_orders_per_store_hour"] == pytest.approx(18 / (6 * 0.25))
    assert np.isnan(of_kick_off.loc[0, "extra_orders_per_store_hour"])
    assert np.isnan(of_kick_off.loc[30, "usual_orders_per_store_hour"])
    during = impact.query("status == 'ok' and window == 'during'")
    goal = found[points["event"] == "goal"].iloc[0]
    assert goal["usual_orders_per_store_hour"] == pytest.approx(during["expected"].sum() / (len(during) * 2 * 115 / 60))


def test_quarter_hours_without_a_selling_store_are_left_out() -> None:
    points = EventStudy.conform([point("kick_off", "own_match", -30, 0)])
    nothing = MatchImpact.empty(), MatchWindows.empty()
    found = events_in_shops(points, timeline({-30: 3.0, -15: 6.0}, stores=(0, 4)), *nothing)
    assert found["usual_orders_per_store_hour"].tolist() == pytest.approx([9 / (4 * 0.5)])
    silent = events_in_shops(points, timeline({-30: 3.0, -15: 6.0}, stores=(0, 0)), *nothing)
    assert silent["usual_orders_per_store_hour"].isna().all()


def test_empty_input_gives_empty_output_and_other_sources_are_ignored() -> None:
    nothing = MatchImpact.empty(), MatchWindows.empty()
    assert events_in_shops(EventStudy.empty(), MatchTimelineExtract.empty(), *nothing).empty
    real = EventStudy.conform(
        [{**point("kick_off", "own_match", -30, 0), "order_source": "real", "data_source": "real"}]
    )
    assert events_in_shops(real, timeline({-30: 3.0}), *nothing)["usual_orders_per_store_hour"].isna().all()
