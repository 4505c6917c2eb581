"""Every match with what orders did around it."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import (
    ALL_BUT_CHAIN,
    CHAINS_TOGETHER,
    IN_SHOPS,
    LABELS,
    MATCH,
    OF_MATCH,
    UPLIFT,
)
from pizza_assets.models.extracts import MatchesExtract, MatchImpactExtract

VIEW = View(
    id="matches",
    title="Matches",
    question="Around which matches did orders differ most from the usual?",
    reads=(
        Reads(MatchesExtract, MATCH),
        Reads(MatchImpactExtract, (*OF_MATCH, *UPLIFT, "extra_orders", *IN_SHOPS, *LABELS)),
    ),
    filters=ALL_BUT_CHAIN,
    filter_note=CHAINS_TOGETHER,
    drill_target="match",
)
