"""Sums by group in turns are those of numpy, bit for bit."""

import numpy as np
import pytest

from pizza_assets.analysis.interleaved_sums import InterleavedSums


@pytest.mark.parametrize("is_sorted", [True, False])
def test_sums_are_those_of_bincount(is_sorted: bool) -> None:
    rng = np.random.default_rng(0)
    group = rng.integers(0, 7, 5_000)
    group = np.sort(group[group != 3]) if is_sorted else group[group != 3]
    values = rng.lognormal(0, 5, len(group))
    assert InterleavedSums(group, 9).of(values).tobytes() == np.bincount(group, values, 9).tobytes()


def test_nothing_sums_to_zero() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert InterleavedSums(nothing, 2).of(np.empty(0)).tolist() == [0.0, 0.0]
