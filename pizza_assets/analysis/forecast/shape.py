"""The profile of a market's orders over its week, as known at one moment, with more weight on recent weeks.

Sparse quarter-hours are shrunk towards a proportional profile, and one market alone is smoothed over its day as well
(decision 0050). The current level belongs to level.py, factors of holidays to holiday_factors.py.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.forecast.holiday_factors import holiday_factors
from pizza_assets.analysis.forecast.order_history import DAY_STARTS_AT, OrderHistory
from pizza_assets.analysis.local_week import BINS_PER_DAY, BINS_PER_WEEK
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.store_quarters import BIN_MINUTES

HALF_LIFE_WEEKS = 26
PSEUDO_ORDERS = 300 / 4
"""Weight of the proportional profile at each quarter-hour of the week, in orders: 300 per hour."""
PSEUDO_ORDERS_OF_SHOPS = 64 / 4
"""The same for shops, whose habits differ more than those of markets."""
PSEUDO_ORDERS_ALONE = 4.0
"""The same for a single row, which has only its own weekdays and times of day to lean on."""
SMOOTHING = np.array([1, 2, 3, 4, 3, 2, 1]) / 16
"""Weights of neighbouring quarter-hours in the profile of a single row."""
LEVEL_PSEUDO_ORDERS = 20
"""Weight of 1 in a week's level, in orders."""
ROUNDS = 4
BINS_PER_HOUR = 4
FIRST_BIN_OF_DAY = DAY_STARTS_AT // BIN_MINUTES
PROFILE_ROUNDS = 8
UNUSUAL_SDS = 3.0
UNUSUAL_LOG = 0.15
MIN_DAY_ORDERS = 50
"""A day with MIN_DAY_ORDERS expected orders or more is unusual (mostly a holiday) if all markets together depart by
UNUSUAL_SDS robust standard deviations of days and by UNUSUAL_LOG. Bank holidays are known from the calendar."""


@dataclass(frozen=True)
class Shape:
    """alpha: orders at each quarter-hour of the week at level 1 [market, place]. is_usual: cells that are known,
    neither on a bank holiday nor on an unusual day, and not at a time at which the market's team may have played
    [market, column before the cut]. unusual_days: those found in the orders. holiday_factor: factor of orders by
    holiday code; 1 for code 0, NaN for holidays of which no orders are known although they have passed."""

    alpha: np.ndarray
    is_usual: np.ndarray
    unusual_days: np.ndarray
    holiday_factor: np.ndarray


@dataclass(frozen=True)
class _Sums:
    """What a shape is fitted to. weight: of each week. weighed: orders, older ones with less weight [market, place].
    by_week: orders [market, week]. exposure: number of usual quarter-hours, times the factors of matches in them
    [market, week, place]; by far the largest table, so there is only one of it."""

    weight: np.ndarray
    weighed: np.ndarray
    by_week: np.ndarray
    exposure: np.ndarray


