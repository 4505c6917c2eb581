"""The number of control orders behind a window: orders of the markets that were free of a match at that time.

Fitting the baseline does not belong here; this module only shows where it has too little data.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.local_week import BINS_PER_WEEK

MIN_CONTROL_ORDERS = 100
"""Minimum orders of the control markets, summed over all weeks, per quarter-hour of the week in a window.

The expectation is a ratio with these orders N in the denominator, which biases it upwards by about 1 / N, and the
uplift downwards. Measured in null worlds of 3 markets: docs/statistics.md.
"""


@dataclass(frozen=True)
class ControlOrders:
    """habit: each market's orders at each time of the week, over all its free weeks [market, bin of the week].
    free_habit: the sum of `habit` over the markets that are free in a bin. sold: their orders in it. Both [bin]."""

    grid: ExpectedGrid
    habit: np.ndarray
    free_habit: np.ndarray
    sold: np.ndarray

    @classmethod
    def of(cls, grid: ExpectedGrid) -> "ControlOrders":
        """Windows are assessed by habits, not by orders in the bin: a high count there raises the expectation too, so
        keeping only windows with many such orders makes every uplift too low (measured: -0.17 at 20 per window).
        """
        habit = np.zeros((len(grid.markets), BINS_PER_WEEK))
        free_habit, sold = np.zeros(grid.observed.shape[1]), np.zeros(grid.observed.shape[1])
        for market, place in enumerate(grid.bin_of_week):
            # also where the control itself has no expectation: the last free market informs others, not itself
            free = grid.is_known[market] & ~grid.is_masked[market]
            orders = np.where(free, grid.observed[market], 0.0)
            habit[market] = np.bincount(place, orders, BINS_PER_WEEK)
            free_habit += np.where(free, habit[market][place], 0.0)
            sold += orders
        return cls(grid, habit, free_habit, sold)

    def own_habit(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """The market's own orders at the cells' time of the week, over all its free weeks."""
        return self.habit[row, self.grid.bin_of_week[row, column]]

    def others_habit(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """`own_habit` summed over the other markets that are free in the cells' bins."""
        own = np.where(self._is_free(row, column), self.own_habit(row, column), 0.0)
        return self.free_habit[column] - own

    def sold_by_others(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """Orders of those markets in the bins themselves."""
        return self.sold[column] - np.where(self._is_free(row, column), self.grid.observed[row, column], 0.0)

    def _is_free(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return self.grid.is_known[row, column] & ~self.grid.is_masked[row, column]
