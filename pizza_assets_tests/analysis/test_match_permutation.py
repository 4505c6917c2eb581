"""Permutation of whole matches: against a regression with dummies, against scipy, and against all permutations."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pizza_assets.analysis.match_permutation import permutation_test, welch_test
from pizza_assets_tests.support.examples import examples


def drawn(seed: int, matches: int = 40, windows: int = 2) -> tuple:
    rng = np.random.default_rng(seed)
    slot = rng.integers(0, 4, matches)
    outcome = rng.integers(0, 2, (matches, 2, 1)).astype(float)
    departures = rng.normal(0, 0.2, (matches, 2, windows)) + 0.3 * outcome + 0.1 * slot[:, None, None]
    departures[rng.random(departures.shape) < 0.1] = np.nan
    return departures, outcome, slot


def test_the_slope_equals_a_regression_with_slot_and_side_dummies() -> None:
    import statsmodels.api as sm

    departures, outcome, slot = drawn(1)
    test = permutation_test(departures, outcome, slot, draws=99, seed=1)
    for window in range(2):
        known = np.isfinite(departures[:, :, window])
        group = (2 * slot[:, None] + np.arange(2))[known]
        design = np.column_stack([outcome[:, :, 0][known], np.eye(8)[group]])
        fit = sm.OLS(departures[:, :, window][known], design).fit()
        assert test.slope[0, window] == pytest.approx(fit.params[0])


def test_p_equals_the_share_over_all_permutations() -> None:
    rng = np.random.default_rng(2)
    departures, outcome = rng.normal(size=(6, 1, 1)), rng.normal(size=(6, 1, 1))
    centred = departures[:, 0, 0] - departures[:, 0, 0].mean()
    values = np.array([centred @ outcome[list(order), 0, 0] for order in permutations(range(6))])
    exact = (np.abs(values) >= abs(centred @ outcome[:, 0, 0]) - 1e-12).mean()
    test = permutation_test(departures, outcome, np.zeros(6, int), draws=8_000, seed=3)
    assert test.p_value[0, 0] == pytest.approx(exact, abs=0.02)
    spread = values.std() / ((outcome - outcome.mean()) ** 2).sum()
    assert test.se[0, 0] == pytest.approx(spread, rel=0.05)


def test_differences_between_slots_and_sides_are_no_effect() -> None:
    departures, outcome, slot = drawn(4)
    shifted = departures + np.array([0.0, 5.0])[None, :, None] + 3.0 * slot[:, None, None]
    before, after = (permutation_test(d, outcome, slot, draws=99, seed=1) for d in (departures, shifted))
    np.testing.assert_allclose(after.slope, before.slope)
    np.testing.assert_array_equal(after.p_value, before.p_value)


def test_constant_outcomes_and_no_matches_have_no_numbers() -> None:
    departures, outcome, slot = drawn(5)
    constant = permutation_test(departures, np.ones_like(outcome), slot, draws=19, seed=1)
    alone = permutation_test(departures, outcome, np.arange(len(slot)), draws=19, seed=1)
    nothing = permutation_test(departures[:0], outcome[:0], slot[:0], draws=19, seed=1)
    for test in (constant, alone, nothing):
        assert np.isnan([test.slope, test.se, test.p_value]).all()


@examples(100)
@given(seed=st.integers(0, 10_000), matches=st.integers(2, 20))
def test_the_order_of_matches_does_not_matter_and_p_is_a_share(seed: int, matches: int) -> None:
    departures, outcome, slot = drawn(seed, matches, 1)
    order = np.random.default_rng(seed).permutation(matches)
    first = permutation_test(departures, outcome, slot, draws=19, seed=1)
    second = permutation_test(departures[order], outcome[order], slot[order], draws=19, seed=1)
    np.testing.assert_allclose(first.slope, second.slope, atol=1e-12)
    p = first.p_value[np.isfinite(first.p_value)]
    assert ((p >= 1 / 20) & (p <= 1)).all()


def test_welch_equals_scipy() -> None:
    rng = np.random.default_rng(6)
    values, is_group = rng.normal(size=40), np.arange(40) < 12
    values[is_group] *= 3
    difference, error, p_value = welch_test(values, is_group, draws=4_000, seed=1)
    theirs = stats.ttest_ind(values[is_group], values[~is_group], equal_var=False)
    assert difference / error == pytest.approx(theirs.statistic)
    assert p_value == pytest.approx(theirs.pvalue, abs=0.03)
    assert np.isnan(welch_test(values[:1], is_group[:1], draws=19, seed=1)).all()
    assert np.isnan(welch_test(np.ones(9), np.arange(9) < 4, draws=19, seed=1)).all()
