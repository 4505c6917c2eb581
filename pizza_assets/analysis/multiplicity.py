"""Error rates for many hypotheses: within a family, and one budget over several. Forming families is not done here."""

from collections.abc import Sequence

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


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm (1979) adjusted p-values; NaN stays NaN and is not part of the family."""
    adjusted = np.full(len(p_values), np.nan)
    order = np.argsort(p_values, kind="stable")  # NaN last
    answered = order[: int(np.isfinite(p_values).sum())]
    steps = p_values[answered] * np.arange(len(answered), 0, -1)
    # as statsmodels' multipletests, whose Holm runs Python's garbage collection on every call: 0.1 s
    adjusted[answered] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def simes(p_values: np.ndarray) -> float:
    """The p-value of a family (Simes 1986): that at least one of its effects exists. NaN is not part of the family."""
    ordered = np.sort(p_values[np.isfinite(p_values)])
    return float((ordered * len(ordered) / np.arange(1, len(ordered) + 1)).min()) if len(ordered) else np.nan


def q_values_of_families(families: Sequence[np.ndarray], level: float) -> list[np.ndarray]:
    """q-values under one budget for several families: a q-value of at most `level` is a finding.

    Families are selected by Benjamini-Hochberg at `level` over their Simes p-values; within the R selected ones of F,
    Benjamini-Hochberg at level * R / F (Benjamini and Bogomolov 2014). Without any effect, the chance of a finding is
    at most `level` if p-values are independent or positively dependent. Families with the same p-values are one family.
    """
    keys = [tuple(np.sort(p[np.isfinite(p)])) for p in families]
    distinct = [key for key in dict.fromkeys(keys) if key]
    of_family = dict(zip(distinct, q_values(np.array([simes(np.array(key)) for key in distinct])), strict=True))
    selected = sum(q <= level for q in of_family.values())
    scale = len(distinct) / max(selected, 1)
    return [
        np.minimum(np.maximum(scale * q_values(p), of_family.get(key, np.nan)), 1.0)
        for p, key in zip(families, keys, strict=True)
    ]


def family_count(families: Sequence[np.ndarray]) -> int:
    """The number of distinct families with an answer, as `q_values_of_families` counts them."""
    return len({tuple(np.sort(p[np.isfinite(p)])) for p in families} - {()})
