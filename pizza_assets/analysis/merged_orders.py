"""Orders that fall in a window of a match their market follows, with the nearest such match.

Labels are constant per market and minute, so they are worked out per market on the few stretches of time between
which anything changes, and every order looks its stretch up: no join of orders with windows. Sums over windows do
not belong here.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, edges_by_match, epoch_minutes
from pizza_assets.models import MergedOrders, RawMatches, RawOrders
from pizza_assets.models.market import Market


class _Stretches(NamedTuple):
    """One market's timeline: stretch i runs from `starts[i]` (epoch minute) to the next start; the last never ends."""

    starts: np.ndarray
    nearest: np.ndarray  # row of the exposures, meaningless where `overlapping` is 0
    overlapping: np.ndarray


def merge_orders(
    orders: DataFrame[RawOrders], matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths
) -> DataFrame[MergedOrders]:
    """One row per order that falls in a window of an exposed match, sorted by the table's key.

    `matches` holds the week of the orders and its neighbours; real and mock ones may both be there, the nearest
    counts and its label is carried. Nearest is the least distance in minutes between the order's minute and kick-off
    among the matches in one of whose windows the order falls; ties go to the earlier kick-off, then the smaller id.
    Raises ValueError if a match is there twice or kicks off within a minute.
    """
    # in the order that breaks ties, so that the first of equally near matches is the right one
    exposed = exposures(matches, markets).sort_values(["kickoff_at", "match_id", "match_source"], ignore_index=True)
    edges = edges_by_match(exposed, matches, lengths)
    minute = epoch_minutes(orders["ordered_at"])
    nearest, overlapping = _nearest(orders["market"], minute, exposed["market"], edges)
    is_in_window = overlapping > 0
    minute, nearest = minute[is_in_window], nearest[is_in_window]
    labels = exposed[["match_id", "team", "side", "kickoff_at", "match_source"]].take(nearest)
    window = (minute[:, None] >= edges[nearest, 1:3]).sum(axis=1)
    return MergedOrders.conform(
        orders[is_in_window].assign(
            **{name: labels[name].array for name in labels},
            window=pd.array([w.value for w in WINDOWS], dtype="str").take(window),
            minutes_from_kickoff=minute - edges[nearest, 1],
            overlapping_match_count=overlapping[is_in_window],
        )
    )


def _nearest(
    market_of_order: pd.Series, minute: np.ndarray, market_of_exposure: pd.Series, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Per order the row of its nearest exposure, and in how many exposures' windows it falls; 0 leaves the row void."""
    nearest = np.zeros(len(minute), dtype="int64")
    overlapping = np.zeros(len(minute), dtype="int64")
    for market, rows in market_of_exposure.groupby(market_of_exposure).indices.items():
        stretches = _stretches(edges[rows], rows)
        positions = np.flatnonzero(market_of_order == market)
        found = np.searchsorted(stretches.starts, minute[positions], side="right") - 1
        nearest[positions] = stretches.nearest[found]
        overlapping[positions] = np.where(found >= 0, stretches.overlapping[found], 0)
    return nearest, overlapping


def _stretches(edges: np.ndarray, rows: np.ndarray) -> _Stretches:
    """Cut one market's time wherever a window starts or ends or the nearest match changes.

    Of two matches the earlier is nearer up to and including the minute halfway between their kick-offs.
    """
    opening, kickoff, closing = edges[:, 0], edges[:, 1], edges[:, -1]
    earlier, later = np.triu_indices(len(rows), 1)
    do_overlap = opening[later] < closing[earlier]
    halfway = (kickoff[earlier] + kickoff[later])[do_overlap] // 2
    starts = np.unique(np.concatenate([opening, closing, halfway + 1]))
    is_open = (opening <= starts[:, None]) & (starts[:, None] < closing)
    distance = np.where(is_open, np.abs(starts[:, None] - kickoff), np.iinfo("int64").max)
    return _Stretches(starts, rows[distance.argmin(axis=1)], is_open.sum(axis=1))
