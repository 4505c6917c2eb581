"""A week out of a staging: its orders as a frame, or a stream where the week is too large for one; its rejects.

How a staging comes about, and what is in its parts, is told in file_import.py.
"""

from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import sorted_rows

LARGE_WEEK_ORDERS = 500_000
"""A week of more is given as a stream. One of fewer takes 0.3 GB as a frame, and no engine."""


def week_frame(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's orders as RawOrders; 0.5 kB of memory an order."""
    return RawOrders.conform(staged_orders(folder, week_key))


def staged_orders(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's orders: RawOrders columns plus origin and line_number; parts of the week are not yet in order."""
    tables = [parquet.ParquetFile(part).read() for part in _parts(folder, week_key)]
    return pa.concat_tables(tables).to_pandas() if tables else RawOrders.empty()


def staged_rejects(folder: Path, week_key: str) -> pd.DataFrame:
    """The rows refused in the week, with RejectedRows columns."""
    file = folder / week_key / "rejected.parquet"
    return pd.read_parquet(file) if file.exists() else RejectedRows.empty()


def week_rows(folder: Path, week_key: str) -> pd.DataFrame | RowStream:
    """The same rows in the same order, of a large week as a stream. Reading it raises OSError (models/spilling.py)."""
    parts = _parts(folder, week_key)
    if sum(parquet.read_metadata(part).num_rows for part in parts) <= LARGE_WEEK_ORDERS:
        return week_frame(folder, week_key)
    return RowStream(lambda: sorted_rows(parts, RawOrders))


def _parts(folder: Path, week_key: str) -> list[Path]:
    return sorted((folder / week_key).glob("orders-*.parquet"))
