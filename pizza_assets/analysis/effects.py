"""The main effect: how far orders depart from normal before, during and after the own team's match, with its error.

Outcomes of matches (wins, goals), families of hypotheses and sentences do not belong here.
"""

import numpy as np
import pandas as pd

from pizza_assets.analysis.effect_error import DateScores, date_scores
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.reasons import Answer, Reason, counted
from pizza_assets.models.vocabulary import ResultStatus

MIN_DATES = 10
"""With fewer dates a clustered standard error is not reliable."""


def own_match_answer(
    window_rows: pd.DataFrame, grid: ExpectedGrid, *, is_narrow: bool = False, scores: DateScores | None = None
) -> Answer:
    """theta = log(sum observed / sum expected) over the usable windows of one kind.

    window_rows: MatchImpact rows of one window and pair of sources, for the part of the business in question. grid: the
    source of their expectations. scores: `date_scores` of the usable rows, if known. The standard error is clustered by
    calendar date and includes the error of the baseline (effect_error.py; is_narrow as there). The interval uses t with
    (effective dates - 1) degrees of freedom, where dates are weighted by their share of the expected orders. With too
    little data, only the numbers that can be trusted are returned.
    """
    used = window_rows[window_rows["status"] == ResultStatus.OK].reset_index(drop=True)
    counts = match_counts(used)
    missing = why_none_usable(window_rows, used, grid)
    if missing:
        return Answer(counts, missing)
    observed, expected = used["observed"].to_numpy(dtype=float), used["expected"].to_numpy()
    totals = {**counts, "observed": float(observed.sum()), "expected": float(expected.sum())}
    if observed.sum() == 0:
        return Answer(totals, (Reason.NOTHING_OBSERVED,))
    ratio = totals["observed"] / totals["expected"]
    point = {**totals, "estimate_log": float(np.log(ratio)), "uplift_pct": 100 * (ratio - 1)}
    if totals["n_clusters"] < MIN_DATES:
        return Answer(point, (Reason.TOO_FEW_DATES,))
    departures = used["observed"].sub(ratio * used["expected"]).groupby(used["kickoff_date"]).sum()
    if departures.abs().max() <= 1e-9 * observed.sum():
        return Answer(point, (Reason.NO_VARIATION,))
    return Answer(
        {
            **point,
            **_inference(used, scores or date_scores(used, grid, is_narrow=is_narrow)),
            **_leave_one_market_out(used),
        }
    )


def match_counts(used: pd.DataFrame) -> dict[str, int]:
    """Matches, market-matches and dates in MatchImpact rows of one window, by column of CorrelationResults."""
    return {
        "n_matches": used["match_id"].nunique(),
        "n_market_matches": len(used),
        "n_clusters": used["kickoff_date"].nunique(),
    }


def why_none_usable(window_rows: pd.DataFrame, used: pd.DataFrame, grid: ExpectedGrid) -> tuple[str, ...]:
    """The reasons why none of the windows can be used; empty if some can. used: the rows with the status ok."""
    if not grid.observed.size:
        return (Reason.NO_ORDERS,)
    if window_rows.empty:
        return (Reason.NO_MATCHES,)
    if not grid.is_converged:
        return (Reason.NOT_CONVERGED,)
    return () if len(used) else tuple(counted(window_rows["reasons"]))


def _inference(used: pd.DataFrame, scores: DateScores) -> dict[str, float]:
    from scipy.special import stdtr, stdtrit

    dates = int((scores.window_weight > 0).sum())
    se = float(np.sqrt(dates / (dates - 1) * ((scores.window + scores.baseline) ** 2).sum()))
    df = 1 / float((scores.window_weight**2).sum()) - 1
    observed, expected = used["observed"].to_numpy(dtype=float), used["expected"].to_numpy()
    ratio = observed.sum() / expected.sum()
    theta, reach = np.log(ratio), stdtrit(df, 0.975)
    squares = (observed - ratio * expected) ** 2 / (ratio * expected)
    return {
        "se": se,
        "p_value": float(2 * stdtr(df, -abs(theta) / se)),
        "df": df,
        "ci_low_pct": 100 * float(np.expm1(theta - reach * se)),
        "ci_high_pct": 100 * float(np.expm1(theta + reach * se)),
        "dispersion": float(squares.sum() / max(len(used) - 1, 1)),
    }


def _leave_one_market_out(used: pd.DataFrame) -> dict[str, float]:
    """The lowest and highest uplift when one market's windows are left out; the baseline is not refitted."""
    by_market = used.groupby("market")[["observed", "expected"]].sum()
    rest = by_market.sum() - by_market
    rest = rest[rest["expected"] > 0]
    if len(by_market) < 2 or rest.empty:
        return {}
    uplift = 100 * (rest["observed"] / rest["expected"] - 1)
    return {"leave_one_out_low_pct": float(uplift.min()), "leave_one_out_high_pct": float(uplift.max())}
