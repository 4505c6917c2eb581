"""Event study of orders in the half-hours around kick-off: one curve with a simultaneous confidence band.

The fit is in event_time_fit.py, half-hours and lags are in event_bins.py. Orders around goals: goal_study.py.
"""

from dataclasses import dataclass

import numpy as np

from pizza_assets.analysis.effects import MIN_DATES
from pizza_assets.analysis.event_bins import FIRST_MINUTE, LAG_MINUTES
from pizza_assets.analysis.event_time_fit import DateScores, Panel, date_scores, fit_event_time
from pizza_assets.analysis.reasons import Answer, Reason

PRE_TREND_ENDS = -120
"""Minutes from kick-off at which the pre window starts; before it, orders should be as usual."""
LEVEL = 0.95
DRAWS = 20_000
SEED = 20150811
_LARGEST_LEVERAGE = 1 - 1e-6


@dataclass(frozen=True)
class EventStudy:
    """lags: the answer for every half-hour from FIRST_MINUTE on. pre_trend_p: p-value of the hypothesis that all
    effects before PRE_TREND_ENDS are zero; NaN where refused. critical_value: half-width of the band in standard
    errors. effective_dates: the number of equally weighted dates with the same information."""

    lags: tuple[Answer, ...]
    pre_trend_p: float = np.nan
    critical_value: float = np.nan
    effective_dates: float = np.nan


def kick_off_study(panel: Panel) -> EventStudy:
    """The factor of each half-hour around kick-off, fitted jointly with the usual orders, without masking.

    A lag with fewer than MIN_DATES dates, or without an order, is refused and left out of the fit. se: from scores by
    date, using event dummies residualised on the fixed effects, so that the error of the usual orders is included. Each
    score is multiplied by the inverse of one minus the date's leverage (CR3: Bell and McCaffrey 2002), and the variance
    by cells / (cells - parameters). Band: the 95 % quantile of the maximum of correlated t variables (Montiel Olea and
    Plagborg-Moller 2019), with the effective number of dates minus one as degrees of freedom (Carter, Schnepel and
    Steigerwald 2017).
    """
    counts = [_counts(panel, lag) for lag in range(panel.lag_count)]
    reasons = [_reason(panel, numbers) for numbers in counts]
    answered = [lag for lag, reason in enumerate(reasons) if reason is None]
    refused = tuple(
        Answer(numbers, (reason or Reason.NOT_CONVERGED,)) for numbers, reason in zip(counts, reasons, strict=True)
    )
    if not answered:
        return EventStudy(refused)
    compact = _only(panel, answered)
    fit = fit_event_time(compact)
    if not fit.converged:
        return EventStudy(refused)
    scores = date_scores(compact, fit.mean)
    covariance, effective = _covariance(scores)
    if not (np.isfinite(covariance).all() and (np.diag(covariance) > 0).all() and effective > 2):
        return EventStudy(refused)
    se = np.sqrt(np.diag(covariance))
    critical = _critical_value(covariance / np.outer(se, se), effective - 1)
    lags = list(refused)
    for position, lag in enumerate(answered):
        lags[lag] = Answer({**counts[lag], **_numbers(fit.log_factor[position], se[position], critical)})
    early = [i for i, lag in enumerate(answered) if FIRST_MINUTE + (lag + 1) * LAG_MINUTES <= PRE_TREND_ENDS]
    pre_trend_p = _joint_p(fit.log_factor[early], covariance[np.ix_(early, early)], effective - 1)
    return EventStudy(tuple(lags), pre_trend_p, critical, effective)


def _counts(panel: Panel, lag: int) -> dict[str, float]:
    is_lag = panel.is_used & (panel.lag == lag)
    cells = int(is_lag.sum())
    return {
        "n_market_matches": cells,
        "n_matches": cells,
        "n_clusters": len(np.unique(panel.date[is_lag.any(axis=0)])) if cells else 0,
        "observed": float(panel.counts[is_lag].sum()),
    }


def _reason(panel: Panel, numbers: dict[str, float]) -> Reason | None:
    if not panel.is_used.any():
        return Reason.NO_ORDERS
    if not numbers["n_market_matches"]:
        return Reason.NO_CONTROL_MARKET if len(panel.counts) == 1 else Reason.NO_MATCHES
    if numbers["n_clusters"] < MIN_DATES:
        return Reason.TOO_FEW_DATES
    return None if numbers["observed"] > 0 else Reason.NOTHING_OBSERVED


def _only(panel: Panel, lags: list[int]) -> Panel:
    """The panel with only these lags, renumbered from 0; cells of other lags are not used."""
    number = np.full(panel.lag_count + 1, -2)
    number[lags] = np.arange(len(lags))
    number[-1] = -1
    lag = number[panel.lag]
    return Panel(
        panel.counts,
        panel.is_used & (lag > -2),
        panel.bin_of_week,
        panel.week,
        panel.date,
        np.where(lag >= 0, lag, -1),
        len(lags),
    )


def _covariance(scores: DateScores) -> tuple[np.ndarray, float]:
    """The covariance of the estimates [lag, lag], and the effective number of dates."""
    total = scores.information.sum(axis=0)
    inverse = np.linalg.pinv(total)
    adjusted = np.empty_like(scores.scores)
    for date, (score, information) in enumerate(zip(scores.scores, scores.information, strict=True)):
        leverage = information @ inverse
        share = np.linalg.norm(leverage, 2)
        limited = leverage * min(1.0, _LARGEST_LEVERAGE / share) if share > 0 else leverage
        adjusted[date] = np.linalg.solve(np.eye(len(score)) - limited, score)
    influence = adjusted @ inverse
    covariance = influence.T @ influence / scores.free_share
    weight = np.einsum("kl,dlm,mk->dk", inverse, scores.information, inverse)
    effective = weight.sum(axis=0) ** 2 / np.maximum((weight**2).sum(axis=0), 1e-300)
    return covariance, float(effective.mean())


def _critical_value(correlation: np.ndarray, df: float) -> float:
    """The LEVEL quantile of the largest absolute value of a multivariate t, by simulation with a fixed seed."""
    rng = np.random.default_rng(SEED)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.abs(rng.standard_normal((DRAWS, len(correlation))) @ root.T).max(axis=1)
    return float(np.quantile(normal / np.sqrt(rng.chisquare(df, DRAWS) / df), LEVEL))


def _numbers(log_factor: float, se: float, critical: float) -> dict[str, float]:
    reach = critical * se
    return {
        "estimate_log": float(log_factor),
        "uplift_pct": 100 * float(np.expm1(log_factor)),
        "ci_low_pct": 100 * float(np.expm1(log_factor - reach)),
        "ci_high_pct": 100 * float(np.expm1(log_factor + reach)),
        "se": float(se),
    }


def _joint_p(estimates: np.ndarray, covariance: np.ndarray, df: float) -> float:
    """p-value of the hypothesis that all estimates are zero, by Hotelling's T squared; NaN without estimates."""
    from scipy.special import fdtrc

    size = len(estimates)
    if not size or df <= size:
        return np.nan
    statistic = float(estimates @ np.linalg.pinv(covariance) @ estimates)
    return float(fdtrc(size, df - size + 1, statistic * (df - size + 1) / (size * df)))
