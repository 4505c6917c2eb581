"""Average order values. Revenue in several currencies is never added up; the average is then unknown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def order_values(sales: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The average order value of every group of rows with order_count, revenue_cents and currency.

    Columns: `by`, average_order_cents (minor units) and its currency (ISO 4217); both are empty without orders, and for
    several currencies. by: one or more columns without missing values.
    """
    sums = sales.groupby(list(by), sort=False).agg(
        orders=("order_count", "sum"),
        revenue=("revenue_cents", "sum"),
        first=("currency", "min"),
        last=("currency", "max"),
    )
    is_one = (sums["first"] == sums["last"]) & (sums["orders"] > 0)
    values = pd.DataFrame(
        {
            "average_order_cents": np.divide(
                sums["revenue"], sums["orders"], out=np.full(len(sums), np.nan), where=is_one.to_numpy()
            ),
            "currency": sums["first"].where(is_one),
        },
        index=sums.index,
    )
    return values.reset_index()
