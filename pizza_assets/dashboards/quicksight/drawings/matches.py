"""What the sheet “Matches and alarms” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import tables
from pizza_assets.dashboards.quicksight.calculated_fields import ANOMALIES, LABEL, MATCH_IMPACT, MATCHES
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.drawings.columns import KNOWN, MATCH, PER_STORE, WINDOW
from pizza_assets.models.vocabulary import Window


def _calendar() -> list[Chart]:
    return [
        tables.calendar(
            "calendar",
            MATCH_IMPACT,
            "Departure from usual, %",
            only=KNOWN | {"window": [Window.POST]},
            suffix=": after the match",
        )
    ]


def _matches() -> list[Chart]:
    return [
        tables.table(
            "matches",
            MATCH_IMPACT,
            ("match_id", LABEL, *MATCH, *WINDOW, *PER_STORE),
            newest_first="kickoff_at",
            opens_match=True,
            suffix=": orders around them",
        ),
        tables.table(
            "matches-all",
            MATCHES,
            ("match_id", LABEL, *MATCH),
            newest_first="kickoff_at",
            opens_match=True,
            suffix=": every match, followed or not",
        ),
    ]


def _anomalies() -> list[Chart]:
    where = ("market", "chain", "store_id", "kind", "starts_at", "ends_at", "observed", "expected", "q_value")
    match = ("match_id", "home_team", "away_team", "competition", "match_type", "minutes_from_kickoff", "result")
    extra = ("extra_orders", "extra_orders_per_store_hour", "extra_revenue", "currency", "seen_in")
    columns = (LABEL, *where, *match, *extra)
    return [tables.table("anomalies", ANOMALIES, columns, newest_first="starts_at", opens_match=True)]


DRAWINGS = {"calendar": _calendar(), "matches": _matches(), "anomalies": _anomalies()}
