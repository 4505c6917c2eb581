"""What the sheet “Overview” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import plots, tables
from pizza_assets.dashboards.quicksight.calculated_fields import ANOMALIES, CORRELATIONS, LABEL, MATCHES
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.data_sets import ORDERS, ORDERS_AND_MATCHES, data_set_of
from pizza_assets.dashboards.quicksight.drawings.columns import BAND, PER_STORE
from pizza_assets.models.extracts import InsightsExtract

INSIGHTS = data_set_of(InsightsExtract)
_PARTS = frozenset({"team", "competition", "market", "chain"})
"""The filters that select the estimate of one part of the business."""


def _insights() -> list[Chart]:
    columns = ("rank", LABEL, "kind", "headline", "caveat", "n_matches", "q_value", *PER_STORE)
    return [tables.table("insights", INSIGHTS, columns, in_order_of="rank")]


def _kpis() -> list[Chart]:
    numbers = [
        tables.kpi(f"kpis-{what}-{label.lower()}", data_set, name.format(label))
        for what, data_set, name in (
            ("orders", ORDERS, "Orders ({})"),
            ("matches", MATCHES, "Matches ({})"),
            ("alarms", ANOMALIES, "Alarms ({} orders)"),
        )
        for label in ("real", "MOCK")
    ]
    revenue = plots.bars(
        "kpis-revenue",
        ORDERS,
        "currency",
        "revenue",
        colour=LABEL,
        suffix=": revenue by currency",
        width=18,
    )
    columns = (
        LABEL,
        "hypothesis",
        "pattern_description",
        *BAND,
        "q_value",
        "n_matches",
        "mde_80_pct",
        "status",
        "reasons",
    )
    first = tables.table(
        "kpis-effect",
        CORRELATIONS,
        columns,
        only={"role": ["primary"]},
        # it is about the whole business, whichever part is selected
        ignores=_PARTS,
        suffix=": the hypothesis declared beforehand, for the whole business",
        height=5,
    )
    return [*numbers, first, revenue]


def _timeline() -> list[Chart]:
    return [
        plots.lines_over_bars(
            "timeline",
            ORDERS_AND_MATCHES,
            "hour_at",
            ("Orders (real)", "Orders (MOCK)"),
            ("Matches (real)", "Matches (MOCK)"),
            honours=frozenset({"team", "competition", "type"}),
            note="Matches are counted wherever they were played, whichever market and chain are selected. A day with "
            "unknown hours has no point. Alarms are in the table and the bars below, each with its match.",
        ),
        tables.table(
            "timeline-alarms-table",
            ANOMALIES,
            (LABEL, "starts_at", "kind", "market", "chain", "store_id", "match_id", "result"),
            newest_first="starts_at",
            opens_match=True,
            suffix=": alarms with their match and its result",
            width=24,
            height=12,
        ),
        plots.counts_by_month(
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
    orders = plots.bars("sources-orders", ORDERS, "hour_at", "order_count", colour=LABEL, suffix=": orders", width=18)
    matches = plots.counts_by_month(
        "sources-matches", MATCHES, "kickoff_at", "match_id", LABEL, suffix=": matches", width=18
    )
    return [orders, matches]


DRAWINGS = {"insights": _insights(), "kpis": _kpis(), "timeline": _timeline(), "sources": _sources()}
