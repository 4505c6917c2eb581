"""Orders per hour: the extract behind every view of orders over time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import OrdersTimelineExtract
from pizza_assets.models.merged import OrderBins
from pizza_assets.models.orders import SUMS

_MICROSECONDS_PER_HOUR = 3_600_000_000
_SERIES = ["order_source", "market", "chain", "currency"]
_SUMMED = [*SUMS, "covered_minutes"]
TIMELINE_COLUMNS = [*_SERIES, "minute_at", *SUMS]
"""The only columns of order_bins that are read."""
TIMELINE_NAMES = _SERIES
"""Those of them that may be categories, which is faster."""


def orders_timeline(bins_of_one_week: DataFrame[OrderBins]) -> DataFrame[OrdersTimelineExtract]:
    """Hourly sums over the covered minutes; an hour without a covered minute has no row.

    Runs of the same series and hour are summed first (the bins usually come sorted), then the few sums by group, so any
    row order gives the same result. Join the weeks with `joined_timelines`.
    """
    bins = bins_of_one_week
    if bins.empty:
        return OrdersTimelineExtract.empty()
    hours = bins["minute_at"].to_numpy("datetime64[us]").view("int64") // _MICROSECONDS_PER_HOUR
    starts = _run_starts(bins, hours)
    runs = bins[_SERIES].take(starts).astype(dict.fromkeys(_SERIES, "str"))
    runs["hour_at"] = pd.to_datetime((hours[starts] * _MICROSECONDS_PER_HOUR).astype("datetime64[us]"), utc=True)
    for name in SUMS:
        runs[name] = np.add.reduceat(bins[name].to_numpy(), starts)
    runs["covered_minutes"] = np.diff(starts, append=len(bins))
    return joined_timelines([runs])


def joined_timelines(weeks: Sequence[pd.DataFrame]) -> DataFrame[OrdersTimelineExtract]:
    """Timelines of several weeks as one. An hour split between two weeks (half-hour time zones) is added up."""
    if not weeks:
        return OrdersTimelineExtract.empty()
    rows = pd.concat(list(weeks), ignore_index=True)
    keys = list(OrdersTimelineExtract.key())
    if rows.duplicated(keys).any():
        rows = rows.groupby(keys, as_index=False, sort=False)[_SUMMED].sum()
    return OrdersTimelineExtract.conform(rows)


def _run_starts(bins: pd.DataFrame, hours: np.ndarray) -> np.ndarray:
    """Positions of rows whose series or hour differs from the previous row's, including the first row."""
    differs = hours[1:] != hours[:-1]
    for name in _SERIES:
        differs = differs | _differs_from_row_before(bins[name])
    return np.concatenate([[0], np.flatnonzero(differs) + 1])


def _differs_from_row_before(names: pd.Series) -> np.ndarray:
    """For each row but the first."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        codes = names.cat.codes.to_numpy()
        return codes[1:] != codes[:-1]
    text = pa.chunked_array(pa.array(names, from_pandas=True)).combine_chunks()
    return pc.not_equal(text[1:], text[:-1]).to_numpy(zero_copy_only=False)
