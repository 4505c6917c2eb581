"""What the sheet “Match day” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import plots, tables
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL, MATCH_IMPACT, MATCH_TIMELINE
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.drawings.columns import MATCH, PER_STORE, WINDOW


def _match() -> list[Chart]:
    chosen = {"match_is_chosen": ["yes"]}
    listed = ("match_id", LABEL, *MATCH, *WINDOW, "extra_revenue", *PER_STORE)
    return [
        tables.table(
            "match-windows",
            MATCH_IMPACT,
            listed,
            only={"match_is_listed": ["yes"]},
            opens_match=True,
            suffix=": before, during and after",
        ),
        plots.lines(
            "match",
            MATCH_TIMELINE,
            "bin_at",
            ("orders_where_usual_is_known", "expected_orders"),
            panels=LABEL,
            only=chosen,
            suffix=": orders by quarter-hour (UTC) and the usual level",
        ),
        tables.table(
            "match-quarters",
            MATCH_TIMELINE,
            (LABEL, "market", "bin_at", "minutes_from_kickoff", "period", "order_count", "expected_orders"),
            in_order_of="bin_at",
            only=chosen,
            suffix=": every quarter-hour",
        ),
    ]


DRAWINGS = {"match": _match()}
