"""Average order values. Revenue in several currencies is never added up; the average is then unknown."""

from collections.abc import Sequence

import pandas as pd

from pizza_assets.analysis.ratios import ratio


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
    average = ratio(sums["revenue"], sums["orders"].where(is_one, 0))
    values = {"average_order_cents": average, "currency": sums["first"].where(is_one)}
    return pd.DataFrame(values, index=sums.index).reset_index()
