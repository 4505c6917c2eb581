"""How many orders the comparison of a window rests on: those of the markets that were free at that moment.

The fit of the baseline does not belong here; this only says where it rests on too little.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.local_week import BINS_PER_WEEK

MIN_CONTROL_ORDERS = 100
"""Orders of the control markets, all weeks together, per quarter-hour of the week under a window.

The expectation is a ratio with these orders below the line, so it is too high by about one part in them, and the uplift
too low. Measured in null worlds of 3 markets: docs/statistics.md.
"""


@dataclass(frozen=True)
class ControlOrders:
    """habit: orders of each market at each time of the week, in all its free weeks [market, place]. habit_of_free:
    sums of these over the markets that are free in a bin, and sold: what they sold in the very bin, both [bin]."""

    grid: ExpectedGrid
    habit: np.ndarray
    habit_of_free: np.ndarray
    sold: np.ndarray

    @classmethod
    def of(cls, grid: ExpectedGrid) -> "ControlOrders":
        """Windows are judged on habits, not on what is sold in the bin: a high count there raises the expectation too,
        so keeping only windows with many such orders makes every uplift too low (measured: -0.17 at 20 a window).
        """
        habit = np.zeros((len(grid.markets), BINS_PER_WEEK))
        habit_of_free, sold = np.zeros(grid.observed.shape[1]), np.zeros(grid.observed.shape[1])
        for market, place in enumerate(grid.bin_of_week):
            # also where nothing is expected of the control itself: the last free market informs others, not itself
            free = grid.is_known[market] & ~grid.is_masked[market]
            orders = np.where(free, grid.observed[market], 0.0)
            habit[market] = np.bincount(place, orders, BINS_PER_WEEK)
            habit_of_free += np.where(free, habit[market][place], 0.0)
            sold += orders
        return cls(grid, habit, habit_of_free, sold)

    def own_habit(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """Orders at the cells' time of the week in all free weeks of the market itself."""
        return self.habit[row, self.grid.bin_of_week[row, column]]

    def others_habit(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """The same of those other markets that are free in the cells' bins."""
        own = np.where(self._is_free(row, column), self.own_habit(row, column), 0.0)
        return self.habit_of_free[column] - own

    def sold_by_others(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """What these sold in the very bins."""
        return self.sold[column] - np.where(self._is_free(row, column), self.grid.observed[row, column], 0.0)

    def _is_free(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        return self.grid.is_known[row, column] & ~self.grid.is_masked[row, column]
