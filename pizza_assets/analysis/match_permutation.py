"""Permutation tests of whether orders depend on outcomes of matches: whole matches are permuted within their slot.

Matches of one slot (weekday and hour) are exchangeable except for their outcomes, so permuting the outcomes shows what
chance alone would give (Fisher 1935; stratified as in Good 2005, Permutation, Parametric and Bootstrap Tests, ch. 3).
Whole matches are permuted: both sides of a match stay together, in the same way for every outcome and every window.
Arrays only; choosing and wording outcomes does not belong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.ratios import ratio

FEW_EXTREME_DRAWS = 10
_CELLS_AT_ONCE = 500_000
"""Outcomes of all drawn matches that are in memory at the same time, each as four numbers of 8 bytes."""


@dataclass(frozen=True)
class PermutationTest:
    """One number per outcome and window [outcome, window]; NaN where an outcome never varies within a slot.

    slope: change of the departure per unit of the outcome. se: standard deviation of the slope over the permutations.
    p_value: two-sided, (1 + permutations at least as extreme) / (1 + permutations).
    """

    slope: np.ndarray
    se: np.ndarray
    p_value: np.ndarray


def permutation_test(
    departures: np.ndarray, outcomes: np.ndarray, slot: np.ndarray, *, draws: int, seed: int
) -> PermutationTest:
    """Regress departures on each outcome within slots, and permute matches within slots.

    departures: float [match, side, window], log observed / expected, NaN where a side has no usable window. outcomes:
    float [match, side, outcome], from each side's point of view, never NaN. slot: int [match]. For outcomes that are
    the same for both sides, pass one side with the mean of both. Departures are centred within slot and side, so
    playing at home has no influence.
    """
    centred = _centred(departures, slot)
    shape = outcomes.shape[2], departures.shape[2]
    if not len(slot):
        return PermutationTest(*(np.full(shape, np.nan) for _ in range(3)))
    observed = np.einsum("mso,msw->ow", outcomes, centred)
    total, squares, extreme = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    tolerance = 1e-9 * np.abs(observed)
    for order in _orders(slot, draws, seed, outcomes.shape[1] * outcomes.shape[2]):
        drawn = np.einsum("dmso,msw->dow", outcomes[order], centred, optimize=True)
        total += drawn.sum(axis=0)
        squares += (drawn**2).sum(axis=0)
        extreme += (np.abs(drawn) >= np.abs(observed) - tolerance).sum(axis=0)
    spread = np.sqrt(np.maximum(squares / draws - (total / draws) ** 2, 0.0))
    variation = _variation(departures, outcomes, slot)
    varies = (variation > 1e-12) & (spread > 1e-12)
    scale = np.where(varies, variation, 1.0)
    slope, se, p_value = observed / scale, spread / scale, (1 + extreme) / (1 + draws)
    return PermutationTest(*(np.where(varies, numbers, np.nan) for numbers in (slope, se, p_value)))


def tail_p(p_permutation: float, draws: int, distance: float) -> float:
    """A permutation p-value, continued by the normal tail where too few draws are as extreme to tell.

    distance: of the observed statistic from 0, in standard deviations over the permutations. With 1,999 draws no
    p-value is below 0.0005, which a family of 27 could never show.
    """
    from scipy.special import ndtr

    extreme = p_permutation * (1 + draws) - 1
    return min(p_permutation, 2 * float(ndtr(-distance))) if extreme <= FEW_EXTREME_DRAWS + 0.5 else p_permutation


def _orders(slot: np.ndarray, draws: int, seed: int, width: int) -> Iterator[np.ndarray]:
    """Permutations [draw, match] that keep every match in its slot, in batches of limited size."""
    rng = np.random.default_rng(seed)
    by_slot = np.argsort(slot, kind="stable")
    sorted_slot = slot[by_slot]
    at_once = max(1, _CELLS_AT_ONCE // (len(slot) * width))
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        drawn = np.argsort(sorted_slot + rng.random((size, len(slot))), axis=1, kind="stable")
        order = np.empty_like(drawn)
        order[:, by_slot] = by_slot[drawn]
        yield order


def _centred(values: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """Known values minus the mean of their slot and side; 0 where unknown."""
    known = np.isfinite(values)
    return np.where(known, np.where(known, values, 0.0) - _means(values, known, slot), 0.0)


def _variation(departures: np.ndarray, outcomes: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """Sum of squares of the centred outcomes over the rows whose departure is known [outcome, window]."""
    sums = np.empty((outcomes.shape[2], departures.shape[2]))
    for window in range(departures.shape[2]):
        known = np.broadcast_to(np.isfinite(departures[:, :, window])[:, :, None], outcomes.shape)
        centred = np.where(known, outcomes - _means(outcomes, known, slot), 0.0)
        sums[:, window] = (centred**2).sum(axis=(0, 1))
    return sums


def _means(values: np.ndarray, known: np.ndarray, slot: np.ndarray) -> np.ndarray:
    """The mean of each element's slot and side, 0 where none is known; same shape as `values`."""
    slots = int(slot.max(initial=-1)) + 1
    sums, counts = np.zeros((slots, *values.shape[1:])), np.zeros((slots, *values.shape[1:]))
    np.add.at(sums, slot, np.where(known, values, 0.0))
    np.add.at(counts, slot, known.astype(float))
    return ratio(sums, counts, 0.0)[slot]


def welch_test(values: np.ndarray, is_group: np.ndarray, *, draws: int, seed: int) -> tuple[float, float, float]:
    """Difference of means (group minus others), its standard error, and p by permuting the labels of Welch's t.

    values: float [unit]; is_group: bool [unit]. For units that cannot be permuted within a slot, such as dates of
    cups. All three are NaN with fewer than two units in either group, or without variation.
    """
    inside, size = int(is_group.sum()), len(values)
    if min(inside, size - inside) < 2 or np.ptp(values) == 0:
        return np.nan, np.nan, np.nan
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((draws, size)), axis=1)
    difference, error = _welch(np.concatenate([values[is_group], values[~is_group]])[None, :], inside)
    drawn, drawn_error = _welch(values[order], inside)
    statistic = np.abs(drawn) / np.maximum(drawn_error, 1e-300)
    observed = float(np.abs(difference[0]) / max(error[0], 1e-300))
    p_value = (1 + int((statistic >= observed * (1 - 1e-9)).sum())) / (1 + draws)
    return float(difference[0]), float(error[0]), p_value


def _welch(values: np.ndarray, inside: int) -> tuple[np.ndarray, np.ndarray]:
    """Differences and their standard errors [draw]; the first `inside` columns are the group."""
    group, others = values[:, :inside], values[:, inside:]
    error = group.var(axis=1, ddof=1) / group.shape[1] + others.var(axis=1, ddof=1) / others.shape[1]
    return group.mean(axis=1) - others.mean(axis=1), np.sqrt(error)
