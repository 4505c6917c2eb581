"""The main effect: by how much orders depart from normal before, during and after the own team's match, and how surely.

Outcomes of matches (wins, goals) are other questions and do not belong here; nor do families and sentences.
"""

import numpy as np
import pandas as pd

from pizza_assets.analysis.effect_error import date_scores
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.reasons import Answer, Reason, counted
from pizza_assets.models.vocabulary import ResultStatus

MIN_DATES = 10
"""Fewer dates give no trustworthy clustered standard error."""


def own_match_answer(of_window: pd.DataFrame, grid: ExpectedGrid, *, is_narrow: bool = False) -> Answer:
    """theta = log(sum observed / sum expected) over the usable windows of one kind.

    of_window: MatchImpact rows of one window and pair of sources, of the part of the business that is asked about.
    grid: what their expectations come from. The standard error is clustered by calendar date and contains the error of
    the baseline (effect_error.py; is_narrow as there); t with (effective dates - 1) degrees of freedom, where a date
    counts by its share of the expected orders. With too little data as much is answered as can be trusted.
    """
    used = of_window[of_window["status"] == ResultStatus.OK].reset_index(drop=True)
    counts = {
        "n_matches": used["match_id"].nunique(),
        "n_market_matches": len(used),
        "n_clusters": used["kickoff_date"].nunique(),
    }
    missing = _missing(of_window, used, grid)
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
    return Answer({**point, **_inference(used, grid, is_narrow=is_narrow), **_leave_one_market_out(used)})


def _missing(of_window: pd.DataFrame, used: pd.DataFrame, grid: ExpectedGrid) -> tuple[str, ...]:
    if not grid.observed.size:
        return (Reason.NO_ORDERS,)
    if not grid.is_converged:
        return (Reason.NOT_CONVERGED,)
    if of_window.empty:
        return (Reason.NO_MATCHES,)
    return () if len(used) else tuple(counted(of_window["reasons"]))


def _inference(used: pd.DataFrame, grid: ExpectedGrid, *, is_narrow: bool) -> dict[str, float]:
    from scipy.special import stdtr, stdtrit

    scores = date_scores(used, grid, is_narrow=is_narrow)
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
    """The lowest and highest uplift when the windows of one market are left out; the baseline stays as it is."""
    by_market = used.groupby("market")[["observed", "expected"]].sum()
    rest = by_market.sum() - by_market
    rest = rest[rest["expected"] > 0]
    if len(by_market) < 2 or rest.empty:
        return {}
    uplift = 100 * (rest["observed"] / rest["expected"] - 1)
    return {"leave_one_out_low_pct": float(uplift.min()), "leave_one_out_high_pct": float(uplift.max())}
