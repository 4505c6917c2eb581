"""Observed and expected orders by quarter-hour around matches: the extract behind the match day."""

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import MatchTimelineExtract
from pizza_assets.models.results import ExpectedOrders, MatchImpact
from pizza_assets.models.vocabulary import Window

BIN_MINUTES = 15
HOURS_BEFORE, HOURS_AFTER = 3, 5
"""The hours shown before and after kick-off."""
_SOURCES = ["order_source", "match_source"]
_PLACE = [*_SOURCES, "match_id", "market"]
_COPIED = ["kickoff_at", "competition", "home_team", "away_team", "team", "side", "data_source"]
_MICROSECONDS_PER_BIN = BIN_MINUTES * 60_000_000


def match_timeline(
    match_impact: DataFrame[MatchImpact],
    expected_orders: DataFrame[ExpectedOrders],
    match_types: pd.DataFrame,
    store_counts: pd.DataFrame,
) -> DataFrame[MatchTimelineExtract]:
    """The known quarter-hours that begin from HOURS_BEFORE kick-off until HOURS_AFTER it, over all chains of a market.

    One row per pair of sources, match and market of `match_impact` and quarter-hour of `expected_orders`, with the
    window in which it begins. match_types: match_source, match_id, match_type; matches without a type are left out.
    store_counts: store_count by pair of sources, match_id, market and window; a match gets its windows' maximum.
    """
    if match_impact.empty:
        return MatchTimelineExtract.empty()
    matches = _matches(match_impact).merge(match_types, on=["match_source", "match_id"])
    most = store_counts.groupby(_PLACE, as_index=False)["store_count"].max()
    matches = matches.merge(most, on=_PLACE, how="left")
    matches["store_count"] = matches["store_count"].fillna(0).astype("int64")
    rows = _with_bins(matches).merge(
        expected_orders[[*_SOURCES, "market", "bin_at", "observed", "expected"]], on=[*_SOURCES, "market", "bin_at"]
    )
    from_kickoff = (rows["bin_at"] - rows["kickoff_at"]).dt.total_seconds() // 60
    named = rows.rename(columns={"observed": "order_count", "expected": "expected_orders"})
    return MatchTimelineExtract.conform(
        named.assign(minutes_from_kickoff=from_kickoff.astype("int64"), period=_periods(rows))
    )


def _matches(match_impact: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of sources, match and market, with the bounds of its windows."""
    edges = {"earlier": ("window_start_at", "min"), "later": ("window_end_at", "max")}
    copied = {name: (name, "first") for name in _COPIED}
    matches = match_impact.groupby(_PLACE, as_index=False, sort=False).agg(**copied, **edges)
    during = match_impact[match_impact["window"] == Window.DURING]
    return matches.merge(during[[*_PLACE, "window_end_at"]], on=_PLACE, how="left")


def _with_bins(matches: pd.DataFrame) -> pd.DataFrame:
    """Every match once for each quarter-hour around it, whose start is bin_at."""
    kickoff = matches["kickoff_at"].to_numpy("datetime64[us]").astype("int64")
    # the first quarter-hour that starts no earlier than HOURS_BEFORE
    first = -(-(kickoff - HOURS_BEFORE * 3_600_000_000) // _MICROSECONDS_PER_BIN)
    count = (HOURS_BEFORE + HOURS_AFTER) * 60 // BIN_MINUTES
    instants = ((first[:, None] + np.arange(count)) * _MICROSECONDS_PER_BIN).ravel().view("datetime64[us]")
    repeated = matches.loc[matches.index.repeat(count)].reset_index(drop=True)
    return repeated.assign(bin_at=pd.Series(instants).dt.tz_localize("UTC"))


def _periods(rows: pd.DataFrame) -> np.ndarray:
    at = rows["bin_at"]
    is_in = [at < rows["earlier"], at < rows["kickoff_at"], at < rows["window_end_at"], at < rows["later"]]
    return np.select(is_in, ["earlier", *(window.value for window in Window)], default="later")
