"""The forecast at one origin: mean orders of every quarter-hour of the next 14 days.

Intervals and refusals follow from the accuracy of earlier forecasts (intervals.py, refusal.py).
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.forecast.effect import Effects, window_effects
from pizza_assets.analysis.forecast.level import market_levels, seasonal_mean
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.shape import Shape, fit_shape
from pizza_assets.analysis.windows import WINDOWS


@dataclass(frozen=True)
class OriginForecast:
    """Mean orders [market, quarter-hour from the cut on]. without: of the model that includes own matches, as if there
    were none. with_football: of the same model, with the matches. unaware: of the model that ignores matches. seasonal:
    the eight-week mean. NaN where unknown. unusual_days: past business days unlike others.
    unknown_holidays: codes of holidays that are not forecast, as none of their orders are known."""

    cut: int
    effects: Effects
    without: np.ndarray
    with_football: np.ndarray
    unaware: np.ndarray
    seasonal: np.ndarray
    unusual_days: np.ndarray
    unknown_holidays: np.ndarray


def forecast_at(history: OrderHistory, cut: int, effects: Effects | None = None) -> OriginForecast:
    """The forecast from everything known before column `cut`, and nothing after it except the fixtures.

    effects: those to use instead of estimating them, for shops: only markets have enough orders to estimate them.
    """
    ahead = slice(cut, cut + HORIZON)
    if effects is None:
        effects = window_effects(history, cut)
    factors = history.factors(effects.shrunken)
    no_factors = np.ones_like(factors)
    unaware, shape = _means(history, cut, no_factors)
    # without an effect both models are the same
    without = _means(history, cut, factors)[0] if effects.is_known else unaware
    seasonal = seasonal_mean(history, cut)
    places = history.place[:, ahead].astype(np.int64)
    return OriginForecast(
        cut,
        effects,
        without,
        without * factors[:, ahead],
        unaware,
        np.take_along_axis(seasonal, places, axis=1),
        shape.unusual_days,
        np.flatnonzero(np.isnan(shape.holiday_factor)),
    )


def difference_slopes(history: OrderHistory, forecast: OriginForecast, rows: np.ndarray) -> np.ndarray:
    """Derivative of the orders of each quarter-hour with respect to each window's log effect.

    Shape [window, market, quarter-hour]. rows: the markets to return.
    """
    footprint, cut = history.footprint, forecast.cut
    share = np.zeros((len(WINDOWS), *forecast.without.shape))
    column = footprint.column - cut
    inside = (footprint.share > 0) & (column >= 0) & (column < HORIZON)
    index = (footprint.market, footprint.window)
    market, window = (np.broadcast_to(values[:, None], inside.shape)[inside] for values in index)
    np.add.at(share, (window, market, column[inside]), footprint.share[inside])
    slope = np.exp(forecast.effects.shrunken)[:, None, None] * forecast.without[None]
    return (share * slope)[:, rows]


def _means(history: OrderHistory, cut: int, factors: np.ndarray) -> tuple[np.ndarray, Shape]:
    """Mean orders without matches, and the shape that they follow."""
    ahead = slice(cut, cut + HORIZON)
    shape = fit_shape(history, cut, factors)
    level = market_levels(history, cut, factors, shape)
    usual = level[:, None] * np.take_along_axis(shape.alpha, history.place[:, ahead].astype(np.int64), axis=1)
    return usual * shape.holiday_factor[history.holiday[:, ahead]], shape
