"""Backtest: forecasts at past origins, made only from what was known then, compared with the actual orders.

Fixtures are the exception: they are used as played, not as announced at the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.intervals import fit_dispersion, interval_ends, quantile, randomised_pit
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import OriginForecast, forecast_at
from pizza_assets.analysis.forecast.targets import (
    HORIZONS,
    SPANS,
    Targets,
    days_ahead,
    horizon_class,
    horizon_name,
    match_targets,
    other_targets,
)
from pizza_assets.analysis.local_week import BINS_PER_DAY, BINS_PER_WEEK
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.threads import side_by_side

MIN_WEEKS = 8
"""Weeks of history before the first origin."""
ORIGINS = 20
MAX_SPACING_DAYS = 13
"""Maximum days between origins; not a multiple of a week, so that origins fall on every weekday."""
LEVELS = (80, 95)
"""Per cent of orders that intervals hold."""


@dataclass(frozen=True)
class Backtest:
    """Scored forecasts [row], oldest origin first. cut: column of the origin. days: days ahead. horizon: index in
    HORIZONS. is_own: in or around an own match. k: dispersion as known at the origin, from forecasts that could be
    scored by then; NaN if there were too few. The means are those of `OriginForecast`."""

    targets: Targets
    cut: np.ndarray
    days: np.ndarray
    horizon: np.ndarray
    observed: np.ndarray
    with_football: np.ndarray
    unaware: np.ndarray
    seasonal: np.ndarray
    k: np.ndarray

    @property
    def is_own(self) -> np.ndarray:
        return self.targets.own >= 0

    @classmethod
    def of_rows(cls, rows: pd.DataFrame, history: OrderHistory) -> "Backtest":
        """The backtest of stored ForecastBacktest rows of the same history, without the own match and k."""

        def column(name: str) -> np.ndarray:
            return epoch_minutes(rows[name]) // BIN_MINUTES - history.first_bin

        span = pd.Index([name.value for name in SPANS]).get_indexer(rows["span"])
        names = pd.Index([horizon_name(number) for number in range(len(HORIZONS))])
        own = np.where(rows["is_own_match"], 0, -1)
        market = pd.Index(history.markets).get_indexer(rows["market"])
        return cls(
            Targets(span, market, own, column("starts_at"), column("ends_at")),
            column("origin_at"),
            rows["days_ahead"].to_numpy(),
            names.get_indexer(rows["horizon"]),
            *(
                rows[name].to_numpy(dtype=float)
                for name in ("observed", "with_football", "without_football_model", "seasonal_mean")
            ),
            k=np.full(len(rows), np.nan),
        )


def origins(history: OrderHistory) -> list[int]:
    """Columns of the origins, oldest first: up to ORIGINS, over all weeks except the first MIN_WEEKS."""
    room = (history.end - MIN_WEEKS * BINS_PER_WEEK) // BINS_PER_DAY
    spacing = min(max(-(-room // ORIGINS), 1), MAX_SPACING_DAYS)
    if spacing == 7:
        spacing = 8
    cuts = range(history.end - spacing * BINS_PER_DAY, MIN_WEEKS * BINS_PER_WEEK - 1, -spacing * BINS_PER_DAY)
    return list(cuts)[:ORIGINS][::-1]


def backtest(history: OrderHistory) -> Backtest:
    """Forecast and score all origins, using only targets with completely known orders and an expectation above 0."""
    wanted = Targets.joined([match_targets(history), other_targets(history)])
    wanted = wanted.chosen(wanted.end <= history.end)
    cuts = origins(history)
    forecasts = list(side_by_side(lambda cut: forecast_at(history, cut), cuts))
    parts = [_scored(history, forecast, wanted) for forecast in forecasts]
    if not parts:
        none = np.empty(0)
        empty = wanted.chosen(np.zeros(len(wanted.start), dtype=bool))
        return Backtest(empty, none.astype(int), none.astype(int), none.astype(int), none, none, none, none, none)
    targets = Targets.joined(part.targets for part in parts)
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("cut", "days", "horizon", "observed", "with_football", "unaware", "seasonal", "k")
    }
    whole = Backtest(targets, **arrays)
    unusual = {forecast.cut: forecast.unusual_days for forecast in forecasts}
    return Backtest(targets, **{**arrays, "k": _known_dispersions(whole, history, unusual)})


def usual_rows(targets: Targets, history: OrderHistory, unusual_days: np.ndarray) -> np.ndarray:
    """Whether each target starts on a usual day: intervals hold on usual days, and are estimated from them alone."""
    at = (targets.market, targets.start)
    return (history.holiday[at] == 0) & ~np.isin(history.day[at], unusual_days)


def dispersions(past: Backtest, mean: np.ndarray, is_usual: np.ndarray, known_before: int | None = None) -> np.ndarray:
    """k [span, horizon class] of forecasts `mean` [row]; NaN where there are too few. is_usual: `usual_rows`.

    Estimated from own matches of the horizon if there are enough, else from all rows of the horizon, else from own
    matches of all horizons, else from all rows. known_before: use only targets that ended by this column.
    """
    k = np.full((len(SPANS), len(HORIZONS)), np.nan)
    is_known = is_usual if known_before is None else is_usual & (past.targets.end <= known_before)
    for span in range(len(SPANS)):
        in_span = is_known & (past.targets.span == span)
        for horizon in range(len(HORIZONS)):
            in_horizon = in_span & (past.horizon == horizon)
            for chosen in (in_horizon & past.is_own, in_horizon, in_span & past.is_own, in_span):
                k[span, horizon] = fit_dispersion(past.observed[chosen], mean[chosen])
                if np.isfinite(k[span, horizon]):
                    break
    return k


def backtest_rows(past: Backtest, history: OrderHistory, match_ids: np.ndarray) -> pd.DataFrame:
    """The columns of ForecastBacktest except the labels. match_ids: by row of the table of matches."""
    targets = past.targets
    uniform = np.random.default_rng(0).random(len(past.cut))
    intervals = {
        f"{side}_{level}": end
        for level in LEVELS
        for side, end in zip(("low", "high"), interval_ends(level, past.with_football, past.k), strict=True)
    }
    match_row = np.where(past.is_own, history.own.match[targets.own] if len(history.own.match) else 0, 0)
    ids = pd.Series(match_ids[match_row] if len(match_ids) else [], dtype="str")
    return pd.DataFrame(
        {
            "origin_at": history.times(past.cut),
            "market": pd.Series(history.markets, dtype="str").take(targets.market).array,
            "span": pd.Series([span.value for span in SPANS], dtype="str").take(targets.span).array,
            "starts_at": history.times(targets.start),
            "ends_at": history.times(targets.end),
            "days_ahead": past.days,
            "horizon": [horizon_name(number) for number in past.horizon],
            "is_own_match": past.is_own,
            "match_id": ids.where(past.is_own, None) if len(ids) else ids,
            "observed": past.observed.astype(np.int64),
            "with_football": past.with_football,
            "without_football_model": past.unaware,
            "seasonal_mean": past.seasonal,
            "orders": quantile(0.5, past.with_football, past.k),
            **intervals,
            "pit": randomised_pit(past.observed, past.with_football, past.k, uniform),
        }
    )


def _scored(history: OrderHistory, forecast: OriginForecast, wanted: Targets) -> Backtest:
    cut = forecast.cut
    ahead = slice(cut, cut + HORIZON)
    targets = wanted.within(cut)
    observed = targets.sums(np.where(history.is_known[:, ahead], history.counts[:, ahead], np.nan), cut)
    means = [targets.sums(cells, cut) for cells in (forecast.with_football, forecast.unaware, forecast.seasonal)]
    is_scored = np.isfinite(observed) & np.isfinite(means).all(axis=0) & (means[0] > 0)
    kept = targets.chosen(is_scored)
    days = days_ahead(kept, cut)
    return Backtest(
        kept,
        np.full(len(days), cut),
        days,
        horizon_class(days),
        observed[is_scored],
        *(mean[is_scored] for mean in means),
        k=np.full(len(days), np.nan),
    )


def _known_dispersions(past: Backtest, history: OrderHistory, unusual_days: Mapping[int, np.ndarray]) -> np.ndarray:
    """k of every row, as known at its origin. unusual_days: by origin."""
    k = np.full(len(past.cut), np.nan)
    for cut in np.unique(past.cut):
        at = past.cut == cut
        is_usual = usual_rows(past.targets, history, unusual_days[int(cut)])
        k[at] = dispersions(past, past.with_football, is_usual, cut)[past.targets.span[at], past.horizon[at]]
    return k
