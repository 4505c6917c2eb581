"""The shape of one market alone: leaning must have an effect, and nothing is forecast while a shop is closed."""

from dataclasses import replace

import numpy as np
import pytest

from pizza_assets.analysis.forecast.shape import FIRST_BIN_OF_DAY, _smoothed, fit_shape
from pizza_assets_tests.analysis.forecast.histories import history_of, matches_of, panel_of
from pizza_assets_tests.analysis.simulated_worlds import markets_of

MARKETS = markets_of(1)
MATCHES = matches_of(markets_of(2), 16)
HISTORY = history_of(panel_of(MARKETS, MATCHES, 16, per_hour=4.0, noise=0.0), MARKETS, MATCHES)


def test_one_market_leans_on_its_neighbouring_times() -> None:
    """The raw mean of a sparse quarter-hour is far off; leaning used to reproduce it exactly."""
    cut = HISTORY.end
    alpha = fit_shape(HISTORY, cut, np.ones(HISTORY.counts.shape)).alpha[0]
    place = HISTORY.place[0, :cut]
    raw = np.bincount(place, HISTORY.counts[0, :cut], 672) / np.bincount(place, minlength=672)
    hour = np.arange(672) % 96 / 4
    truth = np.where((hour >= 11) & (hour < 23), 0.3 + np.exp(-(((hour - 19) / 2.5) ** 2)), 0.0)
    assert ((alpha - truth) ** 2).sum() < 0.5 * ((raw - truth) ** 2).sum()


def test_nothing_is_forecast_in_closed_hours() -> None:
    alpha = fit_shape(HISTORY, HISTORY.end, np.ones(HISTORY.counts.shape)).alpha[0]
    hour = np.arange(672) % 96 / 4
    assert (alpha[(hour < 11) | (hour >= 23)] == 0).all()
    assert (alpha[(hour >= 11) & (hour < 23)] > 0).all()


def _week_of(hours: np.ndarray) -> np.ndarray:
    """Whether each quarter-hour of the week is in the business day's `hours`, which count on past midnight."""
    return np.isin((np.arange(672) - FIRST_BIN_OF_DAY) % 96 // 4 + 6, hours)[None]


@pytest.mark.parametrize("hours", [np.arange(11, 23), np.arange(17, 27), np.arange(6, 30)])
def test_smoothing_keeps_an_even_rate_at_the_edges_of_opening_hours(hours) -> None:
    """Neighbours that are closed have no weight: an even rate is kept from the first quarter-hour to the last, also
    where the evening runs past midnight."""
    rate = np.where(_week_of(hours), 5.0, 0.0)
    np.testing.assert_allclose(_smoothed(rate, rate), rate)


def test_smoothing_knows_evenings_but_no_other_day() -> None:
    """Orders of one quarter-hour, by their weights: Sunday's 23:45 reaches into Monday's 00:00, not into 06:00."""
    everywhere = np.ones((1, 672))
    late = np.zeros((1, 672))
    late[0, -1] = 16.0
    np.testing.assert_allclose(np.flatnonzero(_smoothed(late, everywhere)), [0, 1, 2, 668, 669, 670, 671])
    np.testing.assert_allclose(_smoothed(late, everywhere)[0, [668, 669, 670, 671, 0, 1, 2]], [1, 2, 3, 4, 3, 2, 1])
    last = np.zeros((1, 672))
    last[0, FIRST_BIN_OF_DAY - 1] = 10.0
    smoothed = _smoothed(last, everywhere)[0]
    assert smoothed[FIRST_BIN_OF_DAY] == 0
    # the last quarter-hour of a day has three neighbours: weights 4 of 4 + 3 + 2 + 1
    np.testing.assert_allclose(smoothed[FIRST_BIN_OF_DAY - 1], 4.0)


def test_one_market_is_not_too_low_when_it_opens_or_closes() -> None:
    """One order in every open quarter-hour: the first and the last are forecast as high as the others."""
    is_open = _week_of(np.arange(11, 23))[0]
    even = replace(HISTORY, counts=is_open[HISTORY.place].astype(HISTORY.counts.dtype))
    alpha = fit_shape(even, HISTORY.end, np.ones(even.counts.shape)).alpha[0]
    np.testing.assert_allclose(alpha[is_open], 1.0, rtol=0.002)
