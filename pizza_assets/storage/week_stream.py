"""A stored week of orders, read batch by batch: memory does not grow with the week.

Whole tables are read in tables.py; processing the batches does not belong here.
"""

from collections.abc import Iterator, Sequence

import pyarrow
from pyarrow import parquet

from pizza_assets.analysis.order_batches import BATCH_ROWS, ENCODED_COLUMNS
from pizza_assets.models import RawOrders
from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json
from pizza_assets.storage import frames
from pizza_assets.storage.object_store import ObjectStore

_BUFFER_BYTES = 256 * 1024
"""Read buffer per column; without a limit pyarrow reads the whole row group."""


class OrderStream:
    """The `OrderBatches` of one Parquet file of raw_orders; a part is a row group. The checksum is verified first.

    uri: for engines that read the file themselves. covered: the periods that the week covers.
    Raises StorageError as `frames.read_parquet` does.
    """

    def __init__(self, uri: str, file: pyarrow.NativeFile) -> None:
        self.uri = uri
        self._file = file
        try:
            frames.check_file(uri, file)
            opened = parquet.ParquetFile(file)
            metadata = opened.schema_arrow.metadata or {}
            frames.check_version(uri, metadata, RawOrders)
            frames.check_columns(uri, opened.schema_arrow, RawOrders)
        except frames.DAMAGE as error:
            raise frames.unreadable(uri, error) from error
        self._footer = opened.metadata
        self.covered: tuple[CoveredPeriod, ...] = tuple(
            coverage_from_json(metadata.get(frames.COVERAGE_METADATA, b"[]").decode())
        )

    @property
    def part_count(self) -> int:
        return self._footer.num_row_groups

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pyarrow.RecordBatch]:
        encoded = [name for name in columns if name in ENCODED_COLUMNS]
        # a separate reader per call: readers are not thread-safe, the open file underneath is
        reader = parquet.ParquetFile(
            self._file, metadata=self._footer, read_dictionary=encoded, buffer_size=_BUFFER_BYTES
        )
        for batch in reader.iter_batches(BATCH_ROWS, row_groups=[part], columns=list(columns), use_threads=False):
            yield batch.select(list(columns))


def open_orders(store: ObjectStore, key: str) -> OrderStream | None:
    """The orders stored under `key`, or None if there is no such object."""
    file = store.opened(key)
    return None if file is None else OrderStream(store.uri(key), file)
