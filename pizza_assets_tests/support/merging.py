"""merged_orders as one frame for tests; the product writes it batch by batch."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from pandera.typing import DataFrame

from pizza_assets.analysis.merged_orders import merge_batches
from pizza_assets.analysis.order_batches import OrderBatches
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import MergedOrders, RawMatches
from pizza_assets.models.market import Market


def merge_orders(
    orders: OrderBatches, matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths
) -> DataFrame[MergedOrders]:
    """`merge_batches` as one frame, sorted by the table's key, whatever the order of `orders`."""
    batches = list(merge_batches(orders, matches, markets, lengths))
    merged = pa.Table.from_batches(batches, MergedOrders.arrow_schema())
    texts = {pa.string(): pd.StringDtype(na_value=float("nan"))}.get
    return MergedOrders.conform(merged.to_pandas(types_mapper=texts))
