"""The one table of visuals: what each view is called, the question it answers, its columns and its filters.

Every renderer (the local page, QuickSight) draws from this table; how a view is drawn does not belong here.
"""

from dataclasses import dataclass

from pizza_assets.models.extracts import (
    AnomaliesExtract,
    ChecksExtract,
    CorrelationsExtract,
    DataQualityExtract,
    EventStudyExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, ForecastAccuracyExtract, MatchForecastExtract
from pizza_assets.models.table import Table

FILTERS: dict[str, str] = {
    "source": "data source",
    "team": "team",
    "competition": "competition",
    "type": "match type",
    "market": "market",
    "chain": "chain",
    "dates": "dates",
}
"""Every filter of the dashboards: its id and what people call it."""


@dataclass(frozen=True)
class Reads:
    """The columns that a visual takes from one extract."""

    extract: type[Table]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Visual:
    """One view. `filters` are those it honours, `partly` of them only in part; `filter_note` says why not all.

    only_on_page: why QuickSight has no such view; empty if it has.
    """

    id: str
    title: str
    question: str
    reads: tuple[Reads, ...]
    filters: tuple[str, ...]
    filter_note: str = ""
    drill_target: str = ""
    partly: tuple[str, ...] = ()
    only_on_page: str = ""


_LABELS = ("order_source", "match_source", "data_source")
_MATCH = (
    "match_id", "kickoff_at", "competition", "match_type", "home_team", "away_team", "home_goals", "away_goals",
    "result", "match_source",
)  # fmt: skip
_ORDERS = ("hour_at", "market", "chain", "currency", "order_count", "revenue_cents", "covered_minutes", "order_source")
_UPLIFT = ("observed", "expected", "uplift_pct", "ci_low_pct", "ci_high_pct", "status", "reasons")
_IN_SHOPS = ("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents", "currency")
_OF_MATCH = ("match_id", "kickoff_at", "competition", "match_type", "market", "team", "side", "window")
_EFFECT = (
    "analysis_id", "hypothesis", "role", "subject", "scope", "scope_value", "time_window", "pattern_description",
    "uplift_pct", "ci_low_pct", "ci_high_pct", "q_value", "n_matches", "n_clusters", "mde_80_pct", "status", "reasons",
    "extra_orders_low", "extra_orders_high", *_IN_SHOPS, *_LABELS,
)  # fmt: skip
_FIXTURE = (
    "entry",
    "match_id",
    "kickoff_at",
    "kickoff_local",
    "kickoff_is_fixed",
    "is_moved",
    "competition",
    "match_type",
    "home_team",
    "away_team",
    "note",
    "sentence",
    "match_source",
)
_FORECAST = (
    "match_id",
    "market",
    "team",
    "span",
    "span_label",
    "starts_at",
    "local_start",
    "local_end",
    "orders",
    "low_80",
    "high_80",
    "low_95",
    "high_95",
    "quantile_90",
    "without_football",
    "difference",
    "difference_low",
    "difference_high",
    "average_difference_low",
    "average_difference_high",
    "is_football_used",
    "football_reasons",
    "peak_hour_local",
    "peak_hour_orders",
    "peak_hour_quantile_90",
    "skill_against_mean_pct",
    "skill_against_no_football_pct",
    "status",
    "reasons",
    "sentence",
    *_LABELS,
)
_ALL_BUT_CHAIN = ("source", "team", "competition", "type", "market", "dates")
_CHAINS_TOGETHER = "The usual level is known for all chains of a market together."
"""Said of views of single matches; a team chooses the markets that follow it."""
_ONCE = "Estimated once over all matches; filters do not estimate anew."

VISUALS: tuple[Visual, ...] = (
    Visual(
        id="coming",
        title="Coming matches: what to staff for",
        question="How many orders will come around the next matches, and how many of them does football add?",
        reads=(Reads(ComingMatchesExtract, _FIXTURE), Reads(MatchForecastExtract, _FORECAST)),
        filters=("source", "team", "competition", "type", "market"),
        filter_note="Forecasts are for all chains of a market together and lie after all dates.",
        drill_target="fixture",
    ),
    Visual(
        id="insights",
        title="What we found",
        question="What did football do to orders, and how sure are we?",
        reads=(
            Reads(
                InsightsExtract,
                ("rank", "kind", "headline", "caveat", "n_matches", "q_value", *_IN_SHOPS, *_LABELS),
            ),
        ),
        filters=("source",),
        filter_note="These sentences are about all markets, teams and dates together.",
    ),
    Visual(
        id="kpis",
        title="At a glance",
        question="How much data is behind this page, and what comes out of it?",
        reads=(
            Reads(OrdersTimelineExtract, _ORDERS),
            Reads(MatchesExtract, _MATCH),
            Reads(CorrelationsExtract, _EFFECT),
            Reads(AnomaliesExtract, ("market", "chain", "kind", "starts_at", "order_source")),
        ),
        filters=("source", "team", "competition", "type", "market", "chain", "dates"),
        partly=("team", "competition", "type"),
        filter_note="Orders and revenue belong to a market, not to a match; team, competition and type choose matches.",
    ),
    Visual(
        id="timeline",
        title="Orders over time, with matches",
        question="When do people order, when was football on, and where did stores depart from their usual?",
        reads=(
            Reads(OrdersTimelineExtract, _ORDERS),
            Reads(MatchesExtract, _MATCH),
            Reads(
                AnomaliesExtract,
                ("market", "chain", "store_id", "kind", "starts_at", "match_id", "result", "order_source"),
            ),
        ),
        filters=("source", "team", "competition", "type", "market", "chain", "dates"),
        partly=("team", "competition", "type"),
        filter_note="Team, competition and type choose the match ticks; orders belong to a market, not to a match.",
        drill_target="match",
    ),
    Visual(
        id="kickoff",
        title="Around kick-off and goals",
        question="In which minutes do orders depart from the usual?",
        reads=(
            Reads(
                EventStudyExtract,
                (
                    "event",
                    "series",
                    "minutes_from",
                    "minutes_to",
                    "minutes_middle",
                    "uplift_pct",
                    "ci_low_pct",
                    "ci_high_pct",
                    "band",
                    "is_calibrated",
                    "n_matches",
                    "n_goals",
                    "status",
                    "reasons",
                    *_IN_SHOPS,
                    *_LABELS,
                ),
            ),
        ),
        filters=("source",),
        filter_note=_ONCE,
    ),
    Visual(
        id="effects",
        title="Effect sizes",
        question="By how much did orders move around matches, for whom, and how sure is that?",
        reads=(Reads(CorrelationsExtract, _EFFECT),),
        filters=("source", "team", "competition", "market", "chain"),
        partly=("team", "competition", "market", "chain"),
        filter_note="Each part was estimated once, over all dates: one part can be chosen, not a mixture.",
    ),
    Visual(
        id="outcomes",
        title="Does the result matter?",
        question="Do orders after the match depend on how it ended?",
        reads=(
            Reads(
                MatchImpactExtract,
                (*_OF_MATCH, "own_goal_difference", "total_goals", "own_result", *_UPLIFT, *_LABELS),
            ),
            Reads(CorrelationsExtract, (*_EFFECT, "correlation_coefficient", "spearman_coefficient")),
        ),
        filters=_ALL_BUT_CHAIN,
        filter_note=_CHAINS_TOGETHER,
        drill_target="match",
    ),
    Visual(
        id="results",
        title="Before, during and after, by result",
        question="How do orders move when the own team wins, draws or loses?",
        reads=(Reads(CorrelationsExtract, _EFFECT),),
        filters=("source",),
        filter_note=_ONCE,
    ),
    Visual(
        id="calendar",
        title="Calendar of match days",
        question="On which match days did orders run above or below the usual?",
        reads=(Reads(MatchImpactExtract, (*_OF_MATCH, "kickoff_date", *_UPLIFT, *_LABELS)),),
        filters=_ALL_BUT_CHAIN,
        filter_note=_CHAINS_TOGETHER,
        drill_target="match",
    ),
    Visual(
        id="matches",
        title="Matches",
        question="Around which matches did orders differ most from the usual?",
        reads=(
            Reads(MatchesExtract, _MATCH),
            Reads(MatchImpactExtract, (*_OF_MATCH, *_UPLIFT, "extra_orders", *_IN_SHOPS, *_LABELS)),
        ),
        filters=_ALL_BUT_CHAIN,
        filter_note=_CHAINS_TOGETHER,
        drill_target="match",
    ),
    Visual(
        id="anomalies",
        title="Outages and surges",
        question="Where did a store depart from its usual orders, and was football on?",
        reads=(
            Reads(
                AnomaliesExtract,
                (
                    "market",
                    "chain",
                    "store_id",
                    "kind",
                    "starts_at",
                    "ends_at",
                    "observed",
                    "expected",
                    "q_value",
                    "match_id",
                    "home_team",
                    "away_team",
                    "competition",
                    "match_type",
                    "minutes_from_kickoff",
                    "result",
                    "extra_orders",
                    "extra_orders_per_store_hour",
                    "extra_revenue_cents",
                    "currency",
                    "order_source",
                    "seen_in",
                ),
            ),
        ),
        filters=("source", "team", "competition", "type", "market", "chain", "dates"),
        partly=("team", "competition", "type"),
        filter_note="Team, competition and type leave only alarms within six hours of such a match.",
        drill_target="match",
    ),
    Visual(
        id="accuracy",
        title="Do the forecasts hold?",
        question="How far were past forecasts off, and how often did their intervals hold?",
        reads=(
            Reads(
                ForecastAccuracyExtract,
                (
                    "evidence",
                    "span",
                    "until_date",
                    "scored_forecasts",
                    "error_pct",
                    "error_of_mean_pct",
                    "bias_pct",
                    "inside_80_pct",
                    "inside_95_pct",
                    "sentence",
                    *_LABELS,
                ),
            ),
        ),
        filters=("source",),
        filter_note="Counted over all forecasts of own matches.",
    ),
    Visual(
        id="sources",
        title="Real and mock, month by month",
        question="How much of what is shown happened?",
        reads=(
            Reads(OrdersTimelineExtract, ("hour_at", "market", "chain", "order_count", "order_source")),
            Reads(MatchesExtract, _MATCH),
        ),
        filters=("source", "team", "competition", "type", "market", "chain", "dates"),
        partly=("team", "competition", "type", "market", "chain"),
        filter_note="Market and chain choose orders; team, competition and type choose matches.",
    ),
    Visual(
        id="quality",
        title="Data behind the numbers",
        question="Which weeks are real, mock, partial or missing, why, and what do the checks say?",
        reads=(
            Reads(
                DataQualityExtract,
                (
                    "week",
                    "week_starts_at",
                    "dataset",
                    "data_source",
                    "source_name",
                    "row_count",
                    "rejected_count",
                    "is_partial",
                    "failed_check_count",
                    "reason",
                ),
            ),
            Reads(ChecksExtract, ("asset", "check", "outcome", "week_count", "first_week", "last_week", "description")),
        ),
        filters=("source", "dates"),
        partly=("source", "dates"),
        filter_note="Weeks are collected and checked whole, for every market and team; checks count all weeks.",
    ),
    Visual(
        id="fixture",
        title="A coming match",
        question="Which hours of this match will be busy, and what to staff for?",
        reads=(Reads(MatchForecastExtract, _FORECAST),),
        filters=("source", "market"),
        filter_note="One match has its own teams, competition and date. Forecasts are for all chains together.",
        only_on_page="QuickSight lists the hours of every coming match below the table of coming matches.",
    ),
    Visual(
        id="match",
        title="Match day",
        question="What happened to orders on the day of this match?",
        reads=(
            Reads(
                MatchTimelineExtract,
                (
                    "match_id",
                    "market",
                    "bin_at",
                    "minutes_from_kickoff",
                    "period",
                    "order_count",
                    "expected_orders",
                    *_LABELS,
                ),
            ),
            Reads(
                MatchImpactExtract, (*_OF_MATCH, *_UPLIFT, "extra_orders", "extra_revenue_cents", *_IN_SHOPS, *_LABELS)
            ),
        ),
        filters=("source", "market"),
        filter_note="One match has its own teams, competition and date. " + _CHAINS_TOGETHER,
    ),
)
"""The views that exist, in reading order; the last is where a choice of a match leads."""
