"""Orders lined up with matches: per minute, per order and per window."""

import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import merged
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import Side, Window, values


class OrderBins(
    Table,
    name="order_bins",
    place=merged("order_bins"),
    key=("order_source", "market", "chain", "currency", "minute_at"),
    schema_version=2,
):
    """One row per covered minute, market, chain and currency. A minute without a row is unknown, not zero."""

    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock.")
    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    currency: str = pa.Field(description="ISO 4217 code of the revenue.")
    minute_at: UtcTimestamp = pa.Field(description="First instant of the minute, UTC.")
    order_count: int = pa.Field(ge=0, description="Orders placed in the minute; zero is data.")
    revenue_cents: int = pa.Field(ge=0, description="Their revenue in the minor unit.")
    discount_cents: int = pa.Field(ge=0, description="Their discounts in the minor unit, as far as they are known.")
    pizza_count: int = pa.Field(ge=0, description="Their pizzas.")
    store_ids: str = pa.Field(
        nullable=True,
        description="The stores that sold in the minute, as a sorted JSON list; empty for a minute without orders.",
    )


class QuarterHours(
    Table,
    name="quarter_hours",
    place=merged("quarter_hours"),
    key=("order_source", "market", "chain", "store_id", "bin_at"),
):
    """One row per store and known quarter-hour: what the analyses over all weeks read. No row is unknown, not zero."""

    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock.")
    market: str = pa.Field(description="The market.")
    chain: str = pa.Field(description="The restaurant chain.")
    store_id: str = pa.Field(nullable=True, description="The store; empty for a chain that sold nothing all week.")
    bin_at: UtcTimestamp = pa.Field(description="First instant of the quarter-hour, UTC.")
    order_count: int = pa.Field(ge=0, description="Orders in it; zero is data.")


class MergedOrders(
    Table, name="merged_orders", place=merged("merged_orders"), key=("order_source", "ordered_at", "order_id")
):
    """One row per order that falls in a window of a match its market follows: the nearest such match."""

    order_id: str = pa.Field(description="The order, as in raw_orders.")
    ordered_at: UtcTimestamp = pa.Field(description="When it was placed, UTC.")
    chain: str = pa.Field(description="The restaurant chain.")
    market: str = pa.Field(description="The market.")
    store_id: str = pa.Field(description="The store.")
    currency: str = pa.Field(description="ISO 4217 code.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue in the minor unit.")
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    match_id: str = pa.Field(
        description="The nearest exposed match by distance from kick-off; ties go to the earlier, then the smaller id."
    )
    team: str = pa.Field(description="The team that exposes the market to the match.")
    side: str = pa.Field(isin=values(Side), description="The side that team plays on.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off of that match, UTC.")
    window: str = pa.Field(isin=values(Window), description="pre, during or post.")
    minutes_from_kickoff: int = pa.Field(
        description="Whole minutes from kick-off to the order's minute; negative before."
    )
    overlapping_match_count: int = pa.Field(ge=1, description="Exposed matches in whose windows the order falls.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")


class MatchWindows(
    Table,
    name="match_windows",
    place=merged("match_windows"),
    key=("order_source", "match_source", "kickoff_at", "match_id", "market", "chain", "currency", "window"),
):
    """One row per match, exposed market, chain, currency and window; zero orders is a row, not a gap."""

    match_id: str = pa.Field(description="The match, as in raw_matches.")
    sport: str = pa.Field(isin=["football"], description="Always football today.")
    competition: str = pa.Field(description="Name of the competition.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    market: str = pa.Field(description="A market exposed to the match.")
    team: str = pa.Field(description="The team that exposes it (the home side if it follows both).")
    side: str = pa.Field(isin=values(Side), description="The side that team plays on.")
    chain: str = pa.Field(description="The restaurant chain.")
    currency: str = pa.Field(description="ISO 4217 code.")
    window: str = pa.Field(isin=values(Window), description="pre, during or post.")
    window_start_at: UtcTimestamp = pa.Field(description="First instant of the window, UTC.")
    window_end_at: UtcTimestamp = pa.Field(description="First instant after the window, UTC.")
    covered_minutes: int = pa.Field(ge=0, description="Minutes of the window for which orders are known.")
    is_complete: bool = pa.Field(description="True if every minute of the window is covered.")
    order_count: int = pa.Field(ge=0, description="Orders in the covered minutes.")
    revenue_cents: int = pa.Field(ge=0, description="Revenue in the minor unit.")
    average_order_cents: float = pa.Field(
        nullable=True, description="Revenue per order in the minor unit; empty without orders."
    )
    pizza_count: int = pa.Field(ge=0, description="Pizzas.")
    store_count: int = pa.Field(ge=0, description="Distinct stores that sold.")
    orders_per_hour: float = pa.Field(
        nullable=True, description="Orders per covered hour; empty if nothing is covered."
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
