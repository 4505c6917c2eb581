"""The curve around kick-off: equals a regression with all dummies, has valid bands, refuses too little data."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.event_bins import FIRST_MINUTE, LAG_COUNT, LAG_MINUTES, event_panel
from pizza_assets.analysis.event_points import event_study, kick_off_points, pre_trends
from pizza_assets.analysis.event_study import kick_off_study
from pizza_assets.analysis.event_time_fit import Panel, fit_event_time
from pizza_assets.analysis.expected_grid import EMPTY_GRID
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models import RawMatches
from pizza_assets_tests.analysis.simulated_worlds import World, fitted_grids, part_of, simulate

PAIR = ("mock", "mock")


def panel_of(world: World) -> Panel:
    grid = fitted_grids(world).get(PAIR, EMPTY_GRID)
    return event_panel(grid, world.matches, world.markets)


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panel_of(simulate(41, market_count=8, week_count=20, orders_per_bin=8, uplift={"post": 0.2}))


def small_panel(seed: int) -> Panel:
    """3 markets, 4 places, 10 weeks, two lags; two dates a week."""
    rng = np.random.default_rng(seed)
    place, week = np.tile(np.arange(4), 10), np.repeat(np.arange(10), 4)
    lag = np.full((3, 40), -1)
    for market, first in ((0, 4), (1, 11), (2, 18), (0, 26), (1, 34)):
        lag[market, first : first + 2] = [0, 1]
    mean = rng.uniform(10, 30, (3, 4))[:, place] * rng.uniform(0.8, 1.2, 40)
    mean *= np.exp(np.where(lag == 0, 0.3, np.where(lag == 1, -0.2, 0.0)))
    return Panel(rng.poisson(mean), np.ones((3, 40), bool), np.tile(place, (3, 1)), week, np.arange(40) // 2, lag, 2)


def test_the_fit_is_that_of_a_poisson_regression_with_dummies() -> None:
    import statsmodels.api as sm

    panel = small_panel(1)
    market, cell = (i.ravel() for i in np.indices(panel.counts.shape))
    blocks = [
        np.eye(12)[4 * market + panel.bin_of_week[market, cell]],
        np.eye(40)[cell],
        np.eye(30)[10 * market + panel.week[cell]],
    ]
    lags = np.eye(3)[panel.lag[market, cell]][:, :2]
    dummies = np.concatenate(blocks, axis=1)
    # only linearly independent dummies
    basis = np.linalg.svd(dummies - dummies.mean(axis=0), full_matrices=False)
    kept = basis.U[:, basis.S > 1e-8]
    design = np.column_stack([lags, np.ones(len(lags)), kept])
    theirs = sm.GLM(panel.counts.ravel(), design, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)
    fit = fit_event_time(panel)
    assert fit.converged
    np.testing.assert_allclose(fit.log_factor, theirs.params[:2], atol=1e-5)


# Property 16
def test_the_band_contains_a_planted_effect_and_its_absence(panel: Panel) -> None:
    study = kick_off_study(panel)
    after = [4 + 6, 5 + 6]  # half-hours from 120 to 180 minutes after kick-off, completely after the final whistle
    before = [0, 1]
    for lags, truth in ((after, 20.0), (before, 0.0)):
        for lag in lags:
            numbers = study.lags[lag].numbers
            assert numbers["ci_low_pct"] <= truth <= numbers["ci_high_pct"]
    assert study.pre_trend_p > 0.01
    assert study.critical_value > 2.5
    assert study.lags[10].numbers["ci_low_pct"] > 0


def test_names_order_and_scale_of_markets_do_not_matter(panel: Panel) -> None:
    order = np.random.default_rng(1).permutation(len(panel.counts))
    shuffled = replace(
        panel, **{name: getattr(panel, name)[order] for name in ("counts", "is_used", "bin_of_week", "lag")}
    )
    first, second = kick_off_study(panel), kick_off_study(shuffled)
    thrice = kick_off_study(replace(panel, counts=3 * panel.counts))
    for other in (second, thrice):
        for mine, theirs in zip(first.lags, other.lags, strict=True):
            assert theirs.numbers["uplift_pct"] == pytest.approx(mine.numbers["uplift_pct"], abs=1e-4)
            assert theirs.numbers["se"] == pytest.approx(mine.numbers["se"], rel=1e-4)


@pytest.mark.parametrize(
    ("markets", "weeks", "matches", "has_orders"),
    [(0, 0, 0, False), (1, 12, 40, True), (6, 1, 3, True), (6, 12, 0, True), (6, 12, 3, True), (6, 12, 40, False)],
)
def test_worlds_with_too_little_data_are_refused_with_reasons(
    markets: int, weeks: int, matches: int, has_orders: bool
) -> None:
    world = simulate(42, market_count=6, week_count=12, orders_per_bin=4)
    part = part_of(world, markets=markets, weeks=weeks, matches=matches, has_orders=has_orders)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = kick_off_study(panel_of(part))
    assert len(study.lags) == LAG_COUNT
    assert all(answer.missing and "uplift_pct" not in answer.numbers for answer in study.lags)
    assert np.isnan(study.pre_trend_p)


def test_missing_weeks_and_clock_changes_are_handled() -> None:
    world = simulate(43, market_count=6, week_count=20, orders_per_bin=6)
    with_gap = replace(world, quarters=world.quarters[~world.quarters["week"].isin(world.weeks[5:8])])
    answered = [answer for answer in kick_off_study(panel_of(with_gap)).lags if not answer.missing]
    assert len(answered) == LAG_COUNT
    assert all(abs(answer.numbers["uplift_pct"]) < 20 for answer in answered)


def test_half_hours_near_two_matches_are_left_out() -> None:
    world = simulate(44, market_count=6, week_count=12)
    first = world.matches.iloc[[12]]
    again = first.assign(match_id="again", kickoff_at=first["kickoff_at"] + pd.Timedelta(hours=4))
    twice = replace(world, matches=RawMatches.conform(pd.concat([first, again])))
    alone = replace(world, matches=RawMatches.conform(first))
    cells, cells_of_two = (panel.lag >= 0 for panel in (panel_of(alone), panel_of(twice)))
    # half-hours of the first match that the second one overlaps are left out
    assert 0 < (cells & cells_of_two).sum() < cells.sum()
    # each lag of each market at most once
    assert np.bincount(panel_of(twice).lag[cells_of_two]).max() <= 2


def test_half_hours_near_a_match_that_may_have_been_played_are_neither_free_nor_an_event() -> None:
    world = simulate(44, market_count=6, week_count=12)
    first = world.matches.iloc[[12]]
    doubtful = first.assign(
        match_id="doubtful", kickoff_at=first["kickoff_at"] + pd.Timedelta(days=1), status="AWARDED"
    )
    grid = fitted_grids(world)[PAIR]
    alone, beside = (
        event_panel(grid, RawMatches.conform(rows), world.markets) for rows in (first, pd.concat([first, doubtful]))
    )
    followers = grid.markets.get_indexer(
        [m.name for m in world.markets if {first["home_team"].item(), first["away_team"].item()} & set(m.teams)]
    )
    lost = alone.is_used & ~beside.is_used
    # the curve's sixteen half-hours around the kick-off in doubt, as far as the shops sell then
    assert 0 < lost[followers].sum(axis=1).min() <= lost[followers].sum(axis=1).max() <= LAG_COUNT
    at = (epoch_minutes(doubtful["kickoff_at"])[0] - 15 * (grid.first_bin + grid.first_bin % 2)) // LAG_MINUTES
    assert not beside.is_used[followers, at + FIRST_MINUTE // LAG_MINUTES : at + LAG_COUNT - 6].any()
    assert not lost.all(axis=0).any()
    np.testing.assert_array_equal(alone.lag, beside.lag)


def test_points_have_labels_and_a_pre_trend_test(panel: Panel) -> None:
    points = event_study({("real", "mock"): kick_off_points(kick_off_study(panel))})
    assert set(points["data_source"]) == {"mixed"}
    assert points["minutes_from"].min() == FIRST_MINUTE
    assert (points["minutes_to"] - points["minutes_from"]).isin([LAG_MINUTES, 60]).all()
    assert pre_trends(points)[("real", "mock")] == kick_off_study(panel).pre_trend_p
    nothing = event_study(
        {("real", "real"): kick_off_points(kick_off_study(event_panel(EMPTY_GRID, RawMatches.empty(), ())))}
    )
    assert set(nothing["reasons"]) == {Reason.NO_ORDERS}
    assert pre_trends(nothing) == {}
