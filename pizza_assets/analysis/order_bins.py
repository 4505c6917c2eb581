"""Orders per minute: a dense table of all minutes for which orders are known.

Covered minutes without orders are rows with 0; minutes outside the covered periods have no row, because nothing is
known about them. Matches and windows do not belong here.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.typing import DataFrame

from pizza_assets.analysis.order_batches import OrderBatches, every_batch
from pizza_assets.analysis.order_kernel import OrderSums, Series, Timeline, sum_orders
from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models import OrderBins
from pizza_assets.models.coverage import CoveredPeriod

_SERIES_COLUMNS = ["market", "chain", "currency"]
_TEXT = pa.large_string()  # the type behind pandas' str columns, which avoids a copy


Orders = TypeVar("Orders", bound=OrderBatches)


class _Grid(NamedTuple):
    """The cells of the table: every series and minute from `first_minute` on. is_covered: [series, minute]."""

    series: list[Series]
    first_minute: int
    minutes: int
    is_covered: np.ndarray


def bin_orders(
    orders: Orders,
    covered: Sequence[CoveredPeriod],
    starts_at: datetime,
    ends_at: datetime,
    *,
    order_source: str,
    engine: Callable[[Orders, Sequence[Series], Timeline], OrderSums] = sum_orders,
) -> DataFrame[OrderBins]:
    """One row per covered minute of [starts_at, ends_at), market, chain and currency, sorted by the table's key.

    `covered`: the periods that the source covers; every series in it gets its rows, with or without orders.
    `order_source`: the label of all rows. `orders` may come in any order and are never in memory all at once. engine:
    the function that counts them, with the same result as `sum_orders`.

    Raises ValueError for an order outside the period or outside `covered` (a source must cover every order that it
    delivers), for one with another label, and for edges that are not whole minutes.
    """
    grid = _grid(covered, starts_at, ends_at)
    _refuse_other_labels(orders, order_source)
    sums = engine(orders, grid.series, Timeline(grid.first_minute, grid.minutes))
    counts = sums.by_minute["order_count"].T
    if sums.stray_count or counts[~grid.is_covered].any():
        _refuse_uncovered(orders, grid)
    series, minute = np.nonzero(grid.is_covered)
    labels = list(zip(*grid.series, strict=True)) or [(), (), ()]
    rows = pd.DataFrame(
        {
            "order_source": _repeated([order_source], np.zeros_like(series)),
            **{name: _repeated(labels[i], series) for i, name in enumerate(_SERIES_COLUMNS)},
            "minute_at": times_of(minute + grid.first_minute),
            **{name: cells.T[grid.is_covered] for name, cells in sums.by_minute.items()},
            "store_ids": _store_ids(sums, counts > 0, grid.is_covered),
        }
    )
    return cast("DataFrame[OrderBins]", rows)


def _grid(covered: Sequence[CoveredPeriod], starts_at: datetime, ends_at: datetime) -> _Grid:
    inside = [part for period in covered if (part := period.clipped(starts_at, ends_at)) is not None]
    first, last = _whole_minute(starts_at, "starts_at"), _whole_minute(ends_at, "ends_at")
    series = sorted({(part.market, part.chain, part.currency) for part in inside})
    position = {names: i for i, names in enumerate(series)}
    is_covered = np.zeros((len(series), max(last - first, 0)), dtype=bool)
    for part in inside:
        edges = [
            _whole_minute(at, f"a covered period of {part.market}") - first for at in (part.starts_at, part.ends_at)
        ]
        is_covered[position[part.market, part.chain, part.currency], slice(*edges)] = True
    return _Grid(series, first, is_covered.shape[1], is_covered)


def _whole_minute(moment: datetime, name: str) -> int:
    if moment.tzinfo is None or moment.second or moment.microsecond:
        raise ValueError(f"{name}: {moment.isoformat()} must be a whole minute with a time zone to bin by minutes")
    return int(moment.timestamp()) // 60


def _refuse_other_labels(orders: OrderBatches, order_source: str) -> None:
    if all(_labels(batch) <= {order_source} for batch in every_batch(orders, ["order_source"])):
        return
    count, others = 0, []
    for batch in every_batch(orders, ["order_source", "order_id"]):
        count += batch.num_rows
        is_other = pc.not_equal(batch["order_source"].cast(pa.string()), order_source)
        others.append(batch["order_id"].filter(is_other))
    example = pa.chunked_array(others)
    raise ValueError(
        f"{len(example)} of {count} orders are not labelled {order_source!r} "
        f"(for example {example[0].as_py()!r}); bin real and mock orders separately"
    )


def _labels(batch: pa.RecordBatch) -> set[str]:
    """The labels in a batch; its dictionary may contain more, as batches share it."""
    encoded = batch["order_source"]
    labels = set(encoded.dictionary.to_pylist())
    return labels if len(labels) == 1 else set(encoded.dictionary.take(encoded.indices.unique()).to_pylist())


def _refuse_uncovered(orders: OrderBatches, grid: _Grid) -> None:
    """Read again, slowly, and raise an error with the number of uncovered orders and an example."""
    position = {names: i for i, names in enumerate(grid.series)}
    count, wrong, order = 0, 0, None
    for batch in every_batch(orders, ["order_id", "ordered_at", *_SERIES_COLUMNS]):
        frame = batch.to_pandas()
        minute = epoch_minutes(frame["ordered_at"]) - grid.first_minute
        series = [position.get(names, -1) for names in zip(*(frame[name] for name in _SERIES_COLUMNS), strict=True)]
        is_inside = (np.asarray(series) >= 0) & (minute >= 0) & (minute < grid.minutes)
        is_inside[is_inside] = grid.is_covered[np.asarray(series)[is_inside], minute[is_inside]]
        count, wrong = count + len(frame), wrong + int((~is_inside).sum())
        if order is None and not is_inside.all():
            order = frame.iloc[int(np.argmin(is_inside))]
    assert order is not None
    raise ValueError(
        f"{wrong} of {count} orders lie outside what their source covers, for example "
        f"{order['order_id']!r} of {order['chain']} in {order['market']} ({order['currency']}) at "
        f"{order['ordered_at'].isoformat()}; the source must cover every order it delivers"
    )


def _repeated(names: Sequence[str], positions: np.ndarray) -> pd.Series:
    return pd.Series(pa.array(names, _TEXT).take(pa.array(positions)), dtype="str")


def _store_ids(sums: OrderSums, has_orders: np.ndarray, is_covered: np.ndarray) -> pd.Series:
    """For each covered cell [series, minute], the sorted JSON list of stores that sold; empty without orders."""
    minutes = has_orders.shape[1]
    cells, stores = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number, names in enumerate(sums.series):
        rows = np.flatnonzero([outlet[:3] == names for outlet in sums.outlets])
        minute, store = np.nonzero(sums.is_sold[rows].T)
        cells.append(number * minutes + minute)
        stores.append(rows[store])
    cell, store = np.concatenate(cells), np.concatenate(stores)
    starts = np.append(np.flatnonzero(np.diff(cell, prepend=-1)), len(cell))
    names = [json.dumps(outlet.store_id, ensure_ascii=False) for outlet in sums.outlets]
    lists = pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), pa.array(names, _TEXT).take(pa.array(store)))
    texts = "[" + pd.Series(pc.binary_join(lists, pa.scalar(",", _TEXT)), dtype="str") + "]"
    rank_of_cell = np.where(has_orders, np.cumsum(has_orders).reshape(has_orders.shape) - 1, -1)
    return pd.Series(texts.array.take(rank_of_cell[is_covered], allow_fill=True))
