"""The demand tables of all pairs of sources: backtest, forecast, kept forecasts and their scores. Pairs stay apart."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.forecast.backtest import Backtest
from pizza_assets.analysis.forecast.demand import Staffing, column_at, demand_rows
from pizza_assets.analysis.forecast.demand_backtest import Football
from pizza_assets.analysis.forecast.demand_backtest import demand_backtest as level_backtests
from pizza_assets.analysis.forecast.demand_units import Units, all_units
from pizza_assets.analysis.forecast.effect import window_effects
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.refusal import judged
from pizza_assets.analysis.local_week import date_of
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models import DemandBacktest, DemandForecast, DemandScores, ForecastBacktest, KeptDemand
from pizza_assets.models.labels import SOURCES, rows_for_sources
from pizza_assets.models.vocabulary import DemandLevel, ResultStatus, combined_source

UNIT = ["level", "market", "chain", "store_id"]


def demand_backtest(
    shops: Mapping[SourcePair, OrderHistory],
    panels: Mapping[SourcePair, Panel],
    markets: Mapping[SourcePair, OrderHistory],
    past: DataFrame[ForecastBacktest],
) -> DataFrame[DemandBacktest]:
    """How forecasts of every pair did. shops: histories of the store panels `panels`; markets: of market panels."""
    tables = [
        _labelled(level_backtests(history, all_units(_names(panels[pair])), _football(markets[pair], past, pair)), pair)
        for pair, history in shops.items()
        if pair in markets
    ]
    return DemandBacktest.conform(pd.concat(tables, ignore_index=True)) if tables else DemandBacktest.empty()


def demand_forecast(
    shops: Mapping[SourcePair, OrderHistory],
    panels: Mapping[SourcePair, Panel],
    markets: Mapping[SourcePair, OrderHistory],
    backtests: tuple[DataFrame[ForecastBacktest], DataFrame[DemandBacktest]],
    fixtures: pd.DataFrame,
    staffing: Mapping[str, Staffing],
    now: datetime,
    made_on: str,
) -> DataFrame[DemandForecast]:
    """The forecast of every pair. backtests: of matches and of demand. fixtures: those of the histories. staffing: by
    order source."""
    tables = []
    for pair, history in shops.items():
        past = rows_for_sources(backtests[1], *pair)
        if pair not in markets or past.empty:
            continue
        column = column_at(history, int(now.timestamp()) // 60)
        football = _football(markets[pair], backtests[0], pair)
        rows = demand_rows(history, all_units(_names(panels[pair])), football, past, staffing[pair[0]], column)
        own = fixtures[fixtures["match_source"] == pair[1]].reset_index(drop=True)
        tables.append(_labelled(_worded(rows, own), pair))
    if not tables:
        return DemandForecast.empty()
    return DemandForecast.conform(pd.concat(tables, ignore_index=True).assign(made_on=made_on))


def kept_demand(
    forecast: DataFrame[DemandForecast], earlier: DataFrame[KeptDemand] | None, now: datetime
) -> DataFrame[KeptDemand]:
    """`earlier` with the current forecasts of whole hours and days that begin at `now` or later, each of which replaces
    the one before."""
    is_ahead = (forecast["days_ahead"] > 0) & (forecast["starts_at"] >= now)
    given = forecast[(forecast["status"] == ResultStatus.OK) & is_ahead]
    given = given[KeptDemand.column_names()]
    parts = [part for part in (earlier, given) if part is not None and len(part)]
    if not parts:
        return KeptDemand.empty()
    key = [*SOURCES, *UNIT, "span", "starts_at"]
    return KeptDemand.conform(pd.concat(parts, ignore_index=True).drop_duplicates(key, keep="last"))


def demand_scores(kept: DataFrame[KeptDemand], panels: Mapping[SourcePair, Panel]) -> DataFrame[DemandScores]:
    """Kept forecasts whose quarter-hours are all known now, by level, span and business day. panels: of stores."""
    tables = []
    for pair, panel in panels.items():
        rows = rows_for_sources(kept, *pair).reset_index(drop=True)
        if len(rows) and panel.counts.size:
            observed = _observed(rows, panel)
            tables.append(rows.assign(observed=observed)[np.isfinite(observed)])
    filled = [table for table in tables if len(table)]
    if not filled:
        return DemandScores.empty()
    rows = pd.concat(filled, ignore_index=True)
    came = rows["observed"]
    scored = rows.assign(
        scored_forecasts=1,
        absolute_error=(came - rows["orders"]).abs(),
        absolute_error_of_mean=(came - rows["usual_orders"]).abs(),
        inside_80_pct=100.0 * came.between(rows["low_80"], rows["high_80"]),
        inside_95_pct=100.0 * came.between(rows["low_95"], rows["high_95"]),
        enough_staff_pct=100.0 * (came <= rows["quantile_90"]),
    )
    summed = ["scored_forecasts", "observed", "orders", "absolute_error", "absolute_error_of_mean"]
    shares = ["inside_80_pct", "inside_95_pct", "enough_staff_pct"]
    key = [*SOURCES, "data_source", "level", "span", "business_date"]
    return DemandScores.conform(
        scored.groupby(key, as_index=False).agg({**dict.fromkeys(summed, "sum"), **dict.fromkeys(shares, "mean")})
    )


def _football(history: OrderHistory, past: DataFrame[ForecastBacktest], pair: SourcePair) -> Football:
    effects = window_effects(history, history.end)
    verdict = judged(Backtest.of_rows(rows_for_sources(past, *pair), history), effects, history.week_count)
    return Football(history, verdict.why_no_football)


def _names(panel: Panel) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(list(panel.names), names=STORE)


def _labelled(rows: pd.DataFrame, pair: SourcePair) -> pd.DataFrame:
    return rows.assign(order_source=pair[0], match_source=pair[1], data_source=str(combined_source(*pair)))


def _worded(rows: pd.DataFrame, fixtures: pd.DataFrame) -> pd.DataFrame:
    """Local times, and the match in words."""
    rows = rows.reset_index(drop=True)
    dates = {day: date_of(int(day)).isoformat() for day in rows["day"].unique()}
    rows["business_date"] = rows["day"].map(dates).astype("str")
    for name in ("match_id", "match", "local_start", "local_end"):
        rows[name] = pd.Series(None, index=rows.index, dtype="str")
    matches = fixtures.to_dict("records")
    for zone, at in rows.groupby("zone").groups.items():
        for name, column in (("local_start", "starts_at"), ("local_end", "ends_at")):
            rows.loc[at, name] = rows.loc[at, column].dt.tz_convert(str(zone)).dt.strftime("%H:%M")
        for number in sorted(set(rows.loc[at, "match_row"]) - {-1}):
            one = matches[number]
            words = f"{one['home_team']} – {one['away_team']}, {one['kickoff_at'].tz_convert(str(zone)):%H:%M}"
            of_match = at[rows.loc[at, "match_row"] == number]
            rows.loc[of_match, "match_id"], rows.loc[of_match, "match"] = one["match_id"], words
    return rows


def _observed(rows: pd.DataFrame, panel: Panel) -> np.ndarray:
    """Orders in each span; NaN if a quarter-hour is unknown for all shops of the unit, or one of them lost it."""
    start, end = (epoch_minutes(rows[name]) // BIN_MINUTES - panel.first_bin for name in ("starts_at", "ends_at"))
    bins = panel.counts.shape[1]
    first, last = np.clip(start, 0, bins), np.clip(end, 0, bins)
    found = np.full(len(rows), np.nan)
    cells = np.where(panel.is_known, panel.counts.astype(float), np.nan)
    for level in DemandLevel:
        units = Units.of(level, _names(panel))
        sums = np.where(units.any(panel.is_lost), np.nan, units.sums(cells))
        running = np.pad(np.cumsum(np.nan_to_num(sums), axis=1), ((0, 0), (1, 0)))
        gaps = np.pad(np.cumsum(np.isnan(sums), axis=1), ((0, 0), (1, 0)))
        labels = pd.MultiIndex.from_frame(units.labels.astype("str").fillna(""))
        own = pd.MultiIndex.from_frame(rows[["market", "chain", "store_id"]].astype("str").fillna(""))
        unit = labels.get_indexer(own)
        is_whole = (rows["level"] == level.value).to_numpy() & (unit >= 0) & (start >= 0) & (end <= bins)
        is_whole &= gaps[unit, last] == gaps[unit, first]
        found[is_whole] = (running[unit, last] - running[unit, first])[is_whole]
    return found
