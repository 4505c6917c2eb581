"""Orders as record batches, in parts that can be read in parallel, so a week of orders need not fit in memory.

Batches come from a frame (here) or a stored file (storage); counting does not belong here.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Protocol, TypeVar

import pandas as pd
import pyarrow as pa

from pizza_assets.threads import AT_ONCE

BATCH_ROWS = 65_536
"""Rows per batch: few enough for their columns to stay in a core's cache."""


class OrderBatches(Protocol):
    """Rows of raw_orders in any order, which can be read repeatedly."""

    @property
    def part_count(self) -> int:
        """The number of parts."""
        ...

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows of one part, at most BATCH_ROWS at a time.

        The columns `market`, `chain`, `currency`, `store_id` and `order_source` are dictionary-encoded.
        """
        ...


ENCODED_COLUMNS = ("market", "chain", "currency", "store_id", "order_source")
"""Text columns with few distinct values, which are dictionary-encoded."""


class FrameBatches:
    """A frame of raw_orders as batches."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    @property
    def part_count(self) -> int:
        return 1 if len(self._frame) else 0

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        table = pa.table({name: _column(self._frame[name]) for name in columns})
        yield from table.to_batches(max_chunksize=BATCH_ROWS)


Reader = TypeVar("Reader", bound="BatchReader")


class BatchReader(Protocol):
    """Processes batches one after the other."""

    def add(self, batch: pa.RecordBatch) -> None: ...


def read_side_by_side(orders: OrderBatches, columns: Sequence[str], reader: Callable[[], Reader]) -> list[Reader]:
    """Distribute all batches over readers made by `reader`, one per thread; return the readers.

    Which reader gets which part varies, so the combined result must not depend on it.
    """
    parts = iter(range(orders.part_count))
    lock = Lock()

    def read() -> Reader:
        own = reader()
        while True:
            with lock:
                part = next(parts, None)
            if part is None:
                return own
            for batch in orders.batches(part, columns):
                own.add(batch)

    if orders.part_count <= 1:
        return [read()]
    with _FRUGAL_MEMORY, ThreadPoolExecutor(AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(read) for _ in range(AT_ONCE)]]


class _FrugalMemory:
    """Use the system's allocator: Arrow's own keeps 50 MB per reading thread, the system's frees it and is as fast.

    The allocator is global to the process: the first block changes it, the last one restores it.
    """

    def __init__(self) -> None:
        self._lock, self._blocks, self._usual = Lock(), 0, pa.default_memory_pool()

    def __enter__(self) -> None:
        with self._lock:
            if not self._blocks:
                self._usual = pa.default_memory_pool()
                pa.set_memory_pool(pa.system_memory_pool())
            self._blocks += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                pa.set_memory_pool(self._usual)


_FRUGAL_MEMORY = _FrugalMemory()


def every_batch(orders: OrderBatches, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """All batches in the order of the rows."""
    for part in range(orders.part_count):
        yield from orders.batches(part, columns)


def _column(series: pd.Series) -> pa.Array | pa.ChunkedArray:
    if series.name in ENCODED_COLUMNS:
        return pa.array(series, pa.string()).dictionary_encode()
    return pa.array(series)
