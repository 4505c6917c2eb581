"""Counts of what the filters choose, and the one effect that was declared beforehand."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import EFFECT, MATCH, ORDERS
from pizza_assets.models.extracts import AnomaliesExtract, CorrelationsExtract, MatchesExtract, OrdersTimelineExtract

VIEW = View(
    id="kpis",
    title="At a glance",
    question="How much data is behind this page, and what comes out of it?",
    reads=(
        Reads(OrdersTimelineExtract, (*ORDERS, "discount_cents")),
        Reads(MatchesExtract, MATCH),
        Reads(CorrelationsExtract, EFFECT),
        Reads(AnomaliesExtract, ("market", "chain", "kind", "starts_at", "order_source")),
    ),
    filters=("source", "team", "competition", "type", "market", "chain", "dates"),
    partly=("team", "competition", "type"),
    filter_note="Orders and revenue belong to a market, not to a match; team, competition and type choose matches.",
    section="plain",
)
