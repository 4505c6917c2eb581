"""Orders as collected, and rejected rows."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.place import BESIDE, raw
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource

RAW_LABELS = [DataSource.REAL, DataSource.MOCK]
MOST_REVENUE_CENTS = 100_000_000
MOST_PIZZAS = 10_000
MEASURES = {"revenue_cents": MOST_REVENUE_CENTS, "pizza_count": MOST_PIZZAS}
"""The columns summed by minute, hour and day, and the most that one order may have: these limits keep sums exact
(analysis/order_kernel.py). A missing value adds nothing."""
SUMS = ("order_count", *MEASURES)
"""The columns of a table that sums orders."""


class RawOrders(Table, name="raw_orders", place=raw("dominos-orders"), key=("order_source", "ordered_at", "order_id")):
    """One row per order: validated, labelled, with no personal data."""

    order_id: str = pa.Field(
        unique=True,
        str_length={"min_value": 1, "max_value": 200},
        description="The source's id of the order, unique in its week.",
    )
    ordered_at: UtcTimestamp = pa.Field(description="When the order was placed, UTC.")
    sport: str = pa.Field(
        isin=["football"], description="The sport that the order is compared with; always football today."
    )
    chain: str = pa.Field(
        str_length={"min_value": 1, "max_value": 100}, description="The restaurant chain, e.g. dominos."
    )
    market: str = pa.Field(
        str_length={"min_value": 1, "max_value": 100}, description="The market (city or delivery area) of the store."
    )
    store_id: str = pa.Field(str_length={"min_value": 1, "max_value": 100}, description="The source's id of the store.")
    store_location: str = pa.Field(nullable=True, description="The store's address or place, as given by the source.")
    currency: str = pa.Field(
        str_matches=r"^[A-Z]{3}\Z", description="ISO 4217 code; revenue is never summed across currencies."
    )
    revenue_cents: int = pa.Field(
        ge=0, le=MOST_REVENUE_CENTS, description="What the customer paid, in the currency's minor unit (pence, cents)."
    )
    pizza_count: int = pa.Field(
        ge=0, le=MOST_PIZZAS, description="Pizzas (or item units where the source has no category) in the order."
    )
    items: str = pa.Field(
        nullable=True,
        description="The order's lines as JSON: a list of {category, name, quantity}; empty where unknown.",
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock: whether the order was really placed.")
    source_name: str = pa.Field(description="The source of the row: files, sql, orders API, Square or mock.")


ONLY_THE_VALUE = "only the value: "
"""Begins the `check` of a rejected value whose row is stored without it."""
OF_NO_WEEK = "of no week: "
"""Begins the `check` of a rejected row that has no usable time and is listed with a week that it need not belong to."""


class RejectedRows(
    Table, name="rejected_rows", place=BESIDE, key=("origin", "line_number", "row_id", "column", "check")
):
    """One row per rejected input row, or value: what it was, where it came from and why it was rejected."""

    origin: str = pa.Field(description="The file or URL that the row came from.")
    line_number: pd.Int64Dtype = pa.Field(
        nullable=True, ge=1, description="Line (or record) number in the file, from 1."
    )
    row_id: str = pa.Field(description="The row's id in the source, or empty if it has none.")
    column: str = pa.Field(description="The column whose value was rejected.")
    check: str = pa.Field(
        description="The rule the value broke; after `only the value: `, the row itself is stored without the value; "
        "after `of no week: `, the row has no usable time and need not belong to this week."
    )
    value: str = pa.Field(description="The rejected value as text, truncated to 200 characters.")
    reason: str = pa.Field(description="The full explanation in words.")
