"""The forecast for coming own matches, in numbers: windows, hours and days of markets. Wording is in sentences.py."""

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.backtest import LEVELS, MIN_WEEKS, Backtest, dispersions, usual_rows
from pizza_assets.analysis.forecast.intervals import interval_ends, quantile
from pizza_assets.analysis.forecast.listed_days import CLOSED, LISTED
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import OriginForecast, difference_slopes, forecast_at
from pizza_assets.analysis.forecast.refusal import Verdict, judged
from pizza_assets.analysis.forecast.targets import (
    SPANS,
    Targets,
    days_ahead,
    horizon_class,
    horizon_name,
    match_targets,
)
from pizza_assets.analysis.ratios import ratio
from pizza_assets.analysis.reasons import Reason, joined
from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.models.vocabulary import ResultStatus, Span

STAFFING_SHARE = 0.9
"""The quantile to staff for: this share of such hours has at most this many orders."""
NUMBERS = (
    "without_football",
    "with_football",
    "difference",
    "difference_low",
    "difference_high",
    "average_difference_low",
    "average_difference_high",
    "effect_pct",
    "orders",
    *(f"{side}_{level}" for level in LEVELS for side in ("low", "high")),
    "quantile_90",
    "usual_orders",
)
"""Columns that are empty where a forecast is refused."""


def coming_forecast(history: OrderHistory, past: Backtest, is_coming: np.ndarray) -> pd.DataFrame:
    """One row per coming own match and target: columns of MatchForecast that need no match, label or score.

    Of a target that has begun, what is left is forecast, with 0 `days_ahead`; one that is over is refused; hours that
    have begun are left out. past: of the same history.
    is_coming: by row of the table of matches that the history was built from. Also columns `match` (that row) and
    `market`. Numbers are empty where `reasons` say why; those about football where `football_reasons` say why.
    """
    forecast = forecast_at(history, history.end)
    verdict = judged(past, forecast.effects, history.week_count)
    targets = match_targets(history)
    wanted = is_coming[history.own.match[targets.own]] if len(targets.own) else np.zeros(0, dtype=bool)
    is_begun_hour = (targets.span == SPANS.index(Span.HOUR)) & (targets.start < forecast.cut)
    whole = targets.chosen(wanted & ~is_begun_hour)
    targets = whole.remaining(forecast.cut)
    inside = (targets.start >= forecast.cut) & (targets.end <= forecast.cut + HORIZON)
    numbers = _numbers(history, past, forecast, verdict, targets.chosen(inside))
    rows = _described(history, targets, whole.start < forecast.cut).join(numbers.set_index(np.flatnonzero(inside)))
    holiday = history.holiday[targets.market, targets.start]
    is_unknown_holiday = np.isin(holiday, forecast.unknown_holidays)
    is_open = (rows["mean"].fillna(0) > 0) | ~inside | is_unknown_holiday
    problems = {
        **verdict.refusals(targets.span),
        **_market_problems(history, targets),
        Reason.ALREADY_OVER: targets.start < forecast.cut,
        Reason.TOO_FAR_AHEAD: targets.end > forecast.cut + HORIZON,
        Reason.NOT_SOLD_THEN: ~is_open.to_numpy(),
        Reason.BANK_HOLIDAY: (holiday > 0) & ~is_unknown_holiday,
        Reason.HOLIDAY_UNKNOWN: is_unknown_holiday,
        Reason.LISTED_DAY: history.listed[targets.market, targets.start] == LISTED,
        Reason.LISTED_AS_CLOSED: history.listed[targets.market, targets.start] == CLOSED,
    }
    is_refused = np.any(list(problems.values()), axis=0)
    problems[Reason.TOO_FEW_SCORED] = problems.get(Reason.TOO_FEW_SCORED, False) | (
        ~is_refused & rows["k"].isna().to_numpy()
    )
    is_refused |= problems[Reason.TOO_FEW_SCORED]
    rows["reasons"] = [
        joined(reason for reason, holds in problems.items() if np.broadcast_to(holds, len(rows))[row])
        for row in range(len(rows))
    ]
    rows["status"] = np.where(is_refused, ResultStatus.INSUFFICIENT_DATA.value, ResultStatus.OK.value)
    rows.loc[is_refused, list(NUMBERS)] = np.nan
    rows["is_peak_hour"] = _peaks(rows, targets, ~is_refused)
    rows["football_reasons"] = joined(verdict.why_no_football)
    rows["history_weeks"] = history.week_count
    rows["origin_at"] = history.times(np.full(len(rows), history.end)).array
    # no rows for hours in which nothing is ever sold
    is_closed_hour = (targets.span == SPANS.index(Span.HOUR)) & ~is_open.to_numpy()
    return rows[~is_closed_hour].drop(columns=["mean", "k"])


