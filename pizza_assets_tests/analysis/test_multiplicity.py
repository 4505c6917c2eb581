"""One error budget over families, against the steps as published, with statsmodels where it has them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from pizza_assets.analysis.match_permutation import tail_p
from pizza_assets.analysis.multiplicity import family_count, holm, q_values_of_families, simes

LEVEL = 0.025
SMALL = st.floats(1e-6, 1, allow_nan=False).map(lambda p: p**3)
FAMILIES = st.lists(
    st.lists(SMALL, min_size=1, max_size=6), min_size=1, max_size=6, unique_by=lambda p: tuple(sorted(p))
)


def found_step_by_step(families: list[list[float]], level: float) -> list[list[bool]]:
    """Benjamini and Bogomolov (2014): select families, then test within them at a level reduced by the selection."""
    of_family = []
    for p in families:
        ordered = sorted(p)
        of_family.append(min(value * len(ordered) / rank for rank, value in enumerate(ordered, start=1)))
    is_selected = multipletests(of_family, alpha=level, method="fdr_bh")[0]
    inside = level * is_selected.sum() / len(families)
    return [
        list(multipletests(p, alpha=inside, method="fdr_bh")[0]) if chosen else [False] * len(p)
        for p, chosen in zip(families, is_selected, strict=True)
    ]


@given(FAMILIES)
def test_findings_are_those_of_the_published_steps(families: list[list[float]]) -> None:
    q = q_values_of_families([np.array(p) for p in families], LEVEL)
    assert [list(values <= LEVEL) for values in q] == found_step_by_step(families, LEVEL)


@given(FAMILIES, st.randoms())
def test_neither_order_nor_duplicates_nor_refused_claims_change_a_q_value(families: list, random: object) -> None:
    arrays = [np.array(p) for p in families]
    q = q_values_of_families(arrays, LEVEL)
    turned = q_values_of_families(arrays[::-1], LEVEL)[::-1]
    for one, other in zip(q, turned, strict=True):
        np.testing.assert_allclose(one, other)
    more = q_values_of_families([*arrays, arrays[0][::-1], np.array([np.nan])], LEVEL)
    np.testing.assert_allclose(np.concatenate(more[: len(q)]), np.concatenate(q))
    np.testing.assert_allclose(more[-2][::-1], q[0])
    assert np.isnan(more[-1]).all()
    assert family_count([*arrays, arrays[0][::-1], np.array([np.nan])]) == len(arrays)


def test_one_family_is_benjamini_and_hochberg() -> None:
    p = [0.001, 0.02, 0.3, 0.04]
    (q,) = q_values_of_families([np.array([*p, np.nan])], LEVEL)
    assert q[:-1].tolist() == pytest.approx(list(multipletests(p, method="fdr_bh")[1]))
    assert np.isnan(q[-1])
    assert simes(np.array(p)) == pytest.approx(q[:-1].min())


def test_null_families_keep_the_budget() -> None:
    rng = np.random.default_rng(1)
    sizes = (2, 27, 3, 60, 20)
    any_found = [
        any((q <= LEVEL).any() for q in q_values_of_families([rng.random(size) for size in sizes], LEVEL))
        for _ in range(2_000)
    ]
    # 2.5 % of 2,000 is 50, with a standard deviation of 7
    assert sum(any_found) <= 50 + 3 * 7


def test_small_permutation_p_values_are_continued_by_the_normal_tail() -> None:
    assert tail_p(0.2, 1_999, 5.0) == 0.2, "many draws are as extreme: they are believed"
    assert tail_p(1 / 2_000, 1_999, 5.0) == pytest.approx(5.7e-7, rel=0.01)
    assert tail_p(1 / 2_000, 1_999, 1.0) == 1 / 2_000, "never larger than what the permutations show"
    assert tail_p(11 / 2_000, 1_999, 5.0) < 1e-6
    assert tail_p(12 / 2_000, 1_999, 5.0) == 12 / 2_000


@given(st.lists(SMALL | st.just(np.nan), max_size=8))
def test_holm_is_that_of_statsmodels_and_leaves_refused_claims_out(p_values: list[float]) -> None:
    p = np.array(p_values)
    answered = np.isfinite(p)
    adjusted = holm(p)
    assert np.isnan(adjusted[~answered]).all()
    if answered.any():
        np.testing.assert_allclose(adjusted[answered], multipletests(p[answered], method="holm")[1], rtol=1e-14)
