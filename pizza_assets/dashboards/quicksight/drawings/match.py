"""What the sheet “Match day” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import charts
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.charts import Chart
from pizza_assets.dashboards.quicksight.data_sets import data_set_of
from pizza_assets.dashboards.quicksight.drawings.columns import MATCH, PER_STORE, WINDOW
from pizza_assets.models.extracts import MatchImpactExtract, MatchTimelineExtract

MATCH_TIMELINE = data_set_of(MatchTimelineExtract)
MATCH_IMPACT = data_set_of(MatchImpactExtract)


def _match() -> list[Chart]:
    chosen = {"match_is_chosen": ["yes"]}
    listed = ("match_id", LABEL, *MATCH, *WINDOW, "extra_revenue_cents", *PER_STORE)
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


DRAWINGS = {
    "match": _match(),
}
