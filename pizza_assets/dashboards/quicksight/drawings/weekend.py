"""What the sheet “This weekend” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import tables
from pizza_assets.dashboards.quicksight.calculated_fields import DEMAND, LABEL
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.choices import YES
from pizza_assets.dashboards.quicksight.drawings.columns import KNOWN
from pizza_assets.models.vocabulary import Span

_SHOP = ("chain", "market", "store_id")
_AGE = ("made_on", "origin_at", "hours_since_the_newest_orders")


def _weekend() -> list[Chart]:
    ahead = {"is_ahead": [YES]}
    numbers = ("orders", "low_80", "high_80", "low_95", "high_95", "usual_orders", "unusual_pct")
    football = ("expected", "without_football", "with_football", "football_adds", "football_reasons")
    pizzas = ("pizzas", "pizzas_90")
    why = ("holiday", "status", "reasons")
    hour = ("local_start", "local_end", "quantile_90", "people", "is_peak_hour", "match", "match_window")
    return [
        tables.grid(
            "weekend",
            DEMAND,
            rows=(LABEL, *_SHOP),
            columns=("weekday_and_date",),
            values=("quantile_90_in_the_busiest_hour", "people_in_the_busiest_hour"),
            only=KNOWN | ahead | {"span": [Span.HOUR], "is_this_weekend": [YES]},
            suffix=": orders and people to staff for (in the busiest hour still ahead)",
        ),
        tables.table(
            "weekend-days",
            DEMAND,
            (LABEL, "business_date", *_SHOP, *numbers, *football, *pizzas, *why, *_AGE),
            in_order_of="business_date",
            only=ahead | {"span": [Span.DAY]},
            suffix=": every day of two weeks, with and without football, and how old the forecast is",
            height=14,
        ),
        tables.table(
            "weekend-hours",
            DEMAND,
            (LABEL, "starts_at", "business_date", *_SHOP, *hour, *numbers, *football, *pizzas, "status", "reasons"),
            in_order_of="starts_at",
            only=ahead | {"span": [Span.HOUR]},
            suffix=": every hour of two weeks, local time",
            height=14,
        ),
    ]


DRAWINGS = {"weekend": _weekend()}
