"""Totals of what the filters select, and the one effect that was declared beforehand."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import EFFECT, MATCH, ORDERS
from pizza_assets.models.extracts import AnomaliesExtract, CorrelationsExtract, MatchesExtract, OrdersTimelineExtract

VIEW = View(
    id="kpis",
    title="At a glance",
    question="How much data is behind this page, and what does it show?",
    reads=(
        Reads(OrdersTimelineExtract, ORDERS),
        Reads(MatchesExtract, MATCH),
        Reads(CorrelationsExtract, EFFECT),
        Reads(AnomaliesExtract, ("market", "chain", "kind", "starts_at", "order_source")),
    ),
    filters=("source", "team", "competition", "type", "market", "chain", "dates"),
    partly=("team", "competition", "type"),
    filter_note="Orders and revenue belong to a market, not to a match; team, competition and type select matches.",
    section="plain",
)
