"""Scores for the standard error of an effect, by calendar date, including the error of the baseline.

An effect is log(sum of observed / sum of expected) over windows. The expectation is estimated too, and one market's
habits at three o'clock on Saturdays affect all its Saturday matches, so errors of different dates are not independent.
The effect is therefore written as a sum over all orders: those in the windows and, through the baseline, those in the
free quarter-hours. What each date adds to that sum is its score, and the scores give the standard error (a sandwich
estimator clustered by date; Liang and Zeger 1986, with the first stage as in Newey and McFadden 1994, section 6).
Choosing the windows does not belong here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import ExpectedGrid, bins_under
from pizza_assets.analysis.interleaved_sums import InterleavedSums
from pizza_assets.analysis.local_week import BINS_PER_WEEK
from pizza_assets.analysis.ratios import ratio

TOLERANCE = 1e-4
"""The solution has converged when a round moves less than this share of the windows' weight."""
MAX_ROUNDS = 100


@dataclass(frozen=True)
class DateScores:
    """window, baseline: each date's contribution to the estimate through orders in the windows, and through orders in
    the free quarter-hours. window_weight: each date's share of the expected orders. All [date], sorted by date."""

    window: np.ndarray
    baseline: np.ndarray
    window_weight: np.ndarray


def date_scores(used: pd.DataFrame, grid: ExpectedGrid, *, is_narrow: bool = False) -> DateScores:
    """Scores of log(sum observed / sum expected) over the windows `used` (MatchImpact rows with an expectation).

    is_narrow: the windows belong to few of the grid's markets. Then only the habits and levels of these markets are
    considered, at a fraction of the cost: the other markets' contribution through the common quarter-hour is spread
    thinly over all of them.
    """
    if is_narrow:
        grid = grid.of_markets(sorted(set(used["market"])))
    expected, observed = used["expected"].to_numpy(), used["observed"].to_numpy(dtype=float)
    bins, share = bins_under(used["window_start_at"], used["window_end_at"])
    row, column, inside = grid.locate(used["market"], bins)
    cells = np.where(inside & (share > 0), share * grid.expected[row, column], 0.0) / expected.sum()
    window_day = grid.day[row[:, 0], _kickoff_column(used, grid)]
    solution = _Solution(grid, row, column, cells, has_common_bins=not is_narrow)
    control_day, control_score = _control_scores(grid, solution)
    days = np.unique(np.concatenate([window_day, control_day]))

    def by_day(day: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.bincount(np.searchsorted(days, day), values, len(days))

    return DateScores(
        by_day(window_day, observed / observed.sum() - expected / expected.sum()),
        by_day(control_day, control_score),
        by_day(window_day, expected / expected.sum()),
    )


def _kickoff_column(used: pd.DataFrame, grid: ExpectedGrid) -> np.ndarray:
    """The grid's column of each kick-off: a match that ends after midnight belongs to the date of its kick-off."""
    minutes = used["kickoff_at"].astype("datetime64[us, UTC]").astype("int64").to_numpy() // 60_000_000
    return np.clip(minutes // 15 - grid.first_bin, 0, grid.observed.shape[1] - 1)


def _control_scores(grid: ExpectedGrid, solution: "_Solution") -> tuple[np.ndarray, np.ndarray]:
    """Days, and the contribution of each day's free quarter-hours to the estimate: -f * (observed - expected)."""
    solution.solve()
    first_day = int(grid.day.min())
    sums = np.zeros(int(grid.day.max()) - first_day + 1)
    for market in range(len(grid.markets)):
        mean = solution.mean[market]
        residual = np.where(solution.is_control[market], grid.observed[market] - mean, 0.0)
        sums -= np.bincount(grid.day[market] - first_day, solution.influence(market) * residual, len(sums))
    return first_day + np.arange(len(sums)), sums


class _Solution:
    """Solver for the weight f that an estimate gives to a free cell through the fitted factors.

    f = a[market, bin of the week] + d[bin] + h[market, week], such that for every factor the expected orders of its
    free cells times f sum to the weight of its cells in windows. Solved factor by factor, like the fit itself, one
    market at a time, so that arrays stay in the CPU's cache.
    """

    def __init__(
        self, grid: ExpectedGrid, row: np.ndarray, column: np.ndarray, weights: np.ndarray, *, has_common_bins: bool
    ) -> None:
        markets, bins = grid.expected.shape
        self.grid = grid
        self.is_control = grid.is_known & ~grid.is_masked & np.isfinite(grid.expected)
        self.mean = np.where(self.is_control, grid.expected, 0.0)
        self.a = np.zeros((markets, BINS_PER_WEEK))
        self.d = np.zeros(bins)
        self.h = np.zeros((markets, len(grid.weeks)))
        self._by_week = InterleavedSums(grid.week, self.h.shape[1])
        place, week = grid.bin_of_week[row, column], grid.week[column]
        self.a_target = _summed(row, place, weights, self.a.shape)
        self.h_target = _summed(row, week, weights, self.h.shape)
        self.d_target = np.bincount(column.ravel(), weights.ravel(), bins)
        self.d_weight = self.mean.sum(axis=0) * has_common_bins
        self.a_weight, self.h_weight = np.zeros_like(self.a), np.zeros_like(self.h)
        for market, mean in enumerate(self.mean):
            self.a_weight[market] = np.bincount(grid.bin_of_week[market], mean, BINS_PER_WEEK)
            self.h_weight[market] = self._by_week.of(mean)

    def solve(self) -> None:
        """Iterate until a round moves less than TOLERANCE of the weight."""
        for _ in range(MAX_ROUNDS):
            if self._improve() < TOLERANCE:
                return

    def influence(self, market: int) -> np.ndarray:
        """f of a market's cells [bin]."""
        return self.a[market][self.grid.bin_of_week[market]] + self.d + self.h[market][self.grid.week]

    def _improve(self) -> float:
        held = np.zeros_like(self.d)
        for market, mean in enumerate(self.mean):
            # numpy looks up by native integers twice as fast
            place, week = self.grid.bin_of_week[market].astype(np.intp), self.grid.week
            others = mean * (self.d + self.h[market].take(week))
            # a factor without a usable cell has weight 0
            rest = self.a_target[market] - np.bincount(place, others, BINS_PER_WEEK)
            self.a[market] = ratio(rest, self.a_weight[market], 0.0)
            shaped = self.a[market].take(place)
            others = mean * (self.d + shaped)
            rest = self.h_target[market] - self._by_week.of(others)
            self.h[market] = ratio(rest, self.h_weight[market], 0.0)
            held += mean * (shaped + self.h[market].take(week))
        new = ratio(self.d_target - held, self.d_weight, 0.0)
        moved = float((np.abs(new - self.d) * self.d_weight).sum())
        self.d = new
        return moved


def _summed(row: np.ndarray, place: np.ndarray, weights: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.bincount((row * shape[1] + place).ravel(), weights.ravel(), shape[0] * shape[1]).reshape(shape)
