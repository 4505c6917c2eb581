"""Orders as record batches, in parts that can be read side by side: a week of them need not fit in memory.

Where the batches come from (a stored file, a frame) is told here or in the storage; what is counted is not.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Protocol, TypeVar

import pandas as pd
import pyarrow as pa

from pizza_assets.threads import AT_ONCE

BATCH_ROWS = 65_536
"""So many rows at a time: their columns stay in a core's cache."""


class OrderBatches(Protocol):
    """Rows of raw_orders in any order, to be read as often as needed."""

    @property
    def part_count(self) -> int:
        """In how many parts the rows lie."""
        ...

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows of one part, at most BATCH_ROWS at a time.

        Text is dictionary-encoded where one asks for `market`, `chain`, `currency`, `store_id` or `order_source`.
        """
        ...


ENCODED_COLUMNS = ("market", "chain", "currency", "store_id", "order_source")
"""Text of few different values, which comes dictionary-encoded."""


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
    """Takes batches one after the other."""

    def add(self, batch: pa.RecordBatch) -> None: ...


def read_side_by_side(orders: OrderBatches, columns: Sequence[str], reader: Callable[[], Reader]) -> list[Reader]:
    """All batches, each given to one of the readers that `reader` makes, one per thread; returns the readers.

    Which reader gets which part is a matter of luck, so what readers hold must add up to the same in any order.
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
    """Arrow's own allocator keeps some 50 MB for each thread that reads; the system's gives them back, as fast.

    The allocator is the whole process's: the first block changes it, the last changes it back.
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
    """All batches one after the other, in the order of the rows."""
    for part in range(orders.part_count):
        yield from orders.batches(part, columns)


def _column(series: pd.Series) -> pa.Array | pa.ChunkedArray:
    if series.name in ENCODED_COLUMNS:
        return pa.array(series, pa.string()).dictionary_encode()
    return pa.array(series)
