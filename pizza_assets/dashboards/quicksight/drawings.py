"""Which charts draw which visual of the table of visuals. Their titles, questions and filters come from there."""

from collections.abc import Callable

from pizza_assets.dashboards.quicksight import charts
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.charts import Chart
from pizza_assets.dashboards.quicksight.data_sets import (
    ACCURACY,
    ANOMALIES,
    CHECKS,
    COMING,
    CORRELATIONS,
    DATA_QUALITY,
    EVENT_STUDY,
    FORECAST,
    INSIGHTS,
    MATCH_IMPACT,
    MATCH_TIMELINE,
    MATCHES,
    ORDERS,
    ORDERS_AND_MATCHES,
)
from pizza_assets.dashboards.visuals import VISUALS
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, ResultStatus, Scope, Span, Window

CURVE = "own_match"
GOALS = ("own_goal_before", "own_goal_0_15", "opponent_goal_0_15")
"""The series of event_study that are drawn: the curve around kick-off and the three questions about goals."""
OUTCOMES = ("own_win", "home_win", "draw", "away_win", "total_goals", "goal_difference", "high_scoring")
"""What is asked of how a match ended, by the subjects of correlation_results."""
_BAND = ("ci_low_pct", "uplift_pct", "ci_high_pct")
_KNOWN = {"status": [ResultStatus.OK]}
"""A refused estimate carries numbers at times; they are never drawn. A table tells its status and the reasons."""
_IN_SHOPS = ("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents", "currency")
_PARTS = frozenset({"team", "competition", "market", "chain"})
"""The filters that choose a part of the business among estimates."""
_MATCH = ("kickoff_at", "home_team", "away_team", "home_goals", "away_goals", "result", "competition", "match_type")
_WINDOW = ("market", "team", "window", "observed", "expected", *_BAND, "status", "reasons", "extra_orders")


def _coming() -> list[Chart]:
    who = (LABEL, "kickoff_local", "home_team", "away_team", "market", "team")
    numbers = ("orders", "low_80", "high_80", "low_95", "high_95", "without_football", "difference")
    added = (
        "difference_low",
        "difference_high",
        "average_difference_low",
        "average_difference_high",
        "football_reasons",
        "status",
        "reasons",
    )
    peak = ("peak_hour_local", "peak_hour_orders", "peak_hour_quantile_90")
    hours = ("starts_at", "span_label", *numbers[:5], "quantile_90", "status", "reasons")
    return [
        charts.table(
            "coming",
            FORECAST,
            (*who, *peak, *numbers, *added),
            only={"span": [Span.MATCH]},
            suffix=": orders around each match",
        ),
        charts.table("coming-hours", FORECAST, (*who, *hours), only={"span": [Span.HOUR]}, suffix=": hour by hour"),
        charts.table(
            "coming-fixtures",
            COMING,
            (LABEL, "kickoff_local", "home_team", "away_team", "competition", "is_moved", "sentence"),
            suffix=": every fixture and what is known of it",
        ),
    ]


def _accuracy() -> list[Chart]:
    spans = (LABEL, "evidence", "span", "until_date", "scored_forecasts", "error_pct", "error_of_mean_pct", "bias_pct")
    return [
        charts.lines(
            "accuracy",
            ACCURACY,
            "until_date",
            ("error_pct", "error_of_mean_pct"),
            panels="evidence_and_label",
            only={"span": [Span.MATCH]},
            suffix=": orders around matches, per cent missed",
        ),
        charts.table(
            "accuracy-table", ACCURACY, (*spans, "inside_80_pct", "inside_95_pct", "sentence"), suffix=": in numbers"
        ),
    ]


def _insights() -> list[Chart]:
    columns = ("rank", LABEL, "kind", "headline", "caveat", "n_matches", "q_value", *_IN_SHOPS)
    return [charts.table("insights", INSIGHTS, columns, in_order_of="rank")]


