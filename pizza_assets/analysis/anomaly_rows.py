"""Rows of `order_anomalies`: each alarm with its store and time, the nearest match, and the data that show it.

Finding alarms belongs to anomalies.py.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.anomalies import find_anomalies
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.local_week import bins_of_week, local_days
from pizza_assets.analysis.lost_hour_alarms import with_lost_hours
from pizza_assets.analysis.outcomes import classify
from pizza_assets.analysis.panel import STORE, Panel
from pizza_assets.analysis.special_dates import special_cells
from pizza_assets.analysis.store_expectation import store_expectation
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WindowLengths, epoch_minutes, times_of, window_edges
from pizza_assets.models import OrderAnomalies, RawMatches
from pizza_assets.models.market import Market

MIN_WEEKS = 8
"""With fewer weeks of a source there is no usual level yet, so no anomalies."""
NEAR_MINUTES = 360
_MATCH_COLUMNS = ["match_id", "home_team", "away_team", "kickoff_at", "minutes_from_kickoff", "result", "match_source"]


def order_anomalies(
    panels: Mapping[str, Panel],
    matches: DataFrame[RawMatches],
    markets: Sequence[Market],
    lengths: WindowLengths,
    *,
    default_timezone: str = "UTC",
) -> DataFrame[OrderAnomalies]:
    """All alarms of all order sources. panels: store panels of all weeks, by order source. matches: all weeks.

    Sources are never pooled: usual mock orders say nothing about real ones. A source with fewer than MIN_WEEKS weeks
    has no alarms, nor has a special day of the market.
    """
    tables = [
        _alarms(panel, matches, markets, lengths, default_timezone).assign(order_source=source)
        for source, panel in sorted(panels.items())
        if panel.counts.size and len(panel.weeks) >= MIN_WEEKS
    ]
    filled = [table for table in tables if len(table)]
    if not filled:
        return OrderAnomalies.empty()
    found = pd.concat(filled, ignore_index=True)
    return OrderAnomalies.checked(found.assign(seen_in=_seen_in(found)))


def _alarms(
    panel: Panel, matches: pd.DataFrame, markets: Sequence[Market], lengths: WindowLengths, default_timezone: str
) -> pd.DataFrame:
    stores = panel.names.to_frame(index=False, name=STORE)
    clocks = {market.name: market.timezone for market in markets}
    zones = [clocks.get(name, default_timezone) for name in stores["market"]]
    exposed = exposures(matches, markets)
    day = local_days(panel.minutes, zones)
    is_known = panel.is_known & ~special_cells(stores["market"].tolist(), day, markets)
    places = bins_of_week(panel.minutes, zones)
    usual = store_expectation(
        panel.counts,
        is_known,
        places,
        panel.week,
        day,
        _event_lags(panel, stores["market"], exposed, matches, lengths),
    )
    alarms = with_lost_hours(find_anomalies(panel.counts, usual, day), panel.counts, is_known, places, day)
    named = stores.take(alarms["store"].to_numpy(dtype=np.int64)).reset_index(drop=True)
    minutes = {
        name: (alarms[name].to_numpy(dtype=np.int64) + panel.first_bin) * BIN_MINUTES for name in ("first", "end")
    }
    numbers = alarms[["kind", "expected", "p_value", "q_value", "expected_false_share"]]
    rows = pd.concat([named, numbers], axis=1).assign(
        observed=alarms["observed"].astype("int64"),
        starts_at=times_of(minutes["first"]),
        ends_at=times_of(minutes["end"]),
    )
    return pd.concat([rows, _nearest_match(named["market"], minutes, exposed, matches)], axis=1)


def _event_lags(
    panel: Panel, market_of_store: pd.Series, exposed: pd.DataFrame, matches: pd.DataFrame, lengths: WindowLengths
) -> np.ndarray:
    """Quarter-hours since the windows of the own team's match opened [store, bin]; -1 outside these windows."""
    lag = np.full(panel.counts.shape, -1, dtype=np.int16)
    edges = window_edges(matches, lengths)
    place = pd.MultiIndex.from_frame(matches[["match_source", "match_id"]])
    row = place.get_indexer(pd.MultiIndex.from_frame(exposed[["match_source", "match_id"]]))
    first = edges[row, 0] // BIN_MINUTES - panel.first_bin
    end = -(-edges[row, -1] // BIN_MINUTES) - panel.first_bin
    stores = market_of_store.groupby(market_of_store).indices
    for market, start, stop in zip(exposed["market"], first, end, strict=True):
        inside = np.arange(max(start, 0), min(stop, len(panel.week)))
        if market in stores and len(inside):
            lag[np.ix_(np.asarray(stores[market]), inside)] = (inside - start).astype(np.int16)
    return lag


def _nearest_match(
    market: pd.Series, minutes: Mapping[str, np.ndarray], exposed: pd.DataFrame, matches: pd.DataFrame
) -> pd.DataFrame:
    """For each alarm, the match of a followed team with the nearest kick-off, if within NEAR_MINUTES."""
    known = exposed.merge(
        classify(matches)[["match_source", "match_id", "home_team", "away_team", "result"]],
        on=["match_source", "match_id"],
    )
    kickoff = epoch_minutes(known["kickoff_at"])
    nearest = np.full(len(market), -1, dtype=np.int64)
    for name, rows in known.groupby("market").indices.items():
        for alarm in np.flatnonzero(market == name):
            gap = np.maximum(minutes["first"][alarm] - kickoff[rows], kickoff[rows] - minutes["end"][alarm])
            best = int(gap.argmin())
            if gap[best] <= NEAR_MINUTES:
                nearest[alarm] = rows[best]
    found = known.assign(minutes_from_kickoff=pd.array([None] * len(known), dtype="Int64"))[_MATCH_COLUMNS]
    taken = found.reindex(nearest).reset_index(drop=True)
    has_match = nearest >= 0
    after = np.where(has_match, minutes["first"] - kickoff[nearest] if len(kickoff) else 0, 0)
    taken["minutes_from_kickoff"] = pd.array(after, dtype="Int64")
    taken.loc[~has_match, "minutes_from_kickoff"] = pd.NA
    taken["kickoff_at"] = pd.to_datetime(taken["kickoff_at"], utc=True)
    return taken


def _seen_in(found: pd.DataFrame) -> list[str]:
    """The order source of each alarm; both if the other source has the same kind in the market at the same time."""
    labels = []
    for row in found.itertuples():
        others = found[
            (found["order_source"] != row.order_source)
            & (found["kind"] == row.kind)
            & (found["market"] == row.market)
            & (found["starts_at"] < row.ends_at)
            & (found["ends_at"] > row.starts_at)
        ]
        labels.append("both" if len(others) else row.order_source)
    return labels