def _described(history: OrderHistory, targets: Targets, has_begun: np.ndarray) -> pd.DataFrame:
    days = np.where(has_begun, 0, days_ahead(targets, history.end))
    return pd.DataFrame(
        {
            "match": history.own.match[targets.own] if len(targets.own) else np.empty(0, dtype=int),
            "market": pd.Series(history.markets, dtype="str").take(targets.market).array,
            "span": pd.Series([span.value for span in SPANS], dtype="str").take(targets.span).array,
            "starts_at": history.times(targets.start).array,
            "ends_at": history.times(targets.end).array,
            "days_ahead": days,
            "horizon": [
                horizon_name(min(int(number), 2)) if day else "begun"
                for number, day in zip(horizon_class(days), days, strict=True)
            ],
        }
    )


def _numbers(
    history: OrderHistory, past: Backtest, forecast: OriginForecast, verdict: Verdict, targets: Targets
) -> pd.DataFrame:
    """For each target, NUMBERS, and the `mean` and dispersion `k` of the prediction intervals."""
    cut = forecast.cut
    without, with_football, unaware, usual = (
        targets.sums(cells, cut)
        for cells in (forecast.without, forecast.with_football, forecast.unaware, forecast.seasonal)
    )
    uses_football = verdict.uses_football
    mean = with_football if uses_football else unaware
    is_usual = usual_rows(past.targets, history, forecast.unusual_days)
    table = dispersions(past, past.with_football if uses_football else past.unaware, is_usual)
    k = table[targets.span, np.minimum(horizon_class(days_ahead(targets, cut)), 2)]
    difference = with_football - without
    average_reach, single_reach = _reaches(history, forecast, targets, difference, k)
    unknown = np.full(len(mean), np.nan)
    return pd.DataFrame(
        {
            "without_football": without if uses_football else unaware,
            "with_football": with_football if uses_football else unknown,
            "difference": difference if uses_football else unknown,
            "difference_low": difference - single_reach if uses_football else unknown,
            "difference_high": difference + single_reach if uses_football else unknown,
            "average_difference_low": difference - average_reach if uses_football else unknown,
            "average_difference_high": difference + average_reach if uses_football else unknown,
            "effect_pct": 100 * ratio(difference, without) if uses_football else unknown,
            "orders": quantile(0.5, mean, k),
            **{
                f"{side}_{level}": end
                for level in LEVELS
                for side, end in zip(("low", "high"), interval_ends(level, mean, k), strict=True)
            },
            "quantile_90": quantile(STAFFING_SHARE, mean, k),
            "usual_orders": usual,
            "mean": mean,
            "k": k,
        }
    )


def _reaches(
    history: OrderHistory, forecast: OriginForecast, targets: Targets, difference: np.ndarray, k: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Half-widths of the 95 % intervals of the orders that such matches add on average, and that one match adds. The
    first combines the error of the mean effects (before shrinkage) with that of the orders they multiply; the second
    adds the variation of single matches around the mean."""
    from scipy.special import stdtrit

    effects = forecast.effects
    if not len(targets.start) or not effects.is_known:
        return np.full(len(targets.start), np.nan), np.full(len(targets.start), np.nan)
    all_markets = np.arange(len(history.markets))
    slopes = difference_slopes(history, forecast, all_markets)
    slope = np.stack([targets.sums(slopes[window], forecast.cut) for window in range(len(WINDOWS))], axis=1)
    average_variance = np.einsum("tv,vw,tw->t", slope, effects.covariance, slope) + difference**2 * k
    single_variance = average_variance + slope.sum(axis=1) ** 2 * effects.variance
    dates = min(int(n) for n, reason in zip(effects.dates, effects.missing, strict=True) if reason is None)
    reach = stdtrit(dates - 1, 0.975)
    return reach * np.sqrt(average_variance), reach * np.sqrt(single_variance)


def _market_problems(history: OrderHistory, targets: Targets) -> dict[Reason, np.ndarray]:
    known = history.is_known[:, : history.end]
    weeks = np.array([len(np.unique(history.week[: history.end][is_known])) for is_known in known])
    is_silent = history.silent_rows(history.end)
    return {Reason.MARKET_TOO_NEW: (weeks < MIN_WEEKS)[targets.market], Reason.MARKET_SILENT: is_silent[targets.market]}


def _peaks(rows: pd.DataFrame, targets: Targets, is_given: np.ndarray) -> np.ndarray:
    """Whether a row is the busiest hour of its match day, among those with a forecast."""
    is_candidate = is_given & (targets.span == SPANS.index(Span.HOUR))
    is_peak = np.zeros(len(rows), dtype=bool)
    for own in np.unique(targets.own[is_candidate]):
        candidates = np.flatnonzero(is_candidate & (targets.own == own))
        is_peak[candidates[np.argmax(rows["mean"].to_numpy()[candidates])]] = True
    return is_peak
