"""Fast draws are those of numpy's own functions, to the last element."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.orders.mock_draws import inverse_cdf, stable_order

STEPS = st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e3)), min_size=1, max_size=80).filter(any)


@given(STEPS, st.lists(st.floats(0, 1, exclude_max=True), max_size=80))
def test_draws_are_those_of_a_search(steps: list[float], uniform: list[float]) -> None:
    cumulative = np.cumsum(steps)
    draws = np.asarray(uniform, dtype=float) * cumulative[-1]
    exact = cumulative[:-1][cumulative[:-1] < cumulative[-1]]  # also where a draw meets a step
    draws = np.concatenate([draws[draws < cumulative[-1]], exact, np.nextafter(exact, 0)])
    assert inverse_cdf(cumulative, draws).tolist() == np.searchsorted(cumulative, draws, side="right").tolist()


@given(st.lists(st.integers(0, 700_000_000_000), max_size=200))
def test_the_order_is_that_of_a_stable_sort(times: list[int]) -> None:
    moments = np.asarray(times, dtype=np.int64)
    assert stable_order(moments).tolist() == np.argsort(moments, kind="stable").tolist()


def test_a_million_draws_of_a_week_with_quiet_nights() -> None:
    rng = np.random.default_rng(0)
    rates = np.where(rng.random(10_080) < 0.4, 0.0, rng.gamma(0.3, 1, 10_080))
    cumulative = np.cumsum(rates)
    draws = rng.random(1_000_000) * cumulative[-1]
    assert np.array_equal(inverse_cdf(cumulative, draws), np.searchsorted(cumulative, draws, side="right"))
