"""Reads a week of an import: its orders as a frame, or as a stream if there are too many, and its refused rows.

The Parquet files are written in file_import.py and store_facts.py. They never change, so they are read while another
import runs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource

WEEKS = "weeks"
"""The folder of the Parquet files, beside the store of order lines."""
UNNAMED = "unnamed.parquet"
"""A file while it is written; its name then says what it holds."""
ORDERS, REJECTED = ".orders.parquet", ".rejected.parquet"
"""How the names of a week's files end."""
LARGE_WEEK_ORDERS = 500_000
"""A larger week is returned as a stream. A week of this size takes 0.3 GB as a frame."""
CONSTANT = ("sport", "order_source", "source_name")
"""The columns of RawOrders that are the same for all orders of an export; they are not in the files."""
_BATCH_ROWS = 16_384


def copied(rows: str, file: Path) -> str:
    """DuckDB's statement that writes the result of the query `rows` to a file."""
    return "COPY ({}) TO '{}' (FORMAT parquet, COMPRESSION lz4_raw)".format(rows, str(file).replace("'", "''"))


def week_frame(files: Sequence[Path], label: DataSource) -> pd.DataFrame:
    """The week's orders as RawOrders; they take about 0.5 kB of memory each."""
    rows = [batch for file in _of_kind(files, ORDERS) for batch in _batches(file, label)]
    return RawOrders.conform(pa.Table.from_batches(rows, RawOrders.arrow_schema()).to_pandas())


def week_rows(files: Sequence[Path], label: DataSource) -> pd.DataFrame | RowStream:
    """The rows of `week_frame`; of a large week as a stream, which raises OSError if a file can't be read."""
    orders = _of_kind(files, ORDERS)
    if sum(map(_row_count, orders)) <= LARGE_WEEK_ORDERS:
        return week_frame(files, label)
    return RowStream(lambda: (batch for file in orders for batch in _batches(file, label)))


def week_rejects(files: Sequence[Path]) -> pd.DataFrame:
    """The week's refused rows as RejectedRows."""
    rows = [_rejects(file) for file in _of_kind(files, REJECTED)]
    return RejectedRows.conform(pd.concat(rows)) if rows else RejectedRows.empty()


def _row_count(file: Path) -> int:
    with _errors_named(file):
        return parquet.read_metadata(file).num_rows


def _rejects(file: Path) -> pd.DataFrame:
    with _errors_named(file):
        return pd.read_parquet(file)


def _of_kind(files: Sequence[Path], ending: str) -> list[Path]:
    return [file for file in files if file.name.endswith(ending)]


def _batches(file: Path, label: DataSource) -> Iterator[pa.RecordBatch]:
    with _errors_named(file), parquet.ParquetFile(file) as opened:
        for batch in opened.iter_batches(_BATCH_ROWS):
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            for name, value in zip(CONSTANT, ("football", label.value, "files"), strict=True):
                columns[name] = pa.repeat(value, len(batch))
            schema = RawOrders.arrow_schema()
            yield pa.RecordBatch.from_arrays([columns[field.name].cast(field.type) for field in schema], schema=schema)


@contextmanager
def _errors_named(file: Path) -> Iterator[None]:
    """Raises OSError with cause and remedy if the file can't be read in the block."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{file} is gone: the order files have changed and were imported again more than a day ago, or the cache "
            "was emptied; run again"
        ) from error
    except pa.ArrowException as error:
        raise OSError(f"{file}: {error}; delete the folder, and it is made again from the export") from error
