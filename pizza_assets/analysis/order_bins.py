"""Orders counted once per minute: a dense table of every minute for which orders are known.

Covered minutes without an order are zero rows; minutes outside the covered periods have no row, because nothing
is known about them. Matches and windows do not belong here.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.typing import DataFrame

from pizza_assets.analysis.windows import epoch_minutes, times_of
from pizza_assets.models import OrderBins, RawOrders
from pizza_assets.models.coverage import CoveredPeriod

_SERIES_COLUMNS = ["market", "chain", "currency"]
_TEXT = pa.large_string()  # what pandas' str columns hold, so they are taken over without a copy


class _Grid(NamedTuple):
    """The cells of a table: cell = position in `series` * `minutes` + minutes since `first_minute`."""

    series: list[tuple[str, str, str]]
    first_minute: int
    minutes: int
    is_covered: np.ndarray


def bin_orders(
    orders: DataFrame[RawOrders],
    covered: Sequence[CoveredPeriod],
    starts_at: datetime,
    ends_at: datetime,
    *,
    order_source: str,
) -> DataFrame[OrderBins]:
    """One row per covered minute of [starts_at, ends_at), market, chain and currency, sorted by the table's key.

    `covered` says what the source has spoken for; every series it names in the period gets its rows, with or without
    orders. `order_source` is the label of all rows. The order of `orders` does not matter.

    Raises ValueError for an order outside the period or outside what is covered (a source that delivers an order it
    does not cover is a bug), for one with another label, and for edges that are not on whole minutes.
    """
    grid = _grid(covered, starts_at, ends_at)
    _refuse_other_labels(orders, order_source)
    cell_of_order = _cells(orders, grid)
    cell_count = len(grid.is_covered)
    # bincount adds in float64: exact below 2**53, that is for 90 million orders of the highest allowed value a minute
    order_count = np.bincount(cell_of_order, minlength=cell_count)
    revenue = np.bincount(cell_of_order, weights=orders["revenue_cents"].to_numpy(), minlength=cell_count)
    pizzas = np.bincount(cell_of_order, weights=orders["pizza_count"].to_numpy(), minlength=cell_count)
    cells = np.flatnonzero(grid.is_covered)
    series, minute = np.divmod(cells, grid.minutes)
    labels = list(zip(*grid.series, strict=True)) or [(), (), ()]
    return pd.DataFrame(
        {
            "order_source": _repeated([order_source], np.zeros_like(series)),
            **{name: _repeated(labels[i], series) for i, name in enumerate(_SERIES_COLUMNS)},
            "minute_at": times_of(minute + grid.first_minute),
            "order_count": order_count[cells],
            "revenue_cents": revenue[cells].astype("int64"),
            "pizza_count": pizzas[cells].astype("int64"),
            "store_ids": _store_ids(cell_of_order, orders["store_id"], order_count > 0, cells),
        }
    )


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
    return _Grid(series, first, is_covered.shape[1], is_covered.ravel())


def _whole_minute(moment: datetime, name: str) -> int:
    if moment.tzinfo is None or moment.second or moment.microsecond:
        raise ValueError(f"{name}: {moment.isoformat()} must be a whole minute and have a zone to bin by minutes")
    return int(moment.timestamp()) // 60


def _refuse_other_labels(orders: pd.DataFrame, order_source: str) -> None:
    others = np.flatnonzero(orders["order_source"] != order_source)
    if len(others):
        raise ValueError(
            f"{len(others)} of {len(orders)} orders are not labelled {order_source!r} "
            f"(for example {orders['order_id'].iloc[others[0]]!r}); bin real and mock orders separately"
        )


def _cells(orders: pd.DataFrame, grid: _Grid) -> np.ndarray:
    series = _series_positions(orders, grid.series)
    minute = epoch_minutes(orders["ordered_at"]) - grid.first_minute
    is_inside = (series >= 0) & (minute >= 0) & (minute < grid.minutes)
    cells = np.where(is_inside, series * grid.minutes + minute, 0)
    if is_inside.any():
        is_inside &= grid.is_covered[cells]
    if not is_inside.all():
        order = orders.iloc[int(np.argmin(is_inside))]
        raise ValueError(
            f"{(~is_inside).sum()} of {len(orders)} orders lie outside what their source covers, for example "
            f"{order['order_id']!r} of {order['chain']} in {order['market']} ({order['currency']}) at "
            f"{order['ordered_at'].isoformat()}; the source must cover every order it delivers"
        )
    return cells


def _series_positions(orders: pd.DataFrame, series: list[tuple[str, str, str]]) -> np.ndarray:
    """Per order its position in `series`, or -1."""
    codes, names = zip(*(pd.factorize(orders[column]) for column in _SERIES_COLUMNS), strict=True)
    position = {name: i for i, name in enumerate(series)}
    shape = tuple(len(n) for n in names)
    combined = codes[0] * shape[1] * shape[2] + codes[1] * shape[2] + codes[2]
    present, inverse = np.unique(combined, return_inverse=True)
    indices = zip(*np.unravel_index(present, shape), strict=True) if len(present) else ()
    lookup = [position.get(tuple(n[i] for n, i in zip(names, index, strict=True)), -1) for index in indices]
    return np.asarray(lookup, dtype="int64")[inverse]


def _repeated(names: Sequence[str], positions: np.ndarray) -> pd.Series:
    return pd.Series(pa.array(names, _TEXT).take(pa.array(positions)), dtype="str")


def _store_ids(cell_of_order: np.ndarray, stores: pd.Series, has_orders: np.ndarray, cells: np.ndarray) -> pd.Series:
    """For each of `cells` the sorted JSON list of the stores that sold, or nothing without orders."""
    codes, names = pd.factorize(stores, sort=True)
    sold = np.unique(cell_of_order * max(len(names), 1) + codes)
    cell, store = np.divmod(sold, max(len(names), 1))
    starts = np.append(np.flatnonzero(np.diff(cell, prepend=-1)), len(cell))
    quoted = pa.array([json.dumps(name, ensure_ascii=False) for name in names], _TEXT).take(pa.array(store))
    lists = pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), quoted)
    texts = "[" + pd.Series(pc.binary_join(lists, pa.scalar(",", _TEXT)), dtype="str") + "]"
    rank_of_cell = np.where(has_orders, np.cumsum(has_orders) - 1, -1)
    return pd.Series(texts.array.take(rank_of_cell[cells], allow_fill=True))
