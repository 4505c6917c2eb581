"""Scores of free quarter-hours equal the change of the effect when their orders change and everything is refitted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis import effect_error
from pizza_assets.analysis.effect_error import date_scores
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.proportional_fit import fit_baseline
from pizza_assets_tests.analysis.simulated_worlds import LENGTHS, World, fitted_grids, simulate

PAIR = ("mock", "mock")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(31, market_count=5, week_count=16, orders_per_bin=30)


def windows(world: World, grid: ExpectedGrid) -> pd.DataFrame:
    impact = match_impact(world.windows, {PAIR: grid}, world.matches, world.markets, LENGTHS)
    return impact[(impact["window"] == "post") & (impact["status"] == "ok")].reset_index(drop=True)


def refitted(grid: ExpectedGrid, counts: np.ndarray) -> ExpectedGrid:
    """The refitted grid with an expectation in every cell, also where the rules on free weeks would leave it empty."""
    usable = grid.is_known & ~grid.is_masked
    fit = fit_baseline(counts, usable, grid.bin_of_week, grid.week, tolerance=1e-12, max_iterations=2_000)
    return replace(grid, expected=np.nan_to_num(fit.expected))


def test_scores_equal_the_change_after_a_refit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the free orders of one date depart a little more from usual, the effect changes by the date's score."""
    monkeypatch.setattr(effect_error, "TOLERANCE", 1e-9)
    monkeypatch.setattr(effect_error, "MAX_ROUNDS", 2_000)
    known = fitted_grids(world)[PAIR]
    grid = refitted(known, known.observed)
    used = windows(world, grid)
    scores = date_scores(used, grid)
    assert scores.window_weight.sum() == pytest.approx(1)
    assert scores.window.sum() == pytest.approx(0, abs=1e-9)
    usable = grid.is_known & ~grid.is_masked
    for day in np.unique(grid.day)[20:26]:
        more = np.where((grid.day == day) & usable, 0.01 * (grid.observed - grid.expected), 0.0)
        anew = windows(world, refitted(grid, grid.observed + more))
        change = np.log(used["expected"].sum() / anew["expected"].sum())
        assert 0.01 * scores.baseline[day - grid.day.min()] == pytest.approx(change, rel=0.02, abs=1e-7)


def test_for_few_markets_only_their_own_habits_matter(world: World) -> None:
    grid = fitted_grids(world)[PAIR]
    used = windows(world, grid)
    market_windows = used[used["market"] == "market 01"].reset_index(drop=True)
    whole, narrow = (date_scores(market_windows, grid, is_narrow=is_narrow) for is_narrow in (False, True))
    size = [np.sqrt(((s.window + s.baseline) ** 2).sum()) for s in (whole, narrow)]
    assert size[1] == pytest.approx(size[0], rel=0.15)
