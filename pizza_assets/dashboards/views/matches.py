"""Every match with the change in orders around it."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import (
    ALL_BUT_CHAIN,
    CHAINS_TOGETHER,
    LABELS,
    MATCH,
    MATCH_WINDOW,
    PER_STORE,
    UPLIFT,
)
from pizza_assets.models.extracts import MatchesExtract, MatchImpactExtract

VIEW = View(
    id="matches",
    title="Matches",
    question="Around which matches did orders differ most from usual?",
    reads=(
        Reads(MatchesExtract, MATCH),
        Reads(MatchImpactExtract, (*MATCH_WINDOW, *UPLIFT, "extra_orders", *PER_STORE, *LABELS)),
    ),
    filters=ALL_BUT_CHAIN,
    filter_note=CHAINS_TOGETHER,
    drill_target="match",
)
