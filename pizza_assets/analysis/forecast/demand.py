"""The forecast of orders by shop and hour for the next 14 days, with and without matches, and its sums, in numbers.

Intervals and refusals come from the backtest of the same level (demand_backtest.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.backtest import LEVELS, MIN_WEEKS
from pizza_assets.analysis.forecast.coming import STAFFING_SHARE
from pizza_assets.analysis.forecast.demand_backtest import LEAST_EXPECTED, Football
from pizza_assets.analysis.forecast.demand_units import DAY, HOUR, Units, demand_targets, in_rows, selling
from pizza_assets.analysis.forecast.intervals import interval_ends, quantile
from pizza_assets.analysis.forecast.listed_days import CLOSED, LISTED
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.forecast.origin import OriginForecast, forecast_at
from pizza_assets.analysis.forecast.targets import (
    BINS_PER_HOUR,
    HORIZONS,
    SPANS,
    Targets,
    days_ahead,
    horizon_class,
    horizon_name,
)
from pizza_assets.analysis.local_week import BINS_PER_DAY
from pizza_assets.analysis.reasons import Reason, joined, split
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.models.orders_per_person import OrdersPerPerson
from pizza_assets.models.vocabulary import DemandLevel, ResultStatus

NUMBERS = (
    "orders",
    *(f"{side}_{level}" for level in LEVELS for side in ("low", "high")),
    "quantile_90",
)
"""Columns that are empty where no range is given. A mean is given on bank holidays and special days, too."""
MEANS = ("without_football", "with_football", "expected", "usual_orders")


@dataclass(frozen=True)
class Staffing:
    """pizzas_per_order: by market and chain; a missing one is not known."""

    orders_per_person: OrdersPerPerson
    pizzas_per_order: Mapping[tuple[str, str], float]


def demand_rows(
    shops: OrderHistory,
    levels: Sequence[Units],
    football: Football,
    past: pd.DataFrame,
    staffing: Staffing,
    now_column: int,
) -> pd.DataFrame:
    """Columns of DemandForecast, except labels, words and local times; and `match_row`, a row of the table of matches,
    `zone` and `day` (business day since 1970).

    past: `demand_backtest` of the same shops. now_column: hours that end before it have passed, and are left out.
    """
    forecast = forecast_at(shops, shops.end, football.effects(shops, shops.end))
    means = ("without", "with_football", "unaware", "seasonal")
    forecast = replace(forecast, **{name: selling(shops, forecast.cut, getattr(forecast, name)) for name in means})
    first = max(shops.end, now_column)
    tables = [
        _level_rows(shops, units, forecast, football, past[past["level"] == units.level], staffing, first)
        for units in levels
    ]
    return pd.concat(tables, ignore_index=True)


def _level_rows(
    shops: OrderHistory,
    units: Units,
    forecast: OriginForecast,
    football: Football,
    past: pd.DataFrame,
    staffing: Staffing,
    first: int,
) -> pd.DataFrame:
    targets = demand_targets(shops, units, forecast.cut, first)
    means = _means(units, forecast, targets, bool(football.why_not))
    has_begun = _has_begun(shops, units, targets)
    is_selling = (means["expected"] >= LEAST_EXPECTED).to_numpy()
    day = shops.day[units.row[targets.market], targets.start]
    is_over = has_begun & np.isin(day, day[has_begun & (means["expected"] < LEAST_EXPECTED)])
    is_wanted = is_selling | ((targets.span == DAY) & ~(is_over & ~np.isin(day, day[is_selling])))
    targets, has_begun = targets.chosen(is_wanted), has_begun[is_wanted]
    rows = means[is_wanted].reset_index(drop=True)
    ahead = np.where(has_begun, 0, days_ahead(targets, forecast.cut))
    k = _dispersion(past, targets, has_begun, forecast.cut)
    rows = pd.concat([units.labels.iloc[targets.market].reset_index(drop=True), rows], axis=1).assign(
        level=units.level.value,
        span=[SPANS[span].value for span in targets.span],
        starts_at=shops.times(targets.start).array,
        ends_at=shops.times(targets.end).array,
        days_ahead=ahead,
        shops=units.shops(np.isfinite(forecast.unaware).any(axis=1))[targets.market],
        origin_at=shops.times(np.full(len(rows), shops.end)).array,
    )
    of_shop = in_rows(targets, units)
    rows["day"] = shops.day[of_shop.market, of_shop.start]
    rows["zone"] = np.array(shops.zones)[of_shop.market]
    code = units.max(shops.holiday[:, shops.end :])[targets.market, targets.start - shops.end]
    rows["holiday"] = pd.array([shops.holiday_names[one - 1] if one else None for one in code], dtype="str")
    mean = rows["expected"].to_numpy()
    rows["orders"], rows["quantile_90"] = quantile(0.5, mean, k), quantile(STAFFING_SHARE, mean, k)
    for level in LEVELS:
        rows[f"low_{level}"], rows[f"high_{level}"] = interval_ends(level, mean, k)
    is_chain = units.level == DemandLevel.CHAIN
    rows["match_row"], window = (np.full(len(rows), -1),) * 2 if is_chain else _matches(shops, of_shop)
    rows["match_window"] = pd.Series([name.value for name in WINDOWS], dtype="str").reindex(window).array
    rows = _with_staffing(_judged(rows, shops, units, targets, past, k, forecast.unknown_holidays), staffing)
    return rows.assign(is_peak_hour=_peaks(rows), football_reasons=joined(football.why_not))


def _means(units: Units, forecast: OriginForecast, targets: Targets, is_unaware: bool) -> pd.DataFrame:
    cells = (forecast.without, forecast.with_football, forecast.unaware, forecast.seasonal)
    without, with_football, unaware, usual = (targets.sums(units.sums(of), forecast.cut) for of in cells)
    nothing = np.full(len(without), np.nan)
    return pd.DataFrame(
        {
            "without_football": unaware if is_unaware else without,
            "with_football": nothing if is_unaware else with_football,
            "expected": unaware if is_unaware else with_football,
            "usual_orders": usual,
        }
    )


def _has_begun(shops: OrderHistory, units: Units, targets: Targets) -> np.ndarray:
    """Whether part of a business day has passed, so that only the rest is forecast."""
    row, before = units.row[targets.market], np.maximum(targets.start - 1, 0)
    is_same_day = shops.day[row, targets.start] == shops.day[row, before]
    return (targets.span == DAY) & is_same_day & (targets.start > 0)


def _dispersion(past: pd.DataFrame, targets: Targets, has_begun: np.ndarray, cut: int) -> np.ndarray:
    """k of each target. The rest of a day lies between an hour and a whole day, by its share of the day."""
    spans, names = [SPANS[span].value for span in (HOUR, DAY)], [horizon_name(one) for one in range(len(HORIZONS))]
    table = past.set_index(["span", "horizon"])["dispersion"].reindex(pd.MultiIndex.from_product([spans, names]))
    by_span = table.to_numpy(dtype=float).reshape(2, len(HORIZONS))
    horizon = np.minimum(horizon_class(np.maximum(days_ahead(targets, cut), 1)), len(HORIZONS) - 1)
    hour, day = by_span[0][horizon], by_span[1][horizon]
    share = np.minimum((targets.end - targets.start) / BINS_PER_DAY, 1.0)
    return np.where(targets.span == HOUR, hour, np.where(has_begun, day * share + hour * (1 - share), day))


def _judged(
    rows: pd.DataFrame,
    shops: OrderHistory,
    units: Units,
    targets: Targets,
    past: pd.DataFrame,
    k: np.ndarray,
    unknown_holidays: np.ndarray,
) -> pd.DataFrame:
    """The rows with status and reasons; without numbers where they are refused."""
    of_span = past.drop_duplicates("span").set_index("span")
    reasons = of_span["reasons"].reindex(rows["span"])
    known = shops.is_known[:, : shops.end]
    weeks = np.array([len(np.unique(shops.week[: shops.end][of])) for of in known])
    is_silent = shops.silent_rows(shops.end)
    longest, any_recent = np.zeros(units.count, dtype=int), np.zeros(units.count, dtype=bool)
    np.maximum.at(longest, units.unit_of_shop, weeks)
    np.logical_or.at(any_recent, units.unit_of_shop, ~is_silent)
    ahead = slice(shops.end, shops.listed.shape[1])
    at = targets.market, targets.start - shops.end
    is_holiday, is_listed = (units.any(of[:, ahead])[at] for of in (shops.holiday > 0, shops.listed == LISTED))
    is_unknown = units.any(np.isin(shops.holiday[:, ahead], unknown_holidays))[at]
    is_closed = ~units.any(shops.listed[:, ahead] != CLOSED)[at]
    sells_nothing = (
        any_recent[targets.market] & ~is_closed & ~is_unknown & ~(rows["expected"] >= LEAST_EXPECTED).to_numpy()
    )
    has_begun = (rows["days_ahead"] == 0).to_numpy()
    problems = {
        Reason.SHOP_TOO_NEW: (longest < MIN_WEEKS)[targets.market],
        Reason.SHOP_SILENT: ~any_recent[targets.market],
        Reason.SHOP_CLOSED: sells_nothing & ~has_begun,
        Reason.SHOP_DONE: sells_nothing & has_begun,
        Reason.BANK_HOLIDAY: is_holiday & ~is_unknown & ~is_closed,
        Reason.HOLIDAY_UNKNOWN: is_unknown & ~is_closed,
        Reason.LISTED_DAY: is_listed & ~is_closed,
        Reason.LISTED_AS_CLOSED: is_closed,
        Reason.TOO_FEW_SCORED: np.isnan(k) & reasons.isna().to_numpy(),
    }
    texts = [
        joined([*split(text), *(reason for reason, holds in problems.items() if holds[number])])
        for number, text in enumerate(reasons)
    ]
    is_refused = np.array([text is not None for text in texts], dtype=bool)
    unlike = {Reason.BANK_HOLIDAY, Reason.LISTED_DAY}
    is_only_unlike = np.array([text is not None and unlike.issuperset(split(text)) for text in texts], dtype=bool)
    rows["reasons"] = pd.array(texts, dtype="str")
    rows["status"] = np.where(is_refused, ResultStatus.INSUFFICIENT_DATA.value, ResultStatus.OK.value)
    rows["skill_against_mean_pct"] = of_span["skill_against_mean_pct"].reindex(rows["span"]).to_numpy()
    rows.loc[is_refused, list(NUMBERS)] = np.nan
    rows.loc[is_refused & ~is_only_unlike, list(MEANS)] = np.nan
    return rows[(rows["span"] == SPANS[DAY].value) | ~is_refused | is_only_unlike].copy()


def _with_staffing(rows: pd.DataFrame, staffing: Staffing) -> pd.DataFrame:
    is_hour = rows["span"] == SPANS[HOUR].value
    ratios = pd.Series(staffing.pizzas_per_order, dtype=float)
    key = pd.MultiIndex.from_frame(rows[["market", "chain"]])
    per_person = pd.Series(
        [staffing.orders_per_person.of(None if pd.isna(market) else market, chain) for market, chain in key],
        index=rows.index,
        dtype=float,
    )
    ratio = ratios.reindex(key).to_numpy() if len(ratios) else np.full(len(rows), np.nan)
    return rows.assign(
        people=np.ceil((rows["quantile_90"] / per_person).where(is_hour)),
        pizzas=rows["expected"] * ratio,
        pizzas_90=np.ceil(rows["quantile_90"] * ratio),
    )


def _peaks(rows: pd.DataFrame) -> np.ndarray:
    """Whether a row is the busiest hour of its business day, of those with a range."""
    hours = rows[(rows["span"] == SPANS[HOUR].value) & (rows["status"] == ResultStatus.OK)]
    busiest = hours.groupby(["market", "chain", "store_id", "day"], dropna=False)["expected"].idxmax()
    return rows.index.isin(busiest)


def _matches(shops: OrderHistory, targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """The own match around each target, as a row of the table of matches, and the window in which most of it lies;
    -1 where there is none."""
    footprint, width = shops.footprint, shops.counts.shape[1]
    match, window = np.full(len(targets.start), -1), np.full(len(targets.start), -1)
    touched = (footprint.share > 0) & (footprint.column >= shops.end)
    inside = np.broadcast_to(np.arange(len(footprint.own))[:, None], touched.shape)[touched]
    cell = footprint.market[inside] * width + footprint.column[touched]
    of_cell = dict(zip(cell.tolist(), inside.tolist(), strict=True))
    for number in np.flatnonzero(np.isin(targets.market, footprint.market) & (targets.span == HOUR)):
        base = targets.market[number] * width
        found = [of_cell[at] for at in range(base + targets.start[number], base + targets.end[number]) if at in of_cell]
        if found:
            most = max(set(found), key=lambda one: (found.count(one), -one))
            match[number], window[number] = shops.own.match[footprint.own[most]], footprint.window[most]
    return match, window


def column_at(shops: OrderHistory, minute: int) -> int:
    """The earliest column at which an hour may begin that still runs at this epoch minute: it stays in the forecast."""
    return int(np.clip(minute // BIN_MINUTES - shops.first_bin - (BINS_PER_HOUR - 1), 0, shops.end + HORIZON))
