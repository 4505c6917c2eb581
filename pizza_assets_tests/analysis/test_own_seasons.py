"""Markets that keep a season of their own at the hours of their matches are named, with what it does to the numbers."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.own_seasons import OwnSeasons, _blocks, _compared, own_seasons
from pizza_assets.models import MatchImpact, MatchWindows, RawMatches
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, fixtures, markets_of
from pizza_assets_tests.calibration.worlds import PLAIN, ZONE, SimulatedYear, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted, impact_of

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(40))
SEASONAL = "market 03"


@cache
def year(is_seasonal: bool) -> SimulatedYear:
    rng = np.random.default_rng(5)
    calendar = fixtures(markets_of(8), list(WEEKS), rng).assign(match_source="real")
    plain = simulate_year(rng, PLAIN, RawMatches.conform(calendar), WEEKS)
    return with_season(plain) if is_seasonal else plain


def with_season(plain: SimulatedYear) -> SimulatedYear:
    """One market sells up to 40 % more in the evenings of the first half-year, and less in those of the second."""
    local = pd.DatetimeIndex(pd.to_datetime(plain.minutes * 60, unit="s", utc=True)).tz_convert(ZONE)
    wave = np.sin(2 * np.pi * plain.week / len(plain.weeks)) * (local.hour >= 17)
    row = [market.name for market in plain.markets].index(SEASONAL)
    counts = plain.counts.copy()
    counts[row] = np.random.default_rng(6).poisson(plain.mean[row] * np.exp(0.35 * wave))
    return replace(plain, counts=counts)


@cache
def analysed(is_seasonal: bool) -> tuple[pd.DataFrame, ExpectedGrid]:
    grid = fitted(year(is_seasonal))
    return impact_of(year(is_seasonal), grid), grid


def test_the_market_with_a_season_is_named_and_no_other() -> None:
    found = own_seasons(*analysed(True))
    # its season is that of the evenings; the orders during a match in the afternoon know nothing of it
    assert found.markets == {"pre": (SEASONAL,), "post": (SEASONAL,)}
    assert own_seasons(*analysed(False)) == OwnSeasons()
    assert set(found.off_by_pct) == {"pre", "post"}
    assert set(found.of_market) == {(SEASONAL, "pre"), (SEASONAL, "post")}
    for span, off_by in found.off_by_pct.items():
        assert 0 < off_by < found.of_market[SEASONAL, span], (
            "one market of eight moves the mean less than its own number"
        )


def test_it_is_said_of_the_whole_business_and_of_the_market() -> None:
    impact, grid = analysed(True)
    results = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals={})
    named = results[results["own_season_markets"].notna()]
    assert set(named["own_season_markets"]) == {SEASONAL}
    assert set(named["subject"]) == {"own_team_match"}
    assert set(named["scope"]) == {"overall", "market"}
    assert set(named["time_window"]) == {"pre", "post"}
    assert set(named.loc[named["scope"] == "market", "scope_value"]) == {SEASONAL}
    told = insights(results, MatchImpact.empty(), MatchWindows.empty()).iloc[0]
    assert f"At these hours {SEASONAL} keeps a season of its own" in f"{told['headline']} {told['caveat']}"
    impact, grid = analysed(False)
    plain = correlation_results(impact, {PAIR: grid}, chains={}, pre_trends={}, same_day={}, goals={}, parts=())
    assert plain["own_season_markets"].isna().all()
    assert plain["own_season_off_by_pct"].isna().all()


def test_weeks_that_count_alike_are_compared_by_analysis_of_variance() -> None:
    rng = np.random.default_rng(7)
    departure, blocks = rng.normal(0, 0.1, 24), np.repeat([0, 1, 2], 8)
    p_value, bias, variance = _compared(departure, np.ones(24), blocks, np.array([0.5, 0.5, 0.0]))
    groups = [departure[blocks == block] for block in range(3)]
    assert p_value == pytest.approx(stats.f_oneway(*groups).pvalue)
    assert bias == pytest.approx((groups[0].mean() + groups[1].mean()) / 2)
    pooled = np.mean([group.var(ddof=1) for group in groups])
    assert variance == pytest.approx(0.5 * pooled / 8)


def test_a_part_of_the_year_that_cannot_be_compared_says_nothing_of_the_number() -> None:
    """It counted as no bias and no error: "may be off by 0 %"."""
    rng = np.random.default_rng(8)
    departure, blocks = rng.normal(0, 0.1, 24), np.repeat([0, 1, 2], 8)
    has_no_free_week = np.where(blocks == 2, 0.0, 1.0)
    p_value, bias, variance = _compared(departure, has_no_free_week, blocks, np.array([0.5, 0.3, 0.2]))
    assert p_value == pytest.approx(stats.f_oneway(departure[:8], departure[8:16]).pvalue)
    assert np.isnan([bias, variance]).all()
    elsewhere = _compared(departure, has_no_free_week, blocks, np.array([0.5, 0.5, 0.0]))
    assert np.isfinite(elsewhere).all(), "no match was played in that part"
    one_part = _compared(departure[:8], np.ones(8), blocks[:8], np.ones(1))
    assert np.isnan(one_part[0])
    assert one_part[1:] == pytest.approx((departure[:8].mean(), departure[:8].var(ddof=1) / 8))
    assert np.isnan(_compared(departure[:3], np.ones(3), np.arange(3), np.full(3, 1 / 3))).all()


def test_a_number_that_may_be_off_by_an_unknown_amount_has_no_sentence() -> None:
    impact, grid = analysed(True)
    last = int(np.flatnonzero(_blocks(len(grid.weeks))[grid.week] == _blocks(len(grid.weeks))[-1])[0])
    row = list(grid.markets).index(SEASONAL)
    is_masked = grid.is_masked.copy()
    is_masked[row, last:] = True
    found = own_seasons(impact, replace(grid, is_masked=is_masked))
    assert SEASONAL in found.markets["pre"]
    assert found.off_by_pct == {}
    assert found.of_market == {}


def test_a_short_rest_of_the_year_belongs_to_the_part_before() -> None:
    assert np.bincount(_blocks(51)).tolist() == [8] * 5 + [11]
    assert np.bincount(_blocks(52)).tolist() == [8] * 6 + [4]
    assert np.bincount(_blocks(43)).tolist() == [8, 8, 8, 8, 11]
    assert np.bincount(_blocks(45)).tolist() == [8, 8, 8, 8, 8, 5]


def test_weeks_without_a_free_hour_and_short_histories_say_nothing() -> None:
    assert np.isnan(_compared(np.zeros(8), np.zeros(8), np.zeros(8, dtype=int), np.ones(1))[0])
    assert own_seasons(MatchImpact.empty(), EMPTY_GRID) == OwnSeasons()
