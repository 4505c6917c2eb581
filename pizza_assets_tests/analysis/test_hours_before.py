"""Orders that depart hours before kick-off: something else goes with match days, and every sentence says so first."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.expected_grid import EMPTY_GRID
from pizza_assets.analysis.hours_before import hours_before_answer
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.wording import number
from pizza_assets.models import MatchImpact, MatchWindows, RawMatches
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, fixtures, markets_of
from pizza_assets_tests.calibration.worlds import PLAIN, ZONE, SimulatedYear, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(40))


@cache
def year() -> SimulatedYear:
    rng = np.random.default_rng(3)
    calendar = fixtures(markets_of(8), list(WEEKS), rng).assign(match_source="real")
    return simulate_year(rng, PLAIN, RawMatches.conform(calendar), WEEKS)


def promoted(year: SimulatedYear) -> SimulatedYear:
    """30 % more orders all day in the market of the home team."""
    rng = np.random.default_rng(4)
    days = pd.DatetimeIndex(pd.to_datetime(year.minutes * 60, unit="s", utc=True)).tz_convert(ZONE).normalize()
    counts = year.counts.copy()
    for row, market in enumerate(year.markets):
        home = year.matches.loc[year.matches["home_team"] == market.teams[0], "kickoff_at"]
        on_match_day = days.isin(pd.DatetimeIndex(home).tz_convert(ZONE).normalize())
        counts[row] += np.where(on_match_day, rng.poisson(0.30 * counts[row]), 0)
    return replace(year, counts=counts)


@cache
def results(has_promotions: bool) -> pd.DataFrame:
    world = promoted(year()) if has_promotions else year()
    grid = fitted(world)
    impact = impact_of(world, grid)
    return correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals={}, parts=())


def test_promotions_on_match_days_are_seen_and_said_before_the_finding() -> None:
    (row,) = results(True)[results(True)["role"] == "primary"].to_dict("records")
    assert row["hours_before_p_value"] <= 0.05
    assert 3 < row["hours_before_uplift_pct"] < 15, "half of the matches are at home; habits follow a part of it"
    assert row["direction"] == "up"
    told = insights(results(True), MatchImpact.empty(), MatchWindows.empty()).iloc[0]["headline"]
    for sentence in (told, row["pattern_description"]):
        first = sentence.partition(": ")[2]
        assert first.startswith(
            f"Hours before kick-off, orders were already {number(row['hours_before_uplift_pct'])} %"
        )
        assert "may not be football's" in sentence
        assert "run" not in sentence.split()


def test_without_promotions_nothing_is_said() -> None:
    rows = results(False)
    own = rows[rows["subject"] == "own_team_match"]
    assert (own["hours_before_p_value"] > 0.05).all()
    assert not rows["pattern_description"].str.contains("Hours before kick-off").any()
    others = rows[~rows["subject"].isin(["own_team_match", "kickoff_time"])]
    assert others["hours_before_p_value"].isna().all()


def test_it_is_the_sum_over_the_three_hours_before_the_first_window() -> None:
    grid = fitted(year())
    impact = impact_of(year(), grid)
    pre = impact[(impact["window"] == "pre")]
    used = set(impact.loc[impact["status"] == "ok", ["match_id", "market"]].itertuples(index=False, name=None))
    observed = expected = 0.0
    for match_id, market, starts_at in pre[["match_id", "market", "window_start_at"]].itertuples(
        index=False, name=None
    ):
        last = int(starts_at.timestamp()) // 900 - grid.first_bin
        row = grid.markets.get_loc(market)
        cells = slice(last - 12, last)
        is_free = np.isfinite(grid.expected[row, cells]).all() and not grid.is_masked[row, cells].any()
        if (match_id, market) in used and is_free and grid.expected[row, cells].sum() > 0:
            observed += grid.observed[row, cells].sum()
            expected += grid.expected[row, cells].sum()
    answer = hours_before_answer(impact, grid)
    assert answer.numbers["observed"] == observed
    assert answer.numbers["expected"] == pytest.approx(expected)


def test_without_orders_there_is_no_answer() -> None:
    assert hours_before_answer(MatchImpact.empty(), EMPTY_GRID).missing
