"""What the sheet “Overview” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import charts
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.charts import Chart
from pizza_assets.dashboards.quicksight.data_sets import ORDERS, ORDERS_AND_MATCHES, data_set_of
from pizza_assets.dashboards.quicksight.drawings.columns import BAND, IN_SHOPS
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    CorrelationsExtract,
    InsightsExtract,
    MatchesExtract,
    WeekdayProfileExtract,
)

MATCHES = data_set_of(MatchesExtract)
CORRELATIONS = data_set_of(CorrelationsExtract)
ANOMALIES = data_set_of(AnomaliesExtract)
INSIGHTS = data_set_of(InsightsExtract)
_PARTS = frozenset({"team", "competition", "market", "chain"})
"""The filters that choose a part of the business among estimates."""


def _insights() -> list[Chart]:
    columns = ("rank", LABEL, "kind", "headline", "caveat", "n_matches", "q_value", *IN_SHOPS)
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
    columns = (LABEL, "hypothesis", *BAND, "q_value", "n_matches", "mde_80_pct", "status", "reasons")
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


def _weekdays() -> list[Chart]:
    profile = data_set_of(WeekdayProfileExtract)
    columns = (LABEL, "market", "weekday_number", "weekday", "day_count", "orders_per_day")
    return [
        charts.bars("weekdays", profile, "weekday", "orders_per_day", colour=LABEL, suffix=": orders a day", width=18),
        charts.table("weekdays-table", profile, columns, in_order_of="weekday_number", suffix=": in numbers", width=18),
    ]


DRAWINGS = {
    "insights": _insights(),
    "kpis": _kpis(),
    "timeline": _timeline(),
    "sources": _sources(),
    "weekdays": _weekdays(),
}
