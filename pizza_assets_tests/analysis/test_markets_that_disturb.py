"""A market whose orders don't fit the baseline's model costs only itself, and is named."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.baseline import expected_grids, expected_rows
from pizza_assets.analysis.correlation_results import correlation_results, main_effects
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.expected_grid import ExpectedGrid, grids_of
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.reasons import Reason
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, fitted_grids, panels_of, simulate

PAIR = ("mock", "mock")
WORLD = simulate(71, market_count=5, week_count=12, orders_per_bin=6)
LATE = WORLD.markets[4]
WITHOUT = replace(WORLD, quarters=WORLD.quarters[WORLD.quarters["market"] != LATE.name].reset_index(drop=True))


@cache
def grid(*, is_disturbed: bool) -> ExpectedGrid:
    """is_disturbed: one market sells nearly everything at night, when the others are closed, so that its habits and
    levels can hardly be told from the quarter-hours themselves."""
    (panel,) = panels_of(WORLD.quarters, WORLD.match_source_by_week).values()
    if not is_disturbed:
        (panel,) = panels_of(WITHOUT.quarters, WORLD.match_source_by_week).values()
        return expected_grids({PAIR: panel}, WORLD.matches, WORLD.markets, LENGTHS)[PAIR]
    rng, counts = np.random.default_rng(3), panel.counts.copy()
    row = list(panel.names).index(LATE.name)
    is_night = np.delete(counts, row, axis=0).sum(axis=0) == 0
    by_night = rng.poisson(40 * rng.lognormal(0, 0.3, len(is_night)))
    counts[row] = np.where(is_night, by_night, rng.binomial(counts[row], 0.01))
    return expected_grids({PAIR: replace(panel, counts=counts)}, WORLD.matches, WORLD.markets, LENGTHS)[PAIR]


def test_the_others_have_the_baseline_that_they_have_without_it() -> None:
    disturbed, plain = grid(is_disturbed=True), grid(is_disturbed=False)
    assert disturbed.dropped_markets == [LATE.name]
    assert disturbed.is_converged
    row = list(disturbed.markets).index(LATE.name)
    assert np.isnan(disturbed.expected[row]).all()
    others = np.delete(np.arange(len(disturbed.markets)), row)
    np.testing.assert_array_equal(disturbed.expected[others], plain.expected)
    np.testing.assert_array_equal(disturbed.control_count[others], plain.control_count)


def test_its_matches_are_refused_and_it_is_named() -> None:
    grids = {PAIR: grid(is_disturbed=True)}
    impact = match_impact(WORLD.windows, grids, WORLD.matches, WORLD.markets, LENGTHS)
    of_late = impact[impact["market"] == LATE.name]
    assert of_late["reasons"].str.contains(Reason.NOT_CONVERGED.code).all()
    assert (
        not impact.loc[impact["market"] != LATE.name, "reasons"]
        .fillna("")
        .str.contains(Reason.NOT_CONVERGED.code)
        .any()
    )
    results = correlation_results(impact, grids, chains={}, pre_trends={}, same_day={}, goals={}, parts=())
    (row,) = results[results["role"] == "primary"].to_dict("records")
    assert row["left_out"] == f"the market {LATE.name}, to whose orders no baseline could be fitted"
    assert row["converged"]


def test_what_is_stored_says_which_market_was_dropped() -> None:
    stored = expected_rows({PAIR: grid(is_disturbed=True)})
    again = grids_of(stored, {market.name: market.timezone for market in WORLD.markets})[PAIR]
    assert again.dropped_markets == [LATE.name]


def test_if_all_orders_are_sparse_nothing_is_answered() -> None:
    (panel,) = panels_of(WORLD.quarters, WORLD.match_source_by_week).values()
    thin = replace(panel, counts=np.random.default_rng(3).binomial(panel.counts, 0.05).astype(np.int32))
    found = expected_grids({PAIR: thin}, WORLD.matches, WORLD.markets, LENGTHS)[PAIR]
    assert not found.is_converged
    assert np.isnan(found.expected).all()


def test_that_no_market_follows_a_team_is_told_before_anything_else() -> None:
    broken = replace(grid(is_disturbed=True), has_converged=np.zeros(5, dtype=bool))
    nothing = match_impact(WORLD.windows.head(0), {PAIR: broken}, WORLD.matches, WORLD.markets, LENGTHS)
    assert own_match_answer(nothing, broken).missing == (Reason.NO_MATCHES,)


def test_where_nothing_is_left_out_the_primary_answer_keeps_its_digits() -> None:
    """The numbers of the release before markets could be dropped and days left out."""
    world = simulate(9, market_count=8, week_count=30, uplift={"post": 0.1})
    grids = fitted_grids(world)
    impact = match_impact(world.windows, grids, world.matches, world.markets, LENGTHS)
    (row,) = main_effects(impact, grids).query("role == 'primary'").to_dict("records")
    assert pd.isna(row["left_out"])
    found = [row[name] for name in ("estimate_log", "se", "p_value")]
    assert found == pytest.approx([0.08479951382018648, 0.020827615065948712, 0.0002639353161154218], rel=1e-12)


def only(market_count: int) -> tuple[pd.DataFrame, ExpectedGrid]:
    """Impact and grid of a world of which only the first markets have orders."""
    names = [market.name for market in WORLD.markets[:market_count]]
    quarters = WORLD.quarters[WORLD.quarters["market"].isin(names)].reset_index(drop=True)
    windows = WORLD.windows[WORLD.windows["market"].isin(names)].reset_index(drop=True)
    world = replace(WORLD, quarters=quarters, windows=windows, markets=WORLD.markets[:market_count])
    grids = fitted_grids(world)
    return match_impact(world.windows, grids, world.matches, world.markets, LENGTHS), grids[PAIR]


def test_a_window_with_one_control_market_is_refused_in_words() -> None:
    impact, fitted = only(2)
    one = impact[impact["control_market_count"] == 1]
    has_baseline = one["expected"].notna()
    assert has_baseline.sum() > 10
    assert one.loc[has_baseline, "reasons"].str.contains(Reason.ONE_CONTROL_MARKET.code).all()
    assert one["uplift_pct"].isna().all()
    assert (one["status"] != "ok").all()
    answer = own_match_answer(impact[impact["window"] == "post"], fitted)
    assert Reason.ONE_CONTROL_MARKET in answer.missing
    assert "p_value" not in answer.numbers


def test_with_two_control_markets_or_more_nothing_is_refused_for_them() -> None:
    for count in (3, 5):
        impact, _ = only(count)
        several = impact[impact["control_market_count"] >= 2]
        assert (several["status"] == "ok").any()
        assert not several["reasons"].fillna("").str.contains(Reason.ONE_CONTROL_MARKET.code).any()
