"""The shape of one market alone: leaning must have an effect, and nothing is forecast while a shop is closed."""

import numpy as np

from pizza_assets.analysis.forecast.shape import fit_shape
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
