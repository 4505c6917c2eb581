"""How demand forecasts of shops, markets and chains did: past origins, scored by hour and by day, each level apart.

Sums have errors of their own: those of shops are not independent, so intervals are never added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.backtest import LEVELS, Backtest, dispersions, origins, usual_rows
from pizza_assets.analysis.forecast.demand_units import (
    DAY,
    HOUR,
    Units,
    demand_targets,
    in_rows,
    observed_sums,
    selling,
)
from pizza_assets.analysis.forecast.effect import Effects, window_effects
from pizza_assets.analysis.forecast.intervals import are_inside
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.origin import OriginForecast, forecast_at
from pizza_assets.analysis.forecast.refusal import Verdict, judged_by_grain
from pizza_assets.analysis.forecast.targets import HORIZONS, SPANS, Targets, days_ahead, horizon_class, horizon_name
from pizza_assets.analysis.reasons import Reason, joined
from pizza_assets.threads import side_by_side

ORIGINS = 12
MAX_ROWS = 20_000
"""Forecasts of one level and origin that are scored: enough for its errors, and few enough for thousands of shops."""
LEAST_EXPECTED = 0.05
"""Hours with fewer expected orders, one in twenty, count as closed."""


@dataclass(frozen=True)
class Football:
    """The markets' history, from which effects are estimated, and why they are not used; empty if they are."""

    history: OrderHistory
    why_not: tuple[Reason, ...]

    def effects(self, shops: OrderHistory, cut: int) -> Effects:
        """The effects as known at column `cut` of the shops' history."""
        same = cut + shops.first_bin - self.history.first_bin
        return window_effects(self.history, max(0, min(same, self.history.end)))


def demand_backtest(shops: OrderHistory, levels: Sequence[Units], football: Football) -> pd.DataFrame:
    """Columns of DemandBacktest except the labels."""
    cuts = origins(shops)[-ORIGINS:]
    forecasts = list(side_by_side(lambda cut: forecast_at(shops, cut, football.effects(shops, cut)), cuts))
    newest = forecast_at(shops, shops.end, football.effects(shops, shops.end)).unusual_days
    tables = [_level_rows(shops, units, forecasts, newest, football.why_not) for units in levels]
    return pd.concat(tables, ignore_index=True)


def _level_rows(
    shops: OrderHistory,
    units: Units,
    forecasts: Sequence[OriginForecast],
    unusual_days: np.ndarray,
    why_no_football: tuple[Reason, ...],
) -> pd.DataFrame:
    past = scored(shops, units, forecasts)
    is_usual = _usual_rows(past.targets, shops, units, unusual_days)
    mean = past.unaware if why_no_football else past.with_football
    verdict = judged_by_grain(past, why_no_football, shops.week_count)
    known = _known_dispersions(past, units, mean, shops, forecasts)
    now = dispersions(past, mean, is_usual)
    rows = [
        _row(past, mean, known, is_usual, verdict, now, span, horizon)
        for span in (HOUR, DAY)
        for horizon in range(len(HORIZONS))
    ]
    return pd.DataFrame(rows).assign(level=units.level.value)


def scored(shops: OrderHistory, units: Units, forecasts: Sequence[OriginForecast]) -> Backtest:
    """Past forecasts of one level whose orders are known; `targets.market` is the unit."""
    parts, cells = [], []
    for forecast in forecasts:
        cut = forecast.cut
        targets = demand_targets(shops, units, cut)
        targets = targets.chosen(targets.end <= shops.end)
        given = (forecast.with_football, forecast.unaware, forecast.seasonal)
        sums = [targets.sums(units.sums(selling(shops, cut, of)), cut) for of in given]
        came = targets.sums(observed_sums(shops, units, cut), cut)
        is_scored = np.isfinite(came) & np.isfinite(sums).all(axis=0) & (sums[0] >= LEAST_EXPECTED)
        chosen = np.flatnonzero(is_scored)
        if len(chosen) > MAX_ROWS:
            chosen = chosen[np.linspace(0, len(chosen) - 1, MAX_ROWS).astype(int)]
        parts.append((targets.chosen(chosen), np.full(len(chosen), cut)))
        cells.append(np.stack([came, *sums])[:, chosen])
    targets = Targets.joined([part for part, _ in parts] or [demand_targets(shops, units, shops.end).chosen([])])
    cut = np.concatenate([cuts for _, cuts in parts] or [np.empty(0, dtype=int)])
    values = np.concatenate(cells, axis=1) if cells else np.empty((4, 0))
    days = days_ahead(targets, cut)
    return Backtest(targets, cut, days, horizon_class(days), *values, k=np.full(len(days), np.nan))


def _usual_rows(targets: Targets, shops: OrderHistory, units: Units, unusual_days: np.ndarray) -> np.ndarray:
    """`usual_rows`, with a holiday of any shop of a sum: a chain may sell in several countries."""
    starts = np.unique(targets.start)
    is_holiday = units.any(shops.holiday[:, starts] > 0)[targets.market, np.searchsorted(starts, targets.start)]
    return usual_rows(in_rows(targets, units), shops, unusual_days) & ~is_holiday


def _known_dispersions(
    past: Backtest, units: Units, mean: np.ndarray, shops: OrderHistory, forecasts: Sequence[OriginForecast]
) -> np.ndarray:
    """k of every row as known at its origin."""
    k = np.full(len(past.cut), np.nan)
    for forecast in forecasts:
        at = past.cut == forecast.cut
        table = dispersions(past, mean, _usual_rows(past.targets, shops, units, forecast.unusual_days), forecast.cut)
        k[at] = table[past.targets.span[at], past.horizon[at]]
    return k


def _row(
    past: Backtest,
    mean: np.ndarray,
    k: np.ndarray,
    is_usual: np.ndarray,
    verdict: Verdict,
    dispersion: np.ndarray,
    span: int,
    horizon: int,
) -> dict[str, object]:
    of_kind = (past.targets.span == span) & (past.horizon == horizon) & is_usual
    came, orders = past.observed[of_kind], past.observed[of_kind].sum()
    judged = np.isfinite(k[of_kind])
    inside = {}
    all_held = are_inside(LEVELS, came[judged], mean[of_kind][judged], k[of_kind][judged])
    for level, held in zip(LEVELS, all_held, strict=True):
        inside[f"inside_{level}_pct"] = 100 * held.mean() if len(held) else np.nan
    errors = {
        name: 100 * np.abs(came - of[of_kind]).sum() / orders if orders else np.nan
        for name, of in (("error_pct", mean), ("error_of_mean_pct", past.seasonal))
    }
    return {
        "span": SPANS[span].value,
        "horizon": horizon_name(horizon),
        "scored_forecasts": int(of_kind.sum()),
        **errors,
        "skill_against_mean_pct": verdict.against_mean[span],
        **inside,
        "dispersion": dispersion[span, horizon],
        "reasons": joined(verdict.why_not[span]),
        "football_reasons": joined(verdict.why_no_football),
    }
