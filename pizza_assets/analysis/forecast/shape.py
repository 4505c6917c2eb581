"""The profile of a market's orders over its week, as known at one moment, with more weight on recent weeks.

Sparse quarter-hours are shrunk towards a proportional profile. The current level belongs to level.py.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.local_week import BINS_PER_DAY, BINS_PER_WEEK
from pizza_assets.analysis.ratios import ratio

HALF_LIFE_WEEKS = 26
PSEUDO_ORDERS = 300 / 4
"""Weight of the proportional profile at each quarter-hour of the week, in orders: 300 per hour."""
LEVEL_PSEUDO_ORDERS = 20
"""Weight of 1 in a week's level, in orders."""
ROUNDS = 4
PROFILE_ROUNDS = 8
UNUSUAL_SDS = 3.0
UNUSUAL_LOG = 0.15
MIN_DAY_ORDERS = 50
"""A day with MIN_DAY_ORDERS expected orders or more is unusual (mostly a holiday) if all markets together depart by
UNUSUAL_SDS robust standard deviations of days and by UNUSUAL_LOG. There is no calendar of holidays."""


@dataclass(frozen=True)
class Shape:
    """alpha: orders at each quarter-hour of the week at level 1 [market, place]. is_usual: cells that are known, not
    on an unusual day, and not at a time at which the market's team may have played [market, column before the cut]."""

    alpha: np.ndarray
    is_usual: np.ndarray


def fit_shape(history: OrderHistory, cut: int, factors: np.ndarray) -> Shape:
    """Fit the shape to the columns before `cut`. factors: of own matches [market, column], 1 where there is none."""
    is_usual = _is_clear(history, cut)
    alpha, level = _alternated(history, cut, factors, is_usual, ROUNDS // 2)
    unusual = _unusual_days(history, cut, factors, alpha, level, is_usual)
    is_usual = is_usual & ~np.isin(history.day[:, :cut], unusual)
    return Shape(_alternated(history, cut, factors, is_usual, ROUNDS)[0], is_usual)


def _is_clear(history: OrderHistory, cut: int) -> np.ndarray:
    """Known cells before `cut` at which no match is in doubt [market, column].

    A time of the week that is in doubt in every known week is used all the same: as no match is known there, what is
    usually ordered then is the best forecast, and a shape without it would be zero.
    """
    clear = history.is_known[:, :cut] & ~history.is_unclear[:, :cut]
    for market in np.flatnonzero(history.is_unclear[:, :cut].any(axis=1)):
        place = history.place[market, :cut]
        is_seen = np.bincount(place, clear[market], BINS_PER_WEEK) > 0
        clear[market] |= history.is_known[market, :cut] & ~is_seen[place]
    return clear


def _alternated(
    history: OrderHistory, cut: int, factors: np.ndarray, is_usual: np.ndarray, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """alpha [market, place] and level [market, week], fitted in turn."""
    week, markets = history.week[:cut], len(history.markets)
    weeks = int(week[-1]) + 1
    shape = (markets, weeks, BINS_PER_WEEK)
    orders, exposure = np.empty(shape), np.empty(shape)
    for market in range(markets):
        cell = week * BINS_PER_WEEK + history.place[market, :cut]
        usable = is_usual[market]
        size = weeks * BINS_PER_WEEK
        orders[market] = np.bincount(cell, history.counts[market, :cut] * usable, size).reshape(shape[1:])
        exposure[market] = np.bincount(cell, factors[market, :cut] * usable, size).reshape(shape[1:])
    weight = 0.5 ** ((weeks - 1 - np.arange(weeks)) / HALF_LIFE_WEEKS)
    weighed = np.einsum("mkp,k->mp", orders, weight)
    by_week = orders.sum(axis=2)
    level = np.ones((markets, weeks))
    alpha = np.zeros((markets, BINS_PER_WEEK))
    for _ in range(rounds):
        seen = np.matmul((level * weight)[:, None, :], exposure)[:, 0]
        profile = _profile(weighed, seen)
        lean = np.divide(PSEUDO_ORDERS, profile, out=np.full_like(profile, np.inf), where=profile > 0)
        alpha = np.where(profile > 0, (weighed + PSEUDO_ORDERS) / (seen + lean), 0.0)
        expected = np.matmul(exposure, alpha[:, :, None])[:, :, 0]
        level = (by_week + LEVEL_PSEUDO_ORDERS) / (expected + LEVEL_PSEUDO_ORDERS)
    return alpha, level


def _profile(orders: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Proportional fit of market x time of day, market x weekday and weekday x time of day [market, place]."""
    shape = (len(orders), 7, BINS_PER_DAY)
    observed, seen = orders.reshape(shape), exposure.reshape(shape)
    rate = np.ones(shape)
    for _ in range(PROFILE_ROUNDS):
        for axis in (1, 2, 0):
            expected = (rate * seen).sum(axis=axis, keepdims=True)
            rate *= ratio(observed.sum(axis=axis, keepdims=True), expected, 0.0)
    return rate.reshape(orders.shape)


def _unusual_days(
    history: OrderHistory, cut: int, factors: np.ndarray, alpha: np.ndarray, level: np.ndarray, is_usual: np.ndarray
) -> np.ndarray:
    """Business days on which all markets together depart from the shape, in the cells that it was fitted to."""
    first = int(history.day.min())
    observed = np.zeros(int(history.day.max()) - first + 1)
    expected = np.zeros_like(observed)
    for market in range(len(alpha)):
        known, day = is_usual[market], history.day[market, :cut] - first
        mean = alpha[market][history.place[market, :cut]] * level[market][history.week[:cut]] * factors[market, :cut]
        observed += np.bincount(day, history.counts[market, :cut] * known, len(observed))
        expected += np.bincount(day, mean * known, len(observed))
    is_large = expected >= MIN_DAY_ORDERS
    if not is_large.any():
        return np.empty(0, dtype=int)
    departure = np.log((observed[is_large] + 0.5) / (expected[is_large] + 0.5))
    departure -= np.median(departure)
    most = max(UNUSUAL_SDS * 1.4826 * float(np.median(np.abs(departure))), UNUSUAL_LOG)
    return first + np.flatnonzero(is_large)[np.abs(departure) > most]
