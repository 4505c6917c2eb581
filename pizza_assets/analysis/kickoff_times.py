"""Whether the effect of the match differs by time of kick-off: one test over the classes, and the effect in each.

The classes share the baseline and dates, so their estimates are not independent: what each date adds to each of them
gives their covariance, and an approximate Hotelling's T-squared the test of equal effects.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.effect_error import DateScores, date_scores
from pizza_assets.analysis.effects import MIN_DATES, match_counts, own_match_answer, why_none_usable
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.kickoff_classes import KICKOFF_CLASSES, kickoff_class
from pizza_assets.analysis.reasons import Answer, Reason
from pizza_assets.models.vocabulary import ResultStatus


@dataclass(frozen=True)
class KickoffTimes:
    """test: p-value of the hypothesis that the effect is the same in all classes with enough dates. by_class: the
    effect in each of them."""

    test: Answer
    by_class: Mapping[str, Answer]


def kickoff_times(window_rows: pd.DataFrame, grid: ExpectedGrid) -> KickoffTimes:
    """window_rows: MatchImpact rows of one window and pair of sources. Classes with fewer than MIN_DATES dates are
    left out; the test needs two others."""
    used = window_rows[window_rows["status"] == ResultStatus.OK].reset_index(drop=True)
    counts = match_counts(used)
    missing = why_none_usable(window_rows, used, grid)
    if missing:
        return KickoffTimes(Answer(counts, missing), {})
    rows = {name: part for name, part in used.groupby(kickoff_class(used)) if _is_enough(part)}
    found = {name: rows[name].reset_index(drop=True) for name in KICKOFF_CLASSES if name in rows}
    scores = {name: date_scores(part, grid) for name, part in found.items()}
    answers = {name: own_match_answer(part, grid, scores=scores[name]) for name, part in found.items()}
    answered = [name for name, answer in answers.items() if not answer.missing]
    if len(answered) < 2:
        return KickoffTimes(Answer(counts, (Reason.TOO_FEW_KICKOFF_TIMES,)), answers)
    theta = np.array([answers[name].numbers["estimate_log"] for name in answered])
    test = equal_effects(theta, [scores[name] for name in answered])
    return KickoffTimes(Answer({**counts, **test}, () if test else (Reason.UNEQUAL_KICKOFF_DATES,)), answers)


def _is_enough(part: pd.DataFrame) -> bool:
    return part["kickoff_date"].nunique() >= MIN_DATES and part["observed"].sum() > 0


def equal_effects(theta: np.ndarray, scores: list[DateScores]) -> dict[str, float]:
    """The test that all of theta [class] are equal, by columns of CorrelationResults: p_value and df. Empty if a class
    has too few effective dates for so many classes.

    scores: those of each class, over the same dates. df is that of Welch and Satterthwaite, for several contrasts as in
    Zhang (2013) and Tipton and Pustejovsky (2015): classes with few effective dates weigh by their part in the
    covariance. With two classes it is Welch's t test.
    """
    from scipy.special import fdtrc

    dates = [int((score.window_weight > 0).sum()) for score in scores]
    columns = [np.sqrt(n / (n - 1)) * (score.window + score.baseline) for n, score in zip(dates, scores, strict=True)]
    covariance = np.array(columns) @ np.array(columns).T
    own_df = np.array([1 / float((score.window_weight**2).sum()) for score in scores]) - 1
    size = len(theta)
    contrast = np.hstack([np.eye(size - 1), -np.ones((size - 1, 1))])
    df = _approximate_df(contrast, np.diag(covariance), own_df)
    lower = df - size + 2
    if own_df.min() - size + 2 <= 0 or lower <= 0:
        return {}
    difference = contrast @ theta
    squared = float(difference @ np.linalg.solve(contrast @ covariance @ contrast.T, difference))
    return {"p_value": float(fdtrc(size - 1, lower, squared * lower / ((size - 1) * df))), "df": df}


def _approximate_df(contrast: np.ndarray, variance: np.ndarray, own_df: np.ndarray) -> float:
    """Degrees of freedom of the covariance of the contrasts. variance, own_df: of each class."""
    precision = np.linalg.inv(contrast * variance @ contrast.T)
    part = variance * np.einsum("ic,ij,jc->c", contrast, precision, contrast)
    rank = len(contrast)
    return float(rank * (rank + 1) / (2 * (part**2 / own_df).sum()))
