"""The current level of orders: that of all markets over days, and each market's own relative to it over weeks.

Also the simple baseline for comparison: the mean of the last eight weeks at the same time of the week.
"""

import numpy as np

from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.shape import Shape
from pizza_assets.analysis.local_week import BINS_PER_DAY, BINS_PER_WEEK

COMMON_HALF_LIFE_DAYS = 7
ALONE_HALF_LIFE_DAYS = 14
"""The half-life for a single row: a week of its orders alone is too noisy."""
OWN_HALF_LIFE_DAYS = 21
PSEUDO_ORDERS = 200
"""Weight of the common level in a market's own level, in orders."""
MEMORY_DAYS = 6 * OWN_HALF_LIFE_DAYS
SEASONAL_WEEKS = 8


def market_levels(history: OrderHistory, cut: int, factors: np.ndarray, shape: Shape) -> np.ndarray:
    """The level of every market just before `cut`, relative to its shape [market]; NaN without recent orders."""
    first = max(cut - MEMORY_DAYS * BINS_PER_DAY, 0)
    age = (cut - np.arange(first, cut)) / BINS_PER_DAY
    usable = shape.is_usual[:, first:cut]
    usual = np.take_along_axis(shape.alpha, history.place[:, first:cut].astype(np.int64), axis=1)
    usual *= factors[:, first:cut] * usable
    orders = history.counts[:, first:cut] * usable
    common_days = ALONE_HALF_LIFE_DAYS if len(history.markets) == 1 else COMMON_HALF_LIFE_DAYS
    recent, lasting = (0.5 ** (age / days) for days in (common_days, OWN_HALF_LIFE_DAYS))
    own_orders, own_usual = orders @ lasting, usual @ lasting
    common = _ratio((orders @ recent).sum(), (usual @ recent).sum())
    slow = _ratio(own_orders.sum(), own_usual.sum())
    own = (own_orders + PSEUDO_ORDERS) / (own_usual + PSEUDO_ORDERS / slow)
    return common * own / slow


def seasonal_mean(history: OrderHistory, cut: int) -> np.ndarray:
    """Mean orders at each quarter-hour of the week in the last SEASONAL_WEEKS weeks [market, place]; NaN if unknown."""
    first = max(cut - SEASONAL_WEEKS * BINS_PER_WEEK, 0)
    mean = np.full((len(history.markets), BINS_PER_WEEK), np.nan)
    for market in range(len(mean)):
        place, known = history.place[market, first:cut], history.is_known[market, first:cut]
        seen = np.bincount(place, known, BINS_PER_WEEK)
        orders = np.bincount(place, history.counts[market, first:cut] * known, BINS_PER_WEEK)
        np.divide(orders, seen, out=mean[market], where=seen > 0)
    return mean


def _ratio(orders: float, usual: float) -> float:
    return orders / usual if orders > 0 and usual > 0 else np.nan
