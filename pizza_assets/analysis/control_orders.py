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
    """Float [market, bin]: habitual_own, orders at the bin's time of the week in all free weeks of the market itself;
    habitual, the same of those other markets that are free in the bin; present, what these sold in the very bin."""

    habitual_own: np.ndarray
    habitual: np.ndarray
    present: np.ndarray

    @classmethod
    def of(cls, grid: ExpectedGrid) -> "ControlOrders":
        """Windows are judged on habits, not on `present`: a high count there raises the expectation too, so keeping
        only windows with many orders present makes every uplift too low (measured: -0.17 at 20 a window).
        """
        # also where nothing is expected of the control itself: the last free market informs others, not itself
        is_free = grid.is_known & ~grid.is_masked
        orders = np.where(is_free, grid.observed, 0.0)
        own = np.zeros_like(orders)
        for market, place in enumerate(grid.bin_of_week):
            own[market] = np.bincount(place, orders[market], BINS_PER_WEEK)[place]
        free = np.where(is_free, own, 0.0)
        return cls(own, free.sum(axis=0) - free, orders.sum(axis=0) - orders)
