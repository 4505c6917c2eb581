"""The one table of visuals: what each view is called, the question it answers, its columns and its filters.

Every renderer (the local page, later QuickSight) draws from this table; how a view is drawn does not belong here.
"""

from dataclasses import dataclass

from pizza_assets.models.extracts import (
    CorrelationsExtract,
    DataQualityExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.table import Table

FILTERS: dict[str, str] = {"source": "data source", "market": "market", "team": "team", "dates": "dates"}
"""Every filter of the dashboards: its id and what people call it."""


@dataclass(frozen=True)
class Reads:
    """The columns that a visual takes from one extract."""

    extract: type[Table]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Visual:
    """One view. `filters` are those it honours, `partly` of them only in part; `filter_note` says why not all."""

    id: str
    title: str
    question: str
    reads: tuple[Reads, ...]
    filters: tuple[str, ...]
    filter_note: str = ""
    drill_target: str = ""
    partly: tuple[str, ...] = ()


_MATCH = ("match_id", "kickoff_at", "competition", "home_team", "away_team", "home_goals", "away_goals", "match_source")
_LABELS = ("order_source", "match_source", "data_source")
_UPLIFT = ("observed", "expected", "uplift_pct", "ci_low_pct", "ci_high_pct", "status", "reasons")

VISUALS: tuple[Visual, ...] = (
    Visual(
        id="insights",
        title="What we found",
        question="What did football do to orders, and how sure are we?",
        reads=(Reads(InsightsExtract, ("rank", "kind", "headline", "caveat", "n_matches", "q_value", *_LABELS)),),
        filters=("source",),
        filter_note="These sentences are about all markets, teams and dates together.",
    ),
    Visual(
        id="kpis",
        title="At a glance",
        question="How much data is behind this page?",
        reads=(
            Reads(
                OrdersTimelineExtract, ("hour_at", "market", "currency", "order_count", "revenue_cents", "order_source")
            ),
            Reads(MatchesExtract, ("match_id", "kickoff_at", "home_team", "away_team", "match_source")),
            Reads(DataQualityExtract, ("week", "dataset", "data_source", "row_count")),
        ),
        filters=("source", "market", "team", "dates"),
        filter_note="Orders and revenue cannot be split by team.",
        partly=("team",),
    ),
    Visual(
        id="timeline",
        title="Orders over time, with matches",
        question="When do people order, and when was football on?",
        reads=(
            Reads(
                OrdersTimelineExtract,
                ("hour_at", "market", "chain", "currency", "order_count", "covered_minutes", "order_source"),
            ),
            Reads(MatchesExtract, (*_MATCH, "result", "status")),
        ),
        filters=("source", "market", "team", "dates"),
        filter_note="The team filter chooses match ticks; orders belong to a market, not to a team.",
        partly=("team",),
        drill_target="match",
    ),
    Visual(
        id="effects",
        title="Effect sizes",
        question="By how much did orders move before, during and after the own team's match?",
        reads=(
            Reads(
                CorrelationsExtract,
                (
                    "analysis_id",
                    "hypothesis",
                    "role",
                    "time_window",
                    "pattern_description",
                    "uplift_pct",
                    "ci_low_pct",
                    "ci_high_pct",
                    "q_value",
                    "n_matches",
                    "n_clusters",
                    "mde_80_pct",
                    "status",
                    "reasons",
                    *_LABELS,
                ),
            ),
        ),
        filters=("source",),
        filter_note="Estimated once over all markets, teams and dates; filters do not estimate anew.",
    ),
    Visual(
        id="matches",
        title="Matches",
        question="Around which matches did orders differ most from the usual?",
        reads=(
            Reads(MatchesExtract, _MATCH),
            Reads(MatchImpactExtract, ("match_id", "market", "team", "window", *_UPLIFT, *_LABELS)),
        ),
        filters=("source", "market", "team", "dates"),
        drill_target="match",
    ),
    Visual(
        id="match",
        title="Match day",
        question="What happened to orders on the day of this match?",
        reads=(
            Reads(OrdersTimelineExtract, ("hour_at", "market", "order_count", "covered_minutes", "order_source")),
            Reads(
                MatchImpactExtract, ("match_id", "market", "team", "side", "window", *_UPLIFT, "extra_orders", *_LABELS)
            ),
        ),
        filters=("source", "market"),
        filter_note="One match has its own teams and date.",
    ),
    Visual(
        id="quality",
        title="Data behind the numbers",
        question="Which weeks are real, which are mock or missing, and why?",
        reads=(
            Reads(
                DataQualityExtract,
                ("week", "dataset", "data_source", "source_name", "row_count", "rejected_count", "reason"),
            ),
        ),
        filters=("source", "dates"),
        filter_note="Weeks are collected whole, for every market and team.",
    ),
)
"""The views that exist, in reading order."""
