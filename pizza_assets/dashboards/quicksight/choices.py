"""What each filter means to each data set, as a calculated field that says yes or no.

The declaration and the controls of a filter's parameter are in parameters.py.
"""

from collections.abc import Mapping

from pizza_assets.dashboards.quicksight.data_sets import (
    ACCURACY,
    ANOMALIES,
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
    DataSet,
)
from pizza_assets.dashboards.quicksight.parameters import ALL, DAY, DAY_OF_MONTH, MATCH, MONTH_ROW, PARAMETERS

YES = "yes"


def is_chosen(filter_id: str, condition: str) -> str:
    """An expression that says yes while nothing is chosen, or where the condition holds."""
    return f"ifelse(({nothing_chosen(filter_id)}) OR ({condition}), '{YES}', 'no')"


def nothing_chosen(filter_id: str) -> str:
    return f"in('{ALL}', ${{{PARAMETERS[filter_id]}}})"


def among(column: str, filter_id: str) -> str:
    """Whether the column's value is among the chosen ones."""
    return f"in({{{column}}}, ${{{PARAMETERS[filter_id]}}})"


def value_is_chosen(value: str, filter_id: str) -> str:
    return f"in('{value}', ${{{PARAMETERS[filter_id]}}})"


EITHER_SIDE = f"{among('home_team', 'team')} OR {among('away_team', 'team')}"

# mixed is real orders with mock matches, and has both on its screen
_ORDERS_OF_SOURCE = (
    f"{among('order_source', 'source')} OR ({{order_source}} = 'real' AND {value_is_chosen('mixed', 'source')})"
)
_MATCHES_OF_SOURCE = (
    f"{among('match_source', 'source')} OR ({{match_source}} = 'mock' AND {value_is_chosen('mixed', 'source')})"
)


def _part(scope: str) -> str:
    """Rows about another kind of part stay: each part of the business was estimated by itself."""
    return f"{{scope}} <> '{scope}' OR {among('scope_value', scope)}"


CHOICES: Mapping[str, Mapping[str, str]] = {
    ORDERS.identifier: {
        "source": _ORDERS_OF_SOURCE,
        "market": among("market", "market"),
        "chain": among("chain", "chain"),
    },
    ORDERS_AND_MATCHES.identifier: {
        "source": _ORDERS_OF_SOURCE,
        "market": among("market", "market"),
        "chain": among("chain", "chain"),
    },
    MATCHES.identifier: {
        "source": _MATCHES_OF_SOURCE,
        "team": EITHER_SIDE,
        "competition": among("competition", "competition"),
        "type": among("match_type", "type"),
    },
    MATCH_TIMELINE.identifier: {"source": among("data_source", "source"), "market": among("market", "market")},
    MATCH_IMPACT.identifier: {
        "source": among("data_source", "source"),
        "team": EITHER_SIDE,
        "competition": among("competition", "competition"),
        "type": among("match_type", "type"),
        "market": among("market", "market"),
    },
    CORRELATIONS.identifier: {
        "source": among("data_source", "source"),
        **{scope: _part(scope) for scope in ("team", "competition", "market", "chain")},
    },
    EVENT_STUDY.identifier: {"source": among("data_source", "source")},
    ANOMALIES.identifier: {
        "source": _ORDERS_OF_SOURCE,
        "team": EITHER_SIDE,
        "competition": among("competition", "competition"),
        "type": among("match_type", "type"),
        "market": among("market", "market"),
        "chain": among("chain", "chain"),
    },
    INSIGHTS.identifier: {"source": among("data_source", "source")},
    COMING.identifier: {
        "source": _MATCHES_OF_SOURCE,
        "team": EITHER_SIDE,
        "competition": among("competition", "competition"),
        "type": among("match_type", "type"),
    },
    FORECAST.identifier: {
        "source": among("data_source", "source"),
        "team": EITHER_SIDE,
        "competition": among("competition", "competition"),
        "type": among("match_type", "type"),
        "market": among("market", "market"),
    },
    ACCURACY.identifier: {"source": among("data_source", "source")},
    DATA_QUALITY.identifier: {"source": f"{among('data_source', 'source')} OR {{data_source}} = 'none'"},
}
"""Data set to filter to the condition under which a row is chosen. Dates are in DATES."""

DATES: Mapping[str, str] = {
    ORDERS.identifier: "hour_at",
    ORDERS_AND_MATCHES.identifier: "hour_at",
    MATCHES.identifier: "kickoff_at",
    MATCH_IMPACT.identifier: "kickoff_at",
    ANOMALIES.identifier: "starts_at",
    DATA_QUALITY.identifier: "week_starts_at",
}
"""The column that the dates choose by."""

# A mock match is no tick beside orders of which only real ones were asked for.
TICK_IS_CHOSEN = " AND ".join(
    [
        f"({{match_source}} = 'real' OR {nothing_chosen('source')} OR {value_is_chosen('mock', 'source')} "
        f"OR {value_is_chosen('mixed', 'source')})",
        f"({nothing_chosen('team')} OR {EITHER_SIDE})",
        f"({nothing_chosen('competition')} OR {among('competition', 'competition')})",
        f"({nothing_chosen('type')} OR {among('match_type', 'type')})",
    ]
)
"""Whether the match beside an hour of orders is shown: orders stay, whichever match is chosen."""

MATCH_IS_CHOSEN = f"ifelse({{match_id}} = ${{{MATCH}}}, '{YES}', 'no')"
MATCH_IS_LISTED = (
    f"ifelse({{match_id}} = ${{{MATCH}}} OR truncDate('DD', {{kickoff_at}}) = ${{{DAY}}} "
    f"OR ({{month_row}} = ${{{MONTH_ROW}}} AND {{day_of_month}} = ${{{DAY_OF_MONTH}}}), '{YES}', 'no')"
)
"""A match that was clicked, or of the day that was."""


def field_name(filter_id: str) -> str:
    """The calculated field that says whether a row is chosen."""
    return f"{filter_id}_is_chosen"


def honoured(data_set: DataSet) -> frozenset[str]:
    """The filters that choose rows of a data set."""
    dates = {"dates"} if data_set.identifier in DATES else set()
    return frozenset({*CHOICES.get(data_set.identifier, {}), *dates})
