"""What the sheet “Effects” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import charts
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.charts import Chart
from pizza_assets.dashboards.quicksight.data_sets import data_set_of
from pizza_assets.dashboards.quicksight.drawings.columns import BAND, KNOWN, PER_STORE
from pizza_assets.models.extracts import CorrelationsExtract, EventStudyExtract, MatchImpactExtract
from pizza_assets.models.vocabulary import OWN_TEAM_MATCH, Scope, Window

MATCH_IMPACT = data_set_of(MatchImpactExtract)
CORRELATIONS = data_set_of(CorrelationsExtract)
EVENT_STUDY = data_set_of(EventStudyExtract)
CURVE = "own_match"
GOALS = ("own_goal_before", "own_goal_0_15", "opponent_goal_0_15")
"""The series of event_study that are drawn: the curve around kick-off and the three questions about goals."""
OUTCOMES = ("own_win", "home_win", "draw", "away_win", "total_goals", "goal_difference", "high_scoring")
"""What is asked of how a match ended, by the subjects of correlation_results."""


def _kickoff() -> list[Chart]:
    return [
        charts.lines(
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
        charts.lines(
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
        charts.table(
            "kickoff-table",
            EVENT_STUDY,
            ("curve", "minutes_from", "minutes_to", *BAND, *PER_STORE, "n_matches", "n_goals", "status", "reasons"),
            in_order_of="minutes_from",
            only={"series": [CURVE, *GOALS]},
            suffix=": in orders and money of a store and hour",
        ),
    ]


def _effects() -> list[Chart]:
    only = KNOWN | {"subject": [OWN_TEAM_MATCH]}
    columns = (LABEL, "role", "pattern_description", "scope", "scope_value", "time_window", *BAND, "q_value")
    behind = ("n_matches", "n_clusters", "mde_80_pct", "status", "reasons", "extra_orders_low", "extra_orders_high")
    return [
        charts.lines("effects", CORRELATIONS, "part", BAND, are_dots=True, zero_line=True, only=only, height=14),
        charts.table("effects-table", CORRELATIONS, (*columns, *behind, *PER_STORE), suffix=": every tested effect"),
    ]


def _outcomes() -> list[Chart]:
    columns = (LABEL, "subject", "time_window", "scope", "scope_value", "correlation_coefficient")
    numbers = ("spearman_coefficient", *BAND, "q_value", "n_matches", "status", "reasons")
    return [
        charts.scatter(
            "outcomes",
            MATCH_IMPACT,
            "own_goal_difference",
            "uplift_pct",
            colour=LABEL,
            only=KNOWN | {"window": [Window.POST]},
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
    only = KNOWN | {"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]}
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
            (LABEL, "scope_value", "time_window", *BAND, "q_value", "n_matches", *PER_STORE, "status", "reasons"),
            only={"subject": [OWN_TEAM_MATCH], "scope": [Scope.RESULT]},
            suffix=": in numbers",
        ),
    ]


DRAWINGS = {
    "kickoff": _kickoff(),
    "effects": _effects(),
    "outcomes": _outcomes(),
    "results": _results(),
}
