"""Orders in a window of a match that their market follows, with the nearest such match.

The nearest match is the same for all orders of a market and minute. So each market's time is cut into the few stretches
with a constant answer, and every order looks its stretch up, without a join of orders with windows. Sums over windows
do not belong here.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pandera.typing import DataFrame

from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.order_batches import OrderBatches, every_batch
from pizza_assets.analysis.order_kernel import MICROSECONDS_PER_MINUTE
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, edges_by_match
from pizza_assets.models import MergedOrders, RawMatches
from pizza_assets.models.market import Market

_LABELS = ("match_id", "team", "side", "kickoff_at", "match_source")
_ORDER_COLUMNS = tuple(
    name
    for name in MergedOrders.arrow_schema().names
    if name not in {*_LABELS, "window", "minutes_from_kickoff", "overlapping_match_count"}
)


class _Stretches(NamedTuple):
    """One market's timeline: stretch i runs from `starts[i]` (epoch minute) to the next start; the last has no end."""

    starts: np.ndarray
    nearest: np.ndarray  # row of the exposures, meaningless where `overlapping` is 0
    overlapping: np.ndarray


class _Timelines(NamedTuple):
    """The stretches of all markets by minute.

    stretch: [market, minute] -> position in `nearest` and `overlapping`; position 0 means outside all windows. The last
    market and the last minute stand for orders whose market or minute has no window.
    """

    first_minute: int
    market_number: dict[str, int]
    stretch: np.ndarray
    nearest: np.ndarray
    overlapping: np.ndarray


def merge_batches(
    orders: OrderBatches, matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths
) -> Iterator[pa.RecordBatch]:
    """Rows of merged_orders, in the order of `orders`: one per order in a window of an exposed match.

    `matches` holds the week of the orders and its neighbours, possibly both real and mock; the label is that of the
    nearest match. The nearest is the one with the smallest distance in minutes between order and kick-off, of the
    matches with a window that contains the order; ties go to the earlier kick-off, then the smaller id.
    Raises ValueError for a duplicate match, or if a kick-off is not a whole minute.
    """
    exposed, edges = _exposed(matches, markets, lengths)
    labels = pa.table({name: pa.array(exposed[name], MergedOrders.arrow_schema().field(name).type) for name in _LABELS})
    timelines = _timelines(exposed["market"], edges)
    for batch in every_batch(orders, _ORDER_COLUMNS):
        yield _merged(batch, timelines, edges, labels)


def nearest_match_sources(
    orders: OrderBatches, matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths
) -> set[str]:
    """The match labels of the rows of `merge_batches`, without building them; stops reading once all are found."""
    exposed, edges = _exposed(matches, markets, lengths)
    timelines, possible, found = _timelines(exposed["market"], edges), set(exposed["match_source"]), set[str]()
    for batch in every_batch(orders, ("ordered_at", "market")):
        if found == possible:
            break
        stretch = np.unique(_stretch_of_order(batch, timelines)[1])
        found |= set(exposed["match_source"].take(timelines.nearest[stretch[stretch > 0]]))
    return found


def _exposed(
    matches: pd.DataFrame, markets: Sequence[Market], lengths: WindowLengths
) -> tuple[pd.DataFrame, np.ndarray]:
    """Exposures, sorted so that the first of equally near matches wins, and their window edges."""
    exposed = exposures(matches, markets).sort_values(["kickoff_at", "match_id", "match_source"], ignore_index=True)
    return exposed, edges_by_match(exposed, matches, lengths)


def _stretch_of_order(batch: pa.RecordBatch, timelines: _Timelines) -> tuple[np.ndarray, np.ndarray]:
    """Each order's minute and its position in `timelines.nearest`."""
    minute = np.floor_divide(batch["ordered_at"].view(pa.int64()).to_numpy(), MICROSECONDS_PER_MINUTE)
    return minute, timelines.stretch[_market_numbers(batch["market"], timelines), _columns(minute, timelines)]


def _merged(batch: pa.RecordBatch, timelines: _Timelines, edges: np.ndarray, labels: pa.Table) -> pa.RecordBatch:
    minute, stretch = _stretch_of_order(batch, timelines)
    rows = np.flatnonzero(stretch)
    stretch, minute = stretch[rows], minute[rows]
    nearest = timelines.nearest[stretch]
    start, whistle = edges[nearest, 1], edges[nearest, 2]
    window = (minute >= start).astype(np.int64) + (minute >= whistle)
    kept = batch.take(pa.array(rows))
    columns = {
        **{name: _plain(kept[name]) for name in _ORDER_COLUMNS},
        **{name: column.combine_chunks() for name, column in zip(_LABELS, labels.take(pa.array(nearest)), strict=True)},
        "window": pa.array([w.value for w in WINDOWS], pa.string()).take(pa.array(window)),
        "minutes_from_kickoff": pa.array(minute - start),
        "overlapping_match_count": pa.array(timelines.overlapping[stretch]),
    }
    schema = MergedOrders.arrow_schema()
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _market_numbers(market: pa.DictionaryArray, timelines: _Timelines) -> np.ndarray:
    nowhere = len(timelines.market_number)
    numbers = [timelines.market_number.get(name, nowhere) for name in market.dictionary.to_pylist()]
    return np.asarray(numbers, dtype=np.int64)[market.indices.to_numpy()]


def _columns(minute: np.ndarray, timelines: _Timelines) -> np.ndarray:
    """Columns of minutes in `timelines.stretch`; minutes outside it get the last column."""
    last = timelines.stretch.shape[1] - 1
    columns = minute - timelines.first_minute
    columns[(columns < 0) | (columns > last)] = last
    return columns


def _timelines(market_of_exposure: pd.Series, edges: np.ndarray) -> _Timelines:
    first, end = (int(edges.min()), int(edges.max())) if len(edges) else (0, 0)
    rows_by_market = market_of_exposure.groupby(market_of_exposure).indices
    stretch = np.zeros((len(rows_by_market) + 1, end - first + 1), dtype=np.int32)
    nearest, overlapping = [np.zeros(1, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
    offset = 1
    for number, rows in enumerate(rows_by_market.values()):
        found = _stretches(edges[rows], rows)
        positions = np.where(found.overlapping > 0, np.arange(offset, offset + len(found.starts)), 0)
        at = np.searchsorted(found.starts, np.arange(first, end + 1), side="right") - 1
        stretch[number] = np.where(at >= 0, positions[at], 0)
        nearest.append(found.nearest)
        overlapping.append(found.overlapping)
        offset += len(found.starts)
    numbers = {str(market): number for number, market in enumerate(rows_by_market)}
    return _Timelines(first, numbers, stretch, np.concatenate(nearest), np.concatenate(overlapping))


def _stretches(edges: np.ndarray, rows: np.ndarray) -> _Stretches:
    """Cut one market's time wherever a window starts or ends or the nearest match changes.

    Of two matches, the earlier is nearer up to and including the minute halfway between their kick-offs.
    """
    opening, kickoff, closing = edges[:, 0], edges[:, 1], edges[:, -1]
    earlier, later = np.triu_indices(len(rows), 1)
    do_overlap = opening[later] < closing[earlier]
    halfway = (kickoff[earlier] + kickoff[later])[do_overlap] // 2
    starts = np.unique(np.concatenate([opening, closing, halfway + 1]))
    is_open = (opening <= starts[:, None]) & (starts[:, None] < closing)
    distance = np.where(is_open, np.abs(starts[:, None] - kickoff), np.iinfo("int64").max)
    return _Stretches(starts, rows[distance.argmin(axis=1)], is_open.sum(axis=1))
