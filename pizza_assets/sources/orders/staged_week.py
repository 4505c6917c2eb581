"""A week's orders out of a staging: a frame, or a stream where the week is too large for one.

How a staging comes about, and what is in its parts, is told in file_import.py.
"""

from pathlib import Path

import pandas as pd
from pyarrow import parquet

from pizza_assets.models import RawOrders
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import sorted_rows
from pizza_assets.sources.orders.file_import import staged_orders

LARGE_WEEK_ORDERS = 500_000
"""A week of more is given as a stream. One of fewer takes 0.3 GB as a frame, and no engine."""


def week_frame(folder: Path, week_key: str) -> pd.DataFrame:
    """The week's orders as RawOrders; 0.5 kB of memory an order."""
    return RawOrders.conform(staged_orders(folder, week_key))


def week_rows(folder: Path, week_key: str) -> pd.DataFrame | RowStream:
    """The same rows in the same order, of a large week as a stream. Reading it raises OSError (models/spilling.py)."""
    parts = sorted((folder / week_key).glob("orders-*.parquet"))
    if sum(parquet.read_metadata(part).num_rows for part in parts) <= LARGE_WEEK_ORDERS:
        return week_frame(folder, week_key)
    return RowStream(lambda: sorted_rows(parts, RawOrders))
