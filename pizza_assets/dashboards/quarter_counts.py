"""Orders per market, chain and quarter-hour for the page: `quarter_hours` summed over stores."""

from collections.abc import Iterable

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.merged import QuarterHours

_SERIES = ["order_source", "market", "chain", "bin_at"]


def quarter_counts(weeks: Iterable[DataFrame[QuarterHours]]) -> pd.DataFrame:
    """Columns order_source, market, chain, bin_at, order_count; one row per known quarter-hour of a chain."""
    sums = [rows.groupby(_SERIES, as_index=False)[["order_count"]].sum() for rows in weeks]
    return pd.concat([QuarterHours.empty()[[*_SERIES, "order_count"]], *sums], ignore_index=True)
