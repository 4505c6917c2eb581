"""Typed lines of order files on disk for a while, in buckets by order id, so that all lines of an order meet.

What lines mean, and what becomes of a bucket, does not belong here.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pizza_assets.sources.orders.file_lines import LINE_COLUMNS

_WRITTEN_FAST = pa.ipc.IpcWriteOptions(compression="lz4")


class LineBuckets:
    """`count` buckets of lines in an empty `folder`: LINE_COLUMNS and `placed_at`, in the order of files and lines."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self._folder = folder

    @contextmanager
    def of_file(self, index: int) -> Iterator["FileWriter"]:
        """Takes the lines of one file; at most one at a time per file."""
        with ExitStack() as files:
            yield FileWriter(self._folder, index, self.count, files)

    def discard(self, index: int) -> None:
        """Forget the lines of a file."""
        for part in self._folder.glob(f"*-{index:06d}.arrow"):
            part.unlink()

    def lines(self, bucket: int) -> pd.DataFrame:
        """All lines of one bucket."""
        tables = []
        for part in sorted(self._folder.glob(f"{bucket:06d}-*.arrow")):
            with pa.OSFile(str(part)) as file:
                tables.append(pa.ipc.open_stream(file).read_all())
        return pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame()


class FileWriter:
    """Puts the lines of one file into their buckets."""

    def __init__(self, folder: Path, index: int, count: int, files: ExitStack) -> None:
        self._folder, self._index, self._count, self._files = folder, index, count, files
        self._schema = _line_schema()
        self._writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def add(self, lines: pd.DataFrame) -> None:
        """Lines that follow those of the calls before."""
        ids = lines["order_id"].to_numpy(dtype=object)
        buckets = (pd.util.hash_array(ids, categorize=False) % self._count).astype(np.int64)
        order = np.argsort(buckets, kind="stable")
        table = pa.Table.from_pandas(lines, self._schema, preserve_index=False).take(pa.array(order))
        ends = np.cumsum(np.bincount(buckets, minlength=self._count))
        for bucket, (start, end) in enumerate(zip(np.r_[0, ends[:-1]], ends, strict=True)):
            if end > start:
                self._writer(bucket).write_table(table.slice(start, end - start))

    def _writer(self, bucket: int) -> pa.ipc.RecordBatchStreamWriter:
        if bucket not in self._writers:
            file = self._files.enter_context(
                pa.OSFile(str(self._folder / f"{bucket:06d}-{self._index:06d}.arrow"), "wb")
            )
            writer = pa.ipc.new_stream(file, self._schema, options=_WRITTEN_FAST)
            self._writers[bucket] = self._files.enter_context(writer)
        return self._writers[bucket]


def _line_schema() -> pa.Schema:
    kinds = {"str": pa.large_string(), "int64": pa.int64(), "Int64": pa.int64(), "int8": pa.int8(), "bool": pa.bool_()}
    utc = pa.timestamp("us", tz="UTC")
    return pa.schema([(name, kinds.get(dtype, utc)) for name, dtype in LINE_COLUMNS.items()] + [("placed_at", utc)])
