"""Matches and their impact as dashboards read them."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.outcomes import classify, own_outcomes
from pizza_assets.dashboards.extracts import match_impact_extract, matches_extract
from pizza_assets.models import MatchImpact, RawMatches
from pizza_assets_tests.analysis.tables import a_match
from pizza_assets_tests.dashboards.extracts.tables import impact_rows, types_of


def test_matches_carry_their_type_their_result_and_exposed_markets():
    final = a_match(competition_type="cup", stage="FINAL", decided_by="penalties", home_goals=1, away_goals=1)
    rows = [final | {"shootout_home_goals": 5, "shootout_away_goals": 4}, a_match(match_id="m2", status="TIMED")]
    extract = matches_extract(classify(RawMatches.conform(rows)), {"m1": 3}).set_index("match_id")
    assert extract["exposed_markets"].to_dict() == {"m1": 3, "m2": 0}
    assert extract["match_type"].to_dict() == {"m1": "final", "m2": "league"}
    assert extract.loc["m1", "result"] == "home_win"
    assert pd.isna(extract.loc["m2", "result"])
    assert extract["kickoff_is_fixed"].all()


def hours(impact: pd.DataFrame, value: float) -> pd.DataFrame:
    return impact[["order_source", "match_source", "match_id", "market", "window"]].assign(store_hours=value)


def extract_of(store_hours: float = 4.0, **columns) -> pd.DataFrame:
    numbers = {"observed": 30, "expected": 20.0, "extra_orders": 10.0, "revenue_cents": 60_000, "currency": "GBP"}
    impact = MatchImpact.conform(impact_rows(**{**numbers, **columns}))
    return match_impact_extract(impact, types_of("m1"), own_outcomes(impact), hours(impact, store_hours))


def test_an_effect_is_given_per_store_hour_and_in_money():
    row = extract_of(result="away_win", home_goals=0, away_goals=3, side="away").iloc[0]
    assert row["extra_orders_per_store_hour"] == pytest.approx(2.5)
    assert row["extra_revenue_cents"] == pytest.approx(20_000)
    assert row["extra_revenue_per_store_hour_cents"] == pytest.approx(5_000)
    assert row[["match_type", "own_result", "own_goal_difference", "total_goals"]].tolist() == ["cup", "win", 3, 3]


@pytest.mark.parametrize(
    ("changes", "empty"),
    [
        ({"store_hours": 0.0}, ["extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents"]),
        ({"revenue_cents": None, "currency": None}, ["extra_revenue_cents", "extra_revenue_per_store_hour_cents"]),
        ({"observed": 0, "revenue_cents": 0}, ["extra_revenue_cents", "extra_revenue_per_store_hour_cents"]),
        ({"extra_orders": np.nan}, ["extra_orders_per_store_hour", "extra_revenue_cents"]),
    ],
)
def test_what_is_unknown_stays_empty(changes: dict, empty: list[str]):
    assert extract_of(**changes)[empty].isna().all(axis=None)


def test_a_match_that_is_no_longer_listed_has_no_row():
    impact = MatchImpact.conform(impact_rows())
    assert match_impact_extract(impact, types_of("m2"), own_outcomes(impact), hours(impact, 1.0)).empty
