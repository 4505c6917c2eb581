"""Usual orders from a market's own habits alone, where no other market can serve as control.

A quarter-hour's usual orders are its time of the week times the level of its week. Neither comes from the quarter-hour
itself: its time of the week is that of the other weeks, its level that of the other days of its week. With their own
orders inside, dates without a match would look more usual than they were, and dates with one would stand out.
"""

import numpy as np

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.local_week import BINS_PER_WEEK

PRIOR_ORDERS = 30.0
"""A week's level is shrunk towards 1 as if that many usual orders had been added: a few orders are no level."""
_TOLERANCE = 1e-6
_MAX_ROUNDS = 2_000


def usual_orders(grid: ExpectedGrid, is_ordinary: np.ndarray) -> np.ndarray:
    """Usual orders [market, bin] from quarter-hours without an own match; 0 where closed, NaN where unknown.

    is_ordinary: False for quarter-hours that say nothing about usual days [market, bin].
    """
    free = grid.is_known & ~grid.is_masked & is_ordinary
    return np.stack([_of_market(grid, market, free[market]) for market in range(len(grid.markets))])


def _of_market(grid: ExpectedGrid, market: int, free: np.ndarray) -> np.ndarray:
    place, week = grid.bin_of_week[market], grid.week
    orders = np.where(free, grid.observed[market], 0.0)
    levels = _levels(orders, free, place, week)
    of_bin = free * levels[week]
    habit = _ratio(np.bincount(place, orders, BINS_PER_WEEK), np.bincount(place, of_bin, BINS_PER_WEEK))
    usual = np.where(free, habit[place], 0.0)
    level = _level_without_own_day(orders, usual, week, grid.day[market])
    return np.where(grid.is_known[market], _habit_without_own_week(orders, of_bin, place) * level, np.nan)


def _levels(orders: np.ndarray, free: np.ndarray, place: np.ndarray, week: np.ndarray) -> np.ndarray:
    """The level of every week, fitted together with the usual orders of every time of the week at level 1."""
    weeks = int(week.max(initial=-1)) + 1
    sold_at, sold_in = np.bincount(place, orders, BINS_PER_WEEK), np.bincount(week, orders, weeks)
    level = np.ones(weeks)
    for _ in range(_MAX_ROUNDS):
        habit = _ratio(sold_at, np.bincount(place, free * level[week], BINS_PER_WEEK))
        usual = np.bincount(week, free * habit[place], weeks)
        updated = (sold_in + PRIOR_ORDERS) / (usual + PRIOR_ORDERS)
        moved = float(np.abs(updated - level).max(initial=0.0))
        level = updated
        if moved < _TOLERANCE:
            break
    return level


def _habit_without_own_week(orders: np.ndarray, levels: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Usual orders of every bin's time of the week at level 1, from the free bins of the other weeks (and of the
    same one, in the hour that the end of summer time repeats).

    levels: the level of every bin's week, 0 where the bin is not free.
    """

    def of_other_weeks(values: np.ndarray) -> np.ndarray:
        return np.bincount(place, values, BINS_PER_WEEK)[place] - values

    return _ratio(of_other_weeks(orders), of_other_weeks(levels))


def _ratio(orders: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Orders at level 1; 0 where no quarter-hour says anything."""
    return np.divide(orders, levels, out=np.zeros(len(orders)), where=levels > 0)


def _level_without_own_day(orders: np.ndarray, usual: np.ndarray, week: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The level of every bin's week, from the free bins of that week's other days."""
    # a business week starts at six in the morning, so a date can have hours in two weeks
    starts = (np.diff(week, prepend=-1) != 0) | (np.diff(day, prepend=day[:1]) != 0)
    part = np.cumsum(starts) - 1

    def of_other_days(values: np.ndarray) -> np.ndarray:
        return np.bincount(week, values)[week] - np.bincount(part, values)[part]

    return (of_other_days(orders) + PRIOR_ORDERS) / (of_other_days(usual) + PRIOR_ORDERS)
