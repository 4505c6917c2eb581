"""What each filter means for each data set, as a calculated field that is yes or no.

The parameters that filters set, and their controls, are in parameters.py.
"""

from collections.abc import Mapping

from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS, DataSet, certain_labels, honoured_by_views
from pizza_assets.dashboards.quicksight.parameters import (
    ALL,
    DAY,
    DAY_OF_MONTH,
    MATCH,
    MONTH_ROW,
    PARAMETERS,
    SOURCE_PAIRS,
)
from pizza_assets.dashboards.view import FILTERS
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    CorrelationsExtract,
    DataQualityExtract,
    InsightsExtract,
    MatchesExtract,
    MatchImpactExtract,
    OrdersTimelineExtract,
)
from pizza_assets.models.table import Table

YES = "yes"


def is_chosen(filter_id: str, condition: str) -> str:
    """An expression that is yes while nothing is selected, or where the condition holds."""
    return f"ifelse(({nothing_chosen(filter_id)}) OR ({condition}), '{YES}', 'no')"


def nothing_chosen(filter_id: str) -> str:
    return f"in('{ALL}', ${{{PARAMETERS[filter_id]}}})"


def among(column: str, filter_id: str) -> str:
    """Whether the column's value is among the selected ones."""
    return f"in({{{column}}}, ${{{PARAMETERS[filter_id]}}})"


def value_is_chosen(value: str, filter_id: str) -> str:
    return f"in('{value}', ${{{PARAMETERS[filter_id]}}})"


EITHER_SIDE = f"{among('home_team', 'team')} OR {among('away_team', 'team')}"
OWN_TEAM = among("team", "team")
_ORDERS, _MATCHES = 0, 1


def _of_pairs(column: str, side: int) -> str:
    """Whether a label is that of the orders (or the matches) of a selected pair."""
    return " OR ".join(
        f"({{{column}}} = '{pair[side]}' AND {value_is_chosen(words, 'source')})"
        for pair, words in SOURCE_PAIRS.items()
    )


_ORDERS_OF_SOURCE = _of_pairs("order_source", _ORDERS)
_MATCHES_OF_SOURCE = _of_pairs("match_source", _MATCHES)
_PAIR_OF_SOURCE = " OR ".join(
    f"({{order_source}} = '{orders}' AND {{match_source}} = '{matches}' AND {value_is_chosen(words, 'source')})"
    for (orders, matches), words in SOURCE_PAIRS.items()
)
# A sentence about orders alone, or about the data as a whole, has no label of its own for the other side.
_SENTENCE_OF_SOURCE = (
    f"{_PAIR_OF_SOURCE} OR (isNull({{match_source}}) AND ({_ORDERS_OF_SOURCE})) OR "
    f"(isNull({{order_source}}) AND isNull({{match_source}}))"
)
# Each week of a dataset has one label, that of orders or of matches.
_WEEK_OF_SOURCE = (
    f"{{data_source}} = 'none' OR ({{dataset}} = 'orders' AND ({_of_pairs('data_source', _ORDERS)})) "
    f"OR ({{dataset}} = 'matches' AND ({_of_pairs('data_source', _MATCHES)}))"
)


def _part(scope: str) -> str:
    """Whether a row is about a selected part of the business, or about another kind of part (a scope of its own)."""
    return f"{{scope}} <> '{scope}' OR {among('scope_value', scope)}"


# Extracts whose columns alone do not determine what a filter means.
_OWN: Mapping[type[Table], Mapping[str, str]] = {
    CorrelationsExtract: {
        "source": _PAIR_OF_SOURCE,
        **{scope: _part(scope) for scope in ("team", "competition", "market", "chain")},
    },
    InsightsExtract: {"source": _SENTENCE_OF_SOURCE},
    DataQualityExtract: {"source": _WEEK_OF_SOURCE},
}
_BY_LABELS = {
    ("order_source", "match_source"): _PAIR_OF_SOURCE,
    ("order_source",): _ORDERS_OF_SOURCE,
    ("match_source",): _MATCHES_OF_SOURCE,
}
_SAME_COLUMN = {"competition": "competition", "type": "match_type", "market": "market", "chain": "chain"}


def _by_columns(data_set: DataSet) -> Mapping[str, str]:
    """What the filters mean, from a data set's columns. A team is the one that is followed, else either side."""
    columns = set(data_set.extract.column_names())
    found = {name: among(column, name) for name, column in _SAME_COLUMN.items() if column in columns}
    if labels := certain_labels(data_set):
        found["source"] = _BY_LABELS[labels]
    if "team" in columns or "home_team" in columns:
        found["team"] = OWN_TEAM if "team" in columns else EITHER_SIDE
    return {name: found[name] for name in FILTERS if name in found and name in honoured_by_views(data_set)}


CHOICES: Mapping[str, Mapping[str, str]] = {
    data_set.identifier: _OWN.get(data_set.extract) or _by_columns(data_set) for data_set in DATA_SETS
}
"""By data set and filter: the condition that selects a row. Dates are in DATES."""

_DATE_COLUMNS: Mapping[type[Table], str] = {
    OrdersTimelineExtract: "hour_at",
    MatchesExtract: "kickoff_at",
    MatchImpactExtract: "kickoff_at",
    AnomaliesExtract: "starts_at",
    DataQualityExtract: "week_starts_at",
}
DATES: Mapping[str, str] = {
    data_set.identifier: _DATE_COLUMNS[data_set.extract] for data_set in DATA_SETS if data_set.extract in _DATE_COLUMNS
}
"""By data set: the column that the dates filter."""

# A match is shown only for pairs that it belongs to: no mock match beside real orders with real matches.
TICK_IS_CHOSEN = " AND ".join(
    [
        f"({nothing_chosen('source')} OR {_MATCHES_OF_SOURCE})",
        f"({nothing_chosen('team')} OR {EITHER_SIDE})",
        f"({nothing_chosen('competition')} OR {among('competition', 'competition')})",
        f"({nothing_chosen('type')} OR {among('match_type', 'type')})",
    ]
)
"""Whether the match joined to an hour of orders is counted; the orders stay, whichever matches are selected."""

MATCH_IS_CHOSEN = f"ifelse({{match_id}} = ${{{MATCH}}}, '{YES}', 'no')"
MATCH_IS_LISTED = (
    f"ifelse({{match_id}} = ${{{MATCH}}} OR truncDate('DD', {{kickoff_at}}) = ${{{DAY}}} "
    f"OR ({{month_row}} = ${{{MONTH_ROW}}} AND {{day_of_month}} = ${{{DAY_OF_MONTH}}}), '{YES}', 'no')"
)
"""Whether a match, or its day, was clicked."""


def field_name(filter_id: str) -> str:
    """The calculated field that says whether a filter selects a row."""
    return f"{filter_id}_is_chosen"


def team_means(data_set: DataSet) -> str:
    """What selecting a team does to a data set, in words; empty if it has no such filter."""
    condition = CHOICES.get(data_set.identifier, {}).get("team", "")
    return {
        OWN_TEAM: "A team selects the markets that follow it.",
        EITHER_SIDE: "A team may be either side of a match.",
    }.get(condition, "")


def honoured(data_set: DataSet) -> frozenset[str]:
    """The filters that can select rows of a data set."""
    dates = {"dates"} if data_set.identifier in DATES else set()
    return frozenset({*CHOICES.get(data_set.identifier, {}), *dates})