def _kpis() -> list[Chart]:
    numbers = [
        charts.kpi(f"kpis-{what}-{label.lower()}", data_set, name.format(label))
        for what, data_set, name in (
            ("orders", ORDERS, "Orders ({})"),
            ("matches", MATCHES, "Matches ({})"),
            ("alarms", ANOMALIES, "Alarms ({} orders)"),
        )
        for label in ("real", "MOCK")
    ]
    revenue = charts.bars(
        "kpis-revenue",
        ORDERS,
        "currency",
        "revenue_cents",
        colour=LABEL,
        suffix=": revenue in minor units, by currency",
        width=18,
    )
    columns = (LABEL, "hypothesis", *_BAND, "q_value", "n_matches", "mde_80_pct", "status", "reasons")
    first = charts.table(
        "kpis-effect",
        CORRELATIONS,
        columns,
        only={"role": ["primary"]},
        # it was asked of the whole business, so a part that is chosen leaves it as it is
        ignores=_PARTS,
        suffix=": what was asked first, over everything",
        height=5,
    )
    return [*numbers, first, revenue]


def _timeline() -> list[Chart]:
    return [
        charts.lines_over_bars(
            "timeline",
            ORDERS_AND_MATCHES,
            "hour_at",
            ("Orders (real)", "Orders (MOCK)"),
            ("Matches (real)", "Matches (MOCK)"),
            honours=frozenset({"team", "competition", "type"}),
            note="Matches are counted wherever they were played, whichever market and chain are chosen. A day of which "
            "not every hour is known has no point. Alarms are in the table and the bars below, each with its match.",
        ),
        charts.table(
            "timeline-alarms-table",
            ANOMALIES,
            (LABEL, "starts_at", "kind", "market", "chain", "store_id", "match_id", "result"),
            newest_first="starts_at",
            opens_match=True,
            suffix=": alarms with their match and its result",
            width=24,
            height=12,
        ),
        charts.counts_by_month(
            "timeline-alarms",
            ANOMALIES,
            "starts_at",
            "store_id",
            "kind_and_label",
            suffix=": alarms by month",
            width=12,
        ),
    ]


def _kickoff() -> list[Chart]:
    return [
        charts.lines(
            "kickoff",
            EVENT_STUDY,
            "minutes_middle",
            _BAND,
            panels="curve",
            zero_line=True,
            only=_KNOWN | {"series": [CURVE]},
            suffix=": minutes from kick-off",
            width=22,
        ),
        charts.lines(
            "kickoff-goals",
            EVENT_STUDY,
            "curve",
            _BAND,
            are_dots=True,
            zero_line=True,
            only=_KNOWN | {"series": GOALS},
            suffix=": a quarter of an hour around goals",
            width=14,
        ),
        charts.table(
            "kickoff-table",
            EVENT_STUDY,
            ("curve", "minutes_from", "minutes_to", *_BAND, *_IN_SHOPS, "n_matches", "n_goals", "status", "reasons"),
            in_order_of="minutes_from",
            only={"series": [CURVE, *GOALS]},
            suffix=": in orders and money of a store and hour",
        ),
    ]


def _effects() -> list[Chart]:
    only = _KNOWN | {"subject": [OWN_TEAM_MATCH]}
    columns = (LABEL, "role", "pattern_description", "scope", "scope_value", "time_window", *_BAND, "q_value")
    behind = ("n_matches", "n_clusters", "mde_80_pct", "status", "reasons", "extra_orders_low", "extra_orders_high")
    return [
        charts.lines("effects", CORRELATIONS, "part", _BAND, are_dots=True, zero_line=True, only=only, height=14),
        charts.table("effects-table", CORRELATIONS, (*columns, *behind, *_IN_SHOPS), suffix=": every tested effect"),
    ]


def _outcomes() -> list[Chart]:
    columns = (LABEL, "subject", "time_window", "scope", "scope_value", "correlation_coefficient")
    numbers = ("spearman_coefficient", *_BAND, "q_value", "n_matches", "status", "reasons")
    return [
        charts.scatter(
            "outcomes",
            MATCH_IMPACT,
            "own_goal_difference",
            "uplift_pct",
            colour=LABEL,
            only=_KNOWN | {"window": [Window.POST]},
        ),
        charts.table(
            "outcomes-coefficients",
            CORRELATIONS,
            (*columns, *numbers),
            only={"subject": list(OUTCOMES)},
            suffix=": correlation coefficients",
        ),
    ]


