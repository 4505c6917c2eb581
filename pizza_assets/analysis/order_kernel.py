"""One pass over orders in any order: sums per minute and series, and the time spans in which each outlet sold.

Every count is exact: sums are integers, stores are distinct. Memory depends on minutes, series and outlets, not on the
number of orders. A join of orders with windows would give some hundred pairs per order; sums per minute need no join.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pizza_assets.analysis.order_batches import OrderBatches, read_side_by_side
from pizza_assets.analysis.outlets import OUTLET_COLUMNS, Outlet, OutletNumbers
from pizza_assets.models.orders import MEASURES, SUMS

MICROSECONDS_PER_MINUTE = 60_000_000
SUMMED_COLUMNS = ("ordered_at", *MEASURES)

Series = tuple[str, str, str]
"""Market, chain and currency. Orders of different series are never summed."""

# Sums are computed in float64, which is exact below 2**53, and moved to int64 before they can reach that: within this
# number of rows, pizzas stay below 2**32, and so fit below the count, which stays below 2**19.
_ROWS_UNTIL_MOVED = 1 << 18
_COUNT = float(1 << 32)
_BESIDE_COUNT = "pizza_count"


class Timeline(NamedTuple):
    """The minutes to count, and the time spans in which to count distinct stores.

    cuts: starts of the spans, in minutes since `first_minute`, ascending from 0. None: every minute is its own span.
    """

    first_minute: int
    minutes: int
    cuts: np.ndarray | None = None

    @property
    def span_count(self) -> int:
        return self.minutes if self.cuts is None else len(self.cuts)


class OrderSums(NamedTuple):
    """What was counted. by_minute: `SUMS`, each [minute, series] as int64. is_sold: [outlet, span]; outlets are sorted.

    stray_count: orders outside the timeline or in a series that was not requested; they are in no sum.
    """

    series: list[Series]
    by_minute: dict[str, np.ndarray]
    outlets: list[Outlet]
    is_sold: np.ndarray
    stray_count: int


def sum_orders(orders: OrderBatches, series: Sequence[Series], timeline: Timeline) -> OrderSums:
    """Sum `orders` per series and minute of the timeline, reading row groups in parallel.

    Raises ValueError for a measure outside what the model of raw_orders allows.
    """
    columns = (*SUMMED_COLUMNS, *OUTLET_COLUMNS)
    counters = read_side_by_side(orders, columns, lambda: _Counter(series, timeline))
    for counter in counters:
        counter.finish()
    shape = (timeline.minutes, len(series))
    sums = {name: np.sum([counter.moved[name] for counter in counters], axis=0).reshape(shape) for name in SUMS}
    outlets = sorted({outlet for counter in counters for outlet in counter.sold_outlets()})
    is_sold = np.zeros((len(outlets), timeline.span_count), dtype=bool)
    row_of = {outlet: row for row, outlet in enumerate(outlets)}
    for counter in counters:
        for number, outlet in enumerate(counter.numbers.outlets):
            if outlet in row_of:
                is_sold[row_of[outlet]] |= counter.is_sold[number]
    strays = sum(counter.stray_count for counter in counters)
    return OrderSums(list(series), sums, outlets, is_sold, strays)


class _Counter:
    """The counter of one thread. Cells are ordered by minute, so that a batch in order of time touches few of them."""

    def __init__(self, series: Sequence[Series], timeline: Timeline) -> None:
        self.numbers = OutletNumbers()
        cells = timeline.minutes * len(series)
        self.moved = {name: np.zeros(cells, dtype=np.int64) for name in SUMS}
        self.is_sold = np.zeros((16, timeline.span_count), dtype=bool)
        self.stray_count = 0
        self._timeline = timeline
        self._span = _span_of_minute(timeline)
        self._position = {names: number for number, names in enumerate(series)}
        self._series_of_outlet = np.empty(0, dtype=np.int64)
        self._packed = np.zeros(cells)
        self._alone = {name: np.zeros(cells) for name in MEASURES if name != _BESIDE_COUNT}
        self._waiting = 0
        self._touched = (timeline.minutes, 0)

    def sold_outlets(self) -> list[Outlet]:
        """The outlets of the requested series that sold."""
        sold = np.any(self.is_sold, axis=1)
        return [outlet for number, outlet in enumerate(self.numbers.outlets) if sold[number]]

    def add(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        outlet = self.numbers.of(batch)
        self._meet_outlets()
        minute = _integers(batch, "ordered_at")
        minute = np.floor_divide(minute, MICROSECONDS_PER_MINUTE)
        minute -= self._timeline.first_minute
        measures = {name: _bounded(batch, name, most) for name, most in MEASURES.items()}
        series = self._series_of_outlet.take(outlet, mode="clip")
        first, last = int(minute.min()), int(minute.max())
        if first < 0 or last >= self._timeline.minutes or int(series.min()) < 0:
            kept = (minute >= 0) & (minute < self._timeline.minutes) & (series >= 0)
            self.stray_count += int(len(kept) - kept.sum())
            if not kept.any():
                return
            outlet, minute, series = (x[kept] for x in (outlet, minute, series))
            measures = {name: values[kept] for name, values in measures.items()}
            first, last = int(minute.min()), int(minute.max())
        self._sell(outlet, minute)
        self._sum(minute, series, measures, first, last)

    def _meet_outlets(self) -> None:
        outlets, known = self.numbers.outlets, len(self._series_of_outlet)
        if len(outlets) > known:
            new = [self._position.get((o.market, o.chain, o.currency), -1) for o in outlets[known:]]
            self._series_of_outlet = np.append(self._series_of_outlet, np.asarray(new, dtype=np.int64))
            if len(outlets) > len(self.is_sold):
                added = np.zeros((max(len(outlets), len(self.is_sold)), self.is_sold.shape[1]), dtype=bool)
                self.is_sold = np.concatenate([self.is_sold, added])

    def _sell(self, outlet: np.ndarray, minute: np.ndarray) -> None:
        span = minute if self._span is None else self._span.take(minute, mode="clip")
        outlet *= self.is_sold.shape[1]
        outlet += span
        self.is_sold.reshape(-1)[outlet] = True

    def _sum(
        self, minute: np.ndarray, series: np.ndarray, measures: dict[str, np.ndarray], first: int, last: int
    ) -> None:
        width = len(self._position)
        minute -= first
        minute *= width
        minute += series
        cells = (last - first + 1) * width
        band = slice(first * width, first * width + cells)
        for name, sums in self._alone.items():
            sums[band] += np.bincount(minute, weights=measures[name], minlength=cells)
        self._packed[band] += np.bincount(minute, weights=measures[_BESIDE_COUNT] + _COUNT, minlength=cells)
        self._touched = (min(self._touched[0], first), max(self._touched[1], last + 1))
        self._waiting += len(minute)
        if self._waiting >= _ROWS_UNTIL_MOVED:
            self.finish()

    def finish(self) -> None:
        """Move the float sums to integers while they are still exact."""
        first, last = (edge * len(self._position) for edge in self._touched)
        if first >= last:
            return
        band = slice(first, last)
        packed = self._packed[band].astype(np.int64)
        self.moved["order_count"][band] += packed >> 32
        self.moved[_BESIDE_COUNT][band] += packed & 0xFFFF_FFFF
        self._packed[band] = 0
        for name, sums in self._alone.items():
            self.moved[name][band] += sums[band].astype(np.int64)
            sums[band] = 0
        self._waiting, self._touched = 0, (self._timeline.minutes, 0)


def _span_of_minute(timeline: Timeline) -> np.ndarray | None:
    if timeline.cuts is None:
        return None
    return np.searchsorted(timeline.cuts, np.arange(timeline.minutes), side="right") - 1


def _integers(batch: pa.RecordBatch, name: str) -> np.ndarray:
    values = batch.column(name).view(pa.int64())
    return (values.fill_null(0) if values.null_count else values).to_numpy()


def _bounded(batch: pa.RecordBatch, name: str, most: int) -> np.ndarray:
    """A column's integers, all from 0 to `most`: beyond these limits sums would not be exact."""
    values = _integers(batch, name)
    if values.min() < 0 or values.max() > most:
        worst = values[(values < 0) | (values > most)][0]
        raise ValueError(f"{name} is {worst} in an order; raw_orders allows 0 to {most}, so its source let it through")
    return values
