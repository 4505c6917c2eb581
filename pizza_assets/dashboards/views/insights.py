"""The findings of the analysis in sentences."""

from pizza_assets.dashboards.view import Reads, View
from pizza_assets.dashboards.view_columns import LABELS, PER_STORE
from pizza_assets.models.extracts import InsightsExtract

VIEW = View(
    id="insights",
    title="What we found",
    question="What did football do to orders, and how sure are we?",
    reads=(
        Reads(InsightsExtract, ("rank", "kind", "headline", "caveat", "n_matches", "q_value", *PER_STORE, *LABELS)),
    ),
    filters=("source",),
    filter_note="These findings cover all markets, teams and dates together.",
    section="card findings",
)