def _results() -> list[Chart]:
    only = _KNOWN | {"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]}
    return [
        charts.bars(
            "results",
            CORRELATIONS,
            "scope_value",
            "uplift_pct",
            colour="time_window",
            panels=LABEL,
            zero_line=True,
            only=only,
        ),
        charts.table(
            "results-table",
            CORRELATIONS,
            (LABEL, "scope_value", "time_window", *_BAND, "q_value", "n_matches", *_IN_SHOPS, "status", "reasons"),
            only={"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]},
            suffix=": in numbers",
        ),
    ]


def _calendar() -> list[Chart]:
    return [
        charts.calendar(
            "calendar",
            MATCH_IMPACT,
            "Departure from usual, %",
            only=_KNOWN | {"window": [Window.POST]},
            suffix=": after the match",
        )
    ]


def _matches() -> list[Chart]:
    return [
        charts.table(
            "matches",
            MATCH_IMPACT,
            ("match_id", LABEL, *_MATCH, *_WINDOW, *_IN_SHOPS),
            newest_first="kickoff_at",
            opens_match=True,
            suffix=": orders around them",
        ),
        charts.table(
            "matches-all",
            MATCHES,
            ("match_id", LABEL, *_MATCH),
            newest_first="kickoff_at",
            opens_match=True,
            suffix=": every match, followed or not",
        ),
    ]


def _anomalies() -> list[Chart]:
    where = ("market", "chain", "store_id", "kind", "starts_at", "ends_at", "observed", "expected", "q_value")
    match = ("match_id", "home_team", "away_team", "competition", "match_type", "minutes_from_kickoff", "result")
    extra = ("extra_orders", "extra_orders_per_store_hour", "extra_revenue_cents", "currency", "seen_in")
    columns = (LABEL, *where, *match, *extra)
    return [charts.table("anomalies", ANOMALIES, columns, newest_first="starts_at", opens_match=True)]


def _sources() -> list[Chart]:
    orders = charts.bars(
        "sources-orders",
        ORDERS,
        "hour_at",
        "order_count",
        colour=LABEL,
        suffix=": orders",
        width=18,
    )
    matches = charts.counts_by_month(
        "sources-matches", MATCHES, "kickoff_at", "match_id", LABEL, suffix=": matches", width=18
    )
    return [orders, matches]


def _quality() -> list[Chart]:
    stored = ("week", "week_starts_at", "dataset", LABEL, "source_name", "row_count", "rejected_count", "is_partial")
    checks = ("asset", "check", "outcome", "week_count", "first_week", "last_week", "description")
    return [
        charts.table("quality", DATA_QUALITY, (*stored, "failed_check_count", "reason"), newest_first="week_starts_at"),
        charts.table("quality-checks", CHECKS, checks, suffix=": checks of all weeks, real and MOCK"),
    ]


def _match() -> list[Chart]:
    chosen = {"match_is_chosen": ["yes"]}
    listed = ("match_id", LABEL, *_MATCH, *_WINDOW, "extra_revenue_cents", *_IN_SHOPS)
    return [
        charts.table(
            "match-windows",
            MATCH_IMPACT,
            listed,
            only={"match_is_listed": ["yes"]},
            opens_match=True,
            suffix=": before, during and after",
        ),
        charts.lines(
            "match",
            MATCH_TIMELINE,
            "bin_at",
            ("orders_where_usual_is_known", "expected_orders"),
            panels=LABEL,
            only=chosen,
            suffix=": orders by quarter-hour (UTC) beside what is usual",
        ),
        charts.table(
            "match-quarters",
            MATCH_TIMELINE,
            (LABEL, "market", "bin_at", "minutes_from_kickoff", "period", "order_count", "expected_orders"),
            in_order_of="bin_at",
            only=chosen,
            suffix=": every quarter-hour",
        ),
    ]


_DRAWN: dict[str, Callable[[], list[Chart]]] = {
    "coming": _coming,
    "accuracy": _accuracy,
    "insights": _insights,
    "kpis": _kpis,
    "timeline": _timeline,
    "kickoff": _kickoff,
    "effects": _effects,
    "outcomes": _outcomes,
    "results": _results,
    "calendar": _calendar,
    "matches": _matches,
    "anomalies": _anomalies,
    "sources": _sources,
    "quality": _quality,
    "match": _match,
}

DRAWINGS: dict[str, tuple[Chart, ...]] = {
    visual.id: tuple(_DRAWN[visual.id]()) for visual in VISUALS if not visual.only_on_page
}
"""The charts of each visual, by its id, in the order of the table of visuals."""
