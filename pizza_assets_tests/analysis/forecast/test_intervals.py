"""Dispersion, quantiles and PIT, against scipy and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pizza_assets.analysis.forecast.intervals import (
    MIN_VALUES,
    are_inside,
    fit_dispersion,
    interval_ends,
    poisson_deviance,
    quantile,
    randomised_pit,
)


def draw(mean: np.ndarray, k: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).negative_binomial(1 / k, 1 / (1 + k * mean)).astype(float)


@pytest.mark.parametrize("k", [0.01, 0.1, 0.5])
def test_dispersion_is_recovered_and_maximises_the_likelihood(k: float) -> None:
    mean = np.random.default_rng(2).uniform(20, 200, 3000)
    observed = draw(mean, k)
    found = fit_dispersion(observed, mean)
    assert found == pytest.approx(k, rel=0.15)

    def likelihood(value: float) -> float:
        return stats.nbinom.logpmf(observed, 1 / value, 1 / (1 + value * mean)).sum()

    assert likelihood(found) >= max(likelihood(found * 0.9), likelihood(found * 1.1))


def test_too_few_values_give_no_interval() -> None:
    mean = np.full(MIN_VALUES - 1, 10.0)
    assert np.isnan(fit_dispersion(mean, mean))
    assert np.isnan(quantile(0.9, np.array([10.0]), np.array([np.nan])))[0]


@given(mean=st.floats(0.05, 500), k=st.floats(0.001, 2), share=st.floats(0.01, 0.99))
def test_quantiles_cover_their_share(mean: float, k: float, share: float) -> None:
    at = quantile(share, np.array([mean]), np.array([k]))[0]
    below = stats.nbinom.cdf([at, at - 1], 1 / k, 1 / (1 + k * mean))
    assert below[0] >= share - 1e-9
    assert at == 0 or below[1] < share + 1e-9


@given(mean=st.floats(0.05, 500), k=st.floats(0.001, 2), level=st.sampled_from([80, 95]))
def test_intervals_end_at_the_middle_of_their_counts(mean: float, k: float, level: int) -> None:
    """The lowest and highest count whose mid-probability lies between the shares outside."""
    low, high = (ends[0] for ends in interval_ends(level, np.array([mean]), np.array([k])))
    counts = np.arange(high + 3)
    middle = (
        stats.nbinom.cdf(counts - 1, 1 / k, 1 / (1 + k * mean))
        + stats.nbinom.pmf(counts, 1 / k, 1 / (1 + k * mean)) / 2
    )
    outside = (100 - level) / 200
    assert low == counts[middle >= outside - 1e-9][0]
    assert high == counts[middle <= 1 - outside + 1e-9][-1]


@pytest.mark.parametrize("share", [0.025, 0.1, 0.5, 0.9, 0.975])
def test_quantiles_are_those_of_scipy(share: float) -> None:
    rng = np.random.default_rng(3)
    mean, k = 10 ** rng.uniform(-13, 5, 3000), 10 ** rng.uniform(-9, 0.8, 3000)
    mean[::97], k[::89] = np.nan, np.nan
    size = 1 / np.maximum(k, 1e-6)
    found = quantile(share, mean, k)
    known = np.isfinite(mean * k)
    right = stats.nbinom.ppf(share, size, size / (size + np.maximum(mean, 1e-12)))
    assert np.array_equal(found[known], right[known])
    assert np.isnan(found[~known]).all()
    assert len(quantile(share, np.empty(0), np.empty(0))) == 0


def test_orders_are_inside_if_they_are_between_the_ends() -> None:
    rng = np.random.default_rng(4)
    mean, k = 10 ** rng.uniform(-2, 4, 5000), 10 ** rng.uniform(-3, 0, 5000)
    observed = rng.negative_binomial(1 / k, 1 / (1 + k * mean)).astype(float)
    at_the_ends = np.concatenate([end + step for end in interval_ends(80, mean, k) for step in (-1, 0, 1)])
    observed, mean, k = np.concatenate([observed, at_the_ends]), np.tile(mean, 7), np.tile(k, 7)
    for level, held in zip((80, 95), are_inside((80, 95), observed, mean, k), strict=True):
        low, high = interval_ends(level, mean, k)
        assert np.array_equal(held, (low <= observed) & (observed <= high))


def test_intervals_of_small_counts_do_not_hold_too_many() -> None:
    """Both ends of plain quantiles count as inside: that gave 84 to 86 % at 16 orders."""
    mean, k = np.full(40_000, 16.0), np.full(40_000, 0.05)
    low, high = interval_ends(80, mean, k)
    observed = draw(mean, 0.05)
    assert 0.78 < ((low <= observed) & (observed <= high)).mean() < 0.83


def test_pit_is_uniform_for_small_counts() -> None:
    mean, k = np.full(20_000, 0.8), np.full(20_000, 0.3)
    pit = randomised_pit(draw(mean, 0.3), mean, k, np.random.default_rng(3).random(len(mean)))
    assert stats.kstest(pit, "uniform").pvalue > 0.01


def test_deviance_is_zero_for_the_truth_and_includes_zero_orders() -> None:
    assert poisson_deviance(np.array([3.0, 0.0]), np.array([3.0, 0.0])) == pytest.approx([0, 0])
    assert poisson_deviance(np.array([0.0]), np.array([2.0])) == pytest.approx([4])
