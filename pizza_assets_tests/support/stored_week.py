"""Stores a week for a test, with claim and writer as in the IO manager."""

from collections.abc import Sequence

import pandas as pd

from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.row_stream import RowStream
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin, Stored


def write_week(
    tables: TableStore,
    asset: str,
    week: str,
    rows: pd.DataFrame | RowStream,
    origin: Origin,
    covered: Sequence[CoveredPeriod] | None = None,
    rejected: pd.DataFrame | None = None,
) -> Stored:
    with tables.writing_week(asset, week) as writer:
        stored = writer.write(rows, origin, covered, rejected)
    assert isinstance(stored, Stored)
    return stored
