"""Observed against expected orders of every match, exposed market and window.

A single match is noisy: averages over matches and their significance belong to effects.py.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.control_orders import MIN_CONTROL_ORDERS, ControlOrders
from pizza_assets.analysis.dispersion import count_interval, extra_variance
from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid, SourcePair, bins_under
from pizza_assets.analysis.outcomes import classify
from pizza_assets.analysis.overlaps import shared_windows
from pizza_assets.analysis.reasons import FEW_CONTROL_MARKETS, MIN_CONTROL_MARKETS, Reason, joined
from pizza_assets.analysis.special_dates import special_day_names
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import MatchImpact, MatchWindows, RawMatches
from pizza_assets.models.labels import SOURCES, rows_for_sources
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import MatchStatus, ResultStatus, combined_source

_WINDOW_KEY = [*SOURCES, "match_id", "market", "window"]
_MATCH_COLUMNS = [
    "season",
    "home_team",
    "away_team",
    "home_goals",
    "away_goals",
    "result",
    "is_tournament",
    "is_final",
    "status",
]
_AHEAD = [MatchStatus.SCHEDULED, MatchStatus.TIMED]


def match_impact(
    match_windows: DataFrame[MatchWindows],
    grids: Mapping[SourcePair, ExpectedGrid],
    matches: DataFrame[RawMatches],
    markets: Sequence[Market],
    lengths: WindowLengths,
) -> DataFrame[MatchImpact]:
    """One row per match, exposed market and window, summed over chains; future matches are left out.

    match_windows, grids, matches: all weeks. A window's expectation is the sum over its quarter-hours, each weighted by
    its share inside the window. Uplift and interval are empty, with the reason in words, where the match is not
    finished or on a special day of its market, orders or expectations are not known for the whole window, nothing is
    expected, fewer than MIN_CONTROL_MARKETS other markets were free, they sell too little at this time of the week
    (MIN_CONTROL_ORDERS), or another followed match covers part of the window (see `shared_windows`: such orders cannot
    be attributed to one match).
    The interval is that of a single count: see `dispersion.count_interval`.
    """
    windows = _with_match(_summed_over_chains(match_windows), matches)
    if windows.empty:
        return MatchImpact.empty()
    shared = shared_windows(matches, markets, lengths).assign(is_shared=True)
    windows = windows.merge(shared, on=["match_source", "match_id", "market", "window"], how="left")
    windows["is_shared"] = windows["is_shared"].notna()
    zones = {market.name: market.timezone for market in markets}
    local = _local_times(windows, zones)
    windows["kickoff_date"], windows["kickoff_time"] = local.str[:10], local.str[11:]
    windows["special_day"] = special_day_names(windows["market"], windows["kickoff_date"], markets)
    tables = [
        _impact(rows_for_sources(windows, *sources), grids.get(sources, EMPTY_GRID), *sources)
        for sources in windows[SOURCES].drop_duplicates().itertuples(index=False, name=None)
    ]
    return MatchImpact.checked(pd.concat(tables, ignore_index=True))


def _summed_over_chains(match_windows: pd.DataFrame) -> pd.DataFrame:
    # a chain is known if one of its currencies is: the old one ends when a chain changes its currency
    by_chain = match_windows.groupby([*_WINDOW_KEY, "chain"])["is_complete"].any()
    by_window = match_windows.groupby(_WINDOW_KEY)
    summed = by_window.agg(
        sport=("sport", "first"),
        competition=("competition", "first"),
        kickoff_at=("kickoff_at", "first"),
        team=("team", "first"),
        side=("side", "first"),
        window_start_at=("window_start_at", "first"),
        window_end_at=("window_end_at", "first"),
        observed=("order_count", "sum"),
        revenue_cents=("revenue_cents", "sum"),
        currency=("currency", "min"),
        last_currency=("currency", "max"),
    )
    summed["is_complete"] = by_chain.groupby(_WINDOW_KEY).all()
    several = summed["currency"] != summed["last_currency"]
    summed["currency"] = summed["currency"].mask(several)
    summed["revenue_cents"] = summed["revenue_cents"].astype("Int64").mask(several)
    return summed.reset_index()


def _with_match(windows: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    known = classify(matches)[["match_source", "match_id", *_MATCH_COLUMNS]].rename(columns={"status": "match_status"})
    joined_windows = windows.merge(known, on=["match_source", "match_id"])
    return joined_windows[~joined_windows["match_status"].isin(_AHEAD)].reset_index(drop=True)


def _local_times(windows: pd.DataFrame, zones: dict[str, str]) -> pd.Series:
    zone_of_row = windows["market"].map(zones)
    dates = pd.Series("", index=windows.index, dtype="str")
    for zone in zone_of_row.unique():
        rows = zone_of_row == zone
        dates[rows] = windows.loc[rows, "kickoff_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M")
    return dates


def _impact(windows: pd.DataFrame, grid: ExpectedGrid, order_source: str, match_source: str) -> pd.DataFrame:
    expected, controls, problems = _expectation(windows, grid)
    problems = {
        Reason.NOT_FINISHED: (windows["match_status"] != MatchStatus.FINISHED).to_numpy(),
        Reason.SPECIAL_DAY: windows["special_day"].notna().to_numpy(),
        **problems,
        **_thin(windows, grid, expected),
        Reason.OVERLAPPING_MATCH: windows["is_shared"].to_numpy(),
    }
    is_ok = ~np.any(list(problems.values()), axis=0)
    notes = {**problems, Reason.FEW_CONTROLS: is_ok & (controls < FEW_CONTROL_MARKETS)}
    observed = windows["observed"].to_numpy(dtype=float)
    k = extra_variance(grid.observed, grid.expected, grid.is_known & ~grid.is_masked)
    low, high = np.full(len(windows), np.nan), np.full(len(windows), np.nan)
    low[is_ok], high[is_ok] = count_interval(observed[is_ok], expected[is_ok], k, controls[is_ok])
    uplift = np.divide(observed, expected, out=np.full(len(windows), np.nan), where=is_ok) - 1
    hours = (windows["window_end_at"] - windows["window_start_at"]).dt.total_seconds().to_numpy() / 3600
    return windows.assign(
        expected=expected,
        uplift_pct=100 * uplift,
        ci_low_pct=100 * (low - 1),
        ci_high_pct=100 * (high - 1),
        extra_orders=np.where(is_ok, observed - expected, np.nan),
        orders_per_hour=np.where(windows["is_complete"], observed / hours, np.nan),
        control_market_count=controls,
        status=np.where(is_ok, ResultStatus.OK.value, ResultStatus.INSUFFICIENT_DATA.value),
        reasons=_texts(notes),
        data_source=combined_source(order_source, match_source),
    )


def _expectation(windows: pd.DataFrame, grid: ExpectedGrid) -> tuple[np.ndarray, np.ndarray, dict[Reason, np.ndarray]]:
    """For each window, expected orders (NaN if unknown), fewest control markets, and the reasons why it is unknown."""
    bins, share = bins_under(windows["window_start_at"], windows["window_end_at"])
    row, column, inside = grid.locate(windows["market"], bins)
    needed = share > 0
    if grid.expected.size:
        cells = np.where(inside, grid.expected[row, column], np.nan)
        is_known = inside & grid.is_known[row, column]
        controls = np.where(inside, grid.control_count[row, column].astype(np.int64), 0)
    else:
        cells, is_known, controls = np.full(bins.shape, np.nan), inside, np.zeros(bins.shape, dtype=np.int64)
    expected = np.where(needed, share * cells, 0.0).sum(axis=1)
    is_incomplete = ~windows["is_complete"].to_numpy() | (needed & ~is_known).any(axis=1)
    unanswered = needed & is_known & np.isnan(cells)
    # a closed quarter-hour needs no control market
    needs_controls = needed & (cells != 0)
    fewest = np.where(needs_controls, controls, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
    has_converged = grid.has_converged[row[:, 0]] if len(grid.markets) else np.ones(len(row), dtype=bool)
    problems = {
        Reason.ORDERS_INCOMPLETE: is_incomplete,
        Reason.NOT_CONVERGED: unanswered.any(axis=1) & ~has_converged,
        Reason.NO_CONTROL_MARKET: (unanswered & (controls == 0)).any(axis=1) & has_converged,
        Reason.TOO_FEW_FREE_WEEKS: (unanswered & (controls > 0)).any(axis=1) & has_converged,
        Reason.ONE_CONTROL_MARKET: np.isfinite(expected) & (fewest > 0) & (fewest < MIN_CONTROL_MARKETS),
    }
    return expected, np.where(needs_controls.any(axis=1), fewest, 0), problems


def _thin(windows: pd.DataFrame, grid: ExpectedGrid, expected: np.ndarray) -> dict[Reason, np.ndarray]:
    """The windows whose expectation is zero or has too few control orders, by reason."""
    if not grid.expected.size:
        return {}
    bins, share = bins_under(windows["window_start_at"], windows["window_end_at"])
    row, column, inside = grid.locate(windows["market"], bins)
    orders = ControlOrders.of(grid)
    # a quarter-hour in which the market never sells needs no control orders
    sells_then = inside & (orders.own_habit(row, column) > 0)
    minutes = np.where(sells_then, np.rint(share * BIN_MINUTES), 0)  # whole, so that sums are exact
    habitual, present = (
        (minutes * orders_of(row, column)).sum(axis=1) for orders_of in (orders.others_habit, orders.sold_by_others)
    )
    sells = minutes.any(axis=1)
    is_thin = habitual < MIN_CONTROL_ORDERS * minutes.sum(axis=1)
    is_zero = expected == 0
    return {
        Reason.NOTHING_EXPECTED: is_zero & ~sells,
        Reason.NOTHING_ELSE_SOLD: is_zero & sells & (present > 0) & ~is_thin,
        Reason.TOO_FEW_CONTROL_ORDERS: np.isfinite(expected) & sells & (is_thin | (is_zero & (present == 0))),
    }


def _texts(notes: dict[Reason, np.ndarray]) -> pd.Series:
    """The reasons that apply to each row as one text, empty if there are none."""
    bits = np.zeros(len(next(iter(notes.values()))), dtype=np.int64)
    for position, holds in enumerate(notes.values()):
        bits |= holds.astype(np.int64) << position
    texts = {
        value: joined(reason for position, reason in enumerate(notes) if value >> position & 1)
        for value in set(bits.tolist())
    }
    return pd.Series(bits).map(texts).astype("str")
