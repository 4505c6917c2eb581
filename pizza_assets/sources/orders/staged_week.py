"""Reads a week from a staging: its orders as a frame, or as a stream if there are too many, and its rejects.

Stagings are written in file_import.py.
"""

from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import sorted_rows

LARGE_WEEK_ORDERS = 500_000
"""A larger week is returned as a stream. A week of this size takes 0.3 GB as a frame."""


def week_frame(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's orders as RawOrders; they take about 0.5 kB of memory each."""
    return RawOrders.conform(staged_orders(folder, week_key))


def staged_orders(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's orders: RawOrders columns plus origin and line_number, not sorted across parts."""
    tables = [parquet.ParquetFile(part).read() for part in _parts(folder, week_key)]
    return pa.concat_tables(tables).to_pandas() if tables else RawOrders.empty()


def staged_rejects(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's refused rows, with RejectedRows columns."""
    file = folder / week_key / "rejected.parquet"
    return pd.read_parquet(file) if file.exists() else RejectedRows.empty()


def week_rows(folder: Path, week_key: str) -> pd.DataFrame | RowStream:
    """The rows of `week_frame`; of a large week as a stream, which may raise OSError when read (models/spilling.py)."""
    parts = _parts(folder, week_key)
    if sum(parquet.read_metadata(part).num_rows for part in parts) <= LARGE_WEEK_ORDERS:
        return week_frame(folder, week_key)
    return RowStream(lambda: sorted_rows(parts, RawOrders))


def _parts(folder: Path, week_key: str) -> list[Path]:
    return sorted((folder / week_key).glob("orders-*.parquet"))