def fit_shape(history: OrderHistory, cut: int, factors: np.ndarray) -> Shape:
    """Fit the shape to the columns before `cut`. factors: of own matches [market, column], 1 where there is none."""
    is_usual = _is_clear(history, cut) & (history.holiday[:, :cut] == 0)
    sums = _sums(history, cut, factors, is_usual)
    alpha, level = _alternated(sums, ROUNDS // 2, history.of_shops)
    unusual = _unusual_days(history, cut, factors, alpha, level, is_usual)
    if len(unusual):
        is_usual = is_usual & ~np.isin(history.day[:, :cut], unusual)
        sums = _sums(history, cut, factors, is_usual, sums.exposure)
    alpha, level = _alternated(sums, ROUNDS, history.of_shops)
    return Shape(alpha, is_usual, unusual, _holiday_factors(history, cut, factors, alpha, level, is_usual))


def _holiday_factors(
    history: OrderHistory, cut: int, factors: np.ndarray, alpha: np.ndarray, level: np.ndarray, is_usual: np.ndarray
) -> np.ndarray:
    on_holiday = (history.holiday[:, :cut] > 0) & history.is_known[:, :cut]
    market, column = np.nonzero(on_holiday)
    usual = alpha[market, history.place[market, column]] * level[market, history.week[column]] * factors[market, column]
    has_passed = np.zeros(len(history.holiday_names) + 1, dtype=bool)
    for codes in history.holiday[:, :cut]:
        has_passed[codes] = True
    is_seen = np.isin(np.arange(len(has_passed)), history.holiday[market, column])
    found = holiday_factors(
        history.counts[market, column],
        usual,
        history.holiday[market, column],
        history.day[market, column],
        history.holiday_names,
        _usual_day(history, cut, is_usual, on_holiday),
    )
    # a shop that closes on a holiday has no orders then: nothing says that it sells as usual on the next one
    is_seen[0] = True
    return np.where(has_passed & ~is_seen, np.nan, found)


def _usual_day(history: OrderHistory, cut: int, is_usual: np.ndarray, on_holiday: np.ndarray) -> np.ndarray:
    """Mean orders of a usual day, of all markets in which each holiday is known [code]."""
    orders = history.counts[:, :cut].sum(axis=1, where=is_usual)
    of_market = BINS_PER_DAY * ratio(orders, is_usual.sum(axis=1), 0.0)
    sums = np.zeros(len(history.holiday_names) + 1)
    for mean, codes, is_on in zip(of_market, history.holiday[:, :cut], on_holiday, strict=True):
        sums[np.unique(codes[is_on])] += mean
    return sums


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


def _sums(
    history: OrderHistory, cut: int, factors: np.ndarray, is_usual: np.ndarray, exposure: np.ndarray | None = None
) -> _Sums:
    """Sums over usual columns before `cut`. exposure: a table to write into, of earlier sums that are done with."""
    week, markets = history.week[:cut], len(history.markets)
    weeks = int(week[-1]) + 1
    size = weeks * BINS_PER_WEEK
    weight = 0.5 ** ((weeks - 1 - np.arange(weeks)) / HALF_LIFE_WEEKS)
    weighed, by_week = np.empty((markets, BINS_PER_WEEK)), np.empty((markets, weeks))
    if exposure is None:
        exposure = np.empty((markets, weeks, BINS_PER_WEEK))
    for market, usable in enumerate(is_usual):
        cell = week * BINS_PER_WEEK + history.place[market, :cut]
        orders = np.bincount(cell, history.counts[market, :cut] * usable, size).reshape(weeks, BINS_PER_WEEK)
        weighed[market] = np.einsum("kp,k->p", orders, weight)
        by_week[market] = orders.sum(axis=1)
        exposure[market] = np.bincount(cell, factors[market, :cut] * usable, size).reshape(orders.shape)
    return _Sums(weight, weighed, by_week, exposure)


def _alternated(sums: _Sums, rounds: int, of_shops: bool) -> tuple[np.ndarray, np.ndarray]:
    """alpha [market, place] and level [market, week], fitted in turn."""
    weighed, exposure = sums.weighed, sums.exposure
    is_alone = len(weighed) == 1
    lean_orders = PSEUDO_ORDERS_ALONE if is_alone else PSEUDO_ORDERS_OF_SHOPS if of_shops else PSEUDO_ORDERS
    level = np.ones(sums.by_week.shape)
    alpha = np.zeros(weighed.shape)
    for _ in range(rounds):
        seen = np.matmul((level * sums.weight)[:, None, :], exposure)[:, 0]
        profile = _profile(weighed, seen, is_alone)
        own, exposed = (_smoothed(weighed, weighed), _smoothed(seen, weighed)) if is_alone else (weighed, seen)
        lean = np.divide(lean_orders, profile, out=np.full_like(profile, np.inf), where=profile > 0)
        alpha = np.where(profile > 0, (own + lean_orders) / (exposed + lean), 0.0)
        expected = np.matmul(exposure, alpha[:, :, None])[:, :, 0]
        level = (sums.by_week + LEVEL_PSEUDO_ORDERS) / (expected + LEVEL_PSEUDO_ORDERS)
    return alpha, level


def _profile(orders: np.ndarray, exposure: np.ndarray, is_alone: bool) -> np.ndarray:
    """Proportional fit of market x time of day, market x weekday and weekday x time of day [market, place].

    A single row has no other to share weekday x time of day with: fitting that, too, would return its own rates
    unchanged. It leans on weekday x (smoothed) time of day instead.
    """
    shape = (len(orders), 7, BINS_PER_DAY)
    observed, seen = orders.reshape(shape), exposure.reshape(shape)
    rate = np.ones(shape)
    for _ in range(PROFILE_ROUNDS):
        for axis in (1, 2) if is_alone else (1, 2, 0):
            expected = (rate * seen).sum(axis=axis, keepdims=True)
            rate *= ratio(observed.sum(axis=axis, keepdims=True), expected, 0.0)
    flat = rate.reshape(orders.shape)
    return _smoothed(flat, orders) if is_alone else flat


def _smoothed(values: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Mean over neighbouring quarter-hours in which the market is open [market, place]; 0 in hours of the week without
    any order, so that nothing is forecast before a shop opens.

    Neighbours are of the same business day: 23:45 and 00:00 are one evening, and Sunday's runs into Monday.
    """
    is_open = np.repeat(orders.reshape(len(orders), -1, BINS_PER_HOUR).sum(axis=2) > 0, BINS_PER_HOUR, axis=1)
    return ratio(_spread(values * is_open), _spread(is_open), 0.0) * is_open


def _spread(values: np.ndarray) -> np.ndarray:
    """Weighted sums over neighbouring quarter-hours of the same business day [market, place]."""
    reach = len(SMOOTHING) // 2
    days = np.roll(values, -FIRST_BIN_OF_DAY, axis=1).reshape(len(values), 7, BINS_PER_DAY)
    padded = np.pad(days, ((0, 0), (0, 0), (reach, reach)))
    total = sum(weight * padded[:, :, at : at + BINS_PER_DAY] for at, weight in enumerate(SMOOTHING))
    return np.roll(np.reshape(total, values.shape), FIRST_BIN_OF_DAY, axis=1)


def _unusual_days(
    history: OrderHistory, cut: int, factors: np.ndarray, alpha: np.ndarray, level: np.ndarray, is_usual: np.ndarray
) -> np.ndarray:
    """Business days on which all markets together depart from the shape, in the cells that it was fitted to."""
    first, last = int(history.day[:, 0].min()), int(history.day[:, -1].max())
    observed = np.zeros(last - first + 1)
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
