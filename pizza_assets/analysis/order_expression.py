"""The kernel's sums as one Ibis expression, which DuckDB, Spark or Athena can evaluate over the same files.

For more orders than one machine can read: an existing engine counts them and returns only sums per minute. Choosing and
calling the engine does not belong here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pizza_assets.analysis.order_kernel import OrderSums, Series, Timeline
from pizza_assets.analysis.outlets import Outlet
from pizza_assets.models import RawOrders
from pizza_assets.models.orders import MEASURES, SUMS

if TYPE_CHECKING:
    import ibis

_SERIES_COLUMNS = ["market", "chain", "currency"]


def minute_sums(orders: "ibis.Table") -> "ibis.Table":
    """One row per market, chain, currency and minute (since 1970 UTC) with orders: sums, and the stores, unsorted."""
    keys = [*_SERIES_COLUMNS, "minute"]
    return (
        orders.mutate(minute=cast("ibis.expr.types.TimestampColumn", orders["ordered_at"]).epoch_seconds() // 60)
        .group_by(keys)
        .aggregate(
            order_count=lambda t: t.count(),
            **{name: cast("ibis.expr.types.IntegerColumn", orders[name].coalesce(0)).sum() for name in MEASURES},
            store_ids=lambda t: t["store_id"].collect(distinct=True),
        )
    )


def minute_sums_sql(dialect: str) -> str:
    """`minute_sums` of the table `raw_orders` in an engine's SQL dialect: duckdb, pyspark, athena, ..."""
    import ibis

    orders = ibis.table(ibis.Schema.from_pyarrow(RawOrders.arrow_schema()), name=RawOrders.table_name())
    return str(ibis.to_sql(minute_sums(orders), dialect=dialect))


def sums_of(rows: pa.Table, series: Sequence[Series], timeline: Timeline) -> OrderSums:
    """Convert an engine's result of `minute_sums` to the kernel's OrderSums, with every minute as its own span."""
    position = {names: number for number, names in enumerate(series)}
    names = zip(*(rows[name].to_pylist() for name in _SERIES_COLUMNS), strict=True)
    series_of_row = np.asarray([position.get(key, -1) for key in names], dtype=np.int64)
    minute = rows["minute"].to_numpy().astype(np.int64) - timeline.first_minute
    is_wanted = (series_of_row >= 0) & (minute >= 0) & (minute < timeline.minutes)
    values = {name: rows[name].cast(pa.int64()).to_numpy() for name in SUMS}
    strays = int(values["order_count"][~is_wanted].sum())
    rows, series_of_row, minute = rows.filter(pa.array(is_wanted)), series_of_row[is_wanted], minute[is_wanted]
    sums = {name: np.zeros((timeline.minutes, len(series)), dtype=np.int64) for name in SUMS}
    for name, cells in sums.items():
        cells[minute, series_of_row] = values[name][is_wanted]
    lists = rows["store_ids"].combine_chunks()
    sold_by = pc.list_parent_indices(lists).to_numpy()
    stores = pc.list_flatten(lists).to_pylist()
    sold = [Outlet(*series[int(series_of_row[row])], store) for row, store in zip(sold_by, stores, strict=True)]
    outlets = sorted(set(sold))
    row_of = {outlet: row for row, outlet in enumerate(outlets)}
    is_sold = np.zeros((len(outlets), timeline.minutes), dtype=bool)
    is_sold[[row_of[outlet] for outlet in sold], minute[sold_by]] = True
    return OrderSums(list(series), sums, outlets, is_sold, strays)
