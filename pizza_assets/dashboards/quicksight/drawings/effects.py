"""What the sheet “Effects” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import plots, tables
from pizza_assets.dashboards.quicksight.calculated_fields import CORRELATIONS, EVENT_STUDY, LABEL, MATCH_IMPACT
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.drawings.columns import BAND, KNOWN, PER_STORE
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, Scope, Window

CURVE = "own_match"
GOALS = ("own_goal_before", "own_goal_0_15", "opponent_goal_0_15")
"""The series of event_study that are drawn: the curve around kick-off and three spans around goals."""
OUTCOMES = ("own_win", "home_win", "draw", "away_win", "total_goals", "goal_difference", "high_scoring")
"""The subjects of correlation_results about how a match ended."""


def _kickoff() -> list[Chart]:
    return [
        plots.lines(
            "kickoff",
            EVENT_STUDY,
            "minutes_middle",
            BAND,
            panels="curve",
            zero_line=True,
            only=KNOWN | {"series": [CURVE]},
            suffix=": minutes from kick-off",
            width=22,
        ),
        plots.lines(
            "kickoff-goals",
            EVENT_STUDY,
            "curve",
            BAND,
            are_dots=True,
            zero_line=True,
            only=KNOWN | {"series": GOALS},
            suffix=": a quarter of an hour around goals",
            width=14,
        ),
        tables.table(
            "kickoff-table",
            EVENT_STUDY,
            ("curve", "minutes_from", "minutes_to", *BAND, *PER_STORE, "n_matches", "n_goals", "status", "reasons"),
            in_order_of="minutes_from",
            only={"series": [CURVE, *GOALS]},
            suffix=": in orders and money per store and hour",
        ),
    ]


def _effects() -> list[Chart]:
    only = KNOWN | {"subject": [OWN_TEAM_MATCH]}
    columns = (LABEL, "role", "pattern_description", "scope", "scope_value", "time_window", *BAND, "q_value")
    behind = ("n_matches", "n_clusters", "mde_80_pct", "status", "reasons", "extra_orders_low", "extra_orders_high")
    return [
        plots.lines("effects", CORRELATIONS, "part", BAND, are_dots=True, zero_line=True, only=only, height=14),
        tables.table("effects-table", CORRELATIONS, (*columns, *behind, *PER_STORE), suffix=": every tested effect"),
    ]


def _outcomes() -> list[Chart]:
    columns = (LABEL, "subject", "time_window", "scope", "scope_value", "correlation_coefficient")
    numbers = ("spearman_coefficient", *BAND, "q_value", "n_matches", "status", "reasons")
    return [
        plots.scatter(
            "outcomes",
            MATCH_IMPACT,
            "own_goal_difference",
            "uplift_pct",
            colour=LABEL,
            only=KNOWN | {"window": [Window.POST]},
        ),
        tables.table(
            "outcomes-coefficients",
            CORRELATIONS,
            (*columns, *numbers),
            only={"subject": list(OUTCOMES)},
            suffix=": correlation coefficients",
        ),
    ]


def _results() -> list[Chart]:
    only = KNOWN | {"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]}
    return [
        plots.bars(
            "results",
            CORRELATIONS,
            "scope_value",
            "uplift_pct",
            colour="time_window",
            panels=LABEL,
            zero_line=True,
            only=only,
        ),
        tables.table(
            "results-table",
            CORRELATIONS,
            (LABEL, "scope_value", "time_window", *BAND, "q_value", "n_matches", *PER_STORE, "status", "reasons"),
            only={"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]},
            suffix=": in numbers",
        ),
    ]


DRAWINGS = {"kickoff": _kickoff(), "effects": _effects(), "outcomes": _outcomes(), "results": _results()}
