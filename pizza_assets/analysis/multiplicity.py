"""Benjamini-Hochberg q-values for a family of hypotheses. Forming families does not belong here."""

import numpy as np


def q_values(p_values: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg (1995) adjusted p-values; NaN stays NaN and is not part of the family."""
    q = np.full(len(p_values), np.nan)
    answered = np.isfinite(p_values)
    if answered.any():
        from statsmodels.stats.multitest import multipletests

        q[answered] = multipletests(p_values[answered], method="fdr_bh")[1]
    return q


def q_values_of_smallest(p_values: np.ndarray, family_size: int) -> np.ndarray:
    """`q_values` of the smallest p-values of a family of `family_size`, if the others are too many to keep.

    p_values: no NaN; all others must be larger. The results are never smaller than the q-values of the full family.
    """
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * family_size / np.arange(1, len(order) + 1)
    q = np.empty(len(p_values))
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
