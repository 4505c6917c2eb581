"""Plain sums and averages of all orders, by part of the business and period. Nothing is estimated or tested here."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.ratios import ratio
from pizza_assets.models import MatchWindows, SummaryStatistics
from pizza_assets.models.vocabulary import combined_source

_SUMMED = ["order_count", "revenue_cents", "pizza_count"]
_SCOPES = {"overall": [], "chain": ["chain"], "market": ["market"]}


def hourly_totals(timeline: pd.DataFrame) -> pd.DataFrame:
    """Sums of `dashboard_orders_timeline` rows over time: by order_source, market, chain and currency."""
    key = ["order_source", "market", "chain", "currency"]
    ends_at = timeline["hour_at"] + pd.Timedelta(hours=1)
    totals = timeline.assign(ends_at=ends_at).groupby(key, as_index=False)
    return totals.agg(
        **{name: (name, "sum") for name in [*_SUMMED, "covered_minutes"]},
        first_at=("hour_at", "min"),
        last_at=("ends_at", "max"),
    )


def summary_statistics(
    totals: Iterable[pd.DataFrame], match_windows: DataFrame[MatchWindows]
) -> DataFrame[SummaryStatistics]:
    """Rows for all known time and for each period, overall and by chain, market and competition.

    totals: `hourly_totals`, in any number of parts. match_windows: all weeks. Sources and currencies are never pooled.
    """
    parts = [part for part in totals if len(part)]
    rows: list[pd.DataFrame] = []
    if parts:
        known = pd.concat(parts, ignore_index=True)
        rows += [_all_time_rows(known, scope, by) for scope, by in _SCOPES.items()]
    if len(match_windows):
        scopes = {**_SCOPES, "competition": ["competition"]}
        rows += [_period_rows(match_windows, scope, by) for scope, by in scopes.items()]
    if not rows:
        return SummaryStatistics.empty()
    together = pd.concat(rows, ignore_index=True)
    return SummaryStatistics.checked(_with_ratios(together))


def _all_time_rows(known: pd.DataFrame, scope: str, by: list[str]) -> pd.DataFrame:
    sums = known.groupby(["order_source", "currency", *by], as_index=False).agg(
        **{name: (name, "sum") for name in [*_SUMMED, "covered_minutes"]},
        first_at=("first_at", "min"),
        last_at=("last_at", "max"),
    )
    return sums.assign(
        scope=scope,
        scope_value=sums[by[0]] if by else "all",
        period="all",
        n_matches=0,
        complete_share_pct=np.nan,
        match_source=None,
        data_source=sums["order_source"],
    )


def _period_rows(windows: pd.DataFrame, scope: str, by: list[str]) -> pd.DataFrame:
    sums = windows.groupby(["order_source", "match_source", "currency", "window", *by], as_index=False).agg(
        **{name: (name, "sum") for name in [*_SUMMED, "covered_minutes"]},
        first_at=("window_start_at", "min"),
        last_at=("window_end_at", "max"),
        n_matches=("match_id", "nunique"),
        complete=("is_complete", "mean"),
    )
    pairs = zip(sums["order_source"], sums["match_source"], strict=True)
    return sums.assign(
        scope=scope,
        scope_value=sums[by[0]] if by else "all",
        period=sums["window"],
        complete_share_pct=100 * sums["complete"],
        data_source=[combined_source(*pair) for pair in pairs],
    )


def _with_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    orders = rows["order_count"].to_numpy(dtype=float)
    hours = rows["covered_minutes"].to_numpy(dtype=float) / 60
    same = ["order_source", "match_source", "currency", "scope", "period"]
    total = rows.groupby(same, dropna=False)["order_count"].transform("sum").to_numpy(dtype=float)
    return rows.assign(
        average_order_cents=ratio(rows["revenue_cents"].to_numpy(dtype=float), orders),
        pizzas_per_order=ratio(rows["pizza_count"].to_numpy(dtype=float), orders),
        covered_hours=hours,
        orders_per_hour=ratio(orders, hours),
        order_share_pct=np.minimum(100 * ratio(orders, total), 100.0),
    )
