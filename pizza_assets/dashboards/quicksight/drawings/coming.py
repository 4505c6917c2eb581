"""What the sheet “Coming matches” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import plots, tables
from pizza_assets.dashboards.quicksight.calculated_fields import ACCURACY, LABEL
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.data_sets import data_set_of
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, MatchForecastExtract
from pizza_assets.models.vocabulary import Span

COMING = data_set_of(ComingMatchesExtract)
FORECAST = data_set_of(MatchForecastExtract)


def _coming() -> list[Chart]:
    match = (LABEL, "kickoff_local", "home_team", "away_team", "market", "team")
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
        tables.table(
            "coming",
            FORECAST,
            (*match, "span_label", *peak, *numbers, *added),
            only={"span": [Span.MATCH]},
            suffix=": orders around each match",
        ),
        tables.table("coming-hours", FORECAST, (*match, *hours), only={"span": [Span.HOUR]}, suffix=": hour by hour"),
        tables.table(
            "coming-fixtures",
            COMING,
            (LABEL, "kickoff_local", "home_team", "away_team", "competition", "is_moved", "sentence"),
            suffix=": every fixture and what is known about it",
        ),
    ]


def _accuracy() -> list[Chart]:
    spans = (LABEL, "evidence", "span", "until_date", "scored_forecasts", "error_pct", "error_of_mean_pct", "bias_pct")
    return [
        plots.lines(
            "accuracy",
            ACCURACY,
            "until_date",
            ("error_pct", "error_of_mean_pct"),
            panels="evidence_and_label",
            only={"span": [Span.MATCH]},
            suffix=": orders around matches, error in %",
        ),
        tables.table(
            "accuracy-table", ACCURACY, (*spans, "inside_80_pct", "inside_95_pct", "sentence"), suffix=": in numbers"
        ),
    ]


DRAWINGS = {"coming": _coming(), "accuracy": _accuracy()}
